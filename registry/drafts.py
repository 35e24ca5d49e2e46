"""Turn a draft into statements: field values as they are stored, each with the rank of who said it."""

from collections.abc import Iterable
from typing import Any

from registry.errors import InvalidValue
from registry.name_words import core_of, place_words
from registry.records import PlatformDraft
from registry.statements import FIELDS, fold
from registry.urls import app_package, canonical, host
from registry.vocab import Rank


def spoken(draft: PlatformDraft, rank: Rank) -> dict[str, tuple[Any, Rank]]:
    """Every field the draft says something of: its stored value, and `rank`, or inferred where we inferred it."""
    values: dict[str, Any] = {
        "name": draft.name,
        "name_en": draft.name_en,
        "owner": owner_value(draft.owner_id, draft.owner_name, draft.owner_level),
        "description": draft.description,
        "type": draft.type.value if draft.type else "",
        "secondary_types": [one.value for one in draft.secondary_types],
        "form": draft.form,
        "functions": [
            {"id": one.id, "confidence": one.confidence, "evidence": list(one.evidence)} for one in draft.functions
        ],
        "beneficiaries": list(draft.beneficiaries),
        "url": draft.url,
        "channels": [{"kind": one.kind.value, "value": one.value} for one in draft.channels],
        "aliases": list(draft.aliases),
        "former_names": list(draft.former_names),
        "parent": draft.parent,
        "area": list(draft.area),
        "department": draft.department,
        "operator": draft.operator,
        "partners": list(draft.partners),
        "operating_mode": draft.operating_mode.value if draft.operating_mode else "",
        "legal_basis": draft.legal_basis,
        "status": draft.status.value if draft.status else "",
        "status_since": draft.status_since,
        "launched": draft.launched,
        "closed": draft.closed,
        "successor": draft.successor,
        "engine": draft.engine,
        "shared_operation": draft.shared_operation,
    }
    return {
        field: (value, Rank.inferred if field in draft.inferred else rank) for field, value in values.items() if value
    }


def owner_value(owner_id: int | None, name: str, level: Any) -> dict[str, Any]:
    """An owner as a statement keeps it; {} when nothing is known."""
    if owner_id is None and not name and not level:
        return {}
    return {"id": owner_id, "name": name, "level": str(level) if level else ""}


def check(name: str, value: Any) -> None:
    """InvalidValue for a value, or one part of a list, that is longer than its field."""
    longest = FIELDS[name].longest
    for one in value if isinstance(value, list) else [value]:
        text = one if isinstance(one, str) else str(one.get("value") or one.get("name") or one.get("id") or "")
        if len(text) > longest:
            raise InvalidValue(
                name,
                text,
                f"{longest}자를 넘습니다({len(text)}자).",
                f"It is longer than {longest} characters ({len(text)}).",
                "줄여서 쓰세요.",
                "Shorten it.",
            )


def keys_of(view: dict[str, Any], owner_id: int | None) -> set[tuple[str, str]]:
    """What a platform with this current view is known by (see PlatformKey)."""
    addresses = [view["url"], *(one["value"] for one in view["channels"] if one["kind"] in ("web", "ios", "android"))]
    keys = address_keys(addresses)
    for name in (view["name"], *view["aliases"], *view["former_names"]):
        key = name_key(name, owner_id)
        if key:
            keys.add(("name", key))
        core = core_key(name, view["owner_name"], owner_id)
        # Where the name is its own core, its name says as much.
        if core and core != key:
            keys.add(("core", core))
    return keys


def address_keys(addresses: Iterable[str]) -> set[tuple[str, str]]:
    """What addresses are known by: app packages, canonical addresses and their hosts."""
    keys: set[tuple[str, str]] = set()
    for address in addresses:
        if not address.startswith(("http://", "https://")):
            continue
        package = app_package(address)
        if package:
            keys.add(("app", package[:500]))
        elif len(canonical(address)) <= 500:
            keys.add(("url", canonical(address)))
            keys.add(("host", host(address)))
    return keys


def core_key(name: str, owner_name: str, owner_id: int | None) -> str:
    """A name without its owner's place words and generic tail, with its owner; '' when the owner is not known."""
    if owner_id is None:
        return ""
    core = core_of(name, place_words(owner_name))
    return f"{core[:480]}|{owner_id}" if core else ""


def name_key(name: str, owner_id: int | None) -> str:
    """A folded name with its owner; '' when the owner is not known, because then a name is no evidence."""
    folded = fold(name)
    return f"{folded[:480]}|{owner_id}" if folded and owner_id is not None else ""
