"""Load the bundled catalogue: governments and zones, the 2022 survey, and platforms as records of a source 'bundle'.

The bundle takes the way every source takes (record, draft, statements), with the lowest rank of what is stated: an
owner's edit or a harvested value is never undone by a newer bundle. Loading the same bundle again does nothing.
"""

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert, select, update
from sqlmodel import Session

from config.settings import CONFIG
from registry.database import session_of, writing_session
from registry.errors import InvalidValue
from registry.geography import CATALOGUE, load_geography
from registry.governments import Places
from registry.issues import raise_error
from registry.models import Meta, Record, Source
from registry.models.base import now
from registry.models.harvest import remote_key
from registry.normalise import normalise
from registry.records import BUNDLE, HarvestedRecord, PlatformDraft
from registry.references import settle_waiting
from registry.register import register_many
from registry.succession import follow_succession
from registry.survey import load_survey
from registry.tables import RECORD
from registry.vocab import Rank, RecordState, Severity
from registry.withdraw import restore, withdraw_missing

SOURCE_ID = "bundle"
VERSION_KEY = "bundle_version"
BATCH = 1000

# Raised when the same catalogue has to be understood anew because our own rules have changed.
RULES = "1"

Progress = Callable[[str, int, int | None], None]


def load_bundle(
    database: Engine, progress: Progress | None = None, folder: Path = CATALOGUE, vocabulary: Path = CONFIG / "vocab"
) -> dict[str, int]:
    """Bring the registry up to the catalogue in `folder`; counts of what happened, empty when it was loaded before.

    The version is a hash over the catalogue and the vocabulary, so that a changed word is understood anew too.
    """
    version = bundle_version(folder, vocabulary)
    with session_of(database) as session:
        known = session.get(Meta, VERSION_KEY)
        if known is not None and known.value == version:
            return {}
    say = progress or _silent
    say("governments", 0, None)
    counts = load_geography(database, folder)
    with writing_session(database) as session:
        source = bundle_source(session)
        session.expunge(source)
    if (folder / "survey_tables_2022.csv").exists():
        say("survey", 0, None)
        counts |= load_survey(database, folder)
    if (folder / "platforms.csv").exists():
        counts |= _load_platforms(database, folder, source, version, say)
    with writing_session(database) as session:
        settle_waiting(session)
        counts["handed_over"] = follow_succession(session, Places.load(session), BUNDLE)
    with writing_session(database) as session:
        session.merge(Meta(key=VERSION_KEY, value=version))
    return counts


def bundle_loaded(session: Session) -> bool:
    """Whether a bundle was ever loaded to its end here."""
    return session.get(Meta, VERSION_KEY) is not None


def bundle_version(folder: Path = CATALOGUE, vocabulary: Path = CONFIG / "vocab") -> str:
    """The content hash of the bundle."""
    digest = sha256(RULES.encode())
    for path in sorted([*folder.glob("*.csv"), *vocabulary.glob("*.yml")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def bundle_source(session: Session) -> Source:
    """The source that bundled statements name; made when it is not there."""
    source = session.get(Source, SOURCE_ID)
    if source is None:
        source = Source(
            id=SOURCE_ID,
            title="함께 제공되는 목록",
            harvester="bundle",
            rank=Rank.bundled,
            outside=False,
            enabled=False,
        )
        session.add(source)
        session.flush()
    return source


def _load_platforms(database: Engine, folder: Path, source: Source, version: str, say: Progress) -> dict[str, int]:
    with session_of(database) as session:
        places = Places.load(session)
        known = {
            row.remote_id: row
            for row in session.connection().execute(
                select(RECORD.c.id, RECORD.c.remote_id, RECORD.c.state).where(RECORD.c.source_id == SOURCE_ID)
            )
        }
    counts = {"added": 0, "changed": 0, "unchanged": 0, "rejected": 0, "withdrawn": 0}
    with (folder / "platforms.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [dict(row) for row in csv.DictReader(file)]
    vocabulary = version.encode()
    for start in range(0, len(rows), BATCH):
        say("platforms", start, len(rows))
        # Reading Korean takes longer than writing: it is done before the write lock is taken.
        fresh: list[tuple[HarvestedRecord, str, PlatformDraft | InvalidValue]] = []
        for row in rows[start : start + BATCH]:
            record = HarvestedRecord(row["id"], row.get("url", ""), {key: value for key, value in row.items() if value})
            digest = sha256(vocabulary + json.dumps(row, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
            fresh.append((record, digest, _understand(record, source, places)))
        with writing_session(database) as session:
            for action in _register(session, source, fresh, known):
                counts[action] += 1
    gone = [row.remote_id for row in known.values() if row.remote_id not in {one["id"] for one in rows}]
    with writing_session(database) as session:
        counts["withdrawn"] = withdraw_missing(session, SOURCE_ID, gone, BUNDLE, "새 목록에서 빠졌습니다.")
    say("platforms", len(rows), len(rows))
    return counts


def _understand(record: HarvestedRecord, source: Source, places: Places) -> PlatformDraft | InvalidValue:
    try:
        return normalise(record, source, places)
    except InvalidValue as problem:
        return problem


def _register(
    session: Session,
    source: Source,
    fresh: Sequence[tuple[HarvestedRecord, str, PlatformDraft | InvalidValue]],
    known: dict[str, Any],
) -> Iterator[str]:
    at = now()
    connection = session.connection()
    new, drafts = [], []
    for record, digest, draft in fresh:
        if isinstance(draft, InvalidValue):
            raise_error(session, draft, Severity.error, source_id=SOURCE_ID, remote_id=record.remote_id)
            yield "rejected"
            continue
        drafts.append((record, draft))
        row = {"payload_hash": digest, "fields": dict(record.fields), "last_seen": at, "state": RecordState.listed}
        if record.remote_id in known:
            connection.execute(update(RECORD).where(RECORD.c.id == known[record.remote_id].id).values(row))
        else:
            row |= {"source_id": SOURCE_ID, "remote_id": record.remote_id, "remote_key": remote_key(record.remote_id)}
            new.append({**row, **NEW_RECORD, "url": record.url, "first_seen": at})
    if new:
        connection.execute(insert(RECORD), new)
    ids = [record.remote_id for record, _ in drafts]
    query = select(RECORD.c.id, RECORD.c.remote_id, RECORD.c.platform_id).where(RECORD.c.source_id == SOURCE_ID)
    found = {row.remote_id: row for row in connection.execute(query)}
    records = [
        Record(id=found[key].id, source_id=SOURCE_ID, remote_id=key, platform_id=found[key].platform_id) for key in ids
    ]
    batch = [(draft, record) for (_, draft), record in zip(drafts, records, strict=True)]
    results = register_many(session, batch, source=source, actor=BUNDLE)
    for one, result in zip(records, results, strict=True):
        before = known.get(one.remote_id)
        if before is not None and before.state is RecordState.withdrawn:
            restore(session, result.platform_id, BUNDLE, "목록에 다시 들어왔습니다.")
        yield result.action


NEW_RECORD: dict[str, Any] = {"raw_hash": "", "encoding": "utf-8", "problem": "", "missing_runs": 0}


def _silent(_what: str, _done: int, _total: int | None) -> None:
    """Progress nobody looks at."""
