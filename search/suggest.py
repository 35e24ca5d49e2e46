"""Completion of what is being typed: platforms, functions and places, by syllables, initials or keys."""

from collections.abc import Iterable
from dataclasses import dataclass

from registry.governments import Places
from registry.models import Government
from search.area import POINTS, Scope, scope_of
from search.engine import Best, Clause, Phrase, Plan, SearchEngine, Term
from search.fields import LONGEST_START, bigrams, initial_bigrams
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


class Completer:
    """Completes from the index's names and from the short lists of functions and places."""

    def __init__(self, engine: SearchEngine, places: Places, vocabulary: Vocabulary) -> None:
        self._engine = engine
        self._places = places
        self._functions = [_function(id_, name) for id_, name in vocabulary.names.items()]
        self._governments = [_entry(one) for row in places.all() for one in _place(row)]

    def complete(self, text: str, scope: Scope, limit: int) -> list[Suggestion]:
        """The best completions, platforms first; nothing for nothing."""
        typed = fold(text)
        if not typed or limit <= 0:
            return []
        found = self._platforms(text, scope)
        rest, named = self._after_place(text)
        if named and rest:
            near = scope_of(self._places, [row.id for row in named if row.id is not None], "", True)
            found = [*self._platforms(rest, near), *found]
        keys, row = _readings(text), _row(typed)
        beside = [*_matching(self._functions, keys, row, 2), *_matching(self._governments, keys, row, 2)]
        seen: dict[tuple[str, str], Suggestion] = {}
        for one in found:
            seen.setdefault((one.text, one.owner), one)
        found = list(seen.values())
        return [*found[: max(limit - len(beside), limit // 2)], *beside][:limit]

    def _after_place(self, text: str) -> tuple[str, tuple[Government, ...]]:
        mentions = self._places.find_in(text)
        if not mentions:
            return "", ()
        first = mentions[0]
        return (text[: first.start] + text[first.end :]).strip(), first.choices

    def _platforms(self, text: str, scope: Scope) -> list[Suggestion]:
        typed, row = fold(text), _row(fold(text))
        ways: list[Clause] = [Term("starts", keys[:LONGEST_START]) for keys in _readings(text)]
        if len(row) >= 2:
            ways.append(Phrase("cho", tuple(initial_bigrams(row))))
        if len(typed) >= 2 and all(map(is_syllable, typed)):
            ways.append(Phrase("bi", tuple(bigrams(typed))))
        plan = Plan(Best(tuple(ways)), prior=scope.prior(1.0), weight_by="popularity", limit=CANDIDATES, count=False)
        keys = _readings(text)
        scored = []
        for candidate in self._engine.search(plan).found:
            stored = candidate.stored
            name = fold(stored["name"])
            spelt = keystrokes(name)
            called = [keystrokes(one) for one in (*stored["x"], *stored["z"])]
            fit = 0.0
            if any(one.startswith(key) for key in keys for one in called):
                fit = 3.0
            elif any(key in spelt for key in keys):
                fit = 2.0
            elif any(keystrokes(one).startswith(key) for key in keys for one in stored["y"]):
                fit = 1.6
            elif row and initials(name).startswith(row):
                fit = 1.8
            elif row:
                fit = 1.0
            points = fit + POINTS.get(scope.relation(stored), 0.0) * 0.8 * scope.factor + 0.3 * candidate.score**0.5
            points -= 1.0 if stored["status"] == "closed" else 0.0
            points -= 0.02 * len(name)
            marks = initial_spans(stored["name"], row) if row else spans(stored["name"], [typed])
            scored.append((-points, stored["name"], candidate.id, stored["owner"], marks))
        scored.sort(key=lambda one: one[:3])
        return [Suggestion(name, "platform", id_, owner, "", marks) for _, name, id_, owner, marks in scored]


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


def _matching(entries: Iterable[_Entry], keys: Iterable[str], row: str, most: int) -> list[Suggestion]:
    found = {
        one.suggestion.id: one.suggestion
        for one in entries
        if any(one.keys.startswith(key) for key in keys) or (len(row) >= 2 and one.row.startswith(row))
    }
    return list(found.values())[:most]
