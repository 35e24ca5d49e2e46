"""Dates as Korean sources write them, read into ISO or refused: never a wrong date."""

import re
from datetime import date, datetime, timedelta, timezone

from registry.errors import InvalidValue

SEOUL = timezone(timedelta(hours=9))
EARLIEST = 1945

WHOLE = re.compile(r"(\d{4})\s*[.\-/년]\s*(\d{1,2})\s*[.\-/월]\s*(\d{1,2})\s*[.일]?")
MONTH = re.compile(r"(\d{4})\s*[.\-/년]\s*(\d{1,2})\s*[.월]?")
YEAR = re.compile(r"(\d{4})\s*[년.]?")
SHORT = re.compile(r"['’‘]?(\d{2})\s*([.\-/년])\s*(\d{1,2})\s*[.\-/월]\s*(\d{1,2})\s*[.일]?")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
COMPACT_MONTH = re.compile(r"(\d{4})(\d{2})")
SERIAL = re.compile(r"[1-9]\d{4}")
# Day 0 of spreadsheets, which believe in a 29th of February 1900.
SERIAL_START = date(1899, 12, 30)
TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ]\d\d:\d\d.*")


def read_date(value: object, field: str = "date", *, today: date | None = None, future: bool = False) -> str:
    """YYYY, YYYY-MM or YYYY-MM-DD, as exact as stated; '' for nothing; InvalidValue for what may be a wrong date.

    A date to come is refused unless `future` (a planned launch). A time with its zone counts in Korea. Numbers of
    ten or thirteen digits are seconds or milliseconds since 1970, of five digits a spreadsheet's days (45352). 26/11/23 is refused where it could be the
    23rd of November 2026 as well as the 26th of November 2023.
    """
    today = today or datetime.now(SEOUL).date()
    if value is None or value == "":
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(SEOUL).date() if value.tzinfo else value.date()
    if isinstance(value, date):
        return _checked(value, 3, value, field, today, future)
    text = re.sub(r"\s*\([월화수목금토일]\)\s*", "", str(value).strip())
    if re.fullmatch(r"\d{10}|\d{13}", text):
        seconds = int(text) / (1000 if len(text) == 13 else 1)
        return _checked(datetime.fromtimestamp(seconds, SEOUL).date(), 3, value, field, today, future)
    if SERIAL.fullmatch(text):
        # A cell that lost its date format shows the number of its day.
        return _checked(SERIAL_START + timedelta(days=int(text)), 3, value, field, today, future)
    if TIME.fullmatch(text):
        try:
            moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
        except ValueError:
            text = text[:10]
        else:
            return read_date(moment, field, today=today, future=future)
    for pattern, exact in ((WHOLE, 3), (COMPACT, 3), (MONTH, 2), (COMPACT_MONTH, 2), (YEAR, 1)):
        found = pattern.fullmatch(text)
        if found:
            numbers = [int(number) for number in found.groups()]
            return _checked(_make(numbers, value, field), exact, value, field, today, future)
    found = SHORT.fullmatch(text)
    if found:
        return _short(found, value, field, today, future)
    raise _refused(field, value, "날짜로 읽을 수 없습니다.", "This cannot be read as a date.")


def _short(found: re.Match[str], value: object, field: str, today: date, future: bool) -> str:
    first, mark, second, third = int(found[1]), found[2], int(found[3]), int(found[4])
    day = _make([2000 + first, second, third], value, field)
    if mark == "/":
        # With slashes the year may just as well stand last.
        try:
            other = date(2000 + third, second, first)
        except ValueError:
            other = None
        if other and other != day and other.year >= EARLIEST and (future or other <= today):
            raise _refused(field, value, "연도가 앞인지 뒤인지 알 수 없습니다.", "The year may stand first or last.")
    return _checked(day, 3, value, field, today, future)


def _make(numbers: list[int], value: object, field: str) -> date:
    year, month, day = (*numbers, 1, 1)[:3]
    try:
        return date(year, month, day)
    except ValueError:
        raise _refused(field, value, "달력에 없는 날짜입니다.", "The calendar has no such date.") from None


def _checked(day: date, exact: int, value: object, field: str, today: date, future: bool) -> str:
    if day == date(1970, 1, 1) and exact == 3:
        raise _refused(field, value, "비어 있는 시각(1970-01-01)으로 보입니다.", "It looks like an empty time stamp.")
    if day.year < EARLIEST:
        raise _refused(field, value, f"{EARLIEST}년보다 이릅니다.", f"It is before {EARLIEST}.")
    if day > today and not future:
        raise _refused(field, value, "앞날의 날짜입니다.", "The date is in the future.")
    if day.year > today.year + 20:
        raise _refused(field, value, "너무 먼 앞날입니다.", "The date is too far in the future.")
    return day.isoformat()[: {1: 4, 2: 7, 3: 10}[exact]]


def _refused(field: str, value: object, cause_ko: str, cause_en: str) -> InvalidValue:
    return InvalidValue(
        field,
        value,
        cause_ko,
        cause_en,
        "2026-11-23처럼 연-월-일로 쓰세요. 연도나 연-월만 써도 됩니다.",
        "Write it as 2026-11-23; a year or a year and month will do.",
    )
