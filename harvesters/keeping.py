"""Pages kept between runs with their validators, so that an unchanged page costs the source nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from sqlalchemy import Engine
from sqlmodel import Session, select

from harvesters.answers import Response
from harvesters.raw import RawStore
from registry.database import session_of
from registry.models import KeptPage
from registry.models.base import now


@dataclass(frozen=True)
class CachedPage:
    """A body read earlier and the validators that let the source answer 304."""

    etag: str
    last_modified: str
    content: bytes
    headers: Mapping[str, str]


class PageCache(Protocol):
    """Where bodies and their validators are kept between runs."""

    def get(self, url: str) -> CachedPage | None:
        """The page kept for this address, or None."""

    def put(self, url: str, response: Response) -> None:
        """Keep a page that carries a validator."""


class PageKeeper:
    """The page cache of one source. What a run read is noted at once and stored with the records it gave.

    A validator must not outlive its records: were it stored before them and the run killed in between, the next
    run would ask "changed since?" about a page whose records were never registered.
    """

    def __init__(self, database: Engine, source_id: str, raw: RawStore) -> None:
        self._source_id, self._raw = source_id, raw
        with session_of(database) as session:
            rows = session.exec(select(KeptPage).where(KeptPage.source_id == source_id)).all()
        self._kept = {row.url_hash: row for row in rows}
        self._new: dict[str, KeptPage] = {}

    def get(self, url: str) -> CachedPage | None:
        """The page kept for this address, if its bytes are still there."""
        row = self._kept.get(_hash(url))
        if row is None or not self._raw.has(row.raw_hash):
            return None
        headers = {"content-type": row.content_type, "etag": row.etag, "last-modified": row.last_modified}
        return CachedPage(row.etag, row.last_modified, self._raw.get(row.raw_hash), headers)

    def put(self, url: str, response: Response) -> None:
        """Note a page that carries a validator."""
        etag, modified = response.headers.get("etag", ""), response.headers.get("last-modified", "")
        if not (etag or modified) or len(url) > 2000 or len(etag) > 500 or len(modified) > 100:
            return
        key = _hash(url)
        self._new[key] = KeptPage(
            source_id=self._source_id,
            url_hash=key,
            url=url,
            etag=etag,
            last_modified=modified,
            content_type=response.headers.get("content-type", "")[:200],
            raw_hash=self._raw.put(response.content),
            at=now(),
        )

    def store(self, session: Session) -> None:
        """Store what was noted, in the transaction that also holds the records read from it."""
        for row in self._new.values():
            session.merge(row)
        self._new.clear()


def _hash(url: str) -> str:
    return sha256(url.encode()).hexdigest()
