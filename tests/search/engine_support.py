"""Engines and entries for the contract tests: both engines, each with an index of the test's own."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from config.settings import Settings
from search.document import PlatformDocument
from search.engine import IndexEntry, SearchEngine, open_engine
from search.fields import entries
from search.needs import vocabulary
from search.text import Analyser

OWNER = {"owner": "경기도 수원시", "owner_id": 1, "owner_code": "4111000000", "owner_names": ("수원시", "경기도")}
SUWON = PlatformDocument(id="", version=1, name="", type="information", form="other", status="running", **OWNER)


@lru_cache
def analyser() -> Analyser:
    """The analyser of the whole test session: loading it takes seconds."""
    return Analyser()


def platform(id_: str, name: str, **facts: object) -> PlatformDocument:
    """A platform of Suwon unless said otherwise."""
    return replace(SUWON, id=id_, name=name, **facts)  # type: ignore[arg-type]


def made(*documents: PlatformDocument) -> list[IndexEntry]:
    """What an engine stores of these platforms."""
    return list(entries(documents, analyser(), vocabulary()))


def ids(engine: SearchEngine, plan: object) -> list[str]:
    """The ids that a plan finds, in order."""
    return [candidate.id for candidate in engine.search(plan).found]  # type: ignore[arg-type]


@contextmanager
def cluster_engine(urls: Sequence[str], **more: object) -> Iterator[SearchEngine]:
    """An engine on a cluster with an alias of its own, whose indices are gone afterwards."""
    alias = f"test-{secrets.token_hex(4)}"
    settings = Settings(elasticsearch_url=",".join(urls), elasticsearch_index=alias, **more)  # type: ignore[arg-type]
    engine = open_engine(settings)
    try:
        yield engine
    finally:
        indices = engine.client.indices  # type: ignore[attr-defined]
        for name in indices.get(index=f"{alias}-*").body:
            indices.delete(index=name)
        engine.close()


@contextmanager
def embedded_engine(folder: Path) -> Iterator[SearchEngine]:
    """An embedded engine in a folder."""
    engine = open_engine(Settings(home=folder, elasticsearch_url=""))
    try:
        yield engine
    finally:
        engine.close()
