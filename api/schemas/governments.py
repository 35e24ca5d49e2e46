"""Governments, living zones and coverage as the REST interface gives them."""

from pydantic import BaseModel, ConfigDict, Field


class GovernmentRef(BaseModel):
    """A government, named."""

    code: str
    name: str
    level: str


class GovernmentOut(BaseModel):
    """A local government over one stretch of validity."""

    code: str = Field(examples=["4111000000"])
    name: str
    full_name: str
    name_en: str = ""
    level: str
    kind: str
    parent_code: str | None = None
    homepage: str = ""
    latitude: float | None = None
    longitude: float | None = None
    electors: int | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    platforms: int = 0


class GovernmentDetail(GovernmentOut):
    """A government with its members, neighbours, zones and what it was before."""

    members: list[GovernmentRef] = []
    neighbours: list[GovernmentRef] = []
    former: list[GovernmentRef] = []
    zones: list[str] = []


class ZoneOut(BaseModel):
    """A living zone, with the set it belongs to named."""

    id: str
    set_id: str
    set_title: str
    name: str
    members: list[GovernmentRef] = []


class ZoneSetOut(BaseModel):
    """A set of living zones and what it was made from."""

    id: str
    title: str
    kind: str
    made_from: str
    resolution: float | None = None
    zones: int


class CoverageRow(BaseModel):
    """Registered against reported, of one government."""

    model_config = ConfigDict(extra="allow")

    code: str
    government: str
    registered: int
    reported: int | None = None
    missing_forms: list[str] = []
