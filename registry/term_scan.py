"""Find the vocabulary's terms in a text, with or without spaces, longest first, with the place they stand at.

Koreans write 자전거 대여, 자전거대여 and '자전거·대여' alike, so matching runs over letters and digits only and every
match is mapped back to the text as it was written. A term inside a longer one does not count (콜택시 in 장애인콜택시), and
a function's own exceptions silence it (신문고 in 규제개혁신문고).
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from registry.vocabulary import Function, Vocabulary, load_vocabulary

# Rules that give way to whatever else a name says.
SOFT = ("weak", "hint")
PLACE_SUFFIX = re.compile(r"(특별자치도|특별자치시|통합특별시|특별시|광역시|시|도|군|구)$")
# A single e beside Hangul in a brand is also written 이: 인천e음, 인천이음.
SPOKEN_E = re.compile(r"(?<![a-z])e(?=[가-힣])|(?<=[가-힣])e(?![a-z])")
BELONGS_TO_NEXT = re.compile(r"시[민장설정보티청립]|도[민서시지청립]|[구군][민청립수]")
LEADING_PLACE = re.compile(r"^\s*([가-힣]{1,6}(?:특별자치도|특별자치시|특별시|광역시|[시도군구]))(?=\s)")


@dataclass(frozen=True, slots=True)
class Hit:
    """A term or pattern of one function found at [start, end) of the flat text."""

    function: str
    rule: str  # brand, synonym, word, pattern, weak, hint
    term: str
    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Flat:
    """A text reduced to lower-case letters and digits; `origin` leads each of them back to the text."""

    text: str
    origin: tuple[int, ...]
    starts: frozenset[int]  # where a written word begins

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The same stretch in the text as it was written."""
        return self.origin[start], self.origin[end - 1] + 1


def flatten(text: str) -> Flat:
    """Drop everything but letters, digits and '+'; remember where each came from."""
    letters: list[str] = []
    origin: list[int] = []
    starts: set[int] = set()
    fresh = True
    for index, char in enumerate(text):
        # A wide or composed letter may fall apart into several; all of them come from one place.
        for small in unicodedata.normalize("NFKC", char).lower():
            if small.isalnum() or small == "+":
                if fresh:
                    starts.add(len(letters))
                letters.append(small)
                origin.append(index)
                fresh = small == "+"  # 달서+구민청 is two words
            else:
                fresh = True
    return Flat("".join(letters), tuple(origin), frozenset(starts))


def without_place(name: str, owner_name: str) -> Flat:
    """The flat name without the owner's own name in front: '장수몰' of 장수군 leaves '몰'.

    The place is taken off where it leads the name, written in full (장수군), short (장수) or with its province.
    """
    flat = flatten(name)
    cut = 0
    for place in _place_names(owner_name):
        if flat.text.startswith(place, cut):
            cut += len(place)
    if not cut:
        leading = LEADING_PLACE.match(unicodedata.normalize("NFC", name))
        cut = len(flatten(leading.group(1)).text) if leading else 0
    if cut and cut not in flat.starts and BELONGS_TO_NEXT.match(flat.text, cut - 1):
        cut -= 1  # 창원 시설공단, 충남 도서관, 수원 시민: the syllable opens the next word
    starts = {max(0, start - cut) for start in flat.starts if start >= cut} | {0}
    return Flat(flat.text[cut:], flat.origin[cut:], frozenset(starts))


@lru_cache(maxsize=4096)
def _place_names(owner_name: str) -> tuple[str, ...]:
    """Ways to write the owner, province first, longest first: 전북특별자치도 전북도 전북 장수군 장수."""
    names: list[str] = []
    for part in owner_name.split():
        stem = PLACE_SUFFIX.sub("", part)
        forms = {part, stem}
        if stem in LONG_PROVINCES:
            forms |= {LONG_PROVINCES[stem], LONG_PROVINCES[stem] + "도"}
        if part.endswith(("특별시", "광역시", "자치시")):
            forms.add(stem + "시")
        if part.endswith("도"):
            forms.add(stem + "도")
        if stem == "전남광주":
            forms |= {"광주전남", "광주광역시", "광주시", "광주", "전라남도", "전남도", "전남"}
        names += sorted((form for form in forms if len(form) >= 2), key=len, reverse=True)
    return tuple(flatten(name).text for name in names)


