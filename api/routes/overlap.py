"""Overlap over HTTP: groups, one comparison with its reasons, the queue, verdicts, the pre-build check, candidates."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query

from api.auth import WriterDep
from api.deps import PartsDep, SessionDep
from api.overlap_schemas import (
    CandidatesOut,
    ComparisonOut,
    DecisionIn,
    DecisionOut,
    GroupOut,
    GroupReportOut,
    IndicatorOut,
    PlanIn,
    PrecheckOut,
    QueueOut,
    UndoneOut,
    VerdictIn,
    VerdictOut,
)
from api.routes.common import Limit, Number, PlatformId, problems
from registry.database import writing_session
from registry.errors import Conflict, NotFound
from registry.merge import declare_different, merge, undo_different, unmerge
from registry.models import Decision, Platform
from registry.permissions import require
from registry.quality import quality_of
from registry.queries import find_platform
from registry.review import agreement, judge, opinions, take_back, verdict_count
from registry.vocab import DecisionKind
from search.overlap.explain import compare
from search.overlap.figures import Figure
from search.overlap.groups import list_groups
from search.overlap.index import live_index
from search.overlap.joining import HitFacts
from search.overlap.precheck import check
from search.overlap.queues import waiting
from search.overlap.report import GroupReport, Member, report_group
from search.overlap.rules import candidates, rule_sets
from search.overlap.store import follow, regroup
from search.overlap.tiers import Hit

router = APIRouter(tags=["overlap"])

GroupId = Annotated[str, Path(max_length=20, pattern=r"^\w{1,20}$")]


@router.get("/overlap/groups", operation_id="listOverlapGroups", response_model=list[GroupOut], responses=problems())
def overlap_groups(
    session: SessionDep,
    area: Annotated[str, Query(max_length=60, description="Code or name of a government.")] = "",
    function: Annotated[str, Query(max_length=60, description="Function id.")] = "",
) -> Any:
    """Groups of platforms that do the same job, the largest first."""
    return list_groups(session, area=area or None, function=function or None)


@router.get(
    "/overlap/groups/{group_id}", operation_id="getOverlapGroup", response_model=GroupReportOut, responses=problems(404)
)
def overlap_group(session: SessionDep, parts: PartsDep, group_id: GroupId) -> dict[str, Any]:
    """One group: members, users, costs by who pays, what could be joined, the best member, what failed."""
    follow(parts.database)
    index, _ = live_index(parts.database).refresh()
    return report_data(report_group(session, index, group_id))


@router.get(
    "/overlap/pairs/{left}/{right}",
    operation_id="comparePlatforms",
    response_model=ComparisonOut,
    responses=problems(404),
)
def overlap_pair(session: SessionDep, parts: PartsDep, left: PlatformId, right: PlatformId) -> dict[str, Any]:
    """Compare two platforms now: both probabilities, the name for the pair, every reason, and what officers said."""
    one, other = find_platform(session, left), find_platform(session, right)
    index, _ = live_index(parts.database).refresh()
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


@router.post(
    "/overlap/verdicts",
    operation_id="judgePair",
    response_model=VerdictOut,
    status_code=201,
    responses=problems(401, 403, 404),
)
def post_verdict(parts: PartsDep, writer: WriterDep, verdict: VerdictIn) -> dict[str, Any]:
    """Judge a pair; groups follow at once."""
    require(writer.account, "judge")
    with writing_session(parts.database) as session:
        row = judge(session, verdict.left, verdict.right, verdict.kind, verdict.reason, writer.actor)
        answer = {"id": row.id, "left": row.left_id, "right": row.right_id, "kind": row.kind, "at": row.at}
    regroup(parts.database, [verdict.left, verdict.right])
    return answer


@router.delete(
    "/overlap/verdicts/{number}",
    operation_id="takeBackVerdict",
    response_model=UndoneOut,
    responses=problems(401, 403, 404, 409),
)
def delete_verdict(parts: PartsDep, writer: WriterDep, number: Number) -> dict[str, Any]:
    """Take a verdict back: it stays on record with the date."""
    require(writer.account, "judge")
    with writing_session(parts.database) as session:
        row = take_back(session, number, writer.actor)
        answer = {"id": row.id, "undone_at": row.undone_at, "undone_by": row.undone_by}
        sides = [row.left_id, row.right_id]
    regroup(parts.database, sides)
    return answer


@router.post(
    "/overlap/decisions",
    operation_id="decidePair",
    response_model=DecisionOut,
    status_code=201,
    responses=problems(401, 403, 404, 409),
)
def post_decision(parts: PartsDep, writer: WriterDep, decision: DecisionIn) -> dict[str, Any]:
    """Merge two entries of one platform, or declare two platforms different; later harvests respect it."""
    require(writer.account, "merge")
    with writing_session(parts.database) as session:
        do = merge if decision.kind == "same" else declare_different
        row = do(session, decision.keep, decision.drop, writer.actor, decision.reason)
        answer = {
            "id": row.id,
            "keep": row.left_id,
            "drop": row.right_id,
            "kind": row.kind,
            "reason": row.reason,
            "at": row.at,
        }
    regroup(parts.database, [decision.keep, decision.drop])
    return answer


@router.delete(
    "/overlap/decisions/{number}",
    operation_id="undoDecision",
    response_model=UndoneOut,
    responses=problems(401, 403, 404, 409),
)
def delete_decision(parts: PartsDep, writer: WriterDep, number: Number) -> dict[str, Any]:
    """Undo a decision. Undoing a merge gives both entries back and leaves them declared different."""
    require(writer.account, "merge")
    with writing_session(parts.database) as session:
        row = session.get(Decision, number)
        if row is None:
            raise NotFound("decision", number)
        if row.kind == DecisionKind.same.value:
            unmerge(session, number, writer.actor)
        else:
            undo_different(session, number, writer.actor)
        answer = {"id": number, "undone_at": row.undone_at, "undone_by": row.undone_by}
        sides = [row.left_id, row.right_id]
    regroup(parts.database, sides)
    return answer


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


def find_active(session: SessionDep, platform: Platform) -> None:
    """Say why a platform takes no part in comparing: it was withdrawn or merged."""
    raise Conflict(
        f"'{platform.name}'은(는) 철회되었거나 합쳐져 비교하지 않습니다.",
        f"'{platform.name}' was withdrawn or merged and is not compared.",
        "현재 등록된 플랫폼을 고르세요.",
        "Choose a platform that is registered now.",
    )


def report_data(report: GroupReport) -> dict[str, Any]:
    """A group's report as JSON."""
    return {
        "id": report.group.id,
        "name": report.group.name,
        "functions": report.group.functions,
        "each_government": report.each_government,
        "members": [member_data(one) for one in report.members],
        "yearly_cost_krw": report.yearly_cost,
        "costs_known": report.costs_known,
        "cost_by_payer": report.by_payer,
        "joinable": [
            {
                "province": one.province,
                "members": [member.platform.id for member in one.members],
                "yearly_cost_krw": one.yearly_cost,
                "known_costs": one.known_costs,
                "saving_krw": one.saving,
            }
            for one in report.joinable
        ],
        "best": [
            {"id": one.member.platform.id, "among": one.among, "functions": one.functions, "channels": one.channels}
            for one in report.best
        ],
        "quality": [
            {"key": one.key, "measured": one.measured, "good": one.good, "platforms": one.platforms}
            for one in report.quality
        ],
        "closures": [
            {"id": one.platform.id, "closed": one.platform.closed, "successor": one.platform.successor_id}
            for one in report.closed
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
        "users": _figure_data(facts.figures.users),
        "yearly_cost_krw": _figure_data(facts.figures.yearly_cost),
        "build_cost_krw": _figure_data(facts.figures.build_cost),
    }


def _figure_data(figure: Figure | None) -> dict[str, Any] | None:
    return {"kind": figure.key, "value": figure.value, "as_of": figure.as_of} if figure else None


def member_data(one: Member) -> dict[str, Any]:
    """A member as JSON: figures with their dates, None where not known."""
    users, yearly, build = one.figures.users, one.figures.yearly_cost, one.figures.build_cost
    return {
        "id": one.platform.id,
        "name": one.platform.name,
        "owner": one.platform.owner_name,
        "province": one.province,
        "role": one.role,
        "status": one.platform.status.value,
        "launched": one.platform.launched,
        "closed": one.platform.closed,
        "operating_mode": one.platform.operating_mode,
        "operation": one.operation,
        "users": _figure_data(users),
        "yearly_cost_krw": _figure_data(yearly),
        "build_cost_krw": _figure_data(build),
        "cost_per_user_krw": round(one.figures.cost_per_user) if one.figures.cost_per_user else None,
    }
