"""Names as they are told apart by: folded, without their owner's place words, and without a tail such as 앱 or 누리집."""

import re
from functools import lru_cache
from unicodedata import normalize

# What is said of any platform behind its name; 예약 or 장터 says what it does and stays.
_TAIL = re.compile(
    "(?:통합플랫폼|플랫폼|서비스|웹사이트|사이트|홈페이지|누리집|모바일앱|어플리케이션|애플리케이션|어플|앱|app|시스템|포털|포탈)+$"
)
_WORD = re.compile(r"[0-9a-z가-힣]+")
# A single e beside Hangul is read and often written 이: 주민e참여, e음, e하늘.
_SPOKEN_E = re.compile(r"(?<![a-z])e(?=[가-힣])|(?<=[가-힣])e(?![a-z])")
# Shorter Latin words (of, aT, LH) stand inside too many others.
_LEAST_LATIN = 4
_PLACE_KIND = re.compile(r"(특별자치도|특별자치시|특별시|광역시|특례시|도|시|군|구)$")
_SHORT_PROVINCE = {
    "충청북도": "충북",
    "충청남도": "충남",
    "전라북도": "전북",
    "전라남도": "전남",
    "경상북도": "경북",
    "경상남도": "경남",
}


def fold(text: str) -> str:
    """A name without spaces, marks and case, in one Unicode form; 인천e음 is 인천이음."""
    return "".join(words(text))


def words(text: str) -> list[str]:
    """The parts of a name between spaces and marks, folded."""
    plain = normalize("NFKC", text).lower()
    if "e" in plain:
        plain = _SPOKEN_E.sub("이", plain)
    if "+" in plain:
        plain = plain.replace("+", "플러스 ")
    return _WORD.findall(plain)


@lru_cache(maxsize=4096)
def place_words(*names: str) -> tuple[str, ...]:
    """The ways a government is written in names, longest first: 경기도 성남시 gives 성남시, 성남, 경기도, 경기."""
    found: set[str] = set()
    for name in names:
        for part in name.split():
            if part.isascii() and len(part) < _LEAST_LATIN:
                continue
            found.add(part)
            if part in _SHORT_PROVINCE:
                found.add(_SHORT_PROVINCE[part])
            stem = _PLACE_KIND.sub("", part)
            # One syllable is no name: 중구 may leave as 중구, never as 중.
            if len(stem) >= 2:
                found.add(stem)
                found.update(stem + kind for kind in ("시", "도", "군", "구", "특례시") if not stem.endswith(kind))
    return tuple(sorted((fold(word) for word in found if word), key=lambda word: (-len(word), word)))


def without_places(name: str, places: tuple[str, ...]) -> str:
    """The folded name without its owner's place words; the whole name when nothing else is left of it."""
    return folded_without(fold(name), places)


def folded_without(folded: str, places: tuple[str, ...]) -> str:
    """The same of a name, or a word of one, that is folded already."""
    left = folded
    for place in places:
        if place in left:
            left = left.replace(place, "")
    return left if len(left) >= 2 else folded


def core_of(name: str, places: tuple[str, ...]) -> str:
    """What tells a platform from the others of its owner: its folded name without place words and generic tail.

    A name that is nothing else (강남구 홈페이지) stays whole, so that it equals only itself.
    """
    whole = fold(name)
    left = _TAIL.sub("", folded_without(whole, places))
    return left if len(left) >= 2 and left not in places else whole
