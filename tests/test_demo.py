"""`metaplatform demo` as a person runs it: every kind of harvester, two days, the results found by search."""

import signal
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from tests.test_up import environment, wait_for


@pytest.mark.slow
def test_the_demonstration_harvests_every_kind_of_source_and_cleans_up(tmp_path: Path):
    with (tmp_path / "words").open("w") as words:
        process = subprocess.Popen(
            [sys.executable, "-m", "api.cli", "demo", "--port", "0"],
            env={**environment(tmp_path / "unused"), "TMPDIR": str(tmp_path)},
            stdout=subprocess.PIPE,
            stderr=words,
            text=True,
        )
    assert process.stdout
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        if "Ctrl-C" in line:
            break
    assert lines, (tmp_path / "words").read_text()
    address = next(line.split()[-1].rstrip("/") for line in lines if "residents" in line)
    wait_for(address)
    runs = httpx2.get(f"{address}/api/v1/runs", params={"limit": 100}, timeout=30).json()["items"]
    assert {run["state"] for run in runs} == {"complete"}
    kinds = {run["source"] for run in runs}
    assert len(kinds) >= 7
    assert len(runs) == 2 * len(kinds)
    assert sum(run["counts"].get("added", 0) for run in runs) > 30
    assert any(run["counts"].get("changed", 0) for run in runs)
    found = httpx2.get(f"{address}/api/v1/search", params={"q": "장수군 데모"}, timeout=30).json()
    assert found["total"] > 0
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert "다음 날" in (tmp_path / "words").read_text()
    assert not list(tmp_path.glob("metaplatform-demo-*"))