LONG_PROVINCES = {
    "충청북": "충북",
    "충청남": "충남",
    "경상북": "경북",
    "경상남": "경남",
    "전라북": "전북",
    "전라남": "전남",
}


class TermIndex:
    """All terms by their first two letters, all patterns by function: one scan finds everything."""

    def __init__(self, functions: Iterable[Function]) -> None:
        self._terms: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        self._not: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._patterns: list[tuple[str, str, re.Pattern[str]]] = []
        functions = list(functions)
        counted = Counter(term for function in functions for term in function.private)
        for function in functions:
            # A private service that does a dozen things (네이버 지도) tells nothing about the function.
            private = [term for term in function.private if counted[term] == 1]
            for rule, terms in (
                ("brand", function.brands),
                ("synonym", (function.ko, *function.synonyms)),
                ("word", function.words),
                ("brand", private),
            ):
                for term in terms:
                    flat = flatten(term).text
                    for spelling in {flat, SPOKEN_E.sub("이", flat) if rule == "brand" else flat}:
                        self._terms[spelling[:2]].append((spelling, function.id, rule))
            for phrase in function.excluded:
                flat = flatten(phrase).text
                self._not[flat[:2]].append((flat, function.id))
            for rule, patterns in (
                ("pattern", function.patterns),
                ("weak", function.weak),
                ("hint", function.hints),
            ):
                if patterns:
                    self._patterns.append((function.id, rule, re.compile("|".join(f"(?:{p})" for p in patterns))))

    def scan(self, flat: Flat, core: Flat, ignore: Collection[str] = ()) -> list[Hit]:
        """Hits in the whole text (terms) and in `core`, its part without the place (patterns)."""
        text, shift = flat.text, len(flat.text) - len(core.text)
        hits = [hit for hit in self._term_hits(text) if hit.term not in ignore]
        for function, rule, pattern in self._patterns:
            for match in pattern.finditer(core.text):
                if match.group():
                    start, end = match.start() + shift, match.end() + shift
                    hits.append(Hit(function, rule, match.group(), start, end))
        opens = flat.starts | {shift}
        hits = [hit for hit in hits if _stands(hit, flat, opens)]
        silenced = list(self._silenced(text))
        hits = [hit for hit in hits if not _hidden(hit, hits, silenced)]
        strong = {hit.function for hit in hits if hit.rule not in SOFT}
        return [hit for hit in hits if hit.rule not in SOFT or not strong - {hit.function}]

    def _term_hits(self, text: str) -> Iterator[Hit]:
        for start in range(len(text)):
            for term, function, rule in self._terms.get(text[start : start + 2], ()):
                if text.startswith(term, start):
                    yield Hit(function, rule, term, start, start + len(term))

    def _silenced(self, text: str) -> Iterator[tuple[str, int, int]]:
        for start in range(len(text)):
            for phrase, function in self._not.get(text[start : start + 2], ()):
                if text.startswith(phrase, start):
                    yield function, start, start + len(phrase)


def _stands(hit: Hit, flat: Flat, opens: frozenset[int]) -> bool:
    """Whether a hit respects the written words: 예산 모바일 holds no 산모, 다시보기 no 시보."""
    if hit.start in opens:
        return True
    if any(hit.start < start < hit.end for start in flat.starts):
        return False
    return hit.rule in ("pattern", *SOFT) or hit.length > 2 or hit.end in flat.starts or hit.end == len(flat.text)


def _hidden(hit: Hit, hits: list[Hit], silenced: list[tuple[str, int, int]]) -> bool:
    """Whether a longer term of another function or an exception of its own takes this hit away."""
    for function, start, end in silenced:
        if function == hit.function and hit.start < end and start < hit.end and end - start >= hit.length:
            return True
    return any(
        other.function != hit.function
        and other.length > hit.length
        and other.start <= hit.start
        and hit.end <= other.end
        and other.rule not in SOFT
        for other in hits
    )


@cache
def term_index(vocabulary: Vocabulary | None = None) -> TermIndex:
    """The index over the program's own vocabulary, built once."""
    return TermIndex((vocabulary or load_vocabulary()).functions.values())
