"""Governments around a planner that lack the planned thing too: with whom it could be built together."""

from dataclasses import dataclass
from typing import Any

from registry.models import Government
from search.overlap.area import AreaRelation
from search.overlap.index import Index
from search.overlap.plan import Plan

MOST_PARTNERS = 20


@dataclass(frozen=True)
class Partner:
    """A government around that lacks it too."""

    id: int
    name: str
    relation: str
    electors: int | None


def lacking_around(index: Index, plan: Plan, leave_out: list[str]) -> list[Partner]:
    """Governments of the same tier around the planner that have no platform of the planned main function."""
    if not plan.functions:
        return []
    own_level = plan.owner.level
    territory = index.territory(plan.subject)
    having = {
        index.subjects[one].owner_id
        for one in index.with_function(plan.functions[0])
        if one not in leave_out and index.subjects[one].status != "closed"
    }
    found: dict[int, Partner] = {}
    for relation in (AreaRelation.neighbour, AreaRelation.zone):
        ground = index.geography.around(territory, relation)
        for government in of_level(index, ground, own_level):
            if government.id is None or government.id in having or government.id in found:
                continue
            if government.id == plan.owner.id:
                continue
            found[government.id] = Partner(government.id, government.full_name, relation.value, government.electors)
    return list(found.values())[:MOST_PARTNERS]


def of_level(index: Index, ground: int, level: Any) -> list[Government]:
    """The governments of one level that have some of this ground, in the order of codes."""
    smallest = [index.places.by_id(one) for one in index.geography.governments(ground)]
    found: dict[int, Government] = {}
    for government in smallest:
        meant = government
        if government.level != level and government.parent_id is not None:
            meant = index.places.by_id(government.parent_id)
        if meant.level == level and meant.id is not None:
            found[meant.id] = meant
    return sorted(found.values(), key=lambda one: one.code)
