"""The rows that a batch of records may stand for: by id, and by id in another spelling."""

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import normalize as normal_form

from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from registry.identity import slices
from registry.models import Record
from registry.models.harvest import remote_key
from registry.tables import RECORD
from registry.vocab import RecordState


class KnownRows:
    """The rows that a batch's ids may stand for, read in two queries: by id, and by id in another spelling."""

    def __init__(self, session: Session, source_id: str, ids: Sequence[str]) -> None:
        self.by_id = {row.remote_id: row for row in rows_of(session, source_id, ids)}
        self.by_key: dict[str, list[Record]] = {}
        keys = [remote_key(one)[:500] for one in ids if one and one not in self.by_id]
        for part in slices(keys):
            query = select(Record).where(Record.source_id == source_id, col(Record.remote_key).in_(part))
            for row in session.exec(query):
                self.by_key.setdefault(row.remote_key or "", []).append(row)


def rows_of(session: Session, source_id: str, ids: Sequence[str]) -> list[Record]:
    """The rows of a source that have these ids."""
    wanted = [normal_form("NFC", one.strip())[:500] for one in ids]
    rows: list[Record] = []
    for part in slices(wanted):
        query = select(Record).where(Record.source_id == source_id, col(Record.remote_id).in_(part))
        rows += session.exec(query).all()
    return rows


@dataclass(frozen=True)
class Standing:
    """As much of a row as tells whether its record says anything new; the row itself carries all that it said."""

    id: int
    state: RecordState
    payload_hash: str
    platform_id: str | None


def standings_of(session: Session, source_id: str, ids: Sequence[str]) -> dict[str, Standing]:
    """How the records of these ids stand."""
    wanted = [normal_form("NFC", one.strip())[:500] for one in ids]
    columns = select_columns(
        RECORD.c.remote_id, RECORD.c.id, RECORD.c.state, RECORD.c.payload_hash, RECORD.c.platform_id
    )
    found: dict[str, Standing] = {}
    for part in slices(wanted):
        query = columns.where(RECORD.c.source_id == source_id, RECORD.c.remote_id.in_(part))
        for remote_id, *rest in session.connection().execute(query):
            found[remote_id] = Standing(*rest)
    return found
