"""What exists already, in the order in which a planner should ask: own, upper, shared, zone, elsewhere, private."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import yaml

from config.settings import CONFIG
from search.overlap.area import AreaRelation
from search.overlap.columns import Floats
from search.overlap.index import Index
from search.overlap.names import fold
from search.overlap.pairs import RELATED
from search.overlap.plan import Plan
from search.overlap.subject import Subject

TIERS = ("own", "upper", "shared", "zone", "elsewhere", "private")
MOST = {"own": 10, "upper": 10, "shared": 5, "zone": 10, "elsewhere": 10, "private": 5}
CLOSED_SHOWN = 3
NATIONAL_SHOWN = 3

# Of a plan whose functions are stated: what does neither the main one nor half of all answers another question. Functions
# that were only read from its words are each what it may be about.
HALF = 0.5

_STATUS_WORTH = {"running": 0.0, "unknown": -0.1, "suspended": -0.15, "planned": -0.1, "closed": -0.3}


@dataclass(frozen=True)
class Hit:
    """One platform that already does some of what is planned."""

    subject: Subject
    tier: str
    coverage: float
    missing: tuple[str, ...]
    area: AreaRelation
    covers_plan: bool
    worth: float
    overlap: float


@dataclass(frozen=True)
class JointSystem:
    """A standard shared system and how a government joins it."""

    name: str
    operator: str
    how_ko: str
    how_en: str


@cache
def joint_systems() -> dict[str, JointSystem]:
    """Standard shared systems by folded name, of config/rules/joint_systems.yml."""
    rows: list[dict[str, Any]] = yaml.safe_load((CONFIG / "rules" / "joint_systems.yml").read_text(encoding="utf-8"))
    return {fold(row["name"]): JointSystem(**row) for row in rows}


def joint_system(subject: Subject) -> JointSystem | None:
    """The standard shared system a platform is, if it is one."""
    return joint_systems().get(fold(subject.name)) if subject.level == "national" else None


def find_hits(
    index: Index, plan: Plan, leave_out: Iterable[str] = (), also: Iterable[str] = ()
) -> dict[str, list[Hit]]:
    """Hits by tier, the worthiest first. `also` are platforms a text search brought; they stand only if they share
    a function or the plan has none."""
    left_out = set(leave_out)
    weights = _weights(index, plan)
    wider = {function: index.words.taken_in_by(function) for function in plan.functions}
    ids: dict[str, None] = {}
    for function in plan.functions:
        for one in sorted(index.with_function(function).union(*map(index.with_function, wider[function]))):
            ids[one] = None
    if not plan.functions:
        ids.update(dict.fromkeys(also))
    relations = index.geography.row(index.territory(plan.subject))
    above = frozenset(index.places.ancestors(plan.owner.id)) if plan.owner.id is not None else frozenset()
    main = plan.functions[0] if plan.functions else ""
    rough: dict[str, list[tuple[float, str, float, AreaRelation]]] = {tier: [] for tier in TIERS}
    for one in ids:
        subject = index.subjects.get(one)
        if subject is None or one in left_out:
            continue
        coverage = _coverage(weights, subject, wider)
        if plan.declared and coverage < HALF and main not in subject.functions:
            continue
        relation = relations[index.territories[one]]
        tier = tier_of(plan, above, subject, relation)
        worth = coverage + _STATUS_WORTH.get(subject.status, -0.1) + 0.2 * _main_share(plan, subject)
        if tier in ("zone", "elsewhere"):
            worth += 0.1 * (relation is AreaRelation.neighbour) + 0.05 * (relation is AreaRelation.contains)
        rough[tier].append((worth, one, coverage, relation))
    return {tier: _best(index, plan, tier, found) for tier, found in rough.items()}


def tier_of(plan: Plan, above: frozenset[int], subject: Subject, relation: AreaRelation) -> str:
    """Where a platform stands from the planner: by who answers for it, then by where it is.

    `above` are the governments over the planner's.
    """
    if subject.level == "private":
        return "private"
    if subject.owner_id is not None and subject.owner_id == plan.owner.id:
        return "own"
    if joint_system(subject) is not None:
        return "shared"
    if subject.owner_id is None and not subject.owner_name:
        return "elsewhere"
    if subject.owner_id is None:
        # A ministry's or a public body's: it reaches the planner unless it says that it does not.
        return "upper" if relation in (AreaRelation.same, AreaRelation.contains) else "elsewhere"
    if subject.owner_id in above:
        return "upper"
    return "elsewhere" if relation in (AreaRelation.elsewhere, AreaRelation.unknown) else "zone"


def _best(index: Index, plan: Plan, tier: str, found: list[tuple[float, str, float, AreaRelation]]) -> list[Hit]:
    """The best of one tier; the roughly best fifty are compared in full, and closed precedents keep their seats."""
    found.sort(key=lambda one: (-one[0], one[1]))
    closed = [one for one in found if index.subjects[one[1]].status == "closed"][: 3 * CLOSED_SHOWN]
    head = list(dict.fromkeys([*found[:50], *closed]))
    if not head:
        return []
    likeness = _likeness(index, plan, [index.subjects[one[1]] for one in head])
    ground = index.geography.bits(index.territory(plan.subject))
    hits = []
    for (worth, one, coverage, relation), overlap in zip(head, likeness, strict=True):
        subject = index.subjects[one]
        reach = index.geography.bits(index.territories[one])
        hits.append(
            Hit(
                subject=subject,
                tier=tier,
                coverage=round(coverage, 4),
                missing=tuple(key for key in plan.functions if key not in subject.functions),
                area=relation,
                covers_plan=bool(ground) and reach & ground == ground,
                worth=worth + 0.5 * float(overlap) + _alike_size(index, plan, subject, tier),
                overlap=float(overlap),
            )
        )
    hits.sort(key=lambda hit: (-hit.worth, hit.subject.id))
    if tier == "upper":
        return _own_province_first(hits)[: MOST[tier]]
    return _with_closed(hits, MOST[tier]) if tier in ("elsewhere", "zone") else hits[: MOST[tier]]


def _own_province_first(hits: list[Hit]) -> list[Hit]:
    """The reviewer of a city's plan is its province (전자정부법 제67조①): its platforms come before the ministries'."""
    province = [hit for hit in hits if hit.subject.owner_id is not None]
    nation = [hit for hit in hits if hit.subject.owner_id is None]
    return province + nation[:NATIONAL_SHOWN]


def _with_closed(hits: list[Hit], most: int) -> list[Hit]:
    """The best hits, of which a few seats belong to closed ones: what failed elsewhere must be seen."""
    closed = [hit for hit in hits if hit.subject.status == "closed"][:CLOSED_SHOWN]
    open_ = [hit for hit in hits if hit.subject.status != "closed"][: most - len(closed)]
    return open_ + closed


def _likeness(index: Index, plan: Plan, subjects: list[Subject]) -> Floats:
    columns = index.scorer.columns([plan.subject, *subjects])
    count = len(subjects)
    scored = index.scorer.score(columns, np.zeros(count, dtype=np.int64), np.arange(1, count + 1))
    return scored.overlap


def _weights(index: Index, plan: Plan) -> dict[str, float]:
    terms = index.scorer.terms
    places = terms.places
    return {
        key: float(terms.weights[places[key]]) * plan.subject.functions[key] for key in plan.functions if key in places
    }


def _coverage(weights: dict[str, float], subject: Subject, wider: Mapping[str, Iterable[str]]) -> float:
    """Share of the plan's functions that a platform offers, by how particular they are (기능 중복률).

    Only where it offers none of them does a wider one count, in part: a general booking site also books halls.
    """
    total = sum(weights.values())
    if not total:
        return 0.0
    offered = sum(worth for key, worth in weights.items() if key in subject.functions)
    if offered:
        return offered / total
    near = (worth for key, worth in weights.items() if any(one in subject.functions for one in wider[key]))
    return RELATED * sum(near) / total


def _main_share(plan: Plan, subject: Subject) -> float:
    """1 where the planned main function is also the platform's main one."""
    return float(bool(plan.functions) and subject.main_function == plan.functions[0])


def _alike_size(index: Index, plan: Plan, subject: Subject, tier: str) -> float:
    """A precedent of a government of like size is worth more: a county learns little from Seoul."""
    if tier != "elsewhere" or subject.owner_id is None:
        return 0.0
    here, there = plan.owner.electors, index.places.by_id(subject.owner_id).electors
    if not here or not there:
        return 0.0
    return 0.15 * min(here, there) / max(here, there)
