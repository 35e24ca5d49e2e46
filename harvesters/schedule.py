"""The worker: a clock that only ticks, and a pool of threads that harvest what the table says is due.

Schedules live in our own table. APScheduler keeps no jobs of ours: two processes on one of its job stores run every
job twice, and its stored jobs break when a module is renamed. Here it only calls `tick`; which worker reads which
source is settled by the lease in the database. This is the one module that knows it.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from threading import Event, Lock

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Engine

from config.settings import Settings
from harvesters.access import allow, load_source
from harvesters.housekeeping import ClockGuard, close_killed_runs, due_sources, hold_clock
from harvesters.lease import Lease, claim, holder_name, release
from harvesters.outgoing_mail import send_mail
from harvesters.pruning import prune_daily
from harvesters.runner import run_source
from registry.database import session_of, writing_session
from registry.errors import NotAllowed
from registry.models.base import now
from registry.records import Actor
from registry.vocab import ActorKind

TICK_SECONDS = 5.0
log = structlog.get_logger()


class Worker:
    """Harvests what is due. Any number of workers may run, in any number of processes and machines."""

    def __init__(self, database: Engine, settings: Settings, tick_seconds: float = TICK_SECONDS) -> None:
        self.database, self.settings = database, settings
        self.name = holder_name()
        self._stop = Event()
        self._guard = ClockGuard()
        self._lock = Lock()
        self._running: set[str] = set()
        self._pool = ThreadPoolExecutor(settings.worker_threads, thread_name_prefix="harvest")
        self._clock = BackgroundScheduler(timezone="UTC")
        self._clock.add_job(
            self.tick,
            "interval",
            seconds=tick_seconds,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=300,
        )

    def start(self) -> None:
        """Begin to tick; killed runs of an earlier process are closed first."""
        self._look_after()
        self._clock.start()

    def stop(self) -> None:
        """Stop ticking and end the runs at hand at their next record; what they read is kept."""
        self._stop.set()
        self._clock.shutdown(wait=True)
        self._pool.shutdown(wait=True, cancel_futures=True)

    def tick(self) -> None:
        """Look after the table once and start what is due, as far as threads are free."""
        try:
            self._look_after()
            with session_of(self.database) as session:
                due = due_sources(session)
            for source_id in due:
                if self._stop.is_set() or not self._start(source_id):
                    return
        except Exception as problem:
            # A database that is away for a moment must not end the clock; the next tick tries again.
            log.warning("tick failed", problem=repr(problem))

    @property
    def busy(self) -> bool:
        """Whether a run is at hand."""
        with self._lock:
            return bool(self._running)

    def _look_after(self) -> None:
        close_killed_runs(self.database)
        self._guard.right(self.database, self.settings)
        if self.settings.smtp_url and hold_clock(self.database, self.name, self.settings.lease_seconds):
            send_mail(self.database, self.settings)
        prune_daily(self.database, self.settings)

    def _start(self, source_id: str) -> bool:
        """Claim one source and hand it to the pool; False when every thread is taken."""
        with self._lock:
            if len(self._running) >= self.settings.worker_threads:
                return False
        lease = claim(self.database, source_id, self.name, self.settings.lease_seconds, due=True)
        if lease is None:
            return True
        with self._lock:
            self._running.add(source_id)
        self._pool.submit(self._run, lease).add_done_callback(lambda done: self._ended(source_id, done))
        return True

    def _run(self, lease: Lease) -> None:
        try:
            allow(load_source(self.database, lease.source_id), self.settings)
        except NotAllowed as problem:
            log.warning("source skipped", source=lease.source_id, problem=problem.cause_en)
            with writing_session(self.database) as session:
                release(session, lease, now() + timedelta(hours=1))
            return
        report = run_source(
            self.database,
            self.settings,
            lease.source_id,
            actor=Actor(ActorKind.system, "worker"),
            lease=lease,
            stop=self._stop,
        )
        log.info("harvested", source=lease.source_id, state=report.state.value, **report.counts)

    def _ended(self, source_id: str, done: "Future[None]") -> None:
        with self._lock:
            self._running.discard(source_id)
        if not done.cancelled() and done.exception() is not None:
            log.error("harvest broke", source=source_id, problem=repr(done.exception()))
