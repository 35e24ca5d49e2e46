"""Register drafts: the one way by which sources' records become statements of platforms.

Batches are read in a few queries and written with bulk inserts, because a first harvest brings tens of thousands
of records. On SQLite use `database.writing_session`; on PostgreSQL registering transactions wait for each other.
"""

import dataclasses
import gc
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from registry.audit import actor_text
from registry.drafts import check, spoken
from registry.figure_rows import write_figures
from registry.identity import Found, Recogniser
from registry.likeness import Likenesses, likeness_question
from registry.models import Record, Source
from registry.models.base import now
from registry.questions import conflict_rows, doubt_row, question_row, settle_conflicts, write_issues
from registry.records import Actor, FigureClaim, PlatformDraft, Question
from registry.references import by_remote_id
from registry.standing import Standing, load, lock, settle_references, write
from registry.statements import Said
from registry.tables import PLATFORM, RECORD
from registry.vocab import Liveness, PlatformState, Rank

# No vowels, so that an id never spells a word; no 0, 1, l or o, so that it can be read out on the telephone.
ID_LETTERS = "23456789bcdfghjkmnpqrstvwxz"

OBSERVED = {"unreachable": Liveness.doubtful, **{one.value: one for one in Liveness}}


@dataclass(frozen=True)
class Registration:
    """What registering one draft did: added, changed or unchanged.

    `matched_by` is the evidence ('' for a new platform), `conflicts` the fields in which those who count now
    contradict each other, `issues` the codes of what a person is asked, `likeness` the question whether a new one is
    a known one after all, `before` and `after` the platform's columns as they stood before this draft (None for a new
    one) and after it.
    """

    platform_id: str
    action: str
    matched_by: str = ""
    conflicts: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    likeness: Question | None = None
    before: Mapping[str, Any] | None = dataclasses.field(default=None, repr=False, compare=False)
    after: Mapping[str, Any] = dataclasses.field(default_factory=dict, repr=False, compare=False)


def register(
    session: Session,
    draft: PlatformDraft,
    *,
    source: Source,
    actor: Actor,
    record: Record | None = None,
    run_id: int | None = None,
) -> Registration:
    """Register one draft; see register_many."""
    return register_many(session, [(draft, record)], source=source, actor=actor, run_id=run_id)[0]


def register_many(
    session: Session,
    batch: Sequence[tuple[PlatformDraft, Record | None]],
    *,
    source: Source,
    actor: Actor,
    run_id: int | None = None,
) -> list[Registration]:
    """Register drafts in order; about a thousand at a time is quickest.

    Each draft says everything its record says now: a value the record no longer states is ended, not deleted, and
    nothing that another source or a person said is touched. Records must have their ids. InvalidValue for a value
    that is too long; then nothing of the batch is written.
    """
    session.flush()
    lock(session)
    with without_collecting():
        work = _Batch(session, batch, source, actor, run_id)
        taken = [work.take(draft, record) for draft, record in batch]
        work.write()
        return [work.result(one) for one in taken]


