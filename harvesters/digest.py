"""A mail to a source's owner about what a run found; into the outbox, and only while mail is configured."""

from collections.abc import Sequence
from email.message import EmailMessage
from smtplib import SMTP, SMTP_SSL, SMTPException
from urllib.parse import unquote, urlsplit

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from config.settings import Settings
from harvesters.judgement import Verdict
from harvesters.ledger import ACTIONS, Line
from registry.database import session_of, writing_session
from registry.models import Issue, MailEntry, Source
from registry.models.base import now
from registry.vocab import RunState

MOST_ATTEMPTS = 8


def send_digest(
    session: Session, settings: Settings, source: Source, run_id: int, verdict: Verdict, lines: Sequence[Line]
) -> None:
    """Put a digest into the outbox, in the run's own transaction, when there is something for its owner to see."""
    shown = [
        line for line in [*lines, *verdict.lines] if line.action in ("rejected", "withdrawn", "missing", "duplicate")
    ]
    if not (settings.smtp_url and source.mail_to) or (verdict.state is RunState.complete and not shown):
        return
    issues = session.exec(select(Issue).where(Issue.run_id == run_id, col(Issue.resolved_at).is_(None))).all()
    body = [f"{source.title} ({source.url})", f"결과: {verdict.state.value}", ""]
    body += [ko for _code, ko, _en in verdict.doubts]
    if verdict.error:
        body.append(str(verdict.error["cause"]["ko"]))
    for action in ("rejected", "duplicate", "missing", "withdrawn"):
        of = [line for line in shown if line.action == action]
        if of:
            body += [
                "",
                f"{ACTIONS[action]}: {len(of)}건",
                *(f"  - {line.name} ({line.remote_id})" for line in of[:50]),
            ]
    if issues:
        body += ["", "확인할 것:", *(f"  - {one.cause_ko} {one.remedy_ko} {one.url}" for one in issues[:50])]
    session.add(
        MailEntry(
            recipient=source.mail_to, subject=f"[메타플랫폼] {source.title} 수집 결과"[:300], body="\n".join(body)
        )
    )


def send_mail(database: Engine, settings: Settings, limit: int = 20) -> int:
    """Send what waits in the outbox; how many were sent. A server that fails is tried again, eight times in all."""
    if not settings.smtp_url:
        return 0
    with session_of(database) as session:
        waiting = session.exec(
            select(MailEntry)
            .where(col(MailEntry.sent_at).is_(None), MailEntry.attempts < MOST_ATTEMPTS)
            .order_by(col(MailEntry.id))
            .limit(limit)
        ).all()
    sent = 0
    for entry in waiting:
        problem = ""
        try:
            _send(settings, entry)
            sent += 1
        except (OSError, SMTPException) as error:
            problem = str(error)
        with writing_session(database) as session:
            row = session.get_one(MailEntry, entry.id)
            row.attempts, row.error = row.attempts + 1, problem
            row.sent_at = None if problem else now()
            session.add(row)
    return sent


def _send(settings: Settings, entry: MailEntry) -> None:
    message = EmailMessage()
    message["From"] = settings.mail_from or settings.contact
    message["To"], message["Subject"] = entry.recipient, entry.subject
    message.set_content(entry.body)
    parts = urlsplit(settings.smtp_url)
    kind = SMTP_SSL if parts.scheme == "smtps" else SMTP
    with kind(parts.hostname or "localhost", parts.port or 0, timeout=20) as server:
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)
