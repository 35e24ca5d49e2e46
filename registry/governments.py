"""Local governments in memory: resolve names and codes, follow succession, know areas, neighbours and zones."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self

from sqlmodel import Session, select

from registry.errors import InvalidValue, NotFound
from registry.models import Adjacency, Government, Succession, Zone, ZoneMember, ZoneSet
from registry.name_index import host_index, name_index
from registry.place_names import NameScanner, compact, without_office

NATION = "nation"
ZONE_PREFIX = "zone:"


@dataclass(frozen=True)
class PlaceMention:
    """A place name inside a text; more than one choice means the reader has to be asked."""

    start: int
    end: int
    text: str
    choices: tuple[Government, ...]


class Places:
    """An immutable picture of all governments. Present governments answer unless a day is asked for."""

    def __init__(
        self,
        governments: Iterable[Government],
        successions: Iterable[Succession] = (),
        borders: Iterable[tuple[int, int]] = (),
        zones: Iterable[Zone] = (),
        members: Iterable[tuple[str, int]] = (),
        zone_sets: Iterable[ZoneSet] = (),
    ) -> None:
        self._by_id = {row.id: row for row in governments if row.id is not None}
        self._by_code: dict[str, Government] = {}
        for row in sorted(self._by_id.values(), key=lambda row: row.valid_to or date.max):
            for code in (row.code, *(alias for alias in row.aliases if alias.isdigit())):
                self._by_code[code] = row
        self._successors: dict[int, list[int]] = {}
        for change in sorted(successions, key=lambda row: row.on):
            before, after = self._by_code.get(change.from_code), self._by_code.get(change.to_code)
            if before and after and before.id and after.id and before.id != after.id:
                self._successors.setdefault(before.id, []).append(after.id)
        self._children: dict[int, list[int]] = {}
        for row in self._by_id.values():
            if row.parent_id is not None and row.id is not None:
                self._children.setdefault(row.parent_id, []).append(row.id)
        self._neighbours = self._with_parents(borders)
        self.zone_sets = {row.id: row for row in zone_sets}
        self.zones = {row.id: row for row in zones}
        self._members: dict[str, set[int]] = {}
        self._zones_of: dict[int, list[str]] = {}
        for zone, number in members:
            self._members.setdefault(zone, set()).add(number)
            self._zones_of.setdefault(number, []).append(zone)
        self._names, self._guesses = name_index(self._by_id)
        self._hosts = host_index(self._by_id.values())
        self._scanner = NameScanner(self._names)

    @classmethod
    def load(cls, session: Session) -> Self:
        """Read everything once; keep the result, it does not change during a run."""
        governments = list(session.exec(select(Government)))
        successions = list(session.exec(select(Succession)))
        zone_sets, zones = list(session.exec(select(ZoneSet))), list(session.exec(select(Zone)))
        borders = [(row.government_id, row.neighbour_id) for row in session.exec(select(Adjacency))]
        members = [(row.zone_id, row.government_id) for row in session.exec(select(ZoneMember))]
        for row in (*governments, *successions, *zone_sets, *zones):
            session.expunge(row)
        return cls(governments, successions, borders, zones, members, zone_sets)

    # ── one government ───────────────────────────────────────────────────────────────────────────────────────────

    def by_id(self, government_id: int) -> Government:
        """The government with our id, present or former; NotFound."""
        try:
            return self._by_id[government_id]
        except KeyError:
            raise NotFound("government", government_id) from None

    def by_code(self, code: str) -> Government:
        """The government that has or had this code (2, 5 or 10 digits), as it was; NotFound."""
        for key in _code_keys(code):
            if key in self._by_code:
                return self._by_code[key]
        raise NotFound("government", code)

    def present(self, government: Government) -> Government | None:
        """Who stands in its place today; None where it was split, because choosing a part would be a guess."""
        today = self.successors(government)
        return today[0] if len(today) == 1 else None

    def successors(self, government: Government) -> list[Government]:
        """All present governments that stand in its place."""
        if government.valid_to is None:
            return [government]
        found: dict[int, Government] = {}
        for number in self._successors.get(government.id or 0, []):
            for row in self.successors(self._by_id[number]):
                found[row.id or 0] = row
        return list(found.values())

    def predecessors(self, government: Government) -> list[Government]:
        """The former governments it stands in the place of."""
        return [self._by_id[old] for old, new in self._successors.items() if government.id in new]

    def all(self, former: bool = False) -> list[Government]:
        """Every present government, by code; the former ones too when asked."""
        rows = [row for row in self._by_id.values() if former or row.valid_to is None]
        return sorted(rows, key=lambda row: row.code)

    # ── names ────────────────────────────────────────────────────────────────────────────────────────────────────

    def resolve(self, text_or_code: str, hint_parent: int | str | None = None, on: date | None = None) -> Government:
        """The one government meant; InvalidValue names the choices when there are several, or says it is unknown.

        A former name or code leads to today's government; with `on` to the one that was valid that day.
        `hint_parent` (our id, or a name) tells same-named districts apart.
        """
        choices = self.choices(text_or_code, hint_parent, on)
        if len(choices) == 1:
            return choices[0]
        if not choices:
            raise InvalidValue(
                "owner",
                text_or_code,
                "지방자치단체를 찾을 수 없습니다.",
                "No local government has this name or code.",
                "시·도를 함께 쓰거나(예: 강원 고성군) 행정표준코드 10자리를 쓰세요.",
                "Write the province too (강원 고성군) or the ten-digit code.",
            )
        listed = ", ".join(f"{row.full_name}({row.code})" for row in choices)
        raise InvalidValue(
            "owner",
            text_or_code,
            "둘 이상의 지방자치단체를 뜻할 수 있습니다.",
            "This may mean more than one local government.",
            f"다음 중 하나를 고르세요: {listed}",
            f"Choose one of: {listed}",
        )

    def choices(
        self, text_or_code: str, hint_parent: int | str | None = None, on: date | None = None
    ) -> list[Government]:
        """Every government the text may mean, by code; empty when none."""
        text = text_or_code.strip()
        if text.isdigit():
            rows = [self._by_code[key] for key in _code_keys(text) if key in self._by_code][:1]
        else:
            key = without_office(compact(text))
            rows = self._names.get(key) or self._guesses.get(key) or []
        found: dict[int, Government] = {}
        for row in rows:
            for meant in [row] if on else self.successors(row):
                if on is None or _valid(meant, on):
                    found[meant.id or 0] = meant
        if hint_parent is not None and len(found) > 1:
            parents = {hint_parent} if isinstance(hint_parent, int) else {row.id for row in self.choices(hint_parent)}
            below = {key: row for key, row in found.items() if row.parent_id in parents or row.id in parents}
            found = below or found
        return sorted(found.values(), key=lambda row: row.code)

    def former_of(self, text_or_code: str) -> Government | None:
        """The one former government that is written so, when no present one is: '인천 서구', which was split."""
        text = text_or_code.strip()
        if text.isdigit():
            rows = [self._by_code[key] for key in _code_keys(text) if key in self._by_code][:1]
        else:
            rows = self._names.get(without_office(compact(text))) or []
        return rows[0] if len(rows) == 1 and rows[0].valid_to is not None else None

    def find_in(self, text: str) -> list[PlaceMention]:
        """Place names inside a name, a sentence or a query, longest first at each word."""
        mentions = []
        for start, end, name in self._scanner.scan(text):
            choices = self.choices(name)
            if choices:
                mentions.append(PlaceMention(start, end, text[start:end], tuple(choices)))
        return mentions

    def by_host(self, host: str) -> Government | None:
        """The government whose home page stands on this host or above it (tour.suwon.go.kr → 수원시), as today."""
        labels = host.lower().rstrip(".").removeprefix("www.").split(".")
        for index in range(len(labels) - 1):
            row = self._hosts.get(".".join(labels[index:]))
            if row is not None:
                return self.present(row)
        return None

    def is_home(self, host: str) -> bool:
        """Whether a government's home page stands on exactly this host."""
        return host.lower().removeprefix("www.") in self._hosts

    # ── areas ────────────────────────────────────────────────────────────────────────────────────────────────────

    def ancestors(self, government_id: int) -> list[int]:
        """Ids of the governments above it, nearest first."""
        above = []
        parent = self.by_id(government_id).parent_id
        while parent is not None:
            above.append(parent)
            parent = self.by_id(parent).parent_id
        return above

    def children(self, government_id: int) -> list[int]:
        """Ids of the governments directly below it (an 특별자치시 has none), valid as long as it is."""
        ended = self.by_id(government_id).valid_to
        return [number for number in self._children.get(government_id, []) if self._by_id[number].valid_to == ended]

    def covers(self, area_id: int, place_id: int) -> bool:
        """Whether the place is the area or lies within it."""
        return area_id == place_id or area_id in self.ancestors(place_id)

    def neighbours(self, government_id: int) -> frozenset[int]:
        """Governments of the same tier that share a border."""
        return self._neighbours.get(government_id, frozenset())

    def zones_of(self, government_id: int, set_id: str) -> list[str]:
        """Ids of the zones of one set that contain it."""
        return [zone for zone in self._zones_of.get(government_id, []) if self.zones[zone].set_id == set_id]

    def zone_members(self, zone_id: str) -> frozenset[int]:
        """Ids of the governments in a zone, districts of its metropolitan cities included; NotFound."""
        if zone_id not in self.zones:
            raise NotFound("zone", zone_id)
        return frozenset(self._members.get(zone_id, ()))

    def area_ids(self, area: Iterable[str], owner_id: int | None = None) -> frozenset[int]:
        """What a platform's `area` means: ids of present governments, those below them included.

        `area` holds ten-digit codes, 'nation' or 'zone:<id>'; an empty one is the owner's territory.
        """
        found: set[int] = set()
        values = list(area)
        if not values and owner_id is not None:
            values = [self.by_id(owner_id).code]
        for value in values:
            if value == NATION:
                found.update(row.id or 0 for row in self.all())
            elif value.startswith(ZONE_PREFIX):
                found.update(self.zone_members(value.removeprefix(ZONE_PREFIX)))
            else:
                for row in self.successors(self.by_code(value)):
                    found.add(row.id or 0)
                    found.update(self.children(row.id or 0))
        return frozenset(found)

    # ── indices ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _with_parents(self, borders: Iterable[tuple[int, int]]) -> Mapping[int, frozenset[int]]:
        """Borders of basic governments, and those of the metropolitan ones that follow from them."""
        neighbours: dict[int, set[int]] = {}
        for one, other in borders:
            neighbours.setdefault(one, set()).add(other)
            above, beside = self._by_id[one].parent_id or one, self._by_id[other].parent_id or other
            if above != beside:
                neighbours.setdefault(above, set()).add(beside)
        return {key: frozenset(value) for key, value in neighbours.items()}


def _code_keys(code: str) -> list[str]:
    """Ten-digit forms of a code of 2, 5 or 10 digits. 세종 is written 36, 36110 and 3611000000."""
    digits = code.strip()
    keys = [digits.ljust(10, "0")] if len(digits) in (2, 5, 10) else []
    if digits in ("36", "3600000000"):
        keys.append("3611000000")
    return keys


def _valid(government: Government, on: date) -> bool:
    return (government.valid_from or date.min) <= on <= (government.valid_to or date.max)
