"""What a database says when it cannot serve is told with cause and remedy in both languages, and without a password."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError, SQLAlchemyError

from registry.database import open_database, session_of
from registry.database_errors import explained
from registry.errors import ComponentMissing, Conflict, InvalidValue, StorageFull


def failing(url: str, *statements: str) -> SQLAlchemyError:
    engine = open_database(url)
    try:
        with pytest.raises(SQLAlchemyError) as caught, engine.begin() as connection:
            for statement in statements or ("SELECT 1",):
                connection.execute(text(statement))
    finally:
        engine.dispose()
    return caught.value


@pytest.mark.parametrize("url", ["nonsense", "postgres://u:secret@h/x", "oracle://u:secret@h/x"])
def test_an_address_of_no_known_form_is_named_without_its_password(url: str):
    with pytest.raises(InvalidValue) as caught:
        open_database(url)
    assert caught.value.field == "METAPLATFORM_DATABASE_URL"
    assert "secret" not in str(caught.value.facts())


def test_a_server_that_is_not_there_is_a_missing_component():
    said = explained(failing("postgresql+psycopg://u:secret@127.0.0.1:1/x"))
    assert isinstance(said, ComponentMissing)
    assert "secret" not in str(said.facts())
    assert said.remedy_ko and said.remedy_en


def test_a_damaged_file_is_told_apart_from_a_full_disk(tmp_path: Path):
    (tmp_path / "damaged").write_bytes(b"no database at all" * 1000)
    damaged = explained(failing(f"sqlite:///{tmp_path / 'damaged'}"))
    assert isinstance(damaged, ComponentMissing)
    assert not isinstance(damaged, StorageFull)
    # SQLite says the same for its own page limit as for a disk without room.
    full = explained(
        failing(
            f"sqlite:///{tmp_path / 'small'}",
            "PRAGMA max_page_count = 4",
            "CREATE TABLE a (x)",
            "INSERT INTO a VALUES (zeroblob(100000))",
        )
    )
    assert isinstance(full, StorageFull)


def test_a_file_that_may_only_be_read_and_one_that_is_held(tmp_path: Path):
    path = tmp_path / "held"
    with session_of(open_database(f"sqlite:///{path}")) as session:
        session.connection().execute(text("CREATE TABLE a (x)"))
    read_only = create_engine(f"sqlite:///file:{path}?mode=ro&uri=true")
    with pytest.raises(OperationalError) as caught, read_only.begin() as connection:
        connection.execute(text("INSERT INTO a VALUES (1)"))
    read_only.dispose()
    assert "권한" in explained(caught.value).remedy_ko
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    waiting = create_engine(f"sqlite:///{path}", connect_args={"timeout": 0.05})
    with pytest.raises(OperationalError) as caught, waiting.begin() as connection:
        connection.execute(text("INSERT INTO a VALUES (1)"))
    waiting.dispose()
    holder.close()
    assert "PostgreSQL" in explained(caught.value).remedy_en


def test_our_own_mistakes_stay_unexplained(tmp_path: Path):
    assert explained(failing(f"sqlite:///{tmp_path / 'a'}", "SELECT * FROM nothing_here")) is None


@pytest.mark.postgres
def test_what_postgresql_says(postgres_server: str):
    missing = explained(failing(postgres_server.rpartition("/")[0] + "/nothing_here"))
    assert "이름" in missing.remedy_ko
    engine = open_database(postgres_server)
    with engine.connect() as one, engine.connect() as other:
        one.execute(text("CREATE TEMP TABLE mine (x int)"))
        other.execute(text("SET lock_timeout = 50"))
        one.execute(text("SELECT pg_advisory_xact_lock(1)"))
        with pytest.raises(OperationalError) as caught:
            other.execute(text("SELECT pg_advisory_xact_lock(1)"))
        with pytest.raises(ProgrammingError) as wrong:
            one.execute(text("SELECT * FROM nothing_here"))
    engine.dispose()
    assert isinstance(explained(caught.value), Conflict)
    assert explained(wrong.value) is None
