"""A platform, its statements and its figures as the REST interface gives them."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from api.schemas.common import Address


class FunctionOut(BaseModel):
    """A function of a platform, how sure the registry is, and the words that led to it."""

    id: str
    confidence: float = 1.0
    evidence: list[str] = []


class ChannelIO(BaseModel):
    """A way to reach a platform."""

    kind: Annotated[str, Field(max_length=20, examples=["web"])]
    value: Address


class PlatformOut(BaseModel):
    """A platform as its statements make it."""

    id: str = Field(examples=["P57d6701c"])
    name: str = Field(examples=["배달특급"])
    name_en: str = ""
    owner: str = Field(examples=["경기도"])
    owner_code: str = ""
    owner_level: str
    description: str = ""
    type: str | None = None
    secondary_types: list[str] = []
    form: str = ""
    functions: list[FunctionOut] = []
    beneficiaries: list[str] = []
    url: str = Field("", description="Empty while somebody else holds the address (liveness taken_over).")
    channels: list[ChannelIO] = []
    aliases: list[str] = []
    former_names: list[str] = []
    parent_id: str | None = None
    area: list[str] = Field([], description="Ten-digit codes, 'nation' or 'zone:<id>'; empty is the owner's territory.")
    department: str = ""
    operator: str = ""
    partners: list[str] = []
    operating_mode: str = ""
    legal_basis: str = ""
    status: str = Field(description="What is declared.")
    status_since: str = ""
    launched: str = ""
    closed: str = ""
    successor_id: str | None = None
    engine: str = ""
    shared_operation: str = ""
    liveness: str = Field(description="What probes saw; stands beside the declared status.")
    last_seen_alive: datetime | None = None
    last_probed: datetime | None = None
    state: str
    conflicts: list[str] = []
    version: int
    created_at: datetime
    updated_at: datetime


class StatementOut(BaseModel):
    """One value of one field, and who said it."""

    id: int
    field: str
    value: Any
    rank: str
    source: str
    actor: str
    as_of: str = ""
    evidence: list[str] = []
    confidence: float = 1.0
    note: str = ""
    first_seen: datetime
    last_seen: datetime
    ended_at: datetime | None = None


class FigureOut(BaseModel):
    """An exact figure, as stated."""

    key: str
    value: float | None = Field(description="None where the unit is text, code or date; then `quote` says it.")
    unit: str = ""
    as_of: str = ""
    period: str = ""
    payer: str = ""
    purpose: str = ""
    quote: str = ""
    rank: str
    source: str
    actor: str
    note: str = Field("", description="Where the source itself has it from: a report, an address.")
    first_seen: datetime
    last_seen: datetime


class ReportOut(BaseModel):
    """One survey item answered for one platform and period."""

    period: str
    item: str
    option: str
    source: str
    at: datetime


class UsageOut(BaseModel):
    """Figures and usage reports of one platform; they are never mixed."""

    figures: list[FigureOut]
    reports: list[ReportOut]


class PlatformDetail(PlatformOut):
    """A platform with the statements it is made of."""

    statements: list[StatementOut] = []
    figures: list[FigureOut] = []
