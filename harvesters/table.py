"""A sheet's cells as rows of named columns: CSV in any Korean encoding, XLSX, XLS and ODS."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from unicodedata import normalize

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from harvesters.encoding import decode
from harvesters.file_kinds import kind_of
from registry.columns import BY_HEADING, OUR_FIELDS
from registry.errors import BodyTooLarge, InvalidValue
from registry.place_names import compact

MOST_ROWS = 200_000
MOST_UNPACKED = 400_000_000
"""Bytes an XLSX may unpack to: a sheet is a zip file, and a zip file can be a bomb."""


@dataclass(frozen=True)
class Table:
    """Rows of a sheet under their headings. Each row carries its number as the spreadsheet shows it."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, Any]], ...]
    encoding: str


def read_table(
    body: bytes,
    *,
    sheet: str = "",
    columns: Mapping[str, str] | None = None,
    is_heading: Callable[[str], bool] = lambda _text: False,
) -> Table:
    """The table in a file's bytes; InvalidValue when there is none, or nothing in it looks like a heading.

    The heading row is the first that has at least two columns we know (by our own template, by how Korean sheets
    head them, by the source's `columns`, or because `is_heading` says so); titles and notes above it are passed over.
    Of a workbook's visible sheets it is the first that has such a row, unless `sheet` names one.
    """
    sheets, encoding = _sheets(body, sheet)
    known = {*OUR_FIELDS, "owner", *BY_HEADING, *(compact(one) for one in columns or {})}
    cells, number = _with_headings(sheets, known, is_heading)
    headings = _named(cells[number])
    rows = []
    for offset, line in enumerate(cells[number + 1 :], start=number + 2):
        row = {name: line[place] for place, name in enumerate(headings) if name and place < len(line)}
        if any(value != "" for value in row.values()):
            rows.append((offset, row))
    return Table(tuple(name for name in headings if name), tuple(rows), encoding)


def _sheets(body: bytes, sheet: str) -> tuple[Iterable[list[list[Any]]], str]:
    if not body.strip(b"\x00\r\n\t "):
        size = f"{len(body):,}"
        raise _no_table("", f"빈 파일입니다({size}바이트).", f"The file is empty ({size} bytes).")
    kind = kind_of(body)
    if kind is not None:
        raise InvalidValue("file", "", kind.ko, kind.en, kind.remedy_ko, kind.remedy_en)
    if body.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _workbook(body, sheet), "utf-8"
    if b"\x00" in body[:4096] and not body.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _no_table(repr(body[:16]), "CSV나 엑셀 파일이 아닙니다.", "It is neither CSV nor a spreadsheet.")
    text = decode(body)
    if text.text.lstrip()[:1] == "<":
        raise _no_table(text.text[:60], "표가 아니라 웹 페이지입니다.", "It is a web page, not a sheet.")
    return [_csv(text.text)], text.encoding


def _csv(text: str) -> list[list[Any]]:
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    # The mark that most lines agree on; csv.Sniffer guesses letters on short Korean sheets.
    mark = max(",\t;|", key=lambda one: sum(line.count(one) for line in lines))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        rows: list[list[Any]] = []
        for row in reader:
            rows.append([normalize("NFC", cell).strip() for cell in row])
            _check_size(len(rows))
        return rows
    except csv.Error as problem:
        raise _no_table(
            f"{reader.line_num}행", "CSV로 읽을 수 없습니다.", f"It cannot be read as CSV: {problem}"
        ) from problem


