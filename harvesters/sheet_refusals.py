"""Why a whole file is not imported: which file, what was found in it, and what to do, in both languages."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harvesters.questionnaire import is_questionnaire
from harvesters.table import Table
from registry.columns import in_our_terms
from registry.errors import BodyTooLarge, InvalidValue

_SHOWN = 12
"""Headings that a refusal lists: enough to recognise a sheet by."""


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Whatever refuses the whole file inside of this names the file it refuses."""
    try:
        yield
    except InvalidValue as problem:
        if problem.field not in ("file", "columns"):
            raise
        found = f"{problem.field}: {problem.value}" if problem.value and problem.field == "file" else ""
        raise InvalidValue(
            "file",
            path.name,
            f"{problem.cause_ko}{f' ({found})' if found else ''}",
            f"{problem.cause_en}{f' ({found})' if found else ''}",
            problem.remedy_ko,
            problem.remedy_en,
        ) from problem
    except BodyTooLarge as problem:
        raise InvalidValue(
            "file", path.name, problem.cause_ko, problem.cause_en, problem.remedy_ko, problem.remedy_en
        ) from problem


def refuse_useless(table: Table, lookups: Mapping[str, Any]) -> None:
    """InvalidValue for a table no row of which could be a platform: without a column of names, or without rows."""
    if not is_questionnaire(table.headings) and not _names_anything(table, lookups):
        found = listed(table.headings)
        raise InvalidValue(
            "columns",
            found,
            f"플랫폼의 이름이 적힌 열이 없습니다. 찾은 열: {found}",
            f"No column holds the platforms' names. Columns found: {found}",
            "이름 열의 제목을 '이름'(또는 플랫폼명, 서비스명, name)으로 고치세요.",
            "Head the column of names 'name' (or 이름, 플랫폼명, 서비스명).",
        )
    if not table.rows:
        found = listed(table.headings)
        raise InvalidValue(
            "columns",
            found,
            f"제목 행만 있고 그 아래 내용이 없습니다. 찾은 열: {found}",
            f"There are headings and no row below them. Columns found: {found}",
            "내용이 있는 시트를 올리세요.",
            "Hand in a sheet with rows.",
        )


def listed(headings: tuple[str, ...]) -> str:
    """Headings as a sentence shows them."""
    shown = ", ".join(headings[:_SHOWN])
    return f"{shown} … ({len(headings)})" if len(headings) > _SHOWN else shown


def _names_anything(table: Table, lookups: Mapping[str, Any]) -> bool:
    ours, _left = in_our_terms(dict.fromkeys(table.headings, "x"), {"columns": lookups.get("columns", {})})
    return "name" in ours
