"""Where a person asks from: how a platform stands to that place, and what that is worth."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from registry.governments import Places
from search.engine import Clause, Codes, Constant

# Points in the final score; the order is what matters: own, what lies within, parent, living zone, nation, elsewhere.
POINTS = {"own": 5.0, "within": 4.3, "parent": 3.4, "zone": 2.2, "nation": 1.5, "elsewhere": 0.0}
# What does not serve the place asked for is no answer to a need: it comes after what serves everyone, private or not.
UNREACHED = -2.5
# Nobody told a place: what serves the whole nation serves her for certain.
ANYWHERE = 2.5
WORDS = {
    "own": ("내 지역", "your area"),
    "within": ("내 지역 안", "within your area"),
    "parent": ("상위 지역", "the area above yours"),
    "zone": ("같은 생활권", "your living zone"),
    "nation": ("전국", "nationwide"),
    "elsewhere": ("다른 지역", "elsewhere"),
}


@dataclass(frozen=True)
class Scope:
    """The ids around the places asked for. `named` is true when the place stands in the query itself."""

    own: frozenset[int] = frozenset()
    parent: frozenset[int] = frozenset()
    zone: frozenset[int] = frozenset()
    within: frozenset[int] = frozenset()
    named: bool = False

    def __bool__(self) -> bool:
        return bool(self.own)

    @property
    def factor(self) -> float:
        """A place that was typed weighs more than one that was chosen once."""
        return 1.3 if self.named else 1.0

    def relation(self, stored: Mapping[str, Any]) -> str:
        """own, within, parent, zone, nation or elsewhere; '' when no place was asked for."""
        if not self.own:
            return ""
        served = stored["served"]
        if stored["owner_id"] in self.own:
            return "own"
        if not self.own.isdisjoint(served):
            # Named among the areas served: by the government above, by the nation, or by a partner of one's own.
            above = stored["owner_id"] in self.parent
            return "parent" if above else "nation" if stored["level"] in ("national", "private") else "own"
        if not self.own.isdisjoint(stored["path"]):
            return "within"
        if not self.parent.isdisjoint(served) or stored["owner_id"] in self.parent:
            return "parent"
        if stored["nation"] or stored["level"] == "national":
            return "nation"
        if not self.zone.isdisjoint(served) or not self.zone.isdisjoint(stored["path"][:1]):
            return "zone"
        return "elsewhere"

    def prior(self, weight: float = 2.0, need: bool = False) -> tuple[Clause, ...]:
        """The same preference for an engine's choice of candidates; `need` when a need was said, not a name."""
        if not self.own:
            return (Constant(Codes("serves", ("nation",)), weight * ANYWHERE),) if need else ()
        weight *= self.factor
        clauses: list[Clause] = [Constant(_serves(self.own), weight * POINTS["own"])]
        if self.within:
            clauses.append(Constant(_serves(self.within), weight * POINTS["within"]))
        if self.parent:
            clauses.append(Constant(_serves(self.parent), weight * POINTS["parent"]))
        if self.zone:
            clauses.append(Constant(_serves(self.zone), weight * POINTS["zone"]))
        clauses.append(Constant(Codes("serves", ("nation",)), weight * POINTS["nation"]))
        return tuple(clauses)


def nearness(relation: str, scope: Scope, need: bool) -> float:
    """Points for standing so to the place asked for; `need` when a need was said, not a name."""
    if not need:
        return POINTS.get(relation, 0.0) * scope.factor
    if not scope:
        return ANYWHERE if relation == "nation" else 0.0
    return (UNREACHED if relation == "elsewhere" else POINTS.get(relation, 0.0)) * scope.factor


def scope_of(places: Places, governments: Iterable[int], zone_set: str, named: bool = False) -> Scope:
    """The scope around some governments: several when a name may mean several."""
    present = frozenset(governments)
    # What a former government still owns belongs to whoever stands in its place.
    own = present | {row.id or 0 for one in present for row in places.predecessors(places.by_id(one))}
    parent = frozenset(above for one in present for above in places.ancestors(one)) - own
    zone: set[int] = set()
    for one in present:
        for zone_id in places.zones_of(one, zone_set):
            zone.update(places.zone_members(zone_id))
        zone.update(places.neighbours(one))
    within = frozenset(below for one in present for below in places.children(one))
    return Scope(own, parent, frozenset(zone) - own - parent - within, within, named)


class Scopes:
    """The scopes of one picture of the governments, each worked out once: a few places are asked from again and again."""

    def __init__(self, places: Places, zone_set: str) -> None:
        self._made = lru_cache(maxsize=2000)(
            lambda governments, zones, named: scope_of(places, governments, zones, named)
        )
        self._zone_set = zone_set

    def of(self, governments: Iterable[int], named: bool = False, zones: bool = True) -> Scope:
        """The scope around some governments; `zones` says whether living zones count as near."""
        return self._made(tuple(governments), self._zone_set if zones else "", named)


def _serves(ids: Iterable[int]) -> Codes:
    return Codes("serves", tuple(str(one) for one in sorted(ids)))
