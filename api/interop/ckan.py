"""CKAN's Action API, reading side: what ckanapi, ckanext-harvest and udata ask for, in CKAN's own envelope."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from sqlalchemy import func
from sqlmodel import col, select

from api.deps import base_url, parts_of
from api.interop.ckan_call import Call, ValidationError, json_list
from api.interop.ckan_conditions import (
    MOST_ROWS,
    condition,
    facet_of,
    found_by_words,
    government_of,
    order_of,
    owners_of,
)
from api.interop.ckan_filters import SearchQueryError, parse_filters
from api.interop.ckan_shapes import group, organization, package, package_name
from registry.database import session_of
from registry.errors import NotFound
from registry.models import Platform
from registry.queries import find_platform
from registry.vocab import PlatformState
from registry.vocabulary import load_vocabulary

router = APIRouter()

VERSION = "2.11.0"
LARGEST = 2**31
STANDING = col(Platform.state) == PlatformState.active


@router.get("/api/util/status")
def status(request: Request) -> dict[str, Any]:
    """The old status address, which some clients still ask."""
    return _status(base_url(request))


# GET and POST both read: ckanapi posts by default. Without /3/ too, as ckanapi asks.
@router.api_route("/api/action/{action}", methods=["GET", "POST"])
@router.api_route("/api/3/action/{action}", methods=["GET", "POST"])
async def act(request: Request, action: str) -> Response:
    """Answer one action in CKAN's envelope."""
    try:
        given = await _given(request)
    except ValueError as error:
        return JSONResponse(f"Bad request - Bad request data: {error}", 400)
    return await run_in_threadpool(_answer, request, action, given)


def _answer(request: Request, action: str, given: Mapping[str, Any]) -> Response:
    found = ACTIONS.get(action)
    if found is None:
        # CKAN itself answers this with a bare text, and clients know it by that.
        return JSONResponse(f"Bad request - Action name not known: {action[:100]}", 400)
    base = base_url(request)
    envelope: dict[str, Any] = {"help": f"{base}/api/3/action/help_show?name={action}"}
    parts = parts_of(request)
    error: dict[str, Any]
    try:
        with session_of(parts.database) as session:
            result = found(Call(parts, session, base, given))
    except NotFound:
        error, code = {"__type": "Not Found Error", "message": "Not found"}, 404
    except ValidationError as problem:
        error, code = {"__type": "Validation Error", **problem.fields}, 409
    except SearchQueryError as problem:
        error, code = {"__type": "Search Query Error", "message": f"Invalid search query: {problem}"}, 400
    else:
        return JSONResponse({**envelope, "success": True, "result": result})
    return JSONResponse({**envelope, "success": False, "error": error}, code)


async def _given(request: Request) -> Mapping[str, Any]:
    if request.method == "GET":
        return {name: value[0] if len(value) == 1 else value for name, value in _multi(request).items()}
    body = await request.body()
    if not body.strip():
        return {}
    if "json" not in request.headers.get("content-type", "json"):
        form = await request.form(max_files=0, max_fields=100)
        return {name: str(value) for name, value in form.items()}
    given = json.loads(body)
    if not isinstance(given, dict):
        raise ValueError("it must be a JSON object")
    return given


def _multi(request: Request) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        found.setdefault(name, []).append(value)
    return found


# ── actions ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def status_show(call: Call) -> Any:
    """What this is."""
    return _status(call.base)


def _status(base: str) -> dict[str, Any]:
    return {
        "ckan_version": VERSION,
        "site_url": base,
        "site_title": "메타플랫폼",
        "site_description": "지방자치단체의 공공 플랫폼 등록부 (metaplatform)",
        "error_emails_to": None,
        "locale_default": "ko_KR",
        "extensions": ["metaplatform"],
    }


def site_read(call: Call) -> Any:
    """Whether anybody may read: yes."""
    return True


def help_show(call: Call) -> Any:
    """An action's own sentence."""
    found = ACTIONS.get(call.text("name"))
    if found is None:
        raise NotFound("action", call.given.get("name"))
    return found.__doc__


def package_list(call: Call) -> Any:
    """Names of all packages, by id."""
    query = select(Platform.id).where(STANDING).order_by(col(Platform.id)).offset(call.number("offset", 0, LARGEST))
    if "limit" in call.given:
        query = query.limit(call.number("limit", MOST_ROWS, LARGEST))
    return [package_name(one) for one in call.session.exec(query)]


