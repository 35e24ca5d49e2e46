"""Every platform in memory as comparing needs it, kept up with the registry; and the blocks candidates come from."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from threading import RLock
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy import Engine, Pool, select
from sqlmodel import Session, col

from config.settings import Settings, get_settings
from registry.database import session_of
from registry.governments import Places
from registry.models import Platform
from registry.vocab import PlatformState
from registry.vocabulary import Vocabulary, load_vocabulary
from search.overlap.area import AreaRelation, Geography
from search.overlap.columns import Terms, Usage, ranked_functions
from search.overlap.model import Models, load_models
from search.overlap.names import number
from search.overlap.scoring import Scorer
from search.overlap.subject import Subject
from search.overlap.subjects import load_subjects

# A function this sure stands as a membership of its own; less sure ones only colour a comparison.
MEMBERSHIP = 0.5


class Index:
    """Subjects by id, and by everything that makes two of them worth comparing.

    `put` and `drop` are the only writers, so that a changed platform costs what it touches and nothing else.
    """

    def __init__(self, places: Places, words: Vocabulary, models: Models, zone_set: str) -> None:
        self.places, self.words, self.models = places, words, models
        self.geography = Geography(places, zone_set)
        self.subjects: dict[str, Subject] = {}
        self.by_function: dict[str, set[str]] = defaultdict(set)
        self.by_owner: dict[int, set[str]] = defaultdict(set)
        self.territories: dict[str, int] = {}
        self._weak: dict[str, set[str]] = defaultdict(set)
        self._by_key: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._scorer: Scorer | None = None

    def __len__(self) -> int:
        return len(self.subjects)

    def put(self, subject: Subject) -> frozenset[str]:
        """Take in a new or changed subject; gives the functions whose groups it may have moved."""
        touched = set(self.drop(subject.id))
        self.subjects[subject.id] = subject
        for function in memberships(subject):
            self.by_function[function].add(subject.id)
            touched.add(function)
        for function in subject.functions:
            self._weak[function].add(subject.id)
        self.territories[subject.id] = self.territory(subject)
        if subject.owner_id is not None:
            self.by_owner[subject.owner_id].add(subject.id)
        for key in _keys(subject):
            self._by_key[key].add(subject.id)
        return frozenset(touched)

    def drop(self, platform_id: str) -> frozenset[str]:
        """Forget a subject; gives the functions it stood in."""
        old = self.subjects.pop(platform_id, None)
        if old is None:
            return frozenset()
        touched = memberships(old)
        for function in touched:
            self.by_function[function].discard(platform_id)
        for function in old.functions:
            self._weak[function].discard(platform_id)
        self.territories.pop(platform_id, None)
        if old.owner_id is not None:
            self.by_owner[old.owner_id].discard(platform_id)
        for key in _keys(old):
            self._by_key[key].discard(platform_id)
        return touched

    @property
    def scorer(self) -> Scorer:
        """Models, vocabulary and geography, with how common functions and brands are among what is here.

        Counted once per thousand changes at most: a weight that moved with every record would move every group.
        """
        if self._scorer is None:
            self._scorer = self.count()
        return self._scorer

    def count(self) -> Scorer:
        """Count functions, hosts and brands anew."""
        functions = {key: len(found) for key, found in self.by_function.items()}
        columns = [
            (number(one.own_host), number(one.brand), number(one.cores[0])) for one in self.subjects.values()
        ] or [(0, 0, 0)]
        hosts, brands, cores = np.array(columns, dtype=np.int64).T
        terms = terms_of(self.words, functions)
        self._scorer = Scorer(self.models, terms, self.geography, Usage.of(hosts, brands, cores))
        return self._scorer

    def identity_candidates(self, subject: Subject, most: int = 400) -> list[str]:
        """Who may be the same platform: same government and function, host, app, name, brand."""
        found: dict[str, None] = {}
        for key in _keys(subject):
            for one in sorted(self._by_key.get(key, ())):
                found[one] = None
        if subject.owner_id is not None:
            mine = memberships(subject)
            for one in sorted(self.by_owner.get(subject.owner_id, ())):
                other = memberships(self.subjects[one])
                if not mine or not other or mine & other:
                    found[one] = None
        found.pop(subject.id, None)
        return list(found)[:most]

    def overlap_candidates(self, subject: Subject, most: int = 400) -> list[str]:
        """Who may do the same job: a shared function, nearest first, and everybody of the function if few enough."""
        shared: set[str] = set()
        for function in subject.functions:
            shared |= self.with_function(function)
        shared.discard(subject.id)
        if len(shared) <= most:
            return sorted(shared)
        return list(self.nearest_first(subject, shared))[:most]

    def with_function(self, function: str) -> set[str]:
        """Everybody that offers a function, however surely."""
        return self._weak.get(function, set())

    def nearest_first(self, subject: Subject, ids: Iterable[str]) -> Iterator[str]:
        """Ids ordered by area relation, then by id."""
        here = self.territory(subject)
        order = {relation: place for place, relation in enumerate(AreaRelation)}
        listed = [(order[self.geography.relation(here, self.territories[one])], one) for one in ids]
        for _place, one in sorted(listed):
            yield one

    def territory(self, subject: Subject) -> int:
        """The number of a subject's territory."""
        return self.geography.territory(subject.area, subject.owner_id, subject.nationwide)


