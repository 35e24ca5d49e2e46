"""The pre-build check over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.deps import PartsDep
from api.routes.common import problems
from api.routes.groups import figure_data
from api.schemas.precheck import PlanIn, PrecheckOut
from search.overlap.joining import HitFacts
from search.overlap.precheck import check
from search.overlap.tiers import Hit

router = APIRouter(tags=["overlap"])


@router.post("/precheck", operation_id="precheck", response_model=PrecheckOut, responses=problems(404))
def post_precheck(
    parts: PartsDep,
    plan: PlanIn,
    as_if_unknown: Annotated[str, Query(max_length=20, pattern=r"^\w*$")] = "",
) -> dict[str, Any]:
    """Before building: what exists already, tier by tier, and whom to ask to share it. For the reviewer's reference."""
    given = {key: value for key, value in plan.model_dump().items() if value not in (None, "", [])}
    checked = check(parts.database, given, as_if_unknown or None, parts.finder)
    hits = [hit for tier in checked.hits.values() for hit in tier]
    return {
        **checked.as_data(),
        "joining": {hit.subject.id: _join_data(hit, checked.facts[hit.subject.id]) for hit in hits},
        "consultation": [
            {
                "since": one.rule.since,
                "until": one.rule.until,
                "level": one.rule.level,
                "threshold_krw": one.rule.threshold_krw,
                "consults": one.rule.consults,
                "in_force": one.in_force,
                "reached": one.reached,
                "new_regardless": one.rule.new_regardless,
                "source": one.rule.source,
                "source_kind": one.rule.source_kind,
            }
            for one in checked.consultation
        ],
    }


def _join_data(hit: Hit, facts: HitFacts) -> dict[str, Any]:
    return {
        "way": facts.way.name,
        "said": {"ko": facts.way.ko, "en": facts.way.en},
        "ask": facts.operator or hit.subject.owner_name,
        "department": facts.department,
        "phones": list(facts.phones),
        "homepage": facts.homepage,
        "status_since": facts.status_since,
        "users": figure_data(facts.figures.users),
        "yearly_cost_krw": figure_data(facts.figures.yearly_cost),
        "build_cost_krw": figure_data(facts.figures.build_cost),
    }
