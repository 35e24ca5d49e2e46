"""Governments, living zones and coverage over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.conditional import conditional
from api.cursors import decode_cursor, next_address
from api.deps import PartsDep, SessionDep
from api.reading import counts_by_owner
from api.routes.common import Cursor, GovernmentCode, Limit, cached
from api.schemas.common import Paged
from api.schemas.governments import CoverageRow, GovernmentDetail, GovernmentOut, ZoneOut, ZoneSetOut
from api.shaping import government_facts, government_ref
from registry.coverage import coverage_of
from registry.errors import NotFound
from registry.governments import Places
from registry.models import Zone
from registry.vocab import Level

router = APIRouter()


@router.get(
    "/governments",
    response_model=Paged[GovernmentOut],
    operation_id="listGovernments",
    tags=["governments"],
    responses=cached(),
)
def list_governments(
    request: Request,
    session: SessionDep,
    parts: PartsDep,
    level: Annotated[Level | None, Query()] = None,
    parent: Annotated[str, Query(max_length=60, description="Code or name of the province.")] = "",
    former: Annotated[bool, Query(description="Those that are no more, too.")] = False,
    cursor: Cursor = "",
    limit: Limit = 200,
) -> Response:
    """Governments by code."""
    above = parts.places.resolve(parent).id if parent else None
    after = decode_cursor(cursor)
    rows = [
        row
        for row in parts.places.all(former=former)
        if (level is None or row.level is level)
        and (above is None or row.parent_id == above)
        and f"{row.code}{row.valid_from or ''}" > after
    ]
    rows.sort(key=lambda row: f"{row.code}{row.valid_from or ''}")
    numbers = counts_by_owner(session)
    last = rows[limit - 1] if len(rows) > limit else None
    body = Paged[GovernmentOut](
        items=[
            GovernmentOut.model_validate(government_facts(row, parts.places, numbers.get(row.id or 0, 0)))
            for row in rows[:limit]
        ],
        next=next_address(request, f"{last.code}{last.valid_from or ''}" if last else None),
    )
    return conditional(request, body)


@router.get(
    "/governments/{code}",
    response_model=GovernmentDetail,
    operation_id="showGovernment",
    tags=["governments"],
    responses=cached(404),
)
def show_government(request: Request, session: SessionDep, parts: PartsDep, code: GovernmentCode) -> Response:
    """One government; a former code answers as today's, a split one as 404 because we don't guess."""
    places = parts.places
    choices = places.choices(code)
    if len(choices) != 1:
        raise NotFound("government", code)
    row = choices[0]
    number = row.id or 0
    facts = government_facts(row, places, counts_by_owner(session).get(number, 0))
    body = GovernmentDetail.model_validate(
        {
            **facts,
            "members": [government_ref(places.by_id(one)) for one in places.children(number)],
            "neighbours": [government_ref(places.by_id(one)) for one in sorted(places.neighbours(number))],
            "former": [government_ref(one) for one in places.predecessors(row)],
            "zones": [zone for set_id in places.zone_sets for zone in places.zones_of(number, set_id)],
        }
    )
    return conditional(request, body)


@router.get(
    "/zone-sets", response_model=Paged[ZoneSetOut], operation_id="listZoneSets", tags=["zones"], responses=cached()
)
def list_zone_sets(request: Request, parts: PartsDep) -> Response:
    """The sets of living zones, and what each was made from."""
    zones = [zone.set_id for zone in parts.places.zones.values()]
    body = Paged[ZoneSetOut](
        items=[
            ZoneSetOut(
                id=one.id,
                title=one.title,
                kind=one.kind,
                made_from=one.made_from,
                resolution=one.resolution,
                zones=zones.count(one.id),
            )
            for one in parts.places.zone_sets.values()
        ]
    )
    return conditional(request, body)


@router.get("/zones", response_model=Paged[ZoneOut], operation_id="listZones", tags=["zones"], responses=cached())
def list_zones(
    request: Request,
    parts: PartsDep,
    zone_set: Annotated[
        str, Query(alias="set", max_length=100, description="Id of a zone set; all sets without.")
    ] = "",
    area: Annotated[str, Query(max_length=60, description="Only zones that contain this government.")] = "",
) -> Response:
    """Living zones with their members."""
    places = parts.places
    here = places.resolve(area).id if area else None
    rows = [
        zone
        for zone in places.zones.values()
        if (not zone_set or zone.set_id == zone_set) and (here is None or here in places.zone_members(zone.id))
    ]
    return conditional(request, Paged[ZoneOut](items=[_zone_out(zone, places) for zone in rows]))


@router.get("/zones/{zone_id}", response_model=ZoneOut, operation_id="showZone", tags=["zones"], responses=cached(404))
def show_zone(request: Request, parts: PartsDep, zone_id: str) -> Response:
    """One living zone."""
    zone = parts.places.zones.get(zone_id)
    if zone is None:
        raise NotFound("zone", zone_id[:100])
    return conditional(request, _zone_out(zone, parts.places))


@router.get(
    "/coverage",
    response_model=Paged[CoverageRow],
    operation_id="showCoverage",
    tags=["coverage"],
    responses=cached(),
)
def coverage(
    request: Request,
    session: SessionDep,
    area: Annotated[str, Query(max_length=60, description="A government and its members; all without.")] = "",
) -> Response:
    """Per government: platforms registered against those it reported in 2022, and which forms are missing."""
    rows = [CoverageRow.model_validate(row) for row in coverage_of(session, area=area)]
    return conditional(request, Paged[CoverageRow](items=rows))


def _zone_out(zone: Zone, places: Places) -> ZoneOut:
    members = sorted((places.by_id(one) for one in places.zone_members(zone.id)), key=lambda row: row.code)
    return ZoneOut(
        id=zone.id,
        set_id=zone.set_id,
        set_title=places.zone_sets[zone.set_id].title,
        name=zone.name,
        members=[government_ref(one) for one in members],
    )
