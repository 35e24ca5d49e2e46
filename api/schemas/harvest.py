"""Sources, runs and issues as the REST interface gives them."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from api.schemas.common import Both
from api.schemas.overlap import example_of


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


class VanishedOut(BaseModel):
    """An entry that its source no longer lists, and how its record stands now."""

    remote_id: str
    platform: str
    name: str
    state: str


class QuestionOut(BaseModel):
    """What a run asked that stopped at its ceiling: its whole list, and the answer once there is one."""

    run: int
    issue: int
    source: str
    asked_at: datetime
    known: int
    ceiling: int
    records: list[VanishedOut]
    answer: str = ""
    answered_at: datetime | None = None

    model_config = example_of(
        {
            "run": 412,
            "issue": 88,
            "source": "busan-share",
            "asked_at": "2026-11-24T02:00:00Z",
            "known": 52,
            "ceiling": 10,
            "records": [
                {"remote_id": "id-0007", "platform": "P89b2547e", "name": "부산 공유주차", "state": "listed"},
            ],
            "answer": "",
            "answered_at": None,
        }
    )


class AnswerIn(BaseModel):
    """'withdraw' takes down what is still not listed; 'keep' leaves it until it was listed and vanished once more."""

    answer: Literal["withdraw", "keep"]

    model_config = example_of({"answer": "keep"}, extra="forbid")
