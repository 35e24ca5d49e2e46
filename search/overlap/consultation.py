"""Which dated rule of the pre-consultation (전자정부법 제67조) a plan's cost meets, with the rule's source."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import yaml

from config.settings import CONFIG
from registry.vocab import Level


@dataclass(frozen=True)
class ConsultationRule:
    """One line of config/rules/consultation.yml: from which amount (KRW) a level of government consults whom."""

    since: str
    until: str
    level: str
    threshold_krw: float
    consults: str
    source: str
    source_kind: str
    note_ko: str
    note_en: str
    new_regardless: bool = False

    def in_force(self, on: date) -> bool:
        """Whether the source speaks of that month."""
        month = on.isoformat()[:7]
        return self.since <= month and (not self.until or month <= self.until)


@dataclass(frozen=True)
class ConsultationNote:
    """A rule beside a plan. `reached` is None where the plan names no cost: that cannot be judged."""

    rule: ConsultationRule
    in_force: bool
    reached: bool | None


@cache
def consultation_rules() -> tuple[ConsultationRule, ...]:
    """All rules, the oldest first."""
    rows: list[dict[str, Any]] = yaml.safe_load((CONFIG / "rules" / "consultation.yml").read_text(encoding="utf-8"))
    made = [ConsultationRule(since=row.pop("from"), until=row.pop("to"), **row) for row in (dict(one) for one in rows)]
    return tuple(sorted(made, key=lambda one: (one.since, one.level)))


def consultation_notes(level: Level, cost_krw: float | None, on: date) -> list[ConsultationNote]:
    """Rules for a level of government beside a cost, those in force first; earlier ones stay, as their sources do."""
    found = [
        ConsultationNote(rule, rule.in_force(on), None if cost_krw is None else cost_krw >= rule.threshold_krw)
        for rule in consultation_rules()
        if rule.level == level.value and rule.since <= on.isoformat()[:7]
    ]
    return sorted(found, key=lambda one: (not one.in_force, one.rule.since))
