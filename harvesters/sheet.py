"""Sheets: a table of platforms in our template, in any headings, or in the layout of the 2022 questionnaire."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from harvesters.base import Harvester, HarvestTask, Option
from harvesters.figure_columns import figure_column
from harvesters.questionnaire import is_heading, is_questionnaire, platforms_of
from harvesters.table import Table, read_table
from registry.columns import in_our_terms
from registry.errors import InvalidValue, SourceChanged
from registry.place_names import compact
from registry.records import HarvestedRecord


class SheetHarvester(Harvester):
    """Reads a CSV or a spreadsheet from an address; `metaplatform import` reads one from a file in the same way."""

    name: ClassVar[str] = "sheet"
    title: ClassVar[str] = "Sheet (CSV, XLSX)"
    title_ko: ClassVar[str] = "표 (CSV, 엑셀)"
    options: ClassVar[tuple[Option, ...]] = (
        Option(
            "sheet", str, "Name of the sheet in a workbook; empty is the first with cells.", "시트 이름", default=""
        ),
        Option(
            "id_column", str, "Column that identifies a row; empty is name and owner.", "행을 구별하는 열", default=""
        ),
        Option(
            "fill_down", list, "Columns whose empty cells repeat the one above.", "빈 칸이 윗칸을 뜻하는 열", default=[]
        ),
    )

    @classmethod
    def requests_per_run(cls, options: Mapping[str, Any], budget: int) -> int:
        """The file and robots.txt."""
        return 2

    def harvest(self, task: HarvestTask) -> Iterator[HarvestedRecord]:
        """One record per row."""
        answer = task.client.get(task.source.url)
        try:
            records = records_of_sheet(answer.content, task.source.url, task.source.options, task.source.lookups)
        except InvalidValue as problem:
            raise SourceChanged(
                task.source.url, problem.cause_ko, problem.cause_en, problem.remedy_ko, problem.remedy_en
            ) from problem
        task.listing.page([record.remote_id for _, record in records])
        task.listing.state(len(records))
        task.listing.end()
        for _row, record in records:
            yield record


def records_of_sheet(
    body: bytes, url: str, options: Mapping[str, Any], lookups: Mapping[str, Any]
) -> list[tuple[int, HarvestedRecord]]:
    """The rows of a sheet as records, with their row numbers; InvalidValue when it is no table."""
    return records_of_table(table_of_sheet(body, options, lookups), body, url, options, lookups)


def table_of_sheet(body: bytes, options: Mapping[str, Any], lookups: Mapping[str, Any]) -> Table:
    """The cells of a sheet under their headings; InvalidValue when it is no table."""
    return read_table(
        body,
        sheet=options.get("sheet", ""),
        columns=lookups.get("columns"),
        is_heading=lambda text: is_heading(text) or figure_column(text) is not None,
    )


def records_of_table(
    table: Table, body: bytes, url: str, options: Mapping[str, Any], lookups: Mapping[str, Any]
) -> list[tuple[int, HarvestedRecord]]:
    """The platforms that a table names, with their row numbers."""
    if is_questionnaire(table.headings):
        rows = [(number, fields) for number, fields in platforms_of(table)]
    else:
        rows = _filled(table, options.get("fill_down") or [])
    taken: dict[str, str] = {}
    records = []
    for number, fields in rows:
        remote_id = _remote_id(fields, options.get("id_column", ""), lookups, taken)
        records.append((number, HarvestedRecord(remote_id, url, fields, raw=body, encoding=table.encoding)))
    return records


def _filled(table: Table, columns: Sequence[str]) -> list[tuple[int, dict[str, Any]]]:
    """Rows without empty cells; merged cells repeat what stands above them."""
    above: dict[str, Any] = {}
    rows = []
    for number, row in table.rows:
        filled = dict(row)
        for name in columns:
            filled[name] = filled.get(name) or above.get(name, "")
        above = filled
        rows.append((number, {name: value for name, value in filled.items() if value not in ("", None)}))
    return rows


def _remote_id(fields: Mapping[str, Any], column: str, lookups: Mapping[str, Any], taken: dict[str, str]) -> str:
    """What a row is known by: its own id, else name and owner, with the address where two rows share these.

    Never the row's number: a sheet that is sorted anew is still the same sheet.
    """
    if column:
        return str(fields.get(column) or "").strip()
    ours, _left = in_our_terms(fields, lookups)
    if ours.get("id"):
        return str(ours["id"]).strip()
    name = compact(str(ours.get("name") or ""))
    owner = compact(str(ours.get("owner_code") or ours.get("owner_name") or ""))
    plain = f"{name}|{owner}"
    address = re.sub(r"^https?://(www\.)?", "", str(ours.get("url") or "").strip()).rstrip("/")
    first = taken.setdefault(plain, address)
    return f"{plain}|{address}" if address and first and address != first else plain
