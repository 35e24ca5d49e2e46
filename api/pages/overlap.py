"""Groups, comparisons, the judging queue, the pre-build check, candidates for retirement and the regional gap as pages."""

import csv
import io
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response
from openpyxl import Workbook
from starlette.datastructures import UploadFile

from api.deps import PartsDep, SessionDep, SignedIn, ViewerDep, check_csrf, chosen_area, find_viewer, same_origin
from api.language import language_of
from api.reading import found
from api.rendering import name_of, render
from api.routes.overlap import find_active, member_data
from registry.database import writing_session
from registry.errors import InvalidValue
from registry.gaps import gaps
from registry.merge import decisions_between
from registry.models import Verdict
from registry.permissions import may, require
from registry.queries import find_platform
from registry.review import VERDICT_EN, VERDICT_KO, VerdictKind, agreement, judge, opinions, take_back, verdict_count
from registry.survey_tables import SurveyTable, read_survey, survey_tables
from registry.vocab import Level
from search.overlap.area import AREA_EN, AREA_KO
from search.overlap.explain import compare
from search.overlap.groups import groups_of, list_groups
from search.overlap.index import live_index
from search.overlap.queues import stored_pairs, waiting
from search.overlap.report import report_group
from search.overlap.rules import candidates, rule_sets
from search.overlap.scoring import LABEL_EN, LABEL_KO
from search.overlap.store import follow, regroup

router = APIRouter(dependencies=[Depends(find_viewer)])

BOM = "\ufeff"
MOST_UPLOAD = 2_000_000
GroupId = Annotated[str, Path(max_length=20, pattern=r"^\w{1,20}$")]
Text = Annotated[str, Query(max_length=60)]
# 대한민국의 경위도 범위: the dot map's frame.
WEST, EAST, SOUTH, NORTH = 124.5, 131.2, 33.0, 38.7
WIDTH, HEIGHT = 360, 380


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
    index, _ = live_index(parts.database).refresh()
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
    return _csv("groups.csv", ["group", "group_name", "functions", "id", "name", "owner", "role"], lines)


@router.get("/groups/{group_id}.csv")
def group_csv(session: SessionDep, parts: PartsDep, group_id: GroupId) -> Response:
    """One group's members with figures."""
    header, lines = _member_lines(session, parts, group_id)
    return _csv(f"group-{group_id}.csv", header, lines)


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
    index, _ = live_index(parts.database).refresh()
    report = report_group(session, index, group_id, chosen_area(request))
    by_province: dict[str, int] = {}
    for one in report.standing:
        by_province[one.province or "–"] = by_province.get(one.province or "–", 0) + 1
    return render(
        request,
        "overlap/group.html",
        title=report.group.name,
        report=report,
        by_province=sorted(by_province.items(), key=lambda item: (-item[1], item[0])),
        dots=_dots(report.members),
        land=_dots_of_all(parts),
        width=WIDTH,
        height=HEIGHT,
    )


@router.get("/compare")
def compare_page(
    request: Request,
    session: SessionDep,
    parts: PartsDep,
    viewer: ViewerDep,
    left: Annotated[str, Query(max_length=20, pattern=r"^\w{1,20}$")],
    right: Annotated[str, Query(max_length=20, pattern=r"^\w{1,20}$")],
) -> Response:
    """Two platforms side by side: every reason, and what officers said."""
    one, other = find_platform(session, left), find_platform(session, right)
    if one.id == other.id:
        # The one was merged into the other since somebody kept this address.
        return RedirectResponse(language_of(request).link(f"/platforms/{one.id}"), 303)
    index, _ = live_index(parts.database).refresh()
    here, there = index.subjects.get(one.id), index.subjects.get(other.id)
    if here is None or there is None:
        find_active(session, one if here is None else other)
    assert here is not None and there is not None
    language = language_of(request)
    comparison = compare(index.scorer, here, there)
    names = {key: language(word.ko, word.en) for key, word in index.words.functions.items()}
    said = opinions(session, one.id, other.id)
    return render(
        request,
        "overlap/compare.html",
        title=f"{one.name} ↔ {other.name}",
        comparison=comparison,
        left=one,
        right=other,
        reason=comparison.reason(language.code, names),
        label_text=language(LABEL_KO[comparison.label], LABEL_EN[comparison.label]),
        opinions=said,
        agreement=agreement(said).value,
        kinds=[(kind.value, language(VERDICT_KO[kind], VERDICT_EN[kind])) for kind in VerdictKind],
        kind_names={kind.value: language(VERDICT_KO[kind], VERDICT_EN[kind]) for kind in VerdictKind},
        decisions=decisions_between(session, one.id, other.id),
        proposed=any(row.kind is VerdictKind.same for row in said),
        may_judge=may(viewer.account if viewer else None, "judge"),
        may_merge=may(viewer.account if viewer else None, "merge"),
    )


