"""Who may read a source now: a lease in the database, taken by one atomic UPDATE, with a fencing token.

A worker that was thought dead and wakes up again still holds its old fence; its next write finds another fence in
the row and ends there, before anything of it is stored.
"""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from uuid import uuid4

from sqlalchemy import ColumnElement, Engine, and_, exists, or_, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from registry.database import writing_session
from registry.errors import Conflict, LeaseLost
from registry.models import Source
from registry.models.base import now


@dataclass(frozen=True)
class Lease:
    """The right to read one source and to write what it says; `fence` grows with every lease of the source."""

    source_id: str
    holder: str
    fence: int


def claim(database: Engine, source_id: str, holder: str, seconds: float, *, due: bool = False) -> Lease | None:
    """Take the lease of a source, or None while another holds it, or another source of the same host is read.

    With `due` only a source whose time has come is taken, in the same statement, so that two workers that saw it
    due cannot both take it.
    """
    present = now()
    other = aliased(Source)
    same_host = exists().where(
        and_(col(other.host) == col(Source.host), col(other.host) != "", col(other.id) != source_id),
        col(other.lease_until) >= present,
    )
    wanted: list[ColumnElement[bool]] = [
        col(Source.id) == source_id,
        or_(col(Source.lease_until).is_(None), col(Source.lease_until) < present),
        ~same_host,
    ]
    if due:
        wanted += [col(Source.enabled).is_(True), col(Source.next_run_at) <= present]
    with writing_session(database) as session:
        if database.dialect.name == "postgresql":
            # Two sources of one host are two rows; without this lock two workers could take them in one moment.
            session.connection().execute(text("SELECT pg_advisory_xact_lock(7305)"))
        taken = session.connection().execute(
            update(Source)
            .where(*wanted)
            .values(lease_until=present + timedelta(seconds=seconds), lease_holder=holder, fence=Source.fence + 1)
            .returning(col(Source.fence))
        )
        fence = taken.scalar_one_or_none()
    return None if fence is None else Lease(source_id, holder, fence)


def being_read(source_id: str, seconds: float) -> Conflict:
    """The error of whoever wants to read a source now and got no lease."""
    return Conflict(
        f"다른 일꾼이 '{source_id}' 또는 같은 서버의 원천을 읽고 있습니다.",
        f"Another worker is reading '{source_id}' or a source of the same host.",
        f"{seconds:.0f}초 뒤에 다시 시도하세요.",
        f"Try again in {seconds:.0f} seconds.",
    )


def renew(session: Session, lease: Lease, seconds: float) -> None:
    """Lengthen the lease inside the caller's transaction, or LeaseLost: then nothing of that transaction counts."""
    done = session.connection().execute(
        update(Source)
        .where(col(Source.id) == lease.source_id, col(Source.fence) == lease.fence, _held_by(lease))
        .values(lease_until=now() + timedelta(seconds=seconds))
    )
    if done.rowcount != 1:
        raise LeaseLost(
            f"원천 '{lease.source_id}' 의 수집 권한이 다른 일꾼에게 넘어갔습니다.",
            f"The lease of source '{lease.source_id}' has gone to another worker.",
            "할 일은 없습니다. 새 일꾼이 이어서 읽습니다.",
            "Nothing need be done; the new worker reads on.",
        )


def release(session: Session, lease: Lease, next_run_at: datetime | None) -> None:
    """Give the lease back and say when the source is due again (None leaves the schedule alone)."""
    values: dict[str, object] = {"lease_until": None, "lease_holder": ""}
    if next_run_at is not None:
        values["next_run_at"] = next_run_at
    session.connection().execute(
        update(Source)
        .where(col(Source.id) == lease.source_id, col(Source.fence) == lease.fence, _held_by(lease))
        .values(**values)
    )


def _held_by(lease: Lease) -> ColumnElement[bool]:
    return col(Source.lease_holder) == lease.holder


def holder_name() -> str:
    """Who holds a lease: machine, process namespace, process, and one name more, so that no two are the same."""
    return f"{socket.gethostname()[:40]}/{process_space()}/{os.getpid()}/{uuid4().hex[:12]}"


def process_space() -> int:
    """The namespace in which process numbers mean something; 0 where the system has none."""
    try:
        return Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        return 0


def is_dead(holder: str) -> bool:
    """Whether a lease's holder is a process of this very machine and process namespace that no longer lives."""
    machine, _, rest = holder.partition("/")
    space, _, rest = rest.partition("/")
    number, _, _name = rest.partition("/")
    here = machine == socket.gethostname()[:40] and space == str(process_space()) and space != "0"
    if not (here and number.isdigit()):
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


class Heartbeat:
    """A thread that renews a lease while its run waits for a slow source; `lost` is set when it is gone."""

    def __init__(self, database: Engine, lease: Lease, seconds: float, beat: Callable[[Session], None]) -> None:
        self._database, self._lease, self._seconds, self._beat = database, lease, seconds, beat
        self._done = Event()
        self.lost = Event()
        self._thread = Thread(target=self._run, name=f"heartbeat {lease.source_id}", daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._done.wait(self._seconds / 3):
            try:
                with writing_session(self._database) as session:
                    renew(session, self._lease, self._seconds)
                    self._beat(session)
            except LeaseLost:
                self.lost.set()
                return
            except OperationalError:
                # A busy database is no reason to give up a run; the next beat or the next batch tries again.
                continue
