"""Pairs as rows of the table that keeps each platform's nearest few."""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from math import isnan
from typing import Any, NamedTuple

from sqlalchemy import Connection, Text, cast, select
from sqlmodel import col

from registry.models import ComparedPair
from registry.models.base import now
from search.overlap.area import RELATIONS
from search.overlap.columns import Floats
from search.overlap.index import Index
from search.overlap.nearest import Nearest
from search.overlap.scoring import LABELS

_LABELS = [label.value for label in LABELS]
_AREAS = [area.value for area in RELATIONS]


class PairRow(NamedTuple):
    """What a row says, without when it was found: by these a stored row is known to hold still."""

    left_id: str
    right_id: str
    label: str
    area_relation: str
    same_platform: float
    overlap: float
    covered: tuple[float | None, float | None]
    versions: str

    @property
    def key(self) -> tuple[str, str]:
        """By which it is stored."""
        return self.left_id, self.right_id


def pair_rows(index: Index, ids: Sequence[str], found: Nearest) -> list[PairRow]:
    """Rows of compared_pair; `ids` are the ids of the rows that were compared."""
    lefts, rights = [ids[row] for row in found.left.tolist()], [ids[row] for row in found.right.tolist()]
    subjects = index.subjects
    columns = zip(
        lefts,
        rights,
        [_LABELS[label] for label in found.label.tolist()],
        [_AREAS[area] for area in found.area.tolist()],
        found.same_platform.tolist(),
        found.overlap.tolist(),
        zip(_shares(found.covered[0]), _shares(found.covered[1]), strict=True),
        [f"{subjects[left].version}/{subjects[right].version}" for left, right in zip(lefts, rights, strict=True)],
        strict=True,
    )
    return list(map(PairRow._make, columns))


def written(rows: Iterable[PairRow]) -> list[dict[str, Any]]:
    """Rows as they are written, with the time."""
    at = now()
    return [
        {
            "left_id": row.left_id,
            "right_id": row.right_id,
            "label": row.label,
            "area_relation": row.area_relation,
            "same_platform": row.same_platform,
            "overlap": row.overlap,
            "facts": {"covered": list(row.covered)},
            "versions": row.versions,
            "at": at,
        }
        for row in rows
    ]


def stored_rows(connection: Connection, lefts: Sequence[str]) -> Iterator[PairRow]:
    """What is stored of some left sides."""
    for start in range(0, len(lefts), 500):
        part = _STORED.where(col(ComparedPair.left_id).in_(lefts[start : start + 500]))
        for left, right, label, area, same, overlap, facts, versions in connection.execute(part).all():
            yield PairRow(left, right, label, area, same, overlap, _covered(facts), versions)


_STORED = select(
    col(ComparedPair.left_id),
    col(ComparedPair.right_id),
    col(ComparedPair.label),
    col(ComparedPair.area_relation),
    col(ComparedPair.same_platform),
    col(ComparedPair.overlap),
    cast(col(ComparedPair.facts), Text),
    col(ComparedPair.versions),
)


# Few different shares stand in many rows: reading each once saves half of reading rows.
@lru_cache(maxsize=10_000)
def _covered(facts: str) -> tuple[float | None, float | None]:
    here, there = json.loads(facts)["covered"]
    return here, there


def _shares(values: Floats) -> list[float | None]:
    return [None if isnan(one) else round(one, 4) for one in values.tolist()]
