"""Sources, runs and issues as the REST interface gives them."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from api.schemas.common import Both


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
