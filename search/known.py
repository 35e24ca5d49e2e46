"""What is known at the moment: the vocabulary, the words of the names in the index, and the names of places."""

import threading
import time
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace

from rapidfuzz import process
from rapidfuzz.distance import OSA

from registry.bodies import known_bodies
from registry.governments import Places
from search.engine import Phrase, Plan, SearchEngine, Term
from search.everyday import beside_the_point
from search.grams import bigrams
from search.hangul import even, fold, is_letter, is_syllable, keystrokes
from search.letters import sound
from search.needs import Vocabulary

# A large index's words take a moment to take in. While it changes all the time, at most this share of the time goes
# into that; what takes less than the moment is taken in at once.
SHARE = 0.05
MOMENT = 0.1


class Known:
    """The dictionary that queries are read with; it follows the engine's generation."""

    def __init__(self, engine: SearchEngine, places: Places, vocabulary: Vocabulary) -> None:
        self.engine = engine
        self.vocabulary = vocabulary
        self.base = frozenset(vocabulary.lexicon.nouns)
        # The words of names help to read a query; needs are read without them, as their phrases were.
        self.lexicon = replace(vocabulary.lexicon, nouns=set(self.base))
        self.index_words: dict[str, int] = {}
        # Latin words of names by how they are said.
        self.sounding: dict[str, str] = {}
        self._place_names = {
            form
            for row in places.all()
            for form in (even(row.name), even(row.name)[:-1])
            if len(form) >= 3 or (len(form) == 2 and len(keystrokes(form)) >= 5)
        }
        self._generation: str | None = None
        self._not_before = 0.0
        self._lock = threading.Lock()
        # By the number of keystrokes: the words, and the keystrokes of each.
        self._by_length: dict[int, tuple[list[str], list[str]]] = {}
        self._sorted: list[tuple[str, str]] = []

    @property
    def generation(self) -> str | None:
        """The generation of the index whose words were last taken in; None before the first question."""
        return self._generation

    def refresh(self) -> None:
        """Take in the words of names in the index, when it has changed; questions beside go on with what is known."""
        generation = self.engine.generation()
        if generation == self._generation or time.monotonic() < self._not_before:
            return
        # Only the first of all questions has nothing to go on with, and waits.
        if not self._lock.acquire(blocking=self._generation is None):
            return
        try:
            if generation == self._generation:
                return
            started = time.monotonic()
            self._take_in()
            self._generation = generation
            took = time.monotonic() - started
            self._not_before = started + took / SHARE if took > MOMENT else 0.0
        finally:
            self._lock.release()

    def _take_in(self) -> None:
        words: dict[str, int] = {}
        for name in ("name", "alias"):
            for word, count in self.engine.vocabulary(name).items():
                words[word] = words.get(word, 0) + count
        lexicon = replace(self.vocabulary.lexicon, nouns=set(self.base))
        fresh = {word for word in words if len(word) >= 2 and not word.endswith("다") and not word.isdigit()}
        lexicon.add_nouns(fresh)
        lexicon.add_nouns(map(fold, known_bodies()))
        self.lexicon = lexicon
        self.index_words = words
        self.sounding = {sound(word): word for word in sorted(words, reverse=True) if word.isascii() and sound(word)}
        by_length: dict[int, list[str]] = {}
        # Every other English word is a slip away from one of the vocabulary's: police and policy.
        english = frozenset(self.vocabulary.english.words()) - words.keys()
        for word in (words.keys() | (self.base - beside_the_point()) | self._place_names) - english:
            if len(word) >= 2:
                by_length.setdefault(len(keystrokes(word)), []).append(word)
        rows = {length: sorted(some) for length, some in by_length.items()}
        self._by_length = {length: (row, [keystrokes(word) for word in row]) for length, row in rows.items()}
        hangul = (word for word in words.keys() | self.base if len(word) >= 2 and all(map(is_syllable, word)))
        self._sorted = sorted((keystrokes(word), word) for word in hangul)

    def stands(self, folded: str) -> bool:
        """Whether a folded text is a name or a word of a description."""
        counts = self.engine.evidence([Term("whole", folded), Term("alias_whole", folded), Term("body", folded)])
        return any(counts)

    def named(self, folded: str) -> bool:
        """Whether a folded text is a whole name."""
        return any(self.engine.evidence([Term("whole", folded), Term("alias_whole", folded)]))

    def named_so(self, folded: str) -> bool:
        """Whether a folded text is a name as it is written, or all that is left without its place of one name alone."""
        found = self.engine.search(Plan(Term("whole", folded), limit=20, count=False)).found
        if len(found) == 1 or any(folded in one.stored["x"] for one in found):
            return True
        return any(self.engine.evidence([Term("alias_whole", folded)]))

    def means(self, text: str, places: Places) -> bool:
        """Whether a text is borne out: a whole name, a place, nothing but known words, or part of a name."""
        evened = fold(text)
        if self.stands(evened) or places.choices(evened):
            return True
        words = self.lexicon.read(text)
        said = [word for word in words if word.text not in self.vocabulary.empty]
        if said and all(word.known for word in words) and all(len(word.text) >= 2 for word in said):
            return True
        return len(evened) >= 3 and any(self.engine.evidence([Phrase("bi", tuple(bigrams(evened)))]))

    def sureness(self, text: str, places: Places) -> int:
        """How surely a text is meant, to choose between readings: a place's own name, a name, anything known, nothing."""
        evened = fold(text)
        if any(evened in (fold(row.name), fold(row.full_name)) for row in places.choices(evened)):
            return 3
        return 2 if self.stands(evened) else 1 if self.means(text, places) else 0

    def beginning(self, keys: str) -> Iterator[str]:
        """The known Hangul words that are typed beginning with these keys, those of the vocabulary first."""
        found = []
        row = self._sorted
        for at in range(bisect_left(row, (keys,)), len(row)):
            spelt, word = row[at]
            if not spelt.startswith(keys):
                break
            found.append(word)
        yield from sorted(found, key=lambda word: (word not in self.base, -self.index_words.get(word, 0), word))

    def nearest(self, text: str, part: bool) -> str:
        """The known word one slip away (two in long ones), or ''; `part` when the text was cut out of a longer word."""
        keys = keystrokes(text)
        latin = text.isascii()
        if latin and len(text) < 6:
            return ""
        if len(keys) < 6 and not part and not any(map(is_letter, text)):
            # Among words so short everything is near to something.
            return ""
        allowed = 1 if latin or len(keys) < 9 else 2
        best: tuple[int, int, str] | None = None
        by_length = self._by_length
        for length in range(max(4, len(keys) - allowed), len(keys) + allowed + 1):
            words, spelt = by_length.get(length, ([], []))
            found = process.extract(keys, spelt, scorer=OSA.distance, score_cutoff=allowed, limit=5)
            for _, distance, at in found:
                if words[at].isascii() != latin:
                    # 'with' and 주소 are near only as keys.
                    continue
                rank = (int(distance), -self.index_words.get(words[at], 0), words[at])
                if best is None or rank < best:
                    best = rank
        return best[2] if best else ""
