"""Candidates for a whole registry as arrays: blocks by government and function, host, app, name and brand.

Cost grows with records times `MOST_*`, never with pairs: a record meets the few nearest of its block, and nothing
else. Where a block is larger than that, name order decides who meets whom.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from search.overlap.area import AreaRelation
from search.overlap.clusters import average_link
from search.overlap.columns import MOST_FUNCTIONS, Columns, Ints
from search.overlap.features import OVERLAP, measure
from search.overlap.grouping import STRUCTURAL
from search.overlap.pairs import Pairs
from search.overlap.scoring import PLACE, Label, Scored, Scorer

# How many neighbours in name order a record meets inside each identity block, and how many for overlap.
MOST_IDENTITY = 8
MOST_OVERLAP = 12
# A host, brand or name that more platforms share is a vendor or a common word and blocks nothing.
COMMON = 50
SLICE = 400_000


@dataclass(frozen=True)
class BulkResult:
    """Pairs worth keeping of a full run: row numbers, both probabilities and labels."""

    left: Ints
    right: Ints
    same_platform: Ints
    overlap: Ints
    label: Ints
    compared: int


def score_all(scorer: Scorer, columns: Columns) -> BulkResult:
    """Candidates, scores and labels of all rows; keeps what is the same platform, an overlap or nearly either."""
    left, right = candidate_rows(columns)
    kept: list[tuple[Ints, ...]] = []
    for start in range(0, len(left), SLICE):
        here, there = left[start : start + SLICE], right[start : start + SLICE]
        scored: Scored = scorer.score(columns, here, there)
        worth = (scored.same_platform > 0.05) | (
            (scored.label != PLACE[Label.unrelated]) & (scored.label != PLACE[Label.fragmentation])
        )
        kept.append(
            (here[worth], there[worth], scored.same_platform[worth], scored.overlap[worth], scored.label[worth])
        )
    if not kept:
        nothing = np.zeros(0, dtype=np.int64)
        return BulkResult(nothing, nothing, nothing, nothing, nothing, 0)
    rows, others, same, overlap, label = (np.concatenate(one) for one in zip(*kept, strict=True))
    return BulkResult(rows, others, same, overlap, label, len(left))


def group_all(scorer: Scorer, columns: Columns) -> list[Ints]:
    """Groups of all rows by what each mainly does: profiles by their arrays, then average link, as `grouping` does."""
    found: list[Ints] = []
    model = scorer.models.overlap
    mask = np.array([one.name in STRUCTURAL for one in OVERLAP])
    profile = np.column_stack(
        [
            columns.function,
            np.round(columns.certainty * 10).astype(np.int64),
            columns.beneficiary.astype(np.int64),
            columns.type,
            columns.form,
            columns.audience,
        ]
    )
    order = np.argsort(columns.function[:, 0], kind="stable")
    mains = columns.function[order, 0]
    starts = np.flatnonzero(np.r_[True, mains[1:] != mains[:-1]])
    for start, end in zip(starts, np.r_[starts[1:], len(mains)], strict=True):
        rows = order[start:end]
        if mains[start] < 0 or len(rows) < 2:
            continue
        _kinds, example, inverse, sizes = np.unique(
            profile[rows], axis=0, return_index=True, return_inverse=True, return_counts=True
        )
        likeness = np.eye(len(example))
        left, right = np.triu_indices(len(example), 1)
        values = measure(OVERLAP, Pairs(columns, rows[example[left]], rows[example[right]])) * mask
        likeness[left, right] = likeness[right, left] = model.probabilities(values)
        for cluster in average_link(likeness, sizes.astype(np.float64)):
            inside = rows[np.isin(inverse.reshape(-1), cluster)]
            if len(inside) > 1:
                found.append(inside)
    return found


def candidate_rows(columns: Columns) -> tuple[Ints, Ints]:
    """Every pair to be scored, once, the smaller row first."""
    found = [*_identity(columns), *_overlap(columns)]
    left = np.concatenate([one[0] for one in found]) if found else np.zeros(0, dtype=np.int64)
    right = np.concatenate([one[1] for one in found]) if found else np.zeros(0, dtype=np.int64)
    low, high = np.minimum(left, right), np.maximum(left, right)
    keys = np.unique(low[low != high] * len(columns) + high[low != high])
    return keys // len(columns), keys % len(columns)


def _identity(columns: Columns) -> Iterator[tuple[Ints, Ints]]:
    names = np.argsort(np.argsort(np.array(columns.names, dtype=object)))
    functions = len(columns.terms.functions) + 1
    for slot in range(MOST_FUNCTIONS):
        known = columns.function[:, slot] >= 0
        if slot and not known.any():
            break
        keys = np.where(known | (slot == 0), columns.owner * functions + columns.function[:, slot] + 1, 0)
        yield from _windows(keys, names, MOST_IDENTITY)
    for keys, use in ((columns.host, columns.host_use), (columns.brand, columns.brand_use)):
        rare = np.array([use.get(int(key), 1) for key in np.unique(keys)]) <= COMMON
        allowed = np.unique(keys)[rare]
        yield from _windows(np.where(np.isin(keys, allowed), keys, 0), names, MOST_IDENTITY)
    for keys in (columns.package, columns.address):
        yield from _windows(keys, names, MOST_IDENTITY)


def _windows(keys: Ints, order: Ints, window: int) -> Iterator[tuple[Ints, Ints]]:
    """Rows of one key, each with the next few in name order."""
    rows = np.lexsort((order, keys))
    rows = rows[keys[rows] != 0]
    for step in range(1, min(window, max(len(rows) - 1, 0)) + 1):
        same = keys[rows[:-step]] == keys[rows[step:]]
        if not same.any():
            break
        yield rows[:-step][same], rows[step:][same]


def _overlap(columns: Columns) -> Iterator[tuple[Ints, Ints]]:
    """Each (function, territory) meets the nearest of its function: own ground first, then containing, zone, border."""
    codes = np.arange(len(np.unique(columns.territory)))
    territories, inverse = np.unique(columns.territory, return_inverse=True)
    relations = columns.geography.relations(
        np.repeat(territories, len(territories)), np.tile(territories, len(territories))
    ).reshape(len(territories), len(territories))
    nearest = np.argsort(relations, axis=1, kind="stable")
    farthest = list(AreaRelation).index(AreaRelation.elsewhere)
    for slot in range(MOST_FUNCTIONS):
        rows = np.flatnonzero(columns.function[:, slot] >= 0)
        if not len(rows):
            break
        keys = columns.function[rows, slot] * len(codes) + inverse[rows]
        order = np.argsort(keys, kind="stable")
        rows, keys = rows[order], keys[order]
        starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
        ends = np.r_[starts[1:], len(rows)]
        place = {int(keys[start]): (int(start), int(end)) for start, end in zip(starts, ends, strict=True)}
        for key, (start, end) in place.items():
            function, territory = divmod(key, len(codes))
            picks: list[Ints] = []
            wanted = MOST_OVERLAP
            for other in nearest[territory]:
                if relations[territory, other] > farthest or wanted <= 0:
                    break
                span = place.get(function * len(codes) + int(other))
                if span is not None:
                    taken = rows[span[0] : min(span[1], span[0] + wanted)]
                    picks.append(taken)
                    wanted -= len(taken)
            if picks:
                near, mine = np.concatenate(picks), rows[start:end]
                yield np.repeat(mine, len(near)), np.tile(near, len(mine))
