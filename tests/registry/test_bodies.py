"""National bodies before and after a reorganisation."""

import pytest

from registry.bodies import body_names, former_bodies, present_bodies, present_body, same_body


@pytest.mark.parametrize(
    ("name", "today"),
    [
        ("통계청", ("국가데이터처",)),
        ("환경부 한강홍수통제소", ("기후에너지환경부 한강홍수통제소",)),
        ("안전행정부", ("행정안전부",)),
        ("기획재정부", ("재정경제부", "기획예산처")),
        ("조달청", ("조달청",)),
    ],
)
def test_a_former_name_leads_to_the_present_one(name, today):
    assert present_bodies(name) == today


@pytest.mark.parametrize(
    ("name", "today"),
    [
        ("행안부", "행정안전부"),
        ("행자부", "행정안전부"),
        ("Ministry of Environment", "기후에너지환경부"),
        ("korea meteorological administration", "기상청"),
        ("청와대", "대통령비서실"),
    ],
)
def test_short_and_english_names_lead_to_the_present_body(name, today):
    assert present_body(name) == today
    assert name.casefold() in {one.casefold() for one in body_names(today)}


def test_after_a_split_no_part_is_chosen():
    assert present_body("기획재정부") == "기획재정부"
    assert present_body("여성가족부") == "성평등가족부"


def test_former_names_of_a_present_body():
    assert former_bodies("국가데이터처") == ("통계청",)
    assert set(former_bodies("행정안전부")) == {"행정자치부", "안전행정부", "국민안전처"}
    assert former_bodies("조달청") == ()


def test_one_body_under_two_names():
    assert same_body("통계청", "국가데이터처")
    assert same_body("기획재정부", "기획예산처")
    assert not same_body("통계청", "관세청")
