"""The other keyboard: Latin that types Hangul, and Hangul that types Latin, where evidence in the index says so."""

import re

from registry.governments import Places
from search.engine import Phrase, Plan
from search.fields import bigrams, initial_bigrams, is_initials
from search.hangul import fold, hangul_readings, initials, is_letter, is_syllable, keystrokes
from search.known import Known
from search.query import Interpretation

LATIN = re.compile(r"[A-Za-z]+")


class Keyboard:
    """Reads what was typed on the wrong keyboard; 'GTX', 'app' and 'gbis' stay what they are."""

    def __init__(self, known: Known, places: Places) -> None:
        self._known = known
        self._places = places

    def read(self, text: str) -> tuple[str, list[Interpretation]]:
        """The text with Latin that types Hangul read as Hangul, and the other way round, where evidence says so."""
        notes: list[Interpretation] = []
        whole = self._hangul_for(text) if LATIN.search(text) and not any(map(is_syllable, text)) else ""
        if whole:
            return whole, [Interpretation("keyboard", text, whole)]
        words = text.split()
        for number, word in enumerate(words):
            read = ""
            if LATIN.fullmatch(word):
                read = self._hangul_for(word)
            elif any(is_letter(char) for char in word) and not is_initials(fold(word)):
                read = self._latin_for(word)
            if read:
                notes.append(Interpretation("keyboard", word, read))
                words[number] = read
        return (" ".join(words), notes) if notes else (text, [])

    def _hangul_for(self, typed: str) -> str:
        folded = fold(typed)
        if not folded or folded in self._known.base or folded in self._known.index_words or self._known.stands(folded):
            return ""
        if any(
            fold(part) in self._known.index_words or fold(part) in self._known.base
            for part in typed.split()
            if len(part) > 2
        ):
            return ""
        for read in hangul_readings(typed):
            evened = fold(read)
            if is_initials(evened):
                if len(evened) >= 4 and self._whole_initials(evened):
                    return read
            elif len(evened) >= 2 and all(is_syllable(char) for char in evened) and self._means(read):
                return read
        return ""

    def _means(self, read: str) -> bool:
        """Whether a Hangul reading is borne out: a whole name, a place, or nothing but known words."""
        evened = fold(read)
        if self._known.stands(evened) or self._places.choices(evened):
            return True
        words = self._known.lexicon.read(read)
        said = [word for word in words if word.text not in self._known.vocabulary.empty]
        if said and all(word.known for word in words) and all(len(word.text) >= 2 for word in said):
            return True
        return len(evened) >= 3 and any(self._known.engine.evidence([Phrase("bi", tuple(bigrams(evened)))]))

    def _whole_initials(self, row: str) -> bool:
        """Whether these are all the initials of a name: fewer would turn English words such as 'read' into Hangul."""
        plan = Plan(Phrase("cho", tuple(initial_bigrams(row))), limit=10, count=False)
        return any(
            initials(name) == row
            for candidate in self._known.engine.search(plan).found
            for name in (*candidate.stored["x"], *candidate.stored["y"])
        )

    def _latin_for(self, typed: str) -> str:
        keys = keystrokes(typed)
        return (
            keys
            if len(keys) >= 2 and keys.isascii() and (keys in self._known.index_words or self._known.stands(keys))
            else ""
        )
