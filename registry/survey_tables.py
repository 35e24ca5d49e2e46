"""The report's tables again, from a survey file in the questionnaire's layout, beside the figures as published.

A survey file is a CSV with one line per government: the column `gov_code`, then a column per item of the
questionnaire (A1, A1-2, …, A5-r1, S8-2, S8-2.information …). Several answers are separated by ';', an empty cell is 무응답.
The published figures stand as the report prints them and are never altered.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from registry.errors import InvalidValue
from registry.models import ReportFigure
from registry.questionnaire import questionnaire
from registry.survey import REPORT

FIRST, LAST = 4, 61
_COUNTS = "S8-2"
_BAND = re.compile(r"(\d+)개(?: 이상)?(?: ~ (\d+)개 이하)?( 이상)?")
_TYPES = ("information", "proposal", "brokerage")


@dataclass(frozen=True)
class Line:
    """One line of a table: the published figure and the one made from the survey file (None without a file)."""

    group: str
    option: str
    label: str
    published: float | None
    published_percent: float | None
    count: float | None
    percent: float | None


@dataclass(frozen=True)
class SurveyTable:
    """One table, T 3-4 to T 3-61."""

    number: str
    title: str
    page: str
    type: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class SurveyFile:
    """Answers of governments: item -> options, per government; and how many governments answered at all."""

    answers: tuple[Mapping[str, tuple[str, ...]], ...]

    @property
    def total(self) -> int:
        """Governments in the file."""
        return len(self.answers)


def read_survey(text: str) -> SurveyFile:
    """A survey file; InvalidValue names line, column, cause and remedy. Nothing is taken in part."""
    reader = csv.DictReader(text.lstrip("\ufeff").splitlines())
    header = reader.fieldnames or []
    if "gov_code" not in header:
        raise InvalidValue(
            "gov_code",
            ", ".join(header)[:200],
            "gov_code 열이 없습니다.",
            "The column gov_code is missing.",
            "첫 줄에 gov_code 와 문항 번호(A1, A1-2, …)를 두세요.",
            "The first line must hold gov_code and item codes (A1, A1-2, …).",
        )
    items = questionnaire()
    known = {*items, _COUNTS, *(f"{_COUNTS}.{kind}" for kind in _TYPES), "gov_code"}
    strange = [name for name in header if name not in known]
    if strange:
        raise InvalidValue(
            "columns",
            ", ".join(strange),
            "조사표에 없는 문항입니다.",
            "The questionnaire has no such item.",
            "문항 번호를 조사표대로 쓰세요(예: A1-3).",
            "Write item codes as in the questionnaire (A1-3).",
        )
    seen: set[str] = set()
    answers = []
    for number, row in enumerate(reader, start=2):
        code = (row["gov_code"] or "").strip()
        if not code or code in seen:
            raise InvalidValue(
                f"gov_code (line {number})",
                code,
                "지방자치단체 코드가 비었거나 두 번 나옵니다.",
                "The government's code is empty or stands twice.",
                "한 지방자치단체를 한 줄에 쓰세요.",
                "Write one line per government.",
            )
        seen.add(code)
        answers.append({name: _options(name, row.get(name) or "", number) for name in header if name != "gov_code"})
    return SurveyFile(tuple(answers))


def survey_tables(session: Session, survey: SurveyFile | None = None) -> list[SurveyTable]:
    """T 3-4 to T 3-61 in order, with the published figures and, given a file, ours beside them."""
    query = select(ReportFigure).where(col(ReportFigure.report) == REPORT).order_by(col(ReportFigure.id))
    found: dict[str, list[ReportFigure]] = {}
    for row in session.execute(query).scalars():
        place = row.table.partition("-")[2]
        if place.isdigit() and FIRST <= int(place) <= LAST:
            found.setdefault(row.table, []).append(row)
    ordered = sorted(found, key=lambda table: int(table.partition("-")[2]))
    return [_table(table, found[table], survey) for table in ordered]


def _table(number: str, rows: Sequence[ReportFigure], survey: SurveyFile | None) -> SurveyTable:
    lines = []
    for row in rows:
        count = _count(row, survey) if survey is not None else None
        share = None
        if count is not None and survey is not None and survey.total and row.label not in ("평균 점수", "평균"):
            share = round(100 * count / survey.total, 1)
        lines.append(Line(row.group, row.option, row.label, row.count, row.percent, count, share))
    first = rows[0]
    return SurveyTable(number, first.title, first.page, first.type, tuple(lines))


def _count(row: ReportFigure, survey: SurveyFile) -> float | None:
    """How many governments of the file gave the answer of one line; None for lines a file cannot give."""
    if row.item == _COUNTS:
        return _count_band(row, survey)
    given = [answer[row.item] for answer in survey.answers if row.item in answer]
    if not given:
        return None
    if row.label.startswith("평균"):
        marks = [int(option) for options in given for option in options if option.isdigit()]
        return round(sum(marks) / len(marks), 2) if marks else None
    if row.label == "합계":
        return float(len(given))
    if row.label == "무응답":
        return float(sum(not options for options in given))
    if not row.option:
        return None
    return float(sum(row.option in options for options in given))


def _count_band(row: ReportFigure, survey: SurveyFile) -> float | None:
    column = _COUNTS if row.type in ("", "all") else f"{_COUNTS}.{row.type}"
    numbers = [int(answer[column][0]) for answer in survey.answers if answer.get(column)]
    if not any(column in answer for answer in survey.answers):
        return None
    if row.label == "합계":
        return float(len(numbers))
    band = _BAND.match(row.label)
    if band is None:
        return None
    low = int(band.group(1))
    open_ended = "이상" in row.label and band.group(2) is None
    high = int(band.group(2)) if band.group(2) else (10**9 if open_ended else low)
    return float(sum(low <= number <= high for number in numbers))


def _options(name: str, cell: str, line: int) -> tuple[str, ...]:
    values = tuple(part.strip() for part in cell.split(";") if part.strip())
    if name.startswith(_COUNTS):
        if len(values) > 1 or any(not one.isdigit() for one in values):
            raise InvalidValue(
                f"{name} (line {line})",
                cell,
                "플랫폼 수는 숫자 하나여야 합니다.",
                "The number of platforms is one number.",
                "숫자만 쓰세요.",
                "Write digits only.",
            )
        return values
    item = questionnaire()[name]
    if item.options:
        for one in values:
            if one not in item.options:
                raise InvalidValue(
                    f"{name} (line {line})",
                    one,
                    "이 문항에 없는 응답 번호입니다.",
                    "This item has no such answer.",
                    f"다음 중에서 고르세요: {', '.join(item.options)}",
                    f"Choose among: {', '.join(item.options)}",
                )
    return values
