"""Compute living zones from flows by the Louvain method: the same flows, resolution and seed give the same zones."""

import csv
import random
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete
from sqlmodel import Session, col, select

from registry.database import session_of, writing_session
from registry.errors import Conflict, InvalidValue
from registry.governments import Places
from registry.models import Zone, ZoneMember, ZoneSet
from registry.vocab import Level

# Gains below this are rounding: without it two communities may swap a node for ever.
LEAST_GAIN = 1e-12

Graph = dict[Any, dict[Any, float]]


def derive_zones(database: Engine, flows: Path, resolution: float = 3.0, seed: int = 0) -> dict[str, Any]:
    """Zones from a CSV of origin_code, dest_code, trips; nothing is stored.

    A higher resolution makes smaller zones. A zone is named after its member with the most trips. InvalidValue for
    a file that is not such a CSV.
    """
    with session_of(database) as session:
        places = Places.load(session)
    graph = read_flows(flows)
    groups = communities(graph, resolution, seed)
    zones = []
    for members in groups:
        core = max(members, key=lambda code: (sum(graph[code].values()), code))
        name = places.by_code(core).name if core in _known(places, members) else core
        zones.append({"id": core[:5], "name": f"{name}권", "core": core, "members": sorted(members)})
    return {
        "resolution": resolution,
        "seed": seed,
        "made_from": f"{flows.name}, Louvain, resolution {resolution:g}, seed {seed}",
        "modularity": round(modularity(graph, groups), 4),
        "zones": sorted(zones, key=lambda one: (-len(one["members"]), one["id"])),
    }


