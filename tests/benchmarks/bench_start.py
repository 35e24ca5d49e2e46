"""Cold and warm start of `metaplatform up`, and the load and index of the bundle: medians of several runs.

Run: python -m tests.benchmarks.bench_start [--runs 3]
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.test_up import environment, wait_for


def main() -> None:
    """Print one JSON line: seconds to the first answer, cold and warm, and memory once it answers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    cold, warm, memory = [], [], []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder) / "home"
            cold.append(start(home)[0])
            seconds, resident = start(home)
            warm.append(seconds)
            memory.append(resident)
    print(
        json.dumps(
            {
                "runs": runs,
                "cold_start_s": round(statistics.median(cold), 2),
                "warm_start_s": round(statistics.median(warm), 2),
                "resident_mb": round(statistics.median(memory)),
            }
        )
    )


def start(home: Path) -> tuple[float, float]:
    """Seconds from the command to the first search answer, and the resident megabytes then."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "api.cli", "up", "--port", "0"],
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout
    address = ""
    for line in process.stdout:
        if "http://" in line and not address:
            address = line.split("http://")[1].split("/")[0]
        if "Ctrl-C" in line:
            break
    wait_for(f"http://{address}")
    seconds = time.perf_counter() - began
    resident = next(
        int(line.split()[1]) / 1024
        for line in Path(f"/proc/{process.pid}/status").read_text().splitlines()
        if line.startswith("VmRSS")
    )
    process.terminate()
    process.communicate(timeout=30)
    return seconds, resident


if __name__ == "__main__":
    main()
