"""Usage metadata: survey answers of governments and usage reports of platforms, kept apart (domain §3)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from registry.models.base import UtcDateTime, json_column, now


class UsageFigure(SQLModel, table=True):
    """An exact figure of one platform with unit and period: members, downloads, cost by who pays and what for."""

    __tablename__ = "usage_figure"
    __table_args__ = (
        UniqueConstraint(
            "platform_id",
            "key",
            "as_of",
            "period",
            "payer",
            "purpose",
            "source_id",
            "value",
            name="uq_usage_figure_once",
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    platform_id: str = Field(foreign_key="platform.id", index=True, max_length=20)
    key: str = Field(max_length=50, index=True)
    value: float | None = None
    as_of: str = Field(default="", max_length=10)
    period: str = Field(default="", max_length=20)
    payer: str = Field(default="", max_length=20)
    purpose: str = Field(default="", max_length=20)
    quote: str = Field(default="", sa_type=Text)
    rank: str = Field(max_length=20)
    source_id: str = Field(foreign_key="source.id", max_length=100)
    actor: str = Field(max_length=120)
    note: str = Field(default="", sa_type=Text)
    first_seen: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    last_seen: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class UsageReport(SQLModel, table=True):
    """One survey item answered for one platform and one reporting period by its owner."""

    __tablename__ = "usage_report"
    __table_args__ = (
        UniqueConstraint("platform_id", "period", "item", "option", "source_id", name="uq_usage_report_once"),
    )

    id: int | None = Field(default=None, primary_key=True)
    platform_id: str = Field(foreign_key="platform.id", index=True, max_length=20)
    period: str = Field(max_length=20)
    item: str = Field(max_length=10, index=True)
    option: str = Field(max_length=20)
    source_id: str = Field(foreign_key="source.id", max_length=100)
    actor: str = Field(max_length=120)
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class SurveyAnswer(SQLModel, table=True):
    """What one government answered for one type in one survey year, or how many platforms it reported."""

    __tablename__ = "survey_answer"
    __table_args__ = (
        UniqueConstraint("government_id", "type", "year", "item", "option", "source_id", name="uq_survey_answer_once"),
    )

    id: int | None = Field(default=None, primary_key=True)
    government_id: int = Field(foreign_key="government.id", index=True)
    type: str = Field(default="", max_length=20)
    year: int = Field(index=True)
    item: str = Field(max_length=20, index=True)
    option: str = Field(default="", max_length=20)
    value: float | None = None
    source_id: str = Field(foreign_key="source.id", max_length=100)
    note: str = Field(default="", sa_type=Text)


class ReportFigure(SQLModel, table=True):
    """One cell of a published table, unaltered: the report's own statement about governments or the nation."""

    __tablename__ = "report_figure"

    id: int | None = Field(default=None, primary_key=True)
    report: str = Field(max_length=50, index=True)
    table: str = Field(max_length=20, index=True)
    title: str = Field(max_length=300)
    page: str = Field(default="", max_length=20)
    item: str = Field(default="", max_length=20)
    type: str = Field(default="", max_length=20)
    group: str = Field(default="", max_length=200)
    option: str = Field(default="", max_length=20)
    label: str = Field(default="", max_length=500)
    count: float | None = None
    percent: float | None = None
    facts: dict[str, Any] = json_column(default_factory=dict)
