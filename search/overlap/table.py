"""Subjects as rows of arrays that are kept up: a changed platform rewrites its row, and any rows can be taken out."""

from collections.abc import Sequence

import numpy as np

from search.overlap.columns import Columns, Ints
from search.overlap.scoring import Scorer
from search.overlap.subject import Subject

_NOBODY = Subject(id="", name="")


class Table:
    """Columns with room to grow; rows of nobody stand in no block and count for nothing."""

    def __init__(self, scorer: Scorer) -> None:
        self._scorer = scorer
        self._blank = scorer.columns([_NOBODY])
        self.columns = self._blank.take(np.zeros(16, dtype=np.int64))
        self._row: dict[str, int] = {}
        self._free = list(range(16))

    def put(self, subjects: Sequence[Subject]) -> Columns:
        """Write rows anew; gives the columns of these subjects alone."""
        written = self._scorer.columns(subjects)
        wanted = sum(one.id not in self._row for one in subjects)
        if wanted > len(self._free):
            self._grow(wanted - len(self._free))
        rows = [self._row[one.id] if one.id in self._row else self._claim(one.id) for one in subjects]
        self._write(np.array(rows, dtype=np.int64), written)
        return written

    def drop(self, subject_id: str) -> None:
        """Leave the row to somebody else."""
        row = self._row.pop(subject_id, None)
        if row is not None:
            self._write(np.array([row], dtype=np.int64), self._blank)
            self._free.append(row)

    def take(self, subject_ids: Sequence[str]) -> Columns:
        """The columns of some subjects, in this order."""
        return self.columns.take(np.array([self._row[one] for one in subject_ids], dtype=np.int64))

    def _claim(self, subject_id: str) -> int:
        row = self._row[subject_id] = self._free.pop()
        return row

    def _grow(self, least: int) -> None:
        held = len(self.columns)
        room = max(least, held // 4)
        rows = np.r_[np.arange(held), np.zeros(room, dtype=np.int64)]
        self.columns = self.columns.take(rows)
        self._write(np.arange(held, held + room), self._blank)
        self._free += range(held, held + room)

    def _write(self, rows: Ints, values: Columns) -> None:
        for name, array in self.columns.arrays().items():
            array[rows] = getattr(values, name)
