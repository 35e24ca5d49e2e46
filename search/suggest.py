"""Completion of what is being typed: platforms, functions and places, by syllables, initials or keys."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from registry.governments import Places
from registry.models import Government
from search.area import POINTS, Scope, Scopes
from search.engine import Best, Clause, Phrase, Plan, SearchEngine, Term
from search.fields import LONGEST_START
from search.grams import bigrams, initial_bigrams
from search.hangul import fold, initials, is_letter, is_syllable, keystrokes
from search.highlight import initial_spans, spans
from search.needs import Vocabulary
from search.query import Suggestion

CANDIDATES = 40


@dataclass(frozen=True)
class _Entry:
    """A function's or place's name, ready to be compared."""

    suggestion: Suggestion
    keys: str
    row: str


@dataclass(frozen=True)
class _Found:
    """A platform that completes a text; where the text stands in its name is worked out if it is shown."""

    points: float
    id: str
    stored: dict[str, Any]
    typed: str
    row: str

    def shown(self) -> Suggestion:
        """The platform as a completion."""
        name = self.stored["name"]
        marks = initial_spans(name, self.row) if self.row else spans(name, [self.typed])
        return Suggestion(name, "platform", self.id, self.stored["owner"], "", marks)


class _Names:
    """The names of functions or places in the order of their keys, so that a beginning is looked up, not sought."""

    def __init__(self, entries: Iterable[_Entry]) -> None:
        self._entries = list(entries)
        self._keys = sorted((one.keys, number) for number, one in enumerate(self._entries))
        self._rows = sorted((one.row, number) for number, one in enumerate(self._entries))

    def matching(self, keys: Iterable[str], row: str, most: int) -> list[Suggestion]:
        """The first names, in their own order, that begin with any of the keys or with the row of initials."""
        numbers = {number for key in keys for number in _beginning(self._keys, key)}
        if len(row) >= 2:
            numbers.update(_beginning(self._rows, row))
        found: dict[str, Suggestion] = {}
        for number in sorted(numbers):
            suggestion = self._entries[number].suggestion
            found[suggestion.id] = suggestion
        return list(found.values())[:most]


class Completer:
    """Completes from the index's names and from the short lists of functions and places."""

    def __init__(self, engine: SearchEngine, places: Places, vocabulary: Vocabulary, scopes: Scopes) -> None:
        self._engine = engine
        self._places = places
        self._scopes = scopes
        self._functions = _Names(_function(id_, name) for id_, name in vocabulary.names.items())
        self._governments = _Names(_entry(one) for row in places.all() for one in _place(row))

    def complete(self, text: str, scope: Scope, limit: int) -> list[Suggestion]:
        """The best completions, platforms first; nothing for nothing."""
        typed = fold(text)
        if not typed or limit <= 0:
            return []
        found = self._platforms(text, scope)
        rest, named = self._after_place(text)
        if named and rest:
            near = self._scopes.of((row.id for row in named if row.id is not None), named=True, zones=False)
            found = [*self._platforms(rest, near), *found]
        keys, row = _readings(text), _row(typed)
        beside = [*self._functions.matching(keys, row, 2), *self._governments.matching(keys, row, 2)]
        seen: dict[tuple[str, str], _Found] = {}
        for one in found:
            seen.setdefault((one.stored["name"], one.stored["owner"]), one)
        shown = list(seen.values())[: min(limit, max(limit - len(beside), limit // 2))]
        return [*(one.shown() for one in shown), *beside][:limit]

    def _after_place(self, text: str) -> tuple[str, tuple[Government, ...]]:
        mentions = self._places.find_in(text)
        if not mentions:
            return "", ()
        first = mentions[0]
        return (text[: first.start] + text[first.end :]).strip(), first.choices

    def _platforms(self, text: str, scope: Scope) -> list[_Found]:
        typed, row = fold(text), _row(fold(text))
        keys = _readings(text)
        ways: list[Clause] = [Term("starts", one[:LONGEST_START]) for one in keys]
        if len(row) >= 2:
            ways.append(Phrase("cho", tuple(initial_bigrams(row))))
        if len(typed) >= 2 and all(map(is_syllable, typed)):
            ways.append(Phrase("bi", tuple(bigrams(typed))))
        plan = Plan(Best(tuple(ways)), prior=scope.prior(1.0), weight_by="popularity", limit=CANDIDATES, count=False)
        scored = []
        for candidate in self._engine.search(plan).found:
            stored = candidate.stored
            points = _fit(stored, tuple(keys), row)
            points += POINTS.get(scope.relation(stored), 0.0) * 0.8 * scope.factor + 0.3 * candidate.score**0.5
            points -= 1.0 if stored["status"] == "closed" else 0.0
            points -= 0.02 * len(stored["x"][0])
            scored.append(_Found(points, candidate.id, stored, typed, row))
        scored.sort(key=lambda one: (-one.points, one.stored["name"], one.id))
        return scored


def _fit(stored: dict[str, Any], keys: tuple[str, ...], row: str) -> float:
    """How well a platform's names complete the keys or the row of initials; its folded name is the first of `x`."""
    if any(keystrokes(one).startswith(keys) for one in (*stored["x"], *stored["z"])):
        return 3.0
    name = stored["x"][0]
    spelt = keystrokes(name)
    if any(key in spelt for key in keys):
        return 2.0
    if any(keystrokes(one).startswith(keys) for one in stored["y"]):
        return 1.6
    if row:
        return 1.8 if initials(name).startswith(row) else 1.0
    return 0.0


def _readings(text: str) -> list[str]:
    """The keystrokes that the text may stand for: of its letters, or the Latin letters themselves."""
    plain = text.replace(" ", "")
    ways = [keystrokes(fold(text))]
    if plain.isascii():
        # Shift and Caps Lock make other letters in Hangul: Ekfmddl is 따릉이.
        ways += [plain, plain.swapcase()]
    return [way for way in dict.fromkeys(ways) if way]


def _row(typed: str) -> str:
    return initials(typed) if any(is_letter(char) and char <= "ㅎ" for char in typed) else ""


def _function(id_: str, name: str) -> _Entry:
    return _entry(Suggestion(name, "function", id_))


def _place(row: Government) -> Iterable[Suggestion]:
    yield Suggestion(row.full_name, "place", str(row.id))
    if row.name != row.full_name:
        yield Suggestion(row.full_name, "place", str(row.id), note=row.name)


def _entry(suggestion: Suggestion) -> _Entry:
    name = fold(suggestion.note or suggestion.text)
    return _Entry(suggestion, keystrokes(name), initials(name))


def _beginning(names: Sequence[tuple[str, int]], start: str) -> list[int]:
    """The numbers of the sorted names that begin with a text."""
    first = bisect_left(names, (start, -1))
    last = bisect_left(names, (start + "\U0010ffff", -1))
    return [number for _, number in names[first:last]]
