"""Readings of a query, cause by cause: half-typed words, the other keyboard, English words, offices of former places."""

import pytest

from search.needs import vocabulary


def notes(page, kind):
    return [(note.from_, note.to) for note in page.interpretation if note.kind == kind]


@pytest.mark.parametrize(
    ("typed", "area", "name", "read"),
    [
        ("따르", "서울특별시", "따릉이", "따릉이"),
        ("대구롶", "대구광역시", "대구로페이", "대구로페이"),
        ("동백저", "", "동백전", "동백전"),
        ("디지털배우", "", "디지털배움터", "디지털배움터"),
        ("전기차 충저", "", "무공해차 통합누리집", "충전"),
    ],
)
def test_a_half_typed_word_is_read_to_its_end(catalogue, typed, area, name, read):
    page = catalogue.page(typed, area)
    assert page.hits[0].name == name
    assert [to for _, to in notes(page, "unfinished")] == [read]


@pytest.mark.parametrize("typed", ["배달특", "주차장은", "도서관 예약하", "배달특급"])
def test_what_stands_in_a_name_or_is_a_word_is_not_completed(catalogue, typed):
    assert not notes(catalogue.page(typed), "unfinished")


def test_a_completion_is_undone_by_literal(catalogue):
    assert catalogue.page("따르", literal=True).interpretation == ()


@pytest.mark.parametrize(
    ("typed", "name"), [("wjdqn24", "정부24"), ("ㄴ-ㅡ메", "S-MAP"), ("ㅏㅐ냔", "국가통계포털 KOSIS")]
)
def test_the_other_keyboard_with_digits_and_hyphens(catalogue, typed, name):
    page = catalogue.page(typed)
    assert page.hits[0].name == name
    assert notes(page, "keyboard")


@pytest.mark.parametrize(
    ("typed", "area", "name"),
    [
        ("seoul bike", "", "따릉이"),
        ("public delivery app Gyeonggi", "", "배달특급"),
        ("libraries", "서울특별시 서대문구", "서대문구립도서관"),
        ("Changwon city bike rental", "", "누비자"),
        ("Suncheon city hall", "", "전남광주통합특별시 순천시 대표 누리집"),
    ],
)
def test_english_words_lead_to_functions(catalogue, typed, area, name):
    assert catalogue.names(typed, area)[0] == name


@pytest.mark.parametrize(
    ("typed", "owners"),
    [
        ("인천 남구청", {"인천광역시 미추홀구"}),
        ("인천 동구청 홈페이지", {"인천광역시 제물포구"}),
        ("인천 서구청", {"인천광역시 서해구", "인천광역시 검단구"}),
        ("부천 시청", {"경기도 부천시"}),
    ],
)
def test_the_office_of_a_former_place_is_its_successors(catalogue, typed, owners):
    hits = catalogue.hits(typed)[: len(owners)]
    assert {hit.owner for hit in hits} == owners
    assert all("home_page" in hit.functions for hit in hits)


def test_a_name_over_a_space_does_not_end_inside_a_word(catalogue):
    page = catalogue.page("부천 시장")
    assert notes(page, "place") == [("부천", "경기도 부천시")]


@pytest.mark.parametrize(
    "typed",
    ["버려진 고양이 입양", "고령자 일자리", "고성방가 신고", "영양 상담", "상주 인구 통계", "영동고속도로 막히나요"],
)
def test_a_word_that_begins_like_a_place_is_none(catalogue, typed):
    assert notes(catalogue.page(typed), "place") == []


@pytest.mark.parametrize("typed", ["고양 도서관", "고령군 쇼핑몰", "고성 장터", "영양 농산물", "상주 예약"])
def test_the_same_name_of_a_place_is_one(catalogue, typed):
    assert notes(catalogue.page(typed), "place")


@pytest.mark.parametrize(
    ("typed", "area", "name", "read"),
    [
        ("공데포", "", "공공데이터포털", "공공데이터포털"),
        ("청몽", "서울특별시", "청년몽땅정보통", "청년몽땅정보통"),
        ("배명수", "전북특별자치도 군산시", "배달의명수", "배달의명수"),
        ("서열데", "", "서울 열린데이터광장", "서울열린데이터광장"),
        ("탄중포인트", "경기도 광명시", "기후의병 탄소중립 포인트", "탄소중립포인트"),
    ],
)
def test_a_short_form_is_written_out(catalogue, typed, area, name, read):
    page = catalogue.page(typed, area)
    assert page.hits[0].name == name
    assert notes(page, "abbreviation") == [(typed, read)]
    assert catalogue.page(typed, area, literal=True).interpretation == ()


@pytest.mark.parametrize("typed", ["공구 빌리기", "배달 특급", "감자", "버스", "청년 정책"])
def test_words_are_no_short_forms(catalogue, typed):
    assert not notes(catalogue.page(typed), "abbreviation")


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("오공플러스", "서울시50플러스재단"),
        ("타랑캐", "타랑께"),
        ("ㄱㄱㄷㅇㅌㅍㅌ", "공공데이터포털"),
        ("먹깨미", "먹깨비"),
        ("서로이음", "서로e음"),
        ("땡겨", "땡겨요"),
        ("이택스", "서울시 이택스"),
    ],
)
def test_the_very_name_comes_before_longer_ones(catalogue, typed, name):
    assert catalogue.names(typed)[0] == name


def test_what_many_governments_call_their_own_is_a_need(catalogue):
    owners = [hit.owner for hit in catalogue.hits("신문고")[:2]]
    assert set(owners) == {"국민권익위원회", "행정안전부"}


def test_a_chain_of_successors_is_followed(catalogue):
    first, *heirs = catalogue.names("천만상상오아시스")[:3]
    assert first == "천만상상오아시스"
    assert set(heirs) == {"민주주의 서울", "상상대로 서울"}


def test_english_phrases_lead_to_functions_that_exist(catalogue):
    known = vocabulary()
    assert known.english.functions.keys() <= known.names.keys()
