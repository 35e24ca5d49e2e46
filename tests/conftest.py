"""Databases for every test: copies of a template that is migrated once, and of one that also holds the bundle.

`database` and `bundled_database` are SQLite files of the test's own; `postgres` is a database of its own on a
private PostgreSQL cluster, started once; `any_database` runs a test on both.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import Engine, create_engine, text

from registry import accounts
from registry.database import open_database
from registry.migrations import migrate
from tests.postgres import private_cluster

pytest_plugins = ["tests.components.fixtures", "tests.site"]


@pytest.fixture(scope="session", autouse=True)
def product_hasher() -> Iterator[Callable[[], PasswordHash]]:
    """Passwords hashed as cheaply as argon2 can in every test; gives what makes the product's own hasher."""
    real = accounts._hasher
    cheap = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "_hasher", lambda: cheap)
        yield real


@pytest.fixture(scope="session")
def migrated_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file; tests copy it."""
    path = tmp_path_factory.mktemp("template") / "migrated.sqlite"
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def bundled_template(migrated_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file that holds the bundled catalogue; tests copy it."""
    from registry.catalogue import load_bundle

    path = tmp_path_factory.mktemp("template") / "bundled.sqlite"
    shutil.copy(migrated_template, path)
    engine = open_database(f"sqlite:///{path}")
    load_bundle(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def placed_template(migrated_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file that holds governments and zones but no platform; tests copy it."""
    from registry.geography import load_geography

    path = tmp_path_factory.mktemp("template") / "placed.sqlite"
    shutil.copy(migrated_template, path)
    engine = open_database(f"sqlite:///{path}")
    load_geography(engine)
    engine.dispose()
    return path


@pytest.fixture
def empty_database(migrated_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """A migrated database without any row."""
    yield from _copy(migrated_template, tmp_path)


@pytest.fixture
def database(placed_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """A database with all governments and zones and no platform."""
    yield from _copy(placed_template, tmp_path)


@pytest.fixture
def bundled_database(bundled_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """A database with the whole bundled catalogue."""
    yield from _copy(bundled_template, tmp_path)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL server: METAPLATFORM_TEST_POSTGRES, or a private cluster."""
    given = os.environ.get("METAPLATFORM_TEST_POSTGRES")
    if given:
        yield given.replace("postgresql://", "postgresql+psycopg://", 1)
        return
    try:
        with private_cluster() as url:
            yield url
    except (FileNotFoundError, subprocess.CalledProcessError) as problem:
        pytest.skip(f"no PostgreSQL here ({problem}): install its server or set METAPLATFORM_TEST_POSTGRES to a URL")


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[tuple[str, str]]:
    """Server URL and the name of a database there that is migrated and holds the governments."""
    from registry.geography import load_geography

    name = f"metaplatform_template_{os.getpid()}"
    _administer(postgres_server, f"CREATE DATABASE {name}")
    engine = open_database(_at(postgres_server, name))
    migrate(engine)
    load_geography(engine)
    engine.dispose()
    yield postgres_server, name
    _administer(postgres_server, f"DROP DATABASE {name}")


@pytest.fixture
def postgres(postgres_template: tuple[str, str], request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A PostgreSQL database of the test's own, like `database`."""
    server, template = postgres_template
    name = f"metaplatform_test_{os.getpid()}_{abs(hash(request.node.nodeid)) % 10**10}"
    _administer(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    engine = open_database(_at(server, name))
    yield engine
    engine.dispose()
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def any_database(request: pytest.FixtureRequest) -> Engine:
    """Each database we promise to run on, in turn."""
    return request.getfixturevalue("database" if request.param == "sqlite" else "postgres")


def _copy(template: Path, folder: Path) -> Iterator[Engine]:
    path = folder / "registry.sqlite"
    shutil.copy(template, path)
    engine = open_database(f"sqlite:///{path}")
    yield engine
    engine.dispose()


def _at(server: str, name: str) -> str:
    base, _, query = server.partition("?")
    return f"{base.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


def _administer(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
