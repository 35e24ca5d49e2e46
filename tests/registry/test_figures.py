"""Figures in Korean sentences: the number, its date, its period and the words it was read from."""

import pytest

from registry.errors import InvalidValue, UnknownCode
from registry.figures import read_figure_list, read_figures, read_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("225만", 2_250_000),
        ("1,371억", 137_100_000_000),
        ("1조 2,000억", 1_200_000_000_000),
        ("3만 5천", 35_000),
        ("3만5천", 35_000),
        ("58.7백만", 58_700_000),
        ("2천만", 20_000_000),
        ("77", 77),
        ("1,234.5", 1234.5),
    ],
)
def test_numbers(text: str, number: float):
    assert read_number(text) == number


def test_no_number():
    with pytest.raises(InvalidValue):
        read_number("많음")


@pytest.mark.parametrize(
    ("sentence", "key", "value", "as_of", "period"),
    [
        ("누적 다운로드 225만 건", "downloads", 2_250_000, "", ""),
        ("회원은 77만 명이다.", "members", 770_000, "", ""),
        ("2022년 6월 기준 가맹점 5만여 곳", "merchants", 50_000, "2022-06", ""),
        ("누적 거래액 1,371억 원(2023.5. 기준)", "turnover_krw", 137_100_000_000, "2023-05", ""),
        ("2021년 만족도는 84.5점", "satisfaction", 84.5, "2021", ""),
        ("월평균 방문 1,200회", "visits", 1200, "", "month"),
        ("2022년 말 가입자 1만 명", "members", 10_000, "2022-12", ""),
        ("구축비 5,869만 8천 원", "build_cost_krw", 58_698_000, "", ""),
        ("중개수수료 1%", "fee_pct", 1, "", ""),
    ],
)
def test_sentences(sentence: str, key: str, value: float, as_of: str, period: str):
    (claim,) = read_figures(sentence)
    assert (claim.key, claim.value, claim.as_of, claim.period) == (key, value, as_of, period)
    assert claim.quote and claim.quote in sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "회원 가입이 필요합니다.",
        "2022년에 열었습니다.",
        "제안을 3일 안에 검토합니다.",
        "주문하면 30분 안에 옵니다.",
        "",
    ],
)
def test_sentences_without_a_figure(sentence: str):
    assert read_figures(sentence) == ()


def test_lists_of_the_catalogue():
    units = {"members": "people", "award": "text", "proposals": "count"}
    claims = read_figure_list("members=7000@2013-09;members=10294@2014-05-19;award=대통령상@2020", units, "2026")
    assert [(one.key, one.value, one.as_of, one.quote) for one in claims] == [
        ("members", 7000, "2013-09", ""),
        ("members", 10294, "2014-05-19", ""),
        ("award", None, "2020", "대통령상"),
    ]
    assert read_figure_list("proposals=5", units, "2026")[0].as_of == "2026"
    with pytest.raises(UnknownCode):
        read_figure_list("memberz=1", units)
