"""Korean at /, English at /en: which language a request wants, and numbers, dates and words in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal
from fastapi import Request

SEOUL = ZoneInfo("Asia/Seoul")
LOCALES = {"ko": "ko_KR", "en": "en_GB"}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec")
KRW_STEPS = ((10**12, "조"), (10**8, "억"), (10**4, "만"))


@dataclass(frozen=True)
class Language:
    """One of our two languages. Both wordings stand side by side where they are used, so neither is forgotten."""

    code: str

    def __call__(self, ko: str, en: str) -> str:
        """The wording in this language."""
        return ko if self.code == "ko" else en

    def of(self, both: Mapping[str, str]) -> str:
        """The wording out of {'ko': …, 'en': …}; Korean where there is no English."""
        return both.get(self.code) or both.get("ko", "")

    @property
    def prefix(self) -> str:
        """What stands before a page's path."""
        return "" if self.code == "ko" else "/en"

    def link(self, path: str) -> str:
        """The path of a page in this language."""
        return self.prefix + path

    def number(self, value: float | None) -> str:
        """A number with separators."""
        return "" if value is None else str(format_decimal(value, locale=LOCALES[self.code]))

    def money(self, won: float) -> str:
        """Korean won: 1억 2,000만 원, or KRW 120,000,000."""
        if self.code == "en":
            return "KRW " + self.number(round(won))
        rest, parts = round(won), []
        for step, word in KRW_STEPS:
            if abs(rest) >= step:
                parts.append(f"{self.number(rest // step)}{word}")
                rest %= step
        if rest or not parts:
            parts.append(self.number(rest))
        return " ".join(parts) + " 원"

    def day(self, value: datetime | None) -> str:
        """A date in Korea."""
        if value is None:
            return ""
        return str(format_date(value.astimezone(SEOUL), "medium", locale=LOCALES[self.code]))

    def moment(self, value: datetime | None) -> str:
        """A date and a time of day in Korea."""
        if value is None:
            return ""
        # By 24 hours: Babel's Korean writes the half of the day in Latin letters.
        return f"{self.day(value)} {value.astimezone(SEOUL):%H:%M}"

    def stated(self, value: str) -> str:
        """A date as a source stated it: a day, a month or only a year, never made more exact than it is."""
        parts = value.split("-")
        if not all(part.isdigit() for part in parts) or len(parts) > 3:
            return value
        if self.code == "en":
            year, *rest = (int(part) for part in parts)
            if not rest or not 1 <= rest[0] <= 12:
                return value
            return " ".join([*(str(day) for day in rest[1:]), MONTHS[rest[0] - 1], str(year)])
        units = ("년", "월", "일")
        return " ".join(f"{int(part)}{unit}" for part, unit in zip(parts, units, strict=False))

    def every(self, hours: float) -> str:
        """How often something happens: daily, weekly, monthly in words, else in hours."""
        words = {24: ("매일", "daily"), 168: ("매주", "weekly"), 730: ("매달", "monthly")}.get(round(hours))
        return self(*words) if words else self(f"{hours:g}시간마다", f"every {hours:g} h")


def tongue(text: str) -> str:
    """The language a text of the data is written in, for the reader's voice: Korean if it has Hangul."""
    return "ko" if any("가" <= one <= "힣" for one in text) else "en"


KOREAN, ENGLISH = Language("ko"), Language("en")


def language_of(request: Request) -> Language:
    """The language of a page's address."""
    path = request.url.path
    return ENGLISH if path == "/en" or path.startswith("/en/") else KOREAN


def other_language(request: Request) -> tuple[Language, str]:
    """The other language and this page's address in it, its question kept."""
    path, query = request.url.path, request.url.query
    if language_of(request) is KOREAN:
        other, target = ENGLISH, ENGLISH.link(path)
    else:
        other, target = KOREAN, path.removeprefix("/en") or "/"
    return other, target + (f"?{query}" if query else "")
