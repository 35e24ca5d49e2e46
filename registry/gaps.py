"""The regional gap: which governments lack what their peers run, 광역 and 기초 apart, and per head of electors."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session

from registry.governments import Places
from registry.tables import PLATFORM
from registry.vocab import Level, PlatformState, Status
from registry.vocabulary import load_vocabulary

STANDING = (Status.running, Status.unknown)
PER = 100_000


@dataclass(frozen=True)
class Gap:
    """One function (or form) among the governments of one level; ids are of present governments.

    `run` run it themselves; `served` do not, but lie in the area of somebody else's (their province's, a zone's,
    the nation's); `lacking` have neither. `per_100k` is the number of platforms per 100,000 electors (2022-03-09)
    of the governments that run it, None where no electors are known.
    """

    key: str
    level: str
    run: tuple[int, ...]
    served: tuple[int, ...]
    lacking: tuple[int, ...]
    platforms: int
    per_100k: float | None

    @property
    def share(self) -> float:
        """The share of the level's governments that run it themselves."""
        everybody = len(self.run) + len(self.served) + len(self.lacking)
        return len(self.run) / everybody if everybody else 0.0


@dataclass(frozen=True)
class _Service:
    owner: int | None
    level: Level
    served: frozenset[int]
    keys: frozenset[str]


def gaps(session: Session, level: Level, by: str = "function", places: Places | None = None) -> list[Gap]:
    """The gap of every function (`by='form'`: every form, type/id), most widely run first."""
    here = places or Places.load(session)
    peers = [one for one in here.all() if one.level is level]
    electors = {one.id or 0: one.electors for one in peers}
    run: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    reach: dict[str, set[int]] = defaultdict(set)
    for service in _services(session, here, by):
        for key in service.keys:
            reach[key] |= service.served
            if service.owner in electors:
                run[key][service.owner] += 1
    known = load_vocabulary()
    keys = list(known.functions) if by == "function" else [one for one in known.forms if not one.endswith("/other")]
    found = []
    for key in keys:
        own = run[key]
        others = [number for number in electors if number not in own]
        people = [electors[number] for number in own]
        total = sum(own.values())
        heads = sum(one for one in people if one)
        found.append(
            Gap(
                key,
                level.value,
                tuple(sorted(own)),
                tuple(sorted(number for number in others if number in reach[key])),
                tuple(sorted(number for number in others if number not in reach[key])),
                total,
                round(total * PER / heads, 3) if heads and all(people) else None,
            )
        )
    return sorted(found, key=lambda one: (-len(one.run), one.key))


def lacks(session: Session, government_id: int, at_least: float = 0.2, by: str = "function") -> list[Gap]:
    """What this government neither runs nor is served with although at least this share of its peers runs it."""
    here = Places.load(session)
    level = here.by_id(government_id).level
    return [one for one in gaps(session, level, by, here) if government_id in one.lacking and one.share >= at_least]


def _services(session: Session, places: Places, by: str) -> list[_Service]:
    columns = PLATFORM.c
    query = select(
        columns.owner_id, columns.owner_level, columns.area, columns.type, columns.form, columns.functions
    ).where(columns.state == PlatformState.active, columns.status.in_(STANDING))
    found = []
    for owner_id, level, area, type_, form, functions in session.connection().execute(query):
        owner = places.present(places.by_id(owner_id)) if owner_id is not None else None
        if owner is None and level is not Level.national:
            continue
        keys = {one["id"] for one in functions} if by == "function" else {f"{type_.value}/{form}"} if type_ else set()
        served = places.area_ids(area or (["nation"] if owner is None else []), owner.id if owner else None)
        found.append(_Service(owner.id if owner else None, level, served, frozenset(keys)))
    return found
