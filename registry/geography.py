"""Load governments, their succession, borders and living zones from config/catalogue into the registry."""

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, delete
from sqlmodel import Session, col, select

from config.settings import CONFIG
from registry.database import writing_session
from registry.governments import Places
from registry.models import Adjacency, Government, Succession, Zone, ZoneMember, ZoneSet
from registry.vocab import Level

CATALOGUE = CONFIG / "catalogue"

# 도 that became 특별자치도 kept the last digits of every code below them (강원 2023-06-11, 전북 2024-01-18).
CODE_PREFIXES = {"51": "42", "52": "45"}

# Names that are neither the official name nor follow from it.
EXTRA_NAMES = {
    "1200000000": ["전남광주", "전남광주시", "광주특별시"],
    "5100000000": ["강원도"],
    "5200000000": ["전라북도", "전북도"],
    "2900000000": ["광주시"],
    "2817700000": ["인천광역시 남구"],
    "2772000000": ["경상북도 군위군"],
}

FORMER_CODES = {"2772000000": ["4772000000"], "2817700000": ["2817000000"]}

ZONE_TITLES = {
    "flow_2023_r1": ("광역 통행권 (2023 통행량, 6개)", "computed", 1.0),
    "flow_2023_r3": ("생활권 (2023 통행량, 17개)", "computed", 3.0),
    "flow_2023_r8": ("근린 생활권 (2023 통행량, 31개)", "computed", 8.0),
    "wide_area_planning_1993": ("광역도시권 (1993)", "official", None),
    "happy_living_zone_2014_partial": ("지역행복생활권 (2014, 일부)", "official", None),
    "capital_region": ("수도권 (수도권정비계획법)", "official", None),
}


def load_geography(engine: Engine, folder: Path = CATALOGUE) -> dict[str, int]:
    """Bring governments, succession, adjacency and zones up to the files; ids of governments never change.

    A government is found again by code and first day; a zone set of the files is written whole, an operator's own
    set (any other id) is left alone.
    """
    with writing_session(engine) as session:
        return {
            "governments": _load_governments(session, folder),
            "successions": _load_successions(session, folder),
            "names": _load_names(session, folder),
            "adjacencies": _load_adjacency(session, folder),
            "zones": _load_zones(session, folder),
        }


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def _load_governments(session: Session, folder: Path) -> int:
    rows = [*_rows(folder / "governments.csv"), *_rows(folder / "governments_former.csv")]
    known = {(row.code, row.valid_from): row for row in session.exec(select(Government))}
    by_code: dict[str, Government] = {}
    names = {row["code"]: row["name_ko"] for row in rows}
    for row in rows:
        code, start = row["code"], _day(row.get("valid_from", ""))
        government = known.get((code, start)) or Government(
            code=code, name="", full_name="", level=Level(row["level"]), kind="", valid_from=start
        )
        parent = names.get(row["parent_code"], "")
        government.name = row["name_ko"]
        government.full_name = f"{parent} {row['name_ko']}".strip()
        government.name_en = row["name_en"]
        government.level = Level(row["level"])
        government.kind = row["kind"]
        government.homepage = row["homepage_url"]
        government.homepage_host = row["homepage_domain"].lower()
        government.latitude = float(row["lat"]) if row["lat"] else None
        government.longitude = float(row["lon"]) if row["lon"] else None
        government.electors = int(row["electors_20220309"]) if row["electors_20220309"] else None
        government.valid_to = _day(row.get("valid_to", ""))
        government.aliases = _aliases(code)
        session.add(government)
        by_code[code] = government
    session.flush()
    for row in rows:
        if row["parent_code"]:
            by_code[row["code"]].parent_id = by_code[row["parent_code"]].id
    session.flush()
    return len(rows)


def _aliases(code: str) -> list[str]:
    former = [CODE_PREFIXES[code[:2]] + code[2:]] if code[:2] in CODE_PREFIXES else []
    return [*EXTRA_NAMES.get(code, []), *former, *FORMER_CODES.get(code, [])]


def _load_successions(session: Session, folder: Path) -> int:
    session.exec(delete(Succession))
    count = 0
    for row in _rows(folder / "government_changes.csv"):
        codes, names = row["from_code"].split(";"), row["from_name"].split(";")
        for code, name in zip(codes, names, strict=True):
            session.add(
                Succession(
                    on=date.fromisoformat(row["date"]),
                    event=row["event"],
                    from_code=code,
                    from_name=name,
                    to_code=row["to_code"],
                    to_name=row["to_name"],
                    note=row["note"],
                    source=row["source"],
                )
            )
            count += 1
    session.flush()
    return count


