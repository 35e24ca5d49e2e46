"""The bundled catalogue compared and grouped once for the tests that only read."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from config.settings import Settings
from registry.database import open_database
from search.overlap.index import Index
from search.overlap.live import LiveIndex, live_index
from search.overlap.store import rebuild

LABELLED = Path(__file__).with_name("labelled")


@pytest.fixture(scope="session")
def compared(bundled_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database with the catalogue, its pairs and its groups; tests must leave it as it is."""
    folder = tmp_path_factory.mktemp("compared")
    shutil.copy(bundled_template, folder / "registry.sqlite")
    engine = open_database(f"sqlite:///{folder / 'registry.sqlite'}")
    live_index(engine, Settings(home=folder))
    rebuild(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def changing(compared: Engine, tmp_path: Path) -> Iterator[Engine]:
    """A copy of it for a test that changes something."""
    assert compared.url.database is not None
    with compared.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(compared.url.database, tmp_path / "registry.sqlite")
    engine = open_database(f"sqlite:///{tmp_path / 'registry.sqlite'}")
    live_index(engine, Settings(home=tmp_path))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def live(compared: Engine) -> LiveIndex:
    """The index of the compared database."""
    return live_index(compared)


@pytest.fixture(scope="session")
def index(live: LiveIndex) -> Index:
    """Its subjects."""
    return live.refresh()
