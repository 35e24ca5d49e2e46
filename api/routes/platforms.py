"""Platforms over HTTP: lists, one with its provenance, its history and figures; and changes with If-Match."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from sqlalchemy import Text, cast
from sqlmodel import Session, col, select

from api.auth import Writer, WriterDep
from api.conditional import conditional, version_in
from api.cursors import decode_cursor, decode_number, next_address
from api.deps import PartsDep, SessionDep
from api.problems import ChangedMeanwhile
from api.reading import history, platform_file
from api.routes.common import Cursor, Limit, PlatformId, cached, problems
from api.schemas.common import Paged
from api.schemas.entering import PlatformIn, PlatformPatch, RegistrationOut, VersionOut
from api.schemas.platforms import PlatformDetail, PlatformOut, StatementOut, UsageOut
from api.shaping import figure_out, platform_detail, platform_out, report_out, statement_out
from api.submitting import API, own_source, submit
from registry.database import writing_session
from registry.editing import edit
from registry.errors import InvalidValue
from registry.governments import Places
from registry.models import Platform, UsageReport
from registry.permissions import require
from registry.queries import find_platform
from registry.vocab import Level, PlatformState, PlatformType, Rank, Status
from registry.vocabulary import load_vocabulary

router = APIRouter(tags=["platforms"])


@router.get("/platforms", response_model=Paged[PlatformOut], operation_id="listPlatforms", responses=cached())
def list_platforms(
    request: Request,
    session: SessionDep,
    parts: PartsDep,
    type: Annotated[PlatformType | None, Query()] = None,
    form: Annotated[str, Query(max_length=60)] = "",
    function: Annotated[str, Query(max_length=60, description="Function id.")] = "",
    status: Annotated[Status | None, Query()] = None,
    level: Annotated[Level | None, Query()] = None,
    owner: Annotated[str, Query(max_length=60, description="Code or name of the owning government.")] = "",
    state: Annotated[PlatformState, Query()] = PlatformState.active,
    changed_since: Annotated[
        datetime | None, Query(description="With a time zone; to read on, the largest updated_at seen.")
    ] = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Response:
    """All platforms, by id; nothing is lost or doubled while the registry changes between two pages."""
    query = select(Platform).where(Platform.state == state).order_by(col(Platform.id)).limit(limit + 1)
    for column, value in ((Platform.type, type), (Platform.status, status), (Platform.owner_level, level)):
        if value is not None:
            query = query.where(column == value)
    if form:
        query = query.where(Platform.form == form)
    if function:
        load_vocabulary().function(function)
        # The list is JSON text; the id stands in it in quotes, and ids hold no character that LIKE reads otherwise.
        query = query.where(cast(col(Platform.functions), Text).contains(f'"{function}"', autoescape=True))
    if owner:
        query = query.where(col(Platform.owner_id).in_(_owner_ids(parts.places, owner)))
    if changed_since is not None:
        query = query.where(col(Platform.updated_at) >= _aware(changed_since))
    after = decode_cursor(cursor)
    if after:
        query = query.where(col(Platform.id) > after)
    rows = list(session.exec(query))
    more = rows[limit - 1].id if len(rows) > limit else None
    body = Paged[PlatformOut](
        items=[platform_out(row, parts.places) for row in rows[:limit]], next=next_address(request, more)
    )
    return conditional(request, body)


@router.get(
    "/platforms/{platform_id}", response_model=PlatformDetail, operation_id="showPlatform", responses=cached(404)
)
def show_platform(request: Request, session: SessionDep, parts: PartsDep, platform_id: PlatformId) -> Response:
    """One platform with every value's source; the id of a merged one answers as the one it became."""
    row = find_platform(session, platform_id)
    file = platform_file(session, row)
    body = platform_detail(row, parts.places, file.statements, file.figures)
    return conditional(request, body, version=row.version)


