"""The whole registry as a file: CSV for Excel, JSON Lines, XLSX; written row by row, so memory stays flat."""

import csv
import io
import tempfile
from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse
from openpyxl import Workbook
from sqlalchemy import Engine, func
from sqlmodel import Session, col, select

from api.deps import PartsDep
from api.shaping import platform_out
from registry.database import session_of
from registry.governments import Places
from registry.models import Platform
from registry.vocab import PlatformState

router = APIRouter()

BOM = "\ufeff"
SLICE = 1000
# The columns of our own import template, so that an exported sheet can be imported again.
COLUMNS = (
    *("id", "name", "name_en", "owner_code", "owner_name", "owner_level", "type", "secondary_types", "form"),
    *("functions", "beneficiaries", "url", "channels", "aliases", "former_names", "parent", "area", "department"),
    *("operator", "partners", "operating_mode", "legal_basis", "status", "status_since", "launched", "closed"),
    *("successor", "engine", "shared_operation", "description"),
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/exports/platforms.csv")
def as_csv(parts: PartsDep) -> Response:
    """CSV in UTF-8 with the mark that lets Excel read Korean."""

    def lines() -> Iterator[str]:
        yield BOM + _line(list(COLUMNS))
        for row in _rows(parts.database):
            yield _line(_cells(row, parts.places))

    return StreamingResponse(lines(), media_type="text/csv; charset=utf-8", headers=_headers(parts.database, "csv"))


@router.get("/exports/platforms.jsonl")
def as_json_lines(parts: PartsDep) -> Response:
    """One JSON object a line, as the REST interface gives it."""

    def lines() -> Iterator[str]:
        for row in _rows(parts.database):
            yield platform_out(row, parts.places).model_dump_json() + "\n"

    return StreamingResponse(lines(), media_type="application/jsonl", headers=_headers(parts.database, "jsonl"))


@router.get("/exports/platforms.xlsx")
def as_xlsx(parts: PartsDep) -> Response:
    """The same columns as a spreadsheet."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("platforms")
    sheet.append(list(COLUMNS))
    for row in _rows(parts.database):
        sheet.append(_cells(row, parts.places))
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        return Response(file.read(), media_type=XLSX, headers=_headers(parts.database, "xlsx"))


def _rows(database: Engine) -> Iterator[Platform]:
    last = ""
    while True:
        with session_of(database) as session:
            query = select(Platform).where(Platform.state == PlatformState.active, col(Platform.id) > last)
            rows = list(session.exec(query.order_by(col(Platform.id)).limit(SLICE)))
        yield from rows
        if len(rows) < SLICE:
            return
        last = rows[-1].id


def _cells(row: Platform, places: Places) -> list[str]:
    owner = places.by_id(row.owner_id) if row.owner_id else None
    shaped = platform_out(row, places)
    special = {
        "owner_name": owner.full_name if owner else row.owner_name,
        "owner_code": owner.code if owner else "",
        "functions": [one.id for one in shaped.functions],
        "channels": [f"{one.kind}={one.value}" for one in shaped.channels],
        "url": shaped.url,
        "parent": row.parent_id or "",
        "successor": row.successor_id or "",
    }
    cells = []
    for name in COLUMNS:
        value = special[name] if name in special else getattr(row, name)
        text = ";".join(value) if isinstance(value, list) else str(value or "")
        # A cell that starts like a formula would be run by a spreadsheet.
        cells.append("'" + text if text[:1] in ("=", "+", "@", "\t", "\r") else text)
    return cells


def _line(cells: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def _headers(database: Engine, ending: str) -> dict[str, str]:
    with session_of(database) as session:
        latest = _latest(session)
    headers = {"Content-Disposition": f'attachment; filename="platforms.{ending}"'}
    if latest is not None:
        headers["Last-Modified"] = format_datetime(latest, usegmt=True)
    return headers


def _latest(session: Session) -> datetime | None:
    return session.exec(select(func.max(Platform.updated_at))).one()
