"""The survey's questionnaire (KRILA 2022-01, appendix 1) as a sheet: which platforms a government named in it.

Two layouts are read. Wide: one row per government, a column per answer (`S1`, `A1-1.1`, `A1-2`, …). Long: one row
per option, with the columns item, option and answer, for one government.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harvesters.survey_cells import CIRCLED, MARKS
from harvesters.table import Table
from registry.columns import BY_HEADING
from registry.place_names import compact
from registry.vocabulary import load_vocabulary

ANSWER = re.compile(r"([ABC])1-1[.\s_]?([1-6])")
ITEM = re.compile(r"S\d(-\d)?(\.\w+)?|[ABC]\d{1,2}(-r?\d)?([.\s_]?\d)?")
NOT_CHOSEN = ("0", "N", "n", "X", "x", "×", "아니오")
MODES = {"1": "public_private", "2": "central_local", "3": "metropolitan_basic", "4": "alone"}
TYPES = {"A": "information", "B": "proposal", "C": "brokerage"}
ITEM_HEADINGS = ("item_code", "item", "문항", "문항번호", "항목")
OPTION_HEADINGS = ("option_code", "option", "보기", "보기번호", "선택지")
ANSWER_HEADINGS = ("answer", "응답", "답변", "답")
OWNER_HEADINGS = ("S1", "owner", "owner_name", "기관명", "기관", "지자체", "지자체명", "자치단체명", "지방자치단체")


def is_heading(text: str) -> bool:
    """Whether a cell heads a column of the questionnaire."""
    return ITEM.fullmatch(text) is not None or text in (*ITEM_HEADINGS, *OPTION_HEADINGS, *ANSWER_HEADINGS)


def is_questionnaire(headings: Sequence[str]) -> bool:
    """Whether a sheet's headings are those of the questionnaire: a row per government, or per item of one.

    A sheet with a column for the platform's name is about platforms, whatever items it also asks.
    """
    if any(one.strip() in ("name", "이름") or BY_HEADING.get(compact(one)) == "name" for one in headings):
        return False
    items = sum(1 for one in headings if ITEM.fullmatch(one.strip()) and not one.strip().startswith("S"))
    of_a_government = any(one.strip() in (*OWNER_HEADINGS, "gov_code") for one in headings)
    wide = sum(1 for one in headings if ANSWER.fullmatch(one.strip())) >= 2 or (items >= 1 and of_a_government)
    return wide or (_first(headings, ITEM_HEADINGS) != "" and _first(headings, ANSWER_HEADINGS) != "")


def platforms_of(table: Table) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each platform that was named, in our own fields: name, owner, type, form, operating mode of its type."""
    forms = {form.code: form for form in load_vocabulary().forms.values()}
    for number, answers in answered(table):
        owner = next((str(answers[one]) for one in OWNER_HEADINGS if answers.get(one)), "")
        for key, value in answers.items():
            found = ANSWER.fullmatch(key.strip())
            form = forms.get(f"{found[1]}1.{found[2]}") if found else None
            if not found or form is None:
                continue
            mode = str(answers.get(f"{found[1]}1-2") or "").translate(CIRCLED).strip()[:1]
            for name in re.split(r"[;,\n·]|\s/\s", str(value)):
                if name.strip():
                    fields = {
                        "name": name.strip(),
                        "owner": owner,
                        "owner_code": "" if owner else str(answers.get("gov_code") or ""),
                        "type": TYPES[found[1]],
                        "form": form.id,
                        "operating_mode": MODES.get(mode, ""),
                    }
                    yield number, {field: said for field, said in fields.items() if said}


def answered(table: Table) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Every government's answers by item and option, whichever way the sheet is laid."""
    item, answer = _first(table.headings, ITEM_HEADINGS), _first(table.headings, ANSWER_HEADINGS)
    if not (item and answer):
        yield from table.rows
        return
    option = _first(table.headings, OPTION_HEADINGS)
    answers: dict[str, Any] = {}
    for _number, row in table.rows:
        code, said = str(row.get(item, "")).strip(), row.get(answer)
        choice = str(row.get(option, "")).strip() if option else ""
        if said in ("", None) or (choice and str(said).strip() in NOT_CHOSEN):
            continue
        if (re.fullmatch(r"[ABC]1-1", code) and choice) or (code == "S8-2" and choice):
            answers[f"{code}.{choice}"] = said
        elif code:
            marked = choice and str(said).strip() in MARKS
            # Several options of one item stand in several rows.
            answers[code] = ";".join(filter(None, (str(answers.get(code, "")), choice))) if marked else said
    yield table.rows[0][0] if table.rows else 2, answers


def _first(headings: Sequence[str], wanted: Sequence[str]) -> str:
    return next((one for one in headings if one.strip() in wanted), "")
