"""Groups of platforms that do the same job: the list, one group, and both as files."""

import io
from collections import Counter
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import RedirectResponse, Response
from openpyxl import Workbook

from api.deps import PartsDep, SessionDep, chosen_area, find_viewer
from api.language import language_of
from api.pages.dots import HEIGHT, WIDTH, dots_of, dots_of_all
from api.rendering import name_of, render
from api.routes.groups import member_data
from api.tables import csv_answer
from registry.errors import InvalidValue
from search.overlap.groups import list_groups
from search.overlap.live import live_index
from search.overlap.report import report_group
from search.overlap.store import follow

router = APIRouter(dependencies=[Depends(find_viewer)])

GroupId = Annotated[str, Path(max_length=20, pattern=r"^\w{1,20}$")]

Text = Annotated[str, Query(max_length=60)]


@router.get("/overlap")
def overlap_page(request: Request) -> Response:
    """What people type who know the subject's name only."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(language_of(request).link("/groups") + query, 308)


@router.get("/groups")
def groups_page(
    request: Request, session: SessionDep, parts: PartsDep, area: Text = "", function: Text = ""
) -> Response:
    """Every group, the largest first; by area and function."""
    language, problem, rows = language_of(request), "", []
    try:
        rows = list_groups(session, area=area or None, function=function or None)
    except InvalidValue as error:
        problem = f"{error.cause(language.code)} {error.remedy(language.code)}"
    index = live_index(parts.database).refresh()
    return render(
        request,
        "overlap/groups.html",
        title=language("유사·중복 묶음", "Groups that do the same job"),
        status=422 if problem else 200,
        groups=rows,
        problem=problem,
        area_text=area,
        function=function,
        functions=_functions(request, index),
    )


@router.get("/groups.csv")
def groups_csv(session: SessionDep, area: Text = "", function: Text = "") -> Response:
    """Groups and members for a spreadsheet."""
    lines = [
        [
            group["id"],
            group["name"],
            ";".join(group["functions"]),
            member["id"],
            member["name"],
            member["owner"],
            member["role"],
        ]
        for group in list_groups(session, area=area or None, function=function or None)
        for member in group["members"]
    ]
    return csv_answer("groups.csv", ["group", "group_name", "functions", "id", "name", "owner", "role"], lines)


@router.get("/groups/{group_id}.csv")
def group_csv(session: SessionDep, parts: PartsDep, group_id: GroupId) -> Response:
    """One group's members with figures."""
    header, lines = _member_lines(session, parts, group_id)
    return csv_answer(f"group-{group_id}.csv", header, lines)


@router.get("/groups/{group_id}.xlsx")
def group_xlsx(session: SessionDep, parts: PartsDep, group_id: GroupId) -> Response:
    """The same as a workbook."""
    header, lines = _member_lines(session, parts, group_id)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "members"
    for line in (header, *lines):
        # A cell that begins like a formula is text here: names come from outside.
        sheet.append([f"'{one}" if isinstance(one, str) and one[:1] in "=+-@" else one for one in line])
    file = io.BytesIO()
    book.save(file)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return Response(
        file.getvalue(),
        media_type=kind,
        headers={"Content-Disposition": f'attachment; filename="group-{group_id}.xlsx"'},
    )


@router.get("/groups/{group_id}")
def group_page(request: Request, session: SessionDep, parts: PartsDep, group_id: GroupId) -> Response:
    """One group as the ministry reads it."""
    follow(parts.database)
    index = live_index(parts.database).refresh()
    report = report_group(session, index, group_id, chosen_area(request))
    nowhere = language_of(request)("중앙·민간", "national or private")
    by_province = Counter(one.province or nowhere for one in report.standing)
    return render(
        request,
        "overlap/group.html",
        title=report.group.name,
        report=report,
        by_province=sorted(by_province.items(), key=lambda item: (-item[1], item[0])),
        dots=dots_of(report.members),
        land=dots_of_all(parts),
        width=WIDTH,
        height=HEIGHT,
    )


def _functions(request: Request, index: Any) -> list[tuple[str, str]]:
    named = [(key, name_of(language_of(request), "function", key)) for key in index.words.functions]
    return sorted(named, key=lambda one: one[1])


def _member_lines(session: SessionDep, parts: PartsDep, group_id: str) -> tuple[list[str], list[list[Any]]]:
    follow(parts.database)
    index = live_index(parts.database).refresh()
    report = report_group(session, index, group_id)
    header = ["id", "name", "owner", "province", "role", "status", "launched", "closed", "operating_mode", "operation"]
    lines = []
    for one in report.members:
        data = member_data(one)
        users, yearly, build = data["users"], data["yearly_cost_krw"], data["build_cost_krw"]
        lines.append(
            [data[key] for key in header]
            + [users and users["kind"], users and users["value"], users and users["as_of"]]
            + [yearly and yearly["value"], build and build["value"], data["cost_per_user_krw"]]
        )
    return [
        *header,
        "users_kind",
        "users",
        "users_as_of",
        "yearly_cost_krw",
        "build_cost_krw",
        "cost_per_user_krw",
    ], lines
