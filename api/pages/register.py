"""Registering on the page: fill in, look once more, done; wrong values stay and are pointed at."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import Parts, PartsDep, SessionDep, SignedIn, check_csrf, find_viewer, same_origin
from api.language import Language, language_of
from api.pages.choices import function_shelves, options
from api.posted import Posted
from api.rendering import render
from api.submitting import FORM, submit, understood
from registry.database import writing_session
from registry.errors import InvalidValue
from registry.permissions import require
from registry.queries import find_platform
from registry.records import PlatformDraft

router = APIRouter(dependencies=[Depends(find_viewer)])

forms = APIRouter(dependencies=[Depends(find_viewer), Depends(same_origin)])

# Fields of the form in its order: name, longest value. What is not listed is not taken.
SINGLE = {
    "name": 200,
    "owner_name": 200,
    "department": 200,
    "url": 2000,
    "description": 5000,
    "form": 60,
    "status": 20,
    "launched": 10,
    "area": 500,
    "operator": 200,
    "operating_mode": 30,
    "legal_basis": 500,
    "aliases": 500,
    "channels": 2000,
}

SEVERAL = ("functions", "beneficiaries")

LONGEST_LIST = 30

NEEDED = ("name", "owner_name")

# The names normalise uses in its errors and questions for what the form calls otherwise.
FORM_FIELDS = {"owner": "owner_name", "owner_code": "owner_name"}


@router.get("/register")
def register_form(request: Request, viewer: SignedIn) -> Response:
    """The empty form."""
    require(viewer.account, "register")
    return _form(request, {}, {})


@forms.post("/register")
def register(request: Request, parts: PartsDep, viewer: SignedIn, given: Posted) -> Response:
    """Check; show what will be registered; and once that is confirmed, register it."""
    check_csrf(viewer, str(given.get("csrf", "")))
    require(viewer.account, "register")
    values = _values(given)
    errors = _check(values, language_of(request))
    draft = None
    if not errors:
        draft, errors = _draft(values, parts, language_of(request))
    if errors or draft is None or "back" in given:
        return _form(request, values, errors, 422 if errors else 200)
    if "confirmed" not in given:
        return render(
            request,
            "register_confirm.html",
            title=language_of(request)("등록 내용 확인", "Check before registering"),
            values=values,
            draft=draft,
            hidden=_hidden(values),
        )
    with writing_session(parts.database) as session:
        done, _ = submit(session, _fields(values), parts.places, viewer.actor, viewer.account, FORM)
    return RedirectResponse(
        language_of(request).link(f"/register/done?id={done.platform_id}&action={done.action}"), 303
    )


@router.get("/register/done")
def register_done(
    request: Request,
    session: SessionDep,
    identifier: Annotated[str, Query(alias="id", max_length=20)] = "",
    action: Annotated[str, Query(max_length=20)] = "added",
) -> Response:
    """The completion page: what happened, and what comes next."""
    platform = find_platform(session, identifier)
    title = language_of(request)("등록했습니다", "Registered")
    return render(request, "register_done.html", title=title, p=platform, action=action)


def _values(given: Any) -> dict[str, Any]:
    values: dict[str, Any] = {name: str(given.get(name, "")).strip() for name in SINGLE}
    for name in SEVERAL:
        values[name] = [str(one)[:60] for one in given.getlist(name)][:LONGEST_LIST]
    return values


def _check(values: dict[str, Any], language: Language) -> dict[str, str]:
    errors = {}
    for name, most in SINGLE.items():
        if name in NEEDED and not values[name]:
            errors[name] = language("꼭 적어야 합니다.", "This is needed.")
        elif len(values[name]) > most:
            errors[name] = language(f"{most}자까지 적을 수 있습니다.", f"At most {most} characters, please.")
    return errors


def _draft(values: dict[str, Any], parts: Parts, language: Language) -> tuple[PlatformDraft | None, dict[str, str]]:
    """The draft, and what the form has to ask again: a person can answer at once what a harvest can only ask."""
    try:
        parts.places.resolve(values["owner_name"])
        draft = understood(_fields(values), parts.places, FORM)
    except InvalidValue as error:
        name = FORM_FIELDS.get(error.field, error.field)
        field = name if name in SINGLE or name in SEVERAL else "name"
        return None, {field: f"{error.cause(language.code)} {error.remedy(language.code)}"}
    errors = {}
    for one in draft.questions:
        name = FORM_FIELDS.get(one.field, one.field)
        if values.get(name):
            errors[name] = " ".join(
                language(ko, en) for ko, en in ((one.cause_ko, one.cause_en), (one.remedy_ko, one.remedy_en))
            )
    return draft, errors


def _fields(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


def _hidden(values: dict[str, Any]) -> list[tuple[str, str]]:
    pairs = [(name, values[name]) for name in SINGLE if values[name]]
    return pairs + [(name, one) for name in SEVERAL for one in values[name]]


def _form(request: Request, values: dict[str, Any], errors: dict[str, str], status: int = 200) -> Response:
    language = language_of(request)
    filled = {**dict.fromkeys(SINGLE, ""), **{name: [] for name in SEVERAL}, **values}
    return render(
        request,
        "register.html",
        title=language("플랫폼 등록", "Register a platform"),
        status=status,
        values=filled,
        errors=errors,
        longest=SINGLE,
        options=options(language),
        shelves=function_shelves(language),
    )
