"""Subjects as arrays, so that one pair and thirty million pairs are scored by the same lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.overlap.area import Geography
from search.overlap.names import name_order, number
from search.overlap.signatures import SIGNATURE_WORDS, name_signatures, word_signatures
from search.overlap.sounds import heard
from search.overlap.subject import Subject, domain_of

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# More than this many functions or names of one platform add nothing a reviewer would count.
MOST_FUNCTIONS = 5
MOST_NAMES = 6
MOST_SOURCES = 4
MOST_WORDS = 4


@dataclass(frozen=True)
class Terms:
    """The vocabulary as numbers: positions of functions, their weights and fields, bits of beneficiaries.

    `weights` is how particular a function is (inverse frequency among platforms); `residents` the bit of the
    general public, which every other beneficiary belongs to; `related` which functions take in which, and one row and
    column more for none.
    """

    functions: tuple[str, ...]
    fields: tuple[str, ...]
    weights: Floats
    beneficiaries: tuple[str, ...]
    residents: int
    related: NDArray[np.bool_]

    @property
    def places(self) -> dict[str, int]:
        """Function id to its position."""
        return {key: place for place, key in enumerate(self.functions)}


@dataclass
class Columns:
    """N subjects as arrays. `order` puts their names (place words off) in order; `standing` ranks them as medoids."""

    terms: Terms
    geography: Geography
    owner: Ints
    territory: Ints
    function: Ints
    certainty: Floats
    field: Ints
    audience: Ints
    beneficiary: NDArray[np.uint64]
    form: Ints
    type: Ints
    host: Ints
    domain: Ints
    address: Ints
    package: Ints
    brand: Ints
    core: Ints
    word: Ints
    otherwise: NDArray[np.bool_]
    sound: Ints
    word_sound: Ints
    order: NDArray[np.uint64]
    standing: Floats
    name: NDArray[np.uint64]
    name_count: Ints
    description: NDArray[np.uint64]
    year: Ints
    operation: Ints
    engine: Ints
    source: Ints
    host_use: Mapping[int, int]
    brand_use: Mapping[int, int]

    def __len__(self) -> int:
        return len(self.owner)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays by name, a row per subject."""
        return {name: getattr(self, name) for name in _ARRAYS}

    def take(self, rows: Ints) -> "Columns":
        """Some rows, in this order."""
        return self.holding({name: values[rows] for name, values in self.arrays().items()})

    def holding(self, arrays: Mapping[str, NDArray[Any]]) -> "Columns":
        """Other rows under the same terms."""
        shared: dict[str, Any] = {name: getattr(self, name) for name in _SHARED}
        return Columns(**shared | dict(arrays))

    def weighed(self, terms: Terms, usage: "Usage") -> "Columns":
        """The same rows with other counts of what is common."""
        return replace(self, terms=terms, host_use=usage.hosts, brand_use=usage.brands)


_SHARED = ("terms", "geography", "host_use", "brand_use")
_ARRAYS = tuple(one.name for one in fields(Columns) if one.name not in _SHARED)


