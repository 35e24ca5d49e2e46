"""The read side: provenance, history, pages that neither skip nor repeat, and old ids that still lead somewhere."""

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlmodel import select

from registry.changes import backlog, take, waiting
from registry.database import session_of, writing_session
from registry.editing import edit
from registry.errors import InvalidValue, NotFound
from registry.merge import merge
from registry.models import Record
from registry.models.base import now
from registry.queries import (
    figures_of,
    find_platform,
    list_platforms,
    platform_called,
    platform_ids,
    platform_view,
    platforms_at,
    source_rows,
    statements_of,
    zone_sets,
)
from registry.records import FigureClaim
from registry.urls import canonical
from registry.vocab import Rank, Status
from tests.registry.factories import OFFICER, REVIEWER, make_source, put


@pytest.fixture
def session(any_database: Engine):
    with writing_session(any_database) as opened:
        yield opened


def test_a_platform_with_who_said_what(session):
    figures = (FigureClaim("members", 7.0, "2025"),)
    made = put(session, "따릉이", status=Status.running, figures=figures, source_note="시정백서 12쪽").platform_id
    edit(session, made, {"status": "closed"}, actor=OFFICER, source=make_source(session, "web", Rank.owner))
    view = platform_view(session, made)
    assert (view["name"], view["owner"], view["owner_code"], view["status"]) == (
        *("따릉이", "서울특별시", "1100000000", "closed"),
    )
    (figure,) = view["figures"]
    assert (figure["value"], figure["source"], figure["source_title"]) == (7.0, "seoul", "seoul")
    assert (figure["rank"], figure["note"], figure["actor"]) == ("harvested", "시정백서 12쪽", "harvester:test")
    assert figure["first_seen"] == figure["last_seen"] == figures_of(session, made)[0].first_seen.isoformat()
    status = {one["source"]: one for one in view["statements"] if one["field"] == "status"}
    assert status["web"]["shown"] and not status["seoul"]["shown"]
    assert status["seoul"]["record"] == "따릉이"
    assert status["web"]["actor"] == "person:officer"


def test_an_unchanged_record_confirms_its_statements(session):
    made = put(session, "따릉이").platform_id
    record = session.exec(select(Record)).one()
    record.last_seen = now()
    session.add(record)
    session.flush()
    assert all(one["last_seen"] == record.last_seen.isoformat() for one in statements_of(session, made))


def test_history(session):
    made = put(session, "따릉이", department="가").platform_id
    put(session, "따릉이", department="나")
    assert [one["value"] for one in statements_of(session, made) if one["field"] == "department"] == ["나"]
    every = [
        (one["value"], bool(one["ended"]))
        for one in statements_of(session, made, history=True)
        if one["field"] == "department"
    ]
    assert every == [("나", False), ("가", True)]
    assert figures_of(session, made) == []


def test_pages_neither_skip_nor_repeat(session):
    ids = {put(session, f"플랫폼 {number}").platform_id for number in range(25)}
    seen, cursor = [], ""
    while True:
        page = list_platforms(session, after=cursor, limit=7)
        seen += [one.id for one in page.platforms]
        if not page.cursor:
            break
        cursor = page.cursor
    assert len(seen) == 25
    assert set(seen) == ids
    assert list(platform_ids(session, slice_size=4)) == sorted(ids)


def test_what_changes_between_two_pages_is_neither_missed_nor_repeated(session):
    ids = sorted(put(session, f"플랫폼 {number}").platform_id for number in range(6))
    first = list_platforms(session, limit=3)
    for number in range(6):
        put(session, f"플랫폼 {number}", department="새과")
    rest = list_platforms(session, after=first.cursor, limit=10)
    assert [one.id for one in [*first.platforms, *rest.platforms]] == ids
    latest = max(one.updated_at for one in list_platforms(session).platforms)
    put(session, "플랫폼 2", department="다른과")
    since = list_platforms(session, updated_since=latest + timedelta(microseconds=1))
    assert [one.name for one in since.platforms] == ["플랫폼 2"]


@pytest.mark.postgres
def test_who_commits_later_is_dated_later_though_begun_earlier(postgres):
    """A reader who goes on from the latest change seen must not miss a transaction that took its time."""
    with writing_session(postgres) as session:
        make_source(session, "seoul")

    def write_slowly() -> None:
        with writing_session(postgres) as slow:
            put(slow, "늦게 쓴 플랫폼")

    with writing_session(postgres) as quick:
        put(quick, "먼저 쓴 플랫폼")
        other = threading.Thread(target=write_slowly)
        other.start()
        waiting_writers = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        deadline = time.monotonic() + 20
        while not quick.connection().execute(waiting_writers).scalar_one():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        put(quick, "먼저 쓴 둘째 플랫폼")
    other.join(20)
    with session_of(postgres) as session:
        quick_ones = [one for one in list_platforms(session).platforms if one.name.startswith("먼저")]
        seen = max(one.updated_at for one in quick_ones)
        assert len(quick_ones) == 2
        assert "늦게 쓴 플랫폼" in [one.name for one in list_platforms(session, updated_since=seen).platforms]


@pytest.mark.parametrize("cursor", ["x", "bnVsbA", "WyIyMDI2IiwgMV0", "WzFd", "가"])
def test_a_foreign_cursor_is_refused(empty_database, cursor):
    with session_of(empty_database) as session, pytest.raises(InvalidValue) as refused:
        list_platforms(session, after=cursor)
    assert refused.value.field == "cursor"


def test_old_ids_and_old_addresses_still_lead_here(session):
    keep = put(session, "따릉이", source="a", url="https://bike.kr/").platform_id
    drop = put(session, "서울 자전거", source="b", url="https://old.kr/bike").platform_id
    merge(session, keep, drop, REVIEWER, "")
    assert find_platform(session, drop).id == keep
    assert [one.id for one in platforms_at(session, canonical("http://www.old.kr/bike/"))] == [keep]
    assert platform_view(session, drop)["id"] == keep
    with pytest.raises(NotFound):
        platform_view(session, "Pnone")


def test_a_platform_is_meant_by_id_name_or_name_with_its_owner(session):
    seoul = put(session, "통합예약", source="a", owner="서울특별시", aliases=["공공서비스예약"]).platform_id
    daejeon = put(session, "통합예약", source="b", owner="대전광역시").platform_id
    assert platform_called(session, seoul).id == seoul
    assert platform_called(session, "공공 서비스 예약").id == seoul
    assert platform_called(session, "통합예약 @ 대전").id == daejeon
    with pytest.raises(InvalidValue) as several:
        platform_called(session, "통합예약")
    assert seoul in several.value.cause_en and "통합예약@대전광역시" in several.value.cause_ko
    for nobody in ("통합%", "@서울특별시", "없는 이름", "Pnone"):
        with pytest.raises(NotFound):
            platform_called(session, nobody)


def test_sources_and_zone_sets(session):
    make_source(session, "b")
    make_source(session, "a").enabled = True
    session.flush()
    assert [one["id"] for one in source_rows(session)] == ["a", "b"]
    assert [one["id"] for one in source_rows(session, enabled=True)] == ["a"]
    assert source_rows(session, harvester="website") == []
    assert "flow_2023_r3" in [one["id"] for one in zone_sets(session)]


def test_the_outbox_is_taken_in_order(session):
    made = put(session, "따릉이", department="가").platform_id
    put(session, "따릉이", department="나")
    entries = waiting(session)
    assert [(one.platform_id, one.version) for one in entries] == [(made, 1), (made, 2)]
    take(session, entries[0].id)
    assert backlog(session) == 1
    assert waiting(session)[0].version == 2
