"""The life of one harvest run: lease, read, take in batch by batch, judge the listing, end in a definite state."""

import traceback
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Event
from time import monotonic

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from config.settings import Settings
from harvesters.access import allow, load_source, open_client, task_of
from harvesters.base import HarvestTask, Listing, Progress, Reader, no_progress
from harvesters.catalogue import harvester_named
from harvesters.digest import send_digest
from harvesters.ending import facts_of, write_end, write_failure
from harvesters.housekeeping import close_killed_runs
from harvesters.http import PoliteClient
from harvesters.intake import Intake, Watch
from harvesters.judgement import Verdict, judge
from harvesters.keeping import PageKeeper
from harvesters.lease import Heartbeat, Lease, being_read, claim, holder_name, release, renew
from harvesters.ledger import Line, RunReport, add_counts, close_abandoned, write_lines
from harvesters.manners import stopped
from harvesters.raw import RawStore
from harvesters.since import since_for
from harvesters.timing import next_run_after
from harvesters.withdrawals import ASKED_AFTER, Fate, vanished_records
from registry.database import session_of, writing_session
from registry.errors import HarvestError, LeaseLost, MetaplatformError
from registry.issues import settle
from registry.models import HarvestRun, Source
from registry.models.base import now
from registry.records import Actor, HarvestedRecord
from registry.references import settle_waiting
from registry.vocab import ActorKind, RunState

BATCH = 500
SHOWN_LINES = 5000
"""Lines a report carries along; all of them stand in the ledger, and memory stays flat in the number of records."""

BATCH_SECONDS = 5.0
"""A batch is written when it is full or this old: what was read is registered soon, and a kill costs little."""


def run_source(
    database: Engine,
    settings: Settings,
    source_id: str,
    *,
    actor: Actor,
    progress: Progress = no_progress,
    lease: Lease | None = None,
    client: PoliteClient | None = None,
    stop: Event | None = None,
    reader: Reader | None = None,
    watch: Watch | None = None,
) -> RunReport:
    """Harvest one source and register what it says; the run ends in a definite state whatever happens.

    Raises NotAllowed for an outside source that is not enabled or while no contact address is set, and Conflict
    while another worker reads this source or its host. What goes wrong at the source is no exception but the
    report's error, an issue, and a state. `lease` is given by a worker that has claimed the source already; `reader`
    yields the records instead of the source's harvester (a file that a person hands in); `watch` sees each record.
    """
    source = load_source(database, source_id)
    if lease is None:
        allow(source, settings)
        # A process of this machine that was killed a moment ago still holds its lease; it will not come back.
        close_killed_runs(database, source_id)
        lease = claim(database, source_id, holder_name(), settings.lease_seconds)
    if lease is None:
        raise being_read(source_id, settings.lease_seconds)
    return _Run(database, settings, source, lease, actor, progress, client, stop or Event(), reader, watch).execute()


