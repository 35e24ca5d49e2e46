"""The registry in the envelope of apis.data.go.kr, so that code written for that portal works unchanged."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import func
from sqlmodel import Session, col, select

from api.conditional import conditional
from api.deps import PartsDep, SessionDep
from api.interop.xml import child, root, xml_response
from api.language import KOREAN
from api.rendering import name_of
from api.shaping import platform_out
from registry.errors import InvalidValue
from registry.governments import Places
from registry.models import Platform
from registry.vocab import PlatformState

router = APIRouter()

# Result codes of the portal's common guide.
NORMAL, NO_DATA, INVALID = ("00", "NORMAL SERVICE."), ("03", "NODATA_ERROR"), ("10", "INVALID REQUEST PARAMETER ERROR.")


@router.get("/openapi/v1/platforms")
def platforms(
    request: Request,
    session: SessionDep,
    parts: PartsDep,
    serviceKey: Annotated[str, Query(max_length=500)] = "",
    pageNo: Annotated[str, Query(max_length=10)] = "1",
    numOfRows: Annotated[str, Query(max_length=10)] = "10",
    type: Annotated[str, Query(max_length=10)] = "json",
    platformNm: Annotated[str, Query(max_length=200)] = "",
    instCode: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """Platforms page by page; a key is accepted and not needed. Errors are told in the envelope, with HTTP 200."""
    del serviceKey
    numbers = [_number(pageNo, 100_000), _number(numOfRows, 1000)]
    if None in numbers or type.lower() not in ("json", "xml"):
        return _answer(request, type, INVALID, [], 0, 0, 0)
    page, size = (one or 1 for one in numbers)
    try:
        items, total = _items(session, parts.places, page, size, platformNm, instCode)
    except InvalidValue:
        return _answer(request, type, INVALID, [], 0, 0, 0)
    return _answer(request, type, NORMAL if total else NO_DATA, items, page, size, total)


def _items(
    session: Session, places: Places, page: int, size: int, name: str, code: str
) -> tuple[list[dict[str, str]], int]:
    conditions: list[Any] = [col(Platform.state) == PlatformState.active]
    if name:
        conditions.append(col(Platform.name).contains(name, autoescape=True))
    if code:
        owner = places.resolve(code)
        conditions.append(col(Platform.owner_id).in_([one.id for one in (owner, *places.predecessors(owner))]))
    total = session.exec(select(func.count()).select_from(Platform).where(*conditions)).one()
    rows = session.exec(
        select(Platform).where(*conditions).order_by(col(Platform.id)).offset((page - 1) * size).limit(size)
    )
    return [_item(row, places) for row in rows], total


def _item(row: Platform, places: Places) -> dict[str, str]:
    shaped = platform_out(row, places)
    return {
        "platformId": row.id,
        "platformNm": row.name,
        "instCode": shaped.owner_code,
        "instNm": shaped.owner,
        "deptNm": row.department,
        "typeNm": name_of(KOREAN, "type", row.type) if row.type else "",
        "formNm": name_of(KOREAN, "form", f"{row.type}/{row.form}") if row.form else "",
        "funcNm": "||".join(name_of(KOREAN, "function", one["id"]) for one in row.functions),
        "trgterNm": "||".join(name_of(KOREAN, "beneficiary", one) for one in row.beneficiaries),
        "siteUrl": shaped.url,
        "sttusNm": name_of(KOREAN, "status", row.status),
        "cn": row.description,
        "dataStdrDe": row.updated_at.date().isoformat(),
    }


def _answer(
    request: Request,
    kind: str,
    result: tuple[str, str],
    items: list[dict[str, str]],
    page: int,
    size: int,
    total: int,
) -> Response:
    code, message = result
    if kind.lower() == "xml":
        document = root("response")
        header = child(document, "header")
        child(header, "resultCode", code)
        child(header, "resultMsg", message)
        body = child(document, "body")
        listed = child(body, "items")
        for item in items:
            entry = child(listed, "item")
            for key, value in item.items():
                child(entry, key, value)
        for key, number in (("numOfRows", size), ("pageNo", page), ("totalCount", total)):
            child(body, key, str(number))
        return xml_response(request, document, "application/xml")
    # As on the portal: no item gives an empty text where a list is expected.
    body_facts = {"items": {"item": items} if items else "", "numOfRows": size, "pageNo": page, "totalCount": total}
    facts = {"response": {"header": {"resultCode": code, "resultMsg": message}, "body": body_facts}}
    return conditional(request, json.dumps(facts, ensure_ascii=False).encode())


def _number(text: str, most: int) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and 1 <= int(text) <= most else None
