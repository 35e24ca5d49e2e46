"""Candidates for retirement and the quality of a platform over HTTP."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.deps import SessionDep
from api.routes.common import PlatformId, problems
from api.schemas.quality import IndicatorOut
from api.schemas.retirement import CandidatesOut
from registry.quality import quality_of
from registry.queries import find_platform
from search.overlap.retirement import candidates
from search.overlap.rules import rule_sets

router = APIRouter(tags=["overlap"])


@router.get(
    "/overlap/candidates", operation_id="retirementCandidates", response_model=CandidatesOut, responses=problems()
)
def retirement(
    session: SessionDep,
    rule_set: Annotated[str, Query(max_length=60)] = "public_apps_2024",
    on: Annotated[date | None, Query(description="The day to judge by; today unless given.")] = None,
) -> dict[str, Any]:
    """Retirement and improvement candidates by a dated rule set, each criterion with its figure."""
    found, unjudged = candidates(session, rule_set, on or date.today())
    rules = rule_sets()[rule_set]
    return {
        "rule_set": {"id": rules.id, "title": rules.title_ko, "from": rules.since, "to": rules.until,
                     "source": rules.source, "source_kind": rules.source_kind},
        "cannot_be_judged": unjudged,
        "candidates": [
            {
                "id": one.platform.id,
                "name": one.platform.name,
                "owner": one.platform.owner_name,
                "proposes": one.proposes,
                "findings": [
                    {"criterion": item.criterion, "met": item.met, "figure": item.figure, "value": item.value,
                     "as_of": item.as_of}
                    for item in one.findings
                ],
            }
            for one in found
        ],
    }  # fmt: skip


@router.get(
    "/platforms/{identifier}/quality",
    operation_id="platformQuality",
    response_model=list[IndicatorOut],
    responses=problems(404),
)
def platform_quality(session: SessionDep, identifier: PlatformId) -> list[dict[str, Any]]:
    """The nine quality indicators: value, day and way of measuring, or null where nobody measured."""
    return [
        {
            "key": one.key,
            "dimension": one.dimension,
            "name": {"ko": one.ko, "en": one.en},
            "value": {"ko": one.value_ko, "en": one.value_en} if one.is_measured else None,
            "good": one.good,
            "measured": one.measured,
            "how": {"ko": one.how_ko, "en": one.how_en},
        }
        for one in quality_of(session, find_platform(session, identifier).id)
    ]
