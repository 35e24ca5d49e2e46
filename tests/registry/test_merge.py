"""Merging and undoing it: both platforms as if it had never been, and later harvests that respect the decision."""

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from registry.database import writing_session
from registry.editing import edit
from registry.errors import Conflict, NotFound
from registry.identity import Recogniser
from registry.merge import decisions_between, declare_different, merge, undo_different, unmerge
from registry.models import Platform, PlatformKey, Record, Statement, UsageFigure
from registry.queries import find_platform
from registry.records import FigureClaim
from registry.vocab import DecisionKind, PlatformState, Rank, Status
from registry.withdraw import restore, withdraw
from tests.registry.factories import OFFICER, REVIEWER, make_draft, make_source, outbox, platform, put

LEFT_OUT = {"version", "updated_at"}


def picture(session: Session, *ids: str) -> dict:
    """Everything the registry knows of these platforms, without what must grow."""
    session.expire_all()
    return {
        "rows": {
            one: {k: v for k, v in session.get(Platform, one).model_dump().items() if k not in LEFT_OUT} for one in ids
        },
        "statements": sorted(
            (one.platform_id, one.id or 0, str(one.ended_at))
            for one in session.exec(select(Statement).where(Statement.platform_id.in_(ids)))
        ),
        "records": sorted((one.id or 0, one.platform_id) for one in session.exec(select(Record))),
        "figures": sorted((one.id or 0, one.platform_id) for one in session.exec(select(UsageFigure))),
        "keys": sorted((one.kind, one.value, one.platform_id) for one in session.exec(select(PlatformKey))),
    }


@pytest.fixture
def two(any_database: Engine):
    """A database with two entries of one platform, a section of the second, and an owner's edit of it."""
    with writing_session(any_database) as session:
        figures = (FigureClaim("members", 5.0, "2024"), FigureClaim("members", 6.0, "2025"))
        keep = put(session, "따릉이", source="a", url="https://bike.kr/", status=Status.running, figures=figures[:1])
        drop = put(
            session, "서울 공공자전거", source="b", url="https://bike.seoul.kr/", department="과", figures=figures
        )
        put(session, "대여소 안내", source="b", parent="서울 공공자전거")
        web = make_source(session, "web", Rank.owner)
        edit(session, drop.platform_id, {"status": "suspended"}, actor=OFFICER, source=web)
    return any_database, keep.platform_id, drop.platform_id


def test_merging_joins_everything_and_leaves_a_signpost(two):
    database, keep, drop = two
    with writing_session(database) as session:
        merge(session, keep, drop, REVIEWER, "같은 서비스")
        row, gone = platform(session, keep), platform(session, drop)
        assert row.status is Status.suspended
        assert row.department == "과"
        assert {row.name, *row.aliases} >= {"따릉이", "서울 공공자전거"}
        assert row.former_names == []
        assert (gone.state, gone.merged_into) == (PlatformState.merged, keep)
        assert find_platform(session, drop).id == keep
        section = session.exec(select(Platform).where(Platform.name == "대여소 안내")).one()
        assert section.parent_id == keep
        assert outbox(session, drop)[-1] == gone.version
        assert outbox(session, section.id) == [1, 2]
        assert {one.platform_id for one in session.exec(select(Record))} == {keep, section.id}


def test_undoing_restores_both_exactly(two):
    database, keep, drop = two
    with writing_session(database) as session:
        section = session.exec(select(Platform).where(Platform.name == "대여소 안내")).one().id
        before = picture(session, keep, drop, section)
        decision = merge(session, keep, drop, REVIEWER, "같은 서비스")
        assert picture(session, keep, drop, section) != before
        versions = unmerge(session, decision.id, REVIEWER, "잘못 합침")
        assert picture(session, keep, drop, section) == before
        assert versions[0] > 2 and versions[1] > 2
        (left,) = decisions_between(session, keep, drop)
        assert left.kind == DecisionKind.different
        with pytest.raises(Conflict):
            merge(session, keep, drop, REVIEWER, "다시")
        undo_different(session, left.id, REVIEWER)
        merge(session, keep, drop, REVIEWER, "다시")


def test_harvests_between_merging_and_undoing_go_back_with_their_record(two):
    database, keep, drop = two
    with writing_session(database) as session:
        decision = merge(session, keep, drop, REVIEWER, "")
        again = put(session, "서울 공공자전거", source="b", url="https://bike.seoul.kr/", department="새과")
        assert again.platform_id == keep
        assert platform(session, keep).department == "새과"
        unmerge(session, decision.id, REVIEWER)
        assert platform(session, drop).department == "새과"
        assert platform(session, keep).department == ""
        again = put(session, "서울 공공자전거", source="b", url="https://bike.seoul.kr/", department="새과")
        assert (again.platform_id, again.action) == (drop, "unchanged")


def test_a_new_source_meets_the_merged_platform_by_either_name(two):
    database, keep, drop = two
    with writing_session(database) as session:
        merge(session, keep, drop, REVIEWER, "")
        assert put(session, "서울공공자전거", source="c").platform_id == keep
        hint = make_draft(session, "무엇이든", id_hint=drop)
        assert Recogniser(session, "d", [(hint, None)]).find(hint, None).platform_id == keep


def test_what_cannot_be_merged(two):
    database, keep, drop = two
    with writing_session(database) as session:
        with pytest.raises(Conflict):
            merge(session, keep, keep, REVIEWER, "")
        with pytest.raises(NotFound):
            merge(session, keep, "Pnone", REVIEWER, "")
        declare_different(session, drop, keep, REVIEWER)
        assert declare_different(session, keep, drop, REVIEWER).id == decisions_between(session, keep, drop)[0].id
        with pytest.raises(Conflict):
            merge(session, keep, drop, REVIEWER, "")
        third = put(session, "셋째", source="a").platform_id
        decision = merge(session, keep, third, REVIEWER, "")
        for call in (
            lambda: merge(session, third, drop, REVIEWER, ""),
            lambda: edit(session, third, {"department": "x"}, actor=OFFICER, source=make_source(session, "web")),
            lambda: withdraw(session, third, REVIEWER, ""),
            lambda: declare_different(session, third, drop, REVIEWER),
        ):
            with pytest.raises(Conflict):
                call()
        unmerge(session, decision.id, REVIEWER)
        with pytest.raises(Conflict):
            unmerge(session, decision.id, REVIEWER)
        with pytest.raises(NotFound):
            unmerge(session, 10**6, REVIEWER)


def test_a_chain_of_merges_leads_to_its_end(two):
    database, keep, drop = two
    with writing_session(database) as session:
        last = put(session, "셋째", source="a", remote_id="3").platform_id
        first = merge(session, keep, drop, REVIEWER, "")
        merge(session, last, keep, REVIEWER, "")
        assert find_platform(session, drop).id == last
        with pytest.raises(Conflict):
            unmerge(session, first.id, REVIEWER)


def test_withdrawing_and_restoring(two):
    database, keep, _ = two
    with writing_session(database) as session:
        before = picture(session, keep)
        version = withdraw(session, keep, REVIEWER, "중복 등록")
        assert platform(session, keep).state is PlatformState.withdrawn
        assert withdraw(session, keep, REVIEWER, "다시") == version
        assert outbox(session, keep)[-1] == version
        assert restore(session, keep, REVIEWER, "되돌림") == version + 1
        assert picture(session, keep) == before
        with pytest.raises(NotFound):
            withdraw(session, "Pnone", REVIEWER, "")
