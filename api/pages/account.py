"""Signing in and out, one's password and tokens, accounts of others, and the audit trail."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import col, select

from api.deps import (
    SESSION_COOKIE,
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
from registry.audit import audit_lines
from registry.database import session_of, writing_session
from registry.errors import Conflict, InvalidValue, NotAllowed
from registry.models import Account, ApiToken
from registry.permissions import ROLES, may, require

router = APIRouter(dependencies=[Depends(find_viewer)])
forms = APIRouter(dependencies=[Depends(find_viewer), Depends(same_origin)])

AUDIT_SHOWN = 100

Csrf = Annotated[str, Form(max_length=200)]
Secret = Annotated[str, Form(max_length=1000)]


@router.get("/login")
def login_page(request: Request, to: Annotated[str, Query(max_length=500)] = "") -> Response:
    """The sign-in form."""
    return _login(request, "", to, {})


@forms.post("/login")
def login(
    request: Request,
    parts: PartsDep,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Secret = "",
    to: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Open a session; a one-time password leads to the page that changes it."""
    language = language_of(request)
    # The failed attempt must stay written, so the session is not left through the error.
    refused: NotAllowed | None = None
    with writing_session(parts.database) as session:
        try:
            key = accounts.sign_in(session, name, password, parts.settings.session_hours)
        except NotAllowed as error:
            refused = error
    if refused is not None:
        sentence = f"{refused.cause(language.code)} {refused.remedy(language.code)}"
        return _login(request, name, to, {"name": sentence}, 422)
    target = to if to.startswith("/") and not to.startswith(("//", "/\\")) else language.link("/account")
    if key.account.must_change:
        target = language.link("/account/password")
    response = RedirectResponse(target, 303)
    response.set_cookie(
        SESSION_COOKIE,
        key.key,
        max_age=parts.settings.session_hours * 3600,
        httponly=True,
        samesite="lax",
        secure=parts.settings.public_url.startswith("https://"),
    )
    return response


@forms.post("/logout")
def logout(request: Request, parts: PartsDep, viewer: SignedIn, csrf: Csrf = "") -> Response:
    """End the session."""
    check_csrf(viewer, csrf)
    with writing_session(parts.database) as session:
        accounts.sign_out(session, request.cookies.get(SESSION_COOKIE, ""))
    response = RedirectResponse(language_of(request).link("/"), 303)
    response.delete_cookie(SESSION_COOKIE)
    return response


@router.get("/account")
def account(request: Request, session: SessionDep, viewer: SignedIn) -> Response:
    """One's own page: password, tokens, and where to go from here."""
    return _account(request, session, viewer)


@router.get("/account/password")
def password_page(request: Request, viewer: SignedIn) -> Response:
    """The form that changes one's password."""
    return _password(request, viewer, {})


@forms.post("/account/password")
def change_password(
    request: Request,
    parts: PartsDep,
    viewer: SignedIn,
    old: Secret = "",
    new: Secret = "",
    again: Secret = "",
    csrf: Csrf = "",
) -> Response:
    """Change it; every session ends, so one signs in with the new one."""
    check_csrf(viewer, csrf)
    language = language_of(request)
    if new != again:
        return _password(
            request, viewer, {"again": language("두 번 적은 것이 다릅니다.", "The two are not the same.")}, 422
        )
    try:
        with writing_session(parts.database) as session:
            accounts.change_password(session, viewer.account.id or 0, old, new)
    except NotAllowed:
        return _password(
            request, viewer, {"old": language("지금 비밀번호가 맞지 않습니다.", "The present password is wrong.")}, 422
        )
    except InvalidValue as error:
        return _password(request, viewer, {"new": f"{error.cause(language.code)} {error.remedy(language.code)}"}, 422)
    response = RedirectResponse(language.link("/login"), 303)
    response.delete_cookie(SESSION_COOKIE)
    return response


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
    return RedirectResponse(language_of(request).link("/account"), 303)


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


def _login(request: Request, name: str, to: str, errors: dict[str, str], status: int = 200) -> Response:
    title = language_of(request)("로그인", "Sign in")
    return render(request, "login.html", title=title, status=status, name=name, to=to, errors=errors)


def _password(request: Request, viewer: SignedIn, errors: dict[str, str], status: int = 200) -> Response:
    title = language_of(request)("비밀번호 바꾸기", "Change the password")
    shortest = accounts.SHORTEST_PASSWORD
    return render(
        request,
        "password.html",
        title=title,
        status=status,
        errors=errors,
        first=viewer.account.must_change,
        shortest=shortest,
    )


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
        may=lambda action: may(viewer.account, action),
    )


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
