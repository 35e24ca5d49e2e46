"""What is left out of a query: the word before 말고, 빼고, 아닌; what is forbidden is something else."""

import pytest

from search.left_out import left_out


@pytest.mark.parametrize(
    ("text", "word", "rest"),
    [
        ("배민 말고 동네 배달", "배민", "동네 배달"),
        ("배달의민족 빼고 배달앱", "배달의민족", "배달앱"),
        ("차 잠깐 필요해 렌트말고", "렌트", "차 잠깐 필요해"),
        ("시내버스가 아닌 콜버스", "시내버스", "콜버스"),
        ("서울을 제외한 경기도 도서관", "서울", "경기도 도서관"),
    ],
)
def test_the_word_and_what_is_asked_for_besides(text, word, rest):
    found = left_out(text)
    assert (found.word, found.text) == (word, rest)


@pytest.mark.parametrize("text", ["버리지 말고 나눠 쓰기", "말고기", "배민", "배민 말고", "빼고 싶은 살"])
def test_nothing_is_left_out(text):
    assert left_out(text) is None


def test_what_was_left_out_comes_last_and_its_need_is_not_asked_for(catalogue):
    page = catalogue.page("배달의민족 말고 배달앱", limit=60)
    names = [hit.name for hit in page.hits]
    assert "food_delivery" in page.functions
    assert "배달의민족" not in names[:30]
    assert ("left_out", "배달의민족") in {(note.kind, note.from_) for note in page.interpretation}
    assert "bus_info" not in catalogue.page("버스 말고 자전거 빌리기").functions
    assert catalogue.page("배달의민족").hits[0].name == "배달의민족"


def test_where_nothing_else_is_asked_for_what_does_the_same_is_wanted(catalogue):
    page = catalogue.page("배민 말고 뭐 있어")
    assert page.functions[0] == "food_delivery"
    assert "배달의민족" not in [hit.name for hit in page.hits]
