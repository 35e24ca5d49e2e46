"""Names as comparing needs them: as brand words and numbers. Folding them and taking place words off is the registry's."""

import re
import zlib
from collections.abc import Iterable

from registry.name_words import fold as fold
from registry.name_words import folded_without as folded_without
from registry.name_words import place_words as place_words
from registry.name_words import without_places as without_places
from registry.name_words import words as words

# Words that many names share and that say nothing about which platform is meant. They are taken off a brand,
# never off the whole name: 무장애 keeps its 무, and a name made only of such words has no brand at all.
GENERIC = [
    "통합플랫폼",
    "플랫폼",
    "시스템",
    "정보시스템",
    "서비스",
    "포털사이트",
    "포털",
    "포탈",
    "사이트",
    "홈페이지",
    "누리집",
    "어플리케이션",
    "애플리케이션",
    "어플",
    "모바일앱",
    "모바일",
    "온라인",
    "인터넷",
    "스마트",
    "공공",
    "통합",
    "종합",
    "지원",
    "센터",
    "앱",
    "app",
    "web",
    "웹",
    "안내",
    "정보",
    "공식",
    "대표",
    "전용",
    "우리",
    "시민",
    "주민",
    "도민",
    "구민",
    "군민",
    "구청",
    "시청",
    "군청",
    "도청",
    "구립",
    "시립",
    "군립",
    "도립",
    "특례시",
    "광역",
    "재단",
    "사업",
    "운영",
    "창구",
]

# The same name meant for other people is another platform: the passengers' app and the drivers'.
AUDIENCES = {
    "기사용": "driver",
    "기사앱": "driver",
    "기사님": "driver",
    "사장님": "merchant",
    "가맹점용": "merchant",
    "가맹점주": "merchant",
    "점주용": "merchant",
    "판매자": "merchant",
    "상인용": "merchant",
    "관리자": "staff",
    "직원용": "staff",
    "업무용": "staff",
    "내부": "staff",
    "공무원": "staff",
}

_ANY_GENERIC = re.compile("|".join(GENERIC))


def brand_of(core: str, function_words: Iterable[str] = ()) -> str:
    """What is left of a core name when generic and function words are off; '' when it has no brand."""
    left = _bare(core, function_words)
    return left if len(left) >= 2 else ""


def says_otherwise(rest: Iterable[str], function_words: Iterable[str] = ()) -> bool:
    """Whether the words beside a name name another thing: 굿즈몰 in '따릉이 굿즈몰', never 앱 or 공공자전거.

    Words in Latin letters alone (eshare, app) are mostly the name once more.
    """
    return len(_bare("".join([one for one in rest if not one.isascii()]), function_words)) >= 2


def _bare(text: str, function_words: Iterable[str]) -> str:
    """Function words off, then generic ones, each in its turn."""
    left = text
    for word in function_words:
        if word in left:
            left = left.replace(word, "")
    # Most texts hold none of them, which one look tells.
    if _ANY_GENERIC.search(left):
        for word in GENERIC:
            if word in left:
                left = left.replace(word, "")
    return left


def audience_of(folded: str) -> str:
    """Which side of a service a folded name says it is for: driver, merchant, staff, or '' for the public."""
    for word, audience in AUDIENCES.items():
        if word in folded:
            return audience
    return ""


def number(text: str) -> int:
    """A text as a stable positive number, 0 for none: keys are compared as arrays."""
    return zlib.crc32(text.encode()) + 1 if text else 0


def name_order(text: str) -> int:
    """The first four letters as a number, in the order of the alphabet: names in order without keeping the names."""
    return int.from_bytes(text[:4].encode("utf-16-be", "replace")[:8].ljust(8, b"\0"), "big")
