"""Groups as they are read: by area, by function, with members and their roles."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Engine, select
from sqlmodel import Session, col

from registry.errors import NotFound
from registry.models import OverlapGroup, OverlapMember, Platform
from search.overlap.live import live_index
from search.overlap.store import follow

_ROLE_ORDER = ("medoid", "member", "joint", "planned", "private", "closed")


def list_groups(session: Session, area: str | None = None, function: str | None = None) -> list[dict[str, Any]]:
    """Groups with their members, the largest first; what every government must have (home pages) comes last.

    `area` (a government's name or code) keeps groups with a member that serves some of its ground and is not there for
    the whole nation; a group stays whole. `function` keeps groups about that function. UnknownCode or InvalidValue for
    what is not known.
    """
    database = _engine(session)
    follow(database)
    index = live_index(database).refresh()
    columns: tuple[Any, ...] = (
        OverlapGroup.id,
        OverlapGroup.name,
        OverlapGroup.functions,
        OverlapGroup.main_function,
    )
    query = select(*columns)
    if function is not None:
        query = query.where(col(OverlapGroup.main_function) == index.words.function(function).id)
    ground = 0
    if area is not None:
        ground = index.geography.ground(index.places.resolve(area).id or 0)
    members = _members(session)
    found = []
    expected = set()
    for group_id, name, functions, main_function in session.connection().execute(query):
        inside = members.get(group_id, [])
        if area is not None and not any(_serves(index, one["id"], ground) for one in inside):
            continue
        found.append({"id": group_id, "name": name, "functions": functions, "members": inside})
        if main_function and index.words.function(main_function).each_government:
            expected.add(group_id)
    return sorted(found, key=lambda one: (one["id"] in expected, -len(one["members"]), one["id"]))


def group_members(session: Session, group_id: str) -> list[dict[str, Any]]:
    """One group's members; NotFound."""
    if session.get(OverlapGroup, group_id) is None:
        raise NotFound("overlap group", group_id)
    return _members(session, [group_id]).get(group_id, [])


def groups_of(session: Session, platform_id: str) -> list[OverlapGroup]:
    """The groups one platform stands in."""
    query = (
        select(OverlapGroup)
        .join(OverlapMember, col(OverlapMember.group_id) == col(OverlapGroup.id))
        .where(col(OverlapMember.platform_id) == platform_id)
        .order_by(col(OverlapGroup.id))
    )
    return list(session.execute(query).scalars())


def _members(session: Session, group_ids: Iterable[str] | None = None) -> dict[str, list[dict[str, Any]]]:
    query = select(
        col(OverlapMember.group_id),
        col(OverlapMember.platform_id),
        col(OverlapMember.role),
        col(Platform.name),
        col(Platform.owner_name),
    ).join(Platform, col(Platform.id) == col(OverlapMember.platform_id))
    if group_ids is not None:
        query = query.where(col(OverlapMember.group_id).in_(list(group_ids)))
    members: dict[str, list[dict[str, Any]]] = {}
    for group_id, platform_id, role, name, owner in session.connection().execute(query):
        members.setdefault(group_id, []).append({"id": platform_id, "name": name, "owner": owner, "role": role})
    for inside in members.values():
        inside.sort(key=lambda one: (_ROLE_ORDER.index(one["role"]), one["owner"], one["name"], one["id"]))
    return members


def _serves(index: Any, platform_id: str, ground: int) -> bool:
    subject = index.subjects.get(platform_id)
    if subject is None:
        return False
    reach = index.geography.bits(index.territories[platform_id])
    return reach != index.geography.nation and bool(reach & ground)


def _engine(session: Session) -> Engine:
    bind = session.get_bind()
    return bind if isinstance(bind, Engine) else bind.engine