def save_zones(database: Engine, name: str, derived: Mapping[str, Any]) -> None:
    """Store derived zones as the operator's set `name`; Conflict for a set that comes with the catalogue."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,60}", name):
        raise InvalidValue(
            "name",
            name,
            "영어 소문자, 숫자, -, _ 로 된 이름이어야 합니다.",
            "Use lower-case letters, digits, - and _.",
            "예: commute-2026",
            "For example commute-2026.",
        )
    with writing_session(database) as session:
        places = Places.load(session)
        known = session.get(ZoneSet, name)
        if known is not None and known.kind != "own":
            raise Conflict(
                "함께 제공되는 생활권의 이름입니다.",
                "A set of the catalogue has this name.",
                "다른 이름을 쓰세요.",
                "Choose another name.",
            )
        old = [one.id for one in session.exec(select(Zone).where(Zone.set_id == name))]
        session.exec(delete(ZoneMember).where(col(ZoneMember.zone_id).in_(old)))
        session.exec(delete(Zone).where(col(Zone.set_id) == name))
        session.merge(
            ZoneSet(id=name, title=name, kind="own", made_from=derived["made_from"], resolution=derived["resolution"])
        )
        session.flush()
        for zone in derived["zones"]:
            _save_zone(session, places, name, zone)


def _save_zone(session: Session, places: Places, set_id: str, zone: Mapping[str, Any]) -> None:
    zone_id = f"{set_id}-{zone['id']}"
    session.add(Zone(id=zone_id, set_id=set_id, name=zone["name"]))
    session.flush()
    members: dict[int, str] = {}
    for code in zone["members"]:
        government = places.by_code(code)
        merged = government.valid_to is not None and government.level is Level.metropolitan
        parts = [] if merged else [government]
        parts += [places.by_id(number) for number in places.children(government.id or 0)]
        for part in parts:
            for one in places.successors(part):
                role = "core" if code == zone["core"] else "member"
                members.setdefault(one.id or 0, role if part is government else "contained")
    session.add_all(ZoneMember(zone_id=zone_id, government_id=number, role=role) for number, role in members.items())
    session.flush()


def read_flows(path: Path) -> Graph:
    """Trips between places, both directions added up; trips within a place are left out."""
    graph: Graph = defaultdict(lambda: defaultdict(float))
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                origin, destination, trips = row["origin_code"], row["dest_code"], float(row["trips"])
                if origin != destination and trips > 0:
                    graph[origin][destination] += trips
                    graph[destination][origin] += trips
    except (KeyError, ValueError, TypeError, UnicodeDecodeError) as problem:
        raise InvalidValue(
            "flows",
            path.name,
            f"통행량 파일로 읽을 수 없습니다 ({problem}).",
            f"This cannot be read as flows ({problem}).",
            "origin_code, dest_code, trips 열이 있는 CSV(UTF-8)를 주세요.",
            "Give a CSV (UTF-8) with the columns origin_code, dest_code, trips.",
        ) from None
    if not graph:
        raise InvalidValue(
            "flows",
            path.name,
            "통행이 하나도 없습니다.",
            "There is not a single trip in it.",
            "origin_code, dest_code, trips 열을 확인하세요.",
            "Check the columns origin_code, dest_code, trips.",
        )
    return {one: dict(others) for one, others in graph.items()}


def communities(graph: Graph, resolution: float = 1.0, seed: int = 0) -> list[list[Any]]:
    """Groups of nodes by greedy modularity (Blondel et al. 2008), with the resolution of Reichardt and Bornholdt."""
    chance = random.Random(seed)
    groups = {node: [node] for node in sorted(graph)}
    current = {one: dict(others) for one, others in graph.items()}
    while True:
        placed = _move_nodes(current, resolution, chance)
        if len(set(placed.values())) == len(current):
            return sorted((sorted(nodes) for nodes in groups.values()), key=lambda nodes: (-len(nodes), nodes[0]))
        groups, current = _fold(groups, current, placed)


def modularity(graph: Graph, groups: Sequence[Sequence[Any]]) -> float:
    """How much heavier the flows inside groups are than chance would have it (at resolution 1)."""
    total = sum(sum(others.values()) for others in graph.values())
    home = {node: number for number, nodes in enumerate(groups) for node in nodes}
    inside = sum(
        weight for one, others in graph.items() for other, weight in others.items() if home[one] == home[other]
    )
    degrees: dict[int, float] = defaultdict(float)
    for one, others in graph.items():
        degrees[home[one]] += sum(others.values())
    return float(inside / total - sum((degree / total) ** 2 for degree in degrees.values()))


def _move_nodes(graph: Graph, resolution: float, chance: random.Random) -> dict[Any, Any]:
    """Move single nodes to the neighbouring community that gains most, until none gains."""
    degree = {node: sum(others.values()) for node, others in graph.items()}
    total = sum(degree.values())
    home = {node: node for node in graph}
    weight = dict(degree)
    order = sorted(graph)
    chance.shuffle(order)
    moved = True
    while moved:
        moved = False
        for node in order:
            links: dict[Any, float] = defaultdict(float)
            for other, flow in graph[node].items():
                if other != node:
                    links[home[other]] += flow
            here = home[node]
            weight[here] -= degree[node]
            best, most = here, links[here] - resolution * weight[here] * degree[node] / total
            for place in sorted(links):
                gain = links[place] - resolution * weight[place] * degree[node] / total
                if gain > most + LEAST_GAIN:
                    best, most = place, gain
            weight[best] += degree[node]
            if best != here:
                home[node] = best
                moved = True
    return home


def _fold(groups: dict[Any, list[Any]], graph: Graph, placed: Mapping[Any, Any]) -> tuple[dict[Any, list[Any]], Graph]:
    """Make one node of each community; flows inside it become its own."""
    merged: dict[Any, list[Any]] = defaultdict(list)
    for node, nodes in groups.items():
        merged[placed[node]] += nodes
    flows: Graph = defaultdict(lambda: defaultdict(float))
    for one, others in graph.items():
        for other, weight in others.items():
            flows[placed[one]][placed[other]] += weight
    return dict(merged), {one: dict(others) for one, others in flows.items()}


def _known(places: Places, codes: Sequence[str]) -> set[str]:
    return {code for code in codes if places.choices(code)}
