"""The nearest few of each platform, stored so that pages and queues need not compare everything with everything."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from registry.models.base import now
from search.overlap.area import RELATIONS
from search.overlap.columns import Ints
from search.overlap.index import Index
from search.overlap.scoring import LABELS, OVERLAPS, Label, Scored

TOP_IDENTITY = 5
TOP_OVERLAP = 20

_NEAR_ENOUGH = 0.05
_KEPT = frozenset({Label.same_platform, *OVERLAPS})


def nearest_pairs(index: Index, changed: Sequence[str]) -> list[dict[str, Any]]:
    """Rows of compared_pair for the changed platforms, and for the others' side of the same pairs."""
    rows: list[dict[str, Any]] = []
    for start in range(0, len(changed), 200):
        rows += _slice(index, changed[start : start + 200])
    return rows


def _slice(index: Index, changed: Sequence[str]) -> list[dict[str, Any]]:
    places: dict[str, int] = {}
    left: list[int] = []
    right: list[int] = []
    for one in changed:
        subject = index.subjects.get(one)
        if subject is None:
            continue
        others = dict.fromkeys([*index.identity_candidates(subject), *index.overlap_candidates(subject)])
        here = places.setdefault(one, len(places))
        for other in others:
            left.append(here)
            right.append(places.setdefault(other, len(places)))
    if not left:
        return []
    ids = list(places)
    scorer = index.scorer
    columns = scorer.columns([index.subjects[one] for one in ids])
    at = now()
    scored = scorer.score(columns, np.array(left), np.array(right))
    kept = _top(np.array(left), scored)
    return [_row(index, ids[left[row]], ids[right[row]], scored, row, at) for row in kept]


def _top(left: Ints, scored: Scored) -> list[int]:
    """Rows worth keeping: for each left side the likeliest same platforms, and the nearest overlaps."""
    kept: list[int] = []
    starts = np.flatnonzero(np.r_[True, left[1:] != left[:-1]])
    ends = np.r_[starts[1:], len(left)]
    for start, end in zip(starts, ends, strict=True):
        rows = np.arange(start, end)
        same = scored.same_platform[rows]
        by_identity = rows[np.argsort(-same, kind="stable")][:TOP_IDENTITY]
        likely = [int(row) for row in by_identity if scored.same_platform[row] >= _NEAR_ENOUGH]
        overlapping = rows[[LABELS[place] in _KEPT for place in scored.label[rows]]]
        order = np.lexsort((-scored.overlap[overlapping], scored.area[overlapping]))
        kept += list(dict.fromkeys(likely + [int(row) for row in overlapping[order][:TOP_OVERLAP]]))
    return kept


def _row(index: Index, left: str, right: str, scored: Scored, row: int, at: Any) -> dict[str, Any]:
    covered = [scored.left_covered[row], scored.right_covered[row]]
    return {
        "left_id": left,
        "right_id": right,
        "label": LABELS[scored.label[row]].value,
        "area_relation": RELATIONS[scored.area[row]].value,
        "same_platform": float(scored.same_platform[row]),
        "overlap": float(scored.overlap[row]),
        "facts": {"covered": [None if np.isnan(one) else round(float(one), 4) for one in covered]},
        "versions": f"{index.subjects[left].version}/{index.subjects[right].version}",
        "at": at,
    }
