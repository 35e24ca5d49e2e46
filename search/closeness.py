"""How far a typed text is from a name, in slips: keys, letters that sound alike, syllables said as one, one left out."""

from functools import lru_cache

from rapidfuzz.distance import OSA

from search.hangul import is_syllable, keystrokes

# Keys of letters that sound alike: ㄱ ㄲ ㅋ, ㄷ ㄸ ㅌ, ㅂ ㅃ ㅍ, ㅅ ㅆ, ㅈ ㅉ ㅊ, ㅐ ㅔ, ㅒ ㅖ.
SOUNDS = str.maketrans("RzExQvTWcpP", "rreeqqtwwoO")
# Two vowels that are said, and typed, as one: 리아 and 랴, 기어 and 겨, 두어 and 둬.
CONTRACTIONS = {"ldk": "i", "ldj": "u", "ldh": "y", "ldn": "b", "hdk": "hk", "ndj": "nj"}
# A syllable is missed only in names that are told apart without it.
LEAST_LEFT = 3


def allowed(keys: int) -> int:
    """Slips allowed in a name of so many keystrokes: short names lie too close to each other."""
    return 0 if keys < 5 else 1 if keys < 9 else 2 if keys < 16 else 3


def slips(typed: str, name: str, most: int) -> int:
    """Slips between two folded texts; more than `most` where there are more than that.

    타랑캐 for 타랑께, 에어코랴 for 에어코리아 and 국민문고 for 국민신문고 are several keys away, and count as `most`.
    """
    keys, spelt = keystrokes(typed), keystrokes(name)
    distance = int(OSA.distance(keys, spelt, score_cutoff=most))
    if distance > most and (
        (len(keys) == len(spelt) and keys.translate(SOUNDS) == spelt.translate(SOUNDS))
        or _contracted(keys) == _contracted(spelt)
        or _left_out(typed, name)
    ):
        return most
    return distance


@lru_cache(maxsize=20_000)
def _contracted(keys: str) -> str:
    for two, one in CONTRACTIONS.items():
        keys = keys.replace(two, one)
    return keys


def _left_out(typed: str, name: str) -> bool:
    if len(typed) < LEAST_LEFT or len(name) != len(typed) + 1 or not all(map(is_syllable, name)):
        return False
    # The first and the last syllable stand: without them it is another name, or a beginning.
    return any(name[:at] + name[at + 1 :] == typed for at in range(1, len(name) - 1))
