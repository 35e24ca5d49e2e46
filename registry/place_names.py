"""How Koreans write the names of local governments, and finding such names inside a text."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

# What stands for a metropolitan government when people do not write its official name.
SHORT_PROVINCES = {
    "충청북도": ["충북"],
    "충청남도": ["충남"],
    "전라북도": ["전북"],
    "전라남도": ["전남"],
    "경상북도": ["경북"],
    "경상남도": ["경남"],
    "전북특별자치도": ["전북", "전북도"],
    "강원특별자치도": ["강원", "강원도"],
    "제주특별자치도": ["제주", "제주도"],
    "세종특별자치시": ["세종", "세종시"],
    "전남광주통합특별시": ["전남광주", "전남광주시", "광주전남"],
}

# Stems that are also the beginning of everyday words (경기장, 대구탕, 공주님 …): inside a longer word they count
# only with their title.
RISKY_STEMS = re.compile(
    "강원|거제|경기|경산|고성|고창|공주|과천|광명|구리|군산|김제|남해|논산|당진|대구|대전|동해|무안|문경|밀양|보은|"
    "부여|사천|상주|서산|안동|양산|여주|영광|영주|오산|음성|이천|인제|장성|장수|정선|진도|통영|함양|화성"
)

# Stems that a reader takes for the everyday word (수영 강습, 음성 안내) even where they stand alone.
EVERYDAY_STEMS = re.compile("기장|대덕|동작|보은|사상|수영|연수|영광|유성|음성|인제|장수")

PARTICLES = re.compile(
    r"(?:에서의|에서는|에서|에는|에도|에게|으로|까지|부터|이나|에|의|은|는|이|가|을|를|와|과|도|로|서|내|시민|도민|구민|군민|주민)?$"
)
OFFICE = re.compile(r"(?<=[시도군구])청$")
WORD = re.compile(r"[0-9A-Za-z가-힣]+")
TITLES = ("특별자치시", "특별자치도", "통합특별시", "특별시", "광역시", "시", "도", "군", "구")


def compact(text: str) -> str:
    """A name without spaces and punctuation, composed, for looking it up."""
    return re.sub(r"[\s()\[\]·,._-]+", "", unicodedata.normalize("NFC", text)).casefold()


def without_office(name: str) -> str:
    """'서울시청' is 서울시."""
    return OFFICE.sub("", name)


def stem(name: str) -> str:
    """A basic government's name without its title; '' when one syllable would be left (중구, 동구)."""
    for title in TITLES:
        if name.endswith(title):
            rest = name[: -len(title)]
            return rest if len(rest) >= 2 else ""
    return name


def metropolitan_forms(name: str) -> list[str]:
    """Every way to write a metropolitan government: 서울특별시, 서울시, 서울; 충청북도, 충북, 충북도."""
    forms = [name]
    short = SHORT_PROVINCES.get(name)
    if short:
        forms += short
        forms += [f"{form}도" for form in short if name.endswith("도") and not form.endswith("도")]
    else:
        base = stem(name)
        forms += [base, base + ("도" if name.endswith("도") else "시")]
    return list(dict.fromkeys(forms))


def basic_forms(name: str) -> list[str]:
    """수원시, 수원; 중구 only as 중구."""
    return list(dict.fromkeys(form for form in (name, stem(name)) if form))


def other_titles(name: str) -> Iterator[str]:
    """The same stem under the other titles of basic governments: people write 화성군, 기장구."""
    base = stem(name)
    if base:
        yield from (base + title for title in ("시", "군", "구") if base + title != name)


class NameScanner:
    """Finds the longest known names in a text; names are compact forms."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(name for name in names if len(name) >= 2)
        self._longest = max((len(name) for name in self._names), default=0)

    def scan(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Start, end and compact name of each mention, left to right, never overlapping.

        A name may run over a space ('경기도 광주시', '강원 고성'); it begins where a word begins.
        """
        words = list(WORD.finditer(text))
        position = 0
        for index, word in enumerate(words):
            if word.start() < position:
                continue
            found = self._at(text, words, index)
            if found:
                position = found[1]
                yield found

    def _at(self, text: str, words: list[re.Match[str]], index: int) -> tuple[int, int, str] | None:
        letters: list[tuple[str, int, int, int]] = []
        for number, word in enumerate(words[index : index + 3]):
            for offset, letter in enumerate(word.group()):
                letters.append((letter, word.start() + offset, number, len(word.group()) - offset - 1))
        joined = "".join(letter for letter, *_ in letters).casefold()
        for length in range(min(self._longest, len(joined)), 1, -1):
            name = joined[:length]
            if name not in self._names:
                continue
            _, last, number, left = letters[length - 1]
            rest = text[last + 1 : last + 1 + left]
            if self._stands(name, rest, number):
                return letters[0][1], last + 1, name
        return None

    @staticmethod
    def _stands(name: str, rest: str, spaces: int) -> bool:
        if spaces == 0 and EVERYDAY_STEMS.fullmatch(name):
            return False
        if PARTICLES.fullmatch(rest) or rest.startswith("청"):
            return True
        if spaces == 0 and len(name) == 2:
            # 중구, 서구: only as a word of their own; 부산공유주차: a stem may begin a name unless it is risky.
            return not RISKY_STEMS.fullmatch(name) and not name.endswith(("구", "군", "시", "도"))
        return name.endswith(("시", "군", "구", "도"))
