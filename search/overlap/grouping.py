"""Groups of one function: profiles of its platforms, their likeness, and clusters that people's verdicts hold apart."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from search.overlap.blocks import mix
from search.overlap.clusters import Cluster, cluster_profiles
from search.overlap.columns import MOST_FUNCTIONS, Columns, Floats, Ints
from search.overlap.features import OVERLAP, measure
from search.overlap.pairs import Pairs
from search.overlap.scoring import Scorer

# A group is about what platforms do and for whom; that two names are alike makes no group.
STRUCTURAL = frozenset(
    [
        "one_covers_other",
        "both_cover",
        "same_main_function",
        "nothing_covered",
        "unknown_function",
        "same_people",
        "other_people",
        "same_form",
        "other_type",
        "other_audience",
    ]
)

# A function this sure stands as a membership of its own; less sure ones only colour a comparison.
MEMBERSHIP = 0.5

# A function that is only a means of another family must not swallow it: two dozen participatory budgets vote online,
# and are still no voting platforms. Families that bring it along stay under this share of those who mainly do it.
MEANS_SHARE = 0.25


def memberships(columns: Columns) -> NDArray[np.bool_]:
    """Which of its functions each row may stand in a group for: the sure ones, and the surest in any case."""
    sure = (columns.function >= 0) & (columns.certainty >= MEMBERSHIP)
    sure[:, 0] |= (columns.function[:, 0] >= 0) & ~sure.any(axis=1)
    return np.asarray(sure)


def groups_of_all(
    scorer: Scorer, columns: Columns, apart: Iterable[frozenset[int]] = ()
) -> Iterator[tuple[int, list[Cluster[int]]]]:
    """The groups of every function that anybody stands in, as (the function's place, groups of rows)."""
    held = list(apart)
    rows, slots = np.nonzero(memberships(columns))
    functions = columns.function[rows, slots]
    order = np.argsort(functions, kind="stable")
    rows, functions = rows[order], functions[order]
    edges = np.searchsorted(functions, np.arange(len(scorer.terms.functions) + 1))
    for function, (start, end) in enumerate(pairwise(edges.tolist())):
        if end > start:
            yield function, group_function(scorer, columns, function, rows[start:end], held)


def group_function(
    scorer: Scorer, columns: Columns, function: int, members: Ints, apart: Iterable[frozenset[int]] = ()
) -> list[Cluster[int]]:
    """The groups of one function, of two or more rows each; `members` are the rows that stand in it, in order."""
    rows = _admitted(columns, function, members)
    if len(rows) < 2:
        return []
    keys = _profiles(columns, rows)
    _keys, example, inverse = np.unique(keys, return_index=True, return_inverse=True)
    # Profiles in the order of their first rows: the result hangs on the platforms, not on how profiles are numbered.
    by_first = np.argsort(example)
    place = np.empty(len(example), dtype=np.int64)
    place[by_first] = np.arange(len(example))
    inverse, example = place[inverse], example[by_first]
    order = np.argsort(inverse, kind="stable")
    parts = np.split(rows[order], np.flatnonzero(np.diff(inverse[order])) + 1)
    inside: dict[Hashable, list[int]] = {profile: part.tolist() for profile, part in enumerate(parts)}
    likeness = structural_likeness(scorer, columns, rows[example])
    standing = {row: float(columns.standing[row]) for part in inside.values() for row in part}
    held = [pair for pair in apart if all(row in standing for row in pair)]
    return cluster_profiles(range(len(parts)), inside, likeness, held, standing)


def _admitted(columns: Columns, function: int, members: Ints) -> Ints:
    """Those who mainly do it, and others who also do it unless their family is too many."""
    mains = columns.function[members, 0]
    families, counts = np.unique(mains, return_counts=True)
    core = int(counts[families == function].sum())
    admitted = families[(families == function) | (counts <= MEANS_SHARE * core)]
    return members[np.isin(mains, admitted)]


def _profiles(columns: Columns, rows: Ints) -> NDArray[np.uint64]:
    """What the overlap model sees of a row without its name, owner and area, as one number."""
    functions, sure = columns.function[rows], np.round(columns.certainty[rows] * 10).astype(np.int64)
    parts = [functions[:, slot] * 16 + sure[:, slot] for slot in range(MOST_FUNCTIONS)]
    parts += [
        columns.beneficiary[rows].astype(np.int64),
        columns.type[rows],
        columns.form[rows],
        columns.audience[rows],
    ]
    found = np.zeros(len(rows), dtype=np.uint64)
    for part in parts:
        found = mix(found, part)
    return found


def structural_likeness(scorer: Scorer, columns: Columns, rows: Sequence[int] | Ints) -> Floats:
    """The overlap model's probability from structure alone, of each of some rows with each."""
    chosen = np.asarray(rows, dtype=np.int64)
    left, right = np.triu_indices(len(chosen), 1)
    model = scorer.models.overlap
    mask = np.array([one.name in STRUCTURAL for one in OVERLAP])
    likeness = np.eye(len(chosen))
    for start in range(0, len(left), 500_000):
        here, there = left[start : start + 500_000], right[start : start + 500_000]
        values = measure(OVERLAP, Pairs(columns, chosen[here], chosen[there])) * mask
        # Rounded, so that the last bit of a sum cannot decide who is merged first.
        likeness[here, there] = likeness[there, here] = np.round(model.probabilities(values), 9)
    return likeness