@contextmanager
def without_collecting() -> Iterator[None]:
    """Leave the collector of reference rings alone for the length of a batch.

    A batch makes a hundred thousand small objects and hardly a ring; looking for rings meanwhile was measured to
    cost a third of the time.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@dataclass
class _Taken:
    """One draft after it was taken in: its platform, how that was found, what it changed, and what is asked."""

    standing: Standing
    found: Found
    before: dict[str, Any] | None
    after: dict[str, Any]
    codes: list[str]
    likeness: Question | None


class _Batch:
    """The drafts of one call and the platforms they touch."""

    def __init__(
        self,
        session: Session,
        batch: Sequence[tuple[PlatformDraft, Record | None]],
        source: Source,
        actor: Actor,
        run_id: int | None,
    ) -> None:
        self.session, self.source, self.run_id = session, source, run_id
        self.actor, self.at = actor_text(actor), now()
        self.recogniser = Recogniser(session, source.id, batch)
        self.likenesses = Likenesses(session, source.id, batch)
        self.records: list[dict[str, Any]] = []
        self.by_remote_id: dict[str, str] = {}
        self.figures: dict[str, list[FigureClaim]] = {}
        self.issues: list[dict[str, Any]] = []
        found = {self.recogniser.find(draft, record).platform_id for draft, record in batch} - {""}
        self.platforms = load(session, found)

    def take(self, draft: PlatformDraft, record: Record | None) -> _Taken:
        """Bring one platform up to what one record says; nothing is written yet."""
        found = self.recogniser.find(draft, record)
        alike = () if found.platform_id else self.likenesses.of(draft, record)
        likeness = likeness_question(draft.name, alike) if alike else None
        if found.platform_id and found.platform_id not in self.platforms:
            self.platforms |= load(self.session, [found.platform_id])
        standing = self.platforms[found.platform_id] if found.platform_id else self._new(draft)
        before = dict(standing.row) if found.platform_id else None
        self._state(standing, draft, record)
        if standing.changed:
            standing.derive(self.at, self.source.id, self.actor)
        if draft.figures:
            said = [replace(one, note=one.note or draft.source_note) for one in draft.figures]
            self.figures.setdefault(standing.id, []).extend(said)
        if record is not None:
            self.by_remote_id[record.remote_id] = standing.id
            if record.platform_id != standing.id:
                self.records.append({"key": record.id, "platform": standing.id})
        self.recogniser.learn(
            standing.id,
            standing.row["owner_id"],
            (one["id"] for one in standing.row["functions"]),
            standing.keys,
            record.id if record is not None else None,
        )
        self.likenesses.learn(standing.id, standing.row, standing.keys, record.last_run if record is not None else None)
        after = dict(standing.row)
        codes = self._ask(standing, draft, record, found, likeness)
        return _Taken(standing, found, before, after, codes, likeness)

    def result(self, taken: _Taken) -> Registration:
        """What became of one draft, once everything is written."""
        action = "changed" if taken.standing.changed else "unchanged"
        return Registration(
            taken.standing.id,
            action if taken.found.platform_id else "added",
            taken.found.matched_by,
            tuple(taken.standing.row["conflicts"]),
            tuple(taken.codes),
            taken.likeness,
            taken.before,
            taken.after,
        )

    def write(self) -> None:
        """Send everything in an order that foreign keys allow."""
        connection = self.session.connection()
        for platform_id in self.figures:
            self.platforms[platform_id].changed |= self.platforms[platform_id].fresh
        late = write_figures(self.session, self.platforms, self.figures, self.source, self.actor, self.at)
        self._settle_references()
        write(self.session, self.platforms.values(), self.at)
        late()
        if self.records:
            statement = update(RECORD).where(RECORD.c.id == bindparam("key")).values(platform_id=bindparam("platform"))
            connection.execute(statement, self.records)
        write_issues(self.session, self.issues, self.run_id, self.at)
        settle_conflicts(
            self.session, {one.id: one.row["conflicts"] for one in self.platforms.values() if not one.fresh}, self.actor
        )

    def _new(self, draft: PlatformDraft) -> Standing:
        platform_id = draft.id_hint
        if not platform_id or platform_id in self.platforms or self._exists(platform_id):
            platform_id = new_id()
        liveness, seen = observed(draft.observed)
        standing = Standing(
            {
                "id": platform_id,
                "version": 0,
                "created_at": self.at,
                "updated_at": self.at,
                "state": PlatformState.active,
                "merged_into": None,
                "liveness": liveness,
                "last_seen_alive": seen,
                "last_probed": None,
            },
            fresh=True,
        )
        self.platforms[platform_id] = standing
        return standing

    def _exists(self, platform_id: str) -> bool:
        query = select(PLATFORM.c.id).where(PLATFORM.c.id == platform_id)
        return self.session.connection().execute(query).first() is not None

    def _state(self, standing: Standing, draft: PlatformDraft, record: Record | None) -> None:
        """Confirm, add and end this record's statements."""
        record_id = record.id if record is not None else None
        mine = {
            one.field: one
            for one in standing.said
            if one.source_id == self.source.id
            and one.record_id == record_id
            and one.field != "renamed_from"
            and (record_id is not None or one.rank in (self.source.rank, Rank.inferred))
        }
        for name, (value, rank) in spoken(draft, self.source.rank).items():
            check(name, value)
            before = mine.pop(name, None)
            if before is not None and before.value == value and before.rank == rank:
                standing.confirm(before)
                continue
            if before is not None:
                standing.end(before)
            said = Said(name, value, rank, self.source.id, self.at, draft.as_of, None, record_id, self.actor)
            words = [word for one in draft.functions for word in one.evidence] if name == "functions" else []
            standing.say(said, draft.source_note, words, draft.confidence if rank is Rank.inferred else 1.0)
        for before in mine.values():
            standing.end(before)

    def _ask(
        self,
        standing: Standing,
        draft: PlatformDraft,
        record: Record | None,
        found: Found,
        likeness: Question | None,
    ) -> list[str]:
        rows = [question_row(one) for one in draft.questions]
        rows += [question_row(likeness)] if likeness else [doubt_row(found)] if found.doubts else []
        rows += conflict_rows(standing.row["conflicts"], standing.said) if standing.changed else []
        remote_id = record.remote_id if record is not None else ""
        for row in rows:
            row |= {"source_id": self.source.id, "platform_id": standing.id, "remote_id": remote_id}
        self.issues += rows
        return [row["code"] for row in rows]

    def _settle_references(self) -> None:
        """Parent and successor may be named by our id or by the source's own id of a record that is registered."""
        changed = [one for one in self.platforms.values() if one.changed]
        pairs = [(one.row["parent_id"], one.row["successor_id"]) for one in changed]
        wanted = {name for pair in pairs for name in pair if name is not None and name not in self.platforms}
        names = by_remote_id(self.session, self.source.id, wanted - self.by_remote_id.keys())
        settle_references(self.session, changed, names | self.by_remote_id | {one: one for one in self.platforms})


def new_id() -> str:
    """A platform's id: P and ten letters, 47 bits."""
    return "P" + "".join(secrets.choice(ID_LETTERS) for _ in range(10))


def observed(text: str) -> tuple[Liveness, datetime | None]:
    """A source's own observation such as 'taken_over@2026-09-07', until a probe of ours knows better."""
    code, _, day = text.partition("@")
    liveness = OBSERVED.get(code, Liveness.unchecked)
    if liveness is not Liveness.alive:
        return liveness, None
    try:
        return liveness, datetime.fromisoformat(day).replace(tzinfo=UTC)
    except ValueError:
        return liveness, None
