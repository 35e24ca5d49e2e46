"""Writes how a run ended: its counts and doubts, the issues of its listing, and where its source stands now."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from harvesters.base import Listing
from harvesters.http import PoliteClient
from harvesters.judgement import Verdict
from harvesters.ledger import Line, add_counts, write_lines
from harvesters.since import mark_after
from registry.issues import raise_issue
from registry.models import HarvestRun, Source
from registry.models.base import now
from registry.vocab import RunState, Severity


def write_end(
    session: Session, source: Source, run_id: int, verdict: Verdict, listing: Listing, client: PoliteClient
) -> list[Line]:
    """Write a judged run's end in the caller's transaction; the lines of its own that it added to the ledger.

    The source's mark moves by a complete run only.
    """
    noted = Counter(one.action for one in listing.remarks)
    run = session.get_one(HarvestRun, run_id)
    run.state, run.stated, run.scope = verdict.state, listing.stated, listing.scope
    add_counts(run, Counter(verdict.counts) + noted)
    run.counts = {**run.counts, "read": listing.read}
    run.error = dict(verdict.error)
    if verdict.doubts:
        run.error |= {"doubts": [{"code": c, "cause": {"ko": ko, "en": en}} for c, ko, en in verdict.doubts]}
    run.finished_at = max(run.started_at, now())
    run.heartbeat_at = run.finished_at
    run.requests, run.bytes_read = client.requests, client.bytes_read
    session.add(run)
    remarks = [Line(one.action, "", one.name, one.platform_id, one.detail) for one in listing.remarks]
    if listing.note:
        remarks.append(Line("note", "", listing.note))
    write_lines(session, run_id, [*verdict.lines, *remarks])
    for problem in listing.problems:
        raise_issue(
            session,
            problem.code,
            Severity.warning,
            problem.cause_ko,
            problem.cause_en,
            problem.remedy_ko,
            problem.remedy_en,
            field=problem.field,
            value=problem.value,
            url=problem.url,
            concerns=problem.concerns,
            source_id=source.id,
            run_id=run_id,
            remote_id=problem.remote_id,
        )
    if verdict.state is RunState.complete:
        source.since = mark_after(source, listing)
        source.last_complete_run = run_id
    session.add(source)
    session.flush()
    return remarks


def write_failure(session: Session, source_id: str, run_id: int, facts: Mapping[str, Any]) -> None:
    """Write that our own failure ended a run, with an issue; a run that was never opened has nothing to write."""
    run = session.get(HarvestRun, run_id)
    if run is None:
        return
    run.state, run.error = RunState.failed, dict(facts)
    run.finished_at = max(run.started_at, now())
    session.add(run)
    raise_issue(
        session,
        facts["code"],
        Severity.error,
        facts["cause"]["ko"],
        facts["cause"]["en"],
        facts["remedy"]["ko"],
        facts["remedy"]["en"],
        source_id=source_id,
        run_id=run.id,
    )


def facts_of(bug: BaseException) -> dict[str, Any]:
    """An internal error as the facts of a run's end."""
    return {
        "code": "run_broken",
        "cause": {"ko": "수집이 내부 오류로 멈췄습니다.", "en": f"The run was stopped by an internal error: {bug!r}"},
        "remedy": {"ko": "기록을 보고 다시 수집하세요.", "en": "See the log and harvest again."},
    }
