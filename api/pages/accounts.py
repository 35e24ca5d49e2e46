"""Accounts of others, for an administrator."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from sqlmodel import col, select

from api.deps import (
    PartsDep,
    SessionDep,
    SignedIn,
    check_csrf,
    find_viewer,
    same_origin,
)
from api.language import language_of
from api.rendering import render
from registry import accounts
from registry.database import session_of, writing_session
from registry.errors import Conflict, InvalidValue
from registry.models import Account
from registry.permissions import ROLES, require

router = APIRouter(dependencies=[Depends(find_viewer)])

forms = APIRouter(dependencies=[Depends(find_viewer), Depends(same_origin)])

Csrf = Annotated[str, Form(max_length=200)]


@router.get("/accounts")
def accounts_page(request: Request, session: SessionDep, viewer: SignedIn) -> Response:
    """Everybody's accounts, for an administrator."""
    require(viewer.account, "manage_accounts")
    return _accounts(request, session, {}, {})


@forms.post("/accounts")
def create_account(
    request: Request,
    parts: PartsDep,
    viewer: SignedIn,
    name: Annotated[str, Form(max_length=200)] = "",
    role: Annotated[str, Form(max_length=30)] = "",
    government: Annotated[str, Form(max_length=60)] = "",
    csrf: Csrf = "",
) -> Response:
    """Make an account; its one-time password is shown this once."""
    check_csrf(viewer, csrf)
    require(viewer.account, "manage_accounts")
    language = language_of(request)
    values = {"name": name, "role": role, "government": government}
    errors: dict[str, str] = {}
    government_id = None
    if role not in ROLES:
        errors["role"] = language("역할을 고르세요.", "Choose a role.")
    if government.strip():
        try:
            government_id = parts.places.resolve(government).id
        except InvalidValue as error:
            errors["government"] = f"{error.cause(language.code)} {error.remedy(language.code)}"
    elif role == "officer":
        errors["government"] = language("담당자의 지방자치단체를 적으세요.", "Name the officer's government.")
    password = ""
    if not errors:
        try:
            with writing_session(parts.database) as session:
                _, password = accounts.create_account(session, name, role, viewer.actor, government_id)
        except (InvalidValue, Conflict) as error:
            errors["name"] = f"{error.cause(language.code)} {error.remedy(language.code)}"
    with session_of(parts.database) as session:
        return _accounts(request, session, values if errors else {}, errors, password=password, made=name)


def _accounts(
    request: Request,
    session: SessionDep,
    values: dict[str, str],
    errors: dict[str, str],
    password: str = "",
    made: str = "",
) -> Response:
    return render(
        request,
        "accounts.html",
        title=language_of(request)("계정 관리", "Accounts"),
        status=422 if errors else 200,
        rows=list(session.exec(select(Account).order_by(col(Account.login)))),
        roles=ROLES,
        values=values,
        errors=errors,
        password=password,
        made=made,
    )
