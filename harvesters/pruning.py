"""Removes raw payloads that nothing refers to any more, some time after the last thing that did."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import time

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from config.settings import Settings
from harvesters.raw import GONE, RawStore
from registry.audit import audit
from registry.database import session_of, writing_session
from registry.models import KeptPage, Record
from registry.records import SYSTEM

DAY = timedelta(days=1).total_seconds()
STAMP = ".pruned"
"""A file of this name in the folder carries the time of the last look; every worker's own folder has its own."""


@dataclass(frozen=True)
class Pruned:
    """What one look at the folder did, and what is left in it."""

    removed: int
    removed_bytes: int
    kept: int
    kept_bytes: int


def prune_daily(database: Engine, settings: Settings) -> Pruned | None:
    """Prune once a day; None when it is not yet time or payloads are kept for ever."""
    stamp = settings.raw_folder / STAMP
    if not settings.raw_keep_days or not settings.raw_folder.exists():
        return None
    if stamp.exists() and time() - stamp.stat().st_mtime < DAY:
        return None
    stamp.touch()
    return prune(database, RawStore(settings.raw_folder), settings.raw_keep_days)


def prune(database: Engine, raw: RawStore, keep_days: float) -> Pruned:
    """Remove payloads that no record and no kept page has referred to for so many days.

    A file's time says when it was last needed: it is set when its bytes arrive, and here while something refers to it.
    So the days count from when a payload was superseded, and a folder that was copied is kept too long, never too
    short. A payload leaves in two steps: it is renamed, looked at once more, and then removed; whoever stores the same
    bytes in between either finds them gone and writes them anew, or has set the time, and the file is given back.
    """
    with session_of(database) as session:
        needed = _referred_to(session)
    removed = removed_bytes = kept = kept_bytes = 0
    for path in _files(raw.folder):
        digest = path.parent.name + path.name.removeprefix(GONE).removesuffix(".gz")
        with suppress(FileNotFoundError):  # another worker prunes the same folder
            found = path.stat()
            age = time() - found.st_mtime
            wanted = digest in needed or age < keep_days * DAY
            if path.name.startswith(GONE):
                # Left behind by a kill between the two steps, or in another worker's hands at this moment.
                _finish(path, wanted)
                gone = not wanted
            elif path.name.startswith("."):
                # A file half written when its process was killed; nobody knows it.
                if age > DAY:
                    path.unlink()
                continue
            elif wanted:
                if digest in needed and age > DAY / 2:
                    os.utime(path)
                gone = False
            else:
                gone = _remove(path, keep_days * DAY)
            if gone:
                removed, removed_bytes = removed + 1, removed_bytes + found.st_size
            else:
                kept, kept_bytes = kept + 1, kept_bytes + found.st_size
    if removed:
        with writing_session(database) as session:
            detail = {"payloads": removed, "bytes": removed_bytes, "older_than_days": keep_days, "kept": kept}
            audit(session, SYSTEM, "prune_payloads", "raw", detail)
    return Pruned(removed, removed_bytes, kept, kept_bytes)


def size_of(folder: Path) -> tuple[int, int]:
    """How many payloads a folder holds and how many bytes they take."""
    sizes = [path.stat().st_size for path in _files(folder) if not path.name.startswith(".")]
    return len(sizes), sum(sizes)


def _referred_to(session: Session) -> set[str]:
    """Every hash that a record (and so a statement) or a kept page names."""
    needed: set[str] = set()
    for column in (col(Record.raw_hash), col(KeptPage.raw_hash)):
        needed.update(session.exec(select(column).where(column != "").distinct()))
    return needed


def _files(folder: Path) -> Iterator[Path]:
    for part in sorted(folder.glob("[0-9a-f][0-9a-f]")):
        yield from sorted(part.iterdir())


def _remove(path: Path, seconds: float) -> bool:
    aside = path.with_name(GONE + path.name)
    path.rename(aside)
    wanted = time() - aside.stat().st_mtime < seconds
    _finish(aside, wanted)
    return not wanted


def _finish(aside: Path, wanted: bool) -> None:
    if wanted:
        aside.replace(aside.with_name(aside.name.removeprefix(GONE)))
    else:
        aside.unlink()
