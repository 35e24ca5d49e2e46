"""Two writers at once: nothing lost, nothing doubled, and a stale edit is refused."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from registry.database import session_of, writing_session
from registry.editing import edit
from registry.errors import Conflict
from registry.issues import open_issues, resolve_issue
from registry.liveness import Seen, observe
from registry.models import Platform, Record, Statement
from registry.vocab import Rank
from tests.registry.factories import OFFICER, make_source, outbox, platform, put


def test_two_people_edit_the_same_version(any_database: Engine):
    with writing_session(any_database) as session:
        made = put(session, "따릉이").platform_id
        make_source(session, "web", Rank.owner)
    together = Barrier(2)

    def change(department: str) -> str:
        together.wait()
        try:
            with writing_session(any_database) as session:
                source = make_source(session, "web")
                edit(session, made, {"department": department}, actor=OFFICER, source=source, expected_version=1)
        except Conflict:
            return ""
        return department

    with ThreadPoolExecutor(2) as pool:
        (won,) = [one for one in pool.map(change, ["가", "나"]) if one]
    with session_of(any_database) as session:
        assert platform(session, made).department == won
        assert outbox(session, made) == [1, 2]


def test_edits_of_different_fields_are_both_kept(any_database: Engine):
    with writing_session(any_database) as session:
        made = put(session, "따릉이").platform_id
        make_source(session, "web", Rank.owner)

    def change(number: int) -> None:
        with writing_session(any_database) as session:
            source = make_source(session, "web")
            field = ("department", "engine", "operator", "legal_basis")[number % 4]
            edit(session, made, {field: f"{field}-{number}"}, actor=OFFICER, source=source)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(change, range(16)))
    with session_of(any_database) as session:
        row = platform(session, made)
        assert all(
            getattr(row, field).startswith(field) for field in ("department", "engine", "operator", "legal_basis")
        )
        assert row.version == 17
        assert outbox(session, made) == list(range(1, 18))
        standing = session.exec(
            select(Statement).where(Statement.rank == Rank.owner, Statement.ended_at.is_(None))
        ).all()
        assert len(standing) == 4


def test_two_sources_bring_the_same_new_platform(any_database: Engine):
    with writing_session(any_database) as session:
        for one in ("a", "b", "c", "d"):
            make_source(session, one)
    together = Barrier(4)

    def bring(source: str) -> str:
        together.wait()
        with writing_session(any_database) as session:
            return put(session, "따릉이", source=source, url="https://bike.kr/").platform_id

    with ThreadPoolExecutor(4) as pool:
        ids = set(pool.map(bring, ["a", "b", "c", "d"]))
    assert len(ids) == 1
    with session_of(any_database) as session:
        assert len(session.exec(select(Platform)).all()) == 1
        assert len(session.exec(select(Record)).all()) == 4


def test_registering_editing_probing_and_answering_at_once_never_wait_in_a_circle(any_database: Engine):
    """Every writer of platforms takes the one lock before any row, so that PostgreSQL finds no deadlock to break."""
    names = ["따릉이", "타슈", "누비자"]
    with writing_session(any_database) as session:
        made = [put(session, name).platform_id for name in names]
        for one in ("web", "other"):
            make_source(session, one, Rank.owner if one == "web" else Rank.harvested)
    together = Barrier(4)

    def work(kind: str) -> None:
        together.wait()
        for turn in range(12):
            order = made if turn % 2 else made[::-1]
            with writing_session(any_database) as session:
                if kind == "register":
                    for name in names if turn % 2 else names[::-1]:
                        put(session, name, source="other", operator=f"운영사 {turn}")
                for one in order:
                    if kind == "edit":
                        edit(
                            session,
                            one,
                            {"operator": f"공단 {turn}"},
                            actor=OFFICER,
                            source=make_source(session, "web"),
                        )
                    elif kind == "probe":
                        observe(session, Seen(one, "https://a.kr/", "taken_over" if turn % 2 else "ok"))
                    elif kind == "answer":
                        for issue in open_issues(session, platform_id=one):
                            resolve_issue(session, issue.id or 0, OFFICER, "보았음")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, ["register", "edit", "probe", "answer"]))
    with session_of(any_database) as session:
        assert {platform(session, one).operator for one in made} == {"공단 11"}
        assert outbox(session, made[0]) == list(range(1, platform(session, made[0]).version + 1))


@pytest.mark.parametrize("leave", [KeyboardInterrupt, RuntimeError])
def test_a_writer_that_dies_leaves_the_lock_and_nothing_else(any_database: Engine, leave: type[BaseException]):
    with pytest.raises(leave), writing_session(any_database) as session:
        put(session, "따릉이")
        raise leave
    with writing_session(any_database) as session:
        assert put(session, "따릉이").action == "added"
