"""Which platform a record is: evidence that leaves no doubt, and everything that only looks like it."""

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from registry.database import writing_session
from registry.issues import open_issues
from registry.models import Platform, PlatformKey
from registry.records import Channel
from registry.register import register_many
from registry.vocab import ChannelKind
from tests.registry.factories import HARVESTER, make_draft, make_record, make_source, platform, put

APP = Channel(ChannelKind.android, "https://play.google.com/store/apps/details?id=kr.go.seoul.bike")


@pytest.fixture
def session(database: Engine):
    with writing_session(database) as opened:
        yield opened


def test_one_id_in_two_sources_with_two_owners_is_two(session):
    """H13."""
    one = put(session, "공공자전거", "서울", source="seoul", remote_id="1")
    other = put(session, "공공자전거", "대전", source="daejeon", remote_id="1")
    assert one.platform_id != other.platform_id
    assert platform(session, one.platform_id).owner_name == "서울특별시"


@pytest.mark.parametrize(
    ("first", "second", "evidence"),
    [
        ({"name": "따릉이"}, {"name": "따릉 이"}, "name"),
        ({"name": "따릉이", "aliases": ("서울자전거",)}, {"name": "서울자전거"}, "name"),
        (
            {"name": "따릉이", "url": "http://www.bike.kr/index.do"},
            {"name": "공공자전거", "url": "https://bike.kr"},
            "url",
        ),
        ({"name": "따릉이", "channels": (APP,)}, {"name": "공공자전거", "channels": (APP,)}, "app"),
    ],
)
def test_evidence_across_sources(session, first, second, evidence):
    one = put(session, source="a", **first)
    other = put(session, source="b", **second)
    assert (other.platform_id, other.matched_by) == (one.platform_id, evidence)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # A name alone, a vendor's address, an app of many cities: another owner is another platform.
        ({"name": "공유주차", "owner": "부산"}, {"name": "공유주차", "owner": "대구"}),
        (
            {"name": "먹깨비", "owner": "충북", "url": "https://mukkebi.com/"},
            {"name": "먹깨비 제주", "owner": "제주도", "url": "https://mukkebi.com/"},
        ),
        ({"name": "가", "owner": "부산", "channels": (APP,)}, {"name": "나", "owner": "대구", "channels": (APP,)}),
        # The home page of the government is everybody's address there.
        (
            {"name": "시민제안", "owner": "수원", "url": "https://www.suwon.go.kr/"},
            {"name": "주민참여예산", "owner": "수원", "url": "http://suwon.go.kr"},
        ),
        # One app carries delivery, taxis and local currency.
        (
            {"name": "배달", "channels": (APP,), "functions": ["food_delivery"]},
            {"name": "택시", "channels": (APP,), "functions": ["taxi_call"]},
        ),
    ],
)
def test_what_only_looks_like_one_platform(session, first, second):
    one = put(session, source="a", **first)
    other = put(session, source="b", **second)
    assert other.platform_id != one.platform_id
    assert other.action == "added"


def test_an_address_that_two_platforms_share_is_no_evidence(session):
    url = "https://ott.suwon.go.kr/together"
    put(session, "하나", "수원", source="a", remote_id="1", url=url)
    put(session, "둘", "수원", source="a", remote_id="2", url=url)
    third = put(session, "셋", "수원", source="b", url=url)
    assert third.action == "added"


def test_an_address_on_a_host_of_several_owners_is_no_evidence(session):
    put(session, "서울장터", "서울", source="a", url="https://mall.example.kr/seoul")
    put(session, "부산장터", "부산", source="a", url="https://mall.example.kr/busan")
    other = put(session, "서울 직거래", "서울", source="b", url="https://mall.example.kr/seoul")
    assert other.action == "added"


def test_two_entries_of_one_source_are_two_platforms_whatever_their_address(session):
    url = "https://together.suwon.go.kr/"
    one = put(session, "시민제안", "수원", remote_id="1", url=url)
    other = put(session, "주민참여예산", "수원", remote_id="2", url=url)
    assert other.platform_id != one.platform_id


def test_evidence_that_points_two_ways_is_asked(session):
    one = put(session, "따릉이", source="a", remote_id="1", url="https://bike.kr/")
    other = put(session, "새 자전거", source="a", remote_id="2", url="https://newbike.kr/")
    third = put(session, "따릉이", source="b", url="https://newbike.kr/")
    assert (third.platform_id, third.matched_by) == (one.platform_id, "name")
    (issue,) = open_issues(session, platform_id=one.platform_id, code="identity_unclear")
    assert issue.facts["others"] == [f"url:{other.platform_id}"]


def test_a_host_that_moved_keeps_its_former_address(session):
    """H16: the same record comes with a new address; the former one still leads here."""
    one = put(session, "따릉이", remote_id="1", url="https://old.seoul.go.kr/bike")
    put(session, "따릉이", remote_id="1", url="https://bike.seoul.go.kr/")
    row = platform(session, one.platform_id)
    assert row.url == "https://bike.seoul.go.kr/"
    keys = session.exec(select(PlatformKey.value).where(PlatformKey.kind == "url")).all()
    assert set(keys) == {"https://old.seoul.go.kr/bike", "https://bike.seoul.go.kr"}
    other = put(session, "자전거", source="b", url="http://old.seoul.go.kr/bike/")
    assert (other.platform_id, other.matched_by) == (one.platform_id, "url")


def test_twins_within_one_batch(session):
    source = make_source(session)
    batch = [
        (make_draft(session, name), make_record(session, source, str(i)))
        for i, name in enumerate(["가나다", "가 나 다", "라"])
    ]
    results = register_many(session, batch, source=source, actor=HARVESTER)
    assert results[0].platform_id == results[1].platform_id != results[2].platform_id
    assert len(session.exec(select(Platform)).all()) == 2


def test_without_an_owner_a_name_is_no_evidence(session):
    source = make_source(session)
    from registry.records import PlatformDraft
    from registry.vocab import Level

    drafts = [PlatformDraft("나라장터", owner_name="조달청", owner_level=Level.national) for _ in range(2)]
    batch = [(draft, make_record(session, source, str(i))) for i, draft in enumerate(drafts)]
    one, other = register_many(session, batch, source=source, actor=HARVESTER)
    assert one.platform_id != other.platform_id
