"""How a name sounds, whatever letters it is written in: 비짓부산 and Visit Busan, 데이터드림 and Data Dream.

Vowels are written in many ways and consonants in few, so a sound is its consonants in classes that Korean and English
spelling share (ㅂ, ㅃ, ㅍ, b, p, f and v are one). Rules: Revised Romanization of Korean, and the usual Korean
spelling of English words (r is heard only before a vowel).
"""

import re
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
_DOUBLED = re.compile(r"([NRM])\1+")
_HANGUL = re.compile(r"[가-힣]")


@lru_cache(maxsize=100_000)
def sound(text: str) -> str:
    """The consonants heard in a folded name; '' when they are too few to tell anything."""
    heard: list[str] = []
    place = 0
    while place < len(text):
        letter = text[place]
        if "가" <= letter <= "힣":
            number = ord(letter) - 0xAC00
            heard.append(_INITIALS[number // 588].replace("-", ""))
            heard.append(_FINALS[number % 28])
        elif letter in _LATIN or letter == "c":
            pair = text[place : place + 2]
            after = text[place + 1 : place + 2]
            if pair in _PAIRS:
                heard.append(_PAIRS[pair])
                place += 1
            elif letter == "c":
                heard.append("S" if after in ("e", "i", "y") else "K")
            elif letter == "r" and after not in tuple("aeiouy"):
                pass
            else:
                heard.append(_LATIN[letter])
            if after == letter:
                place += 1
        place += 1
    # Doubled n, l and m are written once or twice: 온누리, onuri.
    found = _DOUBLED.sub(r"\1", "".join(heard))
    return found if len(found) >= LEAST else ""


def script(text: str) -> str:
    """Which letters a folded name is written in: latin, hangul, or '' for both and neither."""
    latin, hangul = bool(_LETTERS.search(text)), bool(_HANGUL.search(text))
    if latin == hangul:
        return ""
    return "latin" if latin else "hangul"
