"""Groups: against the hand-labelled families, through random edits, with verdicts, and by area and function."""

import csv
import random
from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from registry.database import session_of, writing_session
from registry.errors import InvalidValue
from registry.models import Platform
from registry.records import Actor
from registry.review import judge, take_back
from registry.vocab import ActorKind
from search.overlap.clusters import MEAN_LIKENESS, MEDOID_LIKENESS, average_link, cluster_profiles, match_ids
from search.overlap.grouping import groups_of_all, structural_likeness
from search.overlap.groups import groups_of, list_groups
from search.overlap.index import Index
from search.overlap.sides import Sides
from search.overlap.store import follow, rebuild, regroup
from tests.search.overlap.conftest import LABELLED

OFFICER = Actor(ActorKind.person, "officer")


def test_groups_agree_with_the_families(compared: Engine, index: Index) -> None:
    with (LABELLED / "families.csv").open(encoding="utf-8") as file:
        families = {(row["name"], row["owner"]): row["family"] for row in csv.DictReader(file)}
    sides = Sides(index)
    gold = {sides.find(*key, "", "a").id: family for key, family in families.items()}
    gold = {one: family for one, family in gold.items() if one in index.subjects}
    assert len(gold) >= 600
    with session_of(compared) as session:
        found = list_groups(session)
    together: dict[str, set[str]] = defaultdict(set)
    for group in found:
        ids = {member["id"] for member in group["members"]}
        for one in ids:
            together[one] |= ids
    precision = recall = 0.0
    for one, family in gold.items():
        mates = (together[one] | {one}) & set(gold)
        true = {other for other, its in gold.items() if its == family}
        precision += len(mates & true) / len(mates) / len(gold)
        recall += len(mates & true) / len(true) / len(gold)
    assert 2 * precision * recall / (precision + recall) >= 0.95


def test_the_delivery_apps_are_one_group_with_the_closed_ones_in_it(compared: Engine) -> None:
    with session_of(compared) as session:
        groups = list_groups(session, function="food_delivery")
    roles = {member["name"]: member["role"] for member in groups[0]["members"]}
    assert {"배달특급", "배달의명수", "동백통", "배달올거제", "배달의민족"} <= set(roles)
    assert roles["동백통"] == roles["배달올거제"] == "closed" and roles["배달의민족"] == "private"
    assert list(roles.values()).count("medoid") == 1
    assert "동백전" not in roles and "대구로페이" not in roles


def test_what_every_government_must_have_comes_last(compared: Engine) -> None:
    with session_of(compared) as session:
        groups = list_groups(session)
    sizes = [len(group["members"]) for group in groups]
    assert groups[0]["functions"] != ["home_page"]
    assert max(sizes) == next(len(group["members"]) for group in groups if group["functions"] == ["home_page"])


def test_one_platform_may_stand_in_several_and_31_cities_stay_apart(compared: Engine, index: Index) -> None:
    with session_of(compared) as session:
        several = [one for one, found in index.subjects.items() if found.name == "대구로"]
        assert len(groups_of(session, several[0])) >= 2
        assert all(set(group) == {"id", "name", "functions", "members"} for group in list_groups(session))


def test_area_and_function_filter_and_refuse_the_unknown(compared: Engine, index: Index) -> None:
    with session_of(compared) as session:
        found = list_groups(session, area="경상남도 창원시")
        ground = index.geography.ground(index.places.resolve("창원시").id or 0)
        whole = {group["id"]: group for group in list_groups(session)}
        assert 0 < len(found) < len(whole)
        for group in found:
            assert group == whole[group["id"]], "a group stays whole"
            reach = [index.geography.bits(index.territories[member["id"]]) for member in group["members"]]
            assert any(one & ground and one != index.geography.nation for one in reach)
        bikes = list_groups(session, area="창원시", function="bike_sharing")
        assert "누비자" in {member["name"] for member in bikes[0]["members"]}
        with pytest.raises(InvalidValue):
            list_groups(session, function="flying")
        with pytest.raises(InvalidValue):
            list_groups(session, area="없는시")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 14), st.integers(0, 6))
def test_invariants_hold_for_any_likeness(seed: int, count: int, held: int) -> None:
    """No chain: near the medoid; no pair that people held apart; nobody twice; a mean above the line."""
    chance = np.random.default_rng(seed)
    likeness = chance.random((count, count))
    likeness = (likeness + likeness.T) / 2
    np.fill_diagonal(likeness, 1.0)
    members = {row: [f"P{row}_{one}" for one in range(int(chance.integers(1, 4)))] for row in range(count)}
    everyone = [one for ids in members.values() for one in ids]
    apart = [frozenset(chance.choice(everyone, 2, replace=False).tolist()) for _ in range(held)]
    row_of = {one: row for row, ids in members.items() for one in ids}
    seen: set[str] = set()
    for cluster in cluster_profiles(range(count), members, likeness, apart):
        assert len(cluster.members) > 1 and cluster.medoid in cluster.members
        assert not seen & set(cluster.members)
        seen |= set(cluster.members)
        assert not any(pair <= set(cluster.members) for pair in apart)
        rows = {row_of[one] for one in cluster.members}
        if not apart:
            assert all(likeness[row, row_of[cluster.medoid]] >= MEDOID_LIKENESS for row in rows)


