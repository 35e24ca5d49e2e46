"""Signing in and out, and changing one's password."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import (
    SESSION_COOKIE,
    PartsDep,
    SignedIn,
    check_csrf,
    find_viewer,
    same_origin,
)
from api.flash import redirect_saying
from api.language import language_of
from api.rendering import render
from registry import accounts
from registry.database import writing_session
from registry.errors import InvalidValue, NotAllowed

router = APIRouter(dependencies=[Depends(find_viewer)])

forms = APIRouter(dependencies=[Depends(find_viewer), Depends(same_origin)])

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
    response = redirect_saying(request, "/", "signed_out")
    response.delete_cookie(SESSION_COOKIE)
    return response


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
    response = redirect_saying(request, "/login", "password_changed")
    response.delete_cookie(SESSION_COOKIE)
    return response


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
