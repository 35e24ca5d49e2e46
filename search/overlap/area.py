"""How two platforms' areas relate: same, containing, one living zone, neighbours or elsewhere."""

from collections.abc import Iterable
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from registry.governments import Places


class AreaRelation(StrEnum):
    """Where one platform's area lies from another's; the order is from nearest to farthest."""

    same = "same"
    contains = "contains"
    zone = "zone"
    neighbour = "neighbour"
    elsewhere = "elsewhere"
    unknown = "unknown"


RELATIONS = tuple(AreaRelation)
CODE = {relation: place for place, relation in enumerate(RELATIONS)}
SHARED_AREA = frozenset({AreaRelation.same, AreaRelation.contains})

AREA_KO = {
    AreaRelation.same: "같은 지역",
    AreaRelation.contains: "한쪽이 다른 쪽 지역을 포함",
    AreaRelation.zone: "같은 생활권",
    AreaRelation.neighbour: "맞닿은 지역",
    AreaRelation.elsewhere: "떨어진 지역",
    AreaRelation.unknown: "지역을 알 수 없음",
}
AREA_EN = {
    AreaRelation.same: "same area",
    AreaRelation.contains: "one area contains the other",
    AreaRelation.zone: "same living zone",
    AreaRelation.neighbour: "neighbouring areas",
    AreaRelation.elsewhere: "areas apart",
    AreaRelation.unknown: "area not known",
}


