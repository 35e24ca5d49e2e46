"""Platforms, governments and fields as CKAN's packages, organisations and groups."""

from typing import Any

from api.language import KOREAN
from api.rendering import name_of
from registry.governments import Places
from registry.models import Government, Platform
from registry.vocab import Liveness
from registry.vocabulary import Field, load_vocabulary

FORMATS = {"web": "HTML", "ios": "iOS", "android": "Android", "sns": "HTML"}


def package(row: Platform, places: Places, base: str) -> dict[str, Any]:
    """A platform as a package; `type` must say dataset, or other catalogues pass it over."""
    owner = places.by_id(row.owner_id) if row.owner_id else None
    created, modified = (one.replace(tzinfo=None).isoformat() for one in (row.created_at, row.updated_at))
    resources = _resources(row, base, created, modified)
    return {
        "id": row.id,
        "name": package_name(row.id),
        "title": row.name,
        "notes": row.description or f"{owner.full_name if owner else row.owner_name} {row.name}".strip(),
        "type": "dataset",
        "state": "active",
        "private": False,
        "isopen": False,
        "url": f"{base}/platforms/{row.id}",
        "version": str(row.version),
        "author": owner.full_name if owner else row.owner_name,
        "author_email": None,
        "maintainer": row.department or None,
        "maintainer_email": None,
        "license_id": None,
        "license_title": None,
        "metadata_created": created,
        "metadata_modified": modified,
        "owner_org": owner.code if owner else None,
        "creator_user_id": None,
        "organization": organization(owner) if owner else None,
        "groups": [group(load_vocabulary().fields[one]) for one in _fields(row)],
        "tags": [_tag(name_of(KOREAN, "function", one["id"])) for one in row.functions],
        "num_tags": len(row.functions),
        "num_resources": len(resources),
        "resources": resources,
        "extras": _extras(row, owner),
        "relationships_as_subject": [],
        "relationships_as_object": [],
    }


def package_name(identifier: str) -> str:
    """CKAN's names are lower case."""
    return identifier.lower()


def organization(row: Government) -> dict[str, Any]:
    """A government as an organisation."""
    return {
        "id": row.code,
        "name": f"gov-{row.code}",
        "title": row.full_name,
        "type": "organization",
        "description": row.kind,
        "image_url": "",
        "created": (row.valid_from.isoformat() if row.valid_from else "2026-01-01") + "T00:00:00",
        "is_organization": True,
        "approval_status": "approved",
        "state": "active",
    }


def group(field: Field) -> dict[str, Any]:
    """A field of functions as a group."""
    return {
        "id": field.id,
        "name": field.id,
        "title": field.ko,
        "display_name": field.ko,
        "description": field.en,
        "image_display_url": "",
    }


def _fields(row: Platform) -> list[str]:
    words = load_vocabulary().functions
    return list(dict.fromkeys(words[one["id"]].field for one in row.functions if one["id"] in words))


def _tag(name: str) -> dict[str, Any]:
    return {"id": name, "name": name, "display_name": name, "state": "active", "vocabulary_id": None}


def _extras(row: Platform, owner: Government | None) -> list[dict[str, str]]:
    facts = {
        "platform_type": str(row.type or ""),
        "platform_form": row.form,
        "functions": ";".join(one["id"] for one in row.functions),
        "beneficiaries": ";".join(row.beneficiaries),
        "status": row.status.value,
        "liveness": row.liveness.value,
        "owner_level": row.owner_level.value,
        "bjd_code": owner.code if owner else "",
        "operator": row.operator,
        "launched": row.launched,
        "closed": row.closed,
    }
    return [{"key": key, "value": value} for key, value in facts.items() if value]


def _resources(row: Platform, base: str, created: str, modified: str) -> list[dict[str, Any]]:
    """Channels as resources; there is always one, our own page, because others refuse a package without any."""
    channels = [dict(one) for one in row.channels if one.get("value", "").startswith(("http://", "https://"))]
    if row.url and all(one["value"] != row.url for one in channels):
        channels.insert(0, {"kind": "web", "value": row.url})
    if row.liveness is Liveness.taken_over:
        channels = [one for one in channels if one["kind"] != "web"]
    channels = channels or [{"kind": "web", "value": f"{base}/platforms/{row.id}"}]
    return [
        {
            "id": f"{row.id}-{position}",
            "package_id": row.id,
            "position": position,
            "name": name_of(KOREAN, "channel", one["kind"]),
            "description": "",
            "url": one["value"],
            "format": FORMATS.get(one["kind"], ""),
            "mimetype": None,
            "size": None,
            "hash": "",
            "state": "active",
            "created": created,
            "last_modified": modified,
            "metadata_modified": modified,
            "url_type": None,
        }
        for position, one in enumerate(channels)
    ]
