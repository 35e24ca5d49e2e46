"""A bench for harvester tests: a registry with governments, a misbehaving server, quick limits, and what is registered."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from config.settings import Settings
from harvesters.addresses import EVERYWHERE
from harvesters.http import Manners, PoliteClient
from harvesters.ledger import RunReport
from harvesters.runner import run_source
from harvesters.sources import config_hash, save_source, source_from
from registry.database import open_database, session_of, writing_session
from registry.models import HarvestRun, Issue, Platform, PlatformKey, Record, Source
from registry.records import SYSTEM
from registry.vocab import PlatformState
from search.indexer import Indexer
from search.text import Analyser
from tests.harvesters.hostile_server import CkanFace, HostileServer

QUICK = Manners(
    contact="tester@example.org",
    allowed_networks=EVERYWHERE,
    max_body_bytes=300_000,
    step_timeout=2.0,
    deadline=5.0,
    host_delay=0.0,
    request_budget=200,
    time_budget=20.0,
    max_wait=3.0,
    retries=1,
    retry_pause=0.05,
)


@dataclass
class Bench:
    """What a test works with; everything it reads comes from the database, not from reports."""

    database: Engine
    settings: Settings
    server: HostileServer
    manners: Manners = field(default_factory=lambda: QUICK)

    def source(self, source_id: str = "s", *, harvester: str = "ckan", path: str = "", **entries: Any) -> Source:
        """Save an enabled source of the server."""
        entries.setdefault("url", f"{self.server.url}{path}")
        entries.setdefault("owner", "1111000000")
        if harvester == "ckan":
            entries.setdefault("options", {"take": "all", "site": False})
        entries.setdefault("public_api" if harvester == "ckan" else "note", "시험")
        source = source_from(source_id, {"title": source_id, "harvester": harvester, "outside": False, **entries})
        with writing_session(self.database) as session:
            save_source(session, source)
        return source

    def reconfigure(self, source_id: str, **options: Any) -> None:
        """Change a source's options as an operator would."""
        with writing_session(self.database) as session:
            source = session.get_one(Source, source_id)
            source.options = {**source.options, **options}
            source.config_hash = config_hash(source)
            session.add(source)

    def ckan(self, count: int = 5) -> CkanFace:
        """A well-behaved CKAN of so many packages on the server, until the test spoils it."""
        return CkanFace(self.server, [package(number) for number in range(count)])

    def run(self, source_id: str = "s", **limits: Any) -> RunReport:
        """Harvest with the bench's quick limits."""
        public = self.load(source_id).public_api
        with PoliteClient(replace(self.manners, **limits), public_api=public) as client:
            return run_source(self.database, self.settings, source_id, actor=SYSTEM, client=client)

    def load(self, source_id: str = "s") -> Source:
        with session_of(self.database) as session:
            return session.get_one(Source, source_id)

    def platforms(self, *, every: bool = False) -> dict[str, Platform]:
        """Active platforms by name; with `every` the withdrawn too."""
        with session_of(self.database) as session:
            rows = session.exec(select(Platform).order_by(col(Platform.id))).all()
            return {row.name: row for row in rows if every or row.state is PlatformState.active}

    def names(self) -> list[str]:
        """Names of the active platforms, twins included."""
        with session_of(self.database) as session:
            rows = session.exec(select(Platform.name).where(Platform.state == PlatformState.active)).all()
            return sorted(rows)

    def records(self, source_id: str = "s") -> dict[str, Record]:
        with session_of(self.database) as session:
            return {row.remote_id: row for row in session.exec(select(Record).where(Record.source_id == source_id))}

    def issues(self, code: str = "") -> list[Issue]:
        """Open issues."""
        with session_of(self.database) as session:
            rows = session.exec(select(Issue).where(col(Issue.resolved_at).is_(None))).all()
            return [row for row in rows if not code or row.code == code]

    def last_run(self, source_id: str = "s") -> HarvestRun:
        with session_of(self.database) as session:
            found = session.exec(
                select(HarvestRun).where(HarvestRun.source_id == source_id).order_by(col(HarvestRun.id).desc())
            ).first()
            assert found is not None
            return found

    def keys(self, platform_id: str, kind: str) -> set[str]:
        with session_of(self.database) as session:
            return set(
                session.exec(
                    select(PlatformKey.value).where(PlatformKey.platform_id == platform_id, PlatformKey.kind == kind)
                )
            )


NEEDS = ("자전거 대여", "주차 안내", "도서 예약", "청년 일자리", "돌봄 신청", "체육시설 예약", "버스 안내", "장터")


def package(number: int, **changes: Any) -> dict[str, Any]:
    """One package that describes a service of 종로구."""
    return {
        "id": f"id-{number:04d}",
        "name": f"service-{number:04d}",
        "title": f"종로 {NEEDS[number % len(NEEDS)]} {number}호",
        "notes": "주민이 쓰는 서비스입니다.",
        "url": f"https://service{number}.example.kr/",
        "state": "active",
        "metadata_modified": f"2026-11-{number % 20 + 1:02d}T09:00:00.000000",
        **changes,
    }


@pytest.fixture
def server() -> Iterator[HostileServer]:
    running = HostileServer()
    yield running
    running.close()


@pytest.fixture
def bench(database: Engine, server: HostileServer, tmp_path: Path) -> Bench:
    settings = Settings(
        home=tmp_path,
        contact="tester@example.org",
        allow_private_addresses=True,
        host_delay=0,
        request_timeout=2.0,
        request_deadline=5.0,
        max_body_bytes=300_000,
        lease_seconds=5.0,
    )
    return Bench(database, settings, server)


@pytest.fixture(scope="session")
def placed_copy(placed_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a registry that holds the governments, to be copied."""
    folder = tmp_path_factory.mktemp("placed")
    shutil.copy(placed_template, folder / "registry.sqlite")
    return folder


def reopened(database: Engine) -> Engine:
    """The same database for a forked child: connections do not survive a fork."""
    return open_database(database.url.render_as_string(hide_password=False))


@cache
def analyser() -> Analyser:
    """The Korean analyser, loaded once for all tests and before any fork."""
    loaded = Analyser()
    loaded.words(["종로"])
    return loaded


def indexer_of(database: Engine, engine: Any) -> Indexer:
    """An indexer that shares the analyser."""
    indexer = Indexer(database, engine)
    indexer._analyser = analyser()
    return indexer
