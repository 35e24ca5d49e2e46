"""`metaplatform up` as a person uses it: a process of its own, a fresh home, real requests, Ctrl-C."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest

START = 120  # seconds; the first start loads the catalogue and builds the index


@contextmanager
def running(home: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], str, list[str]]]:
    """The process, its address, and the lines it printed until it was ready."""
    command = [sys.executable, "-m", "api.cli", "up", "--port", "0", *words]
    process = subprocess.Popen(
        command, env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    lines: list[str] = []
    assert process.stdout
    for line in process.stdout:
        lines.append(line.rstrip())
        if "Ctrl-C" in line:
            break
    address = next((found[0] for line in lines if (found := re.findall(r"http://[\d.]+:\d+", line))), "")
    try:
        assert address, process.stderr.read() if process.stderr else ""
        wait_for(address)
        yield process, address, lines
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "METAPLATFORM_HOME": str(home), "PYTHONUNBUFFERED": "1"}


def wait_for(address: str) -> None:
    until = time.monotonic() + START
    while time.monotonic() < until:
        try:
            if httpx2.get(f"{address}/api/v1/search", params={"q": "배달특급"}, timeout=30).status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.2)
    raise AssertionError(f"{address} did not answer")


def test_up_serves_a_searchable_registry_and_a_second_start_changes_nothing(tmp_path: Path):
    home = tmp_path / "home"
    with running(home) as (process, address, lines):
        assert any("일회용 비밀번호" in line for line in lines)
        found = httpx2.get(f"{address}/api/v1/search?q={quote('ㅂㄷㅌㄱ')}", timeout=30).json()
        assert found["hits"][0]["name"] == "배달특급"
        assert "배달특급" in httpx2.get(f"{address}/search?q={quote('배달특급')}", timeout=30).text
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
    before = state(home)
    with running(home) as (process, address, lines):
        assert not any("일회용 비밀번호" in line for line in lines)
        again = httpx2.get(f"{address}/api/v1/search?q={quote('ㅂㄷㅌㄱ')}", timeout=30).json()
        assert again["hits"] == found["hits"]
    assert state(home) == before


def state(home: Path) -> list[tuple[object, ...]]:
    """Every platform and its version, and how many statements and audit lines there are."""
    import sqlite3

    with sqlite3.connect(home / "registry.sqlite") as database:
        platforms = list(database.execute("select id, version from platform order by id"))
        counts = list(database.execute("select (select count(*) from statement), (select count(*) from audit)"))
    database.close()
    return platforms + counts


def test_a_wrong_or_taken_port_is_one_sentence(tmp_path: Path):
    wrong = subprocess.run(
        [sys.executable, "-m", "api.cli", "up", "--port", "99999"],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert wrong.returncode == 2 and "--port" in wrong.stderr and "명령이 맞지 않습니다" in wrong.stderr
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "api.cli", "up", "--port", port],
            env=environment(tmp_path / "home"),
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 3
    assert port in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unwritable_home_is_one_sentence():
    done = subprocess.run(
        [sys.executable, "-m", "api.cli", "up", "--port", "0"],
        env=environment(Path("/dev/null/home")),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 3
    assert "METAPLATFORM_HOME" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "code"),
    [(["search"], 2), (["nonsense"], 2), (["search", "evaluate", "/no/such.csv"], 2), (["harvest"], 2)],
)
def test_wrong_words_end_with_code_2_and_a_sentence(words: list[str], code: int, tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-m", "api.cli", *words],
        env=environment(tmp_path / "home"),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == code, done.stderr
