"""Coverage: platforms registered against those each government reported, never as if the registry were complete."""

import csv
import io
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from api.deps import PartsDep, SessionDep, find_viewer
from api.language import language_of
from api.rendering import render
from registry.coverage import coverage_of

router = APIRouter(dependencies=[Depends(find_viewer)])

BOM = "\ufeff"
Area = Annotated[str, Query(max_length=60)]


@router.get("/coverage")
def coverage(request: Request, session: SessionDep, parts: PartsDep, area: Area = "") -> Response:
    """Per government: registered, reported, and which forms are missing."""
    rows = coverage_of(session, area=area)
    reported = [row for row in rows if row["reported"] is not None]
    return render(
        request,
        "coverage.html",
        title=language_of(request)("등록 현황", "Coverage"),
        rows=rows,
        area_text=area,
        provinces=[row for row in parts.places.all() if row.parent_id is None],
        registered=sum(row["registered"] for row in rows),
        reported=sum(row["reported"] for row in reported),
        registered_of_reported=sum(row["registered"] for row in reported),
        reporting=len(reported),
    )


@router.get("/coverage.csv")
def coverage_csv(session: SessionDep, area: Area = "") -> Response:
    """The same rows for a spreadsheet; the mark at the start lets Excel read Korean."""
    text = io.StringIO()
    rows: list[dict[str, Any]] = coverage_of(session, area=area)
    writer = csv.writer(text)
    writer.writerow(["code", "government", "level", "registered", "reported", "missing_forms"])
    for row in rows:
        level = row.get("level", "")
        writer.writerow(
            [row["code"], row["government"], level, row["registered"], row["reported"], ";".join(row["missing_forms"])]
        )
    headers = {"Content-Disposition": 'attachment; filename="coverage.csv"'}
    return Response(BOM + text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)