class Geography:
    """Territories as bit sets of the smallest governments, and the relation of any two as one matrix.

    A territory is what a platform serves: its owner's ground, a stated set of governments, or the nation. Equal
    sets are one territory, so a million platforms need a few hundred of them. A split or renamed government
    shares the bits of its successors: 인천 서구 of before 2026-07 still lies in Incheon and covers 검단구.
    """

    def __init__(self, places: Places, zone_set: str) -> None:
        self.places, self.zone_set = places, zone_set
        self._bit: dict[int, int] = {}
        self._ground: dict[int, int] = {}
        self._zone: dict[int, int] = {}
        self._neighbour: dict[int, int] = {}
        self._grounds: list[int] = [0, 0]
        self._numbers: dict[int, int] = {}
        self._matrix: NDArray[np.int8] = np.zeros((0, 0), dtype=np.int8)
        self._nearest: NDArray[np.int64] = np.zeros((0, 0), dtype=np.int64)
        self._lay_out()

    @property
    def nation(self) -> int:
        """Every government's bit."""
        return (1 << len(self._bit)) - 1

    def ground(self, government_id: int) -> int:
        """A government's own ground as bits."""
        return self._ground.get(government_id, 0)

    def territory(self, area: Iterable[int], owner_id: int | None, nationwide: bool) -> int:
        """The number of a territory; 0 is not known."""
        ground = 0
        for place in area:
            ground |= self._ground.get(place, 0)
        if not ground and owner_id is not None:
            ground = self._ground.get(owner_id, 0)
        if not ground and nationwide:
            ground = self.nation
        if not ground:
            return 0
        if ground not in self._numbers:
            self._numbers[ground] = len(self._grounds)
            self._grounds.append(ground)
        return self._numbers[ground]

    def bits(self, territory: int) -> int:
        """A territory's bits."""
        return self._grounds[territory]

    def covers(self, territory: int, government_id: int) -> bool:
        """True if a territory takes in a whole government."""
        ground = self._ground.get(government_id, 0)
        return bool(ground) and self._grounds[territory] & ground == ground

    def relation(self, left: int, right: int) -> AreaRelation:
        """How two territories relate."""
        if len(self._matrix) < len(self._grounds):
            self._extend()
        return RELATIONS[int(self._matrix[left, right])]

    def row(self, territory: int) -> list[AreaRelation]:
        """How one territory relates to each: for asking thousands of times."""
        if len(self._matrix) < len(self._grounds):
            self._extend()
        return [RELATIONS[code] for code in self._matrix[territory].tolist()]

    def relations(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
        """The same for arrays, as places in RELATIONS."""
        if len(self._matrix) < len(self._grounds):
            self._extend()
        return self._matrix[left, right].astype(np.int64)

    def nearest(self) -> NDArray[np.int64]:
        """For each territory (row) all territories, itself first, then by relation.

        Within a relation they go round the list of governments from one's own, so that no place is everybody's first
        precedent; provinces stand together in that list. The order hangs on the ground alone, not on the numbers.
        """
        count = len(self._grounds)
        if len(self._nearest) < count:
            every = np.arange(count, dtype=np.int64)
            first = np.array([(ground & -ground).bit_length() for ground in self._grounds])
            rank = np.zeros(count, dtype=np.int64)
            rank[sorted(range(count), key=lambda number: self._grounds[number])] = every
            rows = [
                np.lexsort(
                    (
                        rank,
                        (first - first[one]) % (len(self._bit) + 1),
                        self.relations(every * 0 + one, every),
                        every != one,
                    )
                )
                for one in range(count)
            ]
            self._nearest = np.array(rows, dtype=np.int64)
        return self._nearest

    def around(self, territory: int, relation: AreaRelation) -> int:
        """The bits of the ground in the same living zone, or next to a territory, without the territory itself."""
        source = self._zone if relation is AreaRelation.zone else self._neighbour
        ground, found = self._grounds[territory], 0
        for government_id, bit in self._bit.items():
            if ground >> bit & 1:
                found |= source.get(government_id, 0)
        return found & ~ground

    def governments(self, ground: int) -> list[int]:
        """The smallest present governments whose bits are set."""
        return [one for one, bit in self._bit.items() if ground >> bit & 1 and self._is_present(one)]

    def _is_present(self, government_id: int) -> bool:
        return self.places.by_id(government_id).valid_to is None

    def _lay_out(self) -> None:
        everyone = self.places.all(former=True)
        present = [one for one in everyone if one.valid_to is None]
        above = {one.parent_id for one in present}
        self._bit = {one.id: place for place, one in enumerate(one for one in present if one.id not in above) if one.id}
        self._ground = {government_id: 1 << bit for government_id, bit in self._bit.items()}
        # Twice: a former province is made of its former districts, whose ground is known after the first round.
        for _round in range(2):
            for one in everyone:
                if one.id is None or one.id in self._bit:
                    continue
                parts = self._union(child.id for child in everyone if child.parent_id == one.id)
                self._ground[one.id] = parts or self._union(after.id for after in self.places.successors(one))
        for government_id in self._bit:
            self._neighbour[government_id] = self._union(self.places.neighbours(government_id))
            zones = self.places.zones_of(government_id, self.zone_set)
            self._zone[government_id] = self._union(one for zone in zones for one in self.places.zone_members(zone))

    def _union(self, government_ids: Iterable[int | None]) -> int:
        found = 0
        for one in government_ids:
            if one is not None:
                found |= self._ground.get(one, 0)
        return found

    def _extend(self) -> None:
        count = len(self._grounds)
        matrix = np.full((count, count), CODE[AreaRelation.unknown], dtype=np.int8)
        zones = [0, 0] + [self.around(number, AreaRelation.zone) for number in range(2, count)]
        neighbours = [0, 0] + [self.around(number, AreaRelation.neighbour) for number in range(2, count)]
        for left in range(2, count):
            for right in range(left, count):
                code = CODE[self._judge(left, right, zones, neighbours)]
                matrix[left, right] = matrix[right, left] = code
        self._matrix = matrix

    def _judge(self, left: int, right: int, zones: list[int], neighbours: list[int]) -> AreaRelation:
        here, there = self._grounds[left], self._grounds[right]
        if here == there:
            return AreaRelation.same
        # Shared ground is shared ground even where neither takes in the other.
        if here & there:
            return AreaRelation.contains
        if zones[left] & there or zones[right] & here:
            return AreaRelation.zone
        if neighbours[left] & there or neighbours[right] & here:
            return AreaRelation.neighbour
        return AreaRelation.elsewhere
