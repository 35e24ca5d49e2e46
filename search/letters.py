"""Latin names in Hangul: spelt letter by letter (엠디알티 for M-DRT, 오케이1번가 for OK1번가) or said as a word (유틱 for UTIC)."""

import re
from collections.abc import Iterator

from search.hangul import is_syllable, romanise

# What the letters are called (국립국어원, 외래어 표기), with the other ways that are heard.
CALLED = {
    "a": ("에이",),
    "b": ("비",),
    "c": ("씨", "시"),
    "d": ("디",),
    "e": ("이",),
    "f": ("에프",),
    "g": ("지",),
    "h": ("에이치", "에치"),
    "i": ("아이",),
    "j": ("제이",),
    "k": ("케이",),
    "l": ("엘",),
    "m": ("엠",),
    "n": ("엔",),
    "o": ("오",),
    "p": ("피",),
    "q": ("큐",),
    "r": ("알", "아르"),
    "s": ("에스",),
    "t": ("티",),
    "u": ("유",),
    "v": ("브이",),
    "w": ("더블유", "더블류"),
    "x": ("엑스",),
    "y": ("와이",),
    "z": ("제트",),
}
LETTER = {called: letter for letter, names in CALLED.items() for called in names}
NAMES = "|".join(sorted(LETTER, key=len, reverse=True))
ONE = re.compile(NAMES)
ROW = re.compile(f"(?:{NAMES})+")
# Alone, these are syllables of so many words that they say nothing.
SYLLABLES = frozenset("이시오유")
LEAST_SOUND = 4


def called(word: str) -> str:
    """A Latin word letter by letter: 엠디알티 for mdrt."""
    return "".join(CALLED[letter][0] for letter in word)


def spelt_out(typed: str) -> Iterator[str]:
    """The word with a row of letters, or the letter at either end of the row, in Latin; the longest row first."""
    rows = sorted(ROW.finditer(typed), key=lambda match: (match.start() - match.end(), match.start()))
    for row in rows:
        letters = list(ONE.finditer(typed, row.start(), row.end()))
        parts = [letters] if len(letters) > 1 else []
        parts += [[one] for one in dict.fromkeys((letters[0], letters[-1])) if one.group() not in SYLLABLES]
        for part in parts:
            start, end = part[0].start(), part[-1].end()
            yield typed[:start] + "".join(LETTER[one.group()] for one in part) + typed[end:]


def sound(word: str) -> str:
    """How a word of Latin letters or of Hangul is said, in letters that both have alike; '' for what is too short to tell."""
    if all(map(is_syllable, word)):
        # The vowel that Hangul has to put in: 코시스 is kosis.
        word = romanise(word).replace("eu", "")
    elif not (word.isascii() and word.isalpha()):
        return ""
    plain = re.sub(r"y(?=[aeiou])", "", word.lower()).translate(str.maketrans("cq", "kk")).replace("l", "r")
    said = re.sub(r"(.)\1", r"\1", plain)
    return said if len(said) >= LEAST_SOUND else ""
