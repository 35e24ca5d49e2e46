"""Latin names that are typed in Hangul."""

import pytest

from search.letters import sound, spelt_out


@pytest.mark.parametrize(
    ("typed", "way"),
    [
        ("엠디알티", "mdrt"),
        ("디아르티", "drt"),
        ("오케이1번가", "ok1번가"),
        ("브이세상", "v세상"),
        ("카카오티", "카카오t"),
        ("에이치티", "ht"),
    ],
)
def test_rows_of_letters_are_read_as_latin(typed, way):
    assert way in spelt_out(typed)


def test_a_common_syllable_alone_is_no_letter():
    assert not list(spelt_out("시흥"))
    assert not list(spelt_out("유리이"))


@pytest.mark.parametrize(
    ("hangul", "latin"), [("유틱", "utic"), ("코시스", "kosis"), ("토피스", "topis"), ("조이스", "joiss")]
)
def test_what_is_said_alike_is_alike(hangul, latin):
    assert sound(hangul) == sound(latin) != ""


def test_what_is_short_or_mixed_has_no_sound():
    assert sound("고") == sound("s") == sound("m1") == ""


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("엠디알티", "경기 광역콜버스(M-DRT)"),
        ("경기 엠디알티", "경기 광역콜버스(M-DRT)"),
        ("오케이1번가", "OK1번가 시즌2"),
        ("브이세상", "V세상"),
        ("카카오티", "카카오T"),
        ("유틱", "도시교통정보센터 UTIC"),
        ("토피스", "TOPIS"),
        ("gov24", "정부24"),
        ("따릉", "따릉이"),
        ("탐나", "탐나는전"),
    ],
)
def test_the_name_is_found(catalogue, query, name):
    assert catalogue.names(query)[0] == name
