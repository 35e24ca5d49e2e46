"""The resident's way in: one search box, results with facets, her area, and how the screen looks."""

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import AREA_COOKIE, PartsDep, SessionDep, chosen_area, find_viewer, same_origin
from api.flash import redirect_saying, say
from api.language import language_of
from api.reading import counts
from api.rendering import MODES, SCALES, render
from registry.errors import InvalidValue
from registry.models import Government
from registry.vocabulary import load_vocabulary
from search.query import FACETS, SORTS, SearchPage, SearchQuery

router = APIRouter(dependencies=[Depends(find_viewer)])

PAGE = 10
SHOWN_VALUES = 12
# What a page shows open; the rest is a click away.
OPEN_FACETS = ("type", "function", "status")
YEAR_SECONDS = 365 * 24 * 3600
EXAMPLES = ("ㅂㄷㅌㄱ", "우리 동네 주차", "아이 맡길 데", "배달", "구청에 건의", "이사")


@dataclass(frozen=True)
class State:
    """The state of a results page, which is its address: everything on the page is a link made from it."""

    path: str
    text: str = ""
    area: str | None = None
    zone: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    sort: str = "relevance"
    literal: bool = False
    explain: bool = False

    def address(self, offset: int = 0, **changes: Any) -> str:
        """The address of the page with something changed."""
        now = {**self.__dict__, **changes}
        pairs: list[tuple[str, str]] = [("q", now["text"])] if now["text"] else []
        if now["area"] is not None:
            pairs.append(("area", now["area"]))
        pairs += [("zone", now["zone"])] if now["zone"] else []
        pairs += now["filters"]
        pairs += [("sort", now["sort"])] if now["sort"] != "relevance" else []
        pairs += [("literal", "1")] if now["literal"] else []
        pairs += [("explain", "1")] if now["explain"] else []
        pairs += [("offset", str(offset))] if offset else []
        return self.path + ("?" + urlencode(pairs) if pairs else "")

    def toggled(self, facet: str, value: str) -> str:
        """The address with one value of a facet added, or taken away if it is there."""
        pair = (facet, value)
        without = tuple(one for one in self.filters if one != pair)
        return self.address(filters=without if len(without) < len(self.filters) else (*self.filters, pair))

    def hidden(self) -> list[tuple[str, str]]:
        """What the search form carries on: filters and order stay when the words change."""
        kept = list(self.filters)
        if self.area is not None:
            kept.append(("area", self.area))
        if self.zone:
            kept.append(("zone", self.zone))
        if self.sort != "relevance":
            kept.append(("sort", self.sort))
        return kept


@router.get("/")
def home(request: Request, session: SessionDep) -> Response:
    """The search box, big; below it ways in for those who would rather look around."""
    language = language_of(request)
    return render(
        request,
        "home.html",
        title=language("지방정부 공공 플랫폼 찾기", "Find a local public platform"),
        counts=counts(session),
        fields=load_vocabulary().fields,
        examples=EXAMPLES,
    )


