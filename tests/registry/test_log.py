"""SQLite's log: what was committed is carried over on request, and nothing is lost by it."""

import shutil
from pathlib import Path

from sqlmodel import select

from registry.database import carry_over, open_database, session_of, writing_session
from registry.migrations import migrate
from registry.models import Meta


def test_the_log_is_carried_over_beside_a_reader_and_a_writer(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'registry.sqlite'}")
    migrate(database)
    with session_of(database) as reading:
        reading.exec(select(Meta)).all()
        with writing_session(database) as session:
            session.add(Meta(key="written", value="yes"))
            # Neither waits for the other.
            carry_over(database)
    assert not written(tmp_path, "before")
    carry_over(database)
    assert written(tmp_path, "after")
    database.dispose()


def written(folder: Path, name: str) -> bool:
    """Whether the row stands in the database's own file, without its log."""
    copy = folder / f"{name}.sqlite"
    shutil.copy(folder / "registry.sqlite", copy)
    again = open_database(f"sqlite:///{copy}")
    with session_of(again) as session:
        found = session.get(Meta, "written") is not None
    again.dispose()
    return found
