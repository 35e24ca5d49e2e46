"""Sources, runs and issues over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from sqlmodel import col, select

from api.auth import WriterDep
from api.conditional import conditional
from api.cursors import decode_cursor, decode_number, next_address
from api.deps import PartsDep, SessionDep
from api.reading import find_run, find_source, list_issues, list_runs
from api.routes.common import Cursor, Limit, Number, cached, problems
from api.schemas.common import Paged
from api.schemas.harvest import AnswerIn, IssueOut, QuestionOut, RunItemOut, RunOut, SourceOut
from api.shaping import issue_out, run_item_out, run_out, source_out
from harvesters.withdrawal_questions import answer_run, question_of
from registry.database import writing_session
from registry.models import RunItem, Source
from registry.permissions import require
from registry.vocab import Severity

router = APIRouter()

SourceId = Annotated[str, Path(max_length=100)]


@router.get(
    "/sources", response_model=Paged[SourceOut], operation_id="listSources", tags=["harvest"], responses=cached()
)
def list_sources(
    request: Request,
    session: SessionDep,
    harvester: Annotated[str, Query(max_length=40)] = "",
    enabled: Annotated[bool | None, Query()] = None,
    cursor: Cursor = "",
    limit: Limit = 100,
) -> Response:
    """Sources by id."""
    query = select(Source).order_by(col(Source.id)).limit(limit + 1)
    if harvester:
        query = query.where(Source.harvester == harvester)
    if enabled is not None:
        query = query.where(Source.enabled == enabled)
    after = decode_cursor(cursor)
    if after:
        query = query.where(col(Source.id) > after)
    rows = list(session.exec(query))
    more = rows[limit - 1].id if len(rows) > limit else None
    return conditional(
        request, Paged[SourceOut](items=[source_out(one) for one in rows[:limit]], next=next_address(request, more))
    )


@router.get(
    "/sources/{source_id}", response_model=SourceOut, operation_id="showSource", tags=["harvest"], responses=cached(404)
)
def show_source(request: Request, session: SessionDep, source_id: SourceId) -> Response:
    """One source."""
    return conditional(request, source_out(find_source(session, source_id)))


@router.get("/runs", response_model=Paged[RunOut], operation_id="listRuns", tags=["harvest"], responses=cached())
def list_all_runs(
    request: Request,
    session: SessionDep,
    source: Annotated[str, Query(max_length=100)] = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Response:
    """Runs, newest first."""
    rows = list_runs(session, source, decode_number(cursor), limit + 1)
    more = rows[limit - 1].id if len(rows) > limit else None
    return conditional(
        request, Paged[RunOut](items=[run_out(one) for one in rows[:limit]], next=next_address(request, more))
    )


@router.get("/runs/{number}", response_model=RunOut, operation_id="showRun", tags=["harvest"], responses=cached(404))
def show_run(request: Request, session: SessionDep, number: Number) -> Response:
    """One run with its counts."""
    return conditional(request, run_out(find_run(session, number)))


@router.get(
    "/runs/{number}/items",
    response_model=Paged[RunItemOut],
    operation_id="listRunItems",
    tags=["harvest"],
    responses=cached(404),
)
def list_run_items(
    request: Request,
    session: SessionDep,
    number: Number,
    action: Annotated[str, Query(max_length=20)] = "",
    cursor: Cursor = "",
    limit: Limit = 100,
) -> Response:
    """The whole ledger of a run: what was added, changed, withdrawn or rejected, and why."""
    find_run(session, number)
    query = select(RunItem).where(RunItem.run_id == number).order_by(col(RunItem.id)).limit(limit + 1)
    if action:
        query = query.where(RunItem.action == action)
    after = decode_number(cursor)
    if after is not None:
        query = query.where(col(RunItem.id) > after)
    rows = list(session.exec(query))
    more = rows[limit - 1].id if len(rows) > limit else None
    return conditional(
        request, Paged[RunItemOut](items=[run_item_out(one) for one in rows[:limit]], next=next_address(request, more))
    )


@router.get(
    "/runs/{number}/question",
    response_model=QuestionOut,
    operation_id="showQuestion",
    tags=["harvest"],
    responses=problems(404, 409),
)
def show_question(session: SessionDep, number: Number) -> dict[str, Any]:
    """What a run asked that stopped at its withdrawal ceiling: every entry that vanished; 409 when a later run asked again."""
    return question_of(session, number)


@router.post(
    "/runs/{number}/question",
    response_model=QuestionOut,
    operation_id="answerQuestion",
    tags=["harvest"],
    responses=problems(401, 403, 404, 409),
)
def post_answer(parts: PartsDep, writer: WriterDep, number: Number, said: AnswerIn) -> dict[str, Any]:
    """Answer it. The same answer sent twice is one; another answer, or one to a list that is out of date, is refused."""
    require(writer.account, "manage_sources")
    with writing_session(parts.database) as session:
        return answer_run(session, number, writer.actor, said.answer)


@router.get("/issues", response_model=Paged[IssueOut], operation_id="listIssues", tags=["issues"], responses=cached())
def list_all_issues(
    request: Request,
    session: SessionDep,
    severity: Annotated[Severity | None, Query()] = None,
    code: Annotated[str, Query(max_length=60)] = "",
    source: Annotated[str, Query(max_length=100)] = "",
    platform: Annotated[str, Query(max_length=20)] = "",
    resolved: Annotated[bool, Query(description="Those that are settled, too.")] = False,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Response:
    """What a person should look at, newest first; a resident's own words are left out."""
    rows = list_issues(
        session,
        open_only=not resolved,
        severity=severity,
        code=code,
        source_id=source,
        platform_id=platform,
        before=decode_number(cursor),
        limit=limit + 1,
    )
    more = rows[limit - 1].id if len(rows) > limit else None
    return conditional(
        request, Paged[IssueOut](items=[issue_out(one) for one in rows[:limit]], next=next_address(request, more))
    )