def _workbook(body: bytes, sheet: str) -> Iterator[list[list[Any]]]:
    """The cells of every sheet that has some, or of the one asked for."""
    try:
        if body.startswith(b"PK"):
            unpacked = sum(one.file_size for one in zipfile.ZipFile(io.BytesIO(body)).infolist())
            if unpacked > MOST_UNPACKED:
                raise BodyTooLarge(
                    sheet,
                    "풀면 너무 큰 파일입니다.",
                    f"The file unpacks to {unpacked:,} bytes.",
                    "나누어 올리세요.",
                    "Split it.",
                )
        book = CalamineWorkbook.from_filelike(io.BytesIO(body))
        if sheet and sheet not in book.sheet_names:
            names = ", ".join(book.sheet_names)
            raise _no_table(
                sheet, f"이런 이름의 시트가 없습니다. 있는 시트: {names}", f"No such sheet. Sheets: {names}"
            )
        # An empty first sheet (a cover) is common; what is hidden was not meant to be handed in.
        shown = [one.name for one in book.sheets_metadata if one.visible == SheetVisibleEnum.Visible]
        empty = True
        for name in [sheet] if sheet else shown:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            if rows:
                empty = False
                _check_size(len(rows))
                yield [[_plain(cell) for cell in row] for row in rows]
    except (CalamineError, zipfile.BadZipFile) as problem:
        raise _no_table(
            str(problem)[:60], "엑셀 파일이 깨졌습니다.", f"The spreadsheet is broken: {problem}"
        ) from problem
    if empty:
        names = ", ".join(book.sheet_names)
        raise _no_table("", f"시트에 내용이 없습니다. 있는 시트: {names}", f"The sheets are empty. Sheets: {names}")


def _check_size(rows: int) -> None:
    if rows > MOST_ROWS:
        raise _no_table(
            f"{rows}+",
            f"{MOST_ROWS:,}행을 넘습니다. 나누어 올리세요.",
            f"It has more than {MOST_ROWS:,} rows; split it.",
        )


def _plain(cell: Any) -> Any:
    """A cell as JSON can hold it: whole numbers without '.0', dates in ISO, text in NFC."""
    if isinstance(cell, str):
        return normalize("NFC", cell).strip()
    if isinstance(cell, bool | int):
        return cell
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() else cell
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell) if isinstance(cell, time | timedelta) else cell


def _with_headings(
    sheets: Iterable[list[list[Any]]], known: set[str], is_heading: Callable[[str], bool]
) -> tuple[list[list[Any]], int]:
    """The first sheet with headings and their row; the first sheet's own error when none has any."""
    first: InvalidValue | None = None
    for cells in sheets:
        try:
            return cells, _heading_row(cells, known, is_heading)
        except InvalidValue as problem:
            first = first or problem
    assert first is not None, "a file without any cells is refused before"
    raise first


def _heading_row(cells: Sequence[Sequence[Any]], known: set[str], is_heading: Callable[[str], bool]) -> int:
    best, most = -1, 0
    for number, line in enumerate(cells[:20]):
        words = [str(cell).strip() for cell in line]
        score = sum(1 for word in words if word.lower() in known or compact(word) in known or is_heading(word))
        if score > most:
            best, most = number, score
    if most >= 2 or (most == 1 and best == 0):
        return best
    filled = [[str(cell).strip() for cell in line if str(cell).strip()] for line in cells[:20]]
    shown = ", ".join(next((line for line in filled if line), [])[:6])[:200]
    raise InvalidValue(
        "columns",
        shown,
        f"열 이름을 알아볼 수 없습니다. 처음 행: {shown}",
        f"The headings cannot be understood. The first row: {shown}",
        "첫 행에 name, owner, url, description(또는 이름, 기관명, 주소, 설명)을 쓰거나 원천 파일에 lookups.columns를 적으세요.",
        "Head the columns name, owner, url, description, or map them with lookups.columns in a source file.",
    )


def _named(line: Sequence[Any]) -> list[str]:
    names: list[str] = []
    for cell in line:
        name = " ".join(str(cell).split())
        name = name.lower() if name.lower() in OUR_FIELDS or name.lower() == "owner" else name
        names.append(name if name not in names else "")
    return names


def _no_table(value: str, cause_ko: str, cause_en: str) -> InvalidValue:
    return InvalidValue(
        "file", value, cause_ko, cause_en, "CSV나 XLSX로 저장해 다시 올리세요.", "Save it as CSV or XLSX and try again."
    )
