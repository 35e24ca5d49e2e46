"""Merge two entries of one platform, undo it, or declare two platforms different; later harvests respect each.

Merging moves records, statements and figures to the platform that is kept and leaves the other as a signpost; the
decision remembers what it moved. Undoing gives everything back, also what the moved records have said meanwhile.
"""

from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session, col, or_
from sqlmodel import select as select_rows

from registry.audit import actor_text, audit
from registry.errors import Conflict, NotFound
from registry.identity import slices
from registry.models import Decision
from registry.models.base import now
from registry.records import Actor
from registry.standing import Standing, load, lock, settle_references, write
from registry.tables import FIGURE, KEY, PLATFORM, RECORD, STATEMENT
from registry.vocab import DecisionKind, PlatformState


def merge(session: Session, keep_id: str, drop_id: str, actor: Actor, reason: str) -> Decision:
    """Merge `drop` into `keep`. Conflict when one is merged already or the two were declared different; NotFound."""
    session.flush()
    lock(session)
    keep, drop = _both(session, keep_id, drop_id)
    for one in (keep, drop):
        if one.row["state"] is PlatformState.merged:
            raise _already_merged(one)
    if any(one.kind == DecisionKind.different for one in decisions_between(session, keep_id, drop_id)):
        raise Conflict(
            "서로 다른 플랫폼이라고 결정된 적이 있습니다.",
            "It has been decided that these are two different platforms.",
            "그 결정을 먼저 취소하세요.",
            "Undo that decision first.",
        )
    at = now()
    moved = _move(session, keep, drop)
    decision = Decision(
        left_id=keep_id, right_id=drop_id, kind=DecisionKind.same.value, actor=actor_text(actor), reason=reason, at=at
    )
    decision.moved = moved
    session.add(decision)
    session.flush()
    drop.row |= {"state": PlatformState.merged, "merged_into": keep_id, "updated_at": at}
    drop.changed = keep.changed = True
    keep.derive(at)
    settle_references(session, [keep, drop])
    write(session, [keep, drop, *_repoint(session, moved, keep_id)], at)
    audit(session, actor, "merge", keep_id, {"dropped": drop_id, "decision": decision.id}, reason)
    return decision


def unmerge(session: Session, decision_id: int, actor: Actor, reason: str = "") -> tuple[int, int]:
    """Undo a merge: both platforms are as they would be had it never been; their new versions.

    The two are from then on declared different, so that nobody merges them again by mistake. Conflict when it was
    undone already or when one of the two has since been merged elsewhere.
    """
    session.flush()
    lock(session)
    decision = session.get(Decision, decision_id)
    if decision is None or decision.kind != DecisionKind.same:
        raise NotFound("merge", decision_id)
    keep, drop = _both(session, decision.left_id, decision.right_id)
    if decision.undone_at is not None or drop.row["merged_into"] != keep.id:
        raise Conflict(
            "이미 되돌린 합치기입니다.", "This merge was undone already.", "할 일이 없습니다.", "Nothing is left to do."
        )
    if keep.row["state"] is PlatformState.merged:
        raise _already_merged(keep)
    at = now()
    _move_back(session, decision.moved, keep, drop)
    standings = load(session, [keep.id, drop.id])
    keep, drop = standings[keep.id], standings[drop.id]
    drop.row |= {"state": PlatformState(decision.moved["drop_state"]), "merged_into": None}
    for one in (keep, drop):
        one.changed = True
        one.derive(at)
    settle_references(session, [keep, drop])
    write(session, [keep, drop, *_repoint(session, decision.moved, drop.id)], at)
    decision.undone_at, decision.undone_by = at, actor_text(actor)
    session.add(decision)
    _declare(session, keep.id, drop.id, actor, reason or "unmerged")
    audit(session, actor, "unmerge", keep.id, {"restored": drop.id, "decision": decision_id}, reason)
    return int(keep.row["version"]), int(drop.row["version"])


def declare_different(session: Session, left_id: str, right_id: str, actor: Actor, reason: str = "") -> Decision:
    """Record that two platforms are not one; declaring it twice gives the standing decision. NotFound, Conflict."""
    session.flush()
    for one in _both(session, left_id, right_id):
        if one.row["state"] is PlatformState.merged:
            raise _already_merged(one)
    decision = _declare(session, left_id, right_id, actor, reason)
    audit(session, actor, "declare_different", left_id, {"other": right_id}, reason)
    return decision


def undo_different(session: Session, decision_id: int, actor: Actor) -> None:
    """Take back that two platforms are different; NotFound."""
    decision = session.get(Decision, decision_id)
    if decision is None or decision.kind != DecisionKind.different:
        raise NotFound("decision", decision_id)
    if decision.undone_at is None:
        decision.undone_at, decision.undone_by = now(), actor_text(actor)
        session.add(decision)
        session.flush()
        audit(session, actor, "undo_different", decision.left_id, {"other": decision.right_id})


def decisions_between(session: Session, left_id: str, right_id: str) -> list[Decision]:
    """Standing decisions about two platforms, whichever way round."""
    one_way = (col(Decision.left_id) == left_id) & (col(Decision.right_id) == right_id)
    other_way = (col(Decision.left_id) == right_id) & (col(Decision.right_id) == left_id)
    query = select_rows(Decision).where(or_(one_way, other_way), col(Decision.undone_at).is_(None))
    return list(session.exec(query.order_by(col(Decision.id))))


