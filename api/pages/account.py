"""One's own account and its tokens."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import Response
from sqlmodel import col, select

from api.deps import (
    PartsDep,
    SessionDep,
    SignedIn,
    check_csrf,
    find_viewer,
    parts_of,
    same_origin,
)
from api.flash import redirect_saying
from api.language import language_of
from api.rendering import render
from registry import accounts
from registry.database import session_of, writing_session
from registry.models import ApiToken
from registry.permissions import may, require

router = APIRouter(dependencies=[Depends(find_viewer)])

forms = APIRouter(dependencies=[Depends(find_viewer), Depends(same_origin)])

Csrf = Annotated[str, Form(max_length=200)]


@router.get("/account")
def account(request: Request, session: SessionDep, viewer: SignedIn) -> Response:
    """One's own page: password, tokens, and where to go from here."""
    return _account(request, session, viewer)


@forms.post("/account/tokens")
def create_token(
    request: Request,
    parts: PartsDep,
    viewer: SignedIn,
    name: Annotated[str, Form(max_length=100)] = "",
    csrf: Csrf = "",
) -> Response:
    """Make a token; it is shown this once."""
    check_csrf(viewer, csrf)
    require(viewer.account, "register")
    with writing_session(parts.database) as session:
        token = accounts.create_token(session, viewer.account.id or 0, name)
    with session_of(parts.database) as session:
        return _account(request, session, viewer, token=token)


@forms.post("/account/tokens/{number}/revoke")
def revoke_token(
    request: Request, parts: PartsDep, viewer: SignedIn, number: Annotated[int, Path(ge=1, le=2**53)], csrf: Csrf = ""
) -> Response:
    """Make one of one's tokens worthless."""
    check_csrf(viewer, csrf)
    with writing_session(parts.database) as session:
        row = session.get(ApiToken, number)
        if row is not None and row.account_id != viewer.account.id:
            require(viewer.account, "manage_accounts")
        accounts.revoke_token(session, number, viewer.actor)
    return redirect_saying(request, "/account", "token_revoked")


def _account(request: Request, session: SessionDep, viewer: SignedIn, token: str = "") -> Response:
    tokens = session.exec(
        select(ApiToken).where(ApiToken.account_id == viewer.account.id).order_by(col(ApiToken.id).desc())
    )
    return render(
        request,
        "account.html",
        title=language_of(request)("내 계정", "My account"),
        tokens=list(tokens),
        token=token,
        government=parts_of(request).places.by_id(viewer.account.government_id)
        if viewer.account.government_id
        else None,
        may=lambda action: may(viewer.account, action),
    )
