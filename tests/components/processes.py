"""Start and end the processes of a component, each known by its own handle and never by a name."""

import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PAUSE = 0.1


class ComponentFailed(RuntimeError):
    """A component did not come up; the message ends with the last lines of its log."""


def cache_folder() -> Path:
    """Where assembled components are kept between runs: METAPLATFORM_TEST_CACHE, else the user's cache folder."""
    chosen = os.environ.get("METAPLATFORM_TEST_CACHE")
    base = Path(chosen) if chosen else Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    folder = base if chosen else base / "metaplatform-components"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def open_folder(prefix: str) -> Path:
    """A new temporary folder that other users may pass through: PostgreSQL refuses to run as root."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    folder.chmod(0o755)
    return folder


def free_ports(count: int) -> list[int]:
    """Ports of the loopback address that nothing listens on; all are held until all are known."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()


class Managed:
    """A process in a group of its own, with its output in one log file."""

    def __init__(
        self, command: Sequence[str | Path], log: Path, env: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> None:
        self.log = log
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=None if env is None else {**os.environ, **env},
                cwd=cwd,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The process id, for a signal of the test's own."""
        return self.process.pid

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Poll `ready` until it holds; ComponentFailed when the process ends or the time is over."""
        deadline = time.monotonic() + seconds
        while not ready():
            if self.process.poll() is not None:
                raise ComponentFailed(f"ended with code {self.process.returncode}\n{tail(self.log)}")
            if time.monotonic() > deadline:
                raise ComponentFailed(f"not ready within {seconds:.0f} s\n{tail(self.log)}")
            time.sleep(PAUSE)

    def kill(self) -> None:
        """End it at once, as a power failure would."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self, seconds: float = 20) -> None:
        """Ask it to end, and end it when it does not."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()

    def resident_bytes(self) -> int:
        """Memory that the process and all its descendants hold now (Linux); shared pages are counted once."""
        return family_bytes(self.process.pid)


def family_bytes(ancestor: int) -> int:
    """Memory of a process and its descendants."""
    return sum(_proportional_bytes(pid) for pid in family_of(ancestor))


def family_cpu_seconds(ancestor: int) -> float:
    """Processor time that a process and its descendants, living and ended, have used."""
    return sum(_cpu_seconds(pid) for pid in family_of(ancestor))


def family_of(ancestor: int) -> set[int]:
    """A process and its descendants, found by parent: servers put children into sessions of their own."""
    parents = {int(entry.name): parent_of(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    family, found = {ancestor}, {ancestor}
    while found:
        found = {pid for pid, parent in parents.items() if parent in family} - family
        family |= found
    return family


def parent_of(pid: int) -> int:
    """The parent of a process; 0 when the process has just ended."""
    try:
        # The command's name stands in brackets and may hold blanks; the parent is the second field after it.
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _cpu_seconds(pid: int) -> float:
    try:
        # Own and ended children's ticks, in user and in system mode.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]
    except OSError:
        return 0.0
    return sum(map(int, fields)) / os.sysconf("SC_CLK_TCK")


def _proportional_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def tail(log: Path, lines: int = 30) -> str:
    """The last lines of a log, for an error message."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""


def run(
    command: Sequence[str | Path], log: Path, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> None:
    """Run one command to its end; ComponentFailed with the end of its log when it fails."""
    with log.open("ab") as output:
        done = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=None if env is None else {**os.environ, **env},
            cwd=cwd,
            check=False,
        )
    if done.returncode:
        raise ComponentFailed(f"{command[0]} ended with code {done.returncode}\n{tail(log)}")
