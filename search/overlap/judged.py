"""What officers' standing verdicts and decisions make of a pair: they go before the models in labels, stored pairs and groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlmodel import Session, col

from registry.models import Decision, Verdict
from registry.review import VerdictKind
from search.overlap.columns import Ints

Verdicts = Mapping[frozenset[str], VerdictKind]

_KINDS = tuple(VerdictKind)
NOTHING_SAID = -1
SAID = {kind: place for place, kind in enumerate(_KINDS)}
# Said of two that are not the same platform: they are not near each other for looking alike.
REFUSED = np.array([SAID[VerdictKind.different], SAID[VerdictKind.overlap], SAID[VerdictKind.not_overlap]])


def latest_verdicts(session: Session) -> dict[frozenset[str], VerdictKind]:
    """The latest standing verdict on each pair; 'unsure' says nothing and leaves what was said before.

    Two that an administrator decided to be different are different, whatever was said of them before.
    """
    connection = session.connection()
    said = connection.execute(
        select(col(Verdict.left_id), col(Verdict.right_id), col(Verdict.kind))
        .where(col(Verdict.undone_at).is_(None), col(Verdict.kind) != VerdictKind.unsure.value)
        .order_by(col(Verdict.id))
    )
    found = {frozenset((left, right)): VerdictKind(kind) for left, right, kind in said}
    decided = connection.execute(
        select(col(Decision.left_id), col(Decision.right_id)).where(
            col(Decision.undone_at).is_(None), col(Decision.kind) == VerdictKind.different.value
        )
    )
    for left, right in decided:
        pair = frozenset((left, right))
        if found.get(pair, VerdictKind.same) is VerdictKind.same:
            found[pair] = VerdictKind.different
    return found


def held_apart(verdicts: Verdicts) -> list[frozenset[str]]:
    """Pairs that are said to be no overlap: they never share a group."""
    return [pair for pair, kind in verdicts.items() if kind is VerdictKind.not_overlap]


@dataclass(frozen=True)
class Judged:
    """Verdicts on rows of some columns, to be looked up for many pairs at once."""

    keys: Ints
    kinds: Ints
    count: int

    @classmethod
    def of(cls, verdicts: Verdicts, ids: Sequence[str]) -> "Judged":
        """Verdicts whose sides both stand among these ids; `ids` are the rows' in order."""
        rows = {one: row for row, one in enumerate(ids)} if verdicts else {}
        found = {}
        for pair, kind in verdicts.items():
            sides = sorted(rows[one] for one in pair if one in rows)
            if len(sides) == 2:
                found[sides[0] * len(ids) + sides[1]] = SAID[kind]
        keys = sorted(found)
        return cls(np.array(keys, dtype=np.int64), np.array([found[key] for key in keys], dtype=np.int64), len(ids))

    def said(self, low: Ints, high: Ints) -> NDArray[np.int64] | None:
        """Per pair the verdict's place in VerdictKind, or NOTHING_SAID; None where nobody has said anything."""
        if not len(self.keys):
            return None
        wanted = low * self.count + high
        places = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return np.where(self.keys[places] == wanted, self.kinds[places], NOTHING_SAID)
