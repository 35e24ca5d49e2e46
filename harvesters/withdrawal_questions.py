"""The question of a run that stopped at its ceiling, as programs see and answer it: its list, and what became of it.

A question is known by the number of the run that asked it. A later run that asks again asks of another list, so an
answer to the earlier one is refused: nobody takes down what nobody looked at.
"""

from typing import Any

from sqlmodel import Session, col, select

from harvesters.known_rows import rows_of
from harvesters.withdrawals import CEILING, answer
from registry.errors import Conflict, InvalidValue, NotFound
from registry.models import HarvestRun, Issue
from registry.records import Actor
from registry.vocab import RunState

ANSWERS = ("withdraw", "keep")


def open_questions(session: Session, source_id: str = "") -> list[dict[str, Any]]:
    """The questions that wait for an answer, the latest first, each with its whole list."""
    query = select(Issue).where(Issue.code == CEILING, col(Issue.resolved_at).is_(None))
    if source_id:
        query = query.where(Issue.source_id == source_id)
    return [_facts(session, one) for one in session.exec(query.order_by(col(Issue.run_id).desc()))]


def question_of(session: Session, run_id: int) -> dict[str, Any]:
    """What one run asked; NotFound when it asked nothing, Conflict when a later run of its source asked again."""
    return _facts(session, _issue_of(session, run_id))


def answer_run(session: Session, run_id: int, actor: Actor, said: str) -> dict[str, Any]:
    """Answer what a run asked: withdraw what is still not listed, or keep it.

    The same answer given twice is one answer. Raises NotFound and Conflict as `question_of` does, Conflict when it was
    answered otherwise or has settled itself, and InvalidValue for any other word.
    """
    if said not in ANSWERS:
        raise InvalidValue(
            "answer",
            said,
            "withdraw(내림) 또는 keep(둠)으로 답합니다.",
            "The answer is withdraw or keep.",
            "둘 가운데 하나를 쓰세요.",
            "Use one of the two.",
        )
    issue = _issue_of(session, run_id)
    # Where the database can, held until the answer is written: two different answers at once are one and a refusal.
    session.refresh(issue, with_for_update=True)
    refuse_another_list(issue, run_id)
    if issue.resolved_at is None:
        answer(session, issue.id or 0, actor, do_withdraw=said == "withdraw")
    elif issue.answer != said:
        before = issue.answer or "settled"
        raise Conflict(
            f"이미 끝난 물음입니다(답: {before}).",
            f"This question is closed (answer: {before}).",
            "지금 남은 물음은 metaplatform sources questions 나 '확인할 일'에서 보세요.",
            "See what is still asked with metaplatform sources questions, or under 'Matters'.",
        )
    return _facts(session, issue)


def refuse_another_list(issue: Issue, run_id: int) -> None:
    """Conflict unless the list that was looked at, that of `run_id`, is still the one the question is about."""
    if issue.run_id != run_id:
        raise Conflict(
            f"수집 {run_id}의 물음은 지났습니다: 수집 {issue.run_id}이(가) 새 목록으로 다시 물었습니다.",
            f"The question of run {run_id} is out of date: run {issue.run_id} asked again with a new list.",
            f"수집 {issue.run_id}의 목록을 보고 답하세요.",
            f"Look at the list of run {issue.run_id} and answer that.",
        )


def _issue_of(session: Session, run_id: int) -> Issue:
    asked = select(Issue).where(Issue.code == CEILING)
    issue = session.exec(asked.where(Issue.run_id == run_id)).first()
    if issue is not None:
        return issue
    run = session.get(HarvestRun, run_id)
    if run is not None:
        later = asked.where(Issue.source_id == run.source_id, col(Issue.run_id) > run_id)
        issue = session.exec(later.order_by(col(Issue.run_id))).first()
        if issue is not None and run.state is RunState.question:
            refuse_another_list(issue, run_id)
    raise NotFound("withdrawal question", run_id)


def _facts(session: Session, issue: Issue) -> dict[str, Any]:
    listed = issue.facts.get("records", [])
    rows = {row.remote_id: row for row in rows_of(session, issue.source_id or "", [one["remote_id"] for one in listed])}
    return {
        "run": issue.run_id,
        "issue": issue.id,
        "source": issue.source_id,
        "asked_at": issue.last_seen,
        "known": issue.facts.get("known", 0),
        "ceiling": issue.facts.get("ceiling", 0),
        "records": [
            {
                "remote_id": one["remote_id"],
                "platform": one["platform_id"] or "",
                "name": one["name"],
                "state": rows[one["remote_id"]].state.value if one["remote_id"] in rows else "",
            }
            for one in listed
        ],
        "answer": issue.answer,
        "answered_at": issue.resolved_at,
    }
