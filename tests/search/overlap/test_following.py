"""Following stores what a full run would: pairs, groups and labels, through random edits, verdicts and restarts."""

import random
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlmodel import col

from registry.database import session_of, writing_session
from registry.merge import declare_different
from registry.models import ComparedPair, Meta, OverlapMember, Platform
from registry.models.base import now
from registry.records import Actor
from registry.review import judge, take_back
from registry.vocab import ActorKind
from search.overlap.grouping import groups_of_all
from search.overlap.index import Index
from search.overlap.judged import Judged, latest_verdicts
from search.overlap.live import STORED_KEY, LiveIndex, live_index
from search.overlap.nearest import nearest_of_all
from search.overlap.pair_rows import pair_rows, written
from search.overlap.queues import stored_pairs
from search.overlap.store import follow, rebuild, regroup

OFFICER = Actor(ActorKind.person, "officer")
FUNCTIONS = ("bike_sharing", "food_delivery", "library", "drt_bus", "petition", "citizen_proposal", "home_page")


def test_following_stores_the_pairs_and_groups_of_a_full_run(changing: Engine) -> None:
    """Names, owners, addresses, functions and states change; some platforms come, some go."""
    chance = random.Random(11)
    follow(changing)
    for _round in range(4):
        with writing_session(changing) as session:
            ids = sorted(session.connection().execute(select(col(Platform.id))).scalars())
            for platform_id in chance.sample(ids, 5):
                _change(session.get(Platform, platform_id), ids, session, chance)
            _add(session.get(Platform, chance.choice(ids)), session, chance)
        follow(changing)
    index = live_index(changing).refresh()
    assert _stored(changing) == _in_full(changing, index)
    assert _stored_groups(changing) == _groups_in_full(index)


@pytest.mark.slow
def test_a_full_run_over_the_same_counts_changes_nothing(changing: Engine) -> None:
    before, groups = _stored(changing), _stored_groups(changing)
    assert len(before) > 10_000
    rebuild(changing)
    assert _stored(changing) == before and _stored_groups(changing) == groups


@pytest.mark.slow
def test_many_changes_at_once_are_compared_in_one_run(changing: Engine) -> None:
    follow(changing)
    with writing_session(changing) as session:
        for platform in session.execute(select(Platform).order_by(col(Platform.id)).limit(230)).scalars():
            platform.name, platform.version, platform.updated_at = f"{platform.name} 새", platform.version + 1, now()
            session.add(platform)
    follow(changing)
    index = live_index(changing).refresh()
    assert _stored(changing) == _in_full(changing, index)


@pytest.mark.slow
def test_a_new_process_trusts_what_is_stored_until_something_else_is_registered(changing: Engine) -> None:
    assert LiveIndex(changing, live_index(changing).settings).refresh() is not None
    fresh = LiveIndex(changing, live_index(changing).settings)
    fresh.refresh()
    assert not fresh.pending
    with writing_session(changing) as session:
        platform = session.execute(select(Platform).limit(1)).scalars().one()
        platform.version, platform.updated_at = platform.version + 1, now()
        session.add(platform)
    late = LiveIndex(changing, live_index(changing).settings)
    late.refresh()
    assert late.pending.everything
    follow(changing)
    with session_of(changing) as session:
        stored = session.get(Meta, STORED_KEY)
        assert stored is not None and stored.value == late.fingerprint(late.refresh())


