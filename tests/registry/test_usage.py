"""Usage reports: the survey's items for one platform and period, checked, tabulated, never mixed with the survey."""

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from registry.database import session_of, writing_session
from registry.errors import InvalidValue, UnknownCode
from registry.models import UsageFigure, UsageReport
from registry.questionnaire import BANDS, band_fits, questionnaire
from registry.records import FigureClaim
from registry.usage import printed_table, report_usage, scale_mean, tabulate, usage_of
from registry.vocab import PlatformType, Rank
from registry.vocabulary import load_vocabulary
from tests.registry.factories import OFFICER, make_source, outbox, put


@pytest.fixture
def session(database: Engine):
    with writing_session(database) as opened:
        yield opened


@pytest.fixture
def web(session):
    return make_source(session, "web", Rank.owner)


def made(session, name="버스정보", type_=PlatformType.information, **more):
    return put(session, name, type=type_, **more).platform_id


def test_the_questionnaire_is_the_surveys():
    items = questionnaire()
    assert len(items) == 94
    assert items["A1-3"].options["5"] == "1,000명 이상"
    assert items["C3"].type == "brokerage"
    assert items["S8-3"].type == ""


def test_a_report_is_kept_and_replaced(session, web):
    one = made(session)
    report_usage(session, one, "2026", {"A1-3": "5", "A1": ["1", "2"], "A4": ""}, actor=OFFICER, source=web)
    assert usage_of(session, one) == {"2026": {"A1": ["1", "2"], "A1-3": ["5"]}}
    report_usage(session, one, "2026", {"A1-3": "4"}, actor=OFFICER, source=web)
    report_usage(session, one, "2025-H1", {"A4": "3"}, actor=OFFICER, source=web)
    assert usage_of(session, one) == {"2026": {"A1-3": ["4"]}, "2025-H1": {"A4": ["3"]}}
    assert outbox(session, one) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("period", "answers", "field"),
    [
        ("26", {"A1-3": "5"}, "period"),
        ("2026-13", {"A1-3": "5"}, "period"),
        ("2026", {"A1-3": "6"}, "A1-3"),
        ("2026", {"A1-3": ["1", "2"]}, "A1-3"),
        ("2026", {"B1-3": "1"}, "B1-3"),
        ("2026", {"Z9": "1"}, "item"),
        ("2026", {"S8-3": "1"}, "S8-3"),
    ],
)
def test_what_cannot_be_taken(session, web, period, answers, field):
    one = made(session)
    with pytest.raises(InvalidValue) as refused:
        report_usage(session, one, period, {"A1-4": "1", **answers}, actor=OFFICER, source=web)
    assert refused.value.field == field
    assert session.exec(select(UsageReport)).all() == []


def test_a_secondary_types_items_may_be_answered(session, web):
    one = made(session, secondary_types=(PlatformType.proposal,))
    report_usage(session, one, "2026", {"B1-3": "1"}, actor=OFFICER, source=web)


def test_figures_come_with_the_period_and_must_fit_the_band(session, web):
    one = made(session)
    with pytest.raises(InvalidValue) as refused:
        report_usage(
            session, one, "2026", {"A1-5": "1"}, actor=OFFICER, source=web, figures=[FigureClaim("staff", 4.0)]
        )
    assert refused.value.field == "A1-5"
    with pytest.raises(UnknownCode):
        report_usage(session, one, "2026", {}, actor=OFFICER, source=web, figures=[FigureClaim("no_such", 1.0)])
    with pytest.raises(InvalidValue):
        report_usage(session, one, "2026", {}, actor=OFFICER, source=web, figures=[FigureClaim("staff", -1.0)])
    report_usage(session, one, "2026", {"A1-5": "3"}, actor=OFFICER, source=web, figures=[FigureClaim("staff", 4.0)])
    figure = session.exec(select(UsageFigure)).one()
    assert (figure.key, figure.value, figure.as_of, figure.rank) == ("staff", 4.0, "2026", "owner")


