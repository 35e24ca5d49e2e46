"""A platform's current view, its statements, the keys it is known by, and what probes saw."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, Text
from sqlmodel import Field, SQLModel

from registry.models.base import UtcDateTime, code_column, json_column, now
from registry.vocab import Level, Liveness, PlatformState, PlatformType, Rank, Status


class Platform(SQLModel, table=True):
    """One public platform as its statements make it: registry/register.py derives every field here.

    Lists are JSON because they are read whole; what must be looked up stands in PlatformKey.
    `version` grows with every change, orders index writes and is the ETag.
    """

    __tablename__ = "platform"

    id: str = Field(primary_key=True, max_length=20)
    name: str = Field(index=True, max_length=200)
    name_en: str = Field(default="", max_length=300)
    owner_id: int | None = Field(default=None, foreign_key="government.id", index=True)
    owner_name: str = Field(default="", max_length=200)
    owner_level: Level = code_column(Level, index=True)
    description: str = Field(default="", sa_type=Text)
    type: PlatformType | None = code_column(PlatformType, nullable=True, default=None, index=True)
    secondary_types: list[str] = json_column(default_factory=list)
    form: str = Field(default="", max_length=50, index=True)
    functions: list[dict[str, Any]] = json_column(default_factory=list)
    beneficiaries: list[str] = json_column(default_factory=list)
    url: str = Field(default="", max_length=2000)
    channels: list[dict[str, str]] = json_column(default_factory=list)
    aliases: list[str] = json_column(default_factory=list)
    former_names: list[str] = json_column(default_factory=list)
    parent_id: str | None = Field(default=None, foreign_key="platform.id", index=True, max_length=20)
    area: list[str] = json_column(default_factory=list)
    department: str = Field(default="", max_length=200)
    operator: str = Field(default="", max_length=200)
    partners: list[str] = json_column(default_factory=list)
    operating_mode: str = Field(default="", max_length=30)
    legal_basis: str = Field(default="", max_length=500)
    status: Status = code_column(Status, default=Status.unknown, index=True)
    status_since: str = Field(default="", max_length=10)
    launched: str = Field(default="", max_length=10)
    closed: str = Field(default="", max_length=10)
    successor_id: str | None = Field(default=None, foreign_key="platform.id", max_length=20)
    engine: str = Field(default="", max_length=100, index=True)
    shared_operation: str = Field(default="", max_length=200, index=True)
    liveness: Liveness = code_column(Liveness, default=Liveness.unchecked, index=True)
    last_seen_alive: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_probed: datetime | None = Field(default=None, sa_type=UtcDateTime)
    state: PlatformState = code_column(PlatformState, default=PlatformState.active, index=True)
    merged_into: str | None = Field(default=None, foreign_key="platform.id", max_length=20)
    conflicts: list[str] = json_column(default_factory=list)
    version: int = Field(default=1)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=now, sa_type=UtcDateTime, index=True)


class Statement(SQLModel, table=True):
    """One value of one field: who said it, from which record, first and last seen, until when it held."""

    __tablename__ = "statement"
    __table_args__ = (Index("ix_statement_current", "platform_id", "field", "ended_at"),)

    id: int | None = Field(default=None, primary_key=True)
    platform_id: str = Field(foreign_key="platform.id", max_length=20)
    field: str = Field(max_length=40)
    value: Any = Field(sa_column=Column(JSON, nullable=False))
    rank: Rank = code_column(Rank)
    source_id: str = Field(foreign_key="source.id", index=True, max_length=100)
    record_id: int | None = Field(default=None, foreign_key="record.id", index=True)
    actor: str = Field(max_length=120)
    note: str = Field(default="", sa_type=Text)
    as_of: str = Field(default="", max_length=10)
    evidence: list[str] = json_column(default_factory=list)
    confidence: float = 1.0
    first_seen: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    last_seen: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PlatformKey(SQLModel, table=True):
    """Something a platform is known by: evidence for identity and the way old addresses still resolve.

    kinds: url (canonical), host, app (store package), name (folded, with the owner's id), core (the same without place
    words and generic tail, where that differs), old_id (of a merged platform). Keys are never taken away by a change: a platform stays known by what it was called.
    """

    __tablename__ = "platform_key"

    kind: str = Field(primary_key=True, max_length=20)
    value: str = Field(primary_key=True, max_length=500)
    platform_id: str = Field(foreign_key="platform.id", primary_key=True, index=True, max_length=20)


class Probe(SQLModel, table=True):
    """What one probe of one address saw; liveness is graded over several of these."""

    __tablename__ = "probe"

    id: int | None = Field(default=None, primary_key=True)
    platform_id: str = Field(foreign_key="platform.id", index=True, max_length=20)
    url: str = Field(max_length=2000)
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime, index=True)
    outcome: str = Field(max_length=20)
    http_status: int | None = None
    final_url: str = Field(default="", max_length=2000)
    title: str = Field(default="", max_length=500)
    response_ms: float | None = None
    facts: dict[str, Any] = json_column(default_factory=dict)


class Decision(SQLModel, table=True):
    """A recorded answer about two platforms (same or different); later harvests respect it."""

    __tablename__ = "decision"

    id: int | None = Field(default=None, primary_key=True)
    left_id: str = Field(foreign_key="platform.id", index=True, max_length=20)
    right_id: str = Field(foreign_key="platform.id", index=True, max_length=20)
    kind: str = Field(max_length=20)
    actor: str = Field(max_length=120)
    reason: str = Field(default="", sa_type=Text)
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    undone_by: str = Field(default="", max_length=120)
    moved: dict[str, Any] = json_column(default_factory=dict)


class OutboxEntry(SQLModel, table=True):
    """A platform that a committed transaction touched; the indexer follows these in order."""

    __tablename__ = "outbox"

    id: int | None = Field(default=None, primary_key=True)
    platform_id: str = Field(index=True, max_length=20)
    version: int
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
