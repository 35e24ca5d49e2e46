"""A plan, and what the pre-build check answers to it."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from api.schemas.common import BIGGEST, Both
from api.schemas.overlap import DatedFigureOut, PlatformName, Share, example_of


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

    model_config = example_of(
        {
            "owner": "전북 임실군",
            "purpose": "소상공인을 위한 공공 배달앱",
            "functions": ["음식 배달"],
            "cost_krw": 45000000,
        },
        extra="forbid",
    )


class QuestionOut(BaseModel):
    """One of the report's questions, its answer and what the answer rests on."""

    question: str
    answer: str
    evidence: list[str]


class PrecheckHitOut(PlatformName):
    """A platform that does some of what is planned: coverage from 0 to 1, and the planned functions it lacks."""

    coverage: Share
    missing: list[str]
    status: str
    reason: str


class TierOut(BaseModel):
    """Hits of one tier."""

    tier: Literal["own", "upper", "shared", "zone", "elsewhere", "private"]
    hits: list[PrecheckHitOut]


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
    users: DatedFigureOut | None
    yearly_cost_krw: DatedFigureOut | None
    build_cost_krw: DatedFigureOut | None


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
