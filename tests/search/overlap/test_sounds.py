"""Names heard in Korean and Latin letters, and words beside a name that name another thing."""

import pytest

from search.overlap.names import fold, says_otherwise
from search.overlap.sounds import script, sound
from search.overlap.subject import Subject, domain_of


@pytest.mark.parametrize(
    ("korean", "latin"),
    [
        ("비짓", "visit"),
        ("데이터드림", "datadream"),
        ("따릉이", "ddareungi"),
        ("누비자", "nubija"),
        ("피프틴", "fifteen"),
        ("스마트포털", "smartportal"),
    ],
)
def test_one_name_in_two_scripts_sounds_alike(korean: str, latin: str) -> None:
    assert sound(korean) == sound(latin) != ""
    assert (script(korean), script(latin)) == ("hangul", "latin")


def test_two_consonants_are_shared_by_chance_and_tell_nothing() -> None:
    assert sound("타슈") == sound("tashu") == ""
    assert sound("따릉이") != sound("nubija")


def test_a_spoken_e_and_a_plus_are_folded() -> None:
    assert fold("인천e음") == fold("인천이음")
    assert fold("서울배달+") == fold("서울배달플러스")
    assert fold("e-People") == "epeople"


def test_words_beside_a_name_may_name_another_thing() -> None:
    assert says_otherwise(["굿즈몰"])
    assert not says_otherwise(["앱"]) and not says_otherwise(["eshare"])
    assert not says_otherwise(["공영자전거"], ["공영자전거"])
    subject = Subject("P1", "서울 따릉이 굿즈몰", owner_words=("서울특별시",))
    assert dict(subject.naming.parts)["따릉이"] is True


def test_a_registered_name_holds_its_hosts_but_an_office_under_go_kr_stands_alone() -> None:
    assert domain_of("bike.tashu.or.kr") == domain_of("tashu.or.kr") == "tashu.or.kr"
    assert domain_of("shop.example.com") == "example.com"
    assert domain_of("yesan.seoul.go.kr") != domain_of("data.seoul.go.kr")
    assert Subject("P1", "공식 블로그", host="blog.naver.com").own_host == ""