def memberships(subject: Subject) -> frozenset[str]:
    """Functions a subject may stand in a group for: the sure ones, and the surest in any case."""
    ranked = ranked_functions(subject)
    sure = {key for key in ranked if subject.functions[key] >= MEMBERSHIP}
    return frozenset(sure or ranked[:1])


def _keys(subject: Subject) -> list[tuple[str, str]]:
    keys = [("app", package) for package in sorted(subject.packages)]
    if subject.url:
        keys.append(("url", subject.url))
    if subject.own_host:
        keys.append(("host", subject.own_host))
    if subject.brand:
        keys.append(("brand", subject.brand))
    keys += [("name", core) for core in subject.cores]
    return keys


def terms_of(words: Vocabulary, counts: dict[str, int]) -> Terms:
    """The vocabulary as numbers; a function that few platforms have weighs more (inverse frequency, 1 at least)."""
    functions = tuple(words.functions)
    total = max(sum(counts.values()), 1)
    weights = [1.0 + np.log((total + 1.0) / (counts.get(key, 0) + 1.0)) / 4.0 for key in functions]
    beneficiaries = tuple(words.beneficiaries)
    return Terms(
        functions=functions,
        fields=tuple(words.functions[key].field for key in functions),
        weights=np.array(weights),
        beneficiaries=beneficiaries,
        residents=beneficiaries.index("residents"),
    )


class LiveIndex:
    """One process's index of one database. It follows by what changed since it last looked, never by reading all."""

    def __init__(self, database: Engine, settings: Settings) -> None:
        self.database, self.settings = database, settings
        self.lock = RLock()
        self._index: Index | None = None
        self._versions: dict[str, int] = {}
        self._changes = 0
        self._mark: datetime | None = None
        self.changed: tuple[str, ...] = ()

    def refresh(self) -> tuple[Index, frozenset[str]]:
        """The index as the registry now stands, and the functions whose groups may have moved since last time."""
        with self.lock, session_of(self.database) as session:
            if self._index is None:
                places = Places.load(session)
                models = load_models(self.settings.home / "overlap_weights.json")
                self._index = Index(places, load_vocabulary(), models, self.settings.zone_set)
                self._mark = None
            return self._index, self._follow(session, self._index)

    def forget(self) -> None:
        """Read everything anew next time: after training, or when governments changed."""
        with self.lock:
            self._index, self._versions, self._mark = None, {}, None

    def _follow(self, session: Session, index: Index) -> frozenset[str]:
        query = select(col(Platform.id), col(Platform.version), col(Platform.state), col(Platform.updated_at))
        if self._mark is not None:
            # A transaction may commit after a later one began: look back, and let versions say what is new.
            query = query.where(col(Platform.updated_at) >= self._mark - timedelta(minutes=10))
        touched: set[str] = set()
        changed: list[str] = []
        gone: list[str] = []
        for platform_id, version, state, at in session.connection().execute(query):
            self._mark = at if self._mark is None else max(self._mark, at)
            if state != PlatformState.active:
                touched |= index.drop(platform_id)
                if self._versions.pop(platform_id, None) is not None:
                    gone.append(platform_id)
            elif self._versions.get(platform_id) != version:
                changed.append(platform_id)
        for subject in load_subjects(session, index.places, changed) if changed else ():
            touched |= index.put(subject)
            self._versions[subject.id] = subject.version
        self.changed = (*changed, *gone)
        self._changes += len(changed)
        if self._changes > 1000:
            index.count()
            self._changes = 0
        return frozenset(touched)


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
