"""Editing a platform as its owner: only what was changed is said, and wrong values stay and are pointed at."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response

from api.deps import Parts, PartsDep, SessionDep, SignedIn, check_csrf, find_viewer, same_origin
from api.flash import redirect_saying
from api.language import language_of
from api.pages.choices import function_shelves, options
from api.posted import Posted
from api.rendering import render
from api.submitting import FORM, own_source
from registry.database import writing_session
from registry.editing import edit
from registry.errors import Conflict, InvalidValue
from registry.models import Platform
from registry.permissions import require
from registry.queries import find_platform

router = APIRouter(dependencies=[Depends(find_viewer)])

forms = APIRouter(dependencies=[Depends(find_viewer), Depends(same_origin)])

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

# What is chosen from a list; its order says nothing.
CHOSEN = ("functions", "beneficiaries")
SEPARATOR = "; "

PlatformId = Annotated[str, Path(max_length=20)]


@router.get("/platforms/{identifier}/edit")
def edit_form(
    request: Request, session: SessionDep, parts: PartsDep, viewer: SignedIn, identifier: PlatformId
) -> Response:
    """The form with today's values."""
    platform = find_platform(session, identifier)
    require(viewer.account, "edit", platform, parts.places)
    return _edit(request, platform, _current(platform, parts), {}, platform.version)


@forms.post("/platforms/{identifier}/edit")
def edit_platform(
    request: Request, parts: PartsDep, viewer: SignedIn, identifier: PlatformId, given: Posted
) -> Response:
    """Say the changed values as the owner; only what was changed is said."""
    check_csrf(viewer, str(given.get("csrf", "")))
    language = language_of(request)
    values = {name: str(given.get(name, "")).strip() for name in EDITABLE}
    values |= {name: SEPARATOR.join(str(one).strip() for one in given.getlist(name)) for name in CHOSEN}
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
            changes = {name: value for name, value in values.items() if not _same(name, value, before[name])}
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
    return redirect_saying(request, f"/platforms/{identifier}", "saved" if changes else "nothing_changed")


def _same(name: str, value: str, before: str) -> bool:
    if name in CHOSEN:
        return set(value.split(SEPARATOR)) == set(before.split(SEPARATOR))
    return value == before


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
        options=options(language),
        shelves=function_shelves(language),
        chosen=lambda name: values[name].split(SEPARATOR),
        lists=("area", "partners", "aliases", "former_names"),
    )


def _current(platform: Platform, parts: Parts) -> dict[str, str]:
    """Today's values as the edit form shows them: lists with ';' between."""
    owner = parts.places.by_id(platform.owner_id) if platform.owner_id else None
    special = {
        "owner": owner.full_name if owner else platform.owner_name,
        "form": f"{platform.type}/{platform.form}" if platform.type and platform.form else platform.form,
        "functions": SEPARATOR.join(one["id"] for one in platform.functions),
        "channels": SEPARATOR.join(f"{one['kind']}={one['value']}" for one in platform.channels),
        "successor": platform.successor_id or "",
    }
    values = {}
    for name in EDITABLE:
        value = special[name] if name in special else getattr(platform, name)
        values[name] = SEPARATOR.join(value) if isinstance(value, list) else str(value or "")
    return values
