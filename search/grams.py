"""The small pieces that names are found by: bigrams of syllables and initials, trigrams of keystrokes."""

from collections.abc import Iterable

from search.hangul import initials, is_letter, keystrokes
from search.words import INVERTING


def bigrams(text: str, inverted: Iterable[str] = ()) -> list[str]:
    """Syllable bigrams of a folded text; those inside an inverted word carry a mark, so that 장애 misses 무장애."""
    marked: set[int] = set()
    for word in inverted:
        at = text.find(word)
        while at >= 0:
            marked.update(range(at + 1, at + len(word) - 1))
            at = text.find(word, at + 1)
    return [text[at : at + 2] + ("#" if at in marked else "") for at in range(len(text) - 1)]


def is_inverted(word: str, lexicon_nouns: Iterable[str]) -> bool:
    """Whether a word is another one with its meaning turned round: 무장애, 비급여."""
    return len(word) >= 3 and word[0] in INVERTING and word[1:] in lexicon_nouns


def initial_bigrams(text: str) -> list[str]:
    """Bigrams of the initials of a folded text."""
    row = initials(text)
    return [row[at : at + 2] for at in range(len(row) - 1)]


def key_trigrams(text: str) -> list[str]:
    """Trigrams of the keystrokes of a folded text, with its two ends marked."""
    keys = f"^{keystrokes(text)}$"
    return [keys[at : at + 3] for at in range(len(keys) - 2)]


def is_initials(text: str) -> bool:
    """Whether a folded text is made of lone consonants: ㅂㄷㅌㄱ."""
    return bool(text) and all(is_letter(char) and char <= "ㅎ" for char in text)