@pytest.mark.parametrize(
    ("item", "type_"),
    [("A1-3", PlatformType.information), ("B1-3", PlatformType.proposal), ("C1-3", PlatformType.brokerage)],
)
def test_weekly_users_must_fit_the_band_that_was_answered(session, web, item, type_):
    one = made(session, type_=type_)
    users = [FigureClaim("users_week", 499.0)]
    with pytest.raises(InvalidValue) as refused:
        report_usage(session, one, "2026", {item: "4"}, actor=OFFICER, source=web, figures=users)
    problem = refused.value
    assert (problem.field, problem.value) == (item, "4")
    assert "499" in problem.cause_ko and "500" in problem.cause_ko and "499" in problem.cause_en
    assert problem.remedy_ko and problem.remedy_en
    assert session.exec(select(UsageReport)).all() == [] == session.exec(select(UsageFigure)).all()
    report_usage(session, one, "2026", {item: "3"}, actor=OFFICER, source=web, figures=users)
    assert session.exec(select(UsageFigure)).one().value == 499.0


def test_every_figure_behind_a_band_is_one_that_can_be_reported():
    assert {key for key, _ in BANDS.values()} <= load_vocabulary().figures.keys()


@pytest.mark.parametrize(
    ("item", "option", "value", "fits"),
    [
        *[("A1-3", "1", 49, True), ("A1-3", "1", 50, False), ("A1-3", "2", 50, True), ("A1-3", "5", 10**9, True)],
        *[("A1-5", "2", 3, True), ("A1-5", "3", 3, True), ("A1-5", "4", 5, False), ("A1-5", "1", 0.5, True)],
        *[("B1-6", "1", 9_999_999, True), ("B1-6", "2", 1e7, True), ("B1-6", "5", 1e8, True), ("A4", "3", 1, True)],
    ],
)
def test_bands(item, option, value, fits):
    assert band_fits(item, option, value) is fits


def test_a_table_from_usage_reports_counts_the_silent(session, web):
    for name, answers in {
        "가": {"A4": "5"},
        "나": {"A4": "4"},
        "다": {"A4": "4"},
        "라": {"A1-3": "1"},
    }.items():
        report_usage(session, made(session, name), "2026", answers, actor=OFFICER, source=web)
    report_usage(session, made(session, "제안", PlatformType.proposal), "2026", {"B5": "1"}, actor=OFFICER, source=web)
    table = tabulate(session, "A4", "2026")
    assert table.made_from == "usage reports"
    assert {one.option: one.count for one in table.rows} == {"1": 0, "2": 0, "3": 0, "4": 2, "5": 1, "0": 1}
    assert table.total == 4
    assert scale_mean(table) == 4.33
    assert tabulate(session, "A4", "2025").total == 0
    assert scale_mean(tabulate(session, "A4", "2025")) is None


@pytest.mark.parametrize(
    ("table", "counts", "mean"),
    [
        ("3-53", [8, 11, 10, 9, 55, 4], None),
        ("3-54", [34, 26, 5, 4, 12, 16], None),
        ("3-55", [9, 12, 10, 5, 8, 53], None),
        ("3-8", [76, 18, 1, 0, 2], None),
        ("3-14", [11, 29, 21, 13, 19, 4], None),
        ("3-56", [1, 6, 58, 27, 3, 2], 3.26),
        ("3-57", [5, 6, 55, 14, 3, 14], 3.05),
        ("3-58", [3, 5, 22, 11, 3, 53], 3.14),
    ],
)
def test_the_reports_tables_come_out_as_printed(bundled_database: Engine, table, counts, mean):
    with session_of(bundled_database) as session:
        found = printed_table(session, table)
        assert [one.count for one in found.rows] == counts
        assert found.total == 97
        assert found.made_from == f"KRILA 2022-01, 표 {table}"
        if mean:
            assert scale_mean(found) == mean
        with pytest.raises(UnknownCode):
            printed_table(session, "9-9")
