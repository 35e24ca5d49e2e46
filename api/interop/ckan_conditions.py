"""CKAN's filters, orders and facets over our platforms."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Text, and_, cast, false, func, not_, or_, true
from sqlmodel import col, select

from api.interop.ckan_call import Call
from api.interop.ckan_filters import Clause, SearchQueryError
from api.language import KOREAN
from api.reading import counts_by_owner
from api.rendering import name_of
from registry.errors import NotFound
from registry.models import Government, Platform
from registry.vocabulary import load_vocabulary
from search.query import SearchQuery

MOST_ROWS = 1000
SORTS: Mapping[str, Any] = {
    "id": Platform.id,
    "name": Platform.id,
    "title": Platform.name,
    "title_string": Platform.name,
    "metadata_modified": Platform.updated_at,
    "metadata_created": Platform.created_at,
}


def condition(clause: Clause, call: Call) -> Any:
    made = _positive(clause, call)
    return not_(made) if clause.negative else made


def _positive(clause: Clause, call: Call) -> Any:
    if clause.field in ("metadata_modified", "metadata_created"):
        column = col(Platform.updated_at if clause.field == "metadata_modified" else Platform.created_at)
        ends = ([column >= clause.start] if clause.start else []) + ([column <= clause.end] if clause.end else [])
        return _all(ends)
    if not clause.values:
        raise SearchQueryError(f"{clause.field} takes no range")
    if clause.field in ("id", "name"):
        return func.lower(Platform.id).in_([one.lower() for one in clause.values])
    if clause.field == "title":
        return or_(*(col(Platform.name).contains(one, autoescape=True) for one in clause.values))
    if clause.field in ("organization", "owner_org"):
        return col(Platform.owner_id).in_([_owner_id(call, one) for one in clause.values])
    if clause.field in ("groups", "tags"):
        codes = [code for one in clause.values for code in _functions(clause.field, one)]
        text = cast(col(Platform.functions), Text)
        return or_(*(text.contains(f'"{code}"', autoescape=True) for code in codes)) if codes else _never()
    # What is the same for every package of ours: type:dataset, state:active, capacity:public …
    same = {"type": "dataset", "dataset_type": "dataset", "state": "active", "private": "false", "capacity": "public"}
    return _all([]) if same.get(clause.field, clause.values[0]) in clause.values else _never()


def _all(parts: list[Any]) -> Any:
    return and_(true(), *parts)


def _never() -> Any:
    return false()


def _functions(kind: str, value: str) -> list[str]:
    words = load_vocabulary().functions.values()
    if kind == "groups":
        return [one.id for one in words if one.field == value]
    return [one.id for one in words if value in (one.ko, one.id)]


def _owner_id(call: Call, text: str) -> int:
    try:
        return government_of(call, text).id or 0
    except NotFound:
        return -1


def government_of(call: Call, text: str) -> Government:
    code = text.removeprefix("gov-")
    if code.isascii() and code.isdigit() and len(code) <= 10:
        try:
            return call.parts.places.by_code(code)
        except (NotFound, KeyError):
            pass
    choices = call.parts.places.choices(text[:100])
    if len(choices) != 1:
        raise NotFound("organization", text)
    return choices[0]


def owners_of(call: Call) -> dict[int, int]:
    return counts_by_owner(call.session)


def order_of(text: str) -> list[Any]:
    made = []
    for part in text.split(","):
        name, _, direction = part.strip().partition(" ")
        if name in ("", "score", "views_recent"):
            continue
        if name not in SORTS or direction.strip().lower() not in ("", "asc", "desc"):
            raise SearchQueryError(f"cannot sort by {part.strip()!r}")
        column = col(SORTS[name])
        made.append(column.desc() if direction.strip().lower() == "desc" else column.asc())
    return [*(made or [col(Platform.updated_at).desc()]), col(Platform.id)]


def found_by_words(call: Call, text: str) -> list[str]:
    """Ids that our own search finds, at most a thousand: nobody pages further through words."""
    found: list[str] = []
    while len(found) < MOST_ROWS:
        page = call.parts.finder.search(SearchQuery(text=text[:200], offset=len(found), limit=100))
        found += [hit.id for hit in page.hits]
        if len(page.hits) < 100:
            break
    return found


def facet_of(call: Call, name: str, conditions: list[Any]) -> list[dict[str, Any]]:
    most = call.number("facet.limit", 50, 1000)
    counted: dict[tuple[str, str], int] = {}
    words = load_vocabulary()
    rows = call.session.exec(select(Platform.owner_id, Platform.functions).where(*conditions))
    for owner_id, functions in rows:
        for key in _facet_values(call, name, owner_id, functions, words):
            counted[key] = counted.get(key, 0) + 1
    ordered = sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:most]
    return [{"name": key, "display_name": title, "count": number} for (key, title), number in ordered]


def _facet_values(
    call: Call, name: str, owner_id: int | None, functions: Sequence[Any], words: Any
) -> set[tuple[str, str]]:
    if name == "organization":
        row = call.parts.places.by_id(owner_id) if owner_id else None
        return {(f"gov-{row.code}", row.full_name)} if row else set()
    codes = [one["id"] for one in functions if one["id"] in words.functions]
    if name == "tags":
        return {(label, label) for label in (name_of(KOREAN, "function", one) for one in codes)}
    if name == "groups":
        fields = {words.functions[one].field for one in codes}
        return {(one, words.fields[one].ko) for one in fields}
    return set()
