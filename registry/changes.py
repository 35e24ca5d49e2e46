"""The outbox: which platforms a committed transaction touched, in the order in which it touched them."""

from collections.abc import Iterable

from sqlalchemy import delete, func, insert
from sqlmodel import Session, col, select

from registry.models import OutboxEntry
from registry.models.base import now


def announce(session: Session, platform_id: str, version: int) -> None:
    """Tell the indexer of one platform; the row commits or vanishes with the change itself."""
    announce_all(session, [(platform_id, version)])


def announce_all(session: Session, touched: Iterable[tuple[str, int]]) -> None:
    """Tell the indexer of many platforms, given as (id, version)."""
    at = now()
    rows = [{"platform_id": platform, "version": version, "at": at} for platform, version in touched]
    if rows:
        session.connection().execute(insert(OutboxEntry), rows)


def waiting(session: Session, limit: int = 1000) -> list[OutboxEntry]:
    """The oldest entries that have not been taken in; several of one platform may stand in a row."""
    return list(session.exec(select(OutboxEntry).order_by(col(OutboxEntry.id)).limit(limit)))


def take(session: Session, upto: int) -> None:
    """Remove what has been indexed: every entry up to this id."""
    session.connection().execute(delete(OutboxEntry).where(col(OutboxEntry.id) <= upto))


def backlog(session: Session) -> int:
    """How many entries wait; search lags by these."""
    return session.exec(select(func.count()).select_from(OutboxEntry)).one()