@router.get("/similar/{platform_id}")
def similar_page(request: Request, session: SessionDep, parts: PartsDep, platform_id: GroupId) -> Response:
    """One platform's groups and nearest others."""
    follow(parts.database)
    platform = find_platform(session, platform_id)
    language = language_of(request)
    rows = []
    for pair in stored_pairs(session, platform.id)[:60]:
        other = find_platform(session, pair.right_id if pair.left_id == platform.id else pair.left_id)
        rows.append((pair, other))
    return render(
        request,
        "overlap/similar.html",
        title=language(f"{platform.name}와(과) 비슷한 플랫폼", f"Platforms like {platform.name}"),
        platform=platform,
        rows=rows,
        groups=groups_of(session, platform.id),
        labels={label.value: language(LABEL_KO[label], LABEL_EN[label]) for label in LABEL_KO},
        areas={area.value: language(AREA_KO[area], AREA_EN[area]) for area in AREA_KO},
    )


@router.get("/judging")
def queue_page(
    request: Request,
    session: SessionDep,
    parts: PartsDep,
    question: Annotated[str, Query(pattern="^(identity|overlap)$")] = "overlap",
    order: Annotated[str, Query(pattern="^(uncertainty|money)$")] = "uncertainty",
) -> Response:
    """What to judge next."""
    follow(parts.database)
    index, _ = live_index(parts.database).refresh()
    language = language_of(request)
    return render(
        request,
        "overlap/queue.html",
        title=language("판단을 기다리는 짝", "Pairs that wait for a judgement"),
        rows=waiting(session, question, order, 50),
        question=question,
        order=order,
        verdicts=verdict_count(session),
        made_from=index.models.made_from,
        labels={label.value: language(LABEL_KO[label], LABEL_EN[label]) for label in LABEL_KO},
        areas={area.value: language(AREA_KO[area], AREA_EN[area]) for area in AREA_KO},
    )


