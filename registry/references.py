"""Parents and successors that a source names by its own ids: which platform is meant, also when it comes later."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlmodel import Session

from registry.identity import slices
from registry.models.base import now
from registry.standing import load, lock, settle_references, write
from registry.tables import PLATFORM, RECORD, STATEMENT


def settle_waiting(session: Session) -> int:
    """Settle references to platforms that were registered after those that name them; how many platforms changed.

    For the end of a load or a run: it looks at every waiting reference.
    """
    session.flush()
    lock(session)
    waiting: dict[str, set[str]] = {}
    values: dict[str, set[str]] = {}
    for field in ("parent", "successor"):
        query = (
            select(STATEMENT.c.platform_id, STATEMENT.c.source_id, STATEMENT.c.value)
            .join(PLATFORM, PLATFORM.c.id == STATEMENT.c.platform_id)
            .where(STATEMENT.c.field == field, STATEMENT.c.ended_at.is_(None), PLATFORM.c[f"{field}_id"].is_(None))
        )
        for platform_id, source_id, value in session.connection().execute(query):
            waiting.setdefault(platform_id, set()).add(source_id)
            values.setdefault(source_id, set()).add(value)
    names = {source_id: by_remote_id(session, source_id, wanted) for source_id, wanted in values.items()}
    at = now()
    touched = []
    for standing in load(session, waiting).values():
        before = (standing.row["parent_id"], standing.row["successor_id"])
        standing.derive(at)
        settle_references(
            session,
            [standing],
            {key: one for source_id in waiting[standing.id] for key, one in names[source_id].items()},
        )
        if (standing.row["parent_id"], standing.row["successor_id"]) != before:
            standing.changed = True
            touched.append(standing)
    write(session, touched, at)
    return len(touched)


def by_remote_id(session: Session, source_id: str, remote_ids: Iterable[str]) -> dict[str, str]:
    """The platforms of a source's records."""
    found: dict[str, str] = {}
    for part in slices(sorted(set(remote_ids))):
        query = select(RECORD.c.remote_id, RECORD.c.platform_id).where(
            RECORD.c.source_id == source_id, RECORD.c.remote_id.in_(part), RECORD.c.platform_id.is_not(None)
        )
        found |= {row[0]: row[1] for row in session.connection().execute(query)}
    return found
