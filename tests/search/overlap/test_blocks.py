"""Who is compared with whom: one definition for some rows and for all, and nobody nearer is passed over."""

import random
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import Engine

from registry.database import session_of
from registry.governments import Places
from registry.vocabulary import load_vocabulary
from search.overlap.area import Geography
from search.overlap.blocks import MOST_OVERLAP, NEIGHBOURS, Blocks
from search.overlap.columns import Columns
from search.overlap.counting import plain_scorer
from search.overlap.model import load_models
from search.overlap.scoring import Scorer
from search.overlap.subject import Subject
from tests.benchmarks.made_subjects import subjects

COUNT = 600


@pytest.fixture(scope="module")
def made(compared: Engine) -> tuple[Scorer, list[Subject]]:
    """A scorer over the catalogue's governments, and made-up subjects in the order of their ids, few functions each."""
    with session_of(compared) as session:
        places = Places.load(session)
    chance = random.Random(2)
    crowd = []
    for subject, _source in subjects(COUNT, places):
        functions = chance.sample(["library", "petition", "bike_sharing", "food_delivery"], chance.choice((1, 1, 2)))
        crowd.append(replace(subject, functions={key: chance.choice((1.0, 0.6)) for key in functions}))
    scorer = plain_scorer(load_vocabulary(), load_models(), Geography(places, "flow_2023_r3"))
    return scorer, sorted(crowd, key=lambda one: one.id)


def test_some_rows_meet_whom_they_meet_when_all_are_asked_for(made: tuple[Scorer, list[Subject]]) -> None:
    scorer, crowd = made
    blocks = Blocks(scorer.columns(crowd))
    everybody = _lists(blocks, np.arange(len(crowd)))
    some = np.array([3, 17, 18, 250, 599])
    assert _lists(blocks, some) == {row: everybody[row] for row in some.tolist()}
    assert _lists(Blocks(scorer.columns(crowd), some), some) == {row: everybody[row] for row in some.tolist()}
    for row in some:
        assert np.array_equal(Blocks(scorer.columns(crowd), np.array([row])).partners(row), blocks.partners(row))
    most = max(len(found) for found in everybody.values())
    assert most <= 2 * NEIGHBOURS * 8 + 2 * MOST_OVERLAP, "a row meets so many and no more, however many there are"


def test_nobody_nearer_of_a_function_is_passed_over(made: tuple[Scorer, list[Subject]]) -> None:
    scorer, crowd = made
    columns = scorer.columns(crowd)
    found = _lists(Blocks(columns), np.arange(len(crowd)))
    relation = columns.geography.relations
    for row in range(0, len(crowd), 7):
        for function in columns.function[row][columns.function[row] >= 0].tolist():
            others = [one for one in np.flatnonzero((columns.function == function).any(axis=1)).tolist() if one != row]
            far = relation(np.repeat(columns.territory[row], len(others)), columns.territory[others]).tolist()
            left_out = [place for one, place in zip(others, far, strict=True) if one not in found[row]]
            met = sorted(place for one, place in zip(others, far, strict=True) if one in found[row])
            assert len(met) >= min(MOST_OVERLAP, len(others))
            if left_out:
                assert met[MOST_OVERLAP - 1] <= min(left_out)


def test_a_change_reaches_only_its_partners_before_and_after(made: tuple[Scorer, list[Subject]]) -> None:
    """Whoever meets others than before because one platform changed, came or went is among those it names."""
    scorer, crowd = made
    chance = random.Random(4)
    reached = 0
    for _round in range(12):
        row = chance.randrange(len(crowd))
        other = crowd[chance.randrange(len(crowd))]
        changed = replace(
            crowd[row],
            name=chance.choice([crowd[row].name, other.name]),
            owner_id=chance.choice([crowd[row].owner_id, other.owner_id]),
            functions=chance.choice([other.functions, {"library": 1.0}, {}]),
            url=other.url,
            host=other.host,
        )
        after = [*crowd[:row], changed, *crowd[row + 1 :]]
        old, new = Blocks(scorer.columns(crowd)), Blocks(scorer.columns(after))
        before, now = _lists(old, np.arange(len(crowd))), _lists(new, np.arange(len(crowd)))
        moved = {one for one in before if before[one] != now[one] or row in now[one] or row in before[one]}
        named = {row, *old.partners(row).tolist(), *new.partners(row).tolist()}
        assert moved <= named | {row}
        reached += len(named)
    assert reached < 12 * COUNT / 3, "and it names few"


def test_rows_of_nobody_meet_nobody(made: tuple[Scorer, list[Subject]]) -> None:
    scorer, crowd = made
    columns: Columns = scorer.columns([*crowd[:50], Subject(id="", name=""), Subject(id="", name="")])
    left, right = Blocks(columns).candidates(np.arange(len(columns)))
    assert len(left) and max(left.max(), right.max()) < 50


def _lists(blocks: Blocks, rows: np.ndarray) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {int(row): set() for row in rows}
    for left, right in zip(*(side.tolist() for side in blocks.candidates(rows)), strict=True):
        assert left != right and right not in found[left]
        found[left].add(right)
    return found
