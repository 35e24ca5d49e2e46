"""Trying a source that is not saved yet: its first records as they would be registered, and what stood in the way."""

from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from config.settings import Settings
from harvesters.access import allow, open_client, task_of
from harvesters.base import Listing, Progress, no_progress
from harvesters.catalogue import harvester_named
from harvesters.sources import read_source
from registry.database import session_of
from registry.errors import HarvestError, InvalidValue
from registry.governments import Places
from registry.models import Source
from registry.normalise import normalise
from registry.records import HarvestedRecord


def try_file(
    database: Engine, settings: Settings, file: Path, *, limit: int = 10, progress: Progress = no_progress
) -> dict[str, Any]:
    """Read the first records of a source file; nothing is stored. SourceInvalid when the file itself is wrong.

    An outside source is asked only when a contact address is set: trying is asking, too.
    """
    return try_source(database, settings, read_source(file), limit=limit, progress=progress)


def try_source(
    database: Engine, settings: Settings, source: Source, *, limit: int = 10, progress: Progress = no_progress
) -> dict[str, Any]:
    """As try_file, for a source from a form."""
    # The person who tries it has just decided that it may be asked; what remains is that she can be named.
    source.enabled = True
    allow(source, settings)
    listing = Listing()
    records: list[dict[str, Any]] = []
    problems: list[dict[str, Any]] = []
    with session_of(database) as session:
        places = Places.load(session)
    with open_client(settings, source) as client:
        task = task_of(source, client, listing, "", progress)
        try:
            for number, record in enumerate(islice(harvester_named(source.harvester)().harvest(task), limit), start=1):
                progress(source.title, number, limit)
                _understand(record, source, places, records, problems)
        except HarvestError as problem:
            problems.append(problem.facts())
        requests = client.requests
    problems += [{"code": one.code, "cause": {"ko": one.cause_ko, "en": one.cause_en}} for one in listing.problems]
    return {
        "source": source.id,
        "records": records,
        "problems": problems,
        "stated": listing.stated,
        "whole": len(records) < limit and not listing.doubts(),
        "requests": requests,
    }


def _understand(
    record: HarvestedRecord,
    source: Source,
    places: Places,
    records: list[dict[str, Any]],
    problems: list[dict[str, Any]],
) -> None:
    if not record.fetched:
        problems.append({"code": "listed_unfetchable", "remote_id": record.remote_id, "problem": record.problem})
        return
    try:
        draft = normalise(record, source, places)
    except InvalidValue as problem:
        problems.append({**problem.facts(), "remote_id": record.remote_id})
        return
    records.append(
        {
            "remote_id": record.remote_id,
            "name": draft.name,
            "owner": draft.owner_name,
            "url": draft.url,
            "type": draft.type.value if draft.type else None,
            "form": draft.form,
            "functions": [one.id for one in draft.functions],
            "beneficiaries": list(draft.beneficiaries),
            "confidence": round(draft.confidence, 3),
            "questions": [one.cause_ko for one in draft.questions],
            "leftovers": dict(draft.leftovers),
        }
    )
