"""Taking records in, batch by batch: each batch is one transaction, each record in it whole or absent."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any
from unicodedata import normalize as normal_form

from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select

from harvesters.base import Listing
from harvesters.differences import lines_of, newly_matched
from harvesters.known_rows import KnownRows, standings_of
from harvesters.ledger import Line
from harvesters.raw import RawStore
from harvesters.refusals import Refusals, without_id
from harvesters.seen_ids import SeenIds
from registry.errors import InvalidValue, LeaseLost, MetaplatformError, RecordRejected
from registry.governments import Places
from registry.issues import settle
from registry.models import Platform, Record, Source
from registry.models.base import now
from registry.models.harvest import remote_key
from registry.normalise import normalise
from registry.records import Actor, HarvestedRecord, PlatformDraft
from registry.register import register_many
from registry.vocab import PlatformState, RecordState
from registry.withdraw import restore

SETTLED = ("record_rejected", "record_failed", "listed_unfetchable", "invalid_value", "unknown_code")
"""Issues of a record that settle themselves once it is registered."""


@dataclass
class Understood:
    """One record with what was made of it outside the transaction: a draft, or why there is none."""

    record: HarvestedRecord
    payload_hash: str
    draft: PlatformDraft | None = None
    problem: MetaplatformError | None = None


Watch = Callable[[Session, Understood, str], None]
"""Called for each registered record with the id of its platform, inside the transaction."""


@dataclass
class Intake:
    """What taking in needs to know, and what it counted so far.

    `run_id` is None in a dry run. Raw payloads are kept unless `raw` is None. `repeated` are records whose id came
    before in the same listing.
    """

    source: Source
    actor: Actor
    run_id: int | None = None
    raw: RawStore | None = None
    listing: Listing = field(default_factory=Listing)
    counts: Counter[str] = field(default_factory=Counter)
    lines: list[Line] = field(default_factory=list)
    repeated: list[HarvestedRecord] = field(default_factory=list)
    watch: Watch | None = None
    places: Places | None = None
    _kept: dict[str, str] = field(default_factory=dict)
    _seen: SeenIds = field(default_factory=SeenIds)
    _readable_again: list[str] = field(default_factory=list)

    @property
    def refusals(self) -> Refusals:
        """What is said of records that cannot be registered."""
        return Refusals(self.source.id, self.run_id)

    @property
    def mark(self) -> int:
        """What a record that this run saw carries as `last_run`; a dry run's never commits."""
        return -1 if self.run_id is None else self.run_id

    def prepare(self, session: Session, batch: Sequence[HarvestedRecord]) -> tuple[list[int], list[Understood]]:
        """Sort a batch into records that say the same as last time (their row ids) and records to register.

        Reads only, and understands only what is new: this is why an unchanged harvest is cheap, and why the
        database's write lock is not held while Korean is being read. Raw payloads are kept here, before their
        records: a row never names bytes that are not there.
        """
        rows = standings_of(session, self.source.id, [one.remote_id for one in batch])
        same: list[int] = []
        fresh: list[Understood] = []
        for record in batch:
            remote_id = normal_form("NFC", record.remote_id.strip())[:500]
            if remote_id != record.remote_id:
                record = replace(record, remote_id=remote_id)
            if self._is_repeated(record, fresh):
                continue
            known = rows.get(record.remote_id)
            digest = self._payload_hash(record)
            steady = known is not None and known.state not in (RecordState.withdrawn, RecordState.rejected)
            if known and steady and record.fetched and known.payload_hash == digest and known.platform_id:
                same.append(known.id)
                if known.state == RecordState.unfetchable:
                    self._readable_again.append(record.remote_id)
                continue
            # Where a harvester hands over no bytes, the record's fields are all that the source said.
            if self.raw is not None and record.fetched and record.raw is not None:
                self._kept[record.remote_id] = self.raw.put(record.raw)
            # Loaded only when there is something to understand: an unchanged harvest needs no map of the country.
            self.places = self.places or Places.load(session)
            fresh.append(self._understand(record, digest))
        return same, fresh

    def take(self, session: Session, same: list[int], fresh: list[Understood]) -> None:
        """Register a prepared batch inside the caller's transaction."""
        counts, lines = Counter[str](), list[Line]()
        if same:
            session.connection().execute(
                update(Record)
                .where(col(Record.id).in_(same))
                .values(
                    state=RecordState.listed,
                    last_seen=now(),
                    last_run=self.mark,
                    missing_runs=0,
                    missing_since=None,
                    problem="",
                )
            )
            counts["unchanged"] += len(same)
            # An entry that can be read again and says what it always said has nothing left to look at.
            for remote_id in self._readable_again:
                settle(session, self.actor, SETTLED, source_id=self.source.id, remote_id=remote_id)
            self._readable_again.clear()
        rows = KnownRows(session, self.source.id, [one.record.remote_id for one in fresh])
        ready: list[tuple[Record, Understood]] = []
        for one in fresh:
            row = self._row_of(session, one.record, rows)
            if row is None:
                lines.append(self.refusals.reject(session, None, one.record, without_id(one.record)))
                continue
            self._note(row, one)
            session.add(row)
            if not one.record.fetched:
                lines.append(self.refusals.unfetchable(session, row, one.record))
            elif one.draft is None:
                lines.append(self.refusals.reject(session, row, one.record, one.problem or without_id(one.record)))
            else:
                ready.append((row, one))
        session.flush()
        lines += self._register(session, ready)
        for line in lines:
            counts[line.action] += 1
        session.flush()
        self.counts += counts
        self.lines = [line for line in lines if line.action != "unchanged" or newly_matched(line)]

    def _note(self, row: Record, one: Understood) -> None:
        """What is true of the record whatever becomes of it: it is listed."""
        row.url = one.record.url[:2000]
        row.last_seen, row.last_run = now(), self.mark
        row.missing_runs, row.missing_since = 0, None
        if one.record.fetched:
            row.encoding, row.fields = one.record.encoding, json.loads(_canonical(one.record.fields))
            row.raw_hash = self._kept.pop(one.record.remote_id, row.raw_hash)

    def _register(self, session: Session, ready: list[tuple[Record, Understood]]) -> list[Line]:
        """Register what was understood, all at once; one by one when something among them cannot be taken."""
        if not ready:
            return []
        pairs = [(row, one.draft) for row, one in ready if one.draft is not None]
        try:
            with session.begin_nested():
                done = register_many(
                    session,
                    [(draft, row) for row, draft in pairs],
                    source=self.source,
                    actor=self.actor,
                    run_id=self.run_id,
                )
        except (OperationalError, LeaseLost):
            raise
        except Exception as problem:
            if len(ready) == 1:
                row, one = ready[0]
                known = problem if isinstance(problem, InvalidValue) else self._accident(one.record, problem)
                return [self.refusals.reject(session, row, one.record, known)]
            return [line for pair in ready for line in self._register(session, [pair])]
        returning = [
            result.platform_id
            for (row, _), result in zip(ready, done, strict=True)
            if row.state == RecordState.withdrawn
        ]
        restored = self._restore(session, set(returning))
        settled = [row.remote_id for row, _ in ready if row.state in (RecordState.rejected, RecordState.unfetchable)]
        for remote_id in settled:
            settle(session, self.actor, SETTLED, source_id=self.source.id, remote_id=remote_id)
        lines = []
        for (row, one), result in zip(ready, done, strict=True):
            row.platform_id = result.platform_id
            row.payload_hash, row.state, row.problem = one.payload_hash, RecordState.listed, ""
            session.add(row)
            if self.watch is not None:
                self.watch(session, one, result.platform_id)
            lines += lines_of(row, result, restored)
        return lines

    def _restore(self, session: Session, ids: set[str]) -> set[str]:
        """Platforms withdrawn because they were not listed return as themselves."""
        restored = set()
        for platform_id in ids:
            platform = session.get(Platform, platform_id)
            if platform is not None and platform.state == PlatformState.withdrawn:
                restore(session, platform_id, self.actor, "원천의 목록에 다시 나타났습니다.")
                restored.add(platform_id)
        return restored

    def _understand(self, record: HarvestedRecord, digest: str) -> Understood:
        if not record.fetched:
            return Understood(record, digest)
        assert self.places is not None
        try:
            return Understood(record, digest, draft=normalise(record, self.source, self.places))
        except InvalidValue as problem:
            return Understood(record, digest, problem=problem)
        except Exception as bug:
            return Understood(record, digest, problem=self._accident(record, bug))

    def _accident(self, record: HarvestedRecord, bug: Exception) -> RecordRejected:
        """One record that trips our own code does not cost the others their harvest; but a listing in which
        something was not understood by accident proves nothing about what is gone."""
        self.listing.incomplete(
            "not_understood",
            f"기록 '{record.remote_id}' 을(를) 처리하다 내부 오류가 났습니다.",
            f"An internal error occurred at record '{record.remote_id}': {bug!r}",
        )
        failed = RecordRejected(
            "record",
            record.remote_id,
            "내부 오류가 났습니다.",
            f"Internal error: {bug!r}",
            "다른 기록은 그대로 들어갔습니다. 계속되면 운영자에게 알려 주세요.",
            "The other records went in; tell the operator if it stays.",
        )
        failed.code = "record_failed"
        return failed

    def _is_repeated(self, record: HarvestedRecord, fresh: list[Understood]) -> bool:
        if not record.remote_id:
            return False
        if self._seen.add(record.remote_id):
            return False
        self.counts["duplicate"] += 1
        self.repeated.append(record)
        return True

    def report_repeated(self, session: Session) -> list[Line]:
        """An issue and a line for every id that came twice."""
        lines = [self.refusals.repeated(session, record) for record in self.repeated]
        self.repeated.clear()
        return lines

    def _row_of(self, session: Session, record: HarvestedRecord, rows: KnownRows) -> Record | None:
        """The record's row: by its id, by its id in other spelling, by its address if it has no id; or a new one."""
        if not record.remote_id:
            mine = select(Record).where(Record.source_id == self.source.id, Record.url == record.url)
            found = session.exec(mine).all() if record.url else []
            return found[0] if len(found) == 1 and found[0].last_run != self.mark else None
        if record.remote_id in rows.by_id:
            return rows.by_id[record.remote_id]
        key = remote_key(record.remote_id)[:500]
        alike = rows.by_key.get(key, [])
        # A row this run has already seen under its own spelling is another entry, not this one.
        if len(alike) == 1 and alike[0].last_run != self.mark:
            alike[0].remote_id = record.remote_id
            return alike[0]
        return Record(source_id=self.source.id, remote_id=record.remote_id, remote_key=key)

    def _payload_hash(self, record: HarvestedRecord) -> str:
        ignored = self.source.lookups.get("ignore", [])
        said = {key: value for key, value in record.fields.items() if key not in ignored}
        # The source's configuration is part of it: a changed mapping makes every record worth another look.
        return sha256(
            self.source.config_hash.encode() + b"\n" + record.url.encode() + b"\n" + _canonical(said)
        ).hexdigest()


def _canonical(fields: Any) -> bytes:
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, default=str, separators=(",", ":")).encode()
