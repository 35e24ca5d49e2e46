"""Two platforms side by side, and one platform beside its nearest others."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import PartsDep, SessionDep, ViewerDep, find_viewer
from api.language import language_of
from api.rendering import render
from api.routes.comparing import find_active
from registry.merge import decisions_between
from registry.particles import with_particle
from registry.permissions import may
from registry.queries import find_platform
from registry.review import VERDICT_EN, VERDICT_KO, VerdictKind, agreement, opinions
from search.overlap.area import AREA_EN, AREA_KO
from search.overlap.explain import compare
from search.overlap.groups import groups_of
from search.overlap.live import live_index
from search.overlap.queues import stored_pairs
from search.overlap.scoring import LABEL_EN, LABEL_KO
from search.overlap.store import follow

router = APIRouter(dependencies=[Depends(find_viewer)])

GroupId = Annotated[str, Path(max_length=20, pattern=r"^\w{1,20}$")]


@router.get("/compare")
def compare_page(
    request: Request,
    session: SessionDep,
    parts: PartsDep,
    viewer: ViewerDep,
    left: Annotated[str, Query(max_length=20, pattern=r"^\w{1,20}$")],
    right: Annotated[str, Query(max_length=20, pattern=r"^\w{1,20}$")],
) -> Response:
    """Two platforms side by side: every reason, and what officers said."""
    one, other = find_platform(session, left), find_platform(session, right)
    if one.id == other.id:
        # The one was merged into the other since somebody kept this address.
        return RedirectResponse(language_of(request).link(f"/platforms/{one.id}"), 303)
    index = live_index(parts.database).refresh()
    here, there = index.subjects.get(one.id), index.subjects.get(other.id)
    if here is None or there is None:
        find_active(session, one if here is None else other)
    assert here is not None and there is not None
    language = language_of(request)
    comparison = compare(index.scorer, here, there)
    names = {key: language(word.ko, word.en) for key, word in index.words.functions.items()}
    said = opinions(session, one.id, other.id)
    return render(
        request,
        "overlap/compare.html",
        title=f"{one.name} ↔ {other.name}",
        comparison=comparison,
        left=one,
        right=other,
        reason=comparison.reason(language.code, names),
        label_text=language(LABEL_KO[comparison.label], LABEL_EN[comparison.label]),
        opinions=said,
        agreement=agreement(said).value,
        kinds=[(kind.value, language(VERDICT_KO[kind], VERDICT_EN[kind])) for kind in VerdictKind],
        kind_names={kind.value: language(VERDICT_KO[kind], VERDICT_EN[kind]) for kind in VerdictKind},
        decisions=decisions_between(session, one.id, other.id),
        proposed=any(row.kind is VerdictKind.same for row in said),
        may_judge=may(viewer.account if viewer else None, "judge"),
        may_merge=may(viewer.account if viewer else None, "merge"),
    )


@router.get("/similar/{platform_id}")
def similar_page(request: Request, session: SessionDep, parts: PartsDep, platform_id: GroupId) -> Response:
    """One platform's groups and nearest others."""
    follow(parts.database)
    platform = find_platform(session, platform_id)
    language = language_of(request)
    rows = []
    for pair in stored_pairs(session, platform.id)[:60]:
        other = find_platform(session, pair.right_id if pair.left_id == platform.id else pair.left_id)
        rows.append((pair, other))
    return render(
        request,
        "overlap/similar.html",
        title=language(f"{with_particle(platform.name, '과')} 비슷한 플랫폼", f"Platforms like {platform.name}"),
        platform=platform,
        rows=rows,
        groups=groups_of(session, platform.id),
        labels={label.value: language(LABEL_KO[label], LABEL_EN[label]) for label in LABEL_KO},
        areas={area.value: language(AREA_KO[area], AREA_EN[area]) for area in AREA_KO},
    )
