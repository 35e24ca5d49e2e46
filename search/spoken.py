"""Numbers and a Latin e as they are spoken and as they are written: 정부 이십사 and 정부24, 오공플러스 and 50플러스, 이음 and e음."""

import re
from collections.abc import Iterator

from search.hangul import is_syllable, romanise
from search.hanja import has_hanja, to_hangul
from search.letters import called

DIGITS = "영일이삼사오육칠팔구"
UNITS = ("", "십", "백", "천")
VALUES = {**{syllable: value for value, syllable in enumerate(DIGITS)}, "공": 0}
NUMERALS = re.compile(r"[공영일이삼사오육칠팔구십백천]{2,}")
# So few letters are spelt out: K, QR, DRT, TOPIS.
FEW_LETTERS = re.compile(r"(?<![a-z])[a-z]{1,5}(?![a-z])")
LONE_E = re.compile(r"(?<![a-z])e(?![a-z])")


def spellings(name: str) -> list[str]:
    """Other ways to write a folded name: numbers, a Latin e and Hanja as they are spoken, Roman letters for Hangul."""
    found = []
    if has_hanja(name):
        found.append(to_hangul(name))
    spoken = LONE_E.sub("이", name)
    found.append(spoken)
    if re.search(r"\d", name):
        found.append(re.sub(r"\d+", lambda match: _by_digits(match.group()), spoken))
        found.append(re.sub(r"\d{1,4}", lambda match: _by_value(int(match.group())), spoken))
    found.append(FEW_LETTERS.sub(lambda match: called(match.group()), name))
    if any(is_syllable(char) for char in name):
        found.append(romanise(name))
    return [one for one in dict.fromkeys(found) if one != name]


def respellings(typed: str) -> Iterator[str]:
    """What a typed word may stand for: its spoken numbers in digits, its digits and its e as they are spoken."""
    for match in NUMERALS.finditer(typed):
        for number in dict.fromkeys((_digits_of(match.group()), _value_of(match.group()))):
            if number:
                yield typed[: match.start()] + number + typed[match.end() :]
    spoken = LONE_E.sub("이", typed)
    if spoken != typed:
        yield spoken
    if re.search(r"\d", typed):
        yield re.sub(r"\d+", lambda match: _by_digits(match.group()), spoken)
        yield re.sub(r"\d{1,4}", lambda match: _by_value(int(match.group())), spoken)


def _by_digits(number: str) -> str:
    return "".join(DIGITS[int(digit)] for digit in number)


def _by_value(number: int) -> str:
    """A number below 10,000 as it is read: 24 is 이십사, 1004 천사."""
    if number == 0:
        return DIGITS[0]
    read = ""
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            read += ("" if digit == 1 and place else DIGITS[digit]) + UNITS[place]
    return read


def _digits_of(spoken: str) -> str:
    """오공 is 50; '' where a unit is spoken."""
    if any(syllable in UNITS for syllable in spoken):
        return ""
    return "".join(str(VALUES[syllable]) for syllable in spoken)


def _value_of(spoken: str) -> str:
    """이십사 is 24; '' where no unit is spoken or the order is none that a number is read in."""
    total, digit, least = 0, 0, 10**4
    for syllable in spoken:
        if syllable in UNITS:
            unit = 10 ** UNITS.index(syllable)
            if unit >= least:
                return ""
            total, digit, least = total + max(digit, 1) * unit, 0, unit
        elif digit:
            return ""
        else:
            digit = VALUES[syllable]
    return str(total + digit) if least < 10**4 else ""
