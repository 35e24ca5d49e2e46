"""A row named like a registered platform but for a place word or a generic tail is asked about, never silently doubled."""

import csv
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from harvesters.sheet_import import import_file
from registry.database import session_of
from registry.models import Issue
from registry.records import Actor
from registry.vocab import ActorKind
from tests.harvesters.conftest import Bench

OFFICER = Actor(ActorKind.person, "officer")
COLUMNS = ("name", "owner", "url", "department", "status")

# One row each: name, owner, address, department, status.
SAME = [
    (("아이맘", "경상북도 칠곡군"), ("칠곡군 아이맘", "경상북도 칠곡군")),
    (("통합예약", "서울특별시 송파구"), ("송파구 통합예약", "서울특별시 송파구")),
    (("배달모아", "경기도"), ("경기도 배달모아 앱", "경기도")),
    (("공유 주차", "경기도 수원시"), ("수원 공유주차 서비스", "경기도 수원시")),
    (("Visit Jeju", "제주특별자치도"), ("VISITJEJU 홈페이지", "제주특별자치도")),
    (("청년정책 플랫폼", "부산광역시"), ("부산 청년정책플랫폼", "부산광역시")),
    (("열린시장실", "경기도 성남시", "https://mayor.seongnam.example.kr"), ("성남시 열린시장실", "경기도 성남시")),
    (
        ("책이음", "서울특별시 은평구", "https://book.ep.example.kr/a"),
        ("은평구 책이음 누리집", "서울특별시 은평구", "https://book.ep.example.kr/b"),
    ),
    (("두드림", "전라북도 전주시", "", "복지과"), ("전주 두드림", "전라북도 전주시", "", "복지과")),
]
OTHER = [
    (("동백통", "부산광역시"), ("동백전", "부산광역시")),
    (("대구로", "대구광역시"), ("대구로페이", "대구광역시")),
    (("어디로 택시", "대전광역시"), ("어디로", "대전광역시")),
    (("강남구 통합예약", "서울특별시 강남구"), ("강남구시설관리공단 예약", "서울특별시 강남구")),
    (("수원시 통합예약", "경기도 수원시"), ("통합예약", "경기도 성남시")),
    (("강릉콜택시", "강원특별자치도 강릉시"), ("강릉콜택시 기사용", "강원특별자치도 강릉시")),
    (("도서관", "경기도 화성시"), ("화성시 도서관 캠핑장 예약", "경기도 화성시")),
    (
        ("아이사랑", "경상북도 구미시", "https://love.gumi.example.kr"),
        ("구미 아이사랑", "경상북도 구미시", "https://other.example.net"),
    ),
    (
        ("시민청원", "경상북도 경주시", "https://play.google.com/store/apps/details?id=kr.a.one"),
        ("경주시 시민청원", "경상북도 경주시", "https://play.google.com/store/apps/details?id=kr.b.two"),
    ),
    (("소통방", "경상남도 김해시", "", "도시과"), ("김해시 소통방", "경상남도 김해시", "", "복지과")),
    (("마을장터", "경상남도 진주시", "", "", "폐쇄"), ("진주시 마을장터", "경상남도 진주시", "", "", "운영중")),
]
Row = tuple[str, ...]


def sheet(file: Path, rows: list[Row]) -> Path:
    with file.open("w", encoding="utf-8", newline="") as written:
        writer = csv.writer(written)
        writer.writerow(COLUMNS)
        writer.writerows([*row, *[""] * (len(COLUMNS) - len(row))] for row in rows)
    return file


def take(bench: Bench, tmp_path: Path, rows: list[Row], source: str, dry: bool = False) -> dict[str, Any]:
    return import_file(bench.database, sheet(tmp_path / "a.csv", rows), source, dry, OFFICER, bench.settings)


@pytest.mark.parametrize("turned", [False, True])
def test_the_same_name_but_for_a_place_word_or_a_tail_is_asked_and_another_name_is_not(
    bench: Bench, tmp_path: Path, turned: bool
) -> None:
    pairs = [(after, before) if turned else (before, after) for before, after in SAME + OTHER]
    take(bench, tmp_path, [before for before, _ in pairs], "가")
    result = take(bench, tmp_path, [after for _, after in pairs], "나", dry=True)
    assert result["matched"] == [] and len(result["added"]) == len(pairs) and not result["rejected"]
    asked = {one["name"]: one for one in result["questions"] if one["field"] == "identity"}
    assert set(asked) == {after[0] for _, after in pairs[: len(SAME)]}
    for before, after in pairs[: len(SAME)]:
        (choice,) = asked[after[0]]["choices"]
        assert choice == f"{before[0]} ({bench.platforms()[before[0]].id})"
        assert choice in asked[after[0]]["question"] and asked[after[0]]["remedy"]


def test_the_same_address_still_decides_and_the_question_is_open_until_a_person_answers(
    bench: Bench, tmp_path: Path
) -> None:
    take(bench, tmp_path, [("통합예약", "경기도 수원시", "https://r.example.kr"), ("아이맘", "경기도 수원시")], "가")
    known = {name: row.id for name, row in bench.platforms().items()}
    rows = [("수원시 통합예약", "경기도 수원시", "https://r.example.kr/"), ("수원 아이맘", "경기도 수원시")]
    result = take(bench, tmp_path, rows, "나")
    assert [(one["row"], one["by"]) for one in result["matched"]] == [(2, "url")]
    assert [(one["row"], one["field"]) for one in result["questions"]] == [(3, "identity")]
    with session_of(bench.database) as session:
        (issue,) = session.exec(select(Issue).where(Issue.code == "identity_unclear")).all()
    assert known["아이맘"] in issue.cause_ko and issue.facts["choices"] == [f"아이맘 ({known['아이맘']})"]


def test_what_one_list_tells_apart_is_not_asked_but_a_row_renamed_later_is(bench: Bench, tmp_path: Path) -> None:
    both = [("아이맘", "경기도 수원시"), ("수원시 아이맘", "경기도 수원시"), ("소통방", "경기도 수원시")]
    assert take(bench, tmp_path, both, "가")["questions"] == []
    again = take(bench, tmp_path, [*both[:2], ("수원시 소통방", "경기도 수원시")], "가")
    assert [one["name"] for one in again["questions"]] == ["수원시 소통방"]
