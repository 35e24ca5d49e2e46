"""The questionnaire of 2022 as data: which items exist, for which type, and which answers each takes."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from registry.errors import InvalidValue, UnknownCode
from registry.geography import CATALOGUE


@dataclass(frozen=True)
class Item:
    """One item: `type` is '' for items about the government as a whole; `options` are code -> Korean text."""

    code: str
    type: str
    question: str
    kind: str
    page: str
    options: Mapping[str, str]

    def check(self, option: str) -> str:
        """The option's code; UnknownCode lists the possible ones."""
        code = str(option).strip()
        if code not in self.options:
            known = ", ".join(f"{key} {text}" for key, text in self.options.items())
            raise UnknownCode(
                self.code,
                option,
                "이 문항에 없는 응답 번호입니다.",
                "This item has no such answer.",
                f"다음 중 하나를 고르세요: {known}",
                f"Choose one of: {known}",
            )
        return code


# The figure behind a band, and the bands' lower bounds. Bands 2 and 3 of the staff item overlap as printed
# (1–3, 3–5): the number three fits both.
BANDS: dict[str, tuple[str, tuple[tuple[float, float], ...]]] = {
    "3": ("users_week", ((0, 50), (50, 200), (200, 500), (500, 1000), (1000, float("inf")))),
    "5": ("staff", ((0, 1), (1, 3), (3, 5), (5.000001, float("inf")))),
    "6": ("budget_krw", ((0, 1e7), (1e7, 3e7), (3e7, 5e7), (5e7, 1e8), (1e8, float("inf")))),
}
CLOSED_ABOVE = ("5",)


@cache
def questionnaire(path: Path = CATALOGUE / "survey_questionnaire.csv") -> Mapping[str, Item]:
    """Every item by its code, in the order in which it was asked."""
    items: dict[str, Item] = {}
    options: dict[str, dict[str, str]] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            code = row["item_code"]
            options.setdefault(code, {})
            if row["option_code"]:
                options[code][row["option_code"]] = row["option_ko"]
            type_ = "" if row["platform_type"] == "all" else row["platform_type"]
            items.setdefault(
                code, Item(code, type_, row["question_short_ko"], row["answer_kind"], row["page"], options[code])
            )
    return MappingProxyType(items)


def item_of(code: str) -> Item:
    """One item; UnknownCode."""
    try:
        return questionnaire()[code]
    except KeyError:
        raise UnknownCode(
            "item",
            code,
            "설문에 없는 문항입니다.",
            "The questionnaire has no such item.",
            "A1-3처럼 문항 번호를 쓰세요.",
            "Use an item's code such as A1-3.",
        ) from None


def band_fits(item: str, option: str, value: float) -> bool:
    """Whether an exact figure lies in the band that was answered (items …-3 users, …-5 staff, …-6 budget)."""
    part = item.partition("-")[2]
    if part not in BANDS:
        return True
    low, high = BANDS[part][1][int(option) - 1]
    return low <= value <= high if part in CLOSED_ABOVE else low <= value < high


def check_band(item: str, option: str, value: float) -> None:
    """InvalidValue when an exact figure contradicts the band that was answered."""
    if not band_fits(item, option, value):
        raise InvalidValue(
            item,
            option,
            f"정확한 값 {value:g}은(는) 고른 구간('{item_of(item).options[option]}')에 들지 않습니다.",
            f"The exact figure {value:g} is not in the band that was chosen.",
            "구간이나 값을 고치세요.",
            "Correct the band or the figure.",
        )
