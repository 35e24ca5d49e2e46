"""What a worker does besides harvesting: finding killed runs, righting a clock that was set back, sending mail."""

from datetime import timedelta
from time import monotonic

from sqlalchemy import Engine, insert, or_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from config.settings import Settings
from harvesters.lease import is_dead
from harvesters.ledger import close_abandoned
from registry.database import session_of, writing_session
from registry.models import HarvestRun, Meta, Source
from registry.models.base import now
from registry.vocab import RunState

CLOCK = "clock"


def close_killed_runs(database: Engine, only: str = "") -> list[int]:
    """Close runs whose worker is gone, and make their sources due again; gives the runs' ids.

    A worker is gone when its lease has run out, or at once when it was a process of this machine that no longer
    lives, even if it was killed before its run was written. A process that was only thought dead meets its old
    fence at its next write and ends. `only` looks at one source and at those of its host, which wait for each other.
    """
    closed: list[int] = []
    for source_id in _held_or_running(database, only):
        with writing_session(database) as session:
            source = session.get_one(Source, source_id)
            held = source.lease_until is not None and source.lease_until >= now()
            still = session.exec(
                select(HarvestRun.id).where(HarvestRun.source_id == source_id, HarvestRun.state == RunState.running)
            ).first()
            # It may have ended by itself since it was seen.
            if (still is None and not held) or (held and not is_dead(source.lease_holder)):
                continue
            source.fence += 1
            source.lease_until, source.lease_holder = None, ""
            if still is not None and source.enabled:
                source.next_run_at = now()
            session.add(source)
            closed += close_abandoned(session, source_id, source.fence)
    return closed


def _held_or_running(database: Engine, only: str) -> list[str]:
    """Sources with a run that has not ended, or with a lease that has not run out."""
    with session_of(database) as session:
        running = set(session.exec(select(HarvestRun.source_id).where(HarvestRun.state == RunState.running)))
        held = set(session.exec(select(Source.id).where(col(Source.lease_until) >= now())))
        wanted = running | held
        if only:
            host = session.get_one(Source, only).host
            beside = set(session.exec(select(Source.id).where(Source.host == host))) if host else set()
            wanted &= beside | {only}
    return sorted(wanted)


class ClockGuard:
    """Notices leases and schedules that lie further ahead than any worker could have set them: the clock went back.

    A lease is only cleared when it stood still for a whole lease by the monotonic clock; a living worker's
    heartbeat would have moved it. So a jump makes no second run beside a living one.
    """

    def __init__(self) -> None:
        self._watched: dict[str, tuple[object, float]] = {}

    def right(self, database: Engine, settings: Settings) -> None:
        """Look once; call it every tick."""
        present, longest = now(), timedelta(seconds=2 * settings.lease_seconds)
        with session_of(database) as session:
            strange = session.exec(
                select(Source).where(
                    or_(
                        col(Source.lease_until) > present + longest,
                        col(Source.next_run_at) > present + timedelta(days=1),
                    )
                )
            ).all()
        for source in strange:
            if source.lease_until is not None and source.lease_until > present + longest:
                self._watch(database, source, settings.lease_seconds)
            farthest = present + max(timedelta(hours=2.2 * source.schedule_hours), timedelta(days=2))
            if source.next_run_at is not None and source.next_run_at > farthest:
                with writing_session(database) as session:
                    session.connection().execute(
                        update(Source)
                        .where(col(Source.id) == source.id, col(Source.next_run_at) == source.next_run_at)
                        .values(next_run_at=present + timedelta(hours=source.schedule_hours))
                    )
        self._watched = {key: value for key, value in self._watched.items() if key in {one.id for one in strange}}

    def _watch(self, database: Engine, source: Source, seconds: float) -> None:
        seen, since = self._watched.get(source.id, (None, 0.0))
        if seen != source.lease_until:
            self._watched[source.id] = (source.lease_until, monotonic())
        elif monotonic() - since > seconds:
            with writing_session(database) as session:
                session.connection().execute(
                    update(Source)
                    .where(col(Source.id) == source.id, col(Source.lease_until) == source.lease_until)
                    .values(lease_until=now() - timedelta(seconds=1))
                )


def hold_clock(database: Engine, holder: str, seconds: float) -> bool:
    """Whether this worker is the one that does the housekeeping now (one atomic UPDATE; moves on when it dies)."""
    present = now()
    until = (present + timedelta(seconds=seconds)).isoformat()
    with writing_session(database) as session:
        taken = session.connection().execute(
            update(Meta)
            .where(
                col(Meta.key) == CLOCK,
                or_(
                    col(Meta.value).endswith(f"|{holder}"),
                    col(Meta.value) < present.isoformat(),
                    # Further ahead than any worker sets it: the clock was set back.
                    col(Meta.value) > (present + timedelta(seconds=3 * seconds)).isoformat(),
                ),
            )
            .values(value=f"{until}|{holder}")
        )
        if taken.rowcount == 1:
            return True
        known = session.get(Meta, CLOCK)
    return known is None and _make_clock(database, f"{until}|{holder}")


def _make_clock(database: Engine, value: str) -> bool:
    try:
        with writing_session(database) as session:
            session.connection().execute(insert(Meta).values(key=CLOCK, value=value))
    except IntegrityError:
        return False
    return True


def due_sources(session: Session, limit: int = 100) -> list[str]:
    """Ids of enabled sources whose time has come and that nobody reads now, the longest waiting first."""
    present = now()
    return list(
        session.exec(
            select(Source.id)
            .where(
                col(Source.enabled).is_(True),
                col(Source.next_run_at) <= present,
                or_(col(Source.lease_until).is_(None), col(Source.lease_until) < present),
            )
            .order_by(col(Source.next_run_at))
            .limit(limit)
        )
    )
