"""A web form and a REST call are sources too: they build a record and take the same way as a harvest."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from registry.audit import audit
from registry.governments import Places
from registry.models import Account, Platform, Record, Source
from registry.normalise import normalise
from registry.permissions import require
from registry.records import Actor, HarvestedRecord, PlatformDraft
from registry.register import Registration, register
from registry.vocab import Level, Rank

FORM, API = "web-form", "rest-api"
TITLES = {FORM: "등록 화면", API: "REST API"}


def own_source(session: Session, identifier: str) -> Source:
    """The source that stands for our own form or interface; made the first time it is used."""
    row = session.get(Source, identifier)
    if row is None:
        row = Source(
            id=identifier,
            title=TITLES[identifier],
            harvester="form",
            rank=Rank.official,
            outside=False,
            enabled=False,
        )
        session.add(row)
        session.flush()
    return row


def understood(fields: Mapping[str, Any], places: Places, identifier: str) -> PlatformDraft:
    """How the registry would take these fields, nothing written; RecordRejected when name or owner is missing."""
    source = Source(id=identifier, title=TITLES[identifier], harvester="form", rank=Rank.official)
    return normalise(HarvestedRecord("preview", str(fields.get("url", "")), dict(fields)), source, places)


def submit(
    session: Session, fields: Mapping[str, Any], places: Places, actor: Actor, account: Account, identifier: str
) -> tuple[Registration, PlatformDraft]:
    """Register what a person or a program says, keeping her own words as the record.

    NotAllowed for an officer who registers for a government that is not hers.
    """
    source = own_source(session, identifier)
    record = HarvestedRecord(secrets.token_hex(12), str(fields.get("url", "")), dict(fields))
    draft = normalise(record, source, places)
    owned = Platform(id="", name=draft.name, owner_id=draft.owner_id, owner_level=draft.owner_level or Level.basic)
    require(account, "register", owned, places)
    payload = json.dumps(record.fields, ensure_ascii=False, sort_keys=True)
    row = Record(
        source_id=source.id,
        remote_id=record.remote_id,
        url=record.url[:2000],
        payload_hash=hashlib.sha256(payload.encode()).hexdigest(),
        fields=dict(record.fields),
    )
    session.add(row)
    session.flush()
    registration = register(session, draft, source=source, actor=actor, record=row)
    audit(session, actor, "submit", registration.platform_id, {"action": registration.action, "source": source.id})
    return registration, draft
