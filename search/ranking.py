"""The order people see: a sum of readable parts over the candidates' stored facts, the same for every engine.

score = 10 × relevance + whole name + area + status + use, where relevance is 1 − Π(1 − part) over the parts name, function and
description. The constants were set on the judged queries of tests/search/judged; search/README.md lists them.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from search.area import POINTS, WORDS, Scope
from search.concept import Concept
from search.engine import Candidate
from search.hangul import initials
from search.needs import FoundFunction
from search.query import Reason
from search.reading import Understood

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
# The very name was typed: that outweighs place and status.
EXACT = 5.0
NAME, FUNCTION, BODY = 0.97, 0.85, 0.3


@dataclass
class Ranked:
    """A candidate with its final score and what made it."""

    candidate: Candidate
    score: float
    relation: str
    reasons: list[Reason] = field(default_factory=list)
    matched: tuple[str, ...] = ()


def rank(candidates: Sequence[Candidate], understood: Understood, scope: Scope) -> list[Ranked]:
    """The candidates in their final order."""
    strengths = {one.id: one for one in understood.functions}
    total = sum(concept.weight for concept in understood.concepts) or 1.0
    ranked = [_rank(one, understood, scope, strengths, total) for one in candidates]
    return sorted(
        ranked,
        key=lambda one: (-one.score, -one.candidate.stored["users"], one.candidate.stored["name"], one.candidate.id),
    )


def _rank(
    candidate: Candidate, understood: Understood, scope: Scope, strengths: Mapping[str, FoundFunction], total: float
) -> Ranked:
    stored = candidate.stored
    matched: list[str] = []
    exact, stripped = _whole(stored, understood, matched)
    inside = _inside(stored, understood)
    relation = scope.relation(stored)
    if stripped and strengths and relation not in ("", "own", "within"):
        # '통합예약' is a need; that a far city calls its own just so makes it no better an answer.
        exact, inside = 0.0, max(inside, 0.8)
    covered = _covered(stored, understood.concepts, total, matched)
    name = max(exact, inside, covered)
    function = _function(stored, strengths)
    body = sum(one.weight for one in understood.concepts if one.text in stored["b"]) / total
    # A name that repeats the function's words adds little to the function; a whole name counts fully.
    # Where a place was asked for, it decides among those that serve the need; without one, the name does.
    repeated = 0.75 if function >= 0.95 and scope else 0.4
    told = max(exact, inside * (1.0 - repeated * function), covered * (1.0 - 0.75 * function))
    relevance = 1.0 - (1.0 - NAME * told) * (1.0 - FUNCTION * function) * (1.0 - BODY * min(1.0, body))
    # Nearness counts as far as the platform answers at all.
    area = POINTS.get(relation, 0.0) * scope.factor * (1.0 if understood.only_place else 0.4 + 0.6 * relevance)
    status = STATUS.get(stored["status"], 0.0) + LIVENESS.get(stored["liveness"], 0.0)
    status += PRIVATE if stored["level"] == "private" else 0.0
    told_apart = _told_apart(understood.concepts, matched)
    bonus = EXACT * exact if exact >= 0.85 else TELLING if told_apart else 0.0
    if not bonus:
        status *= UNASKED.get(stored["status"], 1.0)
    use = USE * min(1.0, math.log10(1.0 + stored["users"]) / 7)
    reasons = [
        Reason("relevance", "검색어와 맞음", "fits the query", SCALE * relevance),
        Reason("exact", "이름이 같음", "the very name", bonus) if bonus else None,
        Reason("area", WORDS[relation][0], WORDS[relation][1], area) if relation else None,
        Reason("status", "운영 상태", "status", status) if status else None,
        Reason("use", "이용 규모", "use", use) if use else None,
    ]
    score = SCALE * relevance + bonus + area + status + use
    parts = [
        Reason("name", "이름", "name", round(name, 4)),
        Reason("function", "기능", "function", round(function, 4)),
        Reason("description", "설명", "description", round(body, 4)),
    ]
    return Ranked(
        candidate,
        score,
        relation,
        [one for one in reasons if one is not None] + [one for one in parts if one.points],
        tuple(dict.fromkeys(matched)),
    )


def _told_apart(concepts: Sequence[Concept], matched: Sequence[str]) -> bool:
    telling = [one for one in concepts if not one.weak]
    return all(one.text in matched for one in telling) and any(not one.functions and one.known for one in telling)


def _function(stored: Mapping[str, Any], strengths: Mapping[str, FoundFunction]) -> float:
    """How well the functions fit, 0 to 1; functions that answer different words of the query add up."""
    met = []
    # What a platform does among other things counts a little less than what it does alone.
    share = 1.0 if len(stored["functions"]) == 1 else 0.96
    for function in stored["functions"]:
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


def _whole(stored: Mapping[str, Any], understood: Understood, matched: list[str]) -> tuple[float, bool]:
    """How well a whole name fits, 0 to 1, and whether only the name without its place does."""
    names, others, led, stripped = stored["x"], stored["y"], stored["l"], stored["z"]
    for number, whole in enumerate(understood.wholes):
        # The text with its place name in it is surer than what is left without.
        shade = 0.02 * number
        if whole in names:
            fit = 1.0 if whole == names[0] else 0.97
        elif whole in others:
            fit = 0.95
        elif whole in stripped:
            fit = 0.96
        elif whole in led:
            fit = 0.8
        else:
            continue
        matched.append(whole)
        return fit - shade, whole in stripped
    if understood.initials:
        return _initials(stored, understood.initials), False
    return 0.0, False


def _inside(stored: Mapping[str, Any], understood: Understood) -> float:
    """0.72 to 0.96 where all that was typed stands in the name as it was typed, else 0."""
    whole = understood.wholes[0] if understood.wholes else ""
    fits = [len(whole) / len(name) for name in stored["x"] if len(whole) >= 3 and whole in name]
    return 0.72 + 0.24 * max(fits) if fits else 0.0


def _covered(stored: Mapping[str, Any], concepts: Sequence[Concept], total: float, matched: list[str]) -> float:
    if not concepts:
        return 0.0
    said = 0.0
    letters = 0
    names, words, aliases = [*stored["x"], *stored["z"]], stored["w"], stored["a"]
    for concept in concepts:
        share, length = _found(concept, names, words, aliases, stored)
        if share:
            said += share * concept.weight
            letters += length
            if share >= 0.5:
                matched.append(concept.text)
    cover = said / total
    size = min(map(len, (stored["x"][0], *stored["z"][:1]))) or 1
    return cover * (0.62 + 0.24 * min(1.0, letters / size))


def _found(
    concept: Concept, names: Sequence[str], words: Sequence[str], aliases: Sequence[str], stored: Mapping[str, Any]
) -> tuple[float, int]:
    text = concept.text
    if text in words:
        return 1.0, len(text)
    if text in aliases:
        return 0.92, len(text)
    if len(text) >= 2 and not concept.verb:
        if any(_stands(text, name, concept.inverted) for name in names):
            return 0.95, len(text)
        if any(_stands(text, name, concept.inverted) for name in stored["y"]):
            return 0.85, len(text)
    if text in stored["p"]:
        return 0.6, 0
    for synonym in concept.synonyms:
        if synonym in words or (len(synonym) >= 2 and synonym in names[0]):
            return 0.7, len(synonym)
        if synonym in aliases:
            return 0.6, len(synonym)
    return 0.0, 0


def _stands(text: str, name: str, inverted: bool) -> bool:
    """Whether the word stands in the name, and not as the inner part of its opposite."""
    at = name.find(text)
    while at >= 0:
        if inverted or at == 0 or name[at - 1] not in "무비미불":
            return True
        at = name.find(text, at + 1)
    return False


def _initials(stored: Mapping[str, Any], row: str) -> float:
    best = 0.0
    for number, name in enumerate((*stored["x"], *stored["z"], *stored["y"])):
        other = initials(name)
        if row == other:
            fit = 1.0
        elif other.startswith(row):
            fit = 0.8 + 0.15 * len(row) / len(other)
        elif row in other:
            fit = 0.6 + 0.2 * len(row) / len(other)
        else:
            continue
        best = max(best, fit - (0.03 if number >= len(stored["x"]) + len(stored["z"]) else 0.0))
    return best