class _Run:
    """One execution. Its steps are its methods, in the order in which they happen."""

    def __init__(
        self,
        database: Engine,
        settings: Settings,
        source: Source,
        lease: Lease,
        actor: Actor,
        progress: Progress,
        client: PoliteClient | None,
        stop: Event,
        reader: Reader | None,
        watch: Watch | None,
    ) -> None:
        self.database, self.settings, self.lease = database, settings, lease
        self.source, self.actor, self.progress = source, actor, progress
        self.machine = Actor(ActorKind.harvester, source.harvester)
        self.given_client, self.stop = client, stop
        self.reader = reader or harvester_named(source.harvester).reader(database)
        self.watch = watch
        self.listing = Listing()
        self.lines: list[Line] = []
        self.run_id = 0
        self.began = monotonic()

    def execute(self) -> RunReport:
        try:
            self.run_id = self._open()
            with Heartbeat(self.database, self.lease, self.settings.lease_seconds, self._beat) as heartbeat:
                self.heartbeat = heartbeat
                error = self._read()
                fates = self._ask_after(error)
            return self._finish(error, fates)
        except LeaseLost as lost:
            # Nothing may be written any more: the new holder has closed this run already.
            return RunReport(
                self.source.id, RunState.incomplete, {}, tuple(self.lines), self.run_id, error=lost.facts()
            )
        except BaseException as bug:
            self._abandon(bug)
            raise
        finally:
            # Not sooner: a finished listing may still have to ask the source after what vanished from it.
            if self.given_client is None and hasattr(self, "client"):
                self.client.close()

    def _open(self) -> int:
        with writing_session(self.database) as session:
            renew(session, self.lease, self.settings.lease_seconds)
            close_abandoned(session, self.source.id, self.lease.fence)
            self.since = since_for(session, self.source)
            run = HarvestRun(
                source_id=self.source.id,
                fence=self.lease.fence,
                actor=f"{self.actor.kind.value}:{self.actor.name}"[:120],
                config_hash=self.source.config_hash,
                scope="since" if self.since else "all",
            )
            session.add(run)
            session.flush()
            assert run.id is not None
            return run.id

    def _read(self) -> HarvestError | None:
        """Read and take in until the harvester ends; the error that ended it early, if one did."""
        raw = RawStore(self.settings.raw_folder)
        self.keeper = PageKeeper(self.database, self.source.id, raw)
        self.intake = Intake(self.source, self._writer(), self.run_id, raw, self.listing, watch=self.watch)
        self.client = self.given_client or open_client(self.settings, self.source, self.keeper, self.stop)
        error: HarvestError | None = None
        batch: list[HarvestedRecord] = []
        since = monotonic()
        self.listing.scope = "since" if self.since else "all"
        try:
            task = task_of(self.source, self.client, self.listing, self.since, self.progress)
            for record in self._stream(task):
                batch.append(record)
                if len(batch) >= BATCH or monotonic() - since > BATCH_SECONDS:
                    self._take(batch)
                    batch, since = [], monotonic()
        except HarvestError as problem:
            error = problem
        except (LeaseLost, OperationalError):
            raise
        except Exception as bug:
            error = _unexpected(self.source, bug)
        self._take(batch)
        return error

    def _writer(self) -> Actor:
        """Who writes the statements: the harvester, or the person who handed the records in."""
        return self.actor if self.actor.kind in (ActorKind.person, ActorKind.token) else self.machine

    def _stream(self, task: HarvestTask) -> Iterator[HarvestedRecord]:
        for record in self.reader(task):
            if self.heartbeat.lost.is_set():
                raise LeaseLost("수집 권한을 잃었습니다.", "The lease was lost.")
            if self.stop.is_set():
                raise stopped(self.source.url)
            yield record

    def _take(self, batch: list[HarvestedRecord]) -> None:
        """One batch, one transaction: the lease is renewed in it, so a batch of a lost lease is never stored."""
        with session_of(self.database) as session:
            same, fresh = self.intake.prepare(session, batch)
        with writing_session(self.database) as session:
            renew(session, self.lease, self.settings.lease_seconds)
            before = self.intake.counts.copy()
            self.intake.take(session, same, fresh)
            lines = self.intake.lines + self.intake.report_repeated(session)
            write_lines(session, self.run_id, lines)
            self.keeper.store(session)
            run = session.get_one(HarvestRun, self.run_id)
            add_counts(run, self.intake.counts - before)
            self._beat(session)
        if self.watch is not None or len(self.lines) < SHOWN_LINES:
            self.lines += lines
        done = sum(self.intake.counts.values())
        self.progress(f"{self.source.title}", done, self.listing.stated)

    def _beat(self, session: Session) -> None:
        run = session.get_one(HarvestRun, self.run_id)
        run.heartbeat_at = max(run.heartbeat_at, now())
        client = getattr(self, "client", None)
        if client is not None:
            run.requests, run.bytes_read = client.requests, client.bytes_read
        session.add(run)

    def _finish(self, error: HarvestError | None, fates: Mapping[str, Fate]) -> RunReport:
        """Judge the listing and end the run, its withdrawals and its schedule in one transaction."""
        with writing_session(self.database) as session:
            renew(session, self.lease, self.settings.lease_seconds)
            # A section may be listed before its home page: the parent's id is known only now.
            settle_waiting(session)
            source = session.get_one(Source, self.source.id)
            verdict = judge(session, source, self.listing, self.intake, fates, error)
            self.lines += write_end(session, source, self.run_id, verdict, self.listing, self.client)
            if verdict.state is RunState.complete:
                settle(session, self.machine, verdict.settled_codes, source_id=source.id, remote_id="")
            release(session, self.lease, next_run_after(source, verdict, now()))
            send_digest(session, self.settings, source, self.run_id, verdict, self.lines)
        self.lines += verdict.lines
        noted = Counter(one.action for one in self.listing.remarks)
        return RunReport(
            self.source.id,
            verdict.state,
            {"read": self.listing.read, **self.intake.counts, **verdict.counts, **noted},
            tuple(self.lines),
            self.run_id,
            self.listing.scope,
            self.listing.stated,
            tuple(verdict.doubts),
            verdict.error,
            self.client.requests,
            self.client.bytes_read,
            monotonic() - self.began,
        )

    def _ask_after(self, error: HarvestError | None) -> dict[str, Fate]:
        """Ask the source after entries that a whole listing no longer has, where its harvester can.

        Asked before the run is judged, never within its transaction: a polite question takes a second, and a
        database must not wait for fifty of them.
        """
        ask = getattr(harvester_named(self.source.harvester), "fate", None)
        if ask is None or error is not None or self.listing.scope != "all" or self.listing.doubts():
            return {}
        with session_of(self.database) as session:
            vanished = [row.remote_id for row in vanished_records(session, self.source.id, self.run_id)]
        if len(vanished) > ASKED_AFTER:
            return {}
        task = task_of(self.source, self.client, self.listing, "", no_progress)
        return {remote_id: ask(task, remote_id) for remote_id in vanished}

    def _abandon(self, bug: BaseException) -> None:
        """Our own failure (a full disk, a broken database, Ctrl-C): close the run if the database still lets us."""
        facts = bug.facts() if isinstance(bug, MetaplatformError) else facts_of(bug)
        try:
            with writing_session(self.database) as session:
                renew(session, self.lease, self.settings.lease_seconds)
                write_failure(session, self.source.id, self.run_id, facts)
                source = session.get_one(Source, self.source.id)
                failed = Verdict(RunState.failed, {}, [], [], facts)
                release(session, self.lease, next_run_after(source, failed, now()))
        except (LeaseLost, OperationalError):
            # The lease runs out by itself and the next holder closes the run.
            return


def _unexpected(source: Source, bug: Exception) -> HarvestError:
    where = traceback.extract_tb(bug.__traceback__)[-1]
    error = HarvestError(
        source.url,
        f"수집기 '{source.harvester}' 안에서 오류가 났습니다.",
        f"The harvester '{source.harvester}' failed: {bug!r} ({Path(where.filename).name}:{where.lineno}).",
        "원천의 모양이 바뀌었을 수 있습니다. 이 오류를 개발자에게 알려 주세요.",
        "The source may have changed its shape; report this to the developers.",
    )
    error.code = "harvester_failed"
    return error
