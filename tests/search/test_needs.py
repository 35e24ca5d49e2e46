"""Needs in residents' words: every function is reached, words with two meanings are told apart, nothing comes back empty."""

import pytest
import yaml

from config.settings import CONFIG
from search.needs import vocabulary

VOCABULARY = CONFIG / "vocab"


def functions(text):
    """The functions that a text asks for clearly, best first."""
    words = vocabulary()
    found = words.functions_for(words.content(words.lexicon.read(text)))
    return [one.id for one in found if one.strength >= 0.6]


def entries():
    return [
        entry for path in sorted((VOCABULARY / "needs").glob("*.yml")) for entry in yaml.safe_load(path.read_text())
    ]


def test_needs_lead_to_functions_that_exist_and_every_function_is_led_to():
    known = set(vocabulary().names)
    led = {function for entry in entries() for function in (*entry["functions"], *entry.get("also", ()))}
    assert led == known
    assert 60 <= len(known) <= 120


def test_every_entry_says_something_once():
    for entry in entries():
        said = entry.get("say") or entry["words"]
        assert said and all(isinstance(text, str) and text.strip() for text in said), entry["functions"]
        assert len(said) == len(set(said)), entry["functions"]


@pytest.mark.parametrize(
    ("text", "asks", "never"),
    [
        ("시장한테 따질 게 있어요", "mayor_communication", "traditional_market"),
        ("시장님 면담하고 싶습니다", "mayor_communication", "traditional_market"),
        ("시장 물러나라", "mayor_communication", "traditional_market"),
        ("시장에서 과일 사기", "traditional_market", "mayor_communication"),
        ("시장 반찬 배달", "traditional_market", "mayor_communication"),
        ("사과하라고 시장한테 말할래요", "mayor_communication", "farm_mall"),
        ("맛있는 사과 사고 싶어요", "farm_mall", "mayor_communication"),
        ("배 한 상자", "farm_mall", "health_center"),
        ("배가 아파요", None, "farm_mall"),
        ("배 타고 섬에 가기", None, "farm_mall"),
        ("화장장 예약", "funeral", None),
        ("공중화장실이 더러워요", "civil_complaint", "funeral"),
        ("화장품 사기", None, "funeral"),
        ("눈 치워 주세요", "safety_report", "health_center"),
        ("인터넷 장애", None, "disability_support"),
        ("무장애 여행", "disability_support", "paratransit"),
        ("감사합니다", None, "audit_request"),
        ("주민 감사 청구", "audit_request", None),
        ("혼인신고", "certificate_issuing", "safety_report"),
        ("쓰레기 버린 사람 신고", "safety_report", None),
        ("쓰레기 버리는 날", "recycling", "safety_report"),
        ("학교 밖 청소년", "teen_support", None),
        ("자전거 도둑맞았어요 보험", "bike_safety", None),
        ("38번 언제 와요", "bus_info", None),
        ("38번 창구 손님", None, "bus_info"),
        ("내일 배 뜰까요", "traffic_info", "farm_mall"),
        ("안동찜닭 시켜 먹자", "food_delivery", "tourism_info"),
    ],
)
def test_words_with_two_meanings_are_told_apart(text, asks, never):
    found = functions(text)
    assert asks is None or (found and found[0] == asks), found
    assert never not in found


@pytest.mark.parametrize(
    "text",
    [
        "쓰레기 버려요",
        "쓰레기 버리려고요",
        "쓰레기를 버리고 싶습니다",
        "쓰레기 버렸는데",
        "쓰레기 버릴 데",
        "쓰레기 버려야 하나요",
        "쓰레기 버림",
    ],
)
def test_every_politeness_asks_the_same(text):
    assert functions(text)[0] == "recycling"


@pytest.mark.parametrize(
    "text", ["아니 진짜 옆집 꿀렁꿀렁 소음 어쩔", "저번에 말한 그 첫째 낳으면 준다던 거", "거시기 뭐냐 그 등본 떼는 데"]
)
def test_talk_around_a_need_does_not_hide_it(catalogue, text):
    page = catalogue.page(text)
    assert page.hits and page.functions


def test_without_a_place_what_serves_everyone_comes_before_what_serves_one_county(catalogue):
    for text in ("임신했어요", "일자리 구해요", "아이 맡길 데", "주민참여예산"):
        hits = catalogue.hits(text)
        local = [number for number, hit in enumerate(hits) if hit.owner_id is not None]
        nation = [number for number, hit in enumerate(hits) if hit.owner_id is None and hit.relation == "nation"]
        assert nation and (not local or nation[0] < local[0]), (text, [hit.name for hit in hits])


def test_with_a_place_another_city_s_own_service_comes_after_the_nation_s(catalogue):
    hits = catalogue.hits("회의실 빌리기", "경기도 부천시")
    order = [hit.relation for hit in hits]
    assert "nation" in order
    assert "elsewhere" not in order[: order.index("nation")]


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("장애인콜", "paratransit"),
        ("민증 재발급", "certificate_issuing"),
        ("물때", "weather_water"),
        ("개발자인데 데이터 api", "open_data"),
        ("우리 지역 예산서 보고 싶어요", "finance_disclosure"),
        ("안 쓰는 물건 팔기", "secondhand_market"),
        ("안쓰는 물건 팔기", "secondhand_market"),
        ("밥 시켜먹을 때 지역화폐 결제", "food_delivery"),
    ],
)
def test_every_word_that_is_understood_narrows_the_need(text, asks):
    assert functions(text)[0] == asks


def test_a_place_name_that_begins_another_word_and_a_road_are_no_places(catalogue):
    assert catalogue.names("우리 지역 예산서 보고 싶어요")[0] == "지방재정365"
    assert catalogue.page("도로 막히는지 카메라로 보기", "경상북도 경산시").functions[0] == "traffic_info"
    assert catalogue.page("부산 도로 막히나").functions[0] == "traffic_info"


def test_our_city_is_the_place_and_the_one_who_is_in_debt(catalogue):
    assert catalogue.page("우리 시 빚이 얼마야").functions[0] == "finance_disclosure"


def test_a_filter_by_a_function_that_was_merged_leads_to_what_it_became(catalogue):
    assert len(vocabulary().renamed) >= 9
    for old, new in vocabulary().renamed.items():
        found = catalogue.page("", filters={"function": (old,)})
        assert found.total == catalogue.page("", filters={"function": (new,)}).total > 0
        assert all(new in hit.functions for hit in found.hits)
