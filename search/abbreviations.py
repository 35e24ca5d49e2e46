"""Names shortened by the first syllables of their words: 공데포 for 공공데이터포털, 탄중포인트 for 탄소중립 포인트.

Short forms stand in a field of their own (search/fields.py), so that they are looked at only where nothing else bears out
what was typed, and never beside real words.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from search.engine import Clause, Phrase, Plan, Term
from search.everyday import everyday
from search.grams import bigrams
from search.hangul import fold, is_syllable
from search.known import Known
from search.short_forms import word_starts

CANDIDATES = 40


@dataclass(frozen=True)
class Expanded:
    """A query with a short form written out: the whole text, the short form, and what it was read as."""

    text: str
    typed: str
    read: str


class Abbreviations:
    """Writes out short forms that a name bears out and nothing else does."""

    def __init__(self, known: Known) -> None:
        self._known = known

    def expand(self, text: str) -> Expanded | None:
        """The text with one short form written out as it stands in a name; None where there is none."""
        for token in text.split():
            typed = fold(token)
            if not 2 <= len(typed) <= 8 or not all(map(is_syllable, typed)) or self._borne_out(typed):
                continue
            plan = Plan(Term("short", typed), weight_by="popularity", limit=CANDIDATES, count=False)
            counts: dict[str, int] = {}
            for one in self._known.engine.search(plan).found:
                name = one.stored["x"][0]
                read = _written_out(typed, name, word_starts(name, one.stored["w"], self._known.vocabulary.lexicon))
                if read:
                    counts[read] = counts.get(read, 0) + 1
            if counts:
                # What most names mean by it; of equals the shortest.
                read = max(counts, key=lambda one: (counts[one], -len(one)))
                return Expanded(text.replace(token, read, 1), token, read)
        return None

    def _borne_out(self, typed: str) -> bool:
        if typed in everyday():
            return True
        words = self._known.lexicon.read(typed)
        # Verbs alone may be read into anything: 서열데 is not 서다 and 열다.
        if all(word.known for word in words) and (len(words) == 1 or any(word.kind != "verb" for word in words)):
            return True
        clauses: list[Clause] = [Phrase("bi", tuple(bigrams(typed))), Term("body", typed)]
        return any(self._known.engine.evidence(clauses))


def _written_out(typed: str, name: str, starts: Sequence[int]) -> str:
    """The part of the name whose words begin with the syllables of the short form, up to the name's end; '' if none does."""
    for start in (one for one in starts if name.startswith(typed[0], one)):
        at = start
        for number, char in enumerate(typed):
            if not name.startswith(char, at):
                following = [one for one in starts if one >= at and name.startswith(char, one)]
                if not following and at > starts[-1] and number == len(typed) - 1 and name.endswith(char):
                    following = [len(name) - 1]
                if not following:
                    break
                at = following[0]
            at += 1
        else:
            return name[start:]
    return ""
