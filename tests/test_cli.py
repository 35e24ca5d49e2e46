"""The command line's contracts: JSON keys, exit codes, results on standard output and words on standard error."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HIT = {"id", "name", "owner", "url", "type", "form", "functions", "status", "score"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder that its first command prepares."""
    return tmp_path_factory.mktemp("cli") / "home"


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "METAPLATFORM_HOME": str(home)}
    command = [sys.executable, "-m", "api.cli", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=200)


def answer(home: Path, *words: str, code: int = 0) -> Any:
    done = run(home, *words, "--json")
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


def test_the_first_command_of_a_fresh_home_finds_a_platform(home: Path):
    page = answer(home, "search", "ㅂㄷㅌㄱ", "--limit", "3")
    assert set(page) == {"query", "total", "interpretation", "hits", "facets"}
    assert page["query"] == "ㅂㄷㅌㄱ"
    assert page["hits"][0]["name"] == "배달특급"
    assert page["hits"][0]["owner"] == "경기도"
    assert all(set(hit) == HIT for hit in page["hits"])
    assert all(set(one) == {"kind", "from", "to"} for one in page["interpretation"])
    assert all(set(one) == {"value", "label", "count"} for values in page["facets"].values() for one in values)


def test_an_area_by_name_or_code_and_a_type_narrow_the_search(home: Path):
    by_name = answer(home, "search", "평생학습", "--area", "은평구", "--type", "information")
    by_code = answer(home, "search", "평생학습", "--area", "1138000000", "--type", "information")
    assert [hit["id"] for hit in by_name["hits"]] == [hit["id"] for hit in by_code["hits"]]
    assert {hit["type"] for hit in by_name["hits"]} == {"information"}


def test_an_unknown_or_doubtful_area_is_wrong_input_with_choices(home: Path):
    assert run(home, "search", "예약", "--area", "없는시").returncode == 2
    doubtful = run(home, "search", "예약", "--area", "중구")
    assert doubtful.returncode == 2
    assert "서울" in doubtful.stderr
    assert "부산" in doubtful.stderr


def test_evaluate_prints_the_figures_and_writes_rows(home: Path, tmp_path: Path):
    judged, rows = tmp_path / "judged.csv", tmp_path / "rows.csv"
    judged.write_text(
        "query_id,query,user_area,expected_names,remark\n"
        "1,배달특급,,배달특급@경기도,ignored\n"
        "2,따릉이,종로구,따릉이@서울특별시,\n"
        "3,qqqzzzxxx,,없는 플랫폼,\n",
        encoding="utf-8",
    )
    figures = answer(home, "search", "evaluate", str(judged), "--rows", str(rows))
    assert set(figures) == {
        "queries", "ndcg_at_10", "mrr", "success_at_1", "success_at_3", "zero_result_rate", "worst",
    }  # fmt: skip
    assert figures["queries"] == 3
    assert figures["success_at_1"] == pytest.approx(2 / 3, abs=1e-3)
    assert set(figures["worst"][0]) == {"query_id", "query", "expected", "found"}
    with rows.open(encoding="utf-8") as written:
        assert [row["query_id"] for row in csv.DictReader(written)] == ["1", "2", "3"]


def test_platform_show_names_who_said_each_value(home: Path):
    view = answer(home, "platform", "show", "배달특급@경기도")
    assert view["name"] == "배달특급"
    assert {"field", "value", "rank", "source", "first_seen", "last_seen"} <= set(view["statements"][0])
    assert run(home, "platform", "show", "P00000000").returncode == 2


def test_import_registers_a_bare_sheet_and_says_what_it_did(home: Path, tmp_path: Path):
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(
        "name,owner,url,description\n"
        "가평군 통합예약,경기도 가평군,https://reserve.gapyeong.example.kr/,체육시설과 강좌를 예약한다\n"
        "배달특급,경기도,https://www.specialdelivery.co.kr/,\n"
        "이름만 있는 줄,없는시,https://a.example.kr/,\n",
        encoding="cp949",
    )
    first = answer(home, "import", str(sheet), "--source", "시험-목록", "--dry-run", code=1)
    assert set(first) == {"added", "changed", "unchanged", "matched", "questions", "rejected"}
    added = first["added"][0]
    assert set(added) >= {"row", "name", "owner", "type", "form", "functions", "beneficiaries", "confidence"}
    assert (added["name"], added["owner"], added["type"]) == ("가평군 통합예약", "경기도 가평군", "information")
    assert first["matched"][0]["row"] == 3
    assert {"row", "field", "value", "reason", "remedy"} <= set(first["rejected"][0])
    assert answer(home, "search", "가평군 통합예약", "--limit", "1")["hits"][0]["name"] != "가평군 통합예약"
    answer(home, "import", str(sheet), "--source", "시험-목록", code=1)
    assert answer(home, "search", "가평군 통합예약", "--limit", "1")["hits"][0]["name"] == "가평군 통합예약"
    again = answer(home, "import", str(sheet), "--source", "시험-목록", code=1)
    assert again["added"] == []


def test_coverage_counts_registered_against_reported(home: Path):
    rows = {row["government"]: row for row in answer(home, "coverage")}
    assert rows["서울특별시"]["reported"] == 135
    assert rows["서울특별시"]["registered"] > 0


def test_verify_and_doctor_are_content(home: Path):
    assert answer(home, "verify")["equal"] is True
    states = {one["part"]: one["state"] for one in answer(home, "doctor")}
    assert states["database"] == states["search"] == states["index"] == "ok"


def test_precheck_answers_in_tiers(home: Path, tmp_path: Path):
    plan = tmp_path / "plan.json"
    plan.write_text(
        json.dumps({"owner": "경기도 가평군", "purpose": "음식 배달 앱을 만들어 소상공인 수수료를 낮춘다"}),
        encoding="utf-8",
    )
    result = answer(home, "precheck", str(plan))
    assert set(result) == {
        "functions", "questions", "tiers", "partners", "proposed_verdict", "searched_at", "known_gaps",
    }  # fmt: skip
    assert [tier["tier"] for tier in result["tiers"]] == ["own", "upper", "shared", "zone", "elsewhere", "private"]
    upper = {hit["name"] for hit in result["tiers"][1]["hits"]}
    assert "배달특급" in upper
    plan.write_text("not json", encoding="utf-8")
    assert run(home, "precheck", str(plan)).returncode == 2


def test_groups_keep_the_closed_delivery_apps(home: Path):
    groups = answer(home, "overlap", "groups")
    assert {"id", "name", "functions", "members"} <= set(groups[0])
    names = {member["name"] for group in groups for member in group["members"]}
    assert {"배달특급", "동백통"} <= names
