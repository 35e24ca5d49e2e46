"""SIGKILL at fifty random moments of `up` and `harvest`: the next start repairs, nothing is lost, nothing doubled.

The programs' own functions run in forked children, so that nothing is imported or analysed fifty times over: the
words of every text stand in the home's cache from one undisturbed run before.
"""

import os
import random
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, func, select

from api.startup import open_installation, prepare
from config.settings import Settings
from harvesters.runner import run_source
from harvesters.sources import save_source, source_from
from registry.database import open_database, session_of, writing_session
from registry.models import HarvestRun, OutboxEntry, Platform, Record, Source, Statement
from registry.records import SYSTEM
from registry.vocab import PlatformState, RunState
from search.engines.embedded import EmbeddedEngine
from search.indexer import Indexer
from tests.harvesters.conftest import package
from tests.harvesters.hostile_server import CkanFace, HostileServer

SEED = 20261124
STARTS, HARVESTS = 12, 38
PACKAGES = 120


def settings_of(home: Path) -> Settings:
    return Settings(home=home, contact="t@example.org", allow_private_addresses=True, host_delay=0, lease_seconds=5)


def start(home: Path) -> None:
    """What `up` does before it listens."""
    installation = open_installation(settings_of(home))
    prepare(installation, lambda *_: None)
    installation.close()


def harvest(home: Path) -> None:
    """What `harvest` does."""
    settings = settings_of(home)
    installation = open_installation(settings)
    run_source(installation.database, settings, "crashing", actor=SYSTEM)
    installation.indexer().follow()
    installation.close()


@pytest.fixture(scope="module")
def face() -> Iterator[CkanFace]:
    server = HostileServer()
    portal = CkanFace(server, [package(number) for number in range(PACKAGES)])
    portal.most_rows = 30
    portal.address = server.url
    yield portal
    server.close()


@pytest.fixture(scope="module")
def calm(face: CkanFace, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, float]]:
    """A home after one undisturbed start and harvest of everything that will ever be said, and how long each took."""
    home, took = tmp_path_factory.mktemp("calm"), {}
    start(home)
    add_source(home, face)
    for title in ("", "새 "):
        retitle(face, title)
        harvest(home)
    retitle(face, "")
    harvest(home)
    again = tmp_path_factory.mktemp("timed")
    shutil.copy(home / "words.sqlite", again)
    for name, work in (("start", start), ("harvest", harvest)):
        if name == "harvest":
            add_source(again, face)
        began = time.monotonic()
        assert os.waitpid(forked(work, again), 0)[1] == 0
        took[name] = time.monotonic() - began
    return home, took


def add_source(home: Path, face: Any) -> None:
    database = open_database(settings_of(home).sqlalchemy_url)
    given = {"title": "시험 포털", "harvester": "ckan", "url": face.address, "owner": "1111000000", "outside": False}
    given |= {"options": {"take": "all", "site": False}, "public_api": "시험", "enabled": False}
    with writing_session(database) as session:
        save_source(session, source_from("crashing", given))
    database.dispose()


def retitle(face: CkanFace, word: str) -> None:
    """Give every package another title, so that a harvest has everything to do again."""
    for number, one in enumerate(face.packages.values()):
        one["title"] = word + package(number)["title"]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_start_killed_at_any_moment_is_repaired_by_the_next(
    calm: tuple[Path, dict[str, float]], tmp_path: Path
) -> None:
    template, took = calm
    expected = {key for key in contents(template) if key[0] != "시험"}
    chance = random.Random(SEED)
    for number in range(STARTS):
        home = tmp_path / str(number)
        home.mkdir()
        shutil.copy(template / "words.sqlite", home)
        kill_after(forked(start, home), chance.uniform(0, took["start"]))
        assert os.waitpid(forked(start, home), 0)[1] == 0
        assert index_equals_registry(home)
        assert contents(home) == expected
        shutil.rmtree(home)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_harvest_killed_at_any_moment_loses_and_doubles_nothing(
    calm: tuple[Path, dict[str, float]], face: CkanFace, tmp_path: Path
) -> None:
    template, took = calm
    home = tmp_path / "home"
    shutil.copytree(template, home)
    ids = source_platforms(home)
    assert len(ids) == PACKAGES
    chance = random.Random(SEED + 1)
    for number in range(HARVESTS):
        retitle(face, "새 " if number % 2 == 0 else "")
        kill_after(forked(harvest, home), chance.uniform(0, took["harvest"]))
        assert set(source_platforms(home)) == set(ids), number
        assert half_written(home) == []
        assert os.waitpid(forked(start, home), 0)[1] == 0
        assert index_equals_registry(home)
        if number % 4 == 3:
            assert os.waitpid(forked(harvest, home), 0)[1] == 0
            assert set(source_platforms(home)) == set(ids)
            assert index_equals_registry(home)
            assert running(home) == 0


def kill_after(child: int, seconds: float) -> None:
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def forked(work: Callable[[Path], None], home: Path) -> int:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work(home)
            code = 0
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            os._exit(code)
    return child


def contents(home: Path) -> set[tuple[str, str]]:
    """Every active platform's id and whether the bundle (which gives ids of its own) or the test's source told of it."""
    database = open_database(settings_of(home).sqlalchemy_url)
    with session_of(database) as session:
        rows = session.exec(select(Platform.id).where(Platform.state == PlatformState.active)).all()
        ids = set(session.exec(select(Record.platform_id).where(Record.source_id == "crashing")))
    database.dispose()
    return {("시험" if row in ids else "bundle", row) for row in rows}


def source_platforms(home: Path) -> list[str]:
    """The platforms of the crashing source's records, twins included."""
    database = open_database(settings_of(home).sqlalchemy_url)
    with session_of(database) as session:
        rows = session.exec(select(Record.platform_id).where(Record.source_id == "crashing")).all()
        named = session.exec(
            select(func.count()).select_from(Platform).where(col(Platform.name).like("%종로%호"))
        ).one()
    database.dispose()
    assert len(rows) == len(set(rows)) == named
    return [str(row) for row in rows]


def half_written(home: Path) -> list[str]:
    """Platforms without a name statement, or statements without a platform."""
    database = open_database(settings_of(home).sqlalchemy_url)
    with session_of(database) as session:
        named = set(session.exec(select(Statement.platform_id).where(Statement.field == "name")))
        every = set(session.exec(select(Platform.id)))
    database.dispose()
    return sorted(named ^ every)


def running(home: Path) -> int:
    database = open_database(settings_of(home).sqlalchemy_url)
    with session_of(database) as session:
        count = len(session.exec(select(HarvestRun).where(HarvestRun.state == RunState.running)).all())
        assert session.get_one(Source, "crashing").lease_until is None
    database.dispose()
    return count


def index_equals_registry(home: Path) -> bool:
    """Whether index and registry hold the same versions, with nothing left waiting."""
    database = open_database(settings_of(home).sqlalchemy_url)
    engine = EmbeddedEngine(settings_of(home).index_folder)
    indexer = Indexer(database, engine, cache=home / "words.sqlite")
    difference = indexer.verify()
    with session_of(database) as session:
        waiting = session.exec(select(func.count()).select_from(OutboxEntry)).one()
    indexer.close()
    engine.close()
    database.dispose()
    return not difference and waiting == 0
