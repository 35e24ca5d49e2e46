"""Registering and editing on the page: fill in, look once more, done; wrong values stay and are pointed at."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import Parts, PartsDep, SessionDep, SignedIn, check_csrf, find_viewer, same_origin
from api.language import Language, language_of
from api.rendering import name_of, render
from api.submitting import FORM, own_source, submit, understood
from registry import vocab
from registry.database import writing_session
from registry.editing import edit
from registry.errors import Conflict, InvalidValue
from registry.models import Platform
from registry.permissions import require
from registry.queries import find_platform
from registry.records import PlatformDraft
from registry.vocabulary import load_vocabulary

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

# A platform's own fields that its edit page offers; the form writes owners as 'owner'.
EDITABLE = {
    "name": 200,
    "owner": 200,
    "department": 200,
    "url": 2000,
    "description": 5000,
    "type": 20,
    "form": 60,
    "functions": 2000,
    "beneficiaries": 500,
    "channels": 4000,
    "area": 500,
    "status": 20,
    "status_since": 10,
    "launched": 10,
    "closed": 10,
    "successor": 20,
    "operator": 200,
    "partners": 1000,
    "operating_mode": 30,
    "legal_basis": 500,
    "aliases": 500,
    "former_names": 500,
    "engine": 100,
    "shared_operation": 200,
}

PlatformId = Annotated[str, Path(max_length=20)]


@router.get("/register")
def register_form(request: Request, viewer: SignedIn) -> Response:
    """The empty form."""
    require(viewer.account, "register")
    return _form(request, {}, {})


@forms.post("/register")
async def register(request: Request, parts: PartsDep, viewer: SignedIn) -> Response:
    """Check; show what will be registered; and once that is confirmed, register it."""
    given = await request.form(max_fields=200, max_files=0)
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


@router.get("/platforms/{identifier}/edit")
def edit_form(
    request: Request, session: SessionDep, parts: PartsDep, viewer: SignedIn, identifier: PlatformId
) -> Response:
    """The form with today's values."""
    platform = find_platform(session, identifier)
    require(viewer.account, "edit", platform, parts.places)
    return _edit(request, platform, _current(platform, parts), {}, platform.version)


@forms.post("/platforms/{identifier}/edit")
async def edit_platform(request: Request, parts: PartsDep, viewer: SignedIn, identifier: PlatformId) -> Response:
    """Say the changed values as the owner; only what was changed is said."""
    given = await request.form(max_fields=200, max_files=0)
    check_csrf(viewer, str(given.get("csrf", "")))
    language = language_of(request)
    values = {name: str(given.get(name, "")).strip() for name in EDITABLE}
    version = (
        int(text) if (text := str(given.get("version", ""))).isascii() and text.isdigit() and len(text) < 16 else 0
    )
    errors = {
        name: language(f"{most}자까지 적을 수 있습니다.", f"At most {most} characters, please.")
        for name, most in EDITABLE.items()
        if len(values[name]) > most
    }
    try:
        with writing_session(parts.database) as session:
            platform = find_platform(session, identifier)
            require(viewer.account, "edit", platform, parts.places)
            before = _current(platform, parts)
            changes = {name: value for name, value in values.items() if value != before[name]}
            if errors:
                return _edit(request, platform, values, errors, version, 422)
            if changes:
                source = own_source(session, FORM)
                edit(
                    session,
                    platform.id,
                    changes,
                    actor=viewer.actor,
                    source=source,
                    expected_version=version,
                    note=str(given.get("note", ""))[:500],
                    places=parts.places,
                )
    except InvalidValue as error:
        errors = {error.field: f"{error.cause(language.code)} {error.remedy(language.code)}"}
        return _edit(request, platform, values, errors, version, 422)
    except Conflict as error:
        errors = {"name": f"{error.cause(language.code)} {error.remedy(language.code)}"}
        return _edit(request, platform, values, errors, version, 409)
    return RedirectResponse(language.link(f"/platforms/{identifier}"), 303)


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
        options=_options(language),
    )


def _edit(
    request: Request,
    platform: Platform,
    values: dict[str, str],
    errors: dict[str, str],
    version: int,
    status: int = 200,
) -> Response:
    language = language_of(request)
    return render(
        request,
        "edit.html",
        title=language(f"{platform.name} 고치기", f"Edit {platform.name}"),
        status=status,
        p=platform,
        values=values,
        errors=errors,
        version=version,
        longest=EDITABLE,
        options=_options(language),
        lists=("functions", "beneficiaries", "channels", "area", "partners", "aliases", "former_names"),
    )


def _options(language: Language) -> dict[str, list[tuple[str, str]]]:
    words = load_vocabulary()
    return {
        "form": [
            (key, f"{name_of(language, 'type', one.type)} · {language(one.ko, one.en)}")
            for key, one in words.forms.items()
        ],
        "functions": [(key, language(one.ko, one.en)) for key, one in words.functions.items()],
        "beneficiaries": [(key, language(one.ko, one.en)) for key, one in words.beneficiaries.items()],
        "type": [(one.value, name_of(language, "type", one)) for one in vocab.PlatformType],
        "status": [(one.value, name_of(language, "status", one)) for one in vocab.Status],
        "operating_mode": [(one.value, name_of(language, "operating_mode", one)) for one in vocab.OperatingMode],
    }


def _current(platform: Platform, parts: Parts) -> dict[str, str]:
    """Today's values as the edit form shows them: lists with ';' between."""
    owner = parts.places.by_id(platform.owner_id) if platform.owner_id else None
    special = {
        "owner": owner.full_name if owner else platform.owner_name,
        "form": f"{platform.type}/{platform.form}" if platform.type and platform.form else platform.form,
        "functions": "; ".join(one["id"] for one in platform.functions),
        "channels": "; ".join(f"{one['kind']}={one['value']}" for one in platform.channels),
        "successor": platform.successor_id or "",
    }
    values = {}
    for name in EDITABLE:
        value = special[name] if name in special else getattr(platform, name)
        values[name] = "; ".join(value) if isinstance(value, list) else str(value or "")
    return values
