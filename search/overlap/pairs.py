"""Pairs of rows and what several features need of them, computed once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from search.overlap.columns import Columns, Floats, Ints

Flags = NDArray[np.bool_]
Meeting = tuple[Ints, Floats, Floats]

# How much of a function its general or its special neighbour meets (통합예약, 체육시설 예약).
RELATED = 0.75


@dataclass
class Pairs:
    """Rows `left` and `right` of one set of columns, pair by pair."""

    columns: Columns
    left: Ints
    right: Ints

    def __len__(self) -> int:
        return len(self.left)

    def both(self, values: Ints) -> tuple[Ints, Ints]:
        """A column seen from the left and from the right."""
        return values[self.left], values[self.right]

    def equal(self, values: Ints) -> Flags:
        """Both known and equal."""
        here, there = self.both(values)
        return np.asarray((here != 0) & (here == there))

    def differ(self, values: Ints) -> Flags:
        """Both known and different."""
        here, there = self.both(values)
        return np.asarray((here != 0) & (there != 0) & (here != there))

    @cached_property
    def covered(self) -> tuple[Floats, Floats]:
        """Share of the left's functions that the right offers, and the other way round; NaN where unknown."""
        columns, terms = self.columns, self.columns.terms
        here, there = columns.function[self.left], columns.function[self.right]
        sure_here, sure_there = columns.certainty[self.left], columns.certainty[self.right]
        weights = np.append(terms.weights, 0.0)
        heavy_here, heavy_there = weights[here] * sure_here, weights[there] * sure_there
        met_here, met_there = np.zeros_like(heavy_here), np.zeros_like(heavy_there)
        for slot in range(_filled(here >= 0)):
            for other in range(_filled(there >= 0)):
                hit = (here[:, slot] >= 0) & (here[:, slot] == there[:, other])
                if hit.any():
                    met_here[:, slot] = np.where(hit, heavy_here[:, slot], met_here[:, slot])
                    met_there[:, other] = np.where(hit, heavy_there[:, other], met_there[:, other])
        known = (heavy_here.sum(1) > 0) & (heavy_there.sum(1) > 0)
        rows = np.flatnonzero(known & ~self.shares_function)
        if len(rows):
            self._meet_related(rows, (here, heavy_here, met_here), (there, heavy_there, met_there))
        with np.errstate(invalid="ignore", divide="ignore"):
            left = np.where(known, met_here.sum(1) / heavy_here.sum(1), np.nan)
            right = np.where(known, met_there.sum(1) / heavy_there.sum(1), np.nan)
        return left, right

    def _meet_related(self, rows: Ints, left: Meeting, right: Meeting) -> None:
        """Where no function is shared, one that takes in the other meets part of it."""
        (here, heavy_here, met_here), (there, heavy_there, met_there) = left, right
        for slot in range(_filled(here[rows] >= 0)):
            for other in range(_filled(there[rows] >= 0)):
                near = rows[self.columns.terms.related[here[rows, slot], there[rows, other]]]
                met_here[near, slot] = RELATED * heavy_here[near, slot]
                met_there[near, other] = RELATED * heavy_there[near, other]

    @cached_property
    def shares_function(self) -> Flags:
        """A function of one is a function of the other."""
        here, there = self.columns.function[self.left], self.columns.function[self.right]
        return _shared(here + 1, there + 1)

    @cached_property
    def functions_known(self) -> Flags:
        """Both sides have a known function."""
        return ~np.isnan(self.covered[0])

    @cached_property
    def same_main(self) -> Flags:
        """The function each is surest of is the same one."""
        here, there = self.columns.function[self.left, 0], self.columns.function[self.right, 0]
        return np.asarray((here >= 0) & (here == there))

    @cached_property
    def same_field(self) -> Flags:
        """They stand on the same shelf (분야)."""
        here, there = self.columns.field[self.left], self.columns.field[self.right]
        return _shared(here + 1, there + 1)

    @cached_property
    def names_compared(self) -> tuple[Floats, Floats]:
        """Best Dice, and best share of the shorter name's n-grams, over all names of both sides."""
        columns = self.columns
        best, inside = np.zeros(len(self)), np.zeros(len(self))
        counts_here, counts_there = self.both(columns.name_count)
        for slot in range(int(counts_here.max(initial=0))):
            for other in range(int(counts_there.max(initial=0))):
                rows = np.flatnonzero((counts_here > slot) & (counts_there > other))
                if len(rows):
                    here = columns.name[self.left[rows], slot]
                    there = columns.name[self.right[rows], other]
                    best[rows] = np.maximum(best[rows], dice(here, there))
                    inside[rows] = np.maximum(inside[rows], containment(here, there))
        return best, inside

    @property
    def name_likeness(self) -> Floats:
        """Best Dice of n-grams over all names of both sides, place words off."""
        return self.names_compared[0]

    @cached_property
    def main_name_likeness(self) -> Floats:
        """Dice of the present names alone."""
        return dice(self.columns.name[self.left, 0], self.columns.name[self.right, 0])

    @cached_property
    def same_name(self) -> Flags:
        """One of the names is the same on both sides, place words off."""
        here, there = self.columns.core[self.left], self.columns.core[self.right]
        return _shared(here, there)

    @cached_property
    def word_named(self) -> tuple[Flags, Flags]:
        """One's whole name is a word of the other's, and whether the other words there name something more."""
        columns = self.columns
        named, more = np.zeros(len(self), dtype=bool), np.zeros(len(self), dtype=bool)
        for whole, part in ((self.left, self.right), (self.right, self.left)):
            rows = np.flatnonzero((columns.word[part, 1] != 0) & (self.names_compared[1] > 0.5))
            cores, words, more_said = columns.core[whole[rows]], columns.word[part[rows]], columns.otherwise[part[rows]]
            for slot in range(_filled(cores != 0)):
                for other in range(_filled(words != 0)):
                    hit = (cores[:, slot] != 0) & (cores[:, slot] == words[:, other])
                    named[rows] |= hit
                    more[rows] |= hit & more_said[:, other]
        return named, np.asarray(more & ~self.same_name)

    @cached_property
    def sounds_alike(self) -> Flags:
        """Written in different letters, a whole name sounds like the other's name or like a word of it."""
        columns = self.columns
        found = np.zeros(len(self), dtype=bool)
        compared, places = np.unique(np.concatenate([self.left, self.right]), return_inverse=True)
        heard = np.column_stack([columns.sound[compared], columns.word_sound[compared]])
        latin, hangul = np.any(heard > 0, axis=1)[places], np.any(heard < 0, axis=1)[places]
        here, there = slice(None, len(self)), slice(len(self), None)
        rows = np.flatnonzero((latin[here] & hangul[there]) | (hangul[here] & latin[there]))
        left, right = self.left[rows], self.right[rows]
        whole, part = columns.sound, columns.word_sound
        for one, other in ((whole, whole), (whole, part), (part, whole)):
            found[rows] |= _shared(one[left], -other[right])
        return found

    @cached_property
    def beneficiaries(self) -> tuple[Flags, Flags, Flags]:
        """Same people, partly the same, and nobody in common; all false where one side is not known."""
        here, there = self.columns.beneficiary[self.left], self.columns.beneficiary[self.right]
        known = (here != 0) & (there != 0)
        public = np.uint64(1 << self.columns.terms.residents)
        # Residents takes in every other group: a platform for all also serves the elderly.
        shared = ((here & there) != 0) | ((here & public) != 0) | ((there & public) != 0)
        same = known & (here == there)
        return same, known & shared & ~same, known & ~shared

    @cached_property
    def listed_apart(self) -> Flags:
        """One source lists both, as two entries."""
        here, there = self.columns.source[self.left], self.columns.source[self.right]
        return _shared(here, there)

    @cached_property
    def areas(self) -> Ints:
        """The area relation, as places in RELATIONS."""
        here, there = self.both(self.columns.territory)
        return self.columns.geography.relations(here, there)


