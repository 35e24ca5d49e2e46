"""A sheet in the questionnaire's layout becomes survey answers; items and figures beside a platform, usage reports."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from harvesters.figure_columns import FigureColumn, figure_column
from harvesters.sheet_import import import_file
from harvesters.survey_cells import exact_number, option_in, read_period
from registry.audit import audit_lines
from registry.coverage import coverage_of
from registry.database import session_of
from registry.errors import InvalidValue
from registry.governments import Places
from registry.models import SurveyAnswer, UsageFigure, UsageReport
from registry.questionnaire import item_of
from registry.records import Actor
from registry.survey_answers import answers_of
from registry.usage import usage_of
from registry.vocab import ActorKind
from tests.harvesters.conftest import Bench

OFFICER = Actor(ActorKind.person, "officer")

WIDE = (
    "S1,연도,S3,S8-2,S8-2.information,S8-2.proposal,S8-3,A1,A1-1.4,A1-2,A1-3,A1-4,A1-5,A1-6,A4,A5-r1,A9-1,B1-3\n"
    "경기도 수원시,2026,2,5,3,2,② 정보화 담당실에서 전체 플랫폼 유형을 총괄한다,1;4,수원 관광 안내,4,320명,1,2,3천5백만원,④,3,생활권 때문에,5\n"
    "경기도 성남시,2026년,1,많음,,,1,,,,9,,,,,,,\n"
    "없는시,2026,,,,,,,,,3,,,,,,,\n"
    "경기도 안양시,,,,,,,,,,3,,,,,,,\n"
)


def do_import(bench: Bench, tmp_path: Path, text: str, *, dry: bool = False, period: str = "") -> dict[str, Any]:
    file = tmp_path / "sheet.csv"
    file.write_text(text, "utf-8-sig")
    result = import_file(bench.database, file, "조사", dry, OFFICER, bench.settings, period=period)
    json.dumps(result)
    return result


def stored(bench: Bench, government: str, year: int = 2026) -> set[tuple[str, str, str, float | None, str]]:
    with session_of(bench.database) as session:
        number = Places.load(session).resolve(government).id or 0
        rows = answers_of(session, number, year, "조사")
        return {(row.type, row.item, row.option, row.value, row.note) for row in rows}


def test_a_sheet_in_the_questionnaires_layout_becomes_survey_answers(bench: Bench, tmp_path: Path) -> None:
    dry = do_import(bench, tmp_path, WIDE, dry=True)
    with session_of(bench.database) as session:
        assert session.exec(select(SurveyAnswer)).all() == []
    done = do_import(bench, tmp_path, WIDE)
    assert stored(bench, "경기도 수원시") == {
        *{("", "S8-2", "", 5.0, ""), ("information", "S8-2", "", 3.0, ""), ("proposal", "S8-2", "", 2.0, "")},
        ("", "S8-3", "2", None, ""),
        *{("information", "A1", "1", None, ""), ("information", "A1", "4", None, "")},
        ("information", "A1-2", "4", None, ""),
        # An exact number stands beside the band it falls into.
        ("information", "A1-3", "3", 320.0, ""),
        *{("information", "A1-4", "1", None, ""), ("information", "A1-5", "2", None, "")},
        *{("information", "A4", "4", None, ""), ("information", "A5-r1", "3", None, "")},
        ("information", "A9-1", "", None, "생활권 때문에"),
        ("proposal", "B1-3", "5", None, ""),
    }
    # What was not answered is no answer, and what is asked of the officer herself (S3) is not kept.
    assert stored(bench, "경기도 성남시") == {("", "S8-3", "1", None, "")}
    for result in (dry, done):
        assert [(one["row"], one["kind"], one["of"], one["period"]) for one in result["answers"]] == [
            (2, "survey_answer", "경기도 수원시", "2026"),
            (3, "survey_answer", "경기도 성남시", "2026"),
        ]
        rejected = {(one["row"], one["field"], one["value"]) for one in result["rejected"]}
        assert rejected == {
            (2, "A1-6", "3천5백만원"),  # thirty-five million, or three thousand and five million?
            (3, "S8-2", "많음"),
            (3, "A1-3", "9"),
            (4, "owner", "없는시"),
            (5, "year", ""),
        }
        assert all(one["reason"].count("/") and one["remedy"].count("/") for one in result["rejected"])
    assert [one["name"] for one in done["added"]] == ["수원 관광 안내"]
    with session_of(bench.database) as session:
        assert {line.actor for line in audit_lines(session) if line.action == "answer_survey"} == {"person:officer"}
        # The numbers of 2022 stay what the report says of 2022.
        assert {row["reported"] for row in coverage_of(session, area="경기도 수원시")} == {None}


def test_answers_handed_in_again_replace_what_the_same_source_said(bench: Bench, tmp_path: Path) -> None:
    do_import(bench, tmp_path, "S1,연도,A1-3,A4\n경기도 수원시,2026,3,4\n")
    do_import(bench, tmp_path, "S1,연도,A1-3,A4\n경기도 수원시,2025,1,\n")
    do_import(bench, tmp_path, "S1,A1-3,A4\n경기도 수원시,2,\n", period="2026")
    assert stored(bench, "경기도 수원시") == {("information", "A1-3", "2", None, "")}
    assert stored(bench, "경기도 수원시", 2025) == {("information", "A1-3", "1", None, "")}


def test_the_long_layout_and_the_column_per_option_say_the_same(bench: Bench, tmp_path: Path) -> None:
    long = (
        "문항,보기,응답\nS1,,경기도 성남시\n연도,,2026\nA1,1,○\nA1,2,0\nA1,3,○\nA1-3,,③\nC1-3,2,✓\nS8-2,information,7\n"
    )
    do_import(bench, tmp_path, long)
    expected = {
        *{("information", "A1", "1", None, ""), ("information", "A1", "3", None, "")},
        *{("information", "A1-3", "3", None, ""), ("brokerage", "C1-3", "2", None, "")},
        ("information", "S8-2", "", 7.0, ""),
    }
    assert stored(bench, "경기도 성남시") == expected
    columns = "gov_code,연도,A1.1,A1.2,A1.3,A1-3,C1-3.1,C1-3.2,S8-2.information\n4113000000,2026,1,0,v,3,,○,7\n"
    do_import(bench, tmp_path, columns)
    assert stored(bench, "경기도 성남시") == expected


PLATFORMS = (
    "플랫폼명,기관명,누리집주소,유형,기간,A1-3,A1-5,A1-6,C1-3,회원 수,구축비(국비·천원),구축비(시군구비) [천원],"
    "유지비(시군구비·백만원),만족도점수,어르신 이용자 수\n"
    '수원 통합예약,경기도 수원시,https://r.example.kr,information,2026,3,4명,②,,12만 5천명,"500,000",250000,22,84.5,10\n'
    "수원 배달앱,경기도 수원시,https://d.example.kr,brokerage,2026-H1,3,,,5,770000,,,,,\n"
    "수원 장터,경기도 수원시,https://m.example.kr,brokerage,,,,,2,,,,,,\n"
    "수원 주차,경기도 수원시,https://p.example.kr,information,2026,1,,,,많음,,,,,\n"
    "수원 소식,경기도 수원시,https://n.example.kr,information,2026,,,,,,,,,,\n"
)


def test_items_and_figures_beside_a_platform_become_its_usage_report(bench: Bench, tmp_path: Path) -> None:
    dry = do_import(bench, tmp_path, PLATFORMS, dry=True)
    with session_of(bench.database) as session:
        assert session.exec(select(UsageReport)).all() == [] == session.exec(select(UsageFigure)).all()
    done = do_import(bench, tmp_path, PLATFORMS)
    ids = {row.name: row.id for row in bench.platforms().values()}
    assert len(ids) == 5
    with session_of(bench.database) as session:
        assert usage_of(session, ids["수원 통합예약"]) == {"2026": {"A1-3": ["3"], "A1-5": ["3"], "A1-6": ["2"]}}
        assert usage_of(session, ids["수원 배달앱"]) == {}
        assert usage_of(session, ids["수원 주차"]) == {"2026": {"A1-3": ["1"]}}
        figures = session.exec(select(UsageFigure).where(UsageFigure.platform_id == ids["수원 통합예약"])).all()
        assert {(one.key, one.value, one.as_of, one.period, one.payer, one.purpose) for one in figures} == {
            ("members", 125_000.0, "2026", "total", "", ""),
            ("build_cost_krw", 500_000_000.0, "2026", "total", "national", "build"),
            ("build_cost_krw", 250_000_000.0, "2026", "total", "local", "build"),
            ("upkeep_cost_krw", 22_000_000.0, "2026", "year", "local", "upkeep"),
            ("satisfaction", 84.5, "2026", "", "", ""),
            ("staff", 4.0, "2026", "", "", ""),
        }
        assert {(one.actor, one.source_id, one.rank) for one in figures} == {("person:officer", "조사", "harvested")}
    for result in (dry, done):
        assert [(one["row"], one["kind"], one["period"]) for one in result["answers"]] == [
            (2, "usage_report", "2026"),
            (5, "usage_report", "2026"),
        ]
        assert {(one["row"], one["field"], one["value"]) for one in result["rejected"]} == {
            (3, "A1-3", "3"),  # an item of another type: nothing of this row's report is kept
            (4, "period", ""),
            (5, "회원 수", "많음"),
        }


def test_a_band_that_contradicts_the_exact_figure_is_refused(bench: Bench, tmp_path: Path) -> None:
    head = "플랫폼명,기관명,누리집주소,유형,기간,A1-3,주간 이용자 수\n"
    row = "수원 통합예약,경기도 수원시,https://r.example.kr,information,2026,4,499\n"
    (rejected,) = do_import(bench, tmp_path, head + row)["rejected"]
    assert (rejected["row"], rejected["field"], rejected["value"]) == (2, "A1-3", "4") and "499" in rejected["reason"]
    assert bench.names() == ["수원 통합예약"]
    with session_of(bench.database) as session:
        assert session.exec(select(UsageReport)).all() == [] == session.exec(select(UsageFigure)).all()


def test_a_file_for_another_period_is_no_unchanged_file(bench: Bench, tmp_path: Path) -> None:
    text = "플랫폼명,기관명,누리집주소,유형,A1-3\n수원 통합예약,경기도 수원시,https://r.example.kr,information,4\n"
    assert [one["field"] for one in do_import(bench, tmp_path, text)["rejected"]] == ["period"]
    do_import(bench, tmp_path, text, period="2025")
    do_import(bench, tmp_path, text, period="2026")
    assert do_import(bench, tmp_path, text, period="2026")["unchanged"] == 1
    with session_of(bench.database) as session:
        assert set(usage_of(session, next(iter(bench.platforms().values())).id)) == {"2025", "2026"}


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("회원 수", FigureColumn("members")),
        ("누적 회원 수(명)", FigureColumn("members")),
        ("구축비(국비, 천원)", FigureColumn("build_cost_krw", 1e3, "national", "build")),
        ("구축비(단위: 백만원)", FigureColumn("build_cost_krw", 1e6, "", "build")),
        ("유지비 (시·도비)", FigureColumn("upkeep_cost_krw", 1.0, "province", "upkeep")),
        ("upkeep_cost_krw:local", FigureColumn("upkeep_cost_krw", 1.0, "local", "upkeep")),
        ("국비(천원)", FigureColumn("budget_national_krw", 1e3, "national", "")),
        ("회원 수(전년 대비 증감)", None),
        ("회원 수 증가율", None),
        ("플랫폼명", None),
        ("예산 집행 부서", None),
    ],
)
def test_what_a_heading_says_of_its_figures(heading: str, column: FigureColumn | None) -> None:
    assert figure_column(heading) == column


@pytest.mark.parametrize(
    ("text", "option"),
    [
        *[("3", "3"), ("③", "3"), ("3.", "3"), ("3번", "3"), ("3) 200명 이상 500명 미만", "3")],
        *[("200명 이상 500명 미만", "3"), ("1,000명 이상", "5"), ("3명", None), ("7", None), ("3 아님", None)],
    ],
)
def test_how_an_option_is_named(text: str, option: str | None) -> None:
    assert option_in(item_of("A1-3"), text) == option


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[("1,234명", 1234), ("3만 5천", 35_000), ("1억 2,000만원", 120_000_000), ("5천만원", 50_000_000)],
        *[("12.5", 12.5), ("3천5백만원", None), ("약 300명", 300), ("300~400", None), ("2만~3만", None), ("-5", None)],
    ],
)
def test_a_number_is_exact_or_refused(text: str, value: float | None) -> None:
    if value is None:
        with pytest.raises(InvalidValue):
            exact_number("x", text)
    else:
        assert exact_number("x", text) == value


@pytest.mark.parametrize(
    ("text", "period"),
    [
        *[("2026", "2026"), ("2026년", "2026"), ("2026.3.", "2026-03"), ("2026년 3월", "2026-03")],
        *[("2026년 상반기", "2026-H1"), ("2026 하반기", "2026-H2"), ("2026년 3분기", "2026-Q3"), ("작년", "작년")],
    ],
)
def test_periods(text: str, period: str) -> None:
    assert read_period(text) == period
