"""Sources and runs: what is read, from whom, how often, and what each run did; an administrator switches them on."""

from math import ceil
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import PartsDep, SessionDep, SignedIn, Viewer, check_csrf, find_viewer, same_origin
from api.language import language_of
from api.reading import find_run, find_source, last_runs, list_issues, list_runs, list_sources, run_items
from api.rendering import render
from harvesters.catalogue import harvesters
from harvesters.dry_runs import look_at_dry_run, start_dry_run
from harvesters.ledger import ACTIONS
from harvesters.sources import disable_sources, enable_sources
from registry.audit import actor_text, audit
from registry.database import writing_session
from registry.models import Platform, Source
from registry.models.base import now
from registry.permissions import require

router = APIRouter(dependencies=[Depends(find_viewer)])

SOURCES_SHOWN = 100
RUNS_SHOWN = 50
LINES_SHOWN = 200

Big = Annotated[int | None, Query(ge=1, le=2**53)]
SourceId = Annotated[str, Path(max_length=100)]


@router.get("/sources")
def sources(
    request: Request,
    session: SessionDep,
    parts: PartsDep,
    q: Annotated[str, Query(max_length=100)] = "",
    kind: Annotated[str, Query(max_length=40)] = "",
    enabled: Annotated[str, Query(max_length=1)] = "",
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Response:
    """The sources with their last run."""
    rows = list_sources(session, q, kind, {"1": True, "0": False}.get(enabled))
    shown = rows[offset : offset + SOURCES_SHOWN]
    return render(
        request,
        "sources.html",
        title=language_of(request)("수집 출처", "Sources"),
        rows=shown,
        total=len(rows),
        offset=offset,
        size=SOURCES_SHOWN,
        runs=last_runs(session, [one.id for one in shown]),
        kinds=harvesters(),
        values={"q": q, "kind": kind, "enabled": enabled},
        owners=_owners(parts, shown),
        provinces=[row for row in parts.places.all() if row.parent_id is None],
        contact=parts.settings.contact,
    )


@router.get("/sources/plan")
def plan(
    request: Request, parts: PartsDep, viewer: SignedIn, which: Annotated[str, Query(max_length=120)] = ""
) -> Response:
    """What enabling would mean: what will be asked of whom and how often. Nothing is switched on yet."""
    _may(viewer)
    planned = enable_sources(parts.database, parts.settings, which, do=False, actor=actor_text(viewer.actor))
    return render(
        request,
        "sources_plan.html",
        title=language_of(request)("출처 켜기", "Enable sources"),
        plan=planned,
        per_day=ceil(sum(one["requests"] * 24 / one["every_hours"] for one in planned["sources"])),
        which=which,
        contact=parts.settings.contact,
    )


@router.post("/sources/enable", dependencies=[Depends(same_origin)])
def enable(
    request: Request,
    parts: PartsDep,
    viewer: SignedIn,
    which: Annotated[str, Form(max_length=120)],
    csrf: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Switch sources on, after the page that says what it means."""
    _may(viewer)
    check_csrf(viewer, csrf)
    enable_sources(parts.database, parts.settings, which, do=True, actor=actor_text(viewer.actor))
    return RedirectResponse(language_of(request).link("/sources?enabled=1"), 303)


@router.post("/sources/disable", dependencies=[Depends(same_origin)])
def disable(
    request: Request,
    parts: PartsDep,
    viewer: SignedIn,
    which: Annotated[str, Form(max_length=120)],
    csrf: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Switch sources off."""
    _may(viewer)
    check_csrf(viewer, csrf)
    disable_sources(parts.database, which, actor=actor_text(viewer.actor))
    return RedirectResponse(language_of(request).link("/sources"), 303)


@router.get("/sources/{source_id}")
def source(request: Request, session: SessionDep, parts: PartsDep, source_id: SourceId) -> Response:
    """One source: what is read and how, its runs, its open questions."""
    row = find_source(session, source_id)
    return render(
        request,
        "source.html",
        title=row.title,
        row=row,
        owner=_owners(parts, [row]).get(row.owner_code),
        runs=list_runs(session, source_id=row.id, limit=20),
        issues=list_issues(session, source_id=row.id, limit=50),
        harvester=harvesters().get(row.harvester),
    )


@router.post("/sources/{source_id}/run", dependencies=[Depends(same_origin)])
def run_soon(
    request: Request,
    parts: PartsDep,
    viewer: SignedIn,
    source_id: SourceId,
    csrf: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Ask the worker to read a source as soon as it can."""
    _may(viewer)
    check_csrf(viewer, csrf)
    with writing_session(parts.database) as session:
        row = find_source(session, source_id)
        row.next_run_at = now()
        session.add(row)
        audit(session, viewer.actor, "run_soon", f"source:{row.id}")
    return RedirectResponse(language_of(request).link(f"/sources/{source_id}"), 303)


@router.get("/sources/{source_id}/dry-run")
def dry_run(request: Request, session: SessionDep, parts: PartsDep, viewer: SignedIn, source_id: SourceId) -> Response:
    """The last dry run of a source: how it goes, and what registering would add, change and withdraw."""
    _may(viewer)
    row = find_source(session, source_id)
    return render(
        request,
        "dry_run.html",
        title=f"{row.title} — {language_of(request)('시험 수집', 'Dry run')}",
        row=row,
        dry=look_at_dry_run(parts.settings, row.id),
        actions=[one for one in ACTIONS if one != "unchanged"],
        known=lambda identifier: bool(identifier) and session.get(Platform, identifier) is not None,
    )


@router.post("/sources/{source_id}/dry-run", dependencies=[Depends(same_origin)])
def begin_dry_run(
    request: Request,
    parts: PartsDep,
    viewer: SignedIn,
    source_id: SourceId,
    csrf: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Start reading a source without writing anything; the page tells how it goes."""
    _may(viewer)
    check_csrf(viewer, csrf)
    start_dry_run(parts.database, parts.settings, source_id, viewer.actor)
    return RedirectResponse(language_of(request).link(f"/sources/{source_id}/dry-run"), 303)


@router.get("/runs")
def runs(request: Request, session: SessionDep, before: Big = None) -> Response:
    """All runs, newest first."""
    rows = list_runs(session, before=before, limit=RUNS_SHOWN)
    titles = {one.id: one.title for one in list_sources(session) if one.id in {row.source_id for row in rows}}
    title = language_of(request)("수집 기록", "Harvest runs")
    more = rows[-1].id if len(rows) == RUNS_SHOWN else None
    return render(request, "runs.html", title=title, rows=rows, titles=titles, more=more)


@router.get("/runs/{number}")
def run(request: Request, session: SessionDep, number: Annotated[int, Path(ge=1, le=2**53)]) -> Response:
    """One run: counts and lists of what was added, changed, withdrawn and rejected, and why."""
    row = find_run(session, number)
    return render(
        request,
        "run.html",
        title=language_of(request)(f"수집 {number}", f"Run {number}"),
        row=row,
        source=session.get(Source, row.source_id),
        items=run_items(session, number, LINES_SHOWN),
        shown=LINES_SHOWN,
        issues=[
            one
            for one in list_issues(session, open_only=False, source_id=row.source_id, limit=500)
            if one.run_id == number
        ],
        known=lambda identifier: session.get(Platform, identifier) is not None,
    )


def _may(viewer: Viewer) -> None:
    require(viewer.account, "manage_sources")


def _owners(parts: PartsDep, rows: list[Source]) -> dict[str, str]:
    names = {}
    for code in {row.owner_code for row in rows if row.owner_code}:
        choices = parts.places.choices(code)
        names[code] = choices[0].full_name if choices else code
    return names
