"""A server process over an index that is ready, and an ordinary client that keeps its connection.

    python -m tests.benchmarks.search_site FOLDER [PROCESSES]

The application, its settings and its server are those of `metaplatform serve`; only the preparing is left out, which
would bring the index to the state of a registry that holds no generated platforms, and the following of changes.
"""

import gzip
import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import uvicorn

from api.app import create_app
from api.several import listen_in_several
from api.startup import free_port, open_installation, settle
from config.settings import Settings
from tests.components.processes import family_bytes


@dataclass(frozen=True)
class Site:
    """A server that listens."""

    port: int
    process: subprocess.Popen[str]

    def peak_megabytes(self) -> int:
        """The most memory that the process has had, files mapped into it included."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) // 1024

    def resident_megabytes(self) -> int:
        """The memory of the process and those it started; what they share is counted once."""
        return family_bytes(self.process.pid) // 1_000_000


class Client:
    """One connection that is kept; answers are unpacked as a browser does."""

    def __init__(self, site: Site) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)

    def get(self, path: str, parameters: Sequence[tuple[str, str]]) -> bytes:
        """The body of an answer that must be 200."""
        self._connection.request("GET", f"/api/v1{path}?{urlencode(parameters)}", headers={"Accept-Encoding": "gzip"})
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} {path} {parameters}: {body[:300]!r}")
        return gzip.decompress(body) if answer.headers.get("Content-Encoding") == "gzip" else body

    def read(self, path: str, parameters: Sequence[tuple[str, str]]) -> Any:
        """The same, read as JSON."""
        return json.loads(self.get(path, parameters))

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


@contextmanager
def running(folder: Path, processes: int = 1) -> Iterator[Site]:
    """A server of its own, in one process or several, over the database and the index in a folder."""
    command = [sys.executable, "-m", "tests.benchmarks.search_site", str(folder), str(processes)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield Site(int(process.stdout.readline()), process)
        finally:
            process.terminate()
            process.wait(30)


def main() -> None:
    """Serve until told to stop; the port is the first line of the output."""
    # One address asks for everybody here: what a single one may ask in a minute does not count.
    os.environ |= {"METAPLATFORM_HOME": sys.argv[1], "METAPLATFORM_PROGRAM_REQUESTS_PER_MINUTE": "0"}
    settings = Settings(host="127.0.0.1", port=0)
    port, processes = free_port(settings.host, settings.port), int(sys.argv[2])
    if processes > 1:
        threading.Thread(target=_tell_once_asked, args=(port,), daemon=True).start()
        listen_in_several(settings.model_copy(update={"port": port}), processes)
        return
    installation = open_installation(settings)
    app = create_app(settings, installation)
    settle()
    server = uvicorn.Server(uvicorn.Config(app, host=settings.host, port=port, log_level="warning"))
    threading.Thread(target=_tell, args=(server, port), daemon=True).start()
    server.run()
    installation.close()


def _tell_once_asked(port: int) -> None:
    # The port is open before anybody serves there: a question waits until somebody does.
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("GET", "/api/v1/suggest?q=a")
            connection.getresponse().read()
            break
        except ConnectionRefusedError:
            time.sleep(0.05)
    print(port, flush=True)


def _tell(server: uvicorn.Server, port: int) -> None:
    waiting = threading.Event()
    while not server.started:
        waiting.wait(0.05)
    print(port, flush=True)


if __name__ == "__main__":
    main()
