"""What a sentence without any listed phrasing leans to: words of config/vocab/leanings.txt, weighed together."""

import math
from collections import defaultdict
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from search.words import Lexicon, Word

# What counts as a leaning at all, what where one of several words speaks for it, and what beside the strongest one.
LEAST, LEAST_ALONE, BESIDE = 0.2, 0.25, 0.6
# A word that nothing is known of takes so much from what the others say.
UNHEARD = 0.6
# How far a function must be borne out by a word for the word to be named as the reason.
REASON = 0.05


@dataclass(frozen=True)
class Leaning:
    """A function that words lean to, how much (0 to about 1), the words that do, and whether they are evidence enough."""

    function: str
    weight: float
    words: frozenset[str]
    clear: bool


class Leanings:
    """The table of leanings, and a dictionary that knows its words beside those of the phrasings."""

    def __init__(
        self,
        table: Mapping[str, Mapping[str, float]],
        lexicon: Lexicon,
        canonical: Callable[[str], str],
        weight: Callable[[str], float],
        empty: frozenset[str],
    ) -> None:
        self._table = table
        self._canonical = canonical
        self._weight = weight
        self._empty = empty
        self._lexicon = replace(
            lexicon,
            nouns=set(lexicon.nouns),
            infinitives=set(lexicon.infinitives),
            verbs={start: list(verbs) for start, verbs in lexicon.verbs.items()},
        )
        known = lexicon.nouns | lexicon.infinitives
        further = [word for word in table if word not in known]
        self._lexicon.add_nouns(word for word in further if not word.endswith("다"))
        for word in further:
            if word.endswith("다"):
                self._lexicon.add_verb(word)

    def of(self, words: Sequence[Word]) -> list[Leaning]:
        """The functions that these words of one text lean to, strongest first."""
        total: dict[str, float] = defaultdict(float)
        reasons: dict[str, set[str]] = defaultdict(set)
        mass = 0.0
        read = dict.fromkeys(self._read(words))
        for word in read:
            leans = self._table.get(self._canonical(word))
            if leans is None:
                mass += UNHEARD**2
                continue
            weight = self._weight(word)
            mass += weight**2
            for function, share in leans.items():
                total[function] += weight * share
                if share >= REASON:
                    reasons[function].add(word)
        found = sorted(total.items(), key=lambda one: (-one[1], one[0]))
        size = math.sqrt(mass)
        return [
            Leaning(
                function,
                worth / size,
                frozenset(reasons[function]),
                worth >= BESIDE * found[0][1] and _clear(worth / size, reasons[function], len(read)),
            )
            for function, worth in found
        ]

    def _read(self, words: Sequence[Word]) -> list[str]:
        """The words, those of a token that the phrasings do not know read anew with the table's words."""
        unknown = {word.token for word in words if not word.known and word.token}
        found: list[str] = []
        for word in words:
            if word.token not in unknown:
                found.append(word.text)
                continue
            anew = self._lexicon.word(word.token)
            # 권영아 is no 영아, 권태진 no 권태: what is not known as a whole, or has a verb stuck to it, says nothing.
            whole = all(one.known for one in anew) and all(one.kind != "verb" for one in anew[1:])
            found += [one.text for one in anew] if whole else [word.token]
        return [word for word in found if word not in self._empty]


def _clear(weight: float, reasons: set[str], words: int) -> bool:
    """Whether the evidence is clear: a verb or a syllable by itself is not, they go with many things."""
    if len(reasons) < 2 and all(word.endswith("다") or len(word) < 2 for word in reasons):
        return False
    return weight >= (LEAST if len(reasons) >= min(2, words) else LEAST_ALONE)


def load_leanings(path: Path, functions: Container[str]) -> dict[str, dict[str, float]]:
    """The table: each line a word, then functions with their weights in hundredths; functions that are no more fall out."""
    table: dict[str, dict[str, float]] = {}
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.startswith("#") or not line.strip():
                continue
            word, *leans = line.split()
            table[word] = {
                function: int(weight) / 100
                for function, weight in zip(leans[::2], leans[1::2], strict=True)
                if function in functions
            }
    return table
