"""What facet values are called, in Korean and English."""

from functools import lru_cache
from typing import Any

import yaml

from config.settings import CONFIG
from registry.errors import NotFound
from registry.governments import Places

FIXED = {
    "type": {
        "information": ("정보제공형", "Information"),
        "proposal": ("정책제안형", "Proposal"),
        "brokerage": ("민간역량중개형", "Brokerage"),
    },
    "status": {
        "planned": ("계획", "Planned"),
        "running": ("운영 중", "Running"),
        "suspended": ("중단", "Suspended"),
        "closed": ("종료", "Closed"),
        "unknown": ("확인 안 됨", "Unknown"),
    },
    "level": {
        "metropolitan": ("광역", "Metropolitan"),
        "basic": ("기초", "Basic"),
        "national": ("국가", "National"),
        "private": ("민간", "Private"),
    },
    "channel": {
        "web": ("누리집", "Web"),
        "ios": ("아이폰 앱", "iOS app"),
        "android": ("안드로이드 앱", "Android app"),
        "phone": ("전화", "Phone"),
        "visit": ("방문", "Visit"),
        "kiosk": ("무인기기", "Kiosk"),
        "sns": ("SNS", "Social media"),
    },
}


def label(facet: str, value: str, places: Places) -> tuple[str, str]:
    """The Korean and the English label of a facet's value; the value itself where there is no other."""
    if facet in FIXED:
        return FIXED[facet].get(value, (value, value))
    if facet in ("owner", "area"):
        try:
            government = places.by_code(value)
        except NotFound:
            return value, value
        return government.full_name, government.name_en or government.full_name
    return _curated().get(facet, {}).get(value, (value, value))


@lru_cache
def _curated() -> dict[str, dict[str, tuple[str, str]]]:
    files = {"function": "functions", "field": "fields", "beneficiary": "beneficiaries", "form": "forms"}
    return {facet: {_key(facet, row): _names(row) for row in _rows(name)} for facet, name in files.items()}


def _key(facet: str, row: dict[str, Any]) -> str:
    # 'other' is a form of every type: a form's value carries its type.
    return f"{row['type']}/{row['id']}" if facet == "form" else str(row["id"])


def _names(row: dict[str, Any]) -> tuple[str, str]:
    return str(row.get("short_ko") or row["ko"]), str(row["en"])


def _rows(name: str) -> list[dict[str, Any]]:
    with (CONFIG / "vocab" / f"{name}.yml").open(encoding="utf-8") as file:
        rows = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return list(rows)
