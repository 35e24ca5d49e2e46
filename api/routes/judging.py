"""Verdicts and decisions over HTTP: an officer's word, and taking it back."""

from typing import Any

from fastapi import APIRouter

from api.auth import WriterDep
from api.deps import PartsDep
from api.routes.common import Number, problems
from api.schemas.judging import DecisionIn, DecisionOut, UndoneOut, VerdictIn, VerdictOut
from registry.database import writing_session
from registry.errors import NotFound
from registry.merge import declare_different, merge, undo_different, unmerge
from registry.models import Decision
from registry.permissions import require
from registry.review import judge, take_back
from registry.vocab import DecisionKind
from search.overlap.store import regroup

router = APIRouter(tags=["overlap"])


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
