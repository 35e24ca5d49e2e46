"""Pairs as rows of the table that keeps each platform's nearest few."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

import numpy as np

from registry.models import ComparedPair
from registry.models.base import now
from search.overlap.area import RELATIONS
from search.overlap.columns import Floats
from search.overlap.index import Index
from search.overlap.nearest import Nearest
from search.overlap.scoring import LABELS

# What a row says, without when it was found: by these a stored row is known to hold still.
SAYING = tuple(name for name in ComparedPair.model_fields if name != "at")
saying = itemgetter(*SAYING)

_LABELS = [label.value for label in LABELS]
_AREAS = [area.value for area in RELATIONS]


def pair_rows(index: Index, ids: Sequence[str], found: Nearest) -> list[dict[str, Any]]:
    """Rows of compared_pair; `ids` are the ids of the rows that were compared."""
    at = now()
    lefts, rights = [ids[row] for row in found.left.tolist()], [ids[row] for row in found.right.tolist()]
    columns = zip(
        lefts,
        rights,
        found.label.tolist(),
        found.area.tolist(),
        found.same_platform.tolist(),
        found.overlap.tolist(),
        _shares(found.covered[0]),
        _shares(found.covered[1]),
        strict=True,
    )
    subjects = index.subjects
    return [
        {
            "left_id": left,
            "right_id": right,
            "label": _LABELS[label],
            "area_relation": _AREAS[area],
            "same_platform": same,
            "overlap": overlap,
            "facts": {"covered": [here, there]},
            "versions": f"{subjects[left].version}/{subjects[right].version}",
            "at": at,
        }
        for left, right, label, area, same, overlap, here, there in columns
    ]


def _shares(values: Floats) -> list[float | None]:
    return [None if np.isnan(one) else round(one, 4) for one in values.tolist()]