def test_a_page_that_only_looks_takes_nothing_away_from_following(changing: Engine, index: Index) -> None:
    """Whoever refreshes the index first, what changed is still compared when it is next followed."""
    follow(changing)
    bike = next(one for one, subject in index.subjects.items() if subject.name == "따릉이")
    with writing_session(changing) as session:
        platform = session.get(Platform, bike)
        assert platform is not None
        platform.functions = [{"id": "library", "confidence": 1.0, "evidence": []}]
        platform.version, platform.updated_at = platform.version + 1, now()
        session.add(platform)
    live_index(changing).refresh()
    assert follow(changing)["changed"] == 1
    assert _stored(changing) == _in_full(changing, live_index(changing).refresh())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "label"),
    [("different", "duplication"), ("not_overlap", None), ("same", "same_platform"), ("overlap", "duplication")],
)
def test_a_verdict_names_the_stored_pair_until_it_is_taken_back(changing: Engine, kind: str, label: str | None) -> None:
    with writing_session(changing) as session:
        one = session.execute(select(Platform).where(col(Platform.name) == "따릉이")).scalars().one()
        twin = one.model_dump() | {"id": "PTWIN", "updated_at": now()}
        session.add(Platform(**twin))
        pair = (one.id, "PTWIN")
    follow(changing)
    assert _label(changing, *pair) == _label(changing, *reversed(pair)) == "same_platform"
    with writing_session(changing) as session:
        verdict = judge(session, *pair, kind, "시험", OFFICER).id or 0
    regroup(changing, pair)
    assert _label(changing, *pair) == _label(changing, *reversed(pair)) == label
    assert _stored(changing) == _in_full(changing, live_index(changing).refresh())
    with session_of(changing) as session:
        shown = {frozenset((row.left_id, row.right_id)): row.label for row in stored_pairs(session, pair[0])}
    assert shown.get(frozenset(pair)) == label
    with writing_session(changing) as session:
        take_back(session, verdict, OFFICER)
    regroup(changing, pair)
    assert _label(changing, *pair) == "same_platform"


def test_two_decided_to_be_different_are_not_stored_as_the_same(changing: Engine) -> None:
    with writing_session(changing) as session:
        one = session.execute(select(Platform).where(col(Platform.name) == "따릉이")).scalars().one()
        session.add(Platform(**one.model_dump() | {"id": "PTWIN", "updated_at": now()}))
        pair = (one.id, "PTWIN")
    with writing_session(changing) as session:
        declare_different(session, *pair, OFFICER, "따로 계약함")
    follow(changing)
    assert _label(changing, *pair) == "duplication"


def _label(engine: Engine, left: str, right: str) -> str | None:
    with session_of(engine) as session:
        row = session.get(ComparedPair, (left, right))
        return row.label if row is not None else None


def _change(platform: Platform | None, ids: list[str], session: Any, chance: random.Random) -> None:
    assert platform is not None
    other = session.get(Platform, chance.choice(ids))
    what = chance.randrange(5)
    if what == 0:
        platform.name = chance.choice([other.name, f"{platform.name} 앱", "우리동네 공유"])
    elif what == 1:
        platform.owner_id, platform.owner_name, platform.owner_level = (
            other.owner_id,
            other.owner_name,
            other.owner_level,
        )
    elif what == 2:
        platform.url = other.url
    elif what == 3:
        chosen = chance.sample(FUNCTIONS, chance.choice((1, 2)))
        platform.functions = [{"id": key, "confidence": chance.choice((1.0, 0.4)), "evidence": []} for key in chosen]
    else:
        platform.state = chance.choice(["active", "withdrawn"])
    platform.version, platform.updated_at = platform.version + 1, now()
    session.add(platform)


def _add(source: Platform | None, session: Any, chance: random.Random) -> None:
    assert source is not None
    fresh = source.model_dump() | {"id": f"PN{chance.randrange(10**6)}", "state": "active", "updated_at": now()}
    session.add(Platform(**fresh))


def _stored(engine: Engine) -> dict[tuple[str, str], dict[str, Any]]:
    with session_of(engine) as session:
        rows = [row.model_dump() for row in session.execute(select(ComparedPair)).scalars()]
    return {(row["left_id"], row["right_id"]): {key: row[key] for key in row if key != "at"} for row in rows}


def _in_full(engine: Engine, index: Index) -> dict[tuple[str, str], dict[str, Any]]:
    ids, columns = index.every()
    with session_of(engine) as session:
        judged = Judged.of(latest_verdicts(session), ids)
    parts = nearest_of_all(index.scorer, columns, judged)
    found = [row for part in parts for row in written(pair_rows(index, ids, part))]
    return {(row["left_id"], row["right_id"]): {key: row[key] for key in row if key != "at"} for row in found}


def _stored_groups(engine: Engine) -> set[frozenset[str]]:
    groups: dict[str, set[str]] = {}
    with session_of(engine) as session:
        for row in session.execute(select(OverlapMember)).scalars():
            groups.setdefault(row.group_id, set()).add(row.platform_id)
    return {frozenset(members) for members in groups.values()}


def _groups_in_full(index: Index) -> set[frozenset[str]]:
    ids, columns = index.every()
    return {
        frozenset(ids[row] for row in one.members)
        for _place, clusters in groups_of_all(index.scorer, columns)
        for one in clusters
    }
