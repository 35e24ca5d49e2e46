"""From an understood query to a plan for an engine: several readings side by side, any of which may find a platform."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from search.area import Scope
from search.concept import Concept, concept_clause
from search.engine import AtLeast, Boosted, Clause, Codes, Constant, Everything, Phrase, Plan, Term
from search.grams import bigrams, initial_bigrams
from search.query import FACETS, SearchQuery
from search.understood import Understood

# The ranking looks at so many candidates at a time; pages beyond show the next window.
WINDOW = 60
SORT_FIELD = {"relevance": "", "recent": "recent", "users": "users"}


@dataclass(frozen=True)
class Relaxed:
    """How much of a query a hit must bear out: all of its telling words, most, or any."""

    share: float
    functions: float


STRICT = Relaxed(1.0, 0.0)
LOOSE = Relaxed(0.6, 0.0)
ANY = Relaxed(0.0, 0.0)


def plan_for(
    query: SearchQuery,
    understood: Understood,
    scope: Scope,
    filters: dict[str, tuple[str, ...]],
    relaxed: Relaxed = STRICT,
) -> Plan:
    """The plan that finds the candidates of a query."""
    window = query.offset // WINDOW * WINDOW
    end = query.offset + query.limit
    return Plan(
        must=matching(understood, relaxed),
        prior=scope.prior(need=understood.need),
        filters=filters,
        facets=FACETS if query.limit else (),
        sort=SORT_FIELD[query.sort],
        # Among equals the much used ones are looked at; the grain in the figure leaves hardly any tie.
        weight_by="popularity" if query.sort == "relevance" else "",
        offset=window if query.sort == "relevance" else query.offset,
        limit=math.ceil((end - window) / WINDOW) * WINDOW if query.sort == "relevance" else query.limit,
    )


def matching(understood: Understood, relaxed: Relaxed = STRICT) -> Clause:
    """What a platform must be to answer the query in any of its readings."""
    if understood.initials:
        return Phrase("cho", tuple(initial_bigrams(understood.initials)))
    if understood.only_place:
        return Codes("area", tuple(row.code for row in understood.choices))
    readings: list[Clause] = []
    for whole in understood.wholes:
        readings.append(Constant(Term("whole", whole), 60.0))
        readings.append(Constant(Term("alias_whole", whole), 50.0))
        # Two syllables are soon inside other words; as the beginning of a name they are asked for.
        if len(whole) >= 3 or (understood.begun and len(whole) == 2):
            readings.append(Constant(Phrase("bi", tuple(bigrams(whole))), 12.0))
    words = _words(understood.concepts, relaxed)
    if words is not None:
        readings.append(words)
    if not understood.exact:
        for function in understood.functions:
            readings.append(Constant(Codes("function", (function.id,)), 14.0 * function.strength))
    if not readings:
        return Everything()
    return AtLeast(tuple(readings), 1)


def _words(concepts: Iterable[Concept], relaxed: Relaxed) -> Clause | None:
    telling = [concept for concept in concepts if not concept.weak]
    weak = [concept for concept in concepts if concept.weak]
    if not telling:
        telling, weak = weak, []
    if not telling:
        return None
    share = relaxed.share if len(telling) < 4 else min(relaxed.share, 0.75)
    least = max(1, math.ceil(len(telling) * share - 1e-9))
    found = AtLeast(tuple(concept_clause(concept) for concept in telling), least)
    if not weak:
        return found
    # Weak words add to the score of what the telling words found, and find nothing by themselves.
    bonus = tuple(Boosted(concept_clause(concept), 0.2) for concept in weak)
    return AtLeast((found, AtLeast((Constant(Everything(), 0.0), *bonus), 1)), 2)
