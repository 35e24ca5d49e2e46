"""Hanja read as Hangul, by themselves and in queries."""

import pytest

from search.hanja import has_hanja, readings, to_hangul


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("國民申聞鼓", "국민신문고"),
        ("女性 歷史", "여성 역사"),
        ("比率", "비율"),
        ("法律", "법률"),
        ("图书馆", "도서관"),
        ("図書館", "도서관"),
        ("南道장터", "남도장터"),
        ("청년", "청년"),
    ],
)
def test_the_usual_reading(text, read):
    assert to_hangul(text) == read


def test_several_readings_are_offered():
    assert "김해시" in readings("金海市")
    assert "부동산" in readings("不動産")
    assert "서울역사박물관" in readings("서울歷史博物館")


def test_characters_for_duplicate_sounds_keep_their_sound():
    # 樂 stands four times in KS X 1001, once for each of its sounds.
    assert [to_hangul(char) for char in "\uf914\uf95c\uf9bf"] == ["낙", "낙", "요"]


def test_a_character_without_korean_reading_stays():
    assert readings("𠮷") == ["𠮷"]
    assert not has_hanja("서울 seoul")


def test_hanja_in_a_query_is_read_shown_and_undone(catalogue):
    page = catalogue.page("市廳 大田")
    assert page.hits[0].name == "대전광역시 대표 누리집"
    assert [(note.from_, note.to) for note in page.interpretation if note.kind == "hanja"] == [
        ("市廳", "시청"),
        ("大田", "대전"),
    ]
    assert catalogue.page("國民申聞鼓", literal=True).interpretation == ()


def test_a_place_decides_between_two_readings(catalogue):
    assert catalogue.hits("金海市")[0].owner == "경상남도 김해시"


def test_a_name_written_with_hanja_is_met_in_both_ways(catalogue):
    for text in ("김해 아이家", "김해 아이가"):
        assert catalogue.names(text)[0] == "김해 아이가(家)", text
