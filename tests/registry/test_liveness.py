"""Liveness over several probes: what one bad afternoon means, and what a stolen address means at once (H30, H45)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from registry.database import writing_session
from registry.errors import NotFound, UnknownCode
from registry.issues import open_issues
from registry.liveness import Seen, grade_of, observe, withheld
from registry.vocab import Liveness, Status
from tests.registry.factories import outbox, platform, put

START = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass
class Look:
    outcome: str
    at: datetime


def graded(*looks: tuple[str, float], before: Liveness = Liveness.unchecked) -> Liveness:
    """Grade after these looks, given oldest first with the day of each."""
    found = [Look(outcome, START + timedelta(days=day)) for outcome, day in looks]
    return grade_of(list(reversed(found)), before)


@pytest.mark.parametrize(
    ("looks", "grade"),
    [
        ([("ok", 0)], "alive"),
        ([("redirected", 0)], "alive"),
        ([("server_error", 0)], "doubtful"),
        ([("busy", 0)], "unchecked"),
        ([("ok", 0), ("busy", 1), ("refused", 9)], "alive"),
        ([("ok", 0), ("server_error", 1)], "doubtful"),
        ([("ok", 0), ("timeout", 1), ("timeout", 1.1), ("timeout", 1.2)], "doubtful"),
        ([("ok", 0), ("timeout", 1), ("unreachable", 2.5), ("tls", 4)], "dead"),
        ([("ok", 0), ("timeout", 1), ("busy", 2), ("timeout", 3), ("timeout", 5)], "dead"),
        ([("soft_404", 0)], "doubtful"),
        ([("soft_404", 0), ("gone", 0.5)], "doubtful"),
        ([("soft_404", 0), ("gone", 1)], "dead"),
        ([("gone", 0), ("gone", 2), ("ok", 3)], "alive"),
        ([("ok", 0), ("taken_over", 1)], "taken_over"),
        ([("ok", 0), ("parked", 1)], "taken_over"),
    ],
)
def test_grades(looks, grade):
    assert graded(*looks) == grade


def test_a_stolen_address_is_not_cleared_by_one_good_look_or_by_falling_silent():
    assert graded(("taken_over", 0), ("ok", 1), before=Liveness.taken_over) is Liveness.taken_over
    assert graded(("taken_over", 0), ("ok", 1), ("ok", 2), before=Liveness.taken_over) is Liveness.alive
    assert graded(("taken_over", 0), ("gone", 1), ("gone", 9), before=Liveness.taken_over) is Liveness.taken_over


def test_a_stolen_address_is_withheld_whatever_was_declared(any_database: Engine):
    with writing_session(any_database) as session:
        made = put(session, "마을공동체", url="https://maeul.kr/", status=Status.running).platform_id
        assert observe(session, Seen(made, "https://maeul.kr/", "ok", 200)) is Liveness.alive
        seen = Seen(made, "https://maeul.kr/", "taken_over", 200, title="바카라")
        assert observe(session, seen) is Liveness.taken_over
        row = platform(session, made)
        assert withheld(row.liveness)
        assert (row.status, row.url) == (Status.running, "https://maeul.kr/")
        assert row.last_seen_alive is not None
        (issue,) = open_issues(session, platform_id=made)
        assert (issue.code, issue.concerns, issue.value) == ("address_taken_over", "owner", "바카라")
        assert outbox(session, made) == [1, 2, 3]
        observe(session, Seen(made, "https://maeul.kr/", "ok"))
        observe(session, Seen(made, "https://maeul.kr/", "ok"))
        assert platform(session, made).liveness is Liveness.alive
        assert open_issues(session, platform_id=made) == []


def test_looking_without_news_makes_no_version(database: Engine):
    with writing_session(database) as session:
        made = put(session, "따릉이", url="https://bike.kr/").platform_id
        for day in range(3):
            observe(session, Seen(made, "https://bike.kr/", "ok", at=START + timedelta(days=day)))
        row = platform(session, made)
        assert row.version == 2
        assert row.last_probed == row.last_seen_alive == START + timedelta(days=2)


def test_an_older_look_that_comes_late_does_not_turn_time_back(database: Engine):
    with writing_session(database) as session:
        made = put(session, "따릉이", url="https://bike.kr/").platform_id
        observe(session, Seen(made, "https://bike.kr/", "ok", at=START + timedelta(days=2)))
        assert observe(session, Seen(made, "https://bike.kr/", "gone", at=START)) is Liveness.alive
        assert platform(session, made).last_probed == START + timedelta(days=2)


def test_what_is_no_observation(database: Engine):
    with writing_session(database) as session:
        made = put(session, "따릉이").platform_id
        with pytest.raises(UnknownCode):
            observe(session, Seen(made, "https://bike.kr/", "maybe"))
        with pytest.raises(NotFound):
            observe(session, Seen("Pnone", "https://bike.kr/", "ok"))
