"""Keep the stored results up with the registry: nearest pairs and groups, touched functions only.

Pairs are stored as each platform's nearest few and everything else is computed on demand; groups are stored whole.
A full run (`rebuild`) gives the same groups as following does; it exists to be sure, not to be right.
"""

import hashlib
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Engine, delete, insert, select
from sqlmodel import Session, col

from registry.database import session_of, writing_session
from registry.models import ComparedPair, Meta, OverlapGroup, OverlapMember, Verdict
from registry.models.base import now
from search.overlap.clusters import Cluster, match_ids
from search.overlap.grouping import group_function, role_of
from search.overlap.index import Index, live_index, memberships
from search.overlap.nearest import nearest_pairs
from search.overlap.subject import Subject

NOT_AN_OVERLAP = "not_overlap"
_VERSION_KEY = "overlap_groups"


def follow(database: Engine, progress: Callable[[str, int, int], None] | None = None) -> dict[str, int]:
    """Compare and regroup what changed since this process last looked; the first time, what the store lacks."""
    live = live_index(database)
    with live.lock:
        index, touched = live.refresh()
        if not index.subjects and not touched:
            return {"platforms": 0, "changed": 0, "functions": 0, "groups": 0}
        first = not _is_built(database)
        changed = list(index.subjects) if first else list(live.changed)
        functions = frozenset(index.by_function) if first else touched
        if not first and not changed and not functions:
            return {"platforms": len(index), "changed": 0, "functions": 0, "groups": 0}
        return _write(database, index, changed, functions, progress)


def rebuild(database: Engine, progress: Callable[[str, int, int], None] | None = None) -> dict[str, int]:
    """Compare and group everything anew, keeping the groups' ids."""
    live = live_index(database)
    with live.lock:
        live.forget()
        index, _touched = live.refresh()
        index.count()
        with writing_session(database) as session:
            session.execute(delete(ComparedPair))
        return _write(database, index, list(index.subjects), frozenset(index.by_function), progress)


def regroup(database: Engine, platform_ids: Iterable[str]) -> None:
    """Group anew the functions of some platforms: after a verdict about them."""
    live = live_index(database)
    with live.lock:
        index, touched = live.refresh()
        functions = set(touched)
        for one in platform_ids:
            if one in index.subjects:
                functions |= memberships(index.subjects[one])
        _write(database, index, list(live.changed), frozenset(functions), None)


def held_apart(session: Session) -> list[frozenset[str]]:
    """Pairs that the latest standing verdicts call no overlap: they never share a group."""
    rows = session.connection().execute(
        select(col(Verdict.left_id), col(Verdict.right_id), col(Verdict.kind))
        .where(col(Verdict.undone_at).is_(None))
        .order_by(col(Verdict.id))
    )
    latest = {frozenset((left, right)): kind for left, right, kind in rows}
    return [pair for pair, kind in latest.items() if kind == NOT_AN_OVERLAP]


def _is_built(database: Engine) -> bool:
    with session_of(database) as session:
        return session.get(Meta, _VERSION_KEY) is not None


def _write(
    database: Engine,
    index: Index,
    changed: list[str],
    functions: frozenset[str],
    progress: Callable[[str, int, int], None] | None,
) -> dict[str, int]:
    pairs = nearest_pairs(index, changed)
    with writing_session(database) as session:
        _store_pairs(session, changed, pairs)
        apart = held_apart(session)
        count = 0
        for done, function in enumerate(sorted(functions)):
            count += _store_groups(session, index, function, group_function(index, function, apart))
            if progress is not None:
                progress("groups", done + 1, len(functions))
        marker = session.get(Meta, _VERSION_KEY) or Meta(key=_VERSION_KEY)
        marker.value = now().isoformat()
        session.add(marker)
    return {"platforms": len(index), "changed": len(changed), "functions": len(functions), "groups": count}


