"""Usage figures that stand in Korean sentences or in `key=value@when` lists, read with the words they were read from."""

import re
from collections.abc import Mapping

from registry.errors import InvalidValue, UnknownCode
from registry.records import FigureClaim

NUMBER = r"(?P<number>\d[\d,]*(?:\.\d+)?(?:\s*(?:조|억|천만|백만|십만|만|천|백))?(?:\s*\d[\d,]*(?:\.\d+)?\s*(?:억|만|천|백)?)*)"
SCALES = {
    "조": 10**12,
    "억": 10**8,
    "천만": 10**7,
    "백만": 10**6,
    "십만": 10**5,
    "만": 10**4,
    "천": 10**3,
    "백": 10**2,
    "": 1,
}
PART = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*(천만|백만|십만|조|억|만|천|백)?")

# Words before a number, the unit after it, and the figure meant. The first that fits takes the number.
PATTERNS: tuple[tuple[str, str, str], ...] = (
    (r"(?:누적\s*)?(?:다운로드|내려받기|설치)(?:\s*(?:수|건수|횟수))?", r"건|회|번|명|여\s*건", "downloads"),
    (r"(?:누적\s*|가입\s*)?(?:회원|가입자)(?:\s*수)?", r"명|여\s*명", "members"),
    (r"(?:누적\s*)?(?:이용자|사용자)(?:\s*수)?", r"명|여\s*명", "users"),
    (r"(?:누적\s*)?(?:방문자|방문객)(?:\s*수)?", r"명|여\s*명", "visitors"),
    (r"(?:누적\s*)?(?:방문|접속)(?:\s*(?:수|건수|횟수))?", r"건|회|여\s*회", "visits"),
    (r"(?:누적\s*)?(?:조회|페이지뷰)(?:\s*(?:수|건수))?", r"건|회|여\s*회", "pageviews"),
    (r"(?:누적\s*)?(?:가맹점|입점\s*(?:업체|점포)|가맹\s*업체)(?:\s*수)?", r"곳|개소|개|여\s*곳|여\s*개", "merchants"),
    (r"(?:누적\s*)?(?:총\s*)?(?:거래액|매출액?|거래\s*금액|결제액)", r"원", "turnover_krw"),
    (r"(?:누적\s*)?(?:주문액|주문\s*금액)", r"원", "orders_krw"),
    (r"(?:누적\s*)?주문(?:\s*(?:수|건수))?", r"건|회", "orders"),
    (r"(?:채택|반영)(?:\s*(?:수|건수))?", r"건", "adopted"),
    (r"(?:누적\s*|시민\s*|주민\s*)?제안(?:\s*(?:수|건수))?", r"건", "proposals"),
    (r"청원(?:\s*(?:수|건수))?", r"건", "petitions"),
    (r"(?:구축비|구축\s*비용|개발비|개발\s*비용|사업비)", r"원", "build_cost_krw"),
    (r"(?:유지\s*(?:비|보수비|관리비)|운영비)", r"원", "upkeep_cost_krw"),
    (r"만족도", r"점", "satisfaction"),
    (r"(?:중개\s*)?수수료(?:율)?", r"%|퍼센트", "fee_pct"),
)
COMPILED = tuple(
    (re.compile(rf"(?P<word>{word})[는은이가도의:\s]*(?:약|총|모두|무려|현재)?\s*{NUMBER}\s*(?:여\s*)?(?:{unit})"), key)
    for word, unit, key in PATTERNS
)

WHEN = re.compile(
    r"(?P<year>(?:19|20)\d\d)\s*[년.\-]\s*(?:(?P<month>\d{1,2})\s*[월.\-]?\s*)?(?:(?P<day>\d{1,2})\s*일?\s*)?(?P<end>말)?"
)
PERIODS = (
    (re.compile(r"(?:월평균|매월|한\s*달|(?<!\d)월)\s*$"), "month"),
    (re.compile(r"(?:하루|일평균|매일)\s*$"), "day"),
    (re.compile(r"(?:연간|연평균|매년|한\s*해)\s*$"), "year"),
    (re.compile(r"(?:주간|주평균|매주)\s*$"), "week"),
)

TEXT_UNITS = ("text", "code", "date")


def read_number(text: str) -> float:
    """'1,371억', '225만', '3만 5천', '1조 2,000억', '58.7백만' as a number; InvalidValue when it is none."""
    parts = PART.findall(text)
    if not parts:
        raise InvalidValue(
            "figures", text, "숫자가 아닙니다.", "It is not a number.", "예: 225만, 1,371억", "For example 2250000."
        )
    return round(sum(float(number.replace(",", "")) * SCALES[scale] for number, scale in parts), 6)


def read_figures(text: str, as_of: str = "") -> tuple[FigureClaim, ...]:
    """Every figure a Korean text states, dated by the nearest date in its sentence, else by `as_of`."""
    claims: list[FigureClaim] = []
    for sentence in re.split(r"(?<=[.!?。])\s+|\n+", text):
        taken: list[tuple[int, int]] = []
        for pattern, key in COMPILED:
            for found in pattern.finditer(sentence):
                start, end = found.span()
                if any(start < other_end and other_start < end for other_start, other_end in taken):
                    continue
                taken.append((start, end))
                period = next((name for rule, name in PERIODS if rule.search(sentence[:start])), "")
                quote = sentence.strip()[:300]
                number = read_number(found.group("number"))
                claims.append(FigureClaim(key, number, _when(sentence, start) or as_of, period, quote=quote))
    return tuple(dict.fromkeys(claims))


def read_figure_list(text: str, units: Mapping[str, str], as_of: str = "") -> tuple[FigureClaim, ...]:
    """`key=value@when;…` as the catalogue writes it; `units` gives each known key's unit. UnknownCode, InvalidValue."""
    claims = []
    for part in filter(None, (one.strip() for one in text.split(";"))):
        key, _, rest = part.partition("=")
        value, _, when = rest.rpartition("@") if "@" in rest else (rest, "", "")
        if key not in units:
            raise UnknownCode(
                "figures",
                key,
                "알 수 없는 수치 이름입니다.",
                "This figure is not known.",
                "config/vocab/figures.yml의 이름을 쓰세요.",
                "Use a name of config/vocab/figures.yml.",
            )
        if units[key] in TEXT_UNITS:
            claims.append(FigureClaim(key, None, when or as_of, quote=value))
        else:
            claims.append(FigureClaim(key, read_number(value), when or as_of))
    return tuple(claims)


def _when(sentence: str, position: int) -> str:
    """The date nearest before the number, else the first after it: '2023년 5월 기준 회원 …'."""
    dates = list(WHEN.finditer(sentence))
    before = [one for one in dates if one.start() <= position]
    if not dates:
        return ""
    found = before[-1] if before else dates[0]
    month, day = int(found["month"] or 0), int(found["day"] or 0)
    if not 1 <= month <= 12:
        return f"{found['year']}-12" if found["end"] else found["year"]
    return f"{found['year']}-{month:02d}" + (f"-{day:02d}" if 1 <= day <= 31 else "")
