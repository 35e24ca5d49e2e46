"""What the REST interface takes and gives of overlap: groups, comparisons, verdicts, decisions, pre-build checks."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas import BIGGEST, Both

Id = Annotated[str, Field(pattern=r"^\w{1,20}$")]
Share = Annotated[float, Field(ge=0, le=1)]


def _like(example: dict[str, Any], extra: Literal["forbid", "ignore"] = "ignore") -> ConfigDict:
    return ConfigDict(json_schema_extra={"example": example}, extra=extra)


class PlanIn(BaseModel):
    """A plan to check; only owner and purpose are needed. Functions may be ids of the vocabulary or plain words."""

    owner: str = Field(min_length=1, max_length=100)
    purpose: str = Field(min_length=1, max_length=2000)
    department: str = Field("", max_length=200)
    name: str = Field("", max_length=200)
    users: str = Field("", max_length=500)
    area: list[str] = Field([], max_length=50)
    functions: list[str] = Field([], max_length=20)
    cost_krw: float | None = Field(None, ge=0, lt=1e15)
    legal_basis: str = Field("", max_length=500)
    management_plan: str = Field("", max_length=2000)

    model_config = _like(
        {
            "owner": "전북 임실군",
            "purpose": "소상공인을 위한 공공 배달앱",
            "functions": ["음식 배달"],
            "cost_krw": 45000000,
        },
        extra="forbid",
    )


class VerdictIn(BaseModel):
    """An officer's judgement of two platforms."""

    left: Id
    right: Id
    kind: Literal["same", "different", "overlap", "not_overlap", "unsure"]
    reason: str = Field("", max_length=2000)

    model_config = _like(
        {"left": "P89b2547e", "right": "P053377c9", "kind": "overlap", "reason": "같은 일"}, extra="forbid"
    )


class DecisionIn(BaseModel):
    """Merge `drop` into `keep` ('same'), or declare the two different; who undoes it has to know the reason."""

    keep: Id
    drop: Id
    kind: Literal["same", "different"]
    reason: str = Field(min_length=2, max_length=2000)

    model_config = _like(
        {"keep": "P89b2547e", "drop": "P053377c9", "kind": "same", "reason": "주소만 바뀐 한 서비스"}, extra="forbid"
    )


class PlatformName(BaseModel):
    """A platform, named."""

    id: str
    name: str
    owner: str


class GroupMember(PlatformName):
    """A platform's place in a group: medoid, member, joint, planned, closed or private."""

    role: str


class GroupOut(BaseModel):
    """Platforms that do the same job."""

    id: str
    name: str
    functions: list[str]
    members: list[GroupMember]

    model_config = _like(
        {
            "id": "G1f0c2a9b3d4e",
            "name": "음식 배달 주문 · 배달특급",
            "functions": ["food_delivery"],
            "members": [{"id": "P89b2547e", "name": "배달특급", "owner": "경기도", "role": "medoid"}],
        }
    )


class FigureOut(BaseModel):
    """A figure with the day it is of; `kind` tells what is counted."""

    kind: str = ""
    value: float
    as_of: str


class MemberOut(GroupMember):
    """A member with what is known of it; null is 'not known', never zero."""

    province: str
    status: str
    launched: str
    closed: str
    operating_mode: str
    operation: str
    users: FigureOut | None
    yearly_cost_krw: FigureOut | None
    build_cost_krw: FigureOut | None
    cost_per_user_krw: float | None


class JoinableOut(BaseModel):
    """What could be joined in one province; the saving assumes the dearest member's yearly cost for one in common."""

    province: str
    members: list[str]
    yearly_cost_krw: float | None
    known_costs: int
    saving_krw: float | None


class BestOut(BaseModel):
    """The most used member, among all or those of like size, and what it has that most others lack."""

    id: str
    among: str
    functions: list[str]
    channels: list[str]


class QualityShareOut(BaseModel):
    """How many members were measured for an indicator, and how many of those are good."""

    key: str
    measured: int
    good: int
    platforms: int


class ClosureOut(BaseModel):
    """A closed member and what took its place."""

    id: str
    closed: str
    successor: str | None


class GroupReportOut(BaseModel):
    """One group as the ministry reads it."""

    id: str
    name: str
    functions: list[str]
    each_government: bool
    members: list[MemberOut]
    yearly_cost_krw: float | None
    costs_known: int
    cost_by_payer: dict[str, float]
    joinable: list[JoinableOut]
    best: list[BestOut]
    quality: list[QualityShareOut]
    closures: list[ClosureOut]


class PartOut(BaseModel):
    """One feature's share of a score, in both languages."""

    feature: str
    value: float
    contribution: float
    ko: str
    en: str


class ExplanationOut(BaseModel):
    """A score in log-odds: intercept and contributions add up to it."""

    score: float
    intercept: float
    parts: list[PartOut]


class OpinionOut(BaseModel):
    """An officer's standing verdict."""

    id: int
    actor: str
    kind: str
    reason: str
    at: datetime


