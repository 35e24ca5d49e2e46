"""The issues that registering raises: questions of a draft, doubts about identity, values that contradict."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlmodel import Session

from registry.identity import Found, slices
from registry.models.base import now
from registry.records import Question
from registry.statements import Said, by_field, contradicts, ranked
from registry.tables import ISSUE
from registry.vocab import Severity


def write_issues(session: Session, rows: list[dict[str, Any]], run_id: int | None, at: datetime) -> None:
    """Insert issues that are not open already and count those that are."""
    if not rows:
        return
    connection = session.connection()
    standing: dict[tuple[Any, ...], int] = {}
    for part in slices(sorted({row["platform_id"] for row in rows})):
        query = select(ISSUE).where(ISSUE.c.platform_id.in_(part), ISSUE.c.resolved_at.is_(None))
        for known in connection.execute(query).mappings():
            standing[_issue_key(known)] = known["id"]
    fresh: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        key = _issue_key(row)
        if key in standing:
            statement = update(ISSUE).where(ISSUE.c.id == standing[key])
            connection.execute(statement.values(times=ISSUE.c.times + 1, last_seen=at, facts=row["facts"]))
        else:
            fresh[key] = {"url": "", "times": 1, "run_id": run_id, "created_at": at, "last_seen": at, **row}
    if fresh:
        connection.execute(insert(ISSUE), [{"resolved_by": "", "answer": "", **row} for row in fresh.values()])


def settle_conflicts(session: Session, conflicts: Mapping[str, Sequence[str]], actor: str) -> None:
    """Close conflict issues of fields that are in conflict no longer; `conflicts` are those of each platform."""
    connection = session.connection()
    gone: list[int] = []
    for part in slices(sorted(conflicts)):
        query = select(ISSUE.c.id, ISSUE.c.platform_id, ISSUE.c.field).where(
            ISSUE.c.platform_id.in_(part), ISSUE.c.code == "value_conflict", ISSUE.c.resolved_at.is_(None)
        )
        gone += [row[0] for row in connection.execute(query) if row[2] not in conflicts[row[1]]]
    for part in slices(gone):
        connection.execute(update(ISSUE).where(ISSUE.c.id.in_(part)).values(resolved_at=now(), resolved_by=actor))


def _issue_key(row: Any) -> tuple[Any, ...]:
    return (row["code"], row["source_id"], row["platform_id"], row["remote_id"], row["field"])


def question_row(question: Question) -> dict[str, Any]:
    """The issue that a draft's question becomes."""
    return {
        "code": f"{question.field}_unclear"[:60],
        "severity": Severity.question,
        "cause_ko": question.cause_ko,
        "cause_en": question.cause_en,
        "remedy_ko": question.remedy_ko,
        "remedy_en": question.remedy_en,
        "field": question.field,
        "value": "",
        "concerns": "operator",
        "facts": {"choices": list(question.choices)},
    }


def doubt_row(found: Found) -> dict[str, Any]:
    """The issue that evidence pointing elsewhere becomes."""
    return {
        "code": "identity_unclear",
        "severity": Severity.question,
        "cause_ko": "이름·주소·앱 가운데 일부가 다른 플랫폼을 가리킵니다.",
        "cause_en": "Name, address and app do not all point to the same platform.",
        "remedy_ko": "같은 플랫폼이면 합치고, 다르면 '다름'으로 답하세요.",
        "remedy_en": "Merge them if they are one platform, or declare them different.",
        "field": "identity",
        "value": "",
        "concerns": "operator",
        "facts": {"others": found.doubts},
    }


def conflict_rows(fields: Iterable[str], statements: Iterable[Said]) -> list[dict[str, Any]]:
    """One issue for each field in conflict, with every value and who said it."""
    groups = by_field(statements)
    return [_conflict_row(name, groups[name]) for name in fields]


def _conflict_row(name: str, said: list[Said]) -> dict[str, Any]:
    best = ranked(said)[0]
    others = [one for one in said if contradicts(one, best)]
    return {
        "code": "value_conflict",
        "severity": Severity.question,
        "cause_ko": "출처마다 값이 다릅니다. 순위가 높은 값을 보이고 있습니다.",
        "cause_en": "Sources state different values; the one of the higher rank is shown.",
        "remedy_ko": "맞는 값을 고르거나 직접 고치세요.",
        "remedy_en": "Choose the right value, or correct it.",
        "field": name,
        "value": str(best.value)[:1000],
        "concerns": "owner",
        "facts": {"shown": _who(best), "others": [_who(one) for one in others]},
    }


def _who(said: Said) -> dict[str, Any]:
    return {"value": said.value, "source": said.source_id, "rank": said.rank.value, "actor": said.actor}
