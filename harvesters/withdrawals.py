"""What is no longer listed: counted over complete runs, withdrawn after a grace, asked about above a ceiling.

*Not listed*, *listed but unfetchable* and *source unreachable* are three different things. Only the first leads
here, and only from a listing that was verified to be whole.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from harvesters.expectation import Expectation
from harvesters.known_rows import rows_of
from harvesters.ledger import Line
from registry.audit import audit
from registry.errors import Conflict, NotFound
from registry.issues import raise_issue, resolve_issue
from registry.models import Issue, Platform, Record, Source
from registry.models.base import now
from registry.records import Actor
from registry.vocab import PlatformState, RecordState, Severity
from registry.withdraw import withdraw_missing

CEILING = "withdrawal_ceiling"
ASKED_AFTER = 50
"""Vanished entries a source is asked after one by one, where it can be asked."""


class Fate(StrEnum):
    """What a source says when it is asked after one entry that its listing no longer has."""

    there = "there"
    hidden = "hidden"
    gone = "gone"
    unknown = "unknown"


def known_records(session: Session, source_id: str) -> int:
    """How many entries of a source stand registered."""
    return session.exec(
        select(func.count())
        .select_from(Record)
        .where(
            Record.source_id == source_id, Record.state != RecordState.withdrawn, col(Record.platform_id).is_not(None)
        )
    ).one()


def vanished_records(session: Session, source_id: str, mark: int) -> list[Record]:
    """The registered entries that the run `mark` did not list, without those a person said to keep."""
    gone = session.exec(
        select(Record)
        .where(
            Record.source_id == source_id,
            Record.state != RecordState.withdrawn,
            col(Record.platform_id).is_not(None),
            or_(col(Record.last_run).is_(None), Record.last_run != mark),
        )
        .order_by(col(Record.id))
    ).all()
    kept = kept_by_answer(session, source_id)
    return [row for row in gone if row.remote_id not in kept]


def told_of(vanished: Sequence[Record], fates: Mapping[str, Fate], mark: int) -> list[Record]:
    """The vanished entries without those that the source, when asked, said it still has."""
    still = []
    for row in vanished:
        fate = fates.get(row.remote_id, Fate.unknown)
        if fate is Fate.there:
            row.last_run, row.last_seen = mark, now()
            continue
        row.problem = "" if fate is Fate.unknown else fate.value
        still.append(row)
    return still


def count_missing(
    session: Session, source: Source, vanished: Sequence[Record], expectation: Expectation, actor: Actor
) -> list[Line]:
    """Count each vanished entry once more and withdraw those whose time has come; the lines that say so."""
    lines, ripe, present = [], list[Record](), now()
    for row in vanished:
        row.state, row.missing_runs = RecordState.missing, row.missing_runs + 1
        row.missing_since = row.missing_since or present
        session.add(row)
        grace = timedelta(days=expectation.grace_days)
        if row.missing_runs >= expectation.missing_runs and present - row.missing_since >= grace:
            ripe.append(row)
        else:
            facts = {"runs": row.missing_runs, "since": row.missing_since.isoformat()}
            lines.append(_line(session, row, "missing", facts))
    return lines + _withdraw(session, source, ripe, actor)


def ask_a_person(
    session: Session, source: Source, vanished: Sequence[Record], known: int, ceiling: int, run_id: int
) -> Issue:
    """The question that stops a run above the ceiling; it carries the whole list."""
    return raise_issue(
        session,
        CEILING,
        Severity.question,
        f"알고 있던 {known}건 가운데 {len(vanished)}건이 목록에서 사라졌습니다(묻지 않고 내리는 한도 {ceiling}건).",
        f"{len(vanished)} of {known} known entries have vanished from the listing (ceiling without asking: {ceiling}).",
        "목록을 보고 '내림' 또는 '둠'으로 답하세요. 답할 때까지 아무것도 내리지 않습니다.",
        "Look at the list and answer 'withdraw' or 'keep'; nothing is withdrawn until then.",
        url=source.url,
        source_id=source.id,
        run_id=run_id,
        facts={
            "known": known,
            "ceiling": ceiling,
            "records": [
                {"remote_id": row.remote_id, "platform_id": row.platform_id, "name": _name(session, row)}
                for row in vanished
            ],
        },
    )


def answer(session: Session, issue_id: int, actor: Actor, do_withdraw: bool) -> list[Line]:
    """A person's answer to the question: withdraw what is still not listed, or keep it as it is.

    Kept entries are not asked about again until the source lists them and drops them once more.
    """
    issue = session.get(Issue, issue_id)
    if issue is None or issue.code != CEILING or issue.source_id is None:
        raise NotFound("withdrawal question", issue_id)
    if issue.resolved_at is not None:
        raise Conflict(
            "이미 답한 물음입니다.",
            "This question has been answered.",
            "답은 확인할 일과 감사 기록에서 볼 수 있습니다.",
            "The answer stands in the issue and in the audit trail.",
        )
    source = session.get(Source, issue.source_id)
    assert source is not None
    lines: list[Line] = []
    if do_withdraw:
        ids = [one["remote_id"] for one in issue.facts["records"]]
        rows = rows_of(session, source.id, ids)
        # What was listed again since the question was asked is no longer concerned by it.
        gone = [row for row in rows if row.state != RecordState.withdrawn and row.last_seen < issue.created_at]
        lines = _withdraw(session, source, gone, actor)
    resolve_issue(session, issue_id, actor, "withdraw" if do_withdraw else "keep")
    audit(session, actor, "answer", f"issue:{issue_id}", {"withdraw": do_withdraw, "records": len(lines)})
    return lines


def kept_by_answer(session: Session, source_id: str) -> set[str]:
    """Ids of entries that a person said to keep and that were not listed since."""
    answered = session.exec(
        select(Issue).where(Issue.source_id == source_id, Issue.code == CEILING, Issue.answer == "keep")
    ).all()
    kept: set[str] = set()
    for issue in answered:
        ids = [one["remote_id"] for one in issue.facts.get("records", [])]
        rows = rows_of(session, source_id, ids)
        kept.update(row.remote_id for row in rows if issue.resolved_at and row.last_seen < issue.resolved_at)
    return kept


def _withdraw(session: Session, source: Source, rows: Sequence[Record], actor: Actor) -> list[Line]:
    """Withdraw records; a platform that other sources list, or people have spoken of, stays without them."""
    if not rows:
        return []
    session.flush()
    reason = f"원천 '{source.title}' 의 목록에서 사라졌습니다."
    withdraw_missing(session, source.id, [row.remote_id for row in rows], actor, reason)
    lines = []
    for row in rows:
        session.refresh(row)
        platform = session.get(Platform, row.platform_id) if row.platform_id else None
        stays = platform is not None and platform.state == PlatformState.active
        lines.append(_line(session, row, "withdrawn", {"platform_stays": stays, "source_says": row.problem}))
    return lines


def _line(session: Session, row: Record, action: str, detail: dict[str, object]) -> Line:
    return Line(action, row.remote_id, _name(session, row), row.platform_id or "", detail)


def _name(session: Session, row: Record) -> str:
    platform = session.get(Platform, row.platform_id) if row.platform_id else None
    return platform.name if platform else str(row.fields.get("name") or row.remote_id)
