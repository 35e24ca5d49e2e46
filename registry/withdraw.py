"""Withdraw platforms and take it back: a withdrawn one stays citable under its id, and everything said of it stays."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlmodel import Session

from registry.audit import audit
from registry.errors import Conflict, NotFound
from registry.identity import slices
from registry.models.base import now
from registry.records import Actor
from registry.standing import Standing, load, lock, write
from registry.tables import RECORD, STATEMENT
from registry.vocab import PlatformState, Rank, RecordState


def withdraw(session: Session, platform_id: str, actor: Actor, reason: str) -> int:
    """Withdraw one platform and return its new version; Conflict when it is merged; withdrawing twice is no error."""
    return _set_state(session, platform_id, PlatformState.withdrawn, actor, "withdraw", reason)


def restore(session: Session, platform_id: str, actor: Actor, reason: str) -> int:
    """Take a withdrawal back: the same id, the same address, nothing lost."""
    return _set_state(session, platform_id, PlatformState.active, actor, "restore", reason)


def _set_state(session: Session, platform_id: str, state: PlatformState, actor: Actor, action: str, reason: str) -> int:
    session.flush()
    lock(session)
    standing = load(session, [platform_id]).get(platform_id)
    if standing is None:
        raise NotFound("platform", platform_id)
    if standing.row["state"] is PlatformState.merged:
        raise Conflict(
            f"다른 플랫폼({standing.row['merged_into']})에 합쳐졌습니다.",
            f"It was merged into {standing.row['merged_into']}.",
            "먼저 합치기를 되돌리세요.",
            "Undo the merge first.",
        )
    if standing.row["state"] is not state:
        _turn(standing, state)
        write(session, [standing], now())
        audit(session, actor, action, platform_id, {"version": standing.row["version"]}, reason)
    return int(standing.row["version"])


def _turn(standing: Standing, state: PlatformState) -> None:
    standing.row["state"] = state
    standing.row["updated_at"] = now()
    standing.changed = True


def withdraw_missing(session: Session, source_id: str, remote_ids: Sequence[str], actor: Actor, reason: str) -> int:
    """Withdraw what only these records of a source stood for; the number of platforms.

    A platform that another source still lists, or that a person has written to, stays: the record alone is marked.
    """
    session.flush()
    lock(session)
    connection = session.connection()
    owners: dict[str, list[int]] = {}
    for part in slices(list(remote_ids)):
        query = select(RECORD.c.id, RECORD.c.platform_id).where(
            RECORD.c.source_id == source_id, RECORD.c.remote_id.in_(part), RECORD.c.state != RecordState.withdrawn
        )
        for number, platform_id in connection.execute(query):
            owners.setdefault(platform_id or "", []).append(number)
    records = [number for numbers in owners.values() for number in numbers]
    for part in slices(records):
        connection.execute(update(RECORD).where(RECORD.c.id.in_(part)).values(state=RecordState.withdrawn))
    owners.pop("", None)
    kept = stand_otherwise(session, list(owners), source_id)
    standings = [one for one in load(session, set(owners) - kept).values() if one.row["state"] is PlatformState.active]
    for one in standings:
        _turn(one, PlatformState.withdrawn)
    write(session, standings, now())
    for one in standings:
        audit(session, actor, "withdraw", one.id, {"version": one.row["version"], "source": source_id}, reason)
    return len(standings)


def stand_otherwise(session: Session, platform_ids: Sequence[str], source_id: str) -> set[str]:
    """Which of these platforms another record still lists, or a person has said something of."""
    connection = session.connection()
    kept: set[str] = set()
    for part in slices(list(platform_ids)):
        listed = select(RECORD.c.platform_id).where(
            RECORD.c.platform_id.in_(part), RECORD.c.state.in_([RecordState.listed, RecordState.unfetchable])
        )
        said = select(STATEMENT.c.platform_id).where(
            STATEMENT.c.platform_id.in_(part),
            STATEMENT.c.ended_at.is_(None),
            STATEMENT.c.rank.in_([Rank.owner, Rank.official]),
        )
        kept |= {row[0] for query in (listed, said) for row in connection.execute(query)}
    return kept
