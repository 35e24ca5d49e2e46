"""What every table shares: time stamps in UTC, JSON columns, naming conventions for migrations."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, DateTime, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A time with its zone: stored in UTC, given back aware, on SQLite as on PostgreSQL."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone would be a guess")
        return value if value.tzinfo is UTC else value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Any:
        """Write a moment once for all rows of a batch, which mostly share it."""
        process = super().bind_processor(dialect)
        if process is None:
            return None
        # One cell, read and replaced whole: another thread may be writing through the same processor.
        latest: list[tuple[datetime | None, Any]] = [(None, None)]

        def remembering(value: datetime | None) -> Any:
            moment, written = latest[0]
            if value is None or value is not moment:
                written = process(value)
                latest[0] = (value, written)
            return written

        return remembering

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def now() -> datetime:
    """The present, in UTC. Tests that need another time patch this."""
    return datetime.now(UTC)


class CodeOf(TypeDecorator[StrEnum]):
    """A code list's member stored as its value: no database enum, so a new code needs no migration."""

    impl = String(20)
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind
        self._members = {member.value: member for member in kind}

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return value.value if isinstance(value, self.kind) else self.kind(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self._members.get(value) or self.kind(value)


def code_column(kind: type[StrEnum], *, nullable: bool = False, index: bool = False, **options: Any) -> Any:
    """A column for a code list of registry/vocab.py."""
    if nullable:
        options.setdefault("default", None)
    return Field(sa_column=Column(CodeOf(kind), nullable=nullable, index=index), **options)


def json_column(**options: Any) -> Any:
    """A JSON column of its own (one Column cannot be shared between tables)."""
    return Field(sa_column=Column(JSON, nullable=False), **options)