def test_average_link_does_not_chain() -> None:
    """Each is like the next, the ends are not like each other: a chain of single links would make one group."""
    count = 12
    likeness = np.array(
        [[1.0 if i == j else 0.9 if abs(i - j) == 1 else 0.0 for j in range(count)] for i in range(count)]
    )
    found = average_link(likeness, np.ones(count))
    assert max(len(rows) for rows in found) <= 3
    for rows in found:
        block = likeness[np.ix_(rows, rows)]
        pairs = block[np.triu_indices(len(rows), 1)]
        assert not len(pairs) or pairs.mean() >= MEAN_LIKENESS


def test_ids_follow_the_members() -> None:
    old = {"G1": frozenset("abcd"), "G2": frozenset("xyz")}
    assert match_ids(old, [frozenset("xyzw"), frozenset("abc"), frozenset("q")]) == ["G2", "G1", None]


@pytest.mark.slow
def test_following_gives_what_a_full_run_gives_and_ids_stay(changing: Engine) -> None:
    """Random edits: after each the groups equal those of a full run, invariants hold, and ids survive."""
    chance = random.Random(5)
    before = _groups(changing)
    with session_of(changing) as session:
        ids = sorted(session.connection().exec_driver_sql("SELECT id FROM platform").scalars())
    for _round in range(4):
        _edit(changing, chance, ids)
        follow(changing)
    followed = _groups(changing)
    rebuild(changing)
    assert {frozenset(one) for one in _groups(changing).values()} == {frozenset(one) for one in followed.values()}
    assert len(set(before) - set(followed)) <= 0.05 * len(before)


@pytest.mark.slow
def test_one_percent_new_data_changes_at_most_two_percent_of_ids(changing: Engine) -> None:
    before = set(_groups(changing))
    with writing_session(changing) as session:
        count = session.connection().exec_driver_sql("SELECT count(*) FROM platform").scalar_one()
        rows = session.connection().exec_driver_sql("SELECT id FROM platform ORDER BY id LIMIT 12").scalars().all()
        for number, platform_id in enumerate(rows):
            source = session.get(Platform, platform_id)
            assert source is not None
            copy = source.model_dump()
            copy |= {"id": f"PNEW{number:04d}", "name": f"{source.name} 새것 {number}", "updated_at": source.updated_at}
            session.add(Platform(**copy))
    rebuild(changing)
    gone = len(before - set(_groups(changing))) / len(before)
    print(f"12 new platforms beside {count:,}: {gone:.2%} of {len(before)} group ids are gone")
    assert gone <= 0.02


def test_a_verdict_holds_two_apart_until_it_is_taken_back(changing: Engine, index: Index) -> None:
    by_name = {subject.name: one for one, subject in index.subjects.items()}
    left, right = by_name["따릉이"], by_name["타슈"]
    with writing_session(changing) as session:
        verdict = judge(session, left, right, "not_overlap", "시험", OFFICER).id
    regroup(changing, [left, right])
    assert not any({left, right} <= members for members in _groups(changing).values())
    with writing_session(changing) as session:
        take_back(session, verdict or 0, OFFICER)
    regroup(changing, [left, right])
    assert any({left, right} <= members for members in _groups(changing).values())


def test_planned_platforms_take_part(compared: Engine, index: Index) -> None:
    with session_of(compared) as session:
        roles = {member["role"] for group in list_groups(session) for member in group["members"]}
    assert {"planned", "closed", "medoid", "member"} <= roles


def test_likeness_is_symmetric_and_sure_of_itself(index: Index) -> None:
    subjects = [index.subjects[one] for one in sorted(index.by_function["food_delivery"])[:20]]
    rows = range(len(subjects))
    likeness = structural_likeness(index.scorer, index.scorer.columns(subjects), rows)
    assert np.allclose(likeness, likeness.T) and np.allclose(np.diag(likeness), 1.0)
    renamed = index.scorer.columns([replace(subjects[0], name="전혀 다른 이름"), *subjects[1:]])
    assert np.allclose(structural_likeness(index.scorer, renamed, rows), likeness)


def test_a_function_with_one_platform_makes_no_group(index: Index) -> None:
    single = {key for key, ids in index.by_function.items() if len(ids) == 1}
    _ids, columns = index.every()
    found = {columns.terms.functions[place]: groups for place, groups in groups_of_all(index.scorer, columns)}
    assert single and all(found[key] == [] for key in single)


def _groups(engine: Engine) -> dict[str, set[str]]:
    with session_of(engine) as session:
        return {group["id"]: {member["id"] for member in group["members"]} for group in list_groups(session)}


def _edit(engine: Engine, chance: random.Random, ids: list[str]) -> None:
    from registry.models.base import now

    functions = ["bike_sharing", "food_delivery", "library", "drt_bus", "petition"]
    with writing_session(engine) as session:
        for platform_id in chance.sample(ids, 6):
            platform = session.get(Platform, platform_id)
            assert platform is not None
            chosen = chance.sample(functions, chance.choice((1, 2)))
            platform.functions = [{"id": key, "confidence": 1.0, "evidence": []} for key in chosen]
            platform.state = chance.choice(["active", "active", "withdrawn"])
            platform.version += 1
            platform.updated_at = now()
            session.add(platform)
