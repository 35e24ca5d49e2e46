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
    shelf = [shelves[name] for name in terms.fields]
    bits = {key: place for place, key in enumerate(terms.beneficiaries)}
    function, certainty = _Slots(MOST_FUNCTIONS), _Slots(MOST_FUNCTIONS)
    field, source = _Slots(MOST_FUNCTIONS), _Slots(MOST_SOURCES)
    core = _Slots(MOST_NAMES)
    word, otherwise = _Slots(MOST_WORDS), _Slots(MOST_WORDS)
    sound, word_sound = _Slots(MOST_WORDS), _Slots(MOST_WORDS)
    names: list[str] = []
    orders: list[int] = []
    people: dict[frozenset[str], int] = {}
    scalars: list[tuple[int, ...]] = []
    for subject in subjects:
        known = [key for key in ranked_functions(subject) if key in places]
        at = [places[key] for key in known]
        function.add(at)
        certainty.add([subject.functions[key] for key in known])
        field.add([shelf[place] for place in at])
        naming = subject.naming
        cores, said, brand = naming.cores[:MOST_NAMES], naming.parts, naming.brand
        names += cores
        orders.append(name_order(cores[0]))
        core.add(list(map(number, cores)))
        word.add([number(text) for text, _more in said[:MOST_WORDS]])
        otherwise.add([more for _text, more in said[:MOST_WORDS]])
        sound.add([_sound_number(*one) for one in heard((*naming.cores, brand))[:MOST_WORDS]])
        word_sound.add([_sound_number(*one) for one in heard([text for text, _more in said])[:MOST_WORDS]])
        source.add([number(one) for one in sorted(subject.sources)[:MOST_SOURCES]])
        if subject.beneficiaries not in people:
            people[subject.beneficiaries] = sum(1 << bits[key] for key in subject.beneficiaries if key in bits)
        host = subject.own_host
        scalars.append(
            (
                _owner_number(subject),
                geography.territory(subject.area, subject.owner_id, subject.nationwide),
                number(naming.audience),
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
    name[core.places()] = name_signatures(names)
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
        order=np.array(orders, dtype=np.uint64),
        standing=np.array([subject.standing for subject in subjects], dtype=np.float64),
        description=word_signatures([subject.description for subject in subjects]),
        host_use=own.hosts,
        brand_use=own.brands,
    )


class _Slots:
    """A column of a few slots per row, gathered in one list: single values are slow to write into an array."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._values: list[float] = []
        self._counts: list[int] = []

    def add(self, values: Sequence[float]) -> None:
        """The next row's first slots."""
        self._values += values
        self._counts.append(len(values))

    def places(self) -> Ints:
        """Where the values stand."""
        counts = np.array(self._counts, dtype=np.int64)
        before = np.cumsum(counts) - counts
        starts = np.arange(len(counts)) * self._width
        return np.asarray(np.repeat(starts - before, counts) + np.arange(len(self._values)))

    def array(self, empty: float, kind: type[np.generic]) -> NDArray[Any]:
        """Every row's values, and `empty` elsewhere."""
        found = np.full(len(self._counts) * self._width, empty, dtype=kind)
        found[self.places()] = np.array(self._values, dtype=kind)
        return found.reshape(len(self._counts), self._width)


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
