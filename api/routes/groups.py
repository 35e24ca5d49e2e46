"""Groups over HTTP: the list, and one group with its figures."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from api.deps import PartsDep, SessionDep
from api.routes.common import problems
from api.schemas.groups import GroupOut, GroupReportOut
from search.overlap.figures import Figure
from search.overlap.groups import list_groups
from search.overlap.live import live_index
from search.overlap.report import GroupReport, Member, report_group
from search.overlap.store import follow

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
    index = live_index(parts.database).refresh()
    return report_data(report_group(session, index, group_id))


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
        "users": figure_data(users),
        "yearly_cost_krw": figure_data(yearly),
        "build_cost_krw": figure_data(build),
        "cost_per_user_krw": round(one.figures.cost_per_user) if one.figures.cost_per_user else None,
    }


def figure_data(figure: Figure | None) -> dict[str, Any] | None:
    """A figure with the day it is of; None where nobody knows it."""
    return {"kind": figure.key, "value": figure.value, "as_of": figure.as_of} if figure else None
