"""Words that everybody uses stand as they were typed, unless nothing at all bears them out."""

import pytest

from search.everyday import dictionary, everyday, likely


@pytest.mark.parametrize(
    "text",
    [
        "성공 사례",
        "폭발 사고",
        "여러분 의견",
        "나중에 볼게요",
        "당신의 의견",
        "다행히 살았다",
        "의상 대여",
        "특히 좋은 곳",
        "뭔지 모르겠음",
    ],
)
def test_a_word_of_everybody_is_no_slip_and_no_short_form(catalogue, text):
    read = catalogue.finder._preparing.now().reader.read(text, None)
    assert not {one.kind for one in read.interpretation} & {"spelling", "abbreviation"}, read.interpretation


@pytest.mark.parametrize(
    ("typed", "name"), [("배달특금", "배달특급"), ("따룽이", "따릉이"), ("공데포", "공공데이터포털")]
)
def test_slips_and_short_forms_of_names_are_still_read(catalogue, typed, name):
    assert catalogue.names(typed)[0] == name


def test_where_nothing_bears_it_out_it_may_be_a_slip_and_that_is_shown(catalogue):
    reader = catalogue.finder._preparing.now().reader
    assert not reader.read("작성 군청", None).interpretation
    page = catalogue.page("작성 군청")
    assert page.hits and ("spelling", "작성", "장성") in {(one.kind, one.from_, one.to) for one in page.interpretation}


def test_the_table_is_what_kiwi_says(tmp_path):
    wanted = {"성공", "여러분", "특히", "매래이", "구석데기", "담버랑"}
    some = [(form, tag) for form, tag in dictionary() if form in wanted]
    assert {form for form, _ in likely(some)} == {"성공", "여러분", "특히"} == wanted & everyday()


@pytest.mark.parametrize("text", ["제대로", "자주", "다만", "불과", "어느", "잠시", "공연히"])
def test_what_names_nothing_asks_for_nothing(catalogue, text):
    assert not catalogue.finder._preparing.now().reader.read(text, None).functions


def test_an_adverb_in_a_name_stays_in_it(catalogue):
    assert catalogue.names("다시 천안")[0] == "다시 천안"
