"""/data.json (Project Open Data 1.1, DCAT-US): platforms as entries of a catalogue."""

import json
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import col, select

from api.conditional import conditional
from api.deps import PartsDep, SessionDep, base_url
from api.language import KOREAN
from api.rendering import name_of
from registry.models import Platform
from registry.vocab import Liveness, PlatformState

router = APIRouter()

SCHEMA = "https://project-open-data.cio.gov/v1.1/schema"
# An operator who has set no contact address cannot be mailed; .invalid says so without inventing anybody.
NOBODY = "contact-not-set@metaplatform.invalid"


@router.get("/data.json")
def data_json(request: Request, session: SessionDep, parts: PartsDep) -> Response:
    """The catalogue."""
    base = base_url(request)
    contact = parts.settings.contact if "@" in parts.settings.contact else NOBODY
    rows = session.exec(select(Platform).where(Platform.state == PlatformState.active).order_by(col(Platform.id)))
    catalogue = {
        "@context": f"{SCHEMA}/catalog.jsonld",
        "@id": f"{base}/data.json",
        "@type": "dcat:Catalog",
        "conformsTo": SCHEMA,
        "describedBy": f"{SCHEMA}/catalog.json",
        "dataset": [_dataset(row, base, contact, parts) for row in rows],
    }
    return conditional(request, json.dumps(catalogue, ensure_ascii=False).encode())


def _dataset(row: Platform, base: str, contact: str, parts: PartsDep) -> dict[str, Any]:
    owner = parts.places.by_id(row.owner_id).full_name if row.owner_id else row.owner_name
    keywords = [name_of(KOREAN, "function", one["id"]) for one in row.functions]
    entry: dict[str, Any] = {
        "@type": "dcat:Dataset",
        "title": row.name,
        "description": row.description or f"{owner} {row.name}".strip(),
        "keyword": keywords or [row.name],
        "modified": row.updated_at.date().isoformat(),
        "publisher": {"@type": "org:Organization", "name": owner or "unknown"},
        "contactPoint": {"@type": "vcard:Contact", "fn": "metaplatform", "hasEmail": f"mailto:{contact}"},
        "identifier": f"{base}/platforms/{row.id}",
        "accessLevel": "public",
        "language": ["ko"],
    }
    if row.url.startswith(("http://", "https://")) and row.liveness is not Liveness.taken_over:
        entry["landingPage"] = row.url
    return entry
