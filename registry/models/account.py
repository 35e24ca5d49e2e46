"""People who sign in, their sessions and tokens, and the audit trail."""

from datetime import datetime
from typing import Any

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from registry.models.base import UtcDateTime, json_column, now


class Account(SQLModel, table=True):
    """A person who signs in. `must_change` is set while the one-time password is still hers."""

    __tablename__ = "account"

    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(unique=True, max_length=100)
    password_hash: str = Field(max_length=300)
    role: str = Field(default="administrator", max_length=30)
    government_id: int | None = Field(default=None, foreign_key="government.id")
    must_change: bool = False
    failed_attempts: int = 0
    locked_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class SignIn(SQLModel, table=True):
    """One server-side session; the cookie holds only a random key, of which the hash is kept."""

    __tablename__ = "sign_in"

    key_hash: str = Field(primary_key=True, max_length=64)
    account_id: int = Field(foreign_key="account.id", index=True)
    csrf: str = Field(max_length=64)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)


class ApiToken(SQLModel, table=True):
    """A token for programs, made by a person; only its hash is kept."""

    __tablename__ = "api_token"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=100)
    token_hash: str = Field(unique=True, max_length=64)
    account_id: int = Field(foreign_key="account.id", index=True)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AuditLine(SQLModel, table=True):
    """Who did what to which thing, when."""

    __tablename__ = "audit"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime, index=True)
    actor: str = Field(max_length=120, index=True)
    action: str = Field(max_length=60)
    subject: str = Field(default="", max_length=200, index=True)
    detail: dict[str, Any] = json_column(default_factory=dict)
    note: str = Field(default="", sa_type=Text)


class Meta(SQLModel, table=True):
    """Small facts of this installation: bundle version, clock lease, mail position."""

    __tablename__ = "meta"

    key: str = Field(primary_key=True, max_length=100)
    value: str = Field(default="", sa_type=Text)


class MailEntry(SQLModel, table=True):
    """A mail waiting to be sent; off while no SMTP server is set."""

    __tablename__ = "mail_outbox"

    id: int | None = Field(default=None, primary_key=True)
    recipient: str = Field(max_length=300)
    subject: str = Field(max_length=300)
    body: str = Field(sa_type=Text)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    attempts: int = 0
    error: str = Field(default="", sa_type=Text)
