"""Load the survey of 2022: the report's tables cell by cell, and what single governments answered (KRILA 2022-01)."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete, insert
from sqlmodel import col

from registry.database import writing_session
from registry.errors import NotFound
from registry.governments import Places
from registry.models import ReportFigure, SurveyAnswer

REPORT = "KRILA 2022-01"
YEAR = 2022
SOURCE_ID = "bundle"
TYPES = ("information", "proposal", "brokerage")


def load_survey(database: Engine, folder: Path) -> dict[str, int]:
    """Write the report's figures and the governments' reported numbers anew; people's own answers are left alone."""
    with writing_session(database) as session:
        places = Places.load(session)
        figures = [_figure(row) for row in _rows(folder / "survey_tables_2022.csv")]
        session.exec(delete(ReportFigure).where(col(ReportFigure.report) == REPORT))
        session.connection().execute(insert(ReportFigure), figures)
        answers = {_identity(row): row for row in _answers(folder, places)}
        session.exec(
            delete(SurveyAnswer).where(col(SurveyAnswer.year) == YEAR, col(SurveyAnswer.source_id) == SOURCE_ID)
        )
        if answers:
            session.connection().execute(insert(SurveyAnswer), list(answers.values()))
        return {"report_figures": len(figures), "survey_answers": len(answers)}


def _rows(path: Path) -> Iterator[dict[str, str]]:
    if path.exists():
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from csv.DictReader(file)


def _figure(row: dict[str, str]) -> dict[str, Any]:
    return {
        "report": REPORT,
        "table": row["table"],
        "title": row["title_ko"],
        "page": row["page"],
        "item": row["question"],
        "type": row["platform_type"],
        "group": row["group"][:200],
        "option": row["option_code"],
        "label": row["option_ko"][:500],
        "count": float(row["n"]) if row["n"] else None,
        "percent": float(row["pct"]) if row["pct"] else None,
        "facts": {},
    }


def _answers(folder: Path, places: Places) -> Iterator[dict[str, Any]]:
    """S1 (took part), S8-2 (how many platforms), and the users of named proposal platforms (B1-3)."""
    for row in _rows(folder / "survey_respondents_2022.csv"):
        number = _government(row["gov_code"], places)
        if number is None:
            continue
        note = f"{REPORT} 표 {row['table']}, {row['page']}쪽: {row['government_ko']} {row['note']}".strip()
        # Only table 3-2 lists who answered; the text beside table 3-15 names one more (청주시).
        if row["table"] == "3-2":
            yield _answer(number, "", "S1", "", None, note)
        for name in ("platforms_total", *TYPES):
            if row[name]:
                type_ = "" if name == "platforms_total" else name
                lowest = float(row[name].rstrip("+"))
                option = "at_least" if row[name].endswith("+") else ""
                yield _answer(number, type_, "S8-2", option, lowest, note)
    for row in _rows(folder / "survey_proposal_users_2022.csv"):
        number = _government(row["code"], places)
        if number is not None:
            yield _answer(number, "proposal", "B1-3", "5", None, row["source"])


def _government(code: str, places: Places) -> int | None:
    """The government that answered, as it was in 2022 where the code tells; never a guess."""
    try:
        return places.by_code(code).id
    except NotFound:
        return None


def _answer(number: int, type_: str, item: str, option: str, value: float | None, note: str) -> dict[str, Any]:
    return {
        "government_id": number,
        "type": type_,
        "year": YEAR,
        "item": item,
        "option": option,
        "value": value,
        "source_id": SOURCE_ID,
        "note": note,
    }


def _identity(row: dict[str, Any]) -> tuple[Any, ...]:
    return (row["government_id"], row["type"], row["item"], row["option"])
