"""A comparison of two platforms with its reasons, and the pairs that wait for a judgement."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from api.schemas.overlap import PlatformName, Share


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
