"""How a name sounds, whatever letters it is written in: 비짓부산 and Visit Busan, 데이터드림 and Data Dream.

Vowels are written in many ways and consonants in few, so a sound is its consonants in classes that Korean and English
spelling share (ㅂ, ㅃ, ㅍ, b, p, f and v are one). Rules: Revised Romanization of Korean, and the usual Korean
spelling of English words (r is heard only before a vowel).
"""

import re
from collections.abc import Iterable
from functools import lru_cache

# Fewer consonants than these are shared by chance.
LEAST = 3

_INITIALS = "KKNTTRMPPSS-SSSKTPH"
_FINALS = ("", *"KKKNNNTRKMPRTPRMPPTTNTTKTPT")
_LATIN = {
    **dict.fromkeys("bpfv", "P"),
    **dict.fromkeys("dt", "T"),
    **dict.fromkeys("gkq", "K"),
    **dict.fromkeys("jsz", "S"),
    "l": "R",
    "r": "R",
    "m": "M",
    "n": "N",
    "h": "H",
    "x": "KS",
}
_PAIRS = {"ch": "S", "sh": "S", "th": "T", "ph": "P", "ng": "N", "ck": "K", "wh": "", "gh": ""}
_LETTERS = re.compile(r"[a-z]")
_DOUBLED = (("NN", "N"), ("RR", "R"), ("MM", "M"))
_HANGUL = re.compile(r"[가-힣]")


class _Heard(dict[int, str]):
    """What is heard of each letter of Hangul, and nothing of other letters; filled as letters come."""

    def __missing__(self, letter: int) -> str:
        place = letter - 0xAC00
        heard = ""
        if 0 <= place < 11_172:
            heard = _INITIALS[place // 588].replace("-", "") + _FINALS[place % 28]
        self[letter] = heard
        return heard


_HEARD = _Heard()


def heard(texts: Iterable[str]) -> list[tuple[str, str]]:
    """Folded names as (which letters, how it sounds), each once; those of both letters or too short are left out."""
    return list(dict.fromkeys([found for text in texts if (found := _heard(text)) is not None]))


# The name, its brand and its words are often one text.
@lru_cache(maxsize=20_000)
def _heard(text: str) -> tuple[str, str] | None:
    letters = script(text)
    sounds = sound(text) if letters else ""
    return (letters, sounds) if sounds else None


def sound(text: str) -> str:
    """The consonants heard in a folded name; '' when they are too few to tell anything."""
    # A name without Latin letters, as most are, is heard letter by letter.
    found = _spelt(text) if _LETTERS.search(text) else text.translate(_HEARD)
    # Doubled n, l and m are written once or twice: 온누리, onuri.
    for twice, once in _DOUBLED:
        while twice in found:
            found = found.replace(twice, once)
    return found if len(found) >= LEAST else ""


def _spelt(text: str) -> str:
    """What is heard where some letters are Latin: by pairs, and by the letter that follows."""
    found: list[str] = []
    place = 0
    while place < len(text):
        letter = text[place]
        if letter in _LATIN or letter == "c":
            pair = text[place : place + 2]
            after = text[place + 1 : place + 2]
            if pair in _PAIRS:
                found.append(_PAIRS[pair])
                place += 1
            elif letter == "c":
                found.append("S" if after in ("e", "i", "y") else "K")
            elif letter == "r" and after not in tuple("aeiouy"):
                pass
            else:
                found.append(_LATIN[letter])
            if after == letter:
                place += 1
        else:
            found.append(_HEARD[ord(letter)])
        place += 1
    return "".join(found)


def script(text: str) -> str:
    """Which letters a folded name is written in: latin, hangul, or '' for both and neither."""
    latin = bool(_LETTERS.search(text))
    hangul = not text.isascii() and bool(_HANGUL.search(text))
    if latin == hangul:
        return ""
    return "latin" if latin else "hangul"
