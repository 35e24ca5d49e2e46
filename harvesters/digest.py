"""A mail to a source's owner about what a run found; into the outbox, and only while mail is configured."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from config.settings import Settings
from harvesters.judgement import Verdict
from harvesters.ledger import ACTIONS, Line
from registry.models import Issue, MailEntry, Source
from registry.vocab import RunState


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
    body = [f"{source.title} ({source.url})", f"결과 / result: {verdict.state.value}", ""]
    body += [f"{ko} / {en}" for _code, ko, en in verdict.doubts]
    if verdict.error:
        cause = verdict.error["cause"]
        body.append(f"{cause['ko']} / {cause['en']}")
    for action in ("rejected", "duplicate", "missing", "withdrawn"):
        of = [line for line in shown if line.action == action]
        if of:
            body += [
                "",
                f"{ACTIONS[action]} / {action}: {len(of)}",
                *(f"  - {line.name} ({line.remote_id})" for line in of[:50]),
            ]
    if issues:
        body += ["", "확인할 것 / to look at:"]
        for one in issues[:50]:
            body += [f"  - {one.cause_ko} {one.remedy_ko} {one.url}", f"    {one.cause_en} {one.remedy_en}"]
    session.add(
        MailEntry(
            recipient=source.mail_to, subject=f"[메타플랫폼] {source.title} 수집 결과"[:300], body="\n".join(body)
        )
    )
