"""How well the names of a platform fit what was typed: as a whole, as a part, as a beginning, word by word, by initials."""

from collections.abc import Mapping, Sequence
from typing import Any

from search.concept import Concept
from search.hangul import initials, spells
from search.spoken import spellings
from search.understood import Understood


def whole_name(stored: Mapping[str, Any], understood: Understood, matched: list[str]) -> tuple[float, bool]:
    """How well a whole name fits, 0 to 1, and whether only the name without its place does."""
    names, others, led, stripped = stored["x"], stored["y"], stored["l"], stored["z"]
    for number, whole in enumerate(understood.wholes):
        # The text with its place name in it is surer than what is left without.
        shade = 0.02 * number
        if whole in names:
            fit = 1.0 if whole == names[0] else 0.97
        elif whole in others:
            # Its own name spelt otherwise (서로이음 for 서로e음) is surer than a longer name without its place.
            fit = 0.965 if whole in spellings(names[0]) else 0.95
        elif whole in stripped:
            fit = 0.96
        elif whole in led:
            fit = 0.8
        else:
            continue
        matched.append(whole)
        return fit - shade, whole in stripped
    if understood.initials:
        return _initials(stored, understood.initials, understood.spelt), False
    return 0.0, False


def inside_name(stored: Mapping[str, Any], understood: Understood) -> float:
    """0.72 to 0.96 where all that was typed stands in the name as it was typed or spelt, else 0."""
    whole = understood.wholes[0] if understood.wholes else ""
    if len(whole) < 2 or understood.only_place:
        return 0.0
    fits = [
        len(whole) / len(name) for name in stored["x"] if (len(whole) >= 3 and whole in name) or name.startswith(whole)
    ]
    if fits:
        return 0.72 + 0.24 * max(fits)
    spelt = [len(whole) / len(name) for name in stored["y"] if len(whole) >= 3 and whole in name]
    return 0.66 + 0.24 * max(spelt) if spelt else 0.0


def begun_name(stored: Mapping[str, Any], understood: Understood) -> float:
    """How much of the name was typed from its beginning, 0 to 1; 0 for a place alone."""
    whole = understood.wholes[0] if understood.wholes else ""
    name = stored["x"][0]
    if len(whole) < 2 or understood.only_place or not name.startswith(whole):
        return 0.0
    return len(whole) / len(name)


def covered_by_names(stored: Mapping[str, Any], concepts: Sequence[Concept], total: float, matched: list[str]) -> float:
    """How much of what was said, by weight out of `total`, stands in the names, 0 to 0.86; adds the words met to `matched`."""
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
        for name in names:
            if text in name and _stands(text, name, concept.inverted):
                return 0.95, len(text)
        for name in stored["y"]:
            if text in name and _stands(text, name, concept.inverted):
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


def _initials(stored: Mapping[str, Any], row: str, typed: str) -> float:
    best = 0.0
    full, stripped = len(stored["x"]), len(stored["x"]) + len(stored["z"])
    for number, name in enumerate((*stored["x"], *stored["z"], *stored["y"])):
        other = initials(name)
        if typed != row and not spells(typed, name):
            # ㅂㄷ특급: the syllables that were typed must stand in the name.
            continue
        if row == other:
            fit = 1.0
        elif other.startswith(row):
            fit = 0.8 + 0.15 * len(row) / len(other)
        elif row in other:
            fit = 0.6 + 0.2 * len(row) / len(other)
        else:
            continue
        # The very name before one that has a place before it, and that before other names.
        best = max(best, fit - (0.03 if number >= stripped else 0.015 if number >= full else 0.0))
    return best