def _store_pairs(session: Session, changed: list[str], pairs: list[dict[str, Any]]) -> None:
    """Replace the stored pairs of what changed or went; `stored_pairs` reads a pair from either side."""
    connection = session.connection()
    for start in range(0, len(changed), 500):
        part = changed[start : start + 500]
        # Both sides: what others had stored of a platform that changed or went is no longer true.
        connection.execute(delete(ComparedPair).where(col(ComparedPair.left_id).in_(part)))
        connection.execute(delete(ComparedPair).where(col(ComparedPair.right_id).in_(part)))
    for start in range(0, len(pairs), 2000):
        connection.execute(insert(ComparedPair), pairs[start : start + 2000])


def _store_groups(session: Session, index: Index, function: str, clusters: list[Cluster]) -> int:
    """Bring one function's groups up to date: ids follow the members, rows that stay are not touched."""
    rows = session.connection().execute(
        select(col(OverlapMember.group_id), col(OverlapMember.platform_id), col(OverlapMember.role))
        .join(OverlapGroup, col(OverlapGroup.id) == col(OverlapMember.group_id))
        .where(col(OverlapGroup.main_function) == function)
    )
    before: dict[str, dict[str, str]] = {}
    for group_id, platform_id, role in rows:
        before.setdefault(group_id, {})[platform_id] = role
    members = [frozenset(cluster.members) for cluster in clusters]
    ids = match_ids({key: frozenset(found) for key, found in before.items()}, members)
    for place, cluster in enumerate(clusters):
        group_id = ids[place] or _new_id(session, function, cluster)
        _store_group(session, index, function, group_id, cluster, before.pop(group_id, {}))
    for gone in before:
        session.execute(delete(OverlapMember).where(col(OverlapMember.group_id) == gone))
        session.execute(delete(OverlapGroup).where(col(OverlapGroup.id) == gone))
    return len(clusters)


def _store_group(
    session: Session, index: Index, function: str, group_id: str, cluster: Cluster, before: dict[str, str]
) -> None:
    subjects = {one: index.subjects[one] for one in cluster.members}
    roles = {one: role_of(subject, cluster.medoid) for one, subject in subjects.items()}
    name, functions = _name(index, function, subjects[cluster.medoid]), _functions(function, subjects.values())
    group = session.get(OverlapGroup, group_id)
    if group is None:
        group = OverlapGroup(id=group_id, name=name, main_function=function, medoid_id=cluster.medoid)
    elif before == roles and group.name == name and group.functions == functions:
        return
    group.name, group.functions, group.medoid_id, group.updated_at = name, functions, cluster.medoid, now()
    session.add(group)
    session.flush()
    changed = [one for one in roles if before.get(one) != roles[one]]
    gone = [one for one in before if one not in roles] + [one for one in changed if one in before]
    for start in range(0, len(gone), 500):
        session.execute(
            delete(OverlapMember).where(
                col(OverlapMember.group_id) == group_id,
                col(OverlapMember.platform_id).in_(gone[start : start + 500]),
            )
        )
    if changed:
        rows = [{"group_id": group_id, "platform_id": one, "role": roles[one]} for one in changed]
        session.connection().execute(insert(OverlapMember), rows)


def _name(index: Index, function: str, medoid: Subject) -> str:
    known = index.words.functions.get(function)
    return f"{known.ko if known else function} — {medoid.name} 등"[:200]


def _functions(function: str, subjects: Iterable[Subject]) -> list[str]:
    """The group's own function, and those that most of its members share."""
    counts: dict[str, int] = {}
    total = 0
    for subject in subjects:
        total += 1
        for key in subject.functions:
            counts[key] = counts.get(key, 0) + 1
    return [function, *sorted(key for key, count in counts.items() if key != function and count * 2 > total)]


def _new_id(session: Session, function: str, cluster: Cluster) -> str:
    """An id made of function and medoid, so that two installations of one catalogue agree; salted if taken."""
    for salt in range(1000):
        text = f"{function}|{cluster.medoid}|{salt}"
        group_id = "G" + hashlib.sha256(text.encode()).hexdigest()[:8]
        if session.get(OverlapGroup, group_id) is None:
            return group_id
    raise AssertionError("a thousand groups of one function cannot share a medoid")
