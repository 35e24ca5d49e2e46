"""Within one function, what a word is a kind of tells which service is meant; and whose office is meant."""

import pytest


@pytest.mark.parametrize(
    ("text", "area", "name"),
    [
        ("코끼리 보러 가고 싶어요", "서울특별시 광진구", "서울대공원"),
        ("조선시대 한양 거리 모형 전시", "서울특별시 성동구", "서울역사박물관"),
        ("강변에서 돗자리 펴고 쉬기", "서울특별시 영등포구", "한강공원"),
        ("기준금리 환율 통계표", "", "경제통계시스템 ECOS"),
    ],
)
def test_a_narrower_word_tells_which_of_those_with_the_function_is_meant(catalogue, text, area, name):
    assert catalogue.names(text, area)[0] == name


@pytest.mark.parametrize(
    ("text", "area", "owner"),
    [
        ("도청 사이트", "경상남도 산청군", "경상남도"),
        ("시청 홈페이지", "서울특별시 노원구", "서울특별시"),
        ("시청 홈페이지", "경기도 수원시", "경기도 수원시"),
        ("군청 몇 시까지 열어요", "화순군", "전남광주통합특별시 화순군"),
    ],
)
def test_an_office_by_itself_is_that_of_ones_own_or_of_what_stands_above(catalogue, text, area, owner):
    assert catalogue.hits(text, area)[0].owner == owner


def test_a_place_that_is_named_outweighs_ones_own(catalogue):
    assert catalogue.hits("전주 시청 홈페이지", "서울특별시 노원구")[0].owner == "전북특별자치도 전주시"
