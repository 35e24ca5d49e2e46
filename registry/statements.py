"""How statements make a platform's current view: which fields there are, who wins, what is a conflict.

Kinds of field:

- single: one value; the highest rank wins, within a rank the latest fact, then the latest said.
- list: one list as a whole (functions, area …), chosen like a single value.
- union: every source adds to it (aliases, channels); once a person has said the list, it is hers alone.
- kept: every value ever said stays (former names).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from registry.vocab import RANK_ORDER, Rank

PEOPLE = (Rank.official, Rank.owner)


@dataclass(frozen=True)
class FieldRule:
    """One field of a platform: its kind, its longest value, and whether two sources may contradict each other in it.

    `contested` is False where sources rightly word the same thing differently (description, department).
    """

    name: str
    kind: Literal["single", "list", "union", "kept"]
    longest: int = 2000
    contested: bool = False


FIELDS = {
    rule.name: rule
    for rule in (
        FieldRule("name", "single", 200, contested=True),
        FieldRule("name_en", "single", 300),
        FieldRule("owner", "single", 200, contested=True),
        FieldRule("description", "single", 20_000),
        FieldRule("type", "single", 20, contested=True),
        FieldRule("secondary_types", "list", 20),
        FieldRule("form", "single", 50, contested=True),
        FieldRule("functions", "list", 100),
        FieldRule("beneficiaries", "list", 100),
        FieldRule("url", "single", 2000, contested=True),
        FieldRule("channels", "union", 2000),
        FieldRule("aliases", "union", 200),
        FieldRule("former_names", "kept", 200),
        FieldRule("parent", "single", 500, contested=True),
        FieldRule("area", "list", 120, contested=True),
        FieldRule("department", "single", 200),
        FieldRule("operator", "single", 200, contested=True),
        FieldRule("partners", "list", 200),
        FieldRule("operating_mode", "single", 30, contested=True),
        FieldRule("legal_basis", "single", 500, contested=True),
        FieldRule("status", "single", 20, contested=True),
        FieldRule("status_since", "single", 10),
        FieldRule("launched", "single", 10, contested=True),
        FieldRule("closed", "single", 10, contested=True),
        FieldRule("successor", "single", 500, contested=True),
        FieldRule("engine", "single", 100, contested=True),
        FieldRule("shared_operation", "single", 200, contested=True),
        # What the platform was called before, noted by the registry itself when a name changes.
        FieldRule("renamed_from", "kept", 200),
    )
}


@dataclass
class Said:
    """One standing statement, as much of it as deciding needs."""

    field: str
    value: Any
    rank: Rank
    source_id: str
    first_seen: datetime
    as_of: str = ""
    id: int | None = None
    record_id: int | None = None
    actor: str = ""


def fold(name: str) -> str:
    """A name to compare by: composed, without spaces and punctuation, lower case."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\W_]+", "", text)


def weight(said: Said) -> tuple[int, str, datetime]:
    """What decides between statements: rank, then the day the fact is of, then when it was first said."""
    return (RANK_ORDER[said.rank], said.as_of or said.first_seen.date().isoformat(), said.first_seen)


def ranked(statements: Iterable[Said]) -> list[Said]:
    """Statements, the one that counts first; of two said in one breath the later one. They come in their order."""
    latest_first = list(statements)[::-1]
    return sorted(latest_first, key=weight, reverse=True)


def winner(statements: Iterable[Said]) -> Said | None:
    """The statement that counts; None when nobody said anything."""
    return next(iter(ranked(statements)), None)


def by_field(statements: Iterable[Said]) -> dict[str, list[Said]]:
    """The standing statements of each field."""
    groups: dict[str, list[Said]] = {}
    for said in statements:
        groups.setdefault(said.field, []).append(said)
    return groups


def derive(statements: Iterable[Said]) -> dict[str, Any]:
    """The current view's columns, from the standing statements of one platform."""
    groups = by_field(statements)
    view: dict[str, Any] = {}
    for name, rule in FIELDS.items():
        said = groups.get(name, [])
        if rule.kind in ("single", "list"):
            best = winner(said)
            view[name] = best.value if best else ([] if rule.kind == "list" else "")
        else:
            people = [one for one in said if one.rank in PEOPLE]
            counted = people if people and rule.kind == "union" else said
            view[name] = union(one.value for one in ranked(counted))
    owner = view.pop("owner") or {}
    view["owner_id"] = owner.get("id")
    view["owner_name"] = owner.get("name", "")
    view["owner_level"] = owner.get("level", "")
    view["parent_id"] = view.pop("parent") or None
    view["successor_id"] = view.pop("successor") or None
    name = fold(view["name"])
    others = [one.value for one in ranked(groups.get("name", [])) if fold(one.value) != name]
    view["aliases"] = [one for one in union([view["aliases"], others]) if fold(one) != name]
    view["former_names"] = [one for one in union([view["former_names"], view.pop("renamed_from")]) if fold(one) != name]
    view["type"] = view["type"] or None
    view["status"] = view["status"] or "unknown"
    view["conflicts"] = conflicts(groups)
    return view


def union(lists: Iterable[Iterable[Any]]) -> list[Any]:
    """Every value once, in the order in which it was met."""
    seen: list[Any] = []
    keys: set[str] = set()
    for values in lists:
        for value in values:
            key = fold(value) or value if isinstance(value, str) else repr(sorted(value.items()))
            if key not in keys:
                keys.add(key)
                seen.append(value)
    return seen


def conflicts(groups: Mapping[str, list[Said]]) -> list[str]:
    """Fields in which somebody who counts contradicts the current value.

    An inference contradicts nobody. What the bundle once knew does not contradict what a source says now; against
    a person's word it does, because it may be newer than her edit.
    """
    found = []
    for name, said in groups.items():
        rule = FIELDS.get(name)
        if rule is None or not rule.contested or len(said) < 2:
            continue
        best = winner(said)
        if best is not None and any(contradicts(one, best) for one in said):
            found.append(name)
    return sorted(found)


def contradicts(said: Said, best: Said) -> bool:
    """Whether a losing statement should be shown beside the winning one."""
    if said is best or Rank.inferred in (said.rank, best.rank):
        return False
    if said.rank is Rank.bundled and best.rank is Rank.harvested:
        return False
    return bool(comparable(said.field, said.value) != comparable(best.field, best.value))


def comparable(field: str, value: Any) -> Any:
    """A value without differences of spelling that are no contradiction."""
    if field == "owner":
        return value.get("id") or fold(value.get("name", ""))
    if field in ("launched", "closed", "status_since"):
        return str(value)[:4]
    if field == "url":
        return re.sub(r"^https?://(?:www\.)?", "", str(value)).rstrip("/").casefold()
    if field == "area":
        return sorted(value)
    return fold(value) if isinstance(value, str) else value
