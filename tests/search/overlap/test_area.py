"""Where one platform's area lies from another's, through reforms and for the nation."""

import pytest

from search.overlap.area import AreaRelation
from search.overlap.index import Index
from search.overlap.subjects import described


@pytest.mark.parametrize(
    ("left", "right", "relation"),
    [
        ("경기도", "경기도", "same"),
        ("경기도", "경기도 성남시", "contains"),
        ("부산 중구", "서울 중구", "elsewhere"),
        ("광주광역시", "전라남도 나주시", "zone"),
        ("전남광주통합특별시", "광주광역시", "contains"),
        ("인천광역시 서구", "인천광역시", "contains"),
        ("행정안전부", "충청북도 단양군", "contains"),
        ("경상남도 창원시", "경상남도 김해시", "zone"),
        ("제주특별자치도", "제주특별자치도 서귀포시", "contains"),
        ("군산시", "경기도", "elsewhere"),
        ("강원 고성군", "경남 고성군", "elsewhere"),
    ],
)
def test_relations(index: Index, left: str, right: str, relation: str) -> None:
    here, there = (index.territory(described(index.places, "통합예약", owner)) for owner in (left, right))
    assert index.geography.relation(here, there) is AreaRelation(relation)
    assert index.geography.relation(there, here) is AreaRelation(relation)


def test_an_ambiguous_owner_is_not_known_rather_than_guessed(index: Index) -> None:
    side = described(index.places, "통합예약", "서구")
    assert side.owner_id is None and not side.nationwide
    told = described(index.places, "부산서구복지포털", "서구")
    assert told.owner_name == "부산광역시 서구"