@router.get(
    "/platforms/{platform_id}/history",
    response_model=Paged[StatementOut],
    operation_id="showPlatformHistory",
    responses=cached(404),
)
def show_history(
    request: Request, session: SessionDep, platform_id: PlatformId, cursor: Cursor = "", limit: Limit = 50
) -> Response:
    """Everything ever said of a platform, newest first, ended statements included."""
    row = find_platform(session, platform_id)
    rows = history(session, row.id, decode_number(cursor), limit + 1)
    more = rows[limit - 1].id if len(rows) > limit else None
    body = Paged[StatementOut](items=[statement_out(one) for one in rows[:limit]], next=next_address(request, more))
    return conditional(request, body)


@router.get(
    "/platforms/{platform_id}/usage", response_model=UsageOut, operation_id="showPlatformUsage", responses=cached(404)
)
def show_usage(request: Request, session: SessionDep, platform_id: PlatformId) -> Response:
    """Figures and usage reports of a platform."""
    row = find_platform(session, platform_id)
    reports = session.exec(
        select(UsageReport).where(UsageReport.platform_id == row.id).order_by(col(UsageReport.id).desc()).limit(500)
    )
    body = UsageOut(
        figures=[figure_out(one) for one in platform_file(session, row).figures],
        reports=[report_out(one) for one in reports],
    )
    return conditional(request, body)


@router.post(
    "/platforms",
    response_model=RegistrationOut,
    status_code=201,
    operation_id="registerPlatform",
    responses=problems(401, 403, 409),
)
def register_platform(parts: PartsDep, writer: WriterDep, body: PlatformIn, response: Response) -> RegistrationOut:
    """Register a platform; one that is known already is changed instead (200), with what it was recognised by."""
    require(writer.account, "register")
    fields = {key: value for key, value in body.model_dump().items() if value not in ("", [], None)}
    fields["owner_name"] = fields.pop("owner")
    if "channels" in fields:
        fields["channels"] = [f"{one['kind']}={one['value']}" for one in fields["channels"]]
    with writing_session(parts.database) as session:
        done, draft = submit(session, fields, parts.places, writer.actor, writer.account, API)
    if done.action != "added":
        response.status_code = 200
    response.headers["Location"] = f"/api/v1/platforms/{done.platform_id}"
    return RegistrationOut(
        id=done.platform_id,
        action=done.action,
        matched_by=done.matched_by,
        conflicts=list(done.conflicts),
        questions=[
            {"field": one.field, "cause": {"ko": one.cause_ko, "en": one.cause_en}, "choices": list(one.choices)}
            for one in draft.questions
        ],
    )


@router.patch(
    "/platforms/{platform_id}",
    response_model=VersionOut,
    operation_id="changePlatform",
    responses=problems(401, 403, 404, 409, 412, 428),
)
def change_platform(
    parts: PartsDep,
    writer: WriterDep,
    platform_id: PlatformId,
    body: PlatformPatch,
    response: Response,
    if_match: Annotated[str | None, Header(max_length=200, description="The ETag of what was read.")] = None,
) -> VersionOut:
    """Say values anew as the owner; nothing is overwritten unseen."""
    version = version_in(if_match)
    with writing_session(parts.database) as session:
        new = _edit(session, parts.places, writer, platform_id, body, version)
    response.headers["ETag"] = f'"{new}"'
    return VersionOut(id=platform_id, version=new)


def _edit(
    session: Session, places: Places, writer: Writer, platform_id: str, body: PlatformPatch, version: int | None
) -> int:
    row = find_platform(session, platform_id)
    require(writer.account, "edit", row, places)
    if version is not None and row.version != version:
        raise ChangedMeanwhile(
            f"그 사이에 {row.version}판이 되었습니다.",
            f"It is version {row.version} by now.",
            "다시 읽고 고치세요.",
            "Read it again and repeat the change.",
        )
    return edit(
        session,
        row.id,
        body.changes,
        actor=writer.actor,
        source=own_source(session, API),
        rank=Rank.owner,
        expected_version=version,
        note=body.note,
        places=places,
    )


def _owner_ids(places: Places, text: str) -> list[int]:
    row = places.resolve(text)
    return [one.id or 0 for one in (row, *places.predecessors(row))]


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise InvalidValue(
            "changed_since",
            moment.isoformat(),
            "시간대가 없습니다.",
            "The time zone is missing.",
            "2026-11-01T00:00:00Z 처럼 쓰세요.",
            "Write 2026-11-01T00:00:00Z.",
        )
    return moment
