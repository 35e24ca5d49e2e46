"""`metaplatform serve --processes 2` as an operator uses it: a killed process is replaced, and none outlives its parent."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from tests.components.processes import family_of, free_ports
from tests.test_up import environment, wait_for

pytestmark = pytest.mark.slow


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.1)


def serving(parent: int) -> set[int]:
    """The children of the parent that serve; multiprocessing's own helper is none of them."""
    found = set()
    for pid in family_of(parent) - {parent}:
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        if b"spawn_main" in command:
            found.add(pid)
    return found


def answers(address: str) -> int:
    """How many of twenty questions on connections of their own are answered."""
    return sum(
        httpx2.get(f"{address}/api/v1/search", params={"q": "배달특급"}, timeout=30).json()["total"] > 0
        for _ in range(20)
    )


def test_a_killed_process_is_replaced_and_none_outlives_its_parent(tmp_path: Path):
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "api.cli", "serve", "--port", str(port), "--processes", "2"]
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command, env=environment(tmp_path), stdout=subprocess.PIPE, text=True) as parent:
        try:
            wait_for(address)
            until(lambda: len(serving(parent.pid)) == 2)
            assert answers(address) == 20
            first = serving(parent.pid)
            os.kill(min(first), signal.SIGKILL)
            until(lambda: len(serving(parent.pid)) == 2 and serving(parent.pid) != first)
            wait_for(address)
            children = serving(parent.pid)
        finally:
            parent.kill()
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children))
    # Nobody holds the port, nor the home: the next start is one like any other, and ends cleanly.
    with subprocess.Popen(command, env=environment(tmp_path), stdout=subprocess.PIPE, text=True) as parent:
        wait_for(address)
        assert answers(address) == 20
        parent.send_signal(signal.SIGINT)
        assert parent.wait(30) == 0


def test_how_many_must_be_a_number_of_processes(tmp_path: Path):
    command = [sys.executable, "-m", "api.cli", "serve", "--processes", "0"]
    done = subprocess.run(command, env=environment(tmp_path), capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "--processes" in done.stderr
