"""From a verdict to a decision: merge two entries or declare them different, each confirmed, with reason and undo."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import Response

from api.deps import PartsDep, SessionDep, SignedIn, ViewerDep, check_csrf, find_viewer, same_origin
from api.flash import redirect_saying
from api.language import language_of
from api.reading import found
from api.rendering import render
from registry.database import writing_session
from registry.errors import InvalidValue
from registry.merge import decisions_between, declare_different, merge, undo_different, unmerge
from registry.models import Decision, Platform
from registry.permissions import may, require
from registry.proposals import better_known, merge_proposals, recent_decisions
from registry.queries import find_platform
from registry.review import VERDICT_EN, VERDICT_KO, opinions
from registry.vocab import DecisionKind
from search.overlap.store import regroup

router = APIRouter(dependencies=[Depends(find_viewer)])

LONGEST = 2000
Id = Annotated[str, Query(max_length=20, pattern=r"^\w{1,20}$")]
Typed = Annotated[str, Form(max_length=4000)]
Number = Annotated[int, Path(ge=1, le=2**53)]
Kind = Literal["same", "different"]


@router.get("/merging")
def merging_page(request: Request, session: SessionDep, viewer: ViewerDep) -> Response:
    """Pairs that officers called one platform, and what was decided before."""
    language = language_of(request)
    decided = recent_decisions(session)
    return render(
        request,
        "overlap/merging.html",
        title=language("합치기 제안", "Proposed merges"),
        proposals=merge_proposals(session),
        decided=[(one, _entry(session, one.left_id), _entry(session, one.right_id)) for one in decided],
        kind_names={kind.value: language(VERDICT_KO[kind], VERDICT_EN[kind]) for kind in VERDICT_KO},
        may_merge=may(viewer.account if viewer else None, "merge"),
    )


@router.get("/merging/confirm")
def confirm_page(
    request: Request, session: SessionDep, viewer: SignedIn, left: Id, right: Id, kind: Annotated[Kind, Query()]
) -> Response:
    """What would happen, before it does."""
    require(viewer.account, "merge")
    return _confirm(request, session, left, right, kind, "", "", {})


@router.post("/merging", dependencies=[Depends(same_origin)])
def decide(
    request: Request,
    session: SessionDep,
    parts: PartsDep,
    viewer: SignedIn,
    left: Annotated[str, Form(max_length=20)] = "",
    right: Annotated[str, Form(max_length=20)] = "",
    kind: Annotated[Kind, Form()] = "different",
    keep: Annotated[str, Form(max_length=20)] = "",
    reason: Typed = "",
    csrf: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Merge or declare different. A reason is needed: whoever undoes it has to know why it was done."""
    check_csrf(viewer, csrf)
    require(viewer.account, "merge")
    language = language_of(request)
    text = reason.strip()
    errors = {}
    if not 2 <= len(text) <= LONGEST:
        errors["reason"] = language(
            "까닭을 두 글자 이상, 2,000자 이하로 쓰세요.", "Give a reason of 2 to 2,000 characters."
        )
    if kind == "same" and keep not in (left, right):
        errors["keep"] = language("남길 항목을 고르세요.", "Choose the entry to keep.")
    if errors:
        return _confirm(request, session, left, right, kind, keep, reason, errors)
    with writing_session(parts.database) as writing:
        if kind == "same":
            drop = right if keep == left else left
            decision = merge(writing, keep, drop, viewer.actor, text)
        else:
            decision = declare_different(writing, left, right, viewer.actor, text)
        number = decision.id
    regroup(parts.database, [left, right])
    return redirect_saying(request, f"/merging/{number}", "decided")


@router.get("/merging/{decision_id}")
def decision_page(request: Request, session: SessionDep, viewer: ViewerDep, decision_id: Number) -> Response:
    """One decision: who, when, why, what it moved; and for those who may, its undoing."""
    return _decision(request, session, viewer, decision_id, {})


@router.post("/merging/{decision_id}/undo", dependencies=[Depends(same_origin)])
def undo(
    request: Request,
    session: SessionDep,
    parts: PartsDep,
    viewer: SignedIn,
    decision_id: Number,
    sure: Annotated[str, Form(max_length=10)] = "",
    reason: Typed = "",
    csrf: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Undo a decision: an un-merge gives both entries back and leaves them declared different."""
    check_csrf(viewer, csrf)
    require(viewer.account, "merge")
    language = language_of(request)
    if sure != "yes":
        error = language("되돌린다는 확인에 표시하세요.", "Tick that you want to undo it.")
        return _decision(request, session, viewer, decision_id, {"sure": error})
    with writing_session(parts.database) as writing:
        decision = found(writing.get(Decision, decision_id), "decision", decision_id)
        sides = [decision.left_id, decision.right_id]
        if decision.kind == DecisionKind.same.value:
            unmerge(writing, decision_id, viewer.actor, reason.strip()[:LONGEST])
        else:
            undo_different(writing, decision_id, viewer.actor)
    regroup(parts.database, sides)
    return redirect_saying(request, f"/merging/{decision_id}", "decision_undone")


def _confirm(
    request: Request,
    session: SessionDep,
    left_id: str,
    right_id: str,
    kind: str,
    keep: str,
    reason: str,
    errors: dict[str, str],
) -> Response:
    left, right = find_platform(session, left_id), find_platform(session, right_id)
    if left.id == right.id:
        raise InvalidValue(
            "right",
            right_id,
            "같은 항목이거나 이미 합쳐진 항목입니다.",
            "This is the same entry, or merged into it already.",
            "다른 플랫폼을 고르세요.",
            "Choose another platform.",
        )
    language = language_of(request)
    titles = {
        "same": ("합치기 확인", "Confirm the merge"),
        "different": ("다른 플랫폼으로 확정", "Confirm as different"),
    }
    return render(
        request,
        "overlap/merge_confirm.html",
        title=language(*titles[kind]),
        status=422 if errors else 200,
        sides=(left, right),
        kind=kind,
        keep=keep or better_known(session, left, right),
        reason=reason,
        errors=errors,
        verdicts=opinions(session, left.id, right.id),
        kind_names={one.value: language(VERDICT_KO[one], VERDICT_EN[one]) for one in VERDICT_KO},
        standing=decisions_between(session, left.id, right.id),
    )


def _entry(session: SessionDep, platform_id: str) -> Platform:
    """The entry itself, also where it is a signpost to another."""
    return found(session.get(Platform, platform_id), "platform", platform_id)


def _decision(
    request: Request, session: SessionDep, viewer: ViewerDep, decision_id: int, errors: dict[str, str]
) -> Response:
    row = found(session.get(Decision, decision_id), "decision", decision_id)
    language = language_of(request)
    names = {"same": ("합치기", "Merge"), "different": ("다른 플랫폼으로 확정", "Declared different")}
    return render(
        request,
        "overlap/decision.html",
        title=f"{language(*names[row.kind])} {row.id}",
        status=422 if errors else 200,
        row=row,
        left=_entry(session, row.left_id),
        right=_entry(session, row.right_id),
        moved={name: len(row.moved.get(name, ())) for name in ("records", "statements", "figures")},
        errors=errors,
        may_merge=may(viewer.account if viewer else None, "merge"),
    )
