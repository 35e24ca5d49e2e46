"""The survey's items in a sheet: what a government answered for a year, or an owner reports of one platform."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harvesters.figure_columns import figure_column, figures_in
from harvesters.questionnaire import OWNER_HEADINGS, answered
from harvesters.survey_cells import MARKS, read_cell, read_period
from harvesters.table import Table
from registry.errors import InvalidValue
from registry.questionnaire import questionnaire
from registry.records import FigureClaim
from registry.survey_answers import ABOUT_THE_GOVERNMENT, COUNTS, Answer

CODE_HEADINGS = ("gov_code", "owner_code", "기관코드", "행정표준코드", "지자체코드", "자치단체코드")
PERIOD_HEADINGS = ("period", "year", "기간", "연도", "조사연도", "기준연도", "보고기간", "기준기간")
COLUMN = re.compile(r"((?:[ABC]\d{1,2}(?:-r?\d)?)|S\d(?:-\d)?)(?:\.(\w+))?")
NAMES = re.compile(r"[ABC]1-1")
TYPES = ("information", "proposal", "brokerage")


@dataclass
class Report:
    """What one row says: of whom, for which period, which answers and figures, and what could not be read."""

    row: int
    owner: str = ""
    period: str = ""
    answers: list[Answer] = field(default_factory=list)
    figures: list[FigureClaim] = field(default_factory=list)
    problems: list[InvalidValue] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to keep and nothing to complain of."""
        return not (self.answers or self.figures or self.problems)


def reports_of_governments(table: Table, period: str = "") -> list[Report]:
    """The answers of every government in a sheet of the questionnaire's layout."""
    reports = []
    for number, cells in answered(table):
        found = Report(number, _first(cells, (*CODE_HEADINGS, *OWNER_HEADINGS)), _period(cells, period))
        _read_items(cells, found)
        if not found.empty:
            reports.append(found)
    return reports


def report_of_platform(cells: Mapping[str, Any], row: int, period: str = "") -> Report:
    """The survey's items and the exact figures in a row that is about one platform."""
    found = Report(row, period=_period(cells, period))
    _read_items(cells, found)
    for heading, cell in cells.items():
        try:
            found.figures += figures_in({heading: cell}, "")
        except InvalidValue as problem:
            found.problems.append(problem)
    return found


def has_reports(headings: tuple[str, ...]) -> bool:
    """Whether any column holds an item or a figure."""
    return any(_item_in(one) is not None or figure_column(one) is not None for one in headings)


def _read_items(cells: Mapping[str, Any], found: Report) -> None:
    marked: dict[str, list[str]] = {}
    for heading, cell in cells.items():
        item = _item_in(heading)
        text = str(cell if cell is not None else "").strip()
        if item is None or not text:
            continue
        code, part = item
        try:
            if part and code != COUNTS:
                # A column per option: 'A1.3' with a mark in it. '0' and 'N' say that it was not chosen.
                if text in MARKS:
                    marked.setdefault(code, []).append(part)
                continue
            answer = read_cell(code, text, part)
            if answer is not None:
                found.answers.append(answer)
        except InvalidValue as problem:
            found.problems.append(problem)
    found.answers += [Answer(code, tuple(options)) for code, options in marked.items()]


def _item_in(heading: str) -> tuple[str, str] | None:
    """The item that a column is for, and the option or type that its heading names; the names of platforms are none."""
    found = COLUMN.fullmatch(heading.strip())
    if found is None or NAMES.fullmatch(found[1]) or found[1] not in questionnaire():
        return None
    item = questionnaire()[found[1]]
    if item.type == "" and item.code not in ABOUT_THE_GOVERNMENT:
        return None
    part = found[2] or ""
    known = TYPES if item.code == COUNTS else tuple(item.options)
    return (item.code, part) if part == "" or part in known else None


def _period(cells: Mapping[str, Any], given: str) -> str:
    return read_period(_first(cells, PERIOD_HEADINGS) or given)


def _first(cells: Mapping[str, Any], headings: tuple[str, ...]) -> str:
    return next((str(cells[one]).strip() for one in headings if cells.get(one) not in (None, "")), "")
