"""Retirement and improvement candidates by dated rule sets: which criterion, which figure, from when.

A figure that is not known is 'cannot be judged', never zero. Nothing here is a verdict: it is a list of what to look at.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from registry.errors import InvalidValue
from registry.models import ComparedPair, OverlapMember, Platform
from registry.vocab import Level, PlatformState, Status
from search.overlap.figures import Figures, figures_of_all
from search.overlap.rules import SETS, RuleSet, rule_sets


@dataclass(frozen=True)
class Finding:
    """What one criterion says of one platform: True met, False not met, None cannot be judged."""

    criterion: str
    ko: str
    en: str
    met: bool | None
    figure: str
    value: str
    as_of: str
    proposes: str


@dataclass(frozen=True)
class Candidate:
    """A platform that meets a rule set, with every criterion's finding."""

    platform: Platform
    rule_set: str
    proposes: str
    findings: tuple[Finding, ...]


def candidates(session: Session, rule_set: str, on: date) -> tuple[list[Candidate], int]:
    """Platforms that meet a rule set on a day, and how many could not be judged at all. UnknownCode-like InvalidValue."""
    chosen = rule_sets().get(rule_set)
    if chosen is None:
        raise InvalidValue(
            "rule_set",
            rule_set,
            "알 수 없는 기준입니다.",
            "No such rule set.",
            f"다음 중 하나를 고르세요: {', '.join(SETS)}",
            f"Use one of: {', '.join(SETS)}",
        )
    figures = figures_of_all(session)
    private = _beside_private(session)
    alike = _covered_nearby(session)
    query = select(Platform).where(
        col(Platform.state) == PlatformState.active,
        col(Platform.owner_level).in_([Level.metropolitan, Level.basic]),
        col(Platform.status).not_in([Status.closed, Status.planned]),
    )
    found, unjudged = [], 0
    for platform in session.execute(query).scalars():
        if not _applies(chosen, platform) or _spared(chosen, platform, on):
            continue
        findings = tuple(
            _find(one, chosen, platform, figures.get(platform.id, Figures()), private, alike, on)
            for one in chosen.criteria
        )
        if all(one.met is None for one in findings):
            unjudged += 1
            continue
        met = [one for one in findings if one.met]
        if chosen.all_of and len(met) < len(findings):
            unjudged += any(one.met is None for one in findings) and all(one.met is not False for one in findings)
            continue
        if met:
            found.append(Candidate(platform, chosen.id, chosen.proposes or _strongest(met), findings))
    found.sort(key=lambda one: (_WEIGHT.get(one.proposes, 9), one.platform.owner_name, one.platform.name))
    return found, unjudged


_WEIGHT = {"폐기권고": 0, "폐기 검토": 1, "통폐합 검토": 2, "개선권고": 3}


def _strongest(met: list[Finding]) -> str:
    return min((one.proposes for one in met), key=lambda said: _WEIGHT.get(said, 9))


def _applies(rules: RuleSet, platform: Platform) -> bool:
    kinds = {channel["kind"] for channel in platform.channels}
    if rules.applies_to == "app":
        return bool(kinds & {"android", "ios"}) or platform.name.endswith(("앱", "앱)")) or "app" in platform.url
    if rules.applies_to == "web":
        return bool(platform.url) or "web" in kinds
    return True


def _spared(rules: RuleSet, platform: Platform, on: date) -> bool:
    """Young platforms are nurtured, not judged; an unknown launch date spares nobody."""
    if not rules.younger_than_years or not platform.launched[:4].isdigit():
        return False
    return on.year - int(platform.launched[:4]) < rules.younger_than_years


def _find(
    criterion: Mapping[str, Any],
    rules: RuleSet,
    platform: Platform,
    figures: Figures,
    private: set[str],
    alike: Mapping[str, float],
    on: date,
) -> Finding:
    parts = [_part(key, criterion, platform, figures, private, alike, on) for key in _PARTS if key in criterion]
    met = None if any(one[0] is None for one in parts) else all(one[0] for one in parts)
    if any(one[0] is False for one in parts):
        met = False
    figure = str(criterion.get("figure", ""))
    known = figures.known.get(figure)
    return Finding(
        criterion=str(criterion["id"]),
        ko=str(criterion["ko"]),
        en=str(criterion["en"]),
        met=met,
        figure=figure,
        value="; ".join(one[1] for one in parts if one[1]),
        as_of=known.as_of if known else "",
        proposes=str(criterion.get("proposes", rules.proposes)),
    )


_PARTS = ("figure", "group", "coverage", "liveness")


def _part(
    key: str,
    criterion: Mapping[str, Any],
    platform: Platform,
    figures: Figures,
    private: set[str],
    alike: Mapping[str, float],
    on: date,
) -> tuple[bool | None, str]:
    if key == "figure":
        return _figure(criterion, figures, on, platform)
    if key == "group":
        # That no private service is known does not mean there is none.
        return (True, "") if platform.id in private else (None, "")
    if key == "coverage":
        share = alike.get(platform.id)
        return (None, "") if share is None else (share >= criterion["at_least"], f"{share:.0%}")
    if platform.liveness.value == "unchecked":
        return None, ""
    return platform.liveness.value == criterion["liveness"], platform.liveness.value


def _figure(criterion: Mapping[str, Any], figures: Figures, on: date, platform: Platform) -> tuple[bool | None, str]:
    name = str(criterion["figure"])
    if name == "app_review":
        said = figures.texts.get(name, "")
        return (said == criterion["is"], said) if said else (None, "")
    if name == "last_update":
        said = figures.texts.get(name, "")
        try:
            days = (on - date.fromisoformat((said + "-01-01")[:10] if len(said) == 4 else said[:10])).days
        except ValueError:
            return None, ""
        return days > criterion["older_than_days"], said
    known = figures.known.get(name)
    if known is None:
        return None, ""
    return known.value <= criterion["at_most"], f"{known.value:g}"


def _beside_private(session: Session) -> set[str]:
    """Platforms that share a group with a private service."""
    with_private = select(col(OverlapMember.group_id)).where(col(OverlapMember.role) == "private")
    rows = session.connection().execute(
        select(col(OverlapMember.platform_id)).where(col(OverlapMember.group_id).in_(with_private))
    )
    return {row[0] for row in rows}


def _covered_nearby(session: Session) -> dict[str, float]:
    """The largest share of a platform's functions that another of the same or containing area offers."""
    rows = session.connection().execute(
        select(col(ComparedPair.left_id), col(ComparedPair.facts)).where(
            col(ComparedPair.area_relation).in_(["same", "contains"])
        )
    )
    found: dict[str, float] = {}
    for left, facts in rows:
        share = (facts.get("covered") or [None])[0]
        if share is not None:
            found[left] = max(found.get(left, 0.0), share)
    return found
