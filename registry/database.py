"""Engines and sessions, made by functions: SQLite (WAL, foreign keys on) by default, PostgreSQL by URL."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlmodel import Session

from registry.database_errors import no_driver, wrong_address

LOG_PAGES = 4_000
"""Pages of 4 kB that SQLite's log may hold before a commit carries them over by itself: 16 MB."""


def open_database(url: str, **options: Any) -> Engine:
    """An engine whose SQLite connections wait for each other, write ahead and hold foreign keys.

    InvalidValue for an address that is neither SQLite's nor PostgreSQL's, ComponentMissing without its driver.
    """
    options.setdefault("json_serializer", write_json)
    try:
        if make_url(url).get_backend_name() not in ("sqlite", "postgresql"):
            raise wrong_address()
        engine = create_engine(url, pool_pre_ping=True, **options)
    except (ArgumentError, NoSuchModuleError):
        raise wrong_address() from None
    except ModuleNotFoundError as missing:
        raise no_driver(str(missing.name)) from missing
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


_readable = json.JSONEncoder(ensure_ascii=False)


def write_json(value: Any) -> str:
    """JSON in which Korean stays readable, and a third as long as escaped; half characters are escaped."""
    if value == []:  # by far the most frequent
        return "[]"
    text = _readable.encode(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return text


@contextmanager
def session_of(engine: Engine) -> Iterator[Session]:
    """A session that commits when the block ends well and leaves nothing behind when it does not."""
    with Session(engine, expire_on_commit=False) as session:
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


def carry_over(engine: Engine) -> None:
    """Carry what SQLite's log holds over into the database, as far as no reader is in the way; a matter of speed only.

    Whoever commits pays for it once the log is long: called after a write that somebody waits for, the next one is
    quick. Other databases do it by themselves.
    """
    if engine.dialect.name == "sqlite":
        with engine.connect().execution_options(sqlite_begin="", isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own BEGIN comes too late for savepoints and lets two writers read first and then collide;
    # without it every transaction of ours says itself how it begins.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=30000")
    cursor.execute(f"PRAGMA wal_autocheckpoint={LOG_PAGES}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    begin = connection.get_execution_options().get("sqlite_begin", "BEGIN")
    if begin:
        connection.exec_driver_sql(begin)


@contextmanager
def writing_session(engine: Engine) -> Iterator[Session]:
    """A session whose SQLite transaction takes the write lock at once, so that it never fails half-way busy."""
    with session_of(engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")) as session:
        yield session
