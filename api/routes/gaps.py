"""The regional gap over HTTP: who runs, is served or lacks what, and how good what is run was found to be."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from api.conditional import conditional
from api.deps import PartsDep, SessionDep
from api.routes.common import cached
from api.schemas.common import Both, Paged
from api.schemas.gaps import GapOut, QualityGapOut, ReachOut
from api.shaping import government_ref
from registry.gaps import gaps
from registry.quality_gap import quality_gap
from registry.vocab import Level
from registry.vocabulary import load_vocabulary

router = APIRouter(tags=["governments"])

Tier = Annotated[
    Literal["basic", "metropolitan"], Query(description="Cities, counties and districts, or cities and provinces.")
]


@router.get("/gaps", response_model=Paged[GapOut], operation_id="listGaps", responses=cached())
def list_gaps(
    request: Request,
    session: SessionDep,
    parts: PartsDep,
    level: Tier = "basic",
    by: Annotated[Literal["function", "form"], Query()] = "function",
) -> Response:
    """Which governments run, are served with, or lack each function or form; what is not registered looks lacking."""
    words = load_vocabulary()
    named = words.functions if by == "function" else words.forms
    places = parts.places
    rows = [
        GapOut(
            key=one.key,
            name=Both(ko=named[one.key].ko, en=named[one.key].en),
            platforms=one.platforms,
            per_100k_electors=one.per_100k,
            run=[government_ref(places.by_id(number)) for number in one.run],
            served=[government_ref(places.by_id(number)) for number in one.served],
            lacking=[government_ref(places.by_id(number)) for number in one.lacking],
        )
        for one in gaps(session, Level(level), by, places)
    ]
    return conditional(request, Paged[GapOut](items=rows))


@router.get("/gaps/quality", response_model=Paged[QualityGapOut], operation_id="listQualityGap", responses=cached())
def list_quality_gap(
    request: Request,
    session: SessionDep,
    parts: PartsDep,
    level: Tier = "basic",
    province: Annotated[str, Query(max_length=60, description="Code or name: its governments one by one.")] = "",
) -> Response:
    """The nine quality indicators of what governments run, as far as anybody measured them; all together come first."""
    places = parts.places
    above = places.resolve(province).id if province else None
    rows = [
        QualityGapOut(
            government=None if one.government_id is None else government_ref(places.by_id(one.government_id)),
            platforms=one.platforms,
            indicators=[
                ReachOut.model_validate(
                    {
                        **{name: getattr(reach, name) for name in ("key", "dimension", "measured", "judged", "good")},
                        "name": Both(ko=reach.ko, en=reach.en),
                    }
                )
                for reach in one.indicators
            ],
        )
        for one in quality_gap(session, Level(level), places, above)
    ]
    return conditional(request, Paged[QualityGapOut](items=rows))
