"""Numbers and e, spoken and written; names by the first syllables of their words."""

import pytest

from search.short_forms import short_forms
from search.spoken import respellings, spellings
from search.words import Lexicon


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("오공플러스", "50플러스"),
        ("정부이십사", "정부24"),
        ("천사몰", "1004몰"),
        ("e택스", "이택스"),
        ("1번가", "일번가"),
        ("구십구", "99"),
    ],
)
def test_a_number_or_an_e_may_be_written_otherwise(typed, meant):
    assert meant in list(respellings(typed))


def test_a_row_that_is_no_number_is_left_alone():
    # A smaller unit before a larger one, two digits without a unit between them.
    assert list(respellings("십백")) == []
    assert "이십사" not in list(respellings("ebook"))


def test_spellings_of_a_name():
    assert "신안천사몰" in spellings("신안1004몰")
    assert "김해아이가가" in spellings("김해아이가家")
    assert "baedalteukgeup" in spellings("배달특급")


def test_short_forms_are_first_syllables_of_words_in_a_row():
    lexicon = Lexicon()
    lexicon.add_nouns(["공공", "데이터", "포털", "버스", "정보", "버스정보"])
    assert {"공데포", "공데", "공데포털"} <= set(short_forms("공공데이터포털", (), lexicon))
    assert "경버정" in short_forms("경기버스정보", ("경기",), lexicon)
    # Two syllables only from the beginning: 데포 may be anything.
    assert "데포" not in short_forms("공공데이터포털", (), lexicon)
    assert short_forms("따릉이", (), lexicon) == []