def _load_names(session: Session, folder: Path) -> int:
    """Names of government_aliases.csv that do not follow from the official names: 마산시, 창원특례시, Suwon; their number.

    A government that has ended keeps its own names; what it was called leads to its successors without our help.
    """
    if not (folder / "government_aliases.csv").exists():
        return 0
    places = Places.load(session)
    present = {row.code: row for row in session.exec(select(Government)) if row.valid_to is None}
    count = 0
    for row in _rows(folder / "government_aliases.csv"):
        government = present.get(row["code"])
        if government is not None and row["code"] not in {one.code for one in places.choices(row["alias"])}:
            # A new list: a JSON column does not hear of what is added to the old one.
            government.aliases = [*government.aliases, row["alias"]]
            session.add(government)
            count += 1
    session.flush()
    return count


def _load_adjacency(session: Session, folder: Path) -> int:
    """Borders between present governments; of a split district every successor inherits the whole border.

    That is generous on purpose: nobody has published which successor kept which stretch, and a neighbour too many
    only labels an overlap 'neighbouring' that a person then looks at.
    """
    follow = _followers(session)
    session.exec(delete(Adjacency))
    borders: dict[tuple[int, int], float] = {}
    for row in _rows(folder / "adjacency.csv"):
        left, right = follow.get(row["code_a"], []), follow.get(row["code_b"], [])
        for one, other in _pairs(left, right):
            borders[one, other] = borders[other, one] = float(row["shared_border_km_approx"])
    for successors in follow.values():
        for one, other in _pairs(successors, successors):
            borders.setdefault((one, other), 0.0)
            borders.setdefault((other, one), 0.0)
    session.add_all(
        Adjacency(government_id=one, neighbour_id=other, border_km=length) for (one, other), length in borders.items()
    )
    session.flush()
    return len(borders)


def _pairs(left: Iterable[int], right: Iterable[int]) -> Iterator[tuple[int, int]]:
    return ((one, other) for one in left for other in right if one != other)


def _followers(session: Session) -> dict[str, list[int]]:
    """Any code, present or former -> the present governments that stand in its place."""
    present = {row.code: row.id for row in session.exec(select(Government)) if row.valid_to is None}
    follow: dict[str, list[int]] = {code: [number] for code, number in present.items() if number is not None}
    for row in session.exec(select(Succession).order_by(col(Succession.on))):
        if row.from_code not in present and row.to_code in present:
            number = present[row.to_code]
            if number is not None and number not in follow.setdefault(row.from_code, []):
                follow[row.from_code].append(number)
    return follow


def _load_zones(session: Session, folder: Path) -> int:
    rows = list(_rows(folder / "living_zones.csv"))
    governments = list(session.exec(select(Government)))
    by_code = {row.code: row for row in governments}
    children: dict[int | None, list[Government]] = {}
    for government in governments:
        children.setdefault(government.parent_id, []).append(government)
    follow = _followers(session)
    old = [zone.id for zone in session.exec(select(Zone)) if zone.set_id in {row["zone_set"] for row in rows}]
    session.exec(delete(ZoneMember).where(col(ZoneMember.zone_id).in_(old)))
    sources: dict[str, list[str]] = {}
    members: dict[tuple[str, int], str] = {}
    zones: dict[str, Zone] = {}
    for row in rows:
        sources.setdefault(row["zone_set"], [])
        if row["source"] not in sources[row["zone_set"]]:
            sources[row["zone_set"]].append(row["source"])
        zones[row["zone_id"]] = Zone(id=row["zone_id"], set_id=row["zone_set"], name=row["zone_name"])
        government = by_code[row["gov_code"]]
        # A metropolitan city that was merged is its own districts in the zone, never the whole it was merged into.
        own = [] if government.valid_to and government.level is Level.metropolitan else [government]
        for part in [*own, *children.get(government.id, [])]:
            for number in follow.get(part.code, []):
                role = row["role"] if part.code == row["gov_code"] else "contained"
                members.setdefault((row["zone_id"], number), role)
    for set_id, made_from in sources.items():
        title, kind, resolution = ZONE_TITLES.get(set_id, (set_id, "official", None))
        session.merge(
            ZoneSet(id=set_id, title=title, kind=kind, made_from="; ".join(made_from)[:1000], resolution=resolution)
        )
    session.flush()
    for zone in zones.values():
        session.merge(zone)
    session.flush()
    session.add_all(
        ZoneMember(zone_id=zone, government_id=number, role=role) for (zone, number), role in members.items()
    )
    session.flush()
    return len(zones)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text or "") else None
