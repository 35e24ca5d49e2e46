"""No slip that is mended spoils every stretch of keys by which names are looked up."""

from itertools import combinations

import pytest

from search.engine import AtLeast, Constant
from search.hangul import keystrokes
from search.slips import _near

# The shortest names that 1, 2 and 3 slips are allowed in, and longer ones.
NAMES = [
    ("이음", 1),
    ("소통넷", 1),
    ("신문고", 1),
    ("자원봉사", 2),
    ("통합예약", 2),
    ("공식홈페이지", 2),
    ("예산국민참여", 3),
    ("시민참여예산마당", 3),
]


def _stretches(name, most):
    plan = _near(name, most)
    assert isinstance(plan.must, Constant)
    assert isinstance(plan.must.clause, AtLeast)
    assert plan.must.clause.minimum == 1
    return [{term.text for term in way.clauses} for way in plan.must.clause.clauses]


def _grams(keys):
    marked = f"^{keys}$"
    return {marked[at : at + 3] for at in range(len(marked) - 2)}


@pytest.mark.parametrize(("name", "most"), NAMES)
def test_some_stretch_outlives_the_slips(name, most):
    keys = keystrokes(name)
    stretches = _stretches(name, most)
    assert all(stretches)
    for places in combinations(range(len(keys)), most):
        other, gone = list(keys), list(keys)
        for at in places:
            other[at] = "#"
            gone[at] = ""
        for slipped in ("".join(other), "".join(gone)):
            held = _grams(slipped)
            assert any(way <= held for way in stretches), (name, slipped)


@pytest.mark.parametrize(("name", "most"), NAMES)
def test_neighbours_that_changed_places_leave_a_stretch_beside_other_slips(name, most):
    keys = keystrokes(name)
    stretches = _stretches(name, most)
    for swapped in range(len(keys) - 1):
        others = [at for at in range(len(keys)) if at not in (swapped, swapped + 1)]
        for places in combinations(others, most - 1):
            row = list(keys)
            row[swapped], row[swapped + 1] = row[swapped + 1], row[swapped]
            for at in places:
                row[at] = "#"
            held = _grams("".join(row))
            assert any(way <= held for way in stretches), (name, "".join(row))
