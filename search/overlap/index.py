"""Every platform in memory as comparing needs it: by id, by function, by owner, and by what makes two worth comparing."""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from registry.governments import Places
from registry.vocabulary import Vocabulary
from search.overlap.area import Geography
from search.overlap.blocks import Blocks, block_keys
from search.overlap.columns import Columns, Ints
from search.overlap.counting import counted, plain_scorer
from search.overlap.grouping import memberships
from search.overlap.model import Models
from search.overlap.scoring import Scorer
from search.overlap.subject import Subject
from search.overlap.table import Table


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
        self.table = Table(plain_scorer(words, models, self.geography))
        self._weak: dict[str, set[str]] = defaultdict(set)
        self._by_key: dict[int, set[str]] = defaultdict(set)
        self._standing: dict[str, tuple[frozenset[str], tuple[int, ...]]] = {}
        self._scorer: Scorer | None = None

    def __len__(self) -> int:
        return len(self.subjects)

    def put(self, *subjects: Subject) -> frozenset[str]:
        """Take in new or changed subjects; gives the functions whose groups they may have moved."""
        touched: set[str] = set()
        for subject in subjects:
            touched |= self.drop(subject.id)
        columns = self.table.put(subjects)
        functions, stands, keys = columns.function.tolist(), memberships(columns).tolist(), block_keys(columns).tolist()
        names = columns.terms.functions
        for row, subject in enumerate(subjects):
            inside = frozenset(names[key] for key, sure in zip(functions[row], stands[row], strict=True) if sure)
            blocks = tuple({key for key in keys[row] if key})
            self._standing[subject.id] = (inside, blocks)
            self.subjects[subject.id] = subject
            self.territories[subject.id] = int(columns.territory[row])
            if subject.owner_id is not None:
                self.by_owner[subject.owner_id].add(subject.id)
            for function in inside:
                self.by_function[function].add(subject.id)
            for function in subject.functions:
                self._weak[function].add(subject.id)
            for key in blocks:
                self._by_key[key].add(subject.id)
            touched |= inside
        return frozenset(touched)

    def drop(self, platform_id: str) -> frozenset[str]:
        """Forget a subject; gives the functions it stood in."""
        old = self.subjects.pop(platform_id, None)
        if old is None:
            return frozenset()
        inside, blocks = self._standing.pop(platform_id)
        for function in inside:
            self.by_function[function].discard(platform_id)
        for function in old.functions:
            self._weak[function].discard(platform_id)
        for key in blocks:
            self._by_key[key].discard(platform_id)
        self.territories.pop(platform_id, None)
        if old.owner_id is not None:
            self.by_owner[old.owner_id].discard(platform_id)
        self.table.drop(platform_id)
        return inside

    @property
    def scorer(self) -> Scorer:
        """Models, vocabulary and geography, with how common functions and brands are among what is here.

        Counted once per thousand changes at most: a weight that moved with every record would move every group.
        """
        return self._scorer or self.count()

    def count(self) -> Scorer:
        """Count functions, hosts and brands anew."""
        self._scorer = counted(plain_scorer(self.words, self.models, self.geography), self.words, self.table.columns)
        return self._scorer

    def memberships(self, platform_id: str) -> frozenset[str]:
        """The functions a platform may stand in a group for."""
        return self._standing[platform_id][0] if platform_id in self._standing else frozenset()

    def with_function(self, function: str) -> set[str]:
        """Everybody that offers a function, however surely."""
        return self._weak.get(function, set())

    def partners(self, platform_id: str) -> set[str]:
        """Whose nearest few a platform may change by being there."""
        if platform_id not in self.subjects:
            return set()
        ids, columns, rows = self.around([platform_id])
        return {ids[row] for row in Blocks(columns, rows).partners(int(rows[0])).tolist()}

    def around(self, platform_ids: Iterable[str]) -> tuple[list[str], Columns, Ints]:
        """All that some platforms can be compared with, themselves among them: ids, their columns, the rows asked for."""
        wanted = sorted(one for one in set(platform_ids) if one in self.subjects)
        found = set(wanted)
        for key in {key for one in wanted for key in self._standing[one][1]}:
            found |= self._by_key[key]
        for function in {function for one in wanted for function in self.subjects[one].functions}:
            found |= self.with_function(function)
        ids = sorted(found)
        rows = {one: row for row, one in enumerate(ids)}
        return ids, self.table.take(ids), np.array([rows[one] for one in wanted], dtype=np.int64)

    def territory(self, subject: Subject) -> int:
        """The number of a subject's territory."""
        return self.geography.territory(subject.area, subject.owner_id, subject.nationwide)

    def every(self) -> tuple[list[str], Columns]:
        """Everybody in the order of ids, as columns."""
        ids = sorted(self.subjects)
        return ids, self.table.take(ids)
