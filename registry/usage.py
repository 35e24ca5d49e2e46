"""Usage reports: the survey's items answered for one platform and one period by its owner, and tables made of them.

A survey answer (one government, one type, 2022) and a usage report (one platform, one period) are never mixed:
every table says which of the two it is made from. An item that is not answered is no answer, never zero.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from registry.audit import actor_text, audit
from registry.errors import InvalidValue, UnknownCode
from registry.figure_rows import write_figures
from registry.models import Platform, ReportFigure, Source, UsageReport
from registry.models.base import now
from registry.queries import find_platform
from registry.questionnaire import BANDS, Item, check_band, item_of
from registry.records import Actor, FigureClaim
from registry.standing import load, lock, write
from registry.vocabulary import load_vocabulary

PERIOD = re.compile(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])|-[HQ][1-4]|-W(?:0[1-9]|[1-4]\d|5[0-3]))?")
LETTERS = {"A": "information", "B": "proposal", "C": "brokerage"}


@dataclass(frozen=True)
class Row:
    """One line of a table: an answer, its Korean text, how many gave it and the share of all in percent."""

    option: str
    label: str
    count: int
    percent: float


@dataclass(frozen=True)
class Table:
    """A table and what it was made from: 'usage reports' or the printed report."""

    item: str
    made_from: str
    rows: tuple[Row, ...]
    total: int


def report_usage(
    session: Session,
    platform_id: str,
    period: str,
    answers: Mapping[str, str | Sequence[str]],
    *,
    actor: Actor,
    source: Source,
    figures: Sequence[FigureClaim] = (),
) -> int:
    """Say a platform's usage for one period ('2026', '2026-03', '2026-H1', '2026-W12'); its new version.

    What the same source said for this period before is replaced. Items must belong to the platform's type;
    InvalidValue names the item, and then nothing is written. A band must not contradict an exact figure.
    """
    if not PERIOD.fullmatch(period):
        raise InvalidValue(
            "period",
            period,
            "기간을 읽을 수 없습니다.",
            "This period cannot be read.",
            "2026, 2026-03, 2026-H1, 2026-Q2, 2026-W12 가운데 하나로 쓰세요.",
            "Write 2026, 2026-03, 2026-H1, 2026-Q2 or 2026-W12.",
        )
    session.flush()
    platform = find_platform(session, platform_id)
    read = {code: _options(platform, code, value) for code, value in answers.items() if value not in ("", [], ())}
    _check_figures(read, figures)
    lock(session)
    standing = load(session, [platform.id])[platform.id]
    session.exec(
        delete(UsageReport).where(
            col(UsageReport.platform_id) == platform.id,
            col(UsageReport.period) == period,
            col(UsageReport.source_id) == source.id,
        )
    )
    at, name = now(), actor_text(actor)
    rows = [
        {
            "platform_id": platform.id,
            "period": period,
            "item": code,
            "option": option,
            "source_id": source.id,
            "actor": name,
            "at": at,
        }
        for code, options in read.items()
        for option in options
    ]
    if rows:
        session.connection().execute(insert(UsageReport), rows)
    dated = [one if one.as_of else _dated(one, period) for one in figures]
    late = write_figures(session, {platform.id: standing}, {platform.id: dated}, source, name, at)
    standing.changed = True
    standing.row["updated_at"] = at
    write(session, [standing], at)
    late()
    audit(session, actor, "report_usage", platform.id, {"period": period, "items": sorted(read)})
    return int(standing.row["version"])


def _options(platform: Platform, code: str, value: str | Sequence[str]) -> list[str]:
    item = item_of(code)
    types = {platform.type.value if platform.type else "", *platform.secondary_types}
    if item.type not in types:
        raise InvalidValue(
            code,
            value,
            "이 플랫폼의 유형에 없는 문항입니다.",
            "This item is not asked of this type of platform.",
            f"유형에 맞는 문항({', '.join(letter for letter, name in LETTERS.items() if name in types)}…)을 쓰세요.",
            f"Use the items of its type: {', '.join(sorted(one for one in types if one))}.",
        )
    options = [value] if isinstance(value, str) else list(value)
    if len(options) > 1 and item.kind != "multiple":
        raise InvalidValue(
            code,
            options,
            "하나만 고르는 문항입니다.",
            "Only one answer may be given.",
            "응답을 하나만 남기세요.",
            "Leave one answer.",
        )
    return [option if item.kind in ("text", "number") else item.check(option) for option in dict.fromkeys(options)]


def _check_figures(answers: Mapping[str, list[str]], figures: Sequence[FigureClaim]) -> None:
    known = load_vocabulary().figures
    for one in figures:
        if one.key not in known:
            raise UnknownCode(
                "figures",
                one.key,
                "알 수 없는 수치 이름입니다.",
                "This figure is not known.",
                "config/vocab/figures.yml의 이름을 쓰세요.",
                "Use a name of config/vocab/figures.yml.",
            )
        if one.value is not None and one.value < 0:
            raise InvalidValue(
                one.key, one.value, "0보다 작습니다.", "It is below zero.", "값을 확인하세요.", "Check the value."
            )
    exact = {one.key: one.value for one in figures if one.value is not None}
    for code, options in answers.items():
        key = BANDS.get(code.partition("-")[2], ("", ()))[0]
        if key in exact:
            check_band(code, options[0], exact[key])


def _dated(figure: FigureClaim, period: str) -> FigureClaim:
    return replace(figure, as_of=period[:10])


def usage_of(session: Session, platform_id: str) -> dict[str, dict[str, list[str]]]:
    """What was reported of a platform: period -> item -> options, newest period first."""
    query = select(UsageReport).where(UsageReport.platform_id == platform_id)
    found: dict[str, dict[str, list[str]]] = {}
    for row in session.exec(query.order_by(col(UsageReport.period).desc(), col(UsageReport.item), col(UsageReport.id))):
        found.setdefault(row.period, {}).setdefault(row.item, []).append(row.option)
    return found


def tabulate(session: Session, code: str, period: str) -> Table:
    """The survey's table of one item, made from usage reports of one period: one platform, one vote.

    Platforms of the item's type that reported something in this period but not this item are 무응답.
    """
    item = item_of(code)
    letter = code[0]
    query = select(UsageReport.platform_id, UsageReport.item, UsageReport.option).where(UsageReport.period == period)
    rows = [row for row in session.exec(query) if row[1].startswith(letter)]
    reporting = {row[0] for row in rows}
    answered = {(row[0], row[2]) for row in rows if row[1] == code}
    counts = Counter(option for _, option in answered)
    silent = len(reporting - {platform for platform, _ in answered})
    return _table(
        item,
        "usage reports",
        [*((one, text, counts[one]) for one, text in item.options.items()), ("0", "무응답", silent)],
        len(reporting),
    )


def printed_table(session: Session, table: str) -> Table:
    """A table of the report of 2022 as printed (for example '3-53'), figures unchanged; UnknownCode."""
    cells = list(session.exec(select(ReportFigure).where(ReportFigure.table == table).order_by(col(ReportFigure.id))))
    if not cells:
        raise UnknownCode(
            "table", table, "보고서에 없는 표입니다.", "The report has no such table.", "예: 3-53", "For example 3-53."
        )
    rows = [one for one in cells if one.count is not None and one.label != "합계"]
    lines = tuple(Row(one.option, one.label, int(one.count or 0), one.percent or 0.0) for one in rows)
    return Table(cells[0].item, f"{cells[0].report}, 표 {table}", lines, sum(one.count for one in lines))


def _table(item: Item, made_from: str, rows: Sequence[tuple[str, str, int]], total: int) -> Table:
    lines = tuple(
        Row(option, label, count, round(100 * count / total, 1) if total else 0.0) for option, label, count in rows
    )
    return Table(item.code, made_from, lines, total)


def scale_mean(table: Table) -> float | None:
    """The mean of a scale as the report prints it: without 무응답; None when nobody answered."""
    given = [(int(one.option), one.count) for one in table.rows if one.option.isdigit() and one.option != "0"]
    answered: Any = sum(count for _, count in given)
    return round(sum(option * count for option, count in given) / answered, 2) if answered else None