@router.post("/judging", dependencies=[Depends(same_origin)])
def judge_pair(
    request: Request,
    parts: PartsDep,
    viewer: SignedIn,
    left: Annotated[str, Form(max_length=20)] = "",
    right: Annotated[str, Form(max_length=20)] = "",
    kind: Annotated[str, Form(max_length=20)] = "",
    reason: Annotated[str, Form(max_length=4000)] = "",
    csrf: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Take an officer's verdict; the groups follow at once."""
    check_csrf(viewer, csrf)
    require(viewer.account, "judge")
    with writing_session(parts.database) as session:
        judge(session, left, right, kind, reason, viewer.actor)
    regroup(parts.database, [left, right])
    return RedirectResponse(language_of(request).link(f"/compare?left={left}&right={right}"), 303)


@router.post("/judging/{number}/undo", dependencies=[Depends(same_origin)])
def undo_verdict(
    request: Request,
    parts: PartsDep,
    viewer: SignedIn,
    number: Annotated[int, Path(ge=1, le=2**53)],
    csrf: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Take a verdict back; it stays on record."""
    check_csrf(viewer, csrf)
    require(viewer.account, "judge")
    with writing_session(parts.database) as session:
        row = take_back(session, found(session.get(Verdict, number), "verdict", number).id or 0, viewer.actor)
        left, right = row.left_id, row.right_id
    regroup(parts.database, [left, right])
    return RedirectResponse(language_of(request).link(f"/compare?left={left}&right={right}"), 303)


@router.get("/retirement")
def retirement_page(request: Request, session: SessionDep, rule: Text = "public_apps_2024") -> Response:
    """Candidates by dated rule sets: which criterion, which figure, from when."""
    language = language_of(request)
    chosen = rule if rule in rule_sets() else "public_apps_2024"
    rows, unjudged = candidates(session, chosen, date.today())
    return render(
        request,
        "overlap/retirement.html",
        title=language("개선·폐기 검토 후보", "Candidates for improvement or retirement"),
        rows=rows,
        unjudged=unjudged,
        rules=rule_sets()[chosen],
        sets=list(rule_sets().values()),
    )


@router.get("/gaps")
def gaps_page(
    request: Request,
    session: SessionDep,
    parts: PartsDep,
    level: Annotated[str, Query(pattern="^(basic|metropolitan)$")] = "basic",
    by: Annotated[str, Query(pattern="^(function|form)$")] = "function",
    province: Text = "",
) -> Response:
    """Which governments run, are served by somebody else, or lack each function or form; 광역 and 기초 apart."""
    language = language_of(request)
    rows = gaps(session, Level(level), by, parts.places)
    inside = _inside(parts, province, Level(level))
    return render(
        request,
        "overlap/gaps.html",
        title=language("지역 격차", "Regional gap"),
        rows=[one for one in rows if one.platforms or one.served],
        level=level,
        by=by,
        province=province,
        provinces=[one for one in parts.places.all() if one.parent_id is None],
        inside=inside,
        names={one.id: one.full_name for one in parts.places.all()},
    )


@router.get("/gaps.csv")
def gaps_csv(
    session: SessionDep,
    parts: PartsDep,
    level: Annotated[str, Query(pattern="^(basic|metropolitan)$")] = "basic",
    by: Annotated[str, Query(pattern="^(function|form)$")] = "function",
) -> Response:
    """Governments × functions or forms: runs, served or lacks."""
    rows = gaps(session, Level(level), by, parts.places)
    lines = []
    for one in rows:
        for state, ids in (("runs", one.run), ("served", one.served), ("lacks", one.lacking)):
            for number in ids:
                government = parts.places.by_id(number)
                lines.append([one.key, government.code, government.full_name, state, government.electors, one.per_100k])
    return _csv(
        f"gaps-{level}-{by}.csv", [by, "code", "government", "state", "electors_2022", "per_100k_electors"], lines
    )


@router.get("/survey")
def survey_page(request: Request, session: SessionDep) -> Response:
    """The report's tables as published, and a place to give a survey file for the same tables made again."""
    return _survey(request, survey_tables(session), 0, "")


@router.get("/survey.csv")
def survey_csv(session: SessionDep) -> Response:
    """The published tables."""
    return _survey_csv(survey_tables(session))


@router.post("/survey", dependencies=[Depends(same_origin)])
async def survey_upload(request: Request, session: SessionDep) -> Response:
    """The same tables made from an uploaded survey file, beside the published ones. Nothing is stored."""
    language = language_of(request)
    form = await request.form()
    upload = form.get("file")
    problem, survey = "", None
    try:
        raw = await upload.read() if isinstance(upload, UploadFile) else b""
        if len(raw) > MOST_UPLOAD:
            raise InvalidValue(
                "file",
                upload.filename if isinstance(upload, UploadFile) else "",
                "파일이 너무 큽니다.",
                "The file is too large.",
                "2 MB 이하의 CSV를 올리세요.",
                "Upload a CSV of at most 2 MB.",
            )
        survey = read_survey(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        problem = language("UTF-8 CSV가 아닙니다. UTF-8로 저장해 다시 올리세요.", "Not UTF-8: save the CSV in UTF-8.")
    except InvalidValue as error:
        where = f"{error.field}: " if error.field else ""
        problem = f"{where}{error.cause(language.code)} {error.remedy(language.code)}"
    tables = survey_tables(session, survey)
    if form.get("as") == "csv" and survey is not None:
        return _survey_csv(tables)
    return _survey(request, tables, survey.total if survey else 0, problem)


def _survey(request: Request, tables: list[SurveyTable], total: int, problem: str) -> Response:
    return render(
        request,
        "overlap/survey.html",
        title=language_of(request)("조사 표", "Survey tables"),
        status=422 if problem else 200,
        tables=tables,
        total=total,
        problem=problem,
    )


def _survey_csv(tables: list[SurveyTable]) -> Response:
    lines = [
        [
            table.number,
            table.title,
            line.group,
            line.option,
            line.label,
            line.published,
            line.published_percent,
            line.count,
            line.percent,
        ]
        for table in tables
        for line in table.lines
    ]
    header = ["table", "title", "group", "option", "label", "published_2022", "published_percent", "count", "percent"]
    return _csv("survey-tables.csv", header, lines)


def _functions(request: Request, index: Any) -> list[tuple[str, str]]:
    named = [(key, name_of(language_of(request), "function", key)) for key in index.words.functions]
    return sorted(named, key=lambda one: one[1])


def _member_lines(session: SessionDep, parts: PartsDep, group_id: str) -> tuple[list[str], list[list[Any]]]:
    follow(parts.database)
    index, _ = live_index(parts.database).refresh()
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


def _csv(name: str, header: list[str], lines: list[list[Any]]) -> Response:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([["" if one is None else one for one in line] for line in lines])
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(BOM + text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _inside(parts: PartsDep, province: str, level: Level) -> set[int] | None:
    """Governments of a province at a level; None for the whole country."""
    if not province:
        return None
    choices = parts.places.choices(province)
    if len(choices) != 1 or choices[0].id is None:
        return None
    ids = {choices[0].id, *parts.places.children(choices[0].id)}
    return {one for one in ids if parts.places.by_id(one).level is level}


def _dot(latitude: float, longitude: float) -> tuple[float, float]:
    x = (longitude - WEST) / (EAST - WEST) * WIDTH
    y = (NORTH - latitude) / (NORTH - SOUTH) * HEIGHT
    return round(x, 1), round(y, 1)


def _dots_of_all(parts: PartsDep) -> list[tuple[float, float]]:
    return [
        _dot(one.latitude, one.longitude) for one in parts.places.all(former=True) if one.latitude and one.longitude
    ]


def _dots(members: Any) -> list[tuple[float, float, str, str]]:
    found = []
    for one in members:
        place = one.government
        if place is not None and place.latitude and place.longitude:
            found.append((*_dot(place.latitude, place.longitude), one.role, f"{one.platform.name} · {place.full_name}"))
    return found
