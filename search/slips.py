"""Slips of the finger: whole names, words inside names and places a keystroke or two away from what was typed."""

from collections.abc import Sequence
from itertools import pairwise

from registry.governments import Places
from search.closeness import allowed, slips
from search.engine import AtLeast, Clause, Constant, Phrase, Plan, Term
from search.everyday import everyday
from search.grams import bigrams, is_initials, key_trigrams
from search.hangul import fold, is_letter, keystrokes
from search.known import Known
from search.memory import Memory
from search.words import Word

# Texts whose nearest names are kept.
MOST_KEPT = 2000


class Slips:
    """Mends what nothing in the index bears out; what was mended is reported by the reader."""

    def __init__(self, known: Known, places: Places) -> None:
        self._known = known
        self._places = places
        self._names: Memory[tuple[str, str, int]] = Memory(MOST_KEPT)
        self._mended: Memory[tuple[str, list[tuple[str, str]]]] = Memory(MOST_KEPT)

    def mended(self, text: str, common: bool = False) -> tuple[str, list[tuple[str, str]]]:
        """The text with unknown words replaced by a known one a slip away, where nothing bears out what was typed.

        Words that everybody uses stand as they are, unless `common` asks for them too.
        """
        # What is known may lag behind the index, and both count here.
        stand = (self._known.engine.generation(), self._known.generation)
        return self._mended.found(stand, (text, common), lambda: self._mend(text, common))

    def _mend(self, text: str, common: bool) -> tuple[str, list[tuple[str, str]]]:
        changes: list[tuple[str, str]] = []
        for token in text.split():
            if len(fold(token)) < 2:
                continue
            read = self._known.lexicon.read(token)
            unknown = [word.text for word in read if not word.known and len(word.text) >= 2]
            nouns = sum(len(word.text) for word in read if word.known and word.kind != "verb")
            # Broken letters, or neither a verb's form nor mostly known nouns: 겅동구, 칠고군.
            broken = any(map(is_letter, token))
            odd = 2 * nouns < len(token) and len(token) >= 3 and not self._known.lexicon.verb_at(token)
            odd = odd or any(not word.known for word in read)
            if not (broken or odd) or (self._places.find_in(token) and not broken):
                continue
            if not broken and self._borne_out(unknown or [token]):
                continue
            # The slip may have cut the word wrongly: 주챠장예약 is tried as typed, then without its particle, then in part.
            bare = [
                token.removesuffix(josa)
                for josa in self._known.lexicon.josa
                if len(token) - len(josa) >= 2 and token.endswith(josa)
            ]
            if not common and not everyday().isdisjoint((token, *bare)):
                continue
            for typed in dict.fromkeys((token, *bare, _middle(token, read), *unknown)):
                near = self._known.nearest(typed, part=typed != token)
                if near and near != typed:
                    changes.append((typed, near))
                    text = text.replace(typed, near)
                if near:
                    break
        return text, changes

    def _borne_out(self, words: Sequence[str]) -> bool:
        clauses: list[Clause] = []
        for word in words:
            clauses += [Phrase("bi", tuple(bigrams(word))), Term("body", word)]
        counts = self._known.engine.evidence(clauses)
        return all(any(counts[at : at + 2]) for at in range(0, len(counts), 2))

    def whole(self, wholes: Sequence[str]) -> tuple[str, str, int]:
        """The whole name within a slip or two of one of the texts: folded, as it is shown, and the text's number."""
        return self._names.found(self._known.engine.generation(), tuple(wholes), lambda: self._nearest(wholes))

    def _nearest(self, wholes: Sequence[str]) -> tuple[str, str, int]:
        for number, whole in enumerate(wholes):
            most = allowed(len(keystrokes(whole)))
            if not most or is_initials(whole) or (whole.isascii() and len(whole) < 6):
                continue
            best: tuple[int, float, str, str] | None = None
            for candidate in self._known.engine.search(_near(whole, most)).found:
                stored = candidate.stored
                for one in (*stored["x"], *stored["y"], *stored["z"]):
                    if one.isascii() != whole.isascii():
                        continue
                    distance = slips(whole, one, most)
                    if distance <= most:
                        shown = stored["name"] if one == stored["x"][0] else one
                        rank = (distance, -float(stored["users"]), one, shown)
                        best = rank if best is None or rank < best else best
            if best:
                return best[2], best[3], number
        return "", "", 0


def _middle(token: str, words: Sequence[Word]) -> str:
    """What is left of a token between the known words at its beginning and its end."""
    start, end = 0, len(token)
    for word in words:
        if not word.known or not token.startswith(word.text, start):
            break
        start += len(word.text)
    for word in reversed(words):
        if not word.known or not token.endswith(word.text, start, end):
            break
        end -= len(word.text)
    return token[start:end] or token


def _near(whole: str, most: int) -> Plan:
    """Names that share a stretch of keys with the text, those first that share the most.

    So many slips spoil at most so many stretches: one more than slips are allowed leaves one untouched. Stretches hold rare
    keys together, so far fewer names are looked at than hold some of the trigrams here and there. Two neighbouring keys that
    changed places may spoil two stretches, so that the text is cut in two ways.
    """
    grams = key_trigrams(whole)
    keys, parts = len(grams) + 2, most + 1
    ways: dict[tuple[str, ...], None] = {}
    for later in (0, 1):
        cuts = [0, *(keys * part // parts + later for part in range(1, parts)), keys]
        ways.update((tuple(dict.fromkeys(grams[start : end - 2])), None) for start, end in pairwise(cuts))
    stretches = tuple(AtLeast(tuple(Term("keys3", gram) for gram in way), len(way)) for way in ways)
    shared = tuple(Term("keys3", gram) for gram in dict.fromkeys(grams))
    return Plan(Constant(AtLeast(stretches), 0.0), prior=shared, limit=40, count=False)
