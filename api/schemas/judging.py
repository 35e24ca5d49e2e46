"""Verdicts and decisions about a pair, as taken and as recorded."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from api.schemas.overlap import Id, example_of


class VerdictIn(BaseModel):
    """An officer's judgement of two platforms."""

    left: Id
    right: Id
    kind: Literal["same", "different", "overlap", "not_overlap", "unsure"]
    reason: str = Field("", max_length=2000)

    model_config = example_of(
        {"left": "P89b2547e", "right": "P053377c9", "kind": "overlap", "reason": "같은 일"}, extra="forbid"
    )


class DecisionIn(BaseModel):
    """Merge `drop` into `keep` ('same'), or declare the two different; who undoes it has to know the reason."""

    keep: Id
    drop: Id
    kind: Literal["same", "different"]
    reason: str = Field(min_length=2, max_length=2000)

    model_config = example_of(
        {"keep": "P89b2547e", "drop": "P053377c9", "kind": "same", "reason": "주소만 바뀐 한 서비스"}, extra="forbid"
    )


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

    model_config = example_of(
        {
            "id": 7,
            "keep": "P89b2547e",
            "drop": "P053377c9",
            "kind": "same",
            "reason": "주소만 바뀐 한 서비스",
            "at": "2026-11-24T02:00:00Z",
        }
    )
