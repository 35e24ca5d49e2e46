"""Search and completion over HTTP: the same Finder as on the page."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.conditional import conditional
from api.deps import PartsDep
from api.routes.common import cached
from api.schemas.search import SearchOut, SuggestOut
from api.shaping import search_out, suggestion_out
from search.query import FACETS, SearchQuery

router = APIRouter(tags=["search"])

Values = Annotated[list[str], Query(max_length=20)]


@router.get("/search", response_model=SearchOut, operation_id="search", responses=cached(503))
def search(
    request: Request,
    parts: PartsDep,
    q: Annotated[str, Query(max_length=200, examples=["배달특급"], description="What a resident types.")] = "",
    area: Annotated[str, Query(max_length=60, description="Code or name of the government where she lives.")] = "",
    zone: Annotated[str, Query(max_length=100, description="Id of a living zone.")] = "",
    type: Values = [],
    form: Values = [],
    function: Values = [],
    field: Values = [],
    status: Values = [],
    level: Values = [],
    owner: Values = [],
    serves: Values = [],
    beneficiary: Values = [],
    channel: Values = [],
    engine: Values = [],
    sort: Annotated[str, Query(max_length=20, description="relevance, recent or users")] = "relevance",
    offset: Annotated[int, Query(ge=0, le=10_000)] = 0,
    limit: Annotated[int, Query(ge=0, le=100)] = 10,
    literal: Annotated[bool, Query(description="Take the query to the letter.")] = False,
    explain: Annotated[bool, Query(description="Say why each hit stands where it does.")] = False,
) -> Response:
    """Find platforms in everyday words; initials, slips and places are understood and shown in `interpretation`."""
    given = {
        "type": type,
        "form": form,
        "function": function,
        "field": field,
        "status": status,
        "level": level,
        "owner": owner,
        "area": serves,
        "beneficiary": beneficiary,
        "channel": channel,
        "engine": engine,
    }
    page = parts.finder.search(
        SearchQuery(
            text=q,
            area_id=parts.places.resolve(area).id if area else None,
            zone_id=zone,
            filters={name: tuple(given[name]) for name in FACETS if given[name]},
            sort=sort,
            offset=offset,
            limit=limit,
            literal=literal,
            explain=explain,
        )
    )
    return conditional(request, search_out(page))


@router.get("/suggest", response_model=SuggestOut, operation_id="suggest", responses=cached(503))
def suggest(
    request: Request,
    parts: PartsDep,
    q: Annotated[str, Query(max_length=200, examples=["배다"])] = "",
    area: Annotated[str, Query(max_length=60)] = "",
    limit: Annotated[int, Query(ge=1, le=20)] = 8,
) -> Response:
    """Complete what is being typed: names, functions and places; half-typed syllables and initials too."""
    area_id = parts.places.resolve(area).id if area else None
    found = parts.finder.suggest(q, area_id, limit) if q.strip() else []
    return conditional(request, SuggestOut(query=q, suggestions=[suggestion_out(one) for one in found]))