def _declare(session: Session, left_id: str, right_id: str, actor: Actor, reason: str) -> Decision:
    for one in decisions_between(session, left_id, right_id):
        if one.kind == DecisionKind.different:
            return one
    decision = Decision(
        left_id=left_id,
        right_id=right_id,
        kind=DecisionKind.different.value,
        actor=actor_text(actor),
        reason=reason,
    )
    session.add(decision)
    session.flush()
    return decision


def _both(session: Session, left_id: str, right_id: str) -> tuple[Standing, Standing]:
    if left_id == right_id:
        raise Conflict(
            "같은 플랫폼입니다.",
            "These are the same platform.",
            "서로 다른 두 플랫폼을 고르세요.",
            "Choose two platforms.",
        )
    found = load(session, [left_id, right_id])
    for one in (left_id, right_id):
        if one not in found:
            raise NotFound("platform", one)
    return found[left_id], found[right_id]


def _already_merged(one: Standing) -> Conflict:
    return Conflict(
        f"{one.id} 은(는) 이미 {one.row['merged_into']} 에 합쳐졌습니다.",
        f"{one.id} is merged into {one.row['merged_into']} already.",
        "합쳐진 플랫폼으로 하거나 합치기를 먼저 되돌리세요.",
        "Use that platform, or undo that merge first.",
    )


def _move(session: Session, keep: Standing, drop: Standing) -> dict[str, Any]:
    """Move everything of `drop` to `keep` and tell what was moved."""
    connection = session.connection()
    records = _ids(session, RECORD, drop.id)
    statements = _ids(session, STATEMENT, drop.id)
    held = {
        _figure(row) for row in connection.execute(select(FIGURE).where(FIGURE.c.platform_id == keep.id)).mappings()
    }
    mine = connection.execute(select(FIGURE).where(FIGURE.c.platform_id == drop.id)).mappings().all()
    # The same figure of the same source cannot stand twice; the twin waits at the signpost.
    figures = [row["id"] for row in mine if _figure(row) not in held]
    for table, ids in ((RECORD, records), (STATEMENT, statements), (FIGURE, figures)):
        _hand_over(session, table, ids, keep.id)
    keys = {
        tuple(row) for row in connection.execute(select(KEY.c.kind, KEY.c.value).where(KEY.c.platform_id == drop.id))
    }
    known = {
        tuple(row) for row in connection.execute(select(KEY.c.kind, KEY.c.value).where(KEY.c.platform_id == keep.id))
    }
    added = sorted({*keys, ("old_id", drop.id)} - known)
    if added:
        rows = [{"kind": kind, "value": value, "platform_id": keep.id} for kind, value in added]
        connection.execute(insert(KEY), rows)
    keep.said = sorted([*keep.said, *drop.said], key=lambda one: one.id or 0)
    drop.said = []
    sections = {column: _ids(session, PLATFORM, drop.id, column) for column in ("parent_id", "successor_id")}
    return {
        "records": records,
        "statements": statements,
        "figures": figures,
        "keys": [list(one) for one in added],
        "sections": sections,
        "drop_state": drop.row["state"].value,
    }


def _move_back(session: Session, moved: dict[str, Any], keep: Standing, drop: Standing) -> None:
    """Give back what was moved, and what the moved records have said or brought since."""
    connection = session.connection()
    later: list[int] = []
    for part in slices(moved["records"]):
        query = select(STATEMENT.c.id).where(STATEMENT.c.platform_id == keep.id, STATEMENT.c.record_id.in_(part))
        later += [row[0] for row in connection.execute(query)]
    _hand_over(session, RECORD, moved["records"], drop.id)
    _hand_over(session, STATEMENT, sorted({*moved["statements"], *later}), drop.id)
    _hand_over(session, FIGURE, moved["figures"], drop.id)
    for kind, value in moved["keys"]:
        connection.execute(delete(KEY).where(KEY.c.kind == kind, KEY.c.value == value, KEY.c.platform_id == keep.id))


def _repoint(session: Session, moved: dict[str, Any], target: str) -> list[Standing]:
    """Platforms that name the merged one as parent or successor follow it."""
    touched: dict[str, Standing] = {}
    for column, ids in moved["sections"].items():
        for one in load(session, ids).values():
            one = touched.setdefault(one.id, one)
            if one.id != target:
                one.row[column] = target
                one.changed = True
    return [one for one in touched.values() if one.changed]


def _hand_over(session: Session, table: Any, ids: list[int], platform_id: str) -> None:
    for part in slices(ids):
        statement = update(table).where(table.c.id.in_(part)).values(platform_id=platform_id)
        session.connection().execute(statement)


def _ids(session: Session, table: Any, platform_id: str, column: str = "platform_id") -> list[Any]:
    query = select(table.c.id).where(table.c[column] == platform_id).order_by(table.c.id)
    return [row[0] for row in session.connection().execute(query)]


def _figure(row: Any) -> tuple[Any, ...]:
    columns = ("key", "as_of", "period", "payer", "purpose", "source_id", "value")
    return tuple(row[name] for name in columns)
