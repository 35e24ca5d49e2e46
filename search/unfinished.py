"""Half-typed words: the last syllable of 따르, 배달으 or 대구롶 is on its way to another one, key by key."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from search.engine import Clause, Phrase, Plan, Term
from search.fields import LONGEST_START
from search.grams import bigrams
from search.hangul import fold, is_letter, is_syllable, keystrokes
from search.known import Known

LEAST_KEYS = 4
CANDIDATES = 40


@dataclass(frozen=True)
class Completed:
    """A query with its last word completed: the whole text, what was typed, what it was read as, and whether a name says so.

    `met` says that the reading stands in names of the index, be it a word of its own or not.
    """

    text: str
    typed: str
    read: str
    by_name: bool
    met: bool


class Unfinished:
    """Completes the end of a query where nothing bears out what was typed but names or words begin so."""

    def __init__(self, known: Known) -> None:
        self._known = known

    def complete(self, text: str) -> Completed | None:
        """The text completed as far as all names or words that begin so agree; None where it stands as it is.

        Nothing typed and nothing read, but `by_name`, says that the text as it is stands in a name and nowhere else.
        """
        tokens = text.split()
        if not tokens or not self._may_go_on(tokens[-1]):
            return None
        if self._stands(fold(text)):
            return Completed(text, "", "", True, True) if len(tokens) == 1 else None
        if self._stands(fold(tokens[-1])):
            return None
        typed = dict.fromkeys((text, tokens[-1]))
        for part in typed:
            # The whole text may be the beginning of a name with its spaces elsewhere.
            read = self._by_names(fold(part))
            if read:
                # 평생학습 is a word of its own, and not the beginning of one name.
                by_name = read not in self._known.base
                return Completed(text[: len(text) - len(part)] + read, part, read, by_name, True)
        if self._unknown(tokens[-1]):
            read = self._by_words(fold(tokens[-1]))
            if read:
                return Completed(text[: len(text) - len(tokens[-1])] + read, tokens[-1], read, False, False)
        return None

    def _may_go_on(self, token: str) -> bool:
        folded = fold(token)
        if not folded or not (is_syllable(folded[-1]) or (is_letter(folded[-1]) and len(folded) > 1)):
            return False
        if not is_syllable(folded[0]):
            return False
        if folded in self._known.lexicon.nouns:
            return False
        words = self._known.lexicon.read(folded)
        # Known words, with or without a particle, are at their end.
        return not all(word.known and word.kind != "verb" for word in words)

    def _stands(self, folded: str) -> bool:
        clauses: list[Clause] = [Term("body", folded)]
        if len(folded) >= 2:
            clauses.append(Phrase("bi", tuple(bigrams(folded))))
        return any(self._known.engine.evidence(clauses))

    def _unknown(self, token: str) -> bool:
        return any(not word.known for word in self._known.lexicon.read(token))

    def _by_names(self, typed: str) -> str:
        keys = keystrokes(typed)
        if len(keys) < LEAST_KEYS or len(typed) < 2:
            return ""
        plan = Plan(Term("starts", keys[:LONGEST_START]), weight_by="popularity", limit=CANDIDATES, count=False)
        names = [
            name
            for one in self._known.engine.search(plan).found
            for name in (*one.stored["x"], *one.stored["z"], *one.stored["y"])
        ]
        return _agreed(keys, (rest for name in names for rest in _from_keys(name, keys)))

    def _by_words(self, typed: str) -> str:
        keys = keystrokes(typed)
        if len(keys) < LEAST_KEYS or len(typed) < 2:
            return ""
        return _agreed(keys, self._known.beginning(keys))


def _agreed(keys: str, texts: Iterable[str]) -> str:
    """What all texts that complete the last syllable alike have in common; of several such groups the first."""
    groups: dict[str, list[str]] = {}
    for text in texts:
        size = next((at for at in range(1, len(text) + 1) if len(keystrokes(text[:at])) >= len(keys)), 0)
        groups.setdefault(text[:size], []).append(text)
    if not groups:
        return ""
    common = next(iter(groups.values()))
    read = common[0]
    for other in common[1:]:
        while not other.startswith(read):
            read = read[:-1]
    return read


def _from_keys(name: str, keys: str) -> Iterator[str]:
    """The parts of a name, up to its end, that are typed beginning with these keys."""
    for at in range(len(name)):
        rest = name[at:]
        if keystrokes(rest).startswith(keys):
            yield rest
            return
