"""The index a process keeps of its database, following what changed, and what of that is not stored yet."""

import gc
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from threading import RLock
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Pool, func, select
from sqlmodel import Session, col

from config.settings import Settings, get_settings
from registry.database import session_of
from registry.governments import Places
from registry.models import Meta, Platform
from registry.vocab import PlatformState
from registry.vocabulary import load_vocabulary
from search.overlap.index import Index
from search.overlap.model import load_models
from search.overlap.subject import Subject
from search.overlap.subjects import load_subjects

# With more changes than this at once, comparing everything anew costs less than asking each for its partners.
MANY = 200
# With more platforms than this the garbage collector is told to leave the index alone.
LARGE = 20_000
# Raised when what is stored means something else than before, so that an upgrade compares everything anew.
STORED_FORM = 2
STORED_KEY = "overlap_groups"
_SLICE = 5000


@dataclass
class Pending:
    """What is not stored yet: platforms whose nearest few may be others now, and functions to be grouped anew."""

    everything: bool = False
    changed: set[str] = field(default_factory=set)
    platforms: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return self.everything or bool(self.platforms or self.functions)


class LiveIndex:
    """One process's index of one database. It follows by what changed since it last looked, never by reading all."""

    def __init__(self, database: Engine, settings: Settings) -> None:
        self.database, self.settings = database, settings
        self.lock = RLock()
        self.pending = Pending()
        self._index: Index | None = None
        self._versions: dict[str, int] = {}
        self._changes = 0
        self._mark: datetime | None = None

    def refresh(self) -> Index:
        """The index as the registry now stands; what changed is noted in `pending` until it is stored."""
        with self.lock, session_of(self.database) as session:
            if self._index is None:
                self._index = self._load(session)
            else:
                self._follow(session, self._index)
            return self._index

    def forget(self) -> None:
        """Read everything anew next time: after training, or when governments changed."""
        with self.lock:
            self._index, self._versions, self._mark = None, {}, None

    def fingerprint(self, index: Index) -> str:
        """What the stored pairs and groups were made from: another one means that they are to be made anew."""
        models = json.dumps([index.models.identity.as_data(), index.models.overlap.as_data()], sort_keys=True)
        digest = hashlib.sha256(models.encode()).hexdigest()[:12]
        zones = self.settings.zone_set
        return f"{STORED_FORM}/{digest}/{zones}/{len(index)}/{sum(self._versions.values())}"

    def _load(self, session: Session) -> Index:
        models = load_models(self.settings.home / "overlap_weights.json")
        index = Index(Places.load(session), load_vocabulary(), models, self.settings.zone_set)
        self._versions, self._changes = {}, 0
        self._mark = session.execute(select(func.max(col(Platform.updated_at)))).scalar()
        for part in _slices(load_subjects(session, index.places)):
            index.put(*part)
            self._versions |= {one.id: one.version for one in part}
        index.count()
        # Whoever follows the first change need not wait for this.
        index.geography.nearest()
        if len(index) > LARGE:
            # Objects that stay: a full collection looks through all of them, 9 ms for every thousand platforms.
            gc.collect()
            gc.freeze()
        stored = session.get(Meta, STORED_KEY)
        self.pending = Pending(everything=stored is None or stored.value != self.fingerprint(index))
        return index

    def _follow(self, session: Session, index: Index) -> None:
        query = select(col(Platform.id), col(Platform.version), col(Platform.state))
        newest = select(func.max(col(Platform.updated_at)))
        if self._mark is not None:
            # A transaction may commit after a later one began: look back, and let versions say what is new.
            query = query.where(col(Platform.updated_at) >= self._mark - timedelta(minutes=10))
        self._mark = session.execute(newest).scalar() or self._mark
        changed: list[str] = []
        gone: list[str] = []
        for platform_id, version, state in session.connection().execute(query).all():
            if state != PlatformState.active:
                gone += [platform_id] if platform_id in self._versions else []
            elif self._versions.get(platform_id) != version:
                changed.append(platform_id)
        if not changed and not gone:
            return
        self.pending.everything |= len(changed) + len(gone) > MANY
        self._note_partners(index, [*changed, *gone])
        self._take_in(session, index, changed, gone)
        self._note_partners(index, changed)
        self.pending.changed.update(changed, gone)
        self.pending.platforms.update(changed, gone)
        self._changes += len(changed)
        if self._changes > 1000:
            index.count()
            self._changes = 0

    def _take_in(self, session: Session, index: Index, changed: list[str], gone: list[str]) -> None:
        for one in gone:
            self.pending.functions |= index.drop(one)
            self._versions.pop(one)
        for part in _slices(load_subjects(session, index.places, changed)):
            self.pending.functions |= index.put(*part)
            self._versions |= {one.id: one.version for one in part}

    def _note_partners(self, index: Index, platform_ids: Iterable[str]) -> None:
        if not self.pending.everything:
            for one in platform_ids:
                self.pending.platforms |= index.partners(one)


def _slices(subjects: Iterator[Subject]) -> Iterator[list[Subject]]:
    while part := list(islice(subjects, _SLICE)):
        yield part


_OPEN: WeakKeyDictionary[Pool, LiveIndex] = WeakKeyDictionary()
_OPENING = RLock()


def live_index(database: Engine, settings: Settings | None = None) -> LiveIndex:
    """The index this process keeps of a database; `settings` count when it is opened first."""
    with _OPENING:
        # An engine with other execution options is another object over the same pool: one database, one index.
        found = _OPEN.get(database.pool)
        if found is None:
            found = _OPEN[database.pool] = LiveIndex(database, settings or get_settings())
        return found
