"""Hanja as they are read in Korean: 國民申聞鼓 is 국민신문고, 女性 여성, 歷史 역사.

The readings are Unicode's (config/vocab/hanja.txt); at the beginning of a word they change by the rule of initial sounds
(두음법칙, 한글 맞춤법 제10~12항).
"""

import re
from functools import lru_cache

from config.settings import CONFIG
from search.hangul import INITIALS, VOWELS, is_syllable

HANJA = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
SOFT_VOWELS = frozenset("ㅑㅒㅕㅖㅛㅠㅣ")
# A word with several characters of several readings is tried in so many ways.
MOST_READINGS = 8


@lru_cache
def _table() -> dict[str, tuple[str, ...]]:
    """Hanja → its readings, the usual one first."""
    usual: dict[str, str] = {}
    others: dict[str, list[str]] = {}
    for line in (CONFIG / "vocab" / "hanja.txt").read_text(encoding="utf-8").splitlines():
        reading, _, chars = line.partition(" ")
        if reading == "#":
            continue
        first, _, more = chars.partition("+")
        usual.update(dict.fromkeys(first, reading))
        for char in more:
            others.setdefault(char, []).append(reading)
    return {char: (reading, *others.get(char, ())) for char, reading in usual.items()}


def has_hanja(text: str) -> bool:
    """Whether there is a Hanja in the text."""
    return HANJA.search(text) is not None


def readings(text: str) -> list[str]:
    """The ways to read a text with its Hanja as Hangul, the usual one first; the text alone where it has none."""
    ways = [""]
    for char in text:
        if not HANJA.match(char):
            ways = [way + char for way in ways]
            continue
        known = _table().get(char)
        if known is None:
            return [text]
        ways = [way + sound for reading in known for way in ways for sound in _sounds(reading, way)][:MOST_READINGS]
    return list(dict.fromkeys(ways))


def to_hangul(text: str) -> str:
    """The text with its Hanja read in the usual way; one that is not known stays as it is."""
    return readings(text)[0]


def _sounds(reading: str, before: str) -> tuple[str, ...]:
    """How a reading may sound after what stands before it: inside a word both ways, since words are written together."""
    code = ord(reading) - 0xAC00
    first, middle, last = INITIALS[code // 588], VOWELS[code // 28 % 21], code % 28
    if first == "ㄹ":
        first = "ㅇ" if middle in SOFT_VOWELS else "ㄴ"
    elif first == "ㄴ" and middle in SOFT_VOWELS:
        first = "ㅇ"
    beginning = chr(0xAC00 + INITIALS.index(first) * 588 + VOWELS.index(middle) * 28 + last)
    if not before or not is_syllable(before[-1]):
        return (beginning,)
    if reading in "렬률" and (ord(before[-1]) - 0xAC00) % 28 in (0, 4):
        # 나열, 비율, 진열: after a vowel or ㄴ.
        return (beginning,)
    return tuple(dict.fromkeys((reading, beginning)))
