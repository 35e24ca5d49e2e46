"""What the REST interface takes and gives. Every integer is bounded, every text has a longest length."""

from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Item = TypeVar("Item")

BIGGEST = 2**53 - 1
"""The largest integer that JSON readers in browsers keep exactly; it also fits the database's 64 bits."""

Text200 = Annotated[str, Field(max_length=200)]
Address = Annotated[str, Field(max_length=2000)]
Names = Annotated[list[Text200], Field(max_length=50)]


class Both(BaseModel):
    """A sentence in both languages."""

    ko: str = ""
    en: str = ""


class Problem(BaseModel):
    """application/problem+json (RFC 9457), with our code, cause and remedy."""

    type: str
    title: str
    status: int
    detail: str = ""
    instance: str = ""
    code: str = ""
    cause: Both = Both()
    remedy: Both = Both()
    field: str | None = None
    value: str | None = None

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "example": {
                "type": "urn:metaplatform:problem:not_found",
                "title": "Not found",
                "status": 404,
                "detail": "No platform 'Pnone'. Check the id or the name.",
                "instance": "/api/v1/platforms/Pnone",
                "code": "not_found",
                "cause": {"ko": "platform 'Pnone' 을(를) 찾을 수 없습니다.", "en": "No platform 'Pnone'."},
                "remedy": {"ko": "번호나 이름을 확인하세요.", "en": "Check the id or the name."},
            }
        },
    )


class Paged(BaseModel, Generic[Item]):
    """One page of a list; `next` is the address of the following page, null at the end."""

    items: list[Item]
    next: str | None = None


class GovernmentRef(BaseModel):
    """A government, named."""

    code: str
    name: str
    level: str


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


class PlatformIn(BaseModel):
    """A platform to register: name and owner are needed, the rest is inferred or asked where it is missing."""

    name: Annotated[str, Field(min_length=1, max_length=200, examples=["우리시 공유주차"])]
    owner: Annotated[str, Field(min_length=1, max_length=200, examples=["수원시"])]
    url: Address = ""
    description: Annotated[str, Field(max_length=5000)] = ""
    type: Annotated[str, Field(max_length=20)] = ""
    form: Annotated[str, Field(max_length=60)] = ""
    functions: Names = []
    beneficiaries: Names = []
    channels: Annotated[list[ChannelIO], Field(max_length=30)] = []
    aliases: Names = []
    former_names: Names = []
    area: Names = []
    department: Text200 = ""
    operator: Text200 = ""
    partners: Names = []
    operating_mode: Annotated[str, Field(max_length=30)] = ""
    legal_basis: Annotated[str, Field(max_length=500)] = ""
    status: Annotated[str, Field(max_length=20)] = ""
    status_since: Annotated[str, Field(max_length=10)] = ""
    launched: Annotated[str, Field(max_length=10)] = ""
    closed: Annotated[str, Field(max_length=10)] = ""
    successor: Annotated[str, Field(max_length=200)] = ""
    engine: Annotated[str, Field(max_length=100)] = ""
    shared_operation: Text200 = ""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "name": "우리시 공유주차",
                "owner": "수원시",
                "url": "https://parking.suwon.go.kr",
                "description": "빈 주차면을 이웃과 나눠 쓰는 서비스",
            }
        },
    )


class PlatformPatch(BaseModel):
    """Fields to say anew; an empty value takes one's own earlier word back."""

    changes: Annotated[dict[Annotated[str, Field(max_length=40)], Any], Field(min_length=1, max_length=30)]
    note: Annotated[str, Field(max_length=500)] = ""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"changes": {"status": "closed", "closed": "2026-03-31"}}}
    )


class RegistrationOut(BaseModel):
    """What registering did."""

    id: str
    action: str = Field(description="added, changed or unchanged")
    matched_by: str = ""
    conflicts: list[str] = []
    questions: list[dict[str, Any]] = []


class VersionOut(BaseModel):
    """The platform's new version, its next ETag."""

    id: str
    version: int


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


class SourceOut(BaseModel):
    """A place that is read."""

    id: str
    title: str
    harvester: str
    url: str
    owner_code: str
    rank: str
    schedule_hours: float
    outside: bool
    enabled: bool
    next_run_at: datetime | None = None


class RunOut(BaseModel):
    """One execution of one source."""

    id: int
    source: str
    state: str
    actor: str
    started_at: datetime
    finished_at: datetime | None = None
    counts: dict[str, int] = {}
    stated: int | None = None
    error: dict[str, Any] = {}
    requests: int = 0
    bytes_read: int = 0


class RunItemOut(BaseModel):
    """One line of a run's ledger."""

    id: int
    action: str
    remote_id: str
    platform_id: str
    name: str
    detail: dict[str, Any] = {}


class IssueOut(BaseModel):
    """Something a person should look at."""

    id: int
    code: str
    severity: str
    cause: Both
    remedy: Both
    field: str = ""
    url: str = ""
    concerns: str
    source: str | None = None
    run: int | None = None
    platform: str | None = None
    times: int
    created_at: datetime
    last_seen: datetime
    resolved_at: datetime | None = None


class CoverageRow(BaseModel):
    """Registered against reported, of one government."""

    model_config = ConfigDict(extra="allow")

    code: str
    government: str
    registered: int
    reported: int | None = None
    missing_forms: list[str] = []


class HitOut(BaseModel):
    """One platform found."""

    id: str
    name: str
    owner: str
    url: str
    type: str
    form: str
    functions: list[str]
    status: str
    score: float
    liveness: str
    relation: str = ""
    description: str = ""
    successor: dict[str, str] | None = None
    highlights: dict[str, list[list[int]]] = {}
    why: list[dict[str, Any]] = []


class FacetOut(BaseModel):
    """One value of a facet."""

    value: str
    label: str
    count: int


class ReadingOut(BaseModel):
    """One automatic reading of the query; `literal=true` undoes all of them."""

    model_config = ConfigDict(populate_by_name=True)

    kind: str
    from_: str = Field(alias="from")
    to: str


class SearchOut(BaseModel):
    """The answer to a search."""

    query: str
    total: int
    interpretation: list[ReadingOut]
    did_you_mean: str = ""
    place_choices: list[GovernmentRef] = []
    hits: list[HitOut]
    facets: dict[str, list[FacetOut]]
    took_ms: float


class SuggestionOut(BaseModel):
    """One completion."""

    text: str
    kind: str
    id: str
    owner: str = ""
    note: str = ""


class SuggestOut(BaseModel):
    """Completions of what is being typed."""

    query: str
    suggestions: list[SuggestionOut]
