"""The index follows the registry: outbox rows are applied and then removed, differences found and mended."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, delete, func
from sqlmodel import Session, col, select

from registry.database import session_of, writing_session
from registry.models import OutboxEntry, Platform
from registry.vocab import PlatformState
from search.document import documents
from search.engine import IndexEntry, SearchEngine
from search.fields import FORMAT, entries
from search.needs import Vocabulary, vocabulary
from search.text import Analyser

# Outbox rows applied in one step: one commit of the engine, one transaction of the registry.
STEP = 500


@dataclass(frozen=True)
class Difference:
    """What index and registry do not agree on, by id; empty when all is well."""

    missing: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    surplus: tuple[str, ...] = ()
    registry: int = 0
    index: int = 0

    def __bool__(self) -> bool:
        return bool(self.missing or self.stale or self.surplus)


class Indexer:
    """Brings an engine to the registry's state. `cache` keeps analysed words between runs."""

    def __init__(
        self, database: Engine, engine: SearchEngine, cache: Path | None = None, words: Vocabulary | None = None
    ) -> None:
        self._database = database
        self._engine = engine
        self._vocabulary = words or vocabulary()
        self._analyser = Analyser(cache, self._vocabulary)

    def follow(self) -> int:
        """Apply what the outbox holds; gives the number of platforms written or removed.

        A row is removed only after the engine has committed, so a crash in between repeats work and loses none;
        the documents are read after the rows, so what is written is never older than a row that is removed.
        """
        if self._engine.format() not in ("", FORMAT):
            # An index of another release is not written to: what is missing there would stay missing.
            return self.rebuild()
        applied = 0
        while True:
            with session_of(self._database) as session:
                rows = list(session.exec(select(OutboxEntry).order_by(col(OutboxEntry.id)).limit(STEP)))
                newest = {row.platform_id: row.version for row in rows}
                touched = self._with_referring(session, list(newest))
                fresh = list(self._entries(session, touched))
            if not rows:
                return applied
            present = {entry.id for entry in fresh}
            gone = [(id_, number) for id_, number in newest.items() if id_ not in present]
            self._engine.write(fresh, gone)
            with writing_session(self._database) as session:
                session.execute(delete(OutboxEntry).where(col(OutboxEntry.id).in_([row.id for row in rows])))
            applied += len(newest)

    def rebuild(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Build the whole index anew beside the standing one and swap; gives the number of platforms."""
        with session_of(self._database) as session:
            waiting = session.exec(select(func.max(OutboxEntry.id))).one()
            total = len(self._versions(session))
            count = self._engine.rebuild(self._counted(session, total, progress))
        if waiting is not None:
            # Rows that were there before the documents were read are in what has just been built.
            with writing_session(self._database) as session:
                session.execute(delete(OutboxEntry).where(col(OutboxEntry.id) <= waiting))
        # What another process applied to the old index while the new one was built is written again.
        self._mend(self.verify())
        return count

    def verify(self) -> Difference:
        """Compare ids and versions; changes still waiting in the outbox count as differences too."""
        with session_of(self._database) as session:
            wanted = self._versions(session)
        have = dict(self._engine.versions())
        return Difference(
            missing=tuple(sorted(wanted.keys() - have.keys())),
            stale=tuple(sorted(id_ for id_, number in wanted.items() if have.get(id_, number) != number)),
            surplus=tuple(sorted(have.keys() - wanted.keys())),
            registry=len(wanted),
            index=len(have),
        )

    def bring_up_to_date(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Rebuild if the index is absent or of another format, else follow the outbox; then mend what differs."""
        if self._engine.format() != FORMAT:
            return self.rebuild(progress)
        applied = self.follow()
        difference = self.verify()
        return applied + self._mend(difference)

    def close(self) -> None:
        """Close the cache of analysed words."""
        self._analyser.close()

    def _mend(self, difference: Difference) -> int:
        wanted = [*difference.missing, *difference.stale]
        if not difference:
            return 0
        with session_of(self._database) as session:
            for start in range(0, len(wanted), STEP):
                self._engine.write(list(self._entries(session, wanted[start : start + STEP])), [])
        # At the version that is stored, no higher: engines remember deletions, and the platform may return.
        known = dict(self._engine.versions()) if difference.surplus else {}
        self._engine.write([], [(id_, known[id_]) for id_ in difference.surplus if id_ in known])
        return len(wanted) + len(difference.surplus)

    def _entries(self, session: Session, ids: list[str] | None) -> Iterator[IndexEntry]:
        return entries(documents(session, ids), self._analyser, self._vocabulary)

    def _counted(
        self, session: Session, total: int, progress: Callable[[int, int], None] | None
    ) -> Iterator[IndexEntry]:
        for number, entry in enumerate(self._entries(session, None), 1):
            if progress is not None and (number % 100 == 0 or number == total):
                progress(number, total)
            yield entry

    @staticmethod
    def _versions(session: Session) -> dict[str, int]:
        query = select(Platform.id, Platform.version).where(Platform.state == PlatformState.active)
        return dict(session.exec(query).all())

    @staticmethod
    def _with_referring(session: Session, ids: list[str]) -> list[str]:
        """The platforms and those whose entries carry a name of theirs: a successor knows its predecessors."""
        if not ids:
            return []
        before = select(Platform.id).where(col(Platform.successor_id).in_(ids))
        after = select(Platform.successor_id).where(col(Platform.id).in_(ids), col(Platform.successor_id).is_not(None))
        more = [id_ for query in (before, after) for id_ in session.exec(query) if id_]
        return sorted({*ids, *more})
