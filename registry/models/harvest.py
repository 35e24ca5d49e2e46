"""Sources, their runs, records, raw payloads and the issues they raise."""

import re
import unicodedata
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, String, Text, UniqueConstraint
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlmodel import Field, SQLModel

from registry.models.base import UtcDateTime, code_column, json_column, now
from registry.vocab import Rank, RecordState, RunState, Severity


class Source(SQLModel, table=True):
    """A place we read, or a way people write (web form, API, uploaded sheet). The id is its file's name."""

    __tablename__ = "source"

    id: str = Field(primary_key=True, max_length=100)
    title: str = Field(max_length=200)
    harvester: str = Field(max_length=40, index=True)
    url: str = Field(default="", max_length=2000)
    host: str = Field(default="", max_length=255)
    owner_code: str = Field(default="", max_length=10, index=True)
    public_api: str = Field(default="", max_length=1000)
    rank: Rank = code_column(Rank, default=Rank.harvested)
    options: dict[str, Any] = json_column(default_factory=dict)
    expect: dict[str, Any] = json_column(default_factory=dict)
    lookups: dict[str, Any] = json_column(default_factory=dict)
    schedule_hours: float = 24.0
    outside: bool = True
    enabled: bool = Field(default=False, index=True)
    enabled_by: str = Field(default="", max_length=120)
    mail_to: str = Field(default="", max_length=300)
    config_hash: str = Field(default="", max_length=64)
    since: str = Field(default="", max_length=40)
    next_run_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    lease_holder: str = Field(default="", max_length=120)
    fence: int = 0
    last_complete_run: int | None = None
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class HarvestRun(SQLModel, table=True):
    """One execution of one source, with counts and lists of what it did."""

    __tablename__ = "harvest_run"

    id: int | None = Field(default=None, primary_key=True)
    source_id: str = Field(foreign_key="source.id", index=True, max_length=100)
    fence: int = 0
    state: RunState = code_column(RunState, default=RunState.running, index=True)
    actor: str = Field(max_length=120)
    scope: str = Field(default="all", max_length=10)
    started_at: datetime = Field(default_factory=now, sa_type=UtcDateTime, index=True)
    heartbeat_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    counts: dict[str, int] = json_column(default_factory=dict)
    stated: int | None = None
    config_hash: str = Field(default="", max_length=64)
    error: dict[str, Any] = json_column(default_factory=dict)
    requests: int = 0
    bytes_read: int = 0


class RunItem(SQLModel, table=True):
    """One line of a run's ledger: a record added, changed, withdrawn, rejected … and why."""

    __tablename__ = "run_item"
    __table_args__ = (Index("ix_run_item_run_action", "run_id", "action"),)

    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="harvest_run.id")
    action: str = Field(max_length=20)
    remote_id: str = Field(default="", max_length=500)
    platform_id: str = Field(default="", max_length=20)
    name: str = Field(default="", max_length=200)
    detail: dict[str, Any] = json_column(default_factory=dict)


class KeptPage(SQLModel, table=True):
    """The validators of one address a source was read from, so that the next run can ask "changed since?"."""

    __tablename__ = "kept_page"

    source_id: str = Field(foreign_key="source.id", primary_key=True, max_length=100)
    url_hash: str = Field(primary_key=True, max_length=64)
    url: str = Field(max_length=2000)
    etag: str = Field(default="", max_length=500)
    last_modified: str = Field(default="", max_length=100)
    content_type: str = Field(default="", max_length=200)
    raw_hash: str = Field(max_length=64)
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


def remote_key(remote_id: str) -> str:
    """A source's identifier without what sources change by the way: case, scheme, `www`, a last slash."""
    return re.sub(r"^(?:[a-z]+://)?(?:www\.)?", "", unicodedata.normalize("NFC", remote_id).strip().casefold()).rstrip(
        "/"
    )


def _remote_key(context: DefaultExecutionContext) -> str:
    # SQLAlchemy leaves this method of its context untyped.
    return remote_key(context.get_current_parameters()["remote_id"])  # type: ignore[no-untyped-call]


class Record(SQLModel, table=True):
    """One entry of a source as runs saw it: the raw payload's hash, the state, and its platform.

    `remote_key` fills itself from `remote_id`: the same entry is found when the source changes case or scheme.
    """

    __tablename__ = "record"
    __table_args__ = (UniqueConstraint("source_id", "remote_id"), Index("ix_record_key", "source_id", "remote_key"))

    id: int | None = Field(default=None, primary_key=True)
    source_id: str = Field(foreign_key="source.id", max_length=100)
    remote_id: str = Field(max_length=500)
    remote_key: str | None = Field(
        default=None, sa_column=Column(String(500), nullable=False, default=_remote_key, onupdate=None)
    )
    url: str = Field(default="", max_length=2000)
    payload_hash: str = Field(default="", max_length=64)
    raw_hash: str = Field(default="", max_length=64)
    encoding: str = Field(default="utf-8", max_length=40)
    fields: dict[str, Any] = json_column(default_factory=dict)
    platform_id: str | None = Field(default=None, foreign_key="platform.id", index=True, max_length=20)
    state: RecordState = code_column(RecordState, default=RecordState.listed, index=True)
    problem: str = Field(default="", sa_type=Text)
    first_seen: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    last_seen: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    last_run: int | None = Field(default=None, index=True)
    missing_runs: int = 0
    missing_since: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Issue(SQLModel, table=True):
    """Something a person should look at: code, cause, remedy, whom it concerns, and the answer once given."""

    __tablename__ = "issue"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=60, index=True)
    severity: Severity = code_column(Severity, index=True)
    cause_ko: str = Field(sa_type=Text)
    cause_en: str = Field(sa_type=Text)
    remedy_ko: str = Field(default="", sa_type=Text)
    remedy_en: str = Field(default="", sa_type=Text)
    field: str = Field(default="", max_length=60)
    value: str = Field(default="", sa_type=Text)
    url: str = Field(default="", max_length=2000)
    concerns: str = Field(default="operator", max_length=40)
    source_id: str | None = Field(default=None, foreign_key="source.id", index=True, max_length=100)
    run_id: int | None = Field(default=None, foreign_key="harvest_run.id", index=True)
    platform_id: str | None = Field(default=None, foreign_key="platform.id", index=True, max_length=20)
    remote_id: str = Field(default="", max_length=500)
    facts: dict[str, Any] = json_column(default_factory=dict)
    times: int = 1
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    last_seen: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    resolved_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    resolved_by: str = Field(default="", max_length=120)
    answer: str = Field(default="", sa_type=Text)
