"""Columns of a sheet that hold exact figures: which figure, in which unit, who pays a cost and what for."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from harvesters.survey_cells import exact_number
from registry.place_names import compact
from registry.records import FigureClaim
from registry.vocabulary import load_vocabulary

PERIODS_COUNTED = ("day", "week", "month", "year", "total")
PAYERS = {
    **dict.fromkeys(("국비", "국고", "국가", "national"), "national"),
    **dict.fromkeys(("시도비", "도비", "광역비", "시비광역", "province"), "province"),
    **dict.fromkeys(("시군구비", "시군비", "구비", "군비", "지방비", "local"), "local"),
    **dict.fromkeys(("민간", "민자", "자부담", "민간부담", "private"), "private"),
}
PURPOSES = {"build_cost_krw": "build", "upkeep_cost_krw": "upkeep"}
UNITS = {
    **dict.fromkeys(("명", "건", "회", "개", "개소", "곳", "원", "%", "점"), 1.0),
    "천원": 1e3,
    "만원": 1e4,
    "백만원": 1e6,
    "천만원": 1e7,
    "억원": 1e8,
    "천명": 1e3,
    "만명": 1e4,
    "천건": 1e3,
}
HEADINGS = {
    "members": "회원수 가입자수 누적회원수",
    "users": "이용자수 사용자수",
    "users_week": "주간이용자수 최근1주평균이용자수 주이용자수",
    "users_day": "일이용자수 하루이용자수",
    "users_year": "연이용자수 연간이용자수",
    "downloads": "다운로드수 내려받기수 앱다운로드수",
    "visits": "방문수 방문건수 접속자수",
    "monthly_visits": "월방문수 월방문자수",
    "pageviews": "조회수 누적조회수",
    "lookups_month": "월조회수",
    "proposals": "제안수 제안건수",
    "adopted": "채택수 채택건수 반영건수",
    "merchants": "가맹점수 입점업체수",
    "turnover_krw": "거래액 매출액 누적거래액",
    "fee_pct": "수수료 수수료율 중개수수료",
    "build_cost_krw": "구축비 구축비용 개발비 구축예산",
    "upkeep_cost_krw": "유지비 유지비용 운영비 유지보수비 유지관리비 연간유지비 운영예산",
    "budget_krw": "예산 연간예산 예산액",
    "budget_national_krw": "국비",
    "budget_province_krw": "시도비 도비",
    "budget_local_krw": "시군구비 시군비 구비 군비",
    "staff": "인력 담당인력 담당인력수 직원수",
    "satisfaction": "만족도점수 만족도조사점수",
}
QUALIFIED = re.compile(r"([^(\[:]+)(?::\s*(\w+)|((?:\s*[(\[][^)\]]*[)\]])*))\s*")


@dataclass(frozen=True)
class FigureColumn:
    """What one column holds: a figure of config/vocab/figures.yml, times `factor`."""

    key: str
    factor: float = 1.0
    payer: str = ""
    purpose: str = ""


@lru_cache(maxsize=2000)
def figure_column(heading: str) -> FigureColumn | None:
    """What a heading such as '구축비(국비, 천원)', '회원 수' or 'upkeep_cost_krw:local' stands for; None for others."""
    found = QUALIFIED.fullmatch(heading.strip())
    key = _names().get(compact(found[1])) if found else None
    if found is None or key is None:
        return None
    # The dot parts 국비·천원, but belongs to 시·도비 and 시·군·구비.
    qualifications = re.sub(r"(?<=[시군])·(?=[군구도])", "", found[3] or "")
    words = [found[2]] if found[2] else re.findall(r"[^()\[\],/·]+", qualifications)
    factor, payer = 1.0, {"budget_national_krw": "national", "budget_province_krw": "province"}.get(key, "")
    payer = "local" if key == "budget_local_krw" else payer
    for word in (compact(one) for one in words if one.strip()):
        if word.startswith("단위"):
            word = word.removeprefix("단위").lstrip(":")
        if word in PAYERS:
            payer = PAYERS[word]
        elif word in UNITS:
            factor = UNITS[word]
        else:
            # A qualification that is not understood (어르신, 전년 대비) makes it another figure than the one named.
            return None
    return FigureColumn(key, factor, payer, PURPOSES.get(key, ""))


def figures_in(row: Mapping[str, Any], as_of: str) -> Iterator[FigureClaim]:
    """The figures of a row, in whole units; InvalidValue where a cell of such a column is no number."""
    known = load_vocabulary().figures
    for heading, cell in row.items():
        column = figure_column(str(heading))
        text = str(cell if cell is not None else "").strip()
        if column is None or text in ("", "-", "–", "해당없음", "해당 없음", "미집계"):
            continue
        per = known[column.key].per
        value = round(exact_number(str(heading), text.removesuffix("%")) * column.factor, 6)
        period = per if per in PERIODS_COUNTED else ""
        yield FigureClaim(column.key, value, as_of, period, column.payer, column.purpose)


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    figures = [one for one in load_vocabulary().figures.values() if one.unit not in ("text", "code", "date")]
    names = {compact(name): one.id for one in figures for name in (one.id, one.ko, re.sub(r"\(.*\)", "", one.ko))}
    return names | {heading: key for key, headings in HEADINGS.items() for heading in headings.split()}
