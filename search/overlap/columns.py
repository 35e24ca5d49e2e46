"""Subjects as arrays, so that one pair and thirty million pairs are scored by the same lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.overlap.area import Geography
from search.overlap.names import SIGNATURE_BYTES, SIGNATURE_WORDS, name_order, number, signature, word_signature
from search.overlap.subject import Subject

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
    function = np.full((count, MOST_FUNCTIONS), -1, dtype=np.int64)
    certainty = np.zeros((count, MOST_FUNCTIONS))
    field = np.full((count, MOST_FUNCTIONS), -1, dtype=np.int64)
    signatures = bytearray(count * MOST_NAMES * SIGNATURE_BYTES)
    core = np.zeros((count, MOST_NAMES), dtype=np.int64)
    descriptions = bytearray(count * SIGNATURE_BYTES)
    beneficiary = np.zeros(count, dtype=np.uint64)
    source = np.zeros((count, MOST_SOURCES), dtype=np.int64)
    word = np.zeros((count, MOST_WORDS), dtype=np.int64)
    otherwise = np.zeros((count, MOST_WORDS), dtype=bool)
    sound = np.zeros((count, MOST_WORDS), dtype=np.int64)
    word_sound = np.zeros((count, MOST_WORDS), dtype=np.int64)
    scalars = np.zeros((count, 13), dtype=np.int64)
    for row, subject in enumerate(subjects):
        known = [key for key in ranked_functions(subject) if key in places]
        for slot, key in enumerate(known):
            place = places[key]
            function[row, slot], certainty[row, slot] = place, subject.functions[key]
            field[row, slot] = shelves[terms.fields[place]]
        cores = subject.cores[:MOST_NAMES]
        for slot, text in enumerate(cores):
            at = (row * MOST_NAMES + slot) * SIGNATURE_BYTES
            signatures[at : at + SIGNATURE_BYTES] = signature(text)
            core[row, slot] = number(text)
        for slot, (text, more) in enumerate(subject.name_words[:MOST_WORDS]):
            word[row, slot], otherwise[row, slot] = number(text), more
        for slot, heard in enumerate(subject.sounds[:MOST_WORDS]):
            sound[row, slot] = _sound_number(*heard)
        for slot, heard in enumerate(subject.word_sounds[:MOST_WORDS]):
            word_sound[row, slot] = _sound_number(*heard)
        if subject.description:
            at = row * SIGNATURE_BYTES
            descriptions[at : at + SIGNATURE_BYTES] = word_signature(subject.description[:240])
        beneficiary[row] = sum(1 << bits[key] for key in subject.beneficiaries if key in bits)
        for slot, one in enumerate(sorted(subject.sources)[:MOST_SOURCES]):
            source[row, slot] = number(one)
        scalars[row] = (
            _owner_number(subject),
            geography.territory(subject.area, subject.owner_id, subject.nationwide),
            number(subject.audience),
            number(subject.form and f"{subject.type}/{subject.form}"),
            number(subject.type),
            number(subject.own_host),
            number(subject.url),
            number("|".join(sorted(subject.packages))),
            number(subject.brand),
            subject.year,
            number(subject.operation),
            number(subject.engine),
            number(subject.own_domain),
        )
    own = usage or Usage.of(scalars[:, 5], scalars[:, 8])
    return Columns(
        terms=terms,
        geography=geography,
        owner=scalars[:, 0],
        territory=scalars[:, 1],
        audience=scalars[:, 2],
        form=scalars[:, 3],
        type=scalars[:, 4],
        host=scalars[:, 5],
        address=scalars[:, 6],
        package=scalars[:, 7],
        brand=scalars[:, 8],
        year=scalars[:, 9],
        operation=scalars[:, 10],
        engine=scalars[:, 11],
        domain=scalars[:, 12],
        source=source,
        function=function,
        certainty=certainty,
        field=field,
        beneficiary=beneficiary,
        name=np.frombuffer(signatures, dtype="<u8").reshape(count, MOST_NAMES, SIGNATURE_WORDS),
        name_count=np.array([len(subject.cores[:MOST_NAMES]) for subject in subjects], dtype=np.int64),
        core=core,
        word=word,
        otherwise=otherwise,
        sound=sound,
        word_sound=word_sound,
        order=np.array([name_order(subject.cores[0]) for subject in subjects], dtype=np.uint64),
        standing=np.array([subject.standing for subject in subjects], dtype=np.float64),
        description=np.frombuffer(descriptions, dtype="<u8").reshape(count, SIGNATURE_WORDS),
        host_use=own.hosts,
        brand_use=own.brands,
    )


def join_columns(parts: Sequence[Columns]) -> Columns:
    """Columns made in slices, as one: a million subjects need not be in memory at the same time."""
    arrays = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _ARRAYS}
    joined = parts[0].holding(arrays)
    return joined.weighed(joined.terms, Usage.of(joined.host, joined.brand))


def ranked_functions(subject: Subject) -> list[str]:
    """A subject's functions, the surest first and then as they were named; the first is what it mainly does."""
    return sorted(subject.functions, key=lambda key: -subject.functions[key])[:MOST_FUNCTIONS]


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
