"""Completion of what is being typed."""

import pytest


def texts(catalogue, typed, area="", limit=8):
    return [one.text for one in catalogue.finder.suggest(typed, catalogue.area(area), limit)]


@pytest.mark.parametrize(
    "typed", ["배달", "배다", "배달ㅌ", "ㅂㄷㅌ", "ㄷㅌㄱ", "qoekfx", "QOEKFX", "특급", "배달특급"]
)
def test_baedalteukgeup_is_completed_however_it_is_begun(catalogue, typed):
    assert "배달특급" in texts(catalogue, typed)


@pytest.mark.parametrize("typed", ["따", "따ㄹ", "따르", "따릉", "Ek", "ㄸㄹ"])
def test_half_typed_syllables_and_keys(catalogue, typed):
    assert "따릉이" in texts(catalogue, typed, "서울특별시")


def test_a_completion_tells_owner_and_kind(catalogue):
    first = catalogue.finder.suggest("동백전")[0]
    assert (first.text, first.kind, first.owner) == ("동백전", "platform", "부산광역시")
    assert first.matched == ((0, 3),)


def test_ones_own_area_comes_first(catalogue):
    assert texts(catalogue, "통합", "성북구")[0] == "성북구 통합예약"
    assert texts(catalogue, "통합", "부산 사상구")[0] == "사상구 통합예약"


def test_after_a_place_name_its_platforms_are_completed(catalogue):
    assert "성북구 통합예약" in texts(catalogue, "성북구 통")


def test_functions_and_places_are_completed_too(catalogue):
    kinds = {one.kind for one in catalogue.finder.suggest("도서")} | {
        one.kind for one in catalogue.finder.suggest("은평")
    }
    assert kinds == {"platform", "function", "place"}


def test_an_alias_completes_to_its_platform(catalogue):
    assert "경기버스정보" in texts(catalogue, "gbi")


def test_nothing_typed_gives_nothing_and_the_limit_holds(catalogue):
    assert texts(catalogue, "") == []
    assert len(texts(catalogue, "ㅅ", limit=3)) == 3
    assert texts(catalogue, "서", limit=0) == []