def _filled(known: Flags) -> int:
    """How many slots anybody uses: they are filled from the first."""
    return int(known.any(axis=0).sum())


def _shared(here: Ints, there: Ints) -> Flags:
    """Any value of one side's slots stands in the other's; 0 is none."""
    found = np.zeros(len(here), dtype=bool)
    for slot in range(_filled(here != 0)):
        for other in range(_filled(there != 0)):
            found |= (here[:, slot] != 0) & (here[:, slot] == there[:, other])
    return found


def _bits(sets: NDArray[np.uint64]) -> NDArray[np.int64]:
    """How many bits each set has; word by word, which is much faster than a sum along so short an axis."""
    counts = np.bitwise_count(sets)
    total = counts[..., 0].astype(np.int64)
    for word in range(1, counts.shape[-1]):
        total += counts[..., word]
    return total


def dice(left: NDArray[np.uint64], right: NDArray[np.uint64]) -> Floats:
    """Likeness of bit sets: twice the shared bits over all bits."""
    total = _bits(left) + _bits(right)
    return np.where(total > 0, 2.0 * _bits(left & right) / np.maximum(total, 1), 0.0)


def containment(left: NDArray[np.uint64], right: NDArray[np.uint64]) -> Floats:
    """How much of the smaller bit set lies in the other."""
    least = np.minimum(_bits(left), _bits(right))
    return np.where(least > 0, _bits(left & right) / np.maximum(least, 1), 0.0)


def rarity(values: Ints, use: Mapping[int, int], common: int = 20) -> Floats:
    """1 for a key that only these two have, falling to 0 for one that `common` platforms share."""
    keys, places = np.unique(values, return_inverse=True)
    counts = np.array([use.get(int(key), 2) for key in keys], dtype=np.float64)
    worth = np.clip(1.0 - np.log(np.maximum(counts, 2.0) / 2.0) / np.log(common / 2.0), 0.0, 1.0)
    return np.asarray(worth[places])
