"""A run that writes nothing: what would be added, changed, in conflict, withdrawn or rejected."""

from collections.abc import Sequence
from time import monotonic

from sqlalchemy import Engine

from config.settings import Settings
from harvesters.access import allow, load_source, open_client, task_of
from harvesters.base import Listing, Progress, no_progress
from harvesters.catalogue import harvester_named
from harvesters.http import PoliteClient
from harvesters.intake import Intake, Watch
from harvesters.judgement import judge
from harvesters.ledger import Line, RunReport
from registry.database import writing_session
from registry.errors import HarvestError
from registry.models import Source
from registry.records import Actor, HarvestedRecord

BATCH = 200


def dry_run(
    database: Engine,
    settings: Settings,
    source_id: str,
    *,
    actor: Actor,
    progress: Progress = no_progress,
    client: PoliteClient | None = None,
) -> RunReport:
    """Read a source whole and say what would be added, changed, in conflict or withdrawn; nothing is written."""
    source = load_source(database, source_id)
    allow(source, settings)
    listing, records, error = Listing(), list[HarvestedRecord](), None
    began = monotonic()
    own = client or open_client(settings, source)
    try:
        for record in harvester_named(source.harvester)().harvest(task_of(source, own, listing, "", progress)):
            records.append(record)
    except HarvestError as problem:
        error = problem
    finally:
        if client is None:
            own.close()
    return preview(database, source, records, listing, error, actor, progress, own, monotonic() - began)


def preview(
    database: Engine,
    source: Source,
    records: Sequence[HarvestedRecord],
    listing: Listing,
    error: HarvestError | None,
    actor: Actor,
    progress: Progress,
    client: PoliteClient | None = None,
    seconds: float = 0.0,
    watch: Watch | None = None,
) -> RunReport:
    """What registering these records would do: done in one transaction that is rolled back."""
    lines: list[Line] = []
    with writing_session(database) as session:
        session.merge(source)
        session.flush()
        intake = Intake(source, actor, listing=listing, watch=watch)
        for start in range(0, len(records), BATCH):
            same, fresh = intake.prepare(session, records[start : start + BATCH])
            intake.take(session, same, fresh)
            lines += intake.lines
            progress("비교 / comparing", start + BATCH, len(records))
        lines += intake.report_repeated(session)
        verdict = judge(session, source, listing, intake, {}, error)
        lines += verdict.lines
        session.rollback()
    return RunReport(
        source.id,
        verdict.state,
        {"read": listing.read or len(records), **intake.counts, **verdict.counts},
        tuple(lines),
        stated=listing.stated,
        doubts=tuple(verdict.doubts),
        error=verdict.error,
        requests=client.requests if client else 0,
        bytes_read=client.bytes_read if client else 0,
        seconds=seconds,
        dry=True,
    )
