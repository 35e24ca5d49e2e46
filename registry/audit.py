"""The audit trail: who did what to which thing, when; lines are only ever added."""

from typing import Any

from sqlmodel import Session, col, select

from registry.models import AuditLine
from registry.records import Actor


def actor_text(actor: Actor) -> str:
    """An actor as statements and audit lines name it: 'person:kim', 'bundle:bundle'."""
    return f"{actor.kind.value}:{actor.name}"[:120]


def audit(
    session: Session,
    actor: Actor,
    action: str,
    subject: str,
    detail: dict[str, Any] | None = None,
    note: str = "",
) -> None:
    """Write one line; `action` is a verb such as 'merge' or 'sign_in', `subject` what it was done to."""
    session.add(
        AuditLine(actor=actor_text(actor), action=action, subject=subject[:200], detail=detail or {}, note=note)
    )
    session.flush()


def audit_lines(
    session: Session, subject: str = "", actor: str = "", before: int | None = None, limit: int = 100
) -> list[AuditLine]:
    """The newest lines first; page on with the last line's id as `before`."""
    query = select(AuditLine).order_by(col(AuditLine.id).desc()).limit(limit)
    if subject:
        query = query.where(AuditLine.subject == subject)
    if actor:
        query = query.where(AuditLine.actor == actor)
    if before is not None:
        query = query.where(col(AuditLine.id) < before)
    return list(session.exec(query))
