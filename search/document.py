"""A platform as search sees it, read from the registry together with the names of what it refers to."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Row, Select, select
from sqlmodel import Session, SQLModel

from registry import models
from registry.bodies import former_bodies
from registry.governments import NATION, ZONE_PREFIX
from registry.vocab import Level, PlatformState

PLATFORMS = SQLModel.metadata.tables[models.Platform.__tablename__]
GOVERNMENTS = SQLModel.metadata.tables[models.Government.__tablename__]
ZONE_MEMBERS = SQLModel.metadata.tables[models.ZoneMember.__tablename__]
FIGURES = SQLModel.metadata.tables[models.UsageFigure.__tablename__]

Governments: TypeAlias = dict[int, Row[Any]]

# Read in slices so that memory does not grow with the registry.
SLICE = 1000
# A former platform is met by its name over so many successions.
MOST_SUCCESSIONS = 4


@dataclass(frozen=True)
class PlatformDocument:
    """One platform with everything that can be searched, filtered, ranked or shown.

    `owner_path` runs from the owner's government up to its province, ids; `served` are the ids of the governments
    it serves (the owner's unless stated). `predecessors` are the names of platforms that lead to this one.
    `users` is the largest known figure of members, downloads or visits.
    """

    id: str
    version: int
    name: str
    name_en: str = ""
    owner: str = ""
    owner_id: int | None = None
    owner_code: str = ""
    owner_level: str = "basic"
    owner_path: tuple[int, ...] = ()
    owner_names: tuple[str, ...] = ()
    description: str = ""
    type: str = ""
    secondary_types: tuple[str, ...] = ()
    form: str = ""
    functions: tuple[str, ...] = ()
    beneficiaries: tuple[str, ...] = ()
    url: str = ""
    channels: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    predecessors: tuple[str, ...] = ()
    area_codes: tuple[str, ...] = ()
    served: tuple[int, ...] = ()
    nationwide: bool = False
    department: str = ""
    operator: str = ""
    partners: tuple[str, ...] = ()
    status: str = "unknown"
    launched: str = ""
    closed: str = ""
    successor_id: str = ""
    successor_name: str = ""
    engine: str = ""
    shared_operation: str = ""
    liveness: str = "unchecked"
    users: float = 0.0
    updated: str = ""


# Figures that say how many people a platform reaches; costs and turnovers don't.
REACH = ("members", "users", "downloads", "visits", "visitors", "lookups", "uses", "participants")


def documents(session: Session, ids: Sequence[str] | None = None) -> Iterator[PlatformDocument]:
    """The active platforms, all of them or those of `ids`, in the order of their ids."""
    governments = {row.id: row for row in _rows(session, select(GOVERNMENTS))}
    meant = {code: [row] for code, row in _latest_by_code(governments.values()).items()}
    for row in governments.values():
        meant.setdefault(row.full_name, [row])
    for row in _rows(session, select(ZONE_MEMBERS)):
        meant.setdefault(f"{ZONE_PREFIX}{row.zone_id}", []).append(governments[row.government_id])
    active = select(PLATFORMS).where(PLATFORMS.c.state == PlatformState.active).order_by(PLATFORMS.c.id)
    if ids is not None:
        wanted = sorted(set(ids))
        for start in range(0, len(wanted), SLICE):
            part = wanted[start : start + SLICE]
            yield from _slice(session, _rows(session, active.where(PLATFORMS.c.id.in_(part))), governments, meant)
        return
    last = ""
    while rows := _rows(session, active.where(PLATFORMS.c.id > last).limit(SLICE)):
        yield from _slice(session, rows, governments, meant)
        last = rows[-1].id


def _rows(session: Session, query: Select[Any]) -> list[Row[Any]]:
    # Rows of columns, not mapped objects: nothing piles up in the session while 200,000 platforms pass.
    return list(session.connection().execute(query))


def _slice(
    session: Session,
    rows: list[Row[Any]],
    governments: Governments,
    meant: dict[str, list[Row[Any]]],
) -> Iterator[PlatformDocument]:
    ids = [row.id for row in rows]
    successors = [row.successor_id for row in rows if row.successor_id]
    named = select(PLATFORMS.c.id, PLATFORMS.c.name).where(PLATFORMS.c.id.in_(successors))
    names = {row.id: row.name for row in _rows(session, named)} if successors else {}
    predecessors = _predecessors(session, ids)
    users: dict[str, float] = {}
    standing = select(FIGURES.c.platform_id, FIGURES.c.key, FIGURES.c.value).where(
        FIGURES.c.platform_id.in_(ids), FIGURES.c.ended_at.is_(None)
    )
    for row in _rows(session, standing):
        if any(part in row.key for part in REACH):
            users[row.platform_id] = max(users.get(row.platform_id, 0.0), row.value)
    for row in rows:
        yield _document(row, governments, meant, names, predecessors.get(row.id, []), users.get(row.id, 0.0))


def _predecessors(session: Session, ids: list[str]) -> dict[str, list[str]]:
    """The names of the platforms that lead to each of these, over several successions too."""
    names: dict[str, list[str]] = {}
    leads: dict[str, tuple[str, ...]] = {id_: (id_,) for id_ in ids}
    for _ in range(MOST_SUCCESSIONS):
        led = select(PLATFORMS.c.id, PLATFORMS.c.successor_id, PLATFORMS.c.name).where(
            PLATFORMS.c.successor_id.in_(list(leads)), PLATFORMS.c.state == PlatformState.active
        )
        further: dict[str, tuple[str, ...]] = {}
        for row in _rows(session, led):
            for last in leads[row.successor_id]:
                if row.name not in names.setdefault(last, []):
                    names[last].append(row.name)
            further[row.id] = leads[row.successor_id]
        if not further:
            break
        leads = further
    return names


def _document(
    row: Row[Any],
    governments: Governments,
    meant: dict[str, list[Row[Any]]],
    names: dict[str, str],
    predecessors: list[str],
    users: float,
) -> PlatformDocument:
    path = _path(row.owner_id, governments)
    local = row.owner_level in (Level.metropolitan, Level.basic)
    if not path and local:
        # An owner that was split has no government of today: it keeps its own name and the province above it.
        path = _path(meant[row.owner_name][0].id, governments) if row.owner_name in meant else []
    served = [government for value in row.area for government in meant.get(value, ())]
    nationwide = NATION in row.area or (not local and not served)
    if not served and not nationwide:
        served = path[:1]
    areas = {step.code for government in served for step in _path(government.id, governments)}
    return PlatformDocument(
        id=row.id,
        version=row.version,
        name=row.name,
        name_en=row.name_en,
        owner=path[0].full_name if path else row.owner_name,
        owner_id=path[0].id if path else None,
        owner_code=path[0].code if path else "",
        owner_level=row.owner_level.value,
        owner_path=tuple(government.id for government in path),
        owner_names=tuple(dict.fromkeys(_names(path, row.owner_name))),
        description=row.description,
        type=row.type.value if row.type else "",
        secondary_types=tuple(row.secondary_types),
        form=row.form,
        functions=tuple(claim["id"] for claim in row.functions),
        beneficiaries=tuple(row.beneficiaries),
        url=row.url,
        channels=tuple(dict.fromkeys(channel["kind"] for channel in row.channels)),
        addresses=tuple(channel["value"] for channel in row.channels),
        aliases=tuple(row.aliases),
        former_names=tuple(row.former_names),
        predecessors=tuple(predecessors),
        area_codes=tuple(sorted(areas)),
        nationwide=nationwide,
        served=tuple(government.id for government in served),
        department=row.department,
        operator=row.operator,
        partners=tuple(row.partners),
        status=row.status.value,
        launched=row.launched,
        closed=row.closed,
        successor_id=row.successor_id or "",
        successor_name=names.get(row.successor_id or "", ""),
        engine=row.engine,
        shared_operation=row.shared_operation,
        liveness=row.liveness.value,
        users=users,
        updated=row.updated_at.date().isoformat(),
    )


def _path(government_id: int | None, governments: Governments) -> list[Row[Any]]:
    path: list[Row[Any]] = []
    government = governments.get(government_id) if government_id is not None else None
    while government is not None and government not in path:
        path.append(government)
        government = governments.get(government.parent_id) if government.parent_id is not None else None
    return path


def _names(path: list[Row[Any]], owner_name: str) -> Iterator[str]:
    for government in path:
        yield government.name
        yield from government.aliases
    if not path and owner_name:
        yield owner_name
        yield from former_bodies(owner_name)


def _latest_by_code(governments: Iterable[Row[Any]]) -> dict[str, Row[Any]]:
    latest: dict[str, Row[Any]] = {}
    for government in governments:
        known = latest.get(government.code)
        if known is None or (known.valid_to is not None and government.valid_to is None):
            latest[government.code] = government
    return latest
