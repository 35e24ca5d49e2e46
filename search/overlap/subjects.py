"""Subjects from the registry's rows, and from what somebody says of a platform that is not registered."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from registry.bodies import body_names, present_body
from registry.errors import InvalidValue, NotFound
from registry.governments import NATION, Places
from registry.models import Government, Platform, Record
from registry.understand import understand
from registry.urls import app_package, canonical, host
from registry.vocab import Level, PlatformState
from registry.vocabulary import load_vocabulary
from search.overlap.names import fold, place_words
from search.overlap.subject import Subject

_SLICE = 500
_MOBILE = re.compile(r"^(?:m|mobile|www\d|app|korean|kor|ko|english|eng|en)\.(?=.+\.)")


def load_subjects(session: Session, places: Places, ids: Iterable[str] | None = None) -> Iterator[Subject]:
    """Every active platform as a subject, or those with these ids; withdrawn and merged ones are left out."""
    columns = [getattr(Platform, name) for name in _COLUMNS]
    query = select(*columns).where(col(Platform.state) == PlatformState.active).order_by(col(Platform.id))
    listed = select(col(Record.platform_id), col(Record.source_id)).where(col(Record.platform_id).is_not(None))
    if ids is None:
        sources = _sources(session, listed)
        for row in session.connection().execute(query):
            yield subject_of(row, places, sources.get(row.id, frozenset()))
        return
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), _SLICE):
        part = wanted[start : start + _SLICE]
        sources = _sources(session, listed.where(col(Record.platform_id).in_(part)))
        for row in session.connection().execute(query.where(col(Platform.id).in_(part))):
            yield subject_of(row, places, sources.get(row.id, frozenset()))


def _sources(session: Session, listed: Any) -> dict[str, frozenset[str]]:
    """Which sources list a platform: two entries of one source are told apart by the source itself."""
    found: dict[str, set[str]] = {}
    for platform_id, source_id in session.connection().execute(listed):
        found.setdefault(platform_id, set()).add(source_id)
    return {platform_id: frozenset(sources) for platform_id, sources in found.items()}


_COLUMNS = [
    "id",
    "name",
    "owner_id",
    "owner_name",
    "owner_level",
    "description",
    "type",
    "form",
    "functions",
    "beneficiaries",
    "url",
    "channels",
    "aliases",
    "former_names",
    "parent_id",
    "area",
    "department",
    "operator",
    "status",
    "launched",
    "closed",
    "engine",
    "shared_operation",
    "successor_id",
    "version",
]


def subject_of(row: Any, places: Places, sources: frozenset[str] = frozenset()) -> Subject:
    """One platform's row (or anything with its attributes) as a subject."""
    owner = government(places, row.owner_id)
    addresses = [row.url, *(channel["value"] for channel in row.channels)]
    area, nationwide = served(places, row.area, row.owner_id, row.owner_level)
    return Subject(
        id=row.id,
        name=row.name,
        owner_id=row.owner_id,
        owner_name=owner.full_name if owner else present_body(row.owner_name),
        owner_words=owner_words(places, owner) if owner else body_names(row.owner_name),
        level=str(row.owner_level or ""),
        description=row.description,
        type=str(row.type or ""),
        form=row.form,
        functions={one["id"]: float(one.get("confidence", 1.0)) for one in row.functions},
        evidence={one["id"]: tuple(one.get("evidence", ())) for one in row.functions},
        function_words=function_words(one["id"] for one in row.functions),
        beneficiaries=frozenset(row.beneficiaries),
        url=same_address(row.url),
        host=own_host_of(places, row.url),
        packages=packages_of(addresses),
        other_names=tuple(dict.fromkeys([*row.aliases, *row.former_names])),
        area=area,
        nationwide=nationwide,
        status=str(row.status),
        launched=row.launched,
        closed=row.closed,
        department=row.department,
        operator=row.operator,
        engine=row.engine,
        operation=row.shared_operation,
        successor_id=row.successor_id or "",
        parent_id=row.parent_id or "",
        sources=sources,
        version=row.version,
    )


def described(
    places: Places,
    name: str,
    owner: str,
    url: str = "",
    *,
    description: str = "",
    functions: Iterable[str] = (),
    key: str = "",
) -> Subject:
    """Somebody's words as a subject: the owner resolved where it can be, functions understood from the rest.

    A former owner's name stands for the ground it had: 광주광역시 is the city, not the province it was merged into.
    """
    meant, ground = owner_meant(places, owner)
    if meant is None:
        meant = ground = hinted(places, owner, name, url) or _arm_of(places, owner)
    nationwide = meant is None and bool(owner.strip()) and not places.choices(owner)
    understood = understand(
        name, description=description, url=url, declared_functions=tuple(functions), owner_name=owner
    )
    return Subject(
        id=key,
        name=name,
        owner_id=meant.id if meant else None,
        owner_name=meant.full_name if meant else present_body(owner.strip()) if nationwide else "",
        owner_words=(owner, *(owner_words(places, meant) if meant else body_names(owner))),
        level=str(meant.level) if meant else "",
        description=description,
        type=str(understood.type or ""),
        form=understood.form,
        functions={one.id: one.confidence for one in understood.functions},
        evidence={one.id: tuple(said.text for said in one.evidence) for one in understood.functions},
        function_words=function_words(one.id for one in understood.functions),
        beneficiaries=frozenset(understood.beneficiaries),
        url=same_address(url),
        host=own_host_of(places, url),
        packages=packages_of([url]),
        area=frozenset({ground.id}) if ground is not None and ground.id is not None else frozenset(),
        nationwide=nationwide,
    )


