"""Governments: every way to name one, succession, areas, neighbours, zones, and names inside a text."""

from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from registry.errors import InvalidValue, NotFound
from registry.geography import load_geography
from registry.governments import Places


@pytest.fixture(scope="module")
def places(placed_template) -> Places:
    from registry.database import open_database

    engine = open_database(f"sqlite:///{placed_template}")
    with Session(engine) as session:
        loaded = Places.load(session)
    engine.dispose()
    return loaded


def test_all_present_and_former_governments_are_there(places: Places):
    assert len(places.all()) == 245
    assert len(places.all(former=True)) == 277


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *[("서울", "1100000000"), ("서울시", "1100000000"), ("서울특별시청", "1100000000"), ("11", "1100000000")],
        *[("11110", "1111000000"), ("1111000000", "1111000000"), (" 종로구 ", "1111000000")],
        *[("세종", "3611000000"), ("36", "3611000000"), ("36110", "3611000000"), ("세종특별자치시", "3611000000")],
        *[("제주", "5000000000"), ("제주도", "5000000000"), ("제주시", "5011000000")],
        *[
            ("수원", "4111000000"),
            ("수원시청", "4111000000"),
            ("경기도 수원시", "4111000000"),
            ("경기수원", "4111000000"),
        ],
        *[("창원특례시", "4812000000"), ("마산시", "4812000000"), ("청원군", "4311000000"), ("Suwon", "4111000000")],
        *[("충북", "4300000000"), ("충북도", "4300000000"), ("충청북도청", "4300000000")],
    ],
)
def test_every_way_to_name_one(places: Places, text: str, code: str):
    assert places.resolve(text).code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *[("강원도", "5100000000"), ("4200000000", "5100000000"), ("42110", "5111000000"), ("강원", "5100000000")],
        *[("전라북도", "5200000000"), ("전북", "5200000000"), ("45", "5200000000"), ("4511000000", "5211000000")],
        *[("경상북도 군위군", "2772000000"), ("4772000000", "2772000000"), ("군위", "2772000000")],
        *[("인천 남구", "2817700000"), ("2817000000", "2817700000"), ("미추홀구", "2817700000")],
        *[("광주광역시", "1200000000"), ("전라남도", "1200000000"), ("29", "1200000000"), ("46", "1200000000")],
        *[("광주 동구", "1221000000"), ("광주광역시 북구", "1230000000"), ("29155", "1227000000")],
        *[("전남 목포시", "1211000000"), ("목포", "1211000000"), ("4691000000", "1291000000")],
        *[("인천 동구", "2812500000"), ("2814000000", "2812500000")],
    ],
)
def test_former_names_and_codes_lead_to_today(places: Places, text: str, code: str):
    if code == "1291000000":
        code = "1287000000"  # 신안군 got a new suffix: no prefix swap works
    assert places.resolve(text).code == code


@pytest.mark.parametrize(
    ("text", "code"), [("화성군", "4159000000"), ("기장구", "2671000000"), ("부산 기장구", "2671000000")]
)
def test_a_wrong_title_is_understood_where_nothing_else_is_meant(places: Places, text: str, code: str):
    assert places.resolve(text).code == code


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("고성", {"경상남도 고성군", "강원특별자치도 고성군"}),
        ("강서구", {"서울특별시 강서구", "부산광역시 강서구"}),
        ("광주", {"전남광주통합특별시", "경기도 광주시"}),
        ("광주시", {"전남광주통합특별시", "경기도 광주시"}),
        ("인천 서구", {"인천광역시 서해구", "인천광역시 검단구"}),
        ("2826000000", {"인천광역시 서해구", "인천광역시 검단구"}),
        ("인천 중구", {"인천광역시 제물포구", "인천광역시 영종구"}),
    ],
)
def test_what_may_mean_several_is_an_error_that_names_them(places: Places, text: str, names: set[str]):
    assert {one.full_name for one in places.choices(text)} == names
    with pytest.raises(InvalidValue) as refused:
        places.resolve(text)
    assert all(name in refused.value.remedy_ko for name in names)


def test_a_province_tells_same_names_apart(places: Places):
    assert places.resolve("강원 고성").code == "5182000000"
    assert places.resolve("경남 고성군").code == "4882000000"
    assert places.resolve("고성군", hint_parent="경남").code == "4882000000"
    gangwon = places.resolve("강원도")
    assert places.resolve("고성", hint_parent=gangwon.id).code == "5182000000"
    assert places.resolve("경기 광주").code == "4161000000"


@pytest.mark.parametrize("text", ["없는곳", "", "99", "123", "9999999999", "서울 고성군"])
def test_unknown(places: Places, text: str):
    with pytest.raises(InvalidValue) as refused:
        places.resolve(text)
    assert refused.value.value == text
    assert refused.value.remedy_ko


def test_a_day_gives_the_government_of_that_day(places: Places):
    assert places.resolve("광주광역시", on=date(2022, 6, 1)).code == "2900000000"
    assert places.resolve("인천 서구", on=date(2022, 6, 1)).code == "2826000000"


