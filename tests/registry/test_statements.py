"""How statements make the current view: ranks, days, lists, unions, conflicts."""

from datetime import UTC, datetime, timedelta

from registry.statements import Said, derive
from registry.vocab import Rank

START = datetime(2026, 1, 1, tzinfo=UTC)


def said(field: str, value, rank: Rank = Rank.harvested, day: int = 0, source: str = "a", as_of: str = "") -> Said:
    return Said(field, value, rank, source, START + timedelta(days=day), as_of, id=day)


NAME = said("name", "따릉이")


def test_the_highest_rank_wins_whatever_is_newer():
    view = derive([NAME, said("status", "closed", Rank.owner), said("status", "running", Rank.harvested, 9)])
    assert view["status"] == "closed"
    assert view["conflicts"] == ["status"]
    view = derive([NAME, said("status", "closed", Rank.owner), said("status", "running", Rank.official)])
    assert view["status"] == "running"


def test_within_a_rank_the_later_fact_wins_then_the_later_word():
    older_fact = said("status", "closed", day=9, source="b", as_of="2020")
    assert derive([NAME, said("status", "running", as_of="2025-03"), older_fact])["status"] == "running"
    assert derive([NAME, said("status", "running"), said("status", "closed", day=1, source="b")])["status"] == "closed"


def test_an_inference_neither_wins_nor_contradicts():
    view = derive([NAME, said("type", "proposal", Rank.inferred, 9), said("type", "information", Rank.bundled)])
    assert view["type"] == "information"
    assert view["conflicts"] == []


def test_the_bundle_contradicts_a_person_but_not_a_newer_harvest():
    bundled = said("launched", "2019", Rank.bundled)
    assert derive([NAME, bundled, said("launched", "2020", Rank.harvested)])["conflicts"] == []
    assert derive([NAME, bundled, said("launched", "2020", Rank.owner)])["conflicts"] == ["launched"]


def test_spelling_is_no_conflict():
    one, other = said("url", "http://www.a.kr/x/"), said("url", "https://a.kr/x", source="b")
    assert derive([NAME, one, other])["conflicts"] == []
    assert derive([NAME, said("launched", "2020-05"), said("launched", "2020", source="b")])["conflicts"] == []
    assert derive([NAME, said("name", "따릉 이", source="b")])["conflicts"] == []


def test_lists_are_chosen_whole_and_unions_added_up():
    view = derive(
        [
            NAME,
            said("beneficiaries", ["youth", "parents"]),
            said("beneficiaries", ["elderly"], Rank.owner),
            said("aliases", ["서울자전거", "Seoul Bike"]),
            said("aliases", ["서울 자전거", "공공자전거"], Rank.bundled, source="b"),
        ]
    )
    assert view["beneficiaries"] == ["elderly"]
    assert view["aliases"] == ["서울자전거", "Seoul Bike", "공공자전거"]


def test_a_persons_list_of_channels_is_the_list():
    gone, site = {"kind": "ios", "value": "https://apps.apple.com/app/id1"}, {"kind": "web", "value": "https://a.kr/"}
    view = derive([NAME, said("channels", [site, gone]), said("channels", [site], Rank.owner)])
    assert view["channels"] == [site]


def test_former_names_stay_and_other_names_are_aliases():
    view = derive(
        [
            NAME,
            said("name", "서울바이크", Rank.bundled, source="b"),
            said("former_names", ["따릉이(시범)"], Rank.bundled, source="b"),
            said("former_names", ["두바퀴"], Rank.owner),
            said("renamed_from", ["첫이름"], Rank.inferred),
        ]
    )
    assert view["name"] == "따릉이"
    assert view["aliases"] == ["서울바이크"]
    assert set(view["former_names"]) == {"따릉이(시범)", "두바퀴", "첫이름"}


def test_nothing_said_is_unknown_not_invented():
    view = derive([NAME])
    assert view["status"] == "unknown"
    assert view["type"] is None
    assert view["owner_id"] is None
    assert view["functions"] == []
