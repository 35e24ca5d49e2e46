"""The regional gap: who runs, is served or lacks each function or form, and how good what is run was found to be."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from api.deps import PartsDep, SessionDep, find_viewer
from api.language import language_of
from api.rendering import render
from api.tables import csv_answer
from registry.gaps import gaps
from registry.quality_gap import quality_gap
from registry.vocab import Level

router = APIRouter(dependencies=[Depends(find_viewer)])

Text = Annotated[str, Query(max_length=60)]


@router.get("/gaps")
def gaps_page(
    request: Request,
    session: SessionDep,
    parts: PartsDep,
    level: Annotated[str, Query(pattern="^(basic|metropolitan)$")] = "basic",
    by: Annotated[str, Query(pattern="^(function|form)$")] = "function",
    province: Text = "",
) -> Response:
    """Which governments run, are served by somebody else, or lack each function or form; 광역 and 기초 apart."""
    language = language_of(request)
    rows = gaps(session, Level(level), by, parts.places)
    inside = _inside(parts, province, Level(level))
    return render(
        request,
        "overlap/gaps.html",
        title=language("지역 격차", "Regional gap"),
        rows=[one for one in rows if one.platforms or one.served],
        level=level,
        by=by,
        province=province,
        provinces=[one for one in parts.places.all() if one.parent_id is None],
        inside=inside,
        quality=quality_gap(session, Level(level), parts.places, _province(parts, province)),
        names={one.id: one.full_name for one in parts.places.all()},
    )


@router.get("/gaps.csv")
def gaps_csv(
    session: SessionDep,
    parts: PartsDep,
    level: Annotated[str, Query(pattern="^(basic|metropolitan)$")] = "basic",
    by: Annotated[str, Query(pattern="^(function|form)$")] = "function",
) -> Response:
    """Governments × functions or forms: runs, served or lacks."""
    rows = gaps(session, Level(level), by, parts.places)
    lines = []
    for one in rows:
        for state, ids in (("runs", one.run), ("served", one.served), ("lacks", one.lacking)):
            for number in ids:
                government = parts.places.by_id(number)
                lines.append([one.key, government.code, government.full_name, state, government.electors, one.per_100k])
    return csv_answer(
        f"gaps-{level}-{by}.csv", [by, "code", "government", "state", "electors_2022", "per_100k_electors"], lines
    )


@router.get("/gaps/quality.csv")
def quality_csv(
    session: SessionDep,
    parts: PartsDep,
    level: Annotated[str, Query(pattern="^(basic|metropolitan)$")] = "basic",
    province: Text = "",
) -> Response:
    """Governments × quality indicators: platforms, of how many measured, judged and found good."""
    lines = []
    for one in quality_gap(session, Level(level), parts.places, _province(parts, province)):
        government = None if one.government_id is None else parts.places.by_id(one.government_id)
        who = [government.code, government.full_name] if government is not None else ["", ""]
        lines += [
            [*who, one.platforms, reach.key, reach.measured, reach.judged, reach.good] for reach in one.indicators
        ]
    return csv_answer(
        f"gaps-quality-{level}.csv",
        ["code", "government", "platforms", "indicator", "measured", "judged", "good"],
        lines,
    )


def _province(parts: PartsDep, province: str) -> int | None:
    """The province that is meant; None for the whole country, or where it is not clear."""
    choices = parts.places.choices(province) if province else []
    return choices[0].id if len(choices) == 1 else None


def _inside(parts: PartsDep, province: str, level: Level) -> set[int] | None:
    """Governments of a province at a level; None for the whole country."""
    above = _province(parts, province)
    if above is None:
        return None
    ids = {above, *parts.places.children(above)}
    return {one for one in ids if parts.places.by_id(one).level is level}
