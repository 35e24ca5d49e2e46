"""Names that are typed in part, with a slip, shortened, or as an address."""

import pytest

from search.addresses import bare, telling
from search.closeness import slips


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("어울", "어울링"),
        ("동백택", "동백택시"),
        ("누비저", "누비자"),
        ("에어코랴", "에어코리아"),
        ("카카오튀", "카카오T"),
        ("국민문고", "국민신문고"),
        ("온관청", "온라인관악청"),
        ("새톡", "새빛톡톡"),
        ("국공포", "국가공간정보포털"),
        ("gov.kr", "정부24"),
        ("https://www.wetax.go.kr/", "위택스"),
        ("gyeongnam", "경상남도 대표 누리집"),
    ],
)
def test_the_name_is_found_first(catalogue, query, name):
    assert catalogue.names(query)[0] == name


def test_a_longer_name_is_not_the_shorter_one(catalogue):
    assert catalogue.names("대구로페이")[0] == "대구로페이"
    assert catalogue.names("대구로")[0] == "대구로"


@pytest.mark.parametrize(
    ("typed", "name", "most", "count"),
    [
        ("누비저", "누비자", 1, 1),
        ("에어코랴", "에어코리아", 1, 1),
        ("타랑캐", "타랑께", 1, 1),
        ("국민문고", "국민신문고", 2, 2),
        ("국민신문고", "국민신문고", 2, 0),
    ],
)
def test_slips_between_a_text_and_a_name(typed, name, most, count):
    assert slips(typed, name, most) == count


def test_a_name_without_its_end_is_no_slip():
    assert slips("대구로", "대구로페", 1) > 1


def test_an_address_is_told_from_words():
    assert telling("https://www.wetax.go.kr/main?x=1") == "wetax"
    assert telling("tasilla.gyeongju.go.kr") == "tasilla gyeongju"
    assert telling("wetax") == telling("OK1번가.") == ""
    assert bare("HTTP://www.Gov.kr/") == "gov.kr"
