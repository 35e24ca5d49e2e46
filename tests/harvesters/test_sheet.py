"""Sheets in every shape that reaches us, and what `import` says of each row."""

import datetime
import json
import re
import tracemalloc
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from harvesters.file_kinds import kind_of
from harvesters.sheet import records_of_sheet
from harvesters.sheet_import import import_file
from harvesters.table import read_table
from registry.errors import Conflict, InvalidValue
from registry.records import Actor
from registry.vocab import ActorKind, Rank
from tests.harvesters.conftest import Bench

OFFICER = Actor(ActorKind.person, "officer")
PLAIN = "name,owner,url,description\n따릉이,서울특별시,https://bike.example.kr,공공자전거를 빌립니다\n"


def workbook(rows: list[list[Any]], cover: bool = False) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    if cover:
        sheet = book.create_sheet("목록")
    for row in rows:
        sheet.append(row)
    body = BytesIO()
    book.save(body)
    return body.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_csv_is_read_in_every_encoding_and_with_every_mark(encoding: str, mark: str) -> None:
    body = f"name{mark}owner{mark}url\n똠얌 장터{mark}서울특별시{mark}https://a.example.kr\n".encode(encoding)
    ((number, row),) = read_table(body).rows
    assert number == 2
    assert row == {"name": "똠얌 장터", "owner": "서울특별시", "url": "https://a.example.kr"}


def test_a_workbook_is_read_past_its_cover_title_and_notes() -> None:
    rows = [
        ["2026년 공공플랫폼 현황"],
        [],
        ["번호", "기관명", "플랫폼명", "누리집주소", "서비스시작일"],
        [1, "경기도", "배달특급", "https://delivery.example.kr", datetime.date(2020, 12, 1)],
        [2.0, "경기도", "경기 장터", None, "2021.3."],
    ]
    table = read_table(workbook(rows, cover=True))
    assert [number for number, _ in table.rows] == [4, 5]
    assert table.rows[0][1]["서비스시작일"] == "2020-12-01" and table.rows[1][1]["번호"] == 2


def test_a_packed_entry_that_is_broken_or_a_bomb_only_leaves_the_kind_unknown() -> None:
    body = BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", b"\0" * 50_000_000)
        packed.writestr("xl/workbook.xml", b"")
    whole = body.getvalue()
    tracemalloc.start()
    assert kind_of(whole) is None
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()
    assert kind_of(whole[:60] + b"\xff" * 200 + whole[260:]) is None


def test_the_first_visible_sheet_with_headings_is_read() -> None:
    book = Workbook()
    cover = book.active
    assert cover is not None
    cover["A1"] = "작성 요령: 다음 시트에 적으세요"
    for title, state in (("옛것", "hidden"), ("목록", "visible")):
        sheet = book.create_sheet(title)
        sheet.sheet_state = state
        sheet.append(["name", "owner"])
        sheet.append([f"{title} 장터", "강릉시"])
    body = BytesIO()
    book.save(body)
    assert [row["name"] for _, row in read_table(body.getvalue()).rows] == ["목록 장터"]
    assert [row["name"] for _, row in read_table(body.getvalue(), sheet="옛것").rows] == ["옛것 장터"]
    with pytest.raises(InvalidValue, match="작성 요령"):
        read_table(body.getvalue(), sheet=cover.title)


@pytest.mark.parametrize(
    "body",
    [b"", b"   \n", b"<html><body>x</body></html>", b"\x00\x01\x02\x03binary", b"PK\x03\x04broken", b"a,b\n1,2\n"],
)
def test_what_is_no_table_is_an_error_that_says_what_to_do(body: bytes) -> None:
    with pytest.raises(InvalidValue) as caught:
        read_table(body)
    assert caught.value.remedy_ko and caught.value.remedy_en


def test_a_row_keeps_its_identity_when_the_sheet_is_sorted_anew() -> None:
    lines = [
        "가 앱,종로구,https://a.example.kr",
        "나 앱,중구,https://b.example.kr",
        "가 앱,종로구,https://c.example.kr",
    ]
    head = "name,owner,url\n"
    there = [one.remote_id for _, one in records_of_sheet((head + "\n".join(lines)).encode(), "", {}, {})]
    assert len(set(there)) == 3
    lines.insert(0, "다 앱,강남구,https://d.example.kr")
    again = [one.remote_id for _, one in records_of_sheet((head + "\n".join(lines)).encode(), "", {}, {})]
    assert again[1:] == there


def test_cells_merged_downwards_repeat_what_stands_above() -> None:
    body = "기관명,플랫폼명\n경기도,가\n,나\n서울특별시,다\n".encode()
    records = [one for _, one in records_of_sheet(body, "", {"fill_down": ["기관명"]}, {})]
    assert [one.fields["기관명"] for one in records] == ["경기도", "경기도", "서울특별시"]


