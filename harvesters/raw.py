"""Raw payloads, kept under the hash of their bytes: what a source really sent stays with what we understood."""

import errno
import gzip
import os
import tempfile
from hashlib import sha256
from pathlib import Path

from registry.errors import NotFound, StorageFull

GONE = ".gone-"
"""What the name of a payload begins with while it is being removed."""


class RawStore:
    """A folder of gzip files named by SHA-256. Writing twice is writing once; half a file is never seen."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._last: tuple[bytes, str] | None = None

    def put(self, body: bytes) -> str:
        """Keep the bytes and give their hash; StorageFull when the disk has no room, with nothing left behind."""
        # Many records of one page share its bytes: the same object is not hashed a thousand times.
        if self._last is not None and self._last[0] is body:
            return self._last[1]
        digest = sha256(body).hexdigest()
        path = self._path(digest)
        try:
            # Its time says when it was last needed; what is being removed at this moment is written anew.
            os.utime(path)
        except FileNotFoundError:
            self._write(path, body)
        self._last = (body, digest)
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes of a hash, or NotFound."""
        try:
            return gzip.decompress(self._path(digest).read_bytes())
        except FileNotFoundError:
            raise NotFound("raw payload", digest) from None

    def has(self, digest: str) -> bool:
        """Whether the bytes of a hash are kept."""
        return self._path(digest).exists()

    def _path(self, digest: str) -> Path:
        return self.folder / digest[:2] / f"{digest[2:]}.gz"

    def _write(self, path: Path, body: bytes) -> None:
        temporary = ""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
            with os.fdopen(handle, "wb") as file:
                # mtime 0: the same bytes give the same file, so copies of a home folder compare equal.
                file.write(gzip.compress(body, compresslevel=6, mtime=0))
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except OSError as problem:
            if temporary:
                Path(temporary).unlink(missing_ok=True)
            if problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise StorageFull(
                    f"원문을 저장할 공간이 없습니다({self.folder}).",
                    f"There is no room to keep raw payloads ({self.folder}).",
                    "디스크를 비운 뒤 다시 수집하세요. 그때까지 등록된 것은 그대로 읽을 수 있습니다.",
                    "Free disk space and harvest again; the registry stays readable until then.",
                ) from problem
            raise
