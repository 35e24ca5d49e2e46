"""Readings of a query, cause by cause: half-typed words, the other keyboard, English words, offices of former places."""

import pytest


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