def test_import_tells_of_every_row_and_a_dry_run_writes_nothing(bench: Bench, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(
        (PLAIN + ",경기도,,\n이상한 것,없는시,,\n따릉이,서울특별시,https://bike.example.kr,또\n").encode("cp949")
    )
    dry = import_file(bench.database, file, "시험", True, OFFICER, bench.settings)
    assert bench.names() == []
    done = import_file(bench.database, file, "시험", False, OFFICER, bench.settings)
    for result in (dry, done):
        (added,) = result["added"]
        assert {"row", "name", "owner", "type", "form", "functions", "beneficiaries", "confidence"} <= added.keys()
        assert (added["row"], added["name"], added["owner"]) == (2, "따릉이", "서울특별시")
        assert added["functions"] == ["bike_sharing"] and 0 < added["confidence"] <= 1
        assert [(one["row"], one["field"]) for one in result["rejected"]] == [(3, "name"), (4, "owner"), (5, "name")]
        assert all(one["reason"] and one["remedy"] for one in result["rejected"])
        json.dumps(result)
    again = import_file(bench.database, file, "시험", False, OFFICER, bench.settings)
    assert again["added"] == [] and again["unchanged"] == 1
    assert bench.names() == ["따릉이"]


def test_import_matches_what_is_known_and_withdraws_nothing(bench: Bench, tmp_path: Path) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text(PLAIN + "경기 장터,경기도,https://m.example.kr,\n", "utf-8")
    second.write_text("플랫폼명,기관명,누리집주소\n따릉이,서울시,http://www.bike.example.kr/\n", "utf-8-sig")
    import_file(bench.database, first, "가", False, OFFICER, bench.settings)
    known = bench.platforms()["따릉이"].id
    result = import_file(bench.database, second, "나", False, OFFICER, bench.settings)
    assert [(one["row"], one["id"]) for one in result["matched"]] == [(2, known)] and result["added"] == []
    first.write_text(PLAIN, "utf-8")
    import_file(bench.database, first, "가", False, OFFICER, bench.settings)
    assert bench.names() == ["경기 장터", "따릉이"]


def test_a_row_matched_by_evidence_shows_what_it_changed(bench: Bench, tmp_path: Path) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text(PLAIN, "utf-8")
    rows = ["따릉이,서울시,http://www.bike.example.kr/,자전거정책과,새싹따릉이"]
    # A second row of the same file says more of the same platform: its own difference, not the first one's again.
    rows.append("따릉이,서울특별시,https://bike.example.kr/app,자전거정책과,따릉이 앱")
    second.write_text("플랫폼명,기관명,누리집주소,담당부서,별칭\n" + "\n".join(rows) + "\n", "utf-8-sig")
    import_file(bench.database, first, "가", False, OFFICER, bench.settings)
    known = bench.platforms()["따릉이"]
    dry = import_file(bench.database, second, "나", True, OFFICER, bench.settings)
    done = import_file(bench.database, second, "나", False, OFFICER, bench.settings)
    for result in (dry, done):
        assert [one["id"] for one in result["matched"]] == [known.id, known.id] and result["added"] == []
        one, other = result["changed"]
        assert (one["row"], one["id"], other["row"]) == (2, known.id, 3)
        assert one["fields"]["department"] == ["", "자전거정책과"]
        assert one["fields"]["aliases"] == [[], ["새싹따릉이"]]
        assert "department" not in other["fields"]
        assert other["fields"]["aliases"] == [["새싹따릉이"], ["따릉이 앱", "새싹따릉이"]]
        assert "name" not in one["fields"] and "description" not in one["fields"]
        json.dumps(result)


def test_import_asks_where_a_name_is_shared_by_several_governments(bench: Bench, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("name,owner,url\n주차 안내,중구,\n", "utf-8")
    result = import_file(bench.database, file, "시험", False, OFFICER, bench.settings)
    (question,) = [one for one in result["questions"] if one["field"] == "owner"]
    assert question["row"] == 2 and len(question["choices"]) >= 4


def test_import_refuses_the_name_of_another_kind_of_source(bench: Bench, tmp_path: Path) -> None:
    bench.source("portal")
    file = tmp_path / "a.csv"
    file.write_text(PLAIN, "utf-8")
    with pytest.raises(Conflict):
        import_file(bench.database, file, "portal", False, OFFICER, bench.settings)
    with pytest.raises(InvalidValue):
        import_file(bench.database, file, " ", False, OFFICER, bench.settings)


def in_a_zip(**files: str) -> bytes:
    body = BytesIO()
    with zipfile.ZipFile(body, "w") as packed:
        for name, text in files.items():
            packed.writestr(name.replace("__", "/"), text)
    return body.getvalue()


OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500


@pytest.mark.parametrize(
    ("body", "korean", "english"),
    [
        (b"", "0바이트", "0 bytes"),
        (
            "기관명,주소,설명\n수원시,https://a.example.kr,예약\n".encode(),
            "찾은 열: 기관명, 주소, 설명",
            "No column holds",
        ),
        ("이름,기관명,주소\n".encode(), "제목 행만", "no row below them"),
        ("가나,다라\n1,2\n".encode(), "처음 행: 가나, 다라", "The first row: 가나, 다라"),
        (b"<html><body>x</body></html>", "웹 페이지", "web page"),
        (b"%PDF-1.7 ...", "PDF", "PDF"),
        (OLD_OFFICE + "HwpSummaryInformation".encode("utf-16-le"), "한글 문서", "Hangul"),
        (OLD_OFFICE + "EncryptedPackage".encode("utf-16-le"), "암호", "password"),
        (OLD_OFFICE, "깨졌습니다", "broken"),
        (in_a_zip(mimetype="application/hwp+zip", Contents__section0="x"), "한글 문서", "Hangul"),
        (in_a_zip(word__document="x"), "워드 문서", "Word"),
        (in_a_zip(list="이름,기관명\n가,나\n"), "압축 파일", "ZIP"),
        (b"PK\x03\x04broken", "깨졌습니다", "broken"),
        (workbook([]), "있는 시트: Sheet", "Sheets: Sheet"),
    ],
)
def test_a_refused_file_is_named_with_what_was_found_in_it(
    bench: Bench, tmp_path: Path, body: bytes, korean: str, english: str
) -> None:
    file = tmp_path / "우리시 목록.xlsx"
    file.write_bytes(body)
    with pytest.raises(InvalidValue) as caught:
        import_file(bench.database, file, "시험", False, OFFICER, bench.settings)
    said = caught.value
    assert (said.field, said.value) == ("file", file.name)
    assert korean in said.cause_ko and english in said.cause_en
    assert re.search("[가-힣]", said.remedy_ko) and re.search("[a-z]", said.remedy_en)
    assert bench.names() == []


def test_what_a_second_source_says_in_the_same_words_is_unchanged(bench: Bench, tmp_path: Path) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text(PLAIN + "경기 장터,경기도,https://m.example.kr,장터\n", "utf-8")
    second.write_text(PLAIN + "경기 장터,경기도,https://m.example.kr,농산물 직거래 장터\n", "utf-8")
    import_file(bench.database, first, "가", False, OFFICER, bench.settings)
    for dry in (True, False):
        result = import_file(bench.database, second, "나", dry, OFFICER, bench.settings)
        assert set(result) == {"added", "changed", "unchanged", "matched", "questions", "rejected"}
        assert [one["row"] for one in result["matched"]] == [2, 3] and result["unchanged"] == 1
        assert all(one["fields"] for one in result["changed"])


def test_the_questionnaire_is_read_wide_and_long(bench: Bench, tmp_path: Path) -> None:
    wide, long = tmp_path / "wide.csv", tmp_path / "long.csv"
    wide.write_text("S1,A1-1.4,B1-1.1,B1-2\n경기도 수원시,수원 관광 안내;수원 예약,새빛톡톡,4\n", "utf-8")
    long.write_text(
        "문항,보기,응답\nS1,,경기도 성남시\nC1-1,2,성남 배달앱\nC1-2,1,○\nA1-3,3,○\n",
        "utf-8",
    )
    import_file(bench.database, wide, "wide", False, OFFICER, bench.settings)
    import_file(bench.database, long, "long", False, OFFICER, bench.settings)
    found = {row.name: row for row in bench.platforms().values()}
    assert set(found) == {"수원 관광 안내", "수원 예약", "새빛톡톡", "성남 배달앱"}
    assert (found["새빛톡톡"].form, found["새빛톡톡"].operating_mode) == ("citizen_proposal", "alone")
    assert found["새빛톡톡"].owner_name == "경기도 수원시"
    assert (found["성남 배달앱"].form, found["성남 배달앱"].operating_mode) == ("public_delivery_app", "public_private")


def test_a_person_who_imports_is_the_one_who_said_it(bench: Bench, tmp_path: Path) -> None:
    from sqlmodel import select

    from registry.database import session_of
    from registry.models import Statement

    file = tmp_path / "a.csv"
    file.write_text(PLAIN, "utf-8")
    import_file(bench.database, file, "시험", False, OFFICER, bench.settings)
    with session_of(bench.database) as session:
        said = session.exec(select(Statement).where(Statement.field == "name")).all()
    assert {(one.actor, one.rank, one.source_id) for one in said} == {("person:officer", Rank.harvested, "시험")}
