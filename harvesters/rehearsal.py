"""A run that writes nothing: what would be added, changed, in conflict, withdrawn or rejected."""

from collections.abc import Sequence
from time import monotonic

from sqlalchemy import Engine

from config.settings import Settings
from harvesters.access import allow, load_source, open_client, task_of
from harvesters.base import Listing, Progress, no_progress
from harvesters.catalogue import harvester_named
from harvesters.housekeeping import close_killed_runs
from harvesters.http import PoliteClient
from harvesters.intake import Intake, Watch
from harvesters.judgement import judge
from harvesters.lease import Heartbeat, being_read, claim, holder_name, release
from harvesters.ledger import Line, RunReport
from registry.database import session_of, writing_session
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
    """Read a source whole and say what would be added, changed, in conflict or withdrawn; nothing is written.

    The source's lease is held while it is read, so that its host never has two of us at once; Conflict while another
    reads it.
    """
    source = load_source(database, source_id)
    allow(source, settings)
    close_killed_runs(database, source_id)
    lease = claim(database, source_id, holder_name(), settings.lease_seconds)
    if lease is None:
        raise being_read(source_id, settings.lease_seconds)
    listing, records, error = Listing(), list[HarvestedRecord](), None
    began = monotonic()
    own = client or open_client(settings, source)
    try:
        with Heartbeat(database, lease, settings.lease_seconds, lambda _session: None):
            for record in harvester_named(source.harvester)().harvest(task_of(source, own, listing, "", progress)):
                records.append(record)
    except HarvestError as problem:
        error = problem
    finally:
        if client is None:
            own.close()
        with writing_session(database) as session:
            release(session, lease, None)
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
    intake = Intake(source, actor, listing=listing, watch=watch)
    # Understood before the transaction: nobody else can write while it is open.
    prepared = []
    with session_of(database) as session:
        for start in range(0, len(records), BATCH):
            prepared.append(intake.prepare(session, records[start : start + BATCH]))
            progress("비교 / comparing", start, len(records))
    with writing_session(database) as session:
        session.merge(source)
        session.flush()
        for same, fresh in prepared:
            intake.take(session, same, fresh)
            lines += intake.lines
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