@router.get("/search")
def search(
    request: Request,
    parts: PartsDep,
    q: Annotated[str, Query(max_length=1000)] = "",
    area: Annotated[str | None, Query(max_length=60)] = None,
    zone: Annotated[str, Query(max_length=100)] = "",
    sort: Annotated[str, Query(max_length=20)] = "relevance",
    offset: Annotated[int, Query(ge=0, le=9990)] = 0,
    literal: bool = False,
    explain: bool = False,
) -> Response:
    """Results: what was found, how the words were read, and how to narrow or widen it."""
    language = language_of(request)
    filters = tuple((name, value) for name in FACETS for value in request.query_params.getlist(name) if name != "area")
    filters += tuple(("serves", value) for value in request.query_params.getlist("serves"))
    state = State(language.link("/search"), q.strip(), area, zone, filters, sort, literal, explain)
    here = _area(request, parts, area)
    problem = ""
    try:
        page: SearchPage | None = parts.finder.search(
            SearchQuery(
                text=state.text,
                area_id=here.id if here else None,
                zone_id=zone,
                filters=_grouped(filters),
                sort=sort,
                offset=offset,
                limit=PAGE,
                literal=literal,
                explain=explain,
            )
        )
    except InvalidValue as error:
        page, problem = None, f"{error.cause(language.code)} {error.remedy(language.code)}"
    return render(
        request,
        "search.html",
        title=language(f"'{q}' 검색 결과", f"Results for '{q}'") if q else language("플랫폼 찾기", "Find platforms"),
        status=200 if page else 422,
        state=state,
        page=page,
        problem=problem,
        here=here,
        zone_row=parts.places.zones.get(zone),
        offset=offset,
        size=PAGE,
        sorts=SORTS,
        open_facets=OPEN_FACETS,
        shown_values=SHOWN_VALUES,
        wider=parts.places.by_id(page.wider_area_id) if page and page.wider_area_id else None,
    )


@router.post("/area", dependencies=[Depends(same_origin)])
def choose_area(
    request: Request,
    parts: PartsDep,
    place: Annotated[str, Form(max_length=60)] = "",
    clear: Annotated[str, Form(max_length=5)] = "",
    back: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Remember a person's area in her browser; same-named ones are offered as a choice."""
    language = language_of(request)
    target = back if back.startswith("/") and not back.startswith(("//", "/\\")) else language.link("/")
    if clear or not place.strip():
        response = say(RedirectResponse(target, 303), "area_cleared")
        response.delete_cookie(AREA_COOKIE)
        return response
    choices = parts.places.choices(place)
    if len(choices) == 1:
        response = say(RedirectResponse(target, 303), "area_set")
        response.set_cookie(AREA_COOKIE, choices[0].code, max_age=YEAR_SECONDS, samesite="lax")
        return response
    title = language("어느 곳인가요?", "Which one?") if choices else language("찾을 수 없는 곳", "Place not found")
    status = 200 if choices else 422
    return render(request, "area.html", title=title, status=status, choices=choices, place=place, back=target)


@router.get("/area")
def area_page(request: Request) -> Response:
    """Choose one's area on a page of its own."""
    title = language_of(request)("우리 동네 정하기", "Choose my area")
    return render(request, "area.html", title=title, choices=[], place="", back=language_of(request).link("/"))


@router.get("/display")
def display(request: Request) -> Response:
    """Contrast and letter size, without JavaScript."""
    title = language_of(request)("화면 설정", "Display")
    return render(request, "display.html", title=title, modes=MODES, scales=SCALES)


@router.post("/display", dependencies=[Depends(same_origin)])
def set_display(
    request: Request, mode: Annotated[str, Form(max_length=20)] = "", scale: Annotated[str, Form(max_length=10)] = ""
) -> Response:
    """Keep the chosen display in a cookie."""
    response = redirect_saying(request, "/display", "display_set")
    response.set_cookie("display", mode if mode in MODES else "", max_age=YEAR_SECONDS, samesite="lax")
    response.set_cookie("scale", scale if scale in SCALES else "", max_age=YEAR_SECONDS, samesite="lax")
    return response


def _area(request: Request, parts: PartsDep, area: str | None) -> Government | None:
    """The area of this search: the one in the address ('' is the whole country), else the remembered one."""
    if area is None:
        return chosen_area(request)
    choices = parts.places.choices(area) if area else []
    return choices[0] if len(choices) == 1 else None


def _grouped(filters: tuple[tuple[str, str], ...]) -> dict[str, tuple[str, ...]]:
    """Pairs as search wants them. In an address the facet 'area' is called 'serves': 'area' is where one lives."""
    grouped: dict[str, tuple[str, ...]] = {}
    for name, value in filters:
        key = "area" if name == "serves" else name
        grouped[key] = (*grouped.get(key, ()), value[:200])
    return grouped