def owner_meant(places: Places, owner: str) -> tuple[Government | None, Government | None]:
    """Today's government for an owner's name, and the government whose ground the name means; None when unclear."""
    if not owner.strip():
        return None, None
    present = places.choices(owner)
    former = [one for one in places.choices(owner, on=_day_before_reform(places)) if one.valid_to is not None]
    exact = [one for one in present if owner.replace(" ", "") in (one.name, one.full_name.replace(" ", ""))]
    if len(exact) == 1:
        return exact[0], exact[0]
    if len(former) == 1 and not exact:
        return (present[0] if len(present) == 1 else None) or former[0], former[0]
    if len(present) == 1:
        return present[0], present[0]
    return None, None


def hinted(places: Places, owner: str, name: str, url: str) -> Government | None:
    """Which of several same-named governments is meant, told by the address or by a province in the name."""
    choices = places.choices(owner)
    if len(choices) < 2:
        return None
    standing = places.by_host(host_of(url)) if url else None
    if standing is not None and standing.id in {one.id for one in choices}:
        return standing
    folded = fold(name)
    named = [
        one
        for one in choices
        if one.parent_id is not None
        and any(len(word) > 1 and folded.startswith(word) for word in place_words(places.by_id(one.parent_id).name))
    ]
    return named[0] if len(named) == 1 else None


def _arm_of(places: Places, owner: str) -> Government | None:
    """The government that a corporation or foundation names itself after: 경기도주식회사, 성동구도시관리공단."""
    mentions = places.find_in(owner)
    if len(mentions) == 1 and mentions[0].start == 0 and len(mentions[0].choices) == 1 and not owner.endswith("은행"):
        return mentions[0].choices[0]
    return None


@cache
def _words_of(function: str) -> tuple[str, ...]:
    known = load_vocabulary().functions.get(function)
    return tuple(fold(word) for word in (known.ko, *known.synonyms)) if known else ()


def function_words(functions: Iterable[str]) -> tuple[str, ...]:
    """The plain words of some functions, longest first; brands are no plain words."""
    found = {word for function in functions for word in _words_of(function) if len(word) > 1}
    return tuple(sorted(found, key=lambda word: (-len(word), word)))


def _day_before_reform(places: Places) -> date:
    """The last day before the latest reform: names of then still stand in every source."""
    ended = [one.valid_to for one in places.all(former=True) if one.valid_to is not None]
    return max(ended) if ended else date.today() - timedelta(days=1)


def government(places: Places, government_id: int | None) -> Government | None:
    """The government, or None for others."""
    if government_id is None:
        return None
    try:
        return places.by_id(government_id)
    except NotFound:
        return None


def owner_words(places: Places, owner: Government) -> tuple[str, ...]:
    """Names of a government and those above it, and what it was called before: words to take off a name."""
    names = [owner.full_name, *(alias for alias in owner.aliases if not alias.isdigit())]
    for before in places.predecessors(owner):
        names.append(before.full_name)
    for above in places.ancestors(owner.id or 0):
        names.append(places.by_id(above).name)
    return tuple(dict.fromkeys(names))


def served(places: Places, area: Iterable[str], owner_id: int | None, level: Any) -> tuple[frozenset[int], bool]:
    """The governments a platform serves, and whether it serves the nation."""
    values = list(area)
    nationwide = NATION in values or (not values and owner_id is None and level in (Level.national, Level.private))
    ground: set[int] = set()
    for value in values:
        if value == NATION:
            continue
        if value.startswith("zone:"):
            ground |= places.area_ids([value])
            continue
        try:
            one = places.by_code(value)
        except NotFound:
            continue
        if one.id is not None:
            ground.add(one.id)
    return frozenset(ground), nationwide


def same_address(url: str) -> str:
    """The one spelling of an address, '' where it is none."""
    try:
        return canonical(url) if url else ""
    except InvalidValue:
        return ""


def host_of(url: str) -> str:
    """The host of an address without its mobile prefix, '' where it is none."""
    try:
        return _MOBILE.sub("", host(url)) if url else ""
    except InvalidValue:
        return ""


def own_host_of(places: Places, url: str) -> str:
    """The host of an address, '' where it is a government's home page: everything it offers may stand there."""
    found = host_of(url)
    return "" if places.is_home(found) else found


def packages_of(addresses: Iterable[str]) -> frozenset[str]:
    """App packages among some addresses."""
    return frozenset(package for package in (app_package(one) for one in addresses if "://" in one) if package)