class ComparisonOut(BaseModel):
    """Two platforms compared: two probabilities, the name for the pair, and every reason."""

    left: str
    right: str
    label: str
    label_ko: str
    label_en: str
    area: str
    area_ko: str
    area_en: str
    probability: Share
    same_platform: Share
    overlap: Share
    left_covered: float | None
    right_covered: float | None
    shared_functions: list[str]
    only_left: list[str]
    only_right: list[str]
    missing: dict[str, list[str]]
    identity: ExplanationOut
    overlapping: ExplanationOut
    evidence: dict[str, dict[str, list[str]]]
    verdicts: list[OpinionOut]
    agreement: Literal["single", "agreed", "disputed", "open"]


class WaitingOut(BaseModel):
    """A pair that waits for a judgement."""

    left: PlatformName
    right: PlatformName
    label: str
    area: str
    chance: Share
    uncertainty: float
    money_krw: float
    users: float


class QueueOut(BaseModel):
    """What to judge next, and on how many judged pairs today's figures stand."""

    verdicts: int
    pairs: list[WaitingOut]


class VerdictOut(BaseModel):
    """A verdict as recorded."""

    id: int
    left: str
    right: str
    kind: str
    at: datetime


class UndoneOut(BaseModel):
    """What was taken back, when and by whom; it stays on record."""

    id: int
    undone_at: datetime
    undone_by: str


class DecisionOut(BaseModel):
    """A decision as recorded; its number undoes it."""

    id: int
    keep: str
    drop: str
    kind: Literal["same", "different"]
    reason: str
    at: datetime

    model_config = _like(
        {
            "id": 7,
            "keep": "P89b2547e",
            "drop": "P053377c9",
            "kind": "same",
            "reason": "주소만 바뀐 한 서비스",
            "at": "2026-11-24T02:00:00Z",
        }
    )


class QuestionOut(BaseModel):
    """One of the report's questions, its answer and what the answer rests on."""

    question: str
    answer: str
    evidence: list[str]


class HitOut(PlatformName):
    """A platform that does some of what is planned: coverage from 0 to 1, and the planned functions it lacks."""

    coverage: Share
    missing: list[str]
    status: str
    reason: str


class TierOut(BaseModel):
    """Hits of one tier."""

    tier: Literal["own", "upper", "shared", "zone", "elsewhere", "private"]
    hits: list[HitOut]


class PartnerOut(BaseModel):
    """A government around that lacks it too."""

    id: int = Field(le=BIGGEST)
    name: str
    relation: str
    electors: int | None


class JoinOut(BaseModel):
    """How one could join a hit, and whom to ask."""

    way: str
    said: Both
    ask: str
    department: str
    phones: list[str]
    homepage: str
    status_since: str
    users: FigureOut | None
    yearly_cost_krw: FigureOut | None
    build_cost_krw: FigureOut | None


class ConsultationOut(BaseModel):
    """A dated rule of the pre-consultation beside the plan's cost; `reached` is null where no cost was given."""

    since: str
    until: str
    level: str
    threshold_krw: float
    consults: str
    in_force: bool
    reached: bool | None
    new_regardless: bool
    source: str
    source_kind: str


class PrecheckOut(BaseModel):
    """What exists already, tier by tier; for the reviewer's reference. `joining` is by platform id."""

    functions: list[str]
    questions: list[QuestionOut]
    tiers: list[TierOut]
    partners: list[PartnerOut]
    proposed_verdict: Literal["추진", "조건부추진", "추진보류", "신청반려"]
    searched_at: datetime
    known_gaps: list[str]
    joining: dict[str, JoinOut]
    consultation: list[ConsultationOut]


class RuleSetOut(BaseModel):
    """A dated set of rules and where it is from."""

    id: str
    title: str
    since: str = Field(serialization_alias="from", validation_alias="from")
    until: str = Field(serialization_alias="to", validation_alias="to")
    source: str
    source_kind: str


class FindingOut(BaseModel):
    """A criterion: met, not met, or null where the figure is missing and nobody can judge."""

    criterion: str
    met: bool | None
    figure: str
    value: str
    as_of: str


class CandidateOut(PlatformName):
    """A platform that meets a criterion."""

    proposes: str
    findings: list[FindingOut]


class CandidatesOut(BaseModel):
    """Candidates by a rule set; how many could not be judged for want of figures."""

    rule_set: RuleSetOut
    cannot_be_judged: int
    candidates: list[CandidateOut]


class IndicatorOut(BaseModel):
    """A quality indicator: what was measured, when and how; null and '' where nobody measured it."""

    key: str
    dimension: Literal["system", "information", "service"]
    name: Both
    value: Both | None
    good: bool | None
    measured: str
    how: Both

    model_config = _like(
        {
            "key": "response_time",
            "dimension": "system",
            "name": {"ko": "응답 시간", "en": "Response time"},
            "value": {"ko": "0.50초", "en": "0.50 s"},
            "good": True,
            "measured": "2026-11-03",
            "how": {"ko": "최근 3번 점검의 가운데 값", "en": "median of the newest 3 probes"},
        }
    )