def test_a_split_has_no_single_heir(places: Places):
    west = places.by_code("2826000000")
    assert places.present(west) is None
    assert {one.name for one in places.successors(west)} == {"서해구", "검단구"}
    assert places.present(places.by_code("2900000000")).code == "1200000000"
    assert {one.name for one in places.predecessors(places.resolve("전남광주"))} == {"광주광역시", "전라남도"}


def test_areas(places: Places):
    seoul, jongno, suwon = places.resolve("서울"), places.resolve("종로구"), places.resolve("수원")
    assert places.covers(seoul.id, jongno.id)
    assert places.covers(jongno.id, jongno.id)
    assert not places.covers(jongno.id, seoul.id)
    assert not places.covers(seoul.id, suwon.id)
    assert len(places.children(seoul.id)) == 25
    assert places.children(places.resolve("세종").id) == []
    assert len(places.children(places.resolve("전남광주").id)) == 27
    assert places.ancestors(jongno.id) == [seoul.id]


def test_area_values(places: Places):
    suwon = places.resolve("수원")
    assert places.area_ids([], suwon.id) == {suwon.id}
    assert len(places.area_ids(["1100000000"])) == 26
    assert len(places.area_ids(["nation"])) == 245
    assert places.area_ids(["zone:flow_2023_r3-41110"]) == places.zone_members("flow_2023_r3-41110")
    old_gwangju = places.area_ids(["2911000000"])
    assert old_gwangju == {places.resolve("광주 동구").id}
    with pytest.raises(NotFound):
        places.area_ids(["zone:no-such"])


def test_neighbours(places: Places):
    def names(text: str) -> set[str]:
        return {places.by_id(one).name for one in places.neighbours(places.resolve(text).id)}

    assert names("수원") == {"의왕시", "화성시", "안산시", "용인시"}
    assert "인천광역시" in names("서울") and "경기도" in names("서울")
    assert names("제주도") == set()
    assert "광산구" in names("장성군")
    for one in places.all():
        for other in places.neighbours(one.id):
            assert one.id in places.neighbours(other)


def test_a_zone_with_a_metropolitan_city_contains_its_districts(places: Places):
    (zone,) = places.zones_of(places.resolve("부산").id, "flow_2023_r3")
    assert {*places.children(places.resolve("부산").id)} <= places.zone_members(zone)
    (capital,) = places.zones_of(places.resolve("수원").id, "capital_region")
    assert len(places.zone_members(capital)) == 3 + 25 + 11 + 31


def test_a_merged_city_is_its_districts_in_a_zone_not_the_whole_it_became(places: Places):
    (zone,) = places.zones_of(places.resolve("광주 동구").id, "flow_2023_r3")
    members = {places.by_id(one).name for one in places.zone_members(zone)}
    assert {"동구", "서구", "남구", "북구", "광산구"} <= members
    assert "전남광주통합특별시" not in members


@pytest.mark.parametrize(
    ("host", "name"),
    [
        *[("tour.suwon.go.kr", "수원시"), ("www.suwon.go.kr", "수원시"), ("seo.incheon.kr", None), ("go.kr", None)],
        *[("gwangju.go.kr", "전남광주통합특별시"), ("gjcity.go.kr", "광주시"), ("example.com", None)],
    ],
)
def test_hosts(places: Places, host: str, name: str | None):
    found = places.by_host(host)
    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("수원시 따릉이", [("수원시", ["경기도 수원시"])]),
        ("경기 광주 배달", [("경기 광주", ["경기도 광주시"])]),
        ("부산공유주차", [("부산", ["부산광역시"])]),
        ("강남구민 수영장", [("강남구", ["서울특별시 강남구"])]),
        ("수원에서 자전거 빌리기", [("수원", ["경기도 수원시"])]),
        ("강원 고성과 속초", [("강원 고성", ["강원특별자치도 고성군"]), ("속초", ["강원특별자치도 속초시"])]),
        ("경기장 예약", []),
        ("대구탕 맛집", []),
        ("수영 강습", []),
        ("공주님 옷", []),
        ("서구식 아침", []),
        ("", []),
    ],
)
def test_names_inside_a_text(places: Places, text: str, found: list):
    mentions = places.find_in(text)
    assert [(one.text, [choice.full_name for choice in one.choices]) for one in mentions] == found
    assert all(text[one.start : one.end] == one.text for one in mentions)


def test_loading_again_keeps_ids_and_an_operators_zones(any_database: Engine):
    from registry.models import Zone, ZoneMember, ZoneSet

    with Session(any_database) as session:
        before = {row.code: row.id for row in Places.load(session).all(former=True)}
        session.add(ZoneSet(id="ours", title="ours", kind="own"))
        session.flush()
        session.add(Zone(id="ours-1", set_id="ours", name="우리"))
        session.flush()
        session.add(ZoneMember(zone_id="ours-1", government_id=before["1100000000"]))
        session.commit()
    load_geography(any_database)
    with Session(any_database) as session:
        places = Places.load(session)
    assert {row.code: row.id for row in places.all(former=True)} == before
    assert places.zone_members("ours-1") == {before["1100000000"]}
