"""The other keyboard: Latin that types Hangul, and Hangul that types Latin, where evidence in the index says so."""

import re

from registry.governments import Places
from search.engine import Phrase, Plan
from search.grams import initial_bigrams, is_initials
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
        if any(map(is_letter, text)) and not is_initials(fold(text)):
            keys = keystrokes(text)
            if fold(keys).isascii() and self._known.named(fold(keys)):
                # A name of several words, of which only some look odd in Hangul: 퍄냣 ㅠㅕㄴ무.
                return keys, [Interpretation("keyboard", text, keys)]
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
            elif len(evened) >= 2 and _is_hangul(evened) and self._known.means(read, self._places):
                return read
        return ""

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
        folded = fold(keys)
        if len(folded) < 2 or not folded.isascii():
            return ""
        return keys if folded in self._known.index_words or self._known.stands(folded) else ""


def _is_hangul(text: str) -> bool:
    """Whether the text is syllables, with or without a number at its end: 정부24."""
    body = text.rstrip("0123456789")
    return len(body) >= 2 and all(map(is_syllable, body))
