"""Governments and living zones: what each runs, and a zone's platforms on one page by function."""

from collections import Counter, defaultdict
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import FileResponse, RedirectResponse, Response

from api.deps import PartsDep, SessionDep, chosen_area, find_viewer
from api.language import language_of
from api.reading import counts_by_owner, list_issues, owned_by, serving
from api.rendering import render
from config.settings import CONFIG
from registry.coverage import coverage_of
from registry.errors import NotFound
from registry.models import Government, Platform
from registry.place_names import metropolitan_forms
from registry.vocab import Level
from registry.vocabulary import load_vocabulary

router = APIRouter(dependencies=[Depends(find_viewer)])

BOUNDARIES = CONFIG / "catalogue" / "boundaries.geojson"
DAY = "public, max-age=86400"
NO_FUNCTION = ""

Code = Annotated[str, Path(pattern=r"^\d{2,10}$")]


@router.get("/governments")
def governments(request: Request, session: SessionDep, parts: PartsDep) -> Response:
    """Every government under its province, with the number of its platforms."""
    numbers = counts_by_owner(session)
    rows = parts.places.all()
    provinces = [row for row in rows if row.level is Level.metropolitan]
    members = {row.id: [one for one in rows if one.parent_id == row.id] for row in provinces}
    title = language_of(request)("지방자치단체", "Local governments")
    return render(request, "governments.html", title=title, provinces=provinces, members=members, numbers=numbers)


@router.get("/governments/{code}")
def government(request: Request, session: SessionDep, parts: PartsDep, code: Code) -> Response:
    """One government: its platforms, what it reported, what it lacks, its zones; a former one leads to today's."""
    language = language_of(request)
    choices = parts.places.choices(code)
    if not choices:
        raise NotFound("government", code)
    if len(choices) > 1:
        title = language("나뉜 지방자치단체", "A government that was split")
        return render(request, "government_split.html", title=title, choices=choices, code=code)
    row = choices[0]
    if row.code != code:
        return RedirectResponse(language.link(f"/governments/{row.code}"), 308)
    assert row.id is not None
    platforms = owned_by(session, parts.places, row)
    coverage = next((one for one in coverage_of(session, area=row.code) if one["code"] == row.code), None)
    return render(
        request,
        "government.html",
        title=row.full_name,
        row=row,
        parent=parts.places.by_id(row.parent_id) if row.parent_id else None,
        former=parts.places.predecessors(row),
        members=[parts.places.by_id(one) for one in parts.places.children(row.id)],
        numbers=counts_by_owner(session),
        neighbours=sorted((parts.places.by_id(one) for one in parts.places.neighbours(row.id)), key=lambda g: g.code),
        zones=[
            (parts.places.zone_sets[set_id], parts.places.zones[zone])
            for set_id in parts.places.zone_sets
            for zone in parts.places.zones_of(row.id, set_id)
        ],
        platforms=platforms,
        coverage=coverage,
        issues=[one for one in list_issues(session, concerns="owner", limit=200) if _is_about(one, platforms)],
    )


@router.get("/zones")
def zones(
    request: Request,
    parts: PartsDep,
    chosen: Annotated[str, Query(alias="set", max_length=100)] = "",
) -> Response:
    """The zones of one set, with what the set was made from; one's own zone first."""
    sets = parts.places.zone_sets
    set_id = chosen if chosen in sets else parts.settings.zone_set
    here = chosen_area(request)
    own = parts.places.zones_of(here.id, set_id) if here and here.id else []
    rows = [
        (zone, sorted((parts.places.by_id(one) for one in parts.places.zone_members(zone.id)), key=lambda g: g.code))
        for zone in sorted(parts.places.zones.values(), key=lambda zone: (zone.id not in own, zone.name))
        if zone.set_id == set_id
    ]
    title = language_of(request)("생활권", "Living zones")
    return render(
        request,
        "zones.html",
        title=title,
        sets=sets.values(),
        current=sets.get(set_id),
        rows=rows,
        own=own,
        here=here,
        short_names=lambda members: _short_names(parts, members),
    )


@router.get("/zones/{zone_id}")
def zone(
    request: Request, session: SessionDep, parts: PartsDep, zone_id: Annotated[str, Path(max_length=100)]
) -> Response:
    """A zone's platforms by function, the province's among them, and the set it belongs to."""
    members = parts.places.zone_members(zone_id)
    row = parts.places.zones[zone_id]
    above = {parent for one in members for parent in parts.places.ancestors(one)}
    former = [old.id or 0 for one in members | above for old in parts.places.predecessors(parts.places.by_id(one))]
    found = serving(session, [*members, *above, *former])
    words = load_vocabulary()
    by_function: dict[str, list[Platform]] = defaultdict(list)
    for platform in found:
        for code in [one["id"] for one in platform.functions if one["id"] in words.functions] or [NO_FUNCTION]:
            by_function[code].append(platform)
    shelves = [
        (
            field,
            [
                (code, by_function[code])
                for code, one in words.functions.items()
                if one.field == field and code in by_function
            ],
        )
        for field in words.fields
    ]
    return render(
        request,
        "zone.html",
        title=row.name,
        zone=row,
        zone_set=parts.places.zone_sets[row.set_id],
        members=sorted((parts.places.by_id(one) for one in members), key=lambda g: g.code),
        shelves=[(field, functions) for field, functions in shelves if functions],
        others=by_function.get(NO_FUNCTION, []),
        total=len(found),
        owners={one: parts.places.by_id(one).full_name for one in [*members, *above, *former]},
    )


@router.get("/governments.json")
def government_names(parts: PartsDep) -> list[str]:
    """Names for the box in which one's area is typed."""
    return [row.full_name for row in parts.places.all()]


@router.get("/boundaries.geojson")
def boundaries() -> FileResponse:
    """Simplified boundaries, so that the browser can turn a position into a government without sending it."""
    return FileResponse(BOUNDARIES, media_type="application/geo+json", headers={"Cache-Control": DAY})


def _short_names(parts: PartsDep, members: list[Government]) -> list[str]:
    """Names that tell one from another: 수원시, but 부산 중구, because there are six of that name."""
    times = Counter(one.name for one in parts.places.all())
    names = []
    for one in members:
        above = parts.places.by_id(one.parent_id) if one.parent_id and times[one.name] > 1 else None
        names.append(f"{metropolitan_forms(above.name)[1]} {one.name}" if above else one.name)
    return names


def _is_about(issue: object, platforms: list[Platform]) -> bool:
    return getattr(issue, "platform_id", None) in {one.id for one in platforms}
