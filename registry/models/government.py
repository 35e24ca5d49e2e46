"""Governments with validity and succession, and living-zone sets."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from registry.models.base import UtcDateTime, code_column, json_column, now
from registry.vocab import Level


class Government(SQLModel, table=True):
    """One local government over one stretch of validity. The id is ours; the code is an attribute."""

    __tablename__ = "government"
    __table_args__ = (UniqueConstraint("code", "valid_from"),)

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(index=True, max_length=10)
    name: str = Field(index=True, max_length=100)
    full_name: str = Field(index=True, max_length=200)
    name_en: str = Field(default="", max_length=200)
    level: Level = code_column(Level)
    kind: str = Field(max_length=20)
    parent_id: int | None = Field(default=None, foreign_key="government.id", index=True)
    homepage: str = Field(default="", max_length=2000)
    homepage_host: str = Field(default="", max_length=255, index=True)
    latitude: float | None = None
    longitude: float | None = None
    electors: int | None = None
    aliases: list[str] = json_column(default_factory=list)
    valid_from: date | None = None
    valid_to: date | None = Field(default=None, index=True)


class Succession(SQLModel, table=True):
    """A government's change into another: rename, transfer, merge or split, with its law or source."""

    __tablename__ = "succession"

    id: int | None = Field(default=None, primary_key=True)
    on: date = Field(index=True)
    event: str = Field(max_length=20)
    from_code: str = Field(max_length=10, index=True)
    from_name: str = Field(max_length=200)
    to_code: str = Field(max_length=10, index=True)
    to_name: str = Field(max_length=200)
    note: str = Field(default="", max_length=1000)
    source: str = Field(default="", max_length=1000)


class Adjacency(SQLModel, table=True):
    """Two governments that share a border, by their present ids (both directions are stored)."""

    __tablename__ = "adjacency"

    government_id: int = Field(foreign_key="government.id", primary_key=True)
    neighbour_id: int = Field(foreign_key="government.id", primary_key=True)
    border_km: float = 0.0


class ZoneSet(SQLModel, table=True):
    """A set of living zones (생활권): official, computed from flows, or an operator's own."""

    __tablename__ = "zone_set"

    id: str = Field(primary_key=True, max_length=100)
    title: str = Field(max_length=200)
    kind: str = Field(max_length=20)
    made_from: str = Field(default="", max_length=1000)
    resolution: float | None = None
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Zone(SQLModel, table=True):
    """One living zone of a set."""

    __tablename__ = "zone"

    id: str = Field(primary_key=True, max_length=100)
    set_id: str = Field(foreign_key="zone_set.id", index=True, max_length=100)
    name: str = Field(max_length=200)


class ZoneMember(SQLModel, table=True):
    """A government in a zone. A metropolitan city's districts are stored as members too."""

    __tablename__ = "zone_member"

    zone_id: str = Field(foreign_key="zone.id", primary_key=True, max_length=100)
    government_id: int = Field(foreign_key="government.id", primary_key=True, index=True)
    role: str = Field(default="member", max_length=20)
