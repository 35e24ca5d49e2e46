"""Dated rule sets of config/rules, each with its source and whether that is the text itself, press or secondary."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from config.settings import CONFIG

FOLDER = CONFIG / "rules"
SETS = ("public_apps_2024", "public_apps_2017", "homepages_2015", "information_systems_2025")


@dataclass(frozen=True)
class RuleSet:
    """One file of config/rules: dated criteria with their source."""

    id: str
    title_ko: str
    title_en: str
    since: str
    until: str
    applies_to: str
    source: str
    source_kind: str
    note_ko: str
    note_en: str
    all_of: bool
    proposes: str
    younger_than_years: int
    criteria: tuple[Mapping[str, Any], ...]


@cache
def rule_sets() -> dict[str, RuleSet]:
    """All rule sets, by id."""
    return {one: _read(FOLDER / f"{one}.yml") for one in SETS}


def _read(path: Path) -> RuleSet:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return RuleSet(
        id=data["id"],
        title_ko=data["title_ko"],
        title_en=data["title_en"],
        since=data["from"],
        until=data["to"],
        applies_to=data["applies_to"],
        source=data["source"],
        source_kind=data["source_kind"],
        note_ko=data["note_ko"],
        note_en=data["note_en"],
        all_of=bool(data.get("all_of", False)),
        proposes=data.get("proposes", ""),
        younger_than_years=int((data.get("spared") or {}).get("younger_than_years", 0)),
        criteria=tuple(data["criteria"]),
    )