def columns_of(
    subjects: Sequence[Subject], terms: Terms, geography: Geography, usage: "Usage | None" = None
) -> Columns:
    """The arrays of some subjects; `usage` says how common hosts and brands are in the whole registry."""
    count = len(subjects)
    places, shelves = terms.places, {name: place for place, name in enumerate(dict.fromkeys(terms.fields))}
    bits = {key: place for place, key in enumerate(terms.beneficiaries)}
    function = _Slots(count, MOST_FUNCTIONS)
    certainty = _Slots(count, MOST_FUNCTIONS)
    field = _Slots(count, MOST_FUNCTIONS)
    core = _Slots(count, MOST_NAMES)
    source = _Slots(count, MOST_SOURCES)
    word = _Slots(count, MOST_WORDS)
    otherwise = _Slots(count, MOST_WORDS)
    sound = _Slots(count, MOST_WORDS)
    word_sound = _Slots(count, MOST_WORDS)
    names: list[str] = []
    people: dict[frozenset[str], int] = {}
    scalars: list[tuple[int, ...]] = []
    for row, subject in enumerate(subjects):
        known = [key for key in ranked_functions(subject) if key in places]
        at = [places[key] for key in known]
        function.add(row, at)
        certainty.add(row, [subject.functions[key] for key in known])
        field.add(row, [shelves[terms.fields[place]] for place in at])
        cores = subject.cores[:MOST_NAMES]
        names += cores
        core.add(row, [number(text) for text in cores])
        said = subject.name_words
        word.add(row, [number(text) for text, _more in said[:MOST_WORDS]])
        otherwise.add(row, [more for _text, more in said[:MOST_WORDS]])
        brand = subject.brand
        sound.add(row, [_sound_number(*one) for one in heard((*subject.cores, brand))[:MOST_WORDS]])
        word_sound.add(row, [_sound_number(*one) for one in heard(text for text, _more in said)[:MOST_WORDS]])
        source.add(row, [number(one) for one in sorted(subject.sources)[:MOST_SOURCES]])
        if subject.beneficiaries not in people:
            people[subject.beneficiaries] = sum(1 << bits[key] for key in subject.beneficiaries if key in bits)
        host = subject.own_host
        scalars.append(
            (
                _owner_number(subject),
                geography.territory(subject.area, subject.owner_id, subject.nationwide),
                number(subject.audience),
                number(subject.form and f"{subject.type}/{subject.form}"),
                number(subject.type),
                number(host),
                number(subject.url),
                number("|".join(sorted(subject.packages))),
                number(brand),
                subject.year,
                number(subject.operation),
                number(subject.engine),
                number(domain_of(host)),
                len(cores),
            )
        )
    numbers = np.array(scalars, dtype=np.int64).reshape(count, 14)
    name = np.zeros((count * MOST_NAMES, SIGNATURE_WORDS), dtype=np.uint64)
    name[core.at] = name_signatures(names)
    own = usage or Usage.of(numbers[:, 5], numbers[:, 8])
    return Columns(
        terms=terms,
        geography=geography,
        owner=numbers[:, 0],
        territory=numbers[:, 1],
        audience=numbers[:, 2],
        form=numbers[:, 3],
        type=numbers[:, 4],
        host=numbers[:, 5],
        address=numbers[:, 6],
        package=numbers[:, 7],
        brand=numbers[:, 8],
        year=numbers[:, 9],
        operation=numbers[:, 10],
        engine=numbers[:, 11],
        domain=numbers[:, 12],
        source=source.array(0, np.int64),
        function=function.array(-1, np.int64),
        certainty=certainty.array(0, np.float64),
        field=field.array(-1, np.int64),
        beneficiary=np.array([people[subject.beneficiaries] for subject in subjects], dtype=np.uint64),
        name=name.reshape(count, MOST_NAMES, SIGNATURE_WORDS),
        name_count=numbers[:, 13],
        core=core.array(0, np.int64),
        word=word.array(0, np.int64),
        otherwise=otherwise.array(False, np.bool_),
        sound=sound.array(0, np.int64),
        word_sound=word_sound.array(0, np.int64),
        order=np.array([name_order(subject.cores[0]) for subject in subjects], dtype=np.uint64),
        standing=np.array([subject.standing for subject in subjects], dtype=np.float64),
        description=word_signatures([subject.description for subject in subjects]),
        host_use=own.hosts,
        brand_use=own.brands,
    )


class _Slots:
    """A column of a few slots per row, gathered as lists: single values are slow to write into an array."""

    def __init__(self, count: int, width: int) -> None:
        self._count, self._width = count, width
        self.at: list[int] = []
        self._values: list[float] = []

    def add(self, row: int, values: Sequence[float]) -> None:
        """Fill a row's first slots."""
        start = row * self._width
        self.at += range(start, start + len(values))
        self._values += values

    def array(self, empty: float, kind: type[np.generic]) -> NDArray[Any]:
        """Everything added, and `empty` elsewhere."""
        found = np.full(self._count * self._width, empty, dtype=kind)
        found[self.at] = self._values
        return found.reshape(self._count, self._width)


def join_columns(parts: Sequence[Columns]) -> Columns:
    """Columns made in slices, as one: a million subjects need not be in memory at the same time."""
    arrays = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _ARRAYS}
    joined = parts[0].holding(arrays)
    return joined.weighed(joined.terms, Usage.of(joined.host, joined.brand))


def ranked_functions(subject: Subject) -> list[str]:
    """A subject's functions, the surest first and then as they were named; the first is what it mainly does."""
    return sorted(subject.functions, key=subject.functions.__getitem__, reverse=True)[:MOST_FUNCTIONS]


@dataclass(frozen=True)
class Usage:
    """How many platforms use a host or a brand word: a rare one is strong evidence, a common one is not."""

    hosts: Mapping[int, int]
    brands: Mapping[int, int]

    @staticmethod
    def of(hosts: Ints, brands: Ints) -> "Usage":
        """Counted over a registry's columns."""
        return Usage(_counts(hosts), _counts(brands))


def _counts(values: Ints) -> dict[int, int]:
    keys, counts = np.unique(values[values != 0], return_counts=True)
    return dict(zip(keys.tolist(), counts.tolist(), strict=True))


def _sound_number(script: str, sound: str) -> int:
    """Sounds written in Latin letters above zero, those in Hangul below: only one and the other are compared."""
    return number(sound) if script == "latin" else -number(sound)


def _owner_number(subject: Subject) -> int:
    """Governments by id; everybody else by name, below zero so that the two never meet; 0 is not known."""
    if subject.owner_id is not None:
        return subject.owner_id
    return -number(subject.owner_name)
