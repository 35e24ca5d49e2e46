"""The audit trail: who did what to which thing."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from api.deps import (
    SessionDep,
    SignedIn,
    find_viewer,
)
from api.language import language_of
from api.rendering import render
from registry.audit import audit_lines
from registry.permissions import require

router = APIRouter(dependencies=[Depends(find_viewer)])

AUDIT_SHOWN = 100


@router.get("/audit")
def audit_page(
    request: Request,
    session: SessionDep,
    viewer: SignedIn,
    subject: Annotated[str, Query(max_length=200)] = "",
    actor: Annotated[str, Query(max_length=120)] = "",
    before: Annotated[int | None, Query(ge=1, le=2**53)] = None,
) -> Response:
    """Who did what to which thing, newest first."""
    require(viewer.account, "read_audit")
    rows = audit_lines(session, subject, actor, before, AUDIT_SHOWN)
    title = language_of(request)("처리 기록", "Audit trail")
    more = rows[-1].id if len(rows) == AUDIT_SHOWN else None
    return render(request, "audit.html", title=title, rows=rows, subject=subject, actor=actor, more=more)
