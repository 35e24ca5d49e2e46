"""A PostgreSQL server on the loopback address with throw-away data."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.components.processes import Managed, free_ports, open_folder, run

DEBIAN_FOLDERS = Path("/usr/lib/postgresql")


def programs() -> Path | None:
    """The folder with initdb and postgres, which Debian keeps off the path."""
    versions = sorted(DEBIAN_FOLDERS.glob("*/bin/initdb"), key=lambda found: int(found.parts[-3].split(".")[0]))
    on_path = shutil.which("initdb")
    found = versions[-1] if versions else Path(on_path).resolve() if on_path else None
    return found.parent if found else None


def why_not() -> str:
    """One sentence on why no server can run here, or nothing."""
    return "" if programs() else "PostgreSQL's programs are missing: install the package postgresql."


class Postgres:
    """One server with one role, `owner`, that needs no password; use it as a context manager."""

    def __init__(self) -> None:
        self.port = free_ports(1)[0]
        self.folder = open_folder("metaplatform-postgres-")
        # PostgreSQL refuses to run as root; Debian's package brings a user for it.
        self.as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []

    def url(self, database: str) -> str:
        """The address of one database, in the form that libpq reads."""
        return f"postgresql://owner@127.0.0.1:{self.port}/{database}"

    def __enter__(self) -> "Postgres":
        found = programs()
        assert found is not None
        self.programs, data, log = found, self.folder / "data", self.folder / "output.log"
        if self.as_user:
            shutil.chown(self.folder, "postgres")
        self._run("initdb", "-D", data, "-U", "owner", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}
        settings = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        command: list[str | Path] = [*self.as_user, found / "postgres", "-D", data, "-p", str(self.port), *settings]
        self.process = Managed(command, log, cwd=self.folder)
        self.process.wait_until(self._answers, 60)
        return self

    def __exit__(self, *reason: object) -> None:
        self.process.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def create(self, database: str) -> str:
        """Make a database and return its address."""
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "owner", database)
        return self.url(database)

    def _run(self, program: str, *arguments: str | Path) -> None:
        run([*self.as_user, self.programs / program, *arguments], self.folder / "setup.log", cwd=self.folder)

    def _answers(self) -> bool:
        command: list[str | Path] = [self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(command, check=False).returncode == 0
