"""Candidates for improvement or retirement by a dated rule set."""

from pydantic import BaseModel, Field

from api.schemas.overlap import PlatformName


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
