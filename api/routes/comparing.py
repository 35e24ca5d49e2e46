"""Comparing over HTTP: two platforms with every reason, and what to judge next."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from api.deps import PartsDep, SessionDep
from api.routes.common import Limit, PlatformId, problems
from api.schemas.comparing import ComparisonOut, QueueOut
from registry.errors import Conflict
from registry.models import Platform
from registry.particles import with_particle
from registry.queries import find_platform
from registry.review import agreement, opinions, verdict_count
from search.overlap.explain import compare
from search.overlap.live import live_index
from search.overlap.queues import waiting
from search.overlap.store import follow

router = APIRouter(tags=["overlap"])


@router.get(
    "/overlap/pairs/{left}/{right}",
    operation_id="comparePlatforms",
    response_model=ComparisonOut,
    responses=problems(404),
)
def overlap_pair(session: SessionDep, parts: PartsDep, left: PlatformId, right: PlatformId) -> dict[str, Any]:
    """Compare two platforms now: both probabilities, the name for the pair, every reason, and what officers said."""
    one, other = find_platform(session, left), find_platform(session, right)
    index = live_index(parts.database).refresh()
    here, there = index.subjects.get(one.id), index.subjects.get(other.id)
    if here is None or there is None:
        find_active(session, one if here is None else other)
    assert here is not None and there is not None
    said = opinions(session, one.id, other.id)
    return {
        **compare(index.scorer, here, there).as_data(),
        "verdicts": [
            {"id": found.verdict_id, "actor": found.actor, "kind": found.kind, "reason": found.reason, "at": found.at}
            for found in said
        ],
        "agreement": agreement(said).value,
    }


@router.get("/overlap/queue", operation_id="overlapQueue", response_model=QueueOut, responses=problems())
def overlap_queue(
    session: SessionDep,
    parts: PartsDep,
    question: Annotated[Literal["identity", "overlap"], Query()] = "overlap",
    order: Annotated[Literal["uncertainty", "money"], Query()] = "uncertainty",
    limit: Limit = 50,
) -> dict[str, Any]:
    """What to judge next, by what an answer teaches or by the money in it; and on how many verdicts figures stand."""
    follow(parts.database)
    rows = waiting(session, question, order, limit)
    return {
        "verdicts": verdict_count(session),
        "pairs": [
            {
                "left": {"id": one.left.id, "name": one.left.name, "owner": one.left.owner_name},
                "right": {"id": one.right.id, "name": one.right.name, "owner": one.right.owner_name},
                "label": one.pair.label,
                "area": one.pair.area_relation,
                "chance": round(one.chance, 4),
                "uncertainty": round(one.uncertainty, 4),
                "money_krw": one.money,
                "users": one.users,
            }
            for one in rows
        ],
    }


def find_active(session: SessionDep, platform: Platform) -> None:
    """Say why a platform takes no part in comparing: it was withdrawn or merged."""
    raise Conflict(
        f"{with_particle(platform.name, '은')} 철회되었거나 합쳐져 비교하지 않습니다.",
        f"'{platform.name}' was withdrawn or merged and is not compared.",
        "현재 등록된 플랫폼을 고르세요.",
        "Choose a platform that is registered now.",
    )
