"""Living zones (생활권): computed from flows of people, imported from published lists, or edited by an operator.

Zones from flows are communities of the symmetrised flow graph with a stated resolution; the same flows and the same
seed give the same zones.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Engine
from sqlmodel import Session, col, delete, select

from config.settings import CONFIG
from registry.audit import audit
from registry.communities import communities, modularity
from registry.database import session_of, writing_session
from registry.errors import InvalidValue
from registry.governments import Places
from registry.models import Government, Zone, ZoneMember, ZoneSet
from registry.records import SYSTEM, Actor
from registry.vocab import Level

FLOW_COLUMNS = ("origin_code", "dest_code", "trips")
LIST_COLUMNS = ("zone_id", "zone_name", "gov_code")
OPERATOR_SETS = CONFIG / "zones"
# Metropolitan governments that are one city: a zone that contains one contains its districts.
CITIES = ("특별시", "광역시", "특별자치시")
SET_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")


def derive_zones(database: Engine, flows: Path, resolution: float = 3.0, seed: int = 0) -> dict[str, Any]:
    """A zone set computed from a CSV of flows: title, made_from, resolution, seed, modularity and the zones.

    Each zone has id, name (its busiest government's), and member codes. InvalidValue for an unreadable file, an
    unknown government or a flow that is not a number.
    """
    if not 0.1 <= resolution <= 50:
        raise InvalidValue(
            "resolution",
            resolution,
            "0.1부터 50까지 쓸 수 있습니다.",
            "It must lie between 0.1 and 50.",
            "크게 할수록 생활권이 잘게 나뉩니다. 보통 3을 씁니다.",
            "The higher, the smaller the zones; 3 is usual.",
        )
    with session_of(database) as session:
        places = Places.load(session)
    graph, biggest = _graph(_read(flows, FLOW_COLUMNS), places, flows)
    strength = {node: sum(near.values()) for node, near in graph.items()}
    groups = communities(graph, resolution, seed)
    zones = []
    for group in sorted(groups, key=lambda nodes: (-sum(strength[node] for node in nodes), min(nodes))):
        core = max(group, key=lambda node: (strength[node], node))
        government = places.by_code(core)
        members = sorted(group, key=lambda node: (-strength[node], node))
        zones.append({"id": core, "name": f"{government.name}권", "core": core, "members": members})
    note = f"; the {biggest} largest destinations of each origin" if biggest else ""
    return {
        "title": f"{flows.stem} 해상도 {resolution:g}",
        "kind": "computed",
        "made_from": f"Louvain communities of symmetrised flows in {flows.name}, seed {seed}{note}",
        "resolution": resolution,
        "seed": seed,
        "modularity": round(modularity(graph, groups, resolution), 4),
        "zones": zones,
    }


def save_zones(database: Engine, set_id: str, derived: Mapping[str, Any], actor: Actor = SYSTEM) -> int:
    """Store a zone set under an id, in place of one that had it; gives the number of zones.

    A member that is a metropolitan city brings its districts along.
    """
    if not SET_ID.fullmatch(set_id):
        raise InvalidValue(
            "name",
            set_id,
            "생활권 집합의 이름은 영문 소문자, 숫자, _ 와 - 로 씁니다.",
            "A zone set's name is made of lower-case letters, digits, _ and -.",
            "예: my_zones_2026",
            "For example my_zones_2026.",
        )
    with writing_session(database) as session:
        places = Places.load(session)
        known = session.get(ZoneSet, set_id)
        if known is not None and known.kind != derived["kind"]:
            raise InvalidValue(
                "name",
                set_id,
                f"'{known.title}'이(가) 이미 이 이름을 씁니다.",
                f"'{known.title}' already has this name.",
                "다른 이름을 고르세요.",
                "Choose another name.",
            )
        _remove(session, set_id)
        session.merge(
            ZoneSet(
                id=set_id,
                title=str(derived["title"])[:200],
                kind=str(derived["kind"]),
                made_from=str(derived["made_from"])[:1000],
                resolution=derived.get("resolution"),
            )
        )
        session.flush()
        for zone in derived["zones"]:
            _add_zone(session, places, set_id, zone)
        audit(session, actor, "save_zones", set_id, {"zones": len(derived["zones"])})
    return len(derived["zones"])


def import_zones(database: Engine, path: Path, set_id: str, title: str, source: str, actor: Actor = SYSTEM) -> int:
    """Store a published zone set from a CSV with zone_id, zone_name and gov_code (a code or a name)."""
    zones: dict[str, dict[str, Any]] = {}
    for row in _read(path, LIST_COLUMNS):
        zone = zones.setdefault(row["zone_id"], {"id": row["zone_id"], "name": row["zone_name"], "members": []})
        zone["members"].append(row["gov_code"])
    found = {"title": title, "kind": "official", "made_from": source, "zones": list(zones.values())}
    return save_zones(database, set_id, found, actor)


def load_operator_sets(database: Engine, folder: Path = OPERATOR_SETS, actor: Actor = SYSTEM) -> dict[str, int]:
    """Bring the registry up to the operator's sets in config/zones/*.yml; the file's name is the set's id."""
    counts: dict[str, int] = {}
    for path in sorted(folder.glob("*.yml")) if folder.is_dir() else ():
        counts[path.stem] = save_zones(database, path.stem, read_operator_set(path), actor)
    with writing_session(database) as session:
        for known in session.exec(select(ZoneSet).where(ZoneSet.kind == "operator")).all():
            if known.id not in counts:
                _remove(session, known.id)
                session.delete(known)
    return counts


def read_operator_set(path: Path) -> dict[str, Any]:
    """One YAML file: `title`, `made_from`, and `zones` with id, name and members (codes or names)."""
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
        zones = [
            {"id": str(zone["id"]), "name": str(zone["name"]), "members": [str(one) for one in zone["members"]]}
            for zone in told["zones"]
        ]
        return {"title": str(told["title"]), "kind": "operator", "made_from": str(told["made_from"]), "zones": zones}
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise InvalidValue(
            "zones",
            path.name,
            f"생활권 파일을 읽을 수 없습니다: {error}",
            f"The zone file cannot be read: {error}",
            "title, made_from, zones(id, name, members)를 적으세요.",
            "Give title, made_from and zones with id, name and members.",
        ) from error


def _add_zone(session: Session, places: Places, set_id: str, zone: Mapping[str, Any]) -> None:
    zone_id = f"{set_id}-{zone['id']}"[:100]
    session.add(Zone(id=zone_id, set_id=set_id, name=str(zone["name"])[:200]))
    session.flush()
    roles: dict[int, str] = {}
    for member in zone["members"]:
        for number, contained in _members(places, str(member)):
            role = "contained" if contained else "core" if member == zone.get("core") else "member"
            if not contained or number not in roles:
                roles[number] = role
    session.add_all(ZoneMember(zone_id=zone_id, government_id=one, role=role) for one, role in roles.items())
    session.flush()


def _remove(session: Session, set_id: str) -> None:
    zones = list(session.exec(select(Zone.id).where(Zone.set_id == set_id)))
    session.execute(delete(ZoneMember).where(col(ZoneMember.zone_id).in_(zones)))
    session.execute(delete(Zone).where(col(Zone.set_id) == set_id))
    session.flush()


def _graph(rows: Iterable[Mapping[str, str]], places: Places, path: Path) -> tuple[dict[str, dict[str, float]], int]:
    """Present codes with the sum of trips both ways, and the most destinations of one origin if all have that many."""
    graph: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    destinations: dict[str, int] = defaultdict(int)
    for line, row in enumerate(rows, 2):
        try:
            trips = float(row["trips"])
        except ValueError:
            trips = -1.0
        if trips < 0:
            raise InvalidValue(
                "trips",
                row["trips"],
                f"{path.name} {line}행의 통행량이 0 이상의 수가 아닙니다.",
                f"The trips on line {line} of {path.name} are not a number of at least 0.",
                "통행량을 0 이상의 수로 고치거나 그 행을 빼세요.",
                "Write a number of at least 0, or leave the line out.",
            )
        origins, targets = (_today(places, row[column]) for column in ("origin_code", "dest_code"))
        destinations[row["origin_code"]] += 1
        for origin in origins:
            for target in targets:
                share = trips / (len(origins) * len(targets))
                if origin != target:
                    graph[origin][target] += share
                    graph[target][origin] += share
    counts = set(destinations.values())
    return {node: dict(near) for node, near in graph.items()}, counts.pop() if len(counts) == 1 else 0


def _today(places: Places, code: str) -> list[str]:
    """Present codes of a government; one that was split shares its flows among its parts.

    A metropolitan city that was merged into something larger stays a node of its own: it is its districts, never
    the whole that it was merged into.
    """
    if code.isdigit() and _merged_city(places.by_code(code)):
        return [code]
    return [row.code for row in places.choices(code)] or [places.resolve(code).code]


def _members(places: Places, member: str) -> list[tuple[int, bool]]:
    """(id, contained in a city that was named) of the present governments that a zone's member means."""
    if member.isdigit() and _merged_city(places.by_code(member)):
        below = places.children(places.by_code(member).id or 0)
        return [(row.id or 0, True) for one in below for row in places.successors(places.by_id(one))]
    found: list[tuple[int, bool]] = []
    for row in places.choices(member) or [places.resolve(member)]:
        found.append((row.id or 0, False))
        if row.kind in CITIES:
            found += [(below, True) for below in places.children(row.id or 0)]
    return found


def _merged_city(row: Government) -> bool:
    return row.valid_to is not None and row.level is Level.metropolitan and row.kind in CITIES


def _read(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [column for column in columns if column not in (reader.fieldnames or ())]
            rows = list(reader)
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidValue(
            "file",
            path,
            f"파일을 읽을 수 없습니다: {error}",
            f"The file cannot be read: {error}",
            "경로와 문자셋(UTF-8)을 확인하세요.",
            "Check the path and the character set (UTF-8).",
        ) from error
    if missing:
        raise InvalidValue(
            "file",
            path,
            f"열이 없습니다: {', '.join(missing)}",
            f"Columns are missing: {', '.join(missing)}",
            f"필요한 열: {', '.join(columns)}",
            f"Needed columns: {', '.join(columns)}",
        )
    return rows
