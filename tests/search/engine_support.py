"""Engines and entries for the contract tests: both engines, each with an index of the test's own."""

import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Engine

from config.settings import Settings
from registry.changes import backlog
from registry.database import session_of, writing_session
from registry.models import Source
from registry.records import SYSTEM, PlatformDraft
from registry.register import register
from registry.vocab import Level
from registry.withdraw import restore, withdraw
from search.document import PlatformDocument
from search.engine import IndexEntry, SearchEngine, open_engine
from search.fields import entries
from search.finder import Finder
from search.indexer import Indexer
from search.needs import vocabulary
from search.query import SearchQuery
from search.text import Analyser
from tests.components.tls_front import Front

SUWON = PlatformDocument(
    id="",
    version=1,
    name="",
    owner="경기도 수원시",
    owner_id=1,
    owner_code="4111000000",
    owner_names=("수원시", "경기도"),
    type="information",
    form="other",
    status="running",
)


@lru_cache
def analyser() -> Analyser:
    """The analyser of the whole test session: loading it takes seconds."""
    return Analyser()


def platform(id_: str, name: str, **facts: object) -> PlatformDocument:
    """A platform of Suwon unless said otherwise."""
    return replace(SUWON, id=id_, name=name, **facts)


def made(*documents: PlatformDocument) -> list[IndexEntry]:
    """What an engine stores of these platforms."""
    return list(entries(documents, analyser(), vocabulary()))


def ids(engine: SearchEngine, plan: object) -> list[str]:
    """The ids that a plan finds, in order."""
    return [candidate.id for candidate in engine.search(plan).found]


@contextmanager
def cluster_engine(urls: Sequence[str], **more: object) -> Iterator[SearchEngine]:
    """An engine on a cluster with an alias of its own, whose indices are gone afterwards."""
    alias = f"test-{secrets.token_hex(4)}"
    settings = Settings(elasticsearch_url=",".join(urls), elasticsearch_index=alias, **more)
    engine = open_engine(settings)
    try:
        yield engine
    finally:
        indices = engine.client.indices
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


HOLD = """
import fcntl, sys
lock = open(sys.argv[1], "a")
fcntl.flock(lock, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held_by_another(lock: Path) -> Iterator[None]:
    """The embedded index's lock in the hands of another process."""
    command = [sys.executable, "-c", HOLD, str(lock)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout and other.stdin
        assert other.stdout.readline() == b"held\n"
        try:
            yield
        finally:
            other.stdin.close()
            other.wait(10)


@contextmanager
def cut_off(front: Front) -> Iterator[None]:
    """The cluster out of reach."""
    front.cut()
    try:
        yield
    finally:
        front.restore()


class Registry:
    """A registry with an index that follows it, and the means to take the engine away."""

    def __init__(
        self, database: Engine, engine: SearchEngine, outage: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self.database, self.engine, self.outage = database, engine, outage
        self.indexer = Indexer(database, engine)
        with session_of(database) as session:
            session.add(Source(id="sheet", title="제출한 표", harvester="sheet"))

    def add(self, name: str) -> str:
        """Register a platform of Suwon and give its id."""
        draft = PlatformDraft(
            name=name, owner_name="수원시", owner_level=Level.basic, url=f"https://{abs(hash(name))}.kr"
        )
        with writing_session(self.database) as session:
            source = session.get(Source, "sheet")
            assert source
            return register(session, draft, source=source, actor=SYSTEM).platform_id

    def withdraw(self, platform_id: str) -> None:
        """Withdraw one."""
        with writing_session(self.database) as session:
            withdraw(session, platform_id, SYSTEM, "test")

    def restore(self, platform_id: str) -> None:
        """Take a withdrawal back."""
        with writing_session(self.database) as session:
            restore(session, platform_id, SYSTEM, "test")

    def waiting(self) -> int:
        """How many outbox rows wait."""
        with session_of(self.database) as session:
            return backlog(session)

    def found(self, text: str) -> list[str]:
        """The names that a search finds, in order."""
        return [hit.name for hit in Finder(self.database, self.engine).search(SearchQuery(text)).hits]
