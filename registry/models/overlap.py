"""What comparing has found and what people said of it: stored pairs, verdicts, groups, pre-build checks."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from registry.models.base import UtcDateTime, json_column, now


class ComparedPair(SQLModel, table=True):
    """One of a platform's nearest others, as scored; pairs beyond the stored top are computed on demand."""

    __tablename__ = "compared_pair"
    __table_args__ = (Index("ix_compared_pair_right", "right_id"),)

    left_id: str = Field(foreign_key="platform.id", primary_key=True, max_length=20)
    right_id: str = Field(foreign_key="platform.id", primary_key=True, max_length=20)
    label: str = Field(max_length=20, index=True)
    area_relation: str = Field(max_length=20)
    same_platform: float
    overlap: float
    facts: dict[str, Any] = json_column(default_factory=dict)
    versions: str = Field(default="", max_length=50)
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Verdict(SQLModel, table=True):
    """An officer's judgement of a pair, dated and signed; the latest standing one of each officer counts."""

    __tablename__ = "verdict"

    id: int | None = Field(default=None, primary_key=True)
    left_id: str = Field(foreign_key="platform.id", index=True, max_length=20)
    right_id: str = Field(foreign_key="platform.id", index=True, max_length=20)
    kind: str = Field(max_length=20)
    actor: str = Field(max_length=120)
    reason: str = Field(default="", sa_type=Text)
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    undone_by: str = Field(default="", max_length=120)


class OverlapGroup(SQLModel, table=True):
    """Platforms that do the same job; the id survives rebuilds."""

    __tablename__ = "overlap_group"

    id: str = Field(primary_key=True, max_length=20)
    name: str = Field(max_length=200)
    main_function: str = Field(default="", index=True, max_length=50)
    functions: list[str] = json_column(default_factory=list)
    medoid_id: str = Field(foreign_key="platform.id", max_length=20)
    facts: dict[str, Any] = json_column(default_factory=dict)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class OverlapMember(SQLModel, table=True):
    """A platform's place in a group and its role there (medoid, member, closed, private …)."""

    __tablename__ = "overlap_member"

    group_id: str = Field(foreign_key="overlap_group.id", primary_key=True, max_length=20)
    platform_id: str = Field(foreign_key="platform.id", primary_key=True, index=True, max_length=20)
    role: str = Field(max_length=20)


class PreCheck(SQLModel, table=True):
    """A pre-build check (사전검토) as asked and as answered, so that it can be printed and traced again."""

    __tablename__ = "precheck"

    id: str = Field(primary_key=True, max_length=20)
    plan: dict[str, Any] = json_column(default_factory=dict)
    result: dict[str, Any] = json_column(default_factory=dict)
    actor: str = Field(max_length=120)
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
