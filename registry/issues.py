"""Issues: what a person should look at. The same matter raised again is counted, not repeated."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, select

from registry.audit import actor_text
from registry.errors import MetaplatformError, NotFound, shorten
from registry.models import Issue
from registry.models.base import now
from registry.records import Actor
from registry.vocab import Severity


def raise_issue(
    session: Session,
    code: str,
    severity: Severity,
    cause_ko: str,
    cause_en: str,
    remedy_ko: str = "",
    remedy_en: str = "",
    *,
    field: str = "",
    value: object = "",
    url: str = "",
    concerns: str = "operator",
    source_id: str | None = None,
    run_id: int | None = None,
    platform_id: str | None = None,
    remote_id: str = "",
    facts: dict[str, Any] | None = None,
) -> Issue:
    """Raise a matter, or count it again while it is open.

    One matter is one code, source, platform, record and field. `concerns` says whose it is: 'operator', 'source'
    (whoever runs the source) or 'owner' (the government).
    """
    same = select(Issue).where(
        Issue.code == code,
        Issue.source_id == source_id,
        Issue.platform_id == platform_id,
        Issue.remote_id == remote_id,
        Issue.field == field,
        col(Issue.resolved_at).is_(None),
    )
    issue = session.exec(same).first()
    if issue is None:
        issue = Issue(
            code=code,
            severity=severity,
            cause_ko="",
            cause_en="",
            field=field,
            source_id=source_id,
            platform_id=platform_id,
            remote_id=remote_id,
            times=0,
        )
    issue.severity = severity
    issue.cause_ko, issue.cause_en = cause_ko, cause_en
    issue.remedy_ko, issue.remedy_en = remedy_ko, remedy_en
    issue.value, issue.url, issue.concerns = shorten(value, 1000), url[:2000], concerns
    issue.run_id = run_id if run_id is not None else issue.run_id
    issue.facts = facts or {}
    issue.times += 1
    issue.last_seen = now()
    session.add(issue)
    session.flush()
    return issue


def raise_error(session: Session, error: MetaplatformError, severity: Severity = Severity.error, **where: Any) -> Issue:
    """Raise the issue that an error of ours describes; `where` as in raise_issue."""
    facts = error.facts()
    where.setdefault("field", facts.get("field", ""))
    where.setdefault("value", facts.get("value", ""))
    where.setdefault("url", facts.get("url", ""))
    return raise_issue(
        session, error.code, severity, error.cause_ko, error.cause_en, error.remedy_ko, error.remedy_en, **where
    )


def resolve_issue(session: Session, issue_id: int, actor: Actor, answer: str = "") -> Issue:
    """Close an issue with an answer; NotFound."""
    issue = session.get(Issue, issue_id)
    if issue is None:
        raise NotFound("issue", issue_id)
    if issue.resolved_at is None:
        issue.resolved_at, issue.resolved_by, issue.answer = now(), actor_text(actor), answer
        session.add(issue)
        session.flush()
    return issue


def settle(session: Session, actor: Actor, codes: Sequence[str], **where: Any) -> int:
    """Close every open issue of these codes whose columns equal `where`: what it asked has settled itself."""
    query = select(Issue).where(col(Issue.code).in_(codes), col(Issue.resolved_at).is_(None))
    for column, value in where.items():
        query = query.where(getattr(Issue, column) == value)
    found = list(session.exec(query))
    for issue in found:
        issue.resolved_at, issue.resolved_by = now(), actor_text(actor)
        session.add(issue)
    session.flush()
    return len(found)


def open_issues(
    session: Session,
    *,
    concerns: str = "",
    source_id: str = "",
    platform_id: str = "",
    code: str = "",
    before: int | None = None,
    limit: int = 100,
) -> list[Issue]:
    """Open issues, newest first; page on with the last one's id as `before`."""
    query = select(Issue).where(col(Issue.resolved_at).is_(None)).order_by(col(Issue.id).desc()).limit(limit)
    for column, value in (
        (Issue.concerns, concerns),
        (Issue.source_id, source_id),
        (Issue.platform_id, platform_id),
        (Issue.code, code),
    ):
        if value:
            query = query.where(col(column) == value)
    if before is not None:
        query = query.where(col(Issue.id) < before)
    return list(session.exec(query))
