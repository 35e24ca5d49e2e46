"""Hangul as letters and as keys: syllables to jamo, initials, two-set keystrokes and back, folding, romanisation.

The two-set layout (두벌식, KS X 5002) is the one Korean keyboards carry. `type_hangul(keystrokes(x)) == x` holds for
every text of whole syllables.
"""

import unicodedata
from functools import lru_cache

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")

KEY_OF = dict(
    zip(
        "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡㅃㅉㄸㄲㅆㅒㅖ",
        "qwertyuiopasdfghjklzxcvbnmQWERTOP",
        strict=True,
    )
)
# Letters made of two strokes, each with its parts.
PARTS = {
    "ㅘ": "ㅗㅏ",
    "ㅙ": "ㅗㅐ",
    "ㅚ": "ㅗㅣ",
    "ㅝ": "ㅜㅓ",
    "ㅞ": "ㅜㅔ",
    "ㅟ": "ㅜㅣ",
    "ㅢ": "ㅡㅣ",
    "ㄳ": "ㄱㅅ",
    "ㄵ": "ㄴㅈ",
    "ㄶ": "ㄴㅎ",
    "ㄺ": "ㄹㄱ",
    "ㄻ": "ㄹㅁ",
    "ㄼ": "ㄹㅂ",
    "ㄽ": "ㄹㅅ",
    "ㄾ": "ㄹㅌ",
    "ㄿ": "ㄹㅍ",
    "ㅀ": "ㄹㅎ",
    "ㅄ": "ㅂㅅ",
}
JOINED = {parts: whole for whole, parts in PARTS.items()}
LETTER_OF = {key: letter for letter, key in KEY_OF.items()}
for _letter, _key in KEY_OF.items():
    # Shift changes only seven keys; on the others a capital types the same letter.
    LETTER_OF.setdefault(_key.upper(), _letter)

# Revised romanisation, letter by letter: names are typed as they are spelt, not as they are pronounced.
ROMAN_INITIALS = ["g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h"]
ROMAN_VOWELS = [
    "a",
    "ae",
    "ya",
    "yae",
    "eo",
    "e",
    "yeo",
    "ye",
    "o",
    "wa",
    "wae",
    "oe",
    "yo",
    "u",
    "wo",
    "we",
    "wi",
    "yu",
    "eu",
    "ui",
    "i",
]
ROMAN_FINALS = [
    "",
    "k",
    "k",
    "k",
    "n",
    "n",
    "n",
    "t",
    "l",
    "k",
    "m",
    "l",
    "l",
    "l",
    "p",
    "l",
    "m",
    "p",
    "p",
    "t",
    "t",
    "ng",
    "t",
    "t",
    "k",
    "t",
    "p",
    "t",
]


def is_syllable(char: str) -> bool:
    """Whether the character is a whole Hangul syllable."""
    return "가" <= char <= "힣"


def is_letter(char: str) -> bool:
    """Whether the character is a lone Hangul letter, as in ㅂㄷㅌㄱ."""
    return "ㄱ" <= char <= "ㅣ"


def letters(text: str) -> str:
    """Every syllable as its letters; other characters as they are."""
    out: list[str] = []
    for char in text:
        if is_syllable(char):
            first, middle, last = _split(char)
            out += [INITIALS[first], VOWELS[middle], FINALS[last]]
        else:
            out.append(char)
    return "".join(out)


def initials(text: str) -> str:
    """The initial of every syllable (초성); other characters as they are."""
    return "".join(INITIALS[_split(char)[0]] if is_syllable(char) else char for char in text)


def spells(typed: str, name: str) -> bool:
    """Whether what was typed stands in the name, lone consonants for the initials of syllables."""
    for start in range(len(name) - len(typed) + 1):
        part = name[start : start + len(typed)]
        if all(one == other or one == initials(other) for one, other in zip(typed, part, strict=True)):
            return True
    return False


@lru_cache(maxsize=100_000)
def keystrokes(text: str) -> str:
    """The keys that type the text on a two-set keyboard; what is not Hangul stays, in lower case."""
    return "".join(map(_keys, text))


@lru_cache(maxsize=20_000)
def _keys(char: str) -> str:
    out: list[str] = []
    for letter in letters(char):
        if is_letter(letter):
            out += [KEY_OF[part] for part in PARTS.get(letter, letter)]
        else:
            out.append(letter.lower())
    return "".join(out)


def type_hangul(keys: str) -> str:
    """What a two-set keyboard shows for these keys; keys without a letter pass through."""
    out: list[str] = []
    state = ["", "", ""]
    for key in keys:
        letter = LETTER_OF.get(key)
        if letter is None:
            out.append(_flush(state))
            out.append(key)
        else:
            out.append(_press(state, letter))
    out.append(_flush(state))
    return "".join(out)


def hangul_readings(keys: str) -> list[str]:
    """The texts that Latin typing may have meant in Hangul: as typed, and with Caps Lock taken back."""
    return list(dict.fromkeys(type_hangul(variant) for variant in (keys, keys.swapcase(), keys.lower())))


@lru_cache(maxsize=100_000)
def fold(text: str) -> str:
    """The text with compatibility forms, case, spaces and punctuation evened out; '+' and '&' stay."""
    return "".join(char for char in even(text) if char.isalnum() or char in "+&" or is_letter(char))


def even(text: str) -> str:
    """Composed, compatibility forms evened out, lower case; lone letters stay as a keyboard types them."""
    composed = unicodedata.normalize("NFC", text)
    # NFKC would turn ㅂ into a conjoining jamo that no index holds.
    return "".join(char if is_letter(char) else unicodedata.normalize("NFKC", char) for char in composed).casefold()


def romanise(text: str) -> str:
    """The text in the Revised Romanisation, letter by letter and without spaces."""
    out: list[str] = []
    for char in text:
        if is_syllable(char):
            first, middle, last = _split(char)
            out.append(ROMAN_INITIALS[first] + ROMAN_VOWELS[middle] + ROMAN_FINALS[last])
        else:
            out.append(char)
    return "".join(out).lower()


def _split(char: str) -> tuple[int, int, int]:
    code = ord(char) - 0xAC00
    return code // 588, code // 28 % 21, code % 28


def _join(first: str, middle: str, last: str) -> str:
    if first and middle:
        return chr(0xAC00 + INITIALS.index(first) * 588 + VOWELS.index(middle) * 28 + FINALS.index(last))
    return first + middle + last


def _flush(state: list[str]) -> str:
    done = _join(*state)
    state[:] = ["", "", ""]
    return done


def _press(state: list[str], letter: str) -> str:
    """Take one letter into the syllable being typed and give what is finished by it."""
    first, middle, last = state
    if letter in VOWELS:
        if last:
            # A vowel takes the last consonant with it: 갃 + ㅏ is 각사.
            keep, moved = (PARTS[last][0], PARTS[last][1]) if last in PARTS else ("", last)
            state[:] = [moved, letter, ""]
            return _join(first, middle, keep)
        if middle and middle + letter in JOINED:
            state[1] = JOINED[middle + letter]
            return ""
        if middle:
            done = _flush(state)
            state[1] = letter
            return done
        state[1] = letter
        return ""
    if first and middle and not last and letter in FINALS:
        state[2] = letter
        return ""
    if last and last + letter in JOINED:
        state[2] = JOINED[last + letter]
        return ""
    done = _flush(state)
    state[0] = letter
    return done
