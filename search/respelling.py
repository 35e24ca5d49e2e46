"""A number, an e or Latin letters written otherwise than a name writes them: 오공플러스, 엠디알티."""

from collections.abc import Iterator

from search.engine import Phrase
from search.grams import bigrams
from search.hangul import fold
from search.known import Known
from search.letters import sound, spelt_out
from search.spoken import respellings


class Respelling:
    """Finds the spelling that the index bears out; one round trip for all ways of a word, none where there are none."""

    def __init__(self, known: Known) -> None:
        self._known = known

    def of(self, plain: str) -> str:
        """The text with a number, an e or Latin letters written otherwise, where only that stands in a name."""
        for word in plain.split():
            ways = [way for way in dict.fromkeys(self._ways(word)) if len(fold(way)) >= 3]
            if not ways:
                continue
            clauses = [Phrase("bi", tuple(bigrams(fold(one)))) for one in (word, *ways)]
            typed, *counts = self._known.engine.evidence(clauses)
            if not typed:
                for way, count in zip(ways, counts, strict=True):
                    if count:
                        return plain.replace(word, way, 1)
        return ""

    def _ways(self, word: str) -> Iterator[str]:
        yield from respellings(word)
        if not all(one.known and one.kind != "verb" for one in self._known.lexicon.read(word)):
            yield from spelt_out(word)
            if sound(word) in self._known.sounding and not word.isascii():
                yield self._known.sounding[sound(word)]
