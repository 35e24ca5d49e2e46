"""What a finished listing proves: whether it is whole, what is gone, and when a person has to be asked."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, select

from harvesters.base import Listing
from harvesters.expectation import Expectation
from harvesters.intake import Intake
from harvesters.ledger import Line
from harvesters.withdrawals import (
    CEILING,
    Fate,
    ask_a_person,
    count_missing,
    known_records,
    told_of,
    vanished_records,
)
from registry.errors import HarvestError, SourceBusy, SourceRefused, Stopped
from registry.issues import raise_error, raise_issue
from registry.models import HarvestRun, Source
from registry.vocab import RunState, Severity

RUN_CODES = [
    "source_unreachable",
    "certificate_invalid",
    "source_refused",
    "source_busy",
    "source_changed",
    "body_too_large",
    "address_refused",
    "budget_spent",
    "harvest_error",
    "harvester_failed",
    "listing_incomplete",
    "listing_empty",
    "below_expectation",
    "above_expectation",
    "run_broken",
    "storage_full",
]
"""Issues of a run as a whole; a complete run settles them."""


@dataclass
class Verdict:
    """How a run ended, and what follows from it."""

    state: RunState
    counts: Mapping[str, int]
    lines: list[Line]
    doubts: list[tuple[str, str, str]] = field(default_factory=list)
    error: Mapping[str, Any] = field(default_factory=dict)
    retry_after: float | None = None
    settled_codes: list[str] = field(default_factory=lambda: list(RUN_CODES))


def judge(
    session: Session,
    source: Source,
    listing: Listing,
    intake: Intake,
    fates: Mapping[str, Fate],
    error: HarvestError | None,
) -> Verdict:
    """Decide a run's state and do what only a whole listing allows: count what is missing, withdraw, or ask.

    An error after something was read, a doubt about the listing, or an empty listing makes the run incomplete:
    what was read stays registered, nothing is concluded from what was not read. `fates` is what the source said when
    it was asked after the entries that its listing no longer has.
    """
    expectation = Expectation.read(source.expect)
    run_id = intake.run_id
    if error is not None:
        return _ended_by(session, source, listing, intake, error)
    known = known_records(session, source.id)
    listed = listing.distinct if listing.pages else sum(intake.counts.values())
    if listed == 0 and listing.scope == "all" and expectation.min != 0:
        return _empty(session, source, listing, known, run_id)
    doubts = listing.doubts()
    if doubts:
        causes = ("; ".join(ko for _c, ko, _en in doubts), "; ".join(en for _c, _ko, en in doubts))
        raise_issue(
            session,
            "listing_incomplete",
            Severity.warning,
            f"목록을 끝까지 믿을 수 없습니다: {causes[0]}",
            f"The listing cannot be relied on as whole: {causes[1]}",
            "읽은 것은 등록했고, 읽지 못한 것에 대해서는 아무것도 판단하지 않습니다.",
            "What was read is registered; nothing is concluded about the rest.",
            url=source.url,
            source_id=source.id,
            run_id=run_id,
            facts={"doubts": [code for code, _ko, _en in doubts]},
        )
        return Verdict(RunState.incomplete, {}, [], doubts)
    if listing.scope != "all":
        return Verdict(RunState.complete, {}, [])
    outside = _outside_expectation(session, source, listing, expectation, run_id)
    if outside is not None:
        return outside
    return _missing(session, source, intake, expectation, fates, known)


def _ended_by(session: Session, source: Source, listing: Listing, intake: Intake, error: HarvestError) -> Verdict:
    needs_person = isinstance(error, SourceRefused)
    if not isinstance(error, Stopped):
        raise_error(
            session,
            error,
            Severity.question if needs_person else Severity.error,
            source_id=source.id,
            run_id=intake.run_id,
            concerns="operator" if needs_person else "source",
        )
    read = listing.read + sum(intake.counts.values())
    state = RunState.incomplete if read or isinstance(error, Stopped) else RunState.failed
    retry = error.retry_after if isinstance(error, SourceBusy) else 0.0 if isinstance(error, Stopped) else None
    return Verdict(state, {}, [], listing.doubts() if read else [], error.facts(), retry)


def _empty(session: Session, source: Source, listing: Listing, known: int, run_id: int | None) -> Verdict:
    doubt = (
        "listing_empty",
        f"원천이 빈 목록을 주었습니다(알고 있던 것 {known}건).",
        f"The source gave an empty listing ({known} entries were known).",
    )
    raise_issue(
        session,
        "listing_empty",
        Severity.question,
        doubt[1],
        doubt[2],
        "정말 비었으면 원천 파일에 expect.min: 0 을 적으세요. 그때까지 아무것도 내리지 않습니다.",
        "If it is really empty, put expect.min: 0 into the source file; nothing is withdrawn until then.",
        url=source.url,
        source_id=source.id,
        run_id=run_id,
        facts={"known": known},
    )
    return Verdict(RunState.incomplete, {}, [], [doubt, *listing.doubts()])


def _outside_expectation(
    session: Session, source: Source, listing: Listing, expectation: Expectation, run_id: int | None
) -> Verdict | None:
    number = listing.distinct
    for code, broken, word_ko, word_en, bound in (
        (
            "below_expectation",
            expectation.min is not None and number < expectation.min,
            "적은",
            "fewer",
            expectation.min,
        ),
        (
            "above_expectation",
            expectation.max is not None and number > expectation.max,
            "많은",
            "more",
            expectation.max,
        ),
    ):
        if broken:
            doubt = (
                code,
                f"목록이 {number}건으로, 기대한 {bound}건보다 {word_ko} 수입니다.",
                f"The listing has {number} entries, {word_en} than the expected {bound}.",
            )
            raise_issue(
                session,
                code,
                Severity.question,
                doubt[1],
                doubt[2],
                "맞는 수이면 원천 파일의 expect를 고치세요. 그때까지 아무것도 내리지 않습니다.",
                "If the number is right, change `expect` in the source file; nothing is withdrawn until then.",
                url=source.url,
                source_id=source.id,
                run_id=run_id,
            )
            return Verdict(RunState.question, {}, [], [doubt])
    return None


def _missing(
    session: Session, source: Source, intake: Intake, expectation: Expectation, fates: Mapping[str, Fate], known: int
) -> Verdict:
    vanished = told_of(vanished_records(session, source.id, intake.mark), fates, intake.mark)
    if vanished and _reconfigured(session, source, intake.run_id):
        # Another filter or address is another listing: what it does not show was perhaps never asked for.
        for row in vanished:
            row.missing_runs, row.missing_since = 0, None
            session.add(row)
        raise_issue(
            session,
            "source_reconfigured",
            Severity.warning,
            f"원천의 설정이 바뀐 뒤 {len(vanished)}건이 목록에 없습니다. 새 목록으로 보고 내리지 않았습니다.",
            f"{len(vanished)} entries are not listed since the source's configuration changed; nothing was withdrawn.",
            "바뀐 설정이 맞는지 확인하세요.",
            "See whether the changed configuration is right.",
            source_id=source.id,
            run_id=intake.run_id,
            facts={"records": [row.remote_id for row in vanished]},
        )
        return Verdict(RunState.complete, {}, [])
    ceiling = expectation.ceiling(known)
    if len(vanished) > ceiling:
        if intake.run_id is not None:
            ask_a_person(session, source, vanished, known, ceiling, intake.run_id)
        lines = [
            Line("missing", row.remote_id, str(row.fields.get("name") or ""), row.platform_id or "", {"asked": True})
            for row in vanished
        ]
        doubt = (
            CEILING,
            f"{known}건 가운데 {len(vanished)}건이 사라져 멈추고 물었습니다.",
            f"{len(vanished)} of {known} entries vanished; the run stopped and asks.",
        )
        return Verdict(RunState.question, dict(Counter(line.action for line in lines)), lines, [doubt])
    lines = count_missing(session, source, vanished, expectation, intake.actor)
    return Verdict(
        RunState.complete,
        dict(Counter(line.action for line in lines)),
        lines,
        settled_codes=[*RUN_CODES, CEILING],
    )


def _reconfigured(session: Session, source: Source, run_id: int | None) -> bool:
    """Whether the last complete whole listing was made under another configuration."""
    last = session.exec(
        select(HarvestRun.config_hash)
        .where(
            HarvestRun.source_id == source.id,
            HarvestRun.state == RunState.complete,
            HarvestRun.scope == "all",
            HarvestRun.id != run_id,
        )
        .order_by(col(HarvestRun.id).desc())
        .limit(1)
    ).first()
    return last is not None and last != source.config_hash
