"""The order people see: a sum of readable parts over the candidates' stored facts, the same for every engine.

score = 10 × relevance + whole name + area + status + use, where relevance is 1 − Π(1 − part) over the parts name, function and
description. The constants were set on the judged queries of tests/search/judged; search/README.md lists them.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from search.area import WORDS, Scope, nearness
from search.concept import Concept
from search.engine import Candidate
from search.leading import LEADING
from search.name_fit import begun_name, covered_by_names, inside_name, whole_name
from search.needs import FoundFunction
from search.query import Reason
from search.understood import Understood

SCALE = 10.0
STATUS = {"running": 0.0, "planned": -1.2, "suspended": -1.5, "closed": -2.5, "unknown": -0.4}
LIVENESS = {"dead": -0.8, "taken_over": -2.0, "doubtful": -0.2}
# A private service is shown for comparison: never before a public one that does the same.
PRIVATE = -2.0
USE = 0.6
# What is over answers no need: it counts so much more against a platform that was not asked for by name.
UNASKED = {"closed": 2.0, "suspended": 2.0}
# All words stand in the name, and one of them says which platform is meant rather than what is needed.
TELLING = 2.0
# Relations in which a service is there for the person who asks.
NEAR = ("own", "parent", "nation")
# Another city's service comes after one of one's own place or of the province that meets the need as well, to this share.
AS_WELL = 0.95
# 배민 말고: who bears the name that was left out comes last.
LEFT_OUT = -8.0
# The very name was typed: that outweighs place and status.
EXACT = 5.0
# The service that most people mean by a function, by the list of config/vocab/leading.yml: as far as that was asked for, and
# only for the functions that were asked for most.
LEAD, ALIKE = 1.2, 0.95
# Where a place was told, the nation's leading service still comes after what the living zone has.
FAR_LEAD = 0.4
# What a platform does beside its main business, and that business beside others, against what it does alone.
MAIN, BESIDE = 0.98, 0.9
# A word of the need that so few of those meeting it have in their names tells which of them is meant; what that is worth.
FEW, TOLD = 0.1, 0.6
# One that says of itself the wider word of what was asked for: a zoo where elephants were.
KIND = 0.35
NAME, FUNCTION, BODY = 0.97, 0.85, 0.3


class Points(NamedTuple):
    """What made a score: relevance to use add up to it; the last three made the relevance."""

    relevance: float
    exact: float
    area: float
    status: float
    lead: float
    use: float
    name: float
    function: float
    description: float


@dataclass(slots=True)
class Ranked:
    """A candidate with its final score and what made it."""

    candidate: Candidate
    score: float
    relation: str
    matched: tuple[str, ...]
    points: Points

    def reasons(self) -> list[Reason]:
        """The parts of the score that count, in words; asked for only where they are shown."""
        points = self.points
        reasons = [Reason("relevance", "검색어와 맞음", "fits the query", points.relevance)]
        if points.exact:
            reasons.append(Reason("exact", "이름이 같음", "the very name", points.exact))
        reasons += self.nearness()
        if points.status:
            reasons.append(Reason("status", "운영 상태", "status", points.status))
        if points.lead:
            reasons.append(Reason("lead", "이 일의 대표 서비스", "the leading service for this", points.lead))
        if points.use:
            reasons.append(Reason("use", "이용 규모", "use", points.use))
        parts = [
            Reason("name", "이름", "name", round(points.name, 4)),
            Reason("function", "기능", "function", round(points.function, 4)),
            Reason("description", "설명", "description", round(points.description, 4)),
        ]
        return reasons + [one for one in parts if one.points]

    def nearness(self) -> list[Reason]:
        """The reason that is always shown: how the platform stands to the area asked for."""
        if not self.relation:
            return []
        ko, en = WORDS[self.relation]
        return [Reason("area", ko, en, self.points.area)]


def rank(candidates: Sequence[Candidate], understood: Understood, scope: Scope) -> list[Ranked]:
    """The candidates in their final order."""
    strengths = {one.id: one for one in understood.functions}
    total = sum(concept.weight for concept in understood.concepts) or 1.0
    order = {row.id: number for number, row in enumerate(understood.choices)}
    telling = _telling(candidates, understood, strengths) if understood.need else ()
    apart = _apart(understood.concepts)
    ranked = [_rank(one, understood, scope, strengths, total, apart, telling) for one in candidates]
    if understood.need and scope:
        _own_first(ranked)
    return sorted(
        ranked,
        key=lambda one: (
            -one.score,
            -one.candidate.stored["users"],
            # Of the heirs of a divided place the first one first.
            order.get(one.candidate.stored["owner_id"], len(order)),
            one.candidate.stored["name"],
            one.candidate.id,
        ),
    )


def _rank(
    candidate: Candidate,
    understood: Understood,
    scope: Scope,
    strengths: Mapping[str, FoundFunction],
    total: float,
    apart: Sequence[str],
    telling: Sequence[Concept],
) -> Ranked:
    stored = candidate.stored
    matched: list[str] = []
    exact, stripped = whole_name(stored, understood, matched)
    inside = inside_name(stored, understood)
    relation = scope.relation(stored)
    if stripped and strengths and relation != "own" and (scope or not understood.exact):
        # '통합예약' is a need; that some other city calls its own just so makes it no better an answer.
        exact, inside = 0.0, max(inside, 0.8)
    covered = covered_by_names(stored, understood.concepts, total, matched)
    name = max(exact, inside, covered)
    function = _function(stored, strengths)
    body, words = 0.0, stored["b"]
    for concept in understood.concepts:
        if concept.text in words:
            body += concept.weight
    body /= total
    # A name that repeats the function's words adds little to the function; a whole name counts fully.
    # Where a place was asked for, it decides among those that serve the need; without one, the name does.
    repeated = 0.75 if function >= 0.95 and scope else 0.4
    told = max(exact, inside * (1.0 - repeated * function), covered * (1.0 - 0.75 * function))
    if telling and function:
        borne = sum(one.weight for one in telling if one.text in stored["w"]) / total
        told = 1.0 - (1.0 - told) * (1.0 - TOLD * min(1.0, borne))
    if (
        function
        and understood.need
        and any(_is_kind(stored, kind) for one in understood.concepts for kind in one.kinds)
    ):
        told = 1.0 - (1.0 - told) * (1.0 - KIND)
    relevance = 1.0 - (1.0 - NAME * told) * (1.0 - FUNCTION * function) * (1.0 - BODY * min(1.0, body))
    told_apart = bool(apart) and all(map(matched.__contains__, apart))
    begun = begun_name(stored, understood)
    bonus = EXACT * exact if exact >= 0.85 else TELLING if told_apart or begun >= 0.75 else 0.0
    need = understood.need and not bonus
    if need and not scope and stored["nation"] and stored["level"] != "private":
        relation = "nation"
    # Nearness counts as far as the platform answers at all.
    area = nearness(relation, scope, need) * (1.0 if understood.only_place else 0.4 + 0.6 * relevance)
    status = STATUS.get(stored["status"], 0.0) + LIVENESS.get(stored["liveness"], 0.0)
    # One that was asked for by its name is what the person looks for.
    status += PRIVATE if stored["level"] == "private" and exact < 1.0 and begun < 0.5 else 0.0
    if not bonus:
        status *= UNASKED.get(stored["status"], 1.0)
    if understood.left_out and _named(stored, understood.left_out):
        status += LEFT_OUT
    # A city's leading service leads for those who live there, not for everyone.
    lead = _lead(stored, strengths) if need and relation in NEAR else 0.0
    if scope and relation == "nation":
        lead *= FAR_LEAD
    use = USE * min(1.0, math.log10(1.0 + stored["users"]) / 7)
    relevant = SCALE * relevance
    return Ranked(
        candidate,
        relevant + bonus + area + status + lead + use,
        relation,
        tuple(dict.fromkeys(matched)),
        Points(relevant, bonus, area, status, lead, use, name, function, body),
    )


def _own_first(ranked: Sequence[Ranked]) -> None:
    """Take from the nearness of other cities' services what would put them before one's own that meet the need as well.

    A word in a name is no reason to send somebody to the next city. Asked for by name, a service stays where it is.
    """
    near = [one for one in ranked if one.relation in ("own", "parent") and one.points.function]
    own = [one for one in near if one.candidate.stored["status"] in ("running", "unknown")]
    for one in ranked:
        if one.relation not in ("zone", "elsewhere") or one.points.exact:
            continue
        before = [mine.score for mine in own if mine.points.function >= AS_WELL * one.points.function]
        over = one.score - max(before, default=one.score)
        if over >= 0.0 and before:
            less = over + 0.01
            one.score -= less
            one.points = one.points._replace(area=one.points.area - less)


def _telling(
    candidates: Sequence[Candidate], understood: Understood, strengths: Mapping[str, FoundFunction]
) -> tuple[Concept, ...]:
    """Words of the need that hardly any of the platforms that meet it have in their names: 상권 among big data."""
    words = {word for one in understood.functions for word in one.words}
    asked = [one for one in understood.concepts if one.text in words and not one.weak and not one.verb]
    names = [one.stored["w"] for one in candidates if any(id_ in strengths for id_ in one.stored["functions"])]
    most = max(1.0, FEW * len(names))
    return tuple(one for one in asked if 0 < sum(one.text in name for name in names) <= most)


def _apart(concepts: Sequence[Concept]) -> tuple[str, ...]:
    """The words that tell a platform apart where they all stand in its name; none where each only asks for functions."""
    telling = [one for one in concepts if not one.weak]
    return tuple(one.text for one in telling) if any(not one.functions and one.known for one in telling) else ()


def _function(stored: Mapping[str, Any], strengths: Mapping[str, FoundFunction]) -> float:
    """How well the functions fit, 0 to 1; functions that answer different words of the query add up."""
    met = []
    for number, function in enumerate(stored["functions"]):
        share = BESIDE if number else MAIN if len(stored["functions"]) > 1 else 1.0
        wanted = strengths.get(function)
        if wanted is not None:
            met.append((wanted.strength * share, wanted.words))
    if not met:
        return 0.0
    met.sort(key=lambda one: -one[0])
    best, words = met[0]
    for strength, others in met[1:]:
        fresh = len(others - words) / (len(others) or 1)
        best = 1.0 - (1.0 - best) * (1.0 - strength * fresh)
        words |= others
    return best


def _is_kind(stored: Mapping[str, Any], kind: str) -> bool:
    """Whether the names or the description of a platform have a wider word of what was asked for."""
    return kind in stored["w"] or kind in stored["b"] or any(kind in name for name in stored["x"])


def _named(stored: Mapping[str, Any], word: str) -> bool:
    """Whether a word that was left out stands in the names of a platform, or is one of them."""
    return word in stored["w"] or word in stored["a"] or any(word in name for name in (*stored["x"], *stored["y"]))


def _lead(stored: Mapping[str, Any], strengths: Mapping[str, FoundFunction]) -> float:
    """Points for being the service that is meant by what was asked for most; helpers of a need lead in nothing."""
    best = max((one.strength for one in strengths.values()), default=0.0)
    asked = [
        strengths[one].strength
        for one in LEADING.functions(stored)
        if one in strengths and strengths[one].strength >= ALIKE * best
    ]
    return LEAD * max(asked, default=0.0)
