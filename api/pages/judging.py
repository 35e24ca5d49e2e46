"""The queue of pairs that wait for a judgement, verdicts, and taking one back."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import Response

from api.deps import PartsDep, SessionDep, SignedIn, check_csrf, find_viewer, same_origin
from api.flash import redirect_saying
from api.language import language_of
from api.reading import found
from api.rendering import render
from registry.database import writing_session
from registry.models import Verdict
from registry.permissions import require
from registry.review import judge, take_back, verdict_count
from search.overlap.area import AREA_EN, AREA_KO
from search.overlap.live import live_index
from search.overlap.queues import waiting
from search.overlap.scoring import LABEL_EN, LABEL_KO
from search.overlap.store import follow, regroup

router = APIRouter(dependencies=[Depends(find_viewer)])


@router.get("/judging")
def queue_page(
    request: Request,
    session: SessionDep,
    parts: PartsDep,
    question: Annotated[str, Query(pattern="^(identity|overlap)$")] = "overlap",
    order: Annotated[str, Query(pattern="^(uncertainty|money)$")] = "uncertainty",
) -> Response:
    """What to judge next."""
    follow(parts.database)
    index = live_index(parts.database).refresh()
    language = language_of(request)
    return render(
        request,
        "overlap/queue.html",
        title=language("판단을 기다리는 짝", "Pairs that wait for a judgement"),
        rows=waiting(session, question, order, 50),
        question=question,
        order=order,
        verdicts=verdict_count(session),
        made_from=index.models.made_from,
        labels={label.value: language(LABEL_KO[label], LABEL_EN[label]) for label in LABEL_KO},
        areas={area.value: language(AREA_KO[area], AREA_EN[area]) for area in AREA_KO},
    )


@router.post("/judging", dependencies=[Depends(same_origin)])
def judge_pair(
    request: Request,
    parts: PartsDep,
    viewer: SignedIn,
    left: Annotated[str, Form(max_length=20)] = "",
    right: Annotated[str, Form(max_length=20)] = "",
    kind: Annotated[str, Form(max_length=20)] = "",
    reason: Annotated[str, Form(max_length=4000)] = "",
    csrf: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Take an officer's verdict; the groups follow at once."""
    check_csrf(viewer, csrf)
    require(viewer.account, "judge")
    with writing_session(parts.database) as session:
        judge(session, left, right, kind, reason, viewer.actor)
    regroup(parts.database, [left, right])
    return redirect_saying(request, f"/compare?left={left}&right={right}", "judged")


@router.post("/judging/{number}/undo", dependencies=[Depends(same_origin)])
def undo_verdict(
    request: Request,
    parts: PartsDep,
    viewer: SignedIn,
    number: Annotated[int, Path(ge=1, le=2**53)],
    csrf: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Take a verdict back; it stays on record."""
    check_csrf(viewer, csrf)
    require(viewer.account, "judge")
    with writing_session(parts.database) as session:
        row = take_back(session, found(session.get(Verdict, number), "verdict", number).id or 0, viewer.actor)
        left, right = row.left_id, row.right_id
    regroup(parts.database, [left, right])
    return redirect_saying(request, f"/compare?left={left}&right={right}", "verdict_taken_back")
