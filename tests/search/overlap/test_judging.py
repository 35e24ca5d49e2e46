"""Verdicts, second opinions and undo; queues; training that refuses to make things worse; following the registry."""

from datetime import date

import pytest
from sqlalchemy import Engine

from registry.database import session_of, writing_session
from registry.errors import Conflict, InvalidValue, NotFound
from registry.models import ComparedPair, Platform
from registry.models.base import now
from registry.records import Actor
from registry.review import Agreement, agreement, judge, opinions, take_back, verdict_count
from registry.vocab import ActorKind
from search.overlap.index import Index
from search.overlap.live import live_index
from search.overlap.queues import stored_pairs, waiting
from search.overlap.retirement import candidates
from search.overlap.rules import SETS, rule_sets
from search.overlap.store import follow
from search.overlap.train import train

KIM, LEE = Actor(ActorKind.person, "kim"), Actor(ActorKind.person, "lee")


def _id(index: Index, name: str) -> str:
    return next(one for one, subject in index.subjects.items() if subject.name == name)


def test_opinions_agree_differ_and_are_taken_back(changing: Engine, index: Index) -> None:
    left, right = _id(index, "배달특급"), _id(index, "배달의명수")
    with writing_session(changing) as session:
        judge(session, left, right, "overlap", "같은 일", KIM)
        assert agreement(opinions(session, right, left)) is Agreement.single
        judge(session, right, left, "overlap", "", LEE)
        assert agreement(opinions(session, left, right)) is Agreement.agreed
        again = judge(session, left, right, "not_overlap", "다시 보니 아님", LEE)
        assert agreement(opinions(session, left, right)) is Agreement.disputed
        assert len(opinions(session, left, right)) == 2, "the latest of each officer counts"
        take_back(session, again.id or 0, KIM)
        assert agreement(opinions(session, left, right)) is Agreement.agreed
        with pytest.raises(Conflict):
            take_back(session, again.id or 0, KIM)
        assert verdict_count(session) == 1


def test_verdicts_are_refused_with_a_reason(changing: Engine, index: Index) -> None:
    left = _id(index, "배달특급")
    with writing_session(changing) as session:
        with pytest.raises(InvalidValue):
            judge(session, left, left, "same", "", KIM)
        with pytest.raises(InvalidValue):
            judge(session, left, _id(index, "타슈"), "perhaps", "", KIM)
        with pytest.raises(NotFound):
            judge(session, left, "Pnone", "same", "", KIM)
        with pytest.raises(InvalidValue):
            judge(session, left, _id(index, "타슈"), "same", "가" * 2001, KIM)
        with pytest.raises(NotFound):
            take_back(session, 10**6, KIM)


def test_queues_are_ordered_and_leave_out_what_was_judged(changing: Engine) -> None:
    with session_of(changing) as session:
        sure = [one.uncertainty for one in waiting(session, "overlap", "uncertainty", 30)]
        assert sure == sorted(sure, reverse=True) and sure
        rich = waiting(session, "overlap", "money", 30)
        assert [one.money for one in rich] == sorted((one.money for one in rich), reverse=True)
        assert rich[0].money > 1e9
        assert waiting(session, "identity", "uncertainty", 10)
    with writing_session(changing) as session:
        judge(session, rich[0].left.id, rich[0].right.id, "overlap", "", KIM)
    with session_of(changing) as session:
        left = {frozenset((one.left.id, one.right.id)) for one in waiting(session, "overlap", "money", 100)}
    assert frozenset((rich[0].left.id, rich[0].right.id)) not in left


@pytest.mark.slow
def test_training_is_reproducible_and_refuses_what_is_worse(changing: Engine, index: Index) -> None:
    first = train(changing)
    assert first["replaced"] is False and first["verdicts"] == 0
    weights = live_index(changing).settings.home / "overlap_weights.json"
    assert not weights.exists()
    twice = [train(changing, force=True) and weights.read_text(encoding="utf-8") for _ in range(2)]
    assert twice[0].split('"made_from"')[0] == twice[1].split('"made_from"')[0]
    names = ["따릉이", "타슈", "누비자", "어울링", "타실라", "하모타고"]
    ids = [_id(index, name) for name in names]
    with writing_session(changing) as session:
        for left in ids:
            for right in ids:
                if left < right:
                    judge(session, left, right, "same", "틀린 판단", KIM)
    spoiled = train(changing)
    assert spoiled["verdicts"] == 15
    assert spoiled["loss_in_use"] > first["loss_in_use"], "the verdicts count"


def test_disputed_verdicts_teach_nothing(changing: Engine, index: Index) -> None:
    left, right = _id(index, "따릉이"), _id(index, "타슈")
    with writing_session(changing) as session:
        judge(session, left, right, "overlap", "", KIM)
        judge(session, left, right, "not_overlap", "", LEE)
    assert train(changing)["verdicts"] == 0


def test_a_change_is_compared_and_regrouped_at_once_and_a_withdrawn_one_leaves(changing: Engine, index: Index) -> None:
    follow(changing)
    bike = _id(index, "따릉이")
    with writing_session(changing) as session:
        platform = session.get(Platform, bike)
        assert platform is not None
        platform.functions = [{"id": "library", "confidence": 1.0, "evidence": []}]
        platform.version += 1
        platform.updated_at = now()
        session.add(platform)
    counts = follow(changing)
    assert counts["changed"] == 1 and counts["functions"] == 2
    with session_of(changing) as session:
        others = {row.right_id if row.left_id == bike else row.left_id for row in stored_pairs(session, bike)}
        assert _id(index, "타슈") not in others and _id(index, "서울도서관") in others
    with writing_session(changing) as session:
        platform = session.get(Platform, bike)
        assert platform is not None
        platform.state, platform.version, platform.updated_at = "withdrawn", platform.version + 1, now()
        session.add(platform)
    follow(changing)
    with session_of(changing) as session:
        assert stored_pairs(session, bike) == []
        assert session.get(ComparedPair, (bike, _id(index, "서울도서관"))) is None
    assert follow(changing)["changed"] == 0


def test_rule_sets_are_dated_sourced_and_never_count_missing_as_zero(compared: Engine) -> None:
    for key in SETS:
        rules = rule_sets()[key]
        assert rules.since and rules.source and rules.source_kind in ("primary", "press", "secondary")
        with session_of(compared) as session:
            found, _unjudged = candidates(session, key, date(2026, 11, 24))
        for one in found:
            met = [item for item in one.findings if item.met]
            assert met and all(item.value or not item.figure for item in met)
    with pytest.raises(InvalidValue), session_of(compared) as session:
        candidates(session, "rules_of_1999", date(2026, 11, 24))


def test_young_platforms_are_spared(compared: Engine) -> None:
    with session_of(compared) as session:
        long_ago, _ = candidates(session, "public_apps_2024", date(2026, 11, 24))
        for one in long_ago:
            launched = one.platform.launched[:4]
            assert not launched or 2026 - int(launched) >= 1