def current_package_list_with_resources(call: Call) -> Any:
    """Packages whole, page by page."""
    rows = call.session.exec(
        select(Platform)
        .where(STANDING)
        .order_by(col(Platform.updated_at).desc(), col(Platform.id))
        .offset(call.number("offset", 0, LARGEST))
        .limit(call.number("limit", 100, MOST_ROWS))
    )
    return [package(one, call.parts.places, call.base) for one in rows]


def package_show(call: Call) -> Any:
    """One package by id or name."""
    wanted = call.text("id", "name_or_id")
    row = call.session.exec(select(Platform).where(func.lower(Platform.id) == wanted.lower()[:20])).first()
    if row is None or row.state is not PlatformState.active:
        row = find_platform(call.session, row.id if row else wanted[:20])
    if row.state is not PlatformState.active:
        raise NotFound("package", wanted)
    return package(row, call.parts.places, call.base)


def package_search(call: Call) -> Any:
    """Packages by words and filters, with facets."""
    filters = [str(call.given["fq"])] if call.given.get("fq") else []
    listed = json_list(call, "fq_list")
    query = str(call.given.get("q") or "").strip()
    # Some clients write their filters into q; words and filters are told apart by the colon.
    if ":" in query:
        filters.append(query)
        query = ""
    conditions = [STANDING, *(condition(one, call) for one in parse_filters([*filters, *listed]))]
    if query and query != "*":
        conditions.append(col(Platform.id).in_(found_by_words(call, query)))
    count = call.session.exec(select(func.count()).select_from(Platform).where(*conditions)).one()
    rows = call.session.exec(
        select(Platform)
        .where(*conditions)
        .order_by(*order_of(str(call.given.get("sort") or "")))
        .offset(call.number("start", call.number("offset", 0, LARGEST), LARGEST))
        .limit(call.number("rows", call.number("limit", 10, MOST_ROWS), MOST_ROWS))
    )
    counted = {name: facet_of(call, name, conditions) for name in json_list(call, "facet.field")}
    return {
        "count": count,
        "sort": str(call.given.get("sort") or "score desc, metadata_modified desc"),
        "facets": {name: {one["name"]: one["count"] for one in items} for name, items in counted.items()},
        "search_facets": {name: {"title": name, "items": items} for name, items in counted.items()},
        "results": [package(one, call.parts.places, call.base) for one in rows],
    }


def organization_list(call: Call) -> Any:
    """Governments that own a platform."""
    owners = owners_of(call)
    rows = [one for one in call.parts.places.all(former=True) if one.id in owners]
    start, most = call.number("offset", 0, LARGEST), call.number("limit", LARGEST, LARGEST)
    rows = rows[start : start + most]
    if not call.flag("all_fields"):
        return [organization(one)["name"] for one in rows]
    return [{**organization(one), "package_count": owners[one.id or 0]} for one in rows]


def organization_show(call: Call) -> Any:
    """One government, by code or name."""
    row = government_of(call, call.text("id"))
    shown = {**organization(row), "package_count": owners_of(call).get(row.id or 0, 0), "users": [], "groups": []}
    if call.flag("include_datasets"):
        owned = call.session.exec(
            select(Platform).where(STANDING, Platform.owner_id == row.id).order_by(col(Platform.id)).limit(MOST_ROWS)
        )
        shown["packages"] = [package(one, call.parts.places, call.base) for one in owned]
    return shown


def group_list(call: Call) -> Any:
    """Fields of functions."""
    fields = load_vocabulary().fields.values()
    return [group(one) if call.flag("all_fields") else one.id for one in fields]


def group_show(call: Call) -> Any:
    """One field of functions."""
    wanted = call.text("id")
    field = load_vocabulary().fields.get(wanted)
    if field is None:
        raise NotFound("group", wanted)
    return group(field)


def tag_list(call: Call) -> Any:
    """Names of functions."""
    return sorted(one.ko for one in load_vocabulary().functions.values())


def license_list(call: Call) -> Any:
    """No licences: platforms are services, not files."""
    return []


def resource_show(call: Call) -> Any:
    """One channel of a platform."""
    wanted = call.text("id")
    identifier, _, _position = wanted.rpartition("-")
    row = find_platform(call.session, identifier[:20])
    for one in package(row, call.parts.places, call.base)["resources"]:
        if one["id"] == wanted:
            return one
    raise NotFound("resource", wanted)


ACTIONS: Mapping[str, Callable[[Call], Any]] = {
    one.__name__: one
    for one in (
        *(status_show, site_read, help_show, package_list, current_package_list_with_resources, package_show),
        *(package_search, organization_list, organization_show, group_list, group_show, tag_list, license_list),
        resource_show,
    )
}
