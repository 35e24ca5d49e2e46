"""Who is compared with whom: platforms that share something particular, and the nearest that do the same job.

One definition for one changed platform and for a million: cost grows with platforms times `NEIGHBOURS` and
`MOST_OVERLAP`, never with pairs. Rows stand in the order of ids; ties go to the lower row.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from search.overlap.columns import MOST_FUNCTIONS, MOST_NAMES, Columns, Ints

# How many neighbours in name order, on either side, a platform meets among its owner's of one function …
NEIGHBOURS = 8
# … and among those that share a host, an address, an app, a brand word or a name.
FEW = 4
# How many of its function a platform meets, the nearest first.
MOST_OVERLAP = 24

Keys = NDArray[np.uint64]

_WIDTHS = np.array([NEIGHBOURS] * MOST_FUNCTIONS + [FEW] * (5 + MOST_NAMES), dtype=np.int64)


def block_keys(columns: Columns) -> Keys:
    """The blocks each row stands in, as numbers; 0 is none. Kinds never meet: each mixes its own number in."""
    owner = columns.owner
    # A platform whose function is not known meets its owner's others that are not known, and whom it shares a name with.
    unknown = np.arange(MOST_FUNCTIONS) == 0
    functions = np.where((columns.function >= 0) | unknown, columns.function + 2, 0)
    owned = np.where((owner != 0)[:, None] & (functions != 0), mix(mix(1, owner)[:, None], functions), np.uint64(0))
    begun = columns.order >> np.uint64(32)
    named = np.where((owner != 0) & (begun != 0), mix(mix(2, owner), begun), np.uint64(0))
    others = [named]
    for kind, values in enumerate((columns.domain, columns.address, columns.package, columns.brand), start=3):
        others.append(np.where(values != 0, mix(kind, values), np.uint64(0)))
    cores = np.where(columns.core != 0, mix(7, columns.core), np.uint64(0))
    return np.column_stack([owned, *others, cores])


def mix(left: Ints | Keys | int, right: Ints | Keys) -> Keys:
    """Two columns of numbers as one, so that equal pairs stay equal and others hardly ever meet (64 bits)."""
    with np.errstate(over="ignore"):
        start = np.asarray(left).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (start ^ np.asarray(right).astype(np.uint64)) * np.uint64(0xBF58476D1CE4E5B9)
        return np.asarray(mixed ^ (mixed >> np.uint64(31)))


class Blocks:
    """The blocks of some columns, sorted once and asked for any rows; with `asked`, for those rows alone.

    One changed platform stands in a few blocks of thousands: the others are not worth sorting.
    """

    def __init__(self, columns: Columns, asked: Ints | None = None) -> None:
        self._columns = columns
        keys = block_keys(columns)
        rows, slots = np.nonzero(keys)
        values = keys[rows, slots]
        if asked is not None:
            met = np.flatnonzero(_among(values, np.unique(keys[asked])))
            rows, slots, values = rows[met], slots[met], values[met]
        order = np.lexsort((columns.order[rows], values))
        self._key, self._row, self._width = values[order], rows[order], _WIDTHS[slots[order]]
        self._places = np.argsort(self._row, kind="stable")
        self._first = np.searchsorted(self._row[self._places], np.arange(len(columns) + 1))
        self._by_function = _ByFunction(columns, asked)

    def candidates(self, rows: Ints) -> tuple[Ints, Ints]:
        """Everybody these rows are compared with, as (row, other): sorted, each once."""
        found = [*self._windows(rows), *self._by_function.nearest(rows)]
        return _once(len(self._columns), found)

    def partners(self, row: int) -> Ints:
        """Whose candidates a row changes by being there: those that meet it, and those it stands between."""
        rows = np.array([row], dtype=np.int64)
        met = [right for _left, right in self._windows(rows)]
        for left, right in self._by_function.nearest_of_functions(self._columns.function[row]):
            met.append(left[right == row])
        found = np.unique(np.concatenate(met)) if met else np.zeros(0, dtype=np.int64)
        return np.asarray(found[found != row])

    def _windows(self, rows: Ints) -> Iterator[tuple[Ints, Ints]]:
        counts = self._first[rows + 1] - self._first[rows]
        places = self._places[spans(self._first[rows], counts)]
        left = np.repeat(rows, counts)
        for step in range(1, NEIGHBOURS + 1):
            wide = self._width[places] >= step
            for other in (places + step, places - step):
                inside = np.flatnonzero(wide & (other >= 0) & (other < len(self._key)))
                met = inside[self._key[other[inside]] == self._key[places[inside]]]
                yield left[met], self._row[other[met]]


class _ByFunction:
    """Rows by function and territory, so that the nearest of a function are found by walking outwards."""

    def __init__(self, columns: Columns, asked: Ints | None = None) -> None:
        self._columns = columns
        self._around = columns.geography.nearest()
        self._territories = len(self._around)
        # One place more, for no function: it is the last, where -1 leads.
        wanted = np.full(len(columns.terms.functions) + 1, asked is None)
        if asked is not None:
            wanted[columns.function[asked]] = True
        wanted[-1] = False
        rows, slots = np.nonzero(wanted[columns.function])
        keys = columns.function[rows, slots] * self._territories + columns.territory[rows]
        order = np.argsort(keys, kind="stable")
        self._rows = rows[order]
        self._place = np.zeros(columns.function.shape, dtype=np.int64)
        self._place[rows[order], slots[order]] = np.arange(len(order))
        edges = np.searchsorted(keys[order], np.arange(len(columns.terms.functions) * self._territories + 1))
        shape = (len(columns.terms.functions), self._territories)
        self._start, self._count = edges[:-1].reshape(shape), np.diff(edges).reshape(shape)
        self._outside: dict[int, tuple[Ints, Ints, Ints]] = {}

    def nearest(self, rows: Ints) -> Iterator[tuple[Ints, Ints]]:
        """Each row with the nearest of each of its functions."""
        at, slots = np.nonzero(self._columns.function[rows] >= 0)
        yield from self._walk(rows[at], slots)

    def nearest_of_functions(self, functions: Ints) -> Iterator[tuple[Ints, Ints]]:
        """Everybody of some functions with the nearest of that function."""
        rows, slots = np.nonzero(np.isin(self._columns.function, functions[functions >= 0]))
        yield from self._walk(rows, slots)

    def _walk(self, rows: Ints, slots: Ints) -> Iterator[tuple[Ints, Ints]]:
        """Own ground first, in a circle from oneself; then territory by territory until `MOST_OVERLAP` are found."""
        function, territory = self._columns.function[rows, slots], self._columns.territory[rows]
        start, count = self._start[function, territory], self._count[function, territory]
        taken = np.minimum(count - 1, MOST_OVERLAP)
        steps = spans(np.zeros(len(rows), dtype=np.int64), taken) + 1
        own = np.repeat(self._place[rows, slots] - start, taken) + steps
        yield np.repeat(rows, taken), self._rows[np.repeat(start, taken) + own % np.repeat(count, taken)]
        short = np.flatnonzero(taken < MOST_OVERLAP)
        for one in np.flatnonzero(np.bincount(function[short])).tolist():
            inside = short[function[short] == one]
            picks, first, most = self._outwards(one)
            ground = territory[inside]
            yield np.repeat(rows[inside], most[ground]), picks[spans(first[ground], most[ground])]

    def _outwards(self, function: int) -> tuple[Ints, Ints, Ints]:
        """Whom a territory's platforms meet outside: rows, and where each territory's begin and how many they are."""
        if function not in self._outside:
            own = self._count[function]
            grounds = np.flatnonzero((own > 0) & (own <= MOST_OVERLAP))
            around = self._around[grounds, 1:]
            counts = own[around]
            before = np.cumsum(counts, axis=1) - counts + own[grounds][:, None] - 1
            taken = np.clip(MOST_OVERLAP - before, 0, counts)
            some = taken > 0
            most = np.zeros(self._territories, dtype=np.int64)
            most[grounds] = taken.sum(axis=1)
            picks = self._rows[spans(self._start[function, around[some]], taken[some])]
            self._outside[function] = picks, np.cumsum(most) - most, most
        return self._outside[function]


def spans(starts: Ints, counts: Ints) -> Ints:
    """start, start + 1, … for each start, so many of each, one after the other."""
    before = np.cumsum(counts) - counts
    return np.asarray(np.repeat(starts - before, counts) + np.arange(int(counts.sum())))


def _among(values: Keys, some: Keys) -> NDArray[np.bool_]:
    """Which values are one of some few, which come sorted."""
    return np.asarray(some[np.minimum(np.searchsorted(some, values), len(some) - 1)] == values)


def _once(count: int, found: list[tuple[Ints, Ints]]) -> tuple[Ints, Ints]:
    left = np.concatenate([one[0] for one in found])
    right = np.concatenate([one[1] for one in found])
    keys = np.sort(left[left != right] * count + right[left != right])
    keys = keys[np.r_[True, keys[1:] != keys[:-1]]] if len(keys) else keys
    return keys // count, keys % count
