"""The folder of an embedded index: which of its built indices stands, opening it, the lock, and swapping in one step.

The folder holds one sub-folder per built index and a file `current` that names the standing one; swapping is one
rename of that file. A folder whose format is not ours is left alone and built anew, never migrated.
"""

import os
import shutil
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tantivy

from registry.errors import EngineUnavailable
from search.fields import FORMAT

LOCK_SECONDS = 60.0


@dataclass
class _Opened:
    """An index that is open: its folder's name, the stamp of the file that named it, and of the last commit read."""

    name: str
    meta: Path
    standing: tuple[int, int]
    index: Any
    commit: tuple[int, int] | None = None


class IndexFolder:
    """One process's view of the folder; other processes may write to it and swap at any time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # Two files are looked at before every search: their names are put together once.
        self._named = path / "current"
        self._write_lock = threading.RLock()
        self._open_lock = threading.Lock()
        self._opened: _Opened | None = None

    def current(self) -> str:
        """The name of the standing index; '' before the first build."""
        try:
            return self._named.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return ""

    def format(self) -> str:
        """The format that the standing index was built with; '' when there is none."""
        try:
            return (self.path / self.current() / "FORMAT").read_text(encoding="utf-8") if self.current() else ""
        except OSError:
            return ""

    def index(self) -> Any:
        """The standing index, opened once and again after a swap; None when there is none of our format."""
        try:
            named = self._named.stat()
        except FileNotFoundError:
            return None
        standing = (named.st_mtime_ns, named.st_ino)
        opened = self._opened
        if opened is not None and opened.standing == standing:
            return opened.index
        with self._open_lock:
            if self._opened is None or self._opened.standing != standing:
                name = self.current()
                if not name or self.format() != FORMAT:
                    return None
                try:
                    index = tantivy.Index.open(str(self.path / name))
                except ValueError as error:
                    raise unavailable(error) from error
                index.config_reader("manual")
                self._opened = _Opened(name, self.path / name / "meta.json", standing, index)
            return self._opened.index

    def searcher(self) -> Any:
        """A searcher over the last commit of any process; None when there is no index of our format."""
        index = self.index()
        opened = self._opened
        if index is None or opened is None:
            return None
        try:
            seen = opened.meta.stat()
        except FileNotFoundError:
            # Swapped away and removed a moment ago; what is open still answers.
            return index.searcher()
        commit = (seen.st_mtime_ns, seen.st_ino)
        if commit != opened.commit:
            index.reload()
            opened.commit = commit
        return index.searcher()

    def generation(self) -> str:
        """A text that changes with every commit and every swap."""
        self.searcher()
        return f"{self._opened.name}/{self._opened.commit}" if self._opened else ""

    def generation_at_hand(self) -> str | None:
        """The generation where nothing has to be opened or read again for it; else None."""
        opened = self._opened
        if opened is None or opened.commit is None:
            return None
        try:
            named, seen = self._named.stat(), opened.meta.stat()
        except FileNotFoundError:
            return None
        if (named.st_mtime_ns, named.st_ino) != opened.standing or (seen.st_mtime_ns, seen.st_ino) != opened.commit:
            return None
        return f"{opened.name}/{opened.commit}"

    def close(self) -> None:
        """Let go of the open index."""
        with self._open_lock:
            self._opened = None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One writer at a time, among threads and among processes; a dead process's lock falls with it."""
        import fcntl

        with self._write_lock:
            self.path.mkdir(parents=True, exist_ok=True)
            with (self.path / "lock").open("a") as file:
                until = time.monotonic() + LOCK_SECONDS
                while True:
                    try:
                        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        break
                    except OSError as error:
                        if time.monotonic() > until:
                            raise unavailable(error) from error
                        time.sleep(0.05)
                yield

    @contextmanager
    def building(self) -> Iterator[Path]:
        """A new sub-folder to build an index in; it stands once the block ends well and is removed when it does not."""
        name = f"{time.strftime('%Y%m%d%H%M%S')}-{uuid.uuid4().hex[:6]}"
        folder = self.path / name
        folder.mkdir(parents=True)
        try:
            yield folder
            (folder / "FORMAT").write_text(FORMAT, encoding="utf-8")
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self._swap(name)

    def _swap(self, name: str) -> None:
        beside = self.path / "current.new"
        beside.write_text(name, encoding="utf-8")
        _sync(beside)
        beside.replace(self._named)
        for old in self.path.iterdir():
            # Readers of the old index keep their open files; its names may go.
            if old.is_dir() and old.name != name:
                shutil.rmtree(old, ignore_errors=True)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def unavailable(error: Exception) -> EngineUnavailable:
    """The index is held, damaged or out of reach; says what to do."""
    return EngineUnavailable(
        f"내장 검색 색인을 쓸 수 없습니다: {error}",
        f"The embedded search index cannot be used: {error}",
        "다른 프로세스가 쓰고 있는지 보고, 안 되면 metaplatform reindex 를 실행하세요.",
        "See whether another process holds it; if not, run metaplatform reindex.",
    )
