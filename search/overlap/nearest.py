"""Each platform's nearest few, of any rows in slices: what is stored, so that pages need not compare all with all."""

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from search.overlap.blocks import Blocks
from search.overlap.columns import Columns, Floats, Ints
from search.overlap.judged import REFUSED, Judged
from search.overlap.scoring import LABELS, OVERLAPS, PLACE, Label, Scorer

TOP_IDENTITY = 5
TOP_OVERLAP = 20
# So many platforms are compared at once: their pairs fit into the processor's cache better than a million's.
SLICE = 5_000
# Arrays are worked on without Python's lock, so that a second core helps; more threads wait for memory.
THREADS = min(2, os.cpu_count() or 1)

_NEAR_ENOUGH = 0.05
_KEPT = np.array([label in {Label.same_platform, *OVERLAPS} for label in LABELS])


@dataclass(frozen=True)
class Nearest:
    """Pairs worth keeping of some rows, as seen from the left; `covered` is the left's share and the right's."""

    rows: Ints
    left: Ints
    right: Ints
    label: Ints
    area: Ints
    same_platform: Floats
    overlap: Floats
    covered: tuple[Floats, Floats]
    compared: int

    def __len__(self) -> int:
        return len(self.left)


def nearest_of_all(scorer: Scorer, columns: Columns, judged: Judged, rows: Ints | None = None) -> Iterator[Nearest]:
    """The nearest few of all rows (or these), in slices of platforms of one owner and function."""
    blocks = Blocks(columns, rows)
    everybody = np.arange(len(columns), dtype=np.int64) if rows is None else rows
    order = everybody[np.lexsort((columns.function[everybody, 0], columns.owner[everybody]))]
    slices = [order[start : start + SLICE] for start in range(0, len(order), SLICE)]
    compare = partial(_slice, scorer, columns, judged, blocks)
    if len(slices) < 2:
        yield from map(compare, slices)
        return
    with ThreadPoolExecutor(THREADS) as pool:
        waiting: deque[Future[Nearest]] = deque()
        for part in slices:
            waiting.append(pool.submit(compare, part))
            # So many results wait for whoever takes them and no more: a million's would not fit.
            if len(waiting) > THREADS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _slice(scorer: Scorer, columns: Columns, judged: Judged, blocks: Blocks, rows: Ints) -> Nearest:
    """A pair is scored once, however many of its sides are asked for, and then seen from each."""
    left, right = blocks.candidates(rows)
    low, high = np.minimum(left, right), np.maximum(left, right)
    keys, inverse = np.unique(low * len(columns) + high, return_inverse=True)
    low, high = keys // len(columns), keys % len(columns)
    said = judged.said(low, high)
    scored = scorer.score(columns, low, high, said)
    # Rounded, so that the last bit of a sum, which hangs on what else is in the slice, decides no order.
    same, overlap = np.round(scored.same_platform, 9)[inverse], np.round(scored.overlap, 9)[inverse]
    label, area = scored.label[inverse], scored.area[inverse]
    refused = np.zeros(len(left), dtype=bool) if said is None else np.isin(said, REFUSED)[inverse]
    kept = _top(left, right, np.where(refused, 0.0, same), overlap, label, area)
    pair, turned = inverse[kept], left[kept] > right[kept]
    here, there = scored.left_covered[pair], scored.right_covered[pair]
    return Nearest(
        rows=rows,
        left=left[kept],
        right=right[kept],
        label=label[kept],
        area=area[kept],
        same_platform=same[kept],
        overlap=overlap[kept],
        covered=(np.where(turned, there, here), np.where(turned, here, there)),
        compared=len(keys),
    )


def _top(left: Ints, right: Ints, same: Floats, overlap: Floats, label: Ints, area: Ints) -> Ints:
    """Places worth keeping: for each left side the likeliest same platforms, and the nearest overlaps."""
    likely = np.flatnonzero((same >= _NEAR_ENOUGH) | (label == PLACE[Label.same_platform]))
    likely = likely[np.lexsort((right[likely], -same[likely], left[likely]))]
    doing = np.flatnonzero(_KEPT[label])
    doing = doing[np.lexsort((right[doing], -overlap[doing], area[doing], left[doing]))]
    return np.union1d(_first(left, likely, TOP_IDENTITY), _first(left, doing, TOP_OVERLAP))


def _first(left: Ints, places: Ints, most: int) -> NDArray[np.int64]:
    """The first few places of each left side; they come sorted by it."""
    if not len(places):
        return places
    sides = left[places]
    starts = np.flatnonzero(np.r_[True, sides[1:] != sides[:-1]])
    rank = np.arange(len(places)) - np.repeat(starts, np.diff(np.r_[starts, len(places)]))
    return places[rank < most]
