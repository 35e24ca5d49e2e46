"""Groups as rows: ids follow the members, and rows that stay as they are are not touched."""

import hashlib
from collections.abc import Iterable

from sqlalchemy import delete, insert, select
from sqlmodel import Session, col

from registry.models import OverlapGroup, OverlapMember
from registry.models.base import now
from search.overlap.clusters import Cluster, match_ids
from search.overlap.index import Index
from search.overlap.subject import Subject


def store_groups(session: Session, index: Index, function: str, clusters: list[Cluster[str]]) -> None:
    """Bring one function's groups up to date: ids follow the members, rows that stay are not touched."""
    query = (
        select(col(OverlapMember.group_id), col(OverlapMember.platform_id), col(OverlapMember.role))
        .join(OverlapGroup, col(OverlapGroup.id) == col(OverlapMember.group_id))
        .where(col(OverlapGroup.main_function) == function)
    )
    before: dict[str, dict[str, str]] = {}
    for group_id, platform_id, role in session.connection().execute(query).all():
        before.setdefault(group_id, {})[platform_id] = role
    members = [frozenset(cluster.members) for cluster in clusters]
    ids = match_ids({key: frozenset(found) for key, found in before.items()}, members)
    for place, cluster in enumerate(clusters):
        group_id = ids[place] or _new_id(session, function, cluster)
        _store_group(session, index, function, group_id, cluster, before.pop(group_id, {}))
    for gone in before:
        session.execute(delete(OverlapMember).where(col(OverlapMember.group_id) == gone))
        session.execute(delete(OverlapGroup).where(col(OverlapGroup.id) == gone))


def _store_group(
    session: Session, index: Index, function: str, group_id: str, cluster: Cluster[str], before: dict[str, str]
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


def _new_id(session: Session, function: str, cluster: Cluster[str]) -> str:
    """An id made of function and medoid, so that two installations of one catalogue agree; salted if taken."""
    for salt in range(1000):
        text = f"{function}|{cluster.medoid}|{salt}"
        group_id = "G" + hashlib.sha256(text.encode()).hexdigest()[:8]
        if session.get(OverlapGroup, group_id) is None:
            return group_id
    raise AssertionError("a thousand groups of one function cannot share a medoid")


def role_of(subject: Subject, medoid: str) -> str:
    """A member's part in its group."""
    if subject.id == medoid:
        return "medoid"
    if subject.status in ("planned", "closed"):
        return subject.status
    if subject.level == "private":
        return "private"
    return "joint" if subject.operation else "member"
