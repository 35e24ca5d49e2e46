"""Dates as sources write them: read as exactly as stated, or refused; never a wrong date (H28)."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.dates import read_date
from registry.errors import InvalidValue

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026.11.23.", "2026-11-23"),
        ("2026. 1. 3.", "2026-01-03"),
        ("2026-11-23", "2026-11-23"),
        ("2026/11/23", "2026-11-23"),
        ("20261123", "2026-11-23"),
        ("2026년 11월 23일", "2026-11-23"),
        ("2026.11.23(월)", "2026-11-23"),
        ("2026년 11월", "2026-11"),
        ("2026-11", "2026-11"),
        ("202611", "2026-11"),
        ("2026년", "2026"),
        ("45352", "2024-03-01"),
        (45352, "2024-03-01"),
        ("2026", "2026"),
        ("'26.11.23", "2026-11-23"),
        ("26.11.23", "2026-11-23"),
        ("26/10/31", "2026-10-31"),
        (1795392000, "2026-11-23"),
        ("1795392000000", "2026-11-23"),
        ("2026-11-22T23:30:00Z", "2026-11-23"),
        ("2026-11-23 08:00:00", "2026-11-23"),
        (datetime(2026, 11, 22, 15, 0, tzinfo=UTC), "2026-11-23"),
        (date(2026, 11, 23), "2026-11-23"),
        ("", ""),
        (None, ""),
    ],
)
def test_read(text, read: str):
    assert read_date(text, today=TODAY) == read


@pytest.mark.parametrize(
    "text",
    [
        *["26/11/23", "2026-02-30", "2026-13-01", "0000-00-00", "0000", "1900-01-01", "1970-01-01", "0000000000"],
        *[
            "2027-01-01",
            "2099",
            "어제",
            "11월 23일",
            "23-11-2026",
            "2026-11-23-1",
            "9999-12-31",
            "99999",
            "10000",
            "12345678901234567890",
        ],
    ],
)
def test_what_may_be_wrong_is_refused(text: str):
    with pytest.raises(InvalidValue) as refused:
        read_date(text, "launched", today=TODAY)
    assert refused.value.field == "launched"
    assert refused.value.value == text


def test_a_planned_launch_may_lie_ahead_but_not_too_far():
    assert read_date("2027-03-01", today=TODAY, future=True) == "2027-03-01"
    with pytest.raises(InvalidValue):
        read_date("2999-03-01", today=TODAY, future=True)


@given(st.dates(date(1950, 1, 2), TODAY), st.sampled_from(["%Y.%m.%d.", "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%y/%m/%d"]))
def test_a_written_date_is_read_as_itself_or_refused(day: date, form: str):
    try:
        read = read_date(day.strftime(form), today=TODAY)
    except InvalidValue:
        # The first of 1970 is what an empty time stamp looks like; the two-digit year may stand first or last.
        assert form == "%y/%m/%d" or day == date(1970, 1, 1)
        return
    assert read == (day.isoformat() if form != "%y/%m/%d" or day.year >= 2000 else f"20{day:%y-%m-%d}")
