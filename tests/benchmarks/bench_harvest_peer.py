"""Our harvest of a real CKAN beside ckanext-harvest's, both reading the same CKAN in the same run.

Run: python -m tests.benchmarks.bench_harvest_peer [--packages 1000] [--import-seconds 0] [--index-only]

Two CKANs start on loopback, each with its own PostgreSQL, Solr and Redis: one serves the packages, in the other
ckanext-harvest gathers, fetches and imports them through its Redis queues, as its manual says. We read the same
address with our defaults but for the pause of a second between two requests, which ckanext-harvest does not keep.
For both the clock runs until every package is registered and can be found; the second run of each finds nothing new.
With --import-seconds ckanext-harvest imports for so long only, and its rate is that of what it imported; with
--index-only the serving CKAN holds the packages in its search index alone, which is all that either reader asks.
Processor time depends less on what else the machine does than the clock: it is that of each reader with its own
database and index.
"""

import argparse
import json
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
from ckanapi import RemoteCKAN
from sqlmodel import func, select

from harvesters.runner import run_source
from registry.database import session_of
from registry.models import Platform
from registry.records import SYSTEM
from registry.vocab import RunState
from search.engines.embedded import EmbeddedEngine
from search.indexer import Indexer
from tests.benchmarks.bench_harvest import add, home, in_a_child, peak, show
from tests.components.ckan.server import Ckan, why_not
from tests.components.processes import Managed, family_cpu_seconds
from tests.harvesters.conftest import package

FILL = Path(__file__).parents[1] / "components/ckan/fill.py"
EXTENSION = "ckanext-harvest==1.6.3"
LONGEST = 3600.0


def main() -> None:
    """Print one JSON line per reader and one that compares them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=int, default=1000)
    parser.add_argument("--import-seconds", type=float, default=0.0)
    parser.add_argument("--index-only", action="store_true")
    asked = parser.parse_args()
    count = asked.packages
    if reason := why_not():
        raise SystemExit(reason)
    plugins, settings = "harvest ckan_harvester", {"ckan.harvest.mq.type": "redis"}
    with Ckan() as served, Ckan([EXTENSION], plugins, settings) as site:
        began = time.perf_counter()
        fill(served, count, index_only=asked.index_only)
        show({"what": "served", "packages": count, "filled_s": round(time.perf_counter() - began)})
        ours = in_a_child(measure_ours, served.url, count)
        show(ours)
        theirs = measure_theirs(site, served.url, count, asked.import_seconds)
        show(theirs)
        show(
            {
                "what": "ratio",
                "first": round(ours["records_per_s"] / theirs["records_per_s"], 1),
                "cpu": round(theirs["cpu_ms_per_record"] / ours["cpu_ms_per_record"], 1),
                "unchanged": round(theirs["unchanged_s"] / ours["unchanged_s"], 1) if theirs["unchanged_s"] else None,
            }
        )


def fill(served: Ckan, count: int, index_only: bool = False) -> None:
    """Create the packages in CKAN itself; one organisation owns them."""
    file = served.folder / "packages.jsonl"
    with file.open("w") as lines:
        for number in range(count):
            one = package(number, owner_org="jongno", owner_title="서울특별시 종로구", tags=[{"name": "서비스"}])
            del one["id"], one["metadata_modified"]
            lines.write(json.dumps(one) + "\n")
    served.run_script(FILL, str(file), *(["--index-only"] if index_only else []))
    found = RemoteCKAN(served.url).action.package_search(rows=0)["count"]
    assert found == count, found


def measure_ours(url: str, count: int) -> dict[str, Any]:
    """Harvest, register, index; then the same again."""
    with tempfile.TemporaryDirectory() as folder:
        settings, database = home(Path(folder))
        add(database, "ckan", url, options={"take": "all", "site": False})
        add(database, "warm", url, options={"take": "all", "site": False, "fq": "groups:none"})
        engine = EmbeddedEngine(settings.index_folder)
        indexer = Indexer(database, engine)
        run_source(database, settings, "warm", actor=SYSTEM)
        indexer.follow()
        before, began, used = peak(), time.perf_counter(), time.process_time()
        first = run_source(database, settings, "ckan", actor=SYSTEM)
        registered = time.perf_counter() - began
        harvest_peak = peak() - before
        indexer.follow()
        searchable, used = time.perf_counter() - began, time.process_time() - used
        began = time.perf_counter()
        again = run_source(database, settings, "ckan", actor=SYSTEM)
        indexer.follow()
        unchanged = time.perf_counter() - began
        assert first.state is again.state is RunState.complete, (first.sentence(), again.sentence())
        with session_of(database) as session:
            platforms = session.exec(select(func.count()).select_from(Platform)).one()
        assert platforms == engine.count() == count, (platforms, engine.count())
        engine.close()
        database.dispose()
        return {
            "what": "metaplatform",
            "registered": platforms,
            "registered_s": round(registered, 1),
            "searchable_s": round(searchable, 1),
            "records_per_s": round(count / searchable, 1),
            "cpu_ms_per_record": round(1000 * used / count, 1),
            "unchanged_s": round(unchanged, 2),
            "unchanged_counts": dict(again.counts),
            "requests": first.requests,
            "memory_mb": round(peak() / 1e6),
            "memory_mb_above_empty": round(harvest_peak / 1e6),
        }


def measure_theirs(site: Ckan, url: str, count: int, at_most: float = 0.0) -> dict[str, Any]:
    """The same through ckanext-harvest's queues, with one gather and one fetch consumer (its defaults)."""
    call = RemoteCKAN(site.url, apikey=site.token).call_action
    organization = call("organization_create", {"name": "jongno", "title": "서울특별시 종로구"})
    source = call(
        "harvest_source_create",
        {
            "name": "served",
            "title": "served",
            "url": url,
            "source_type": "ckan",
            "frequency": "MANUAL",
            "owner_org": organization["id"],
            # Within an hour of its last job it would list everything anyway: it asks for changes of the last hour.
            "config": json.dumps({"force_all": True}),
        },
    )
    with ExitStack() as stack, psycopg.connect(site.database_url, autocommit=True) as database:
        consumers = []
        for name in ("gather-consumer", "fetch-consumer"):
            command: list[str | Path] = [site.venv / "bin/ckan", "-c", site.ini, "harvester", name]
            consumer = Managed(command, site.folder / f"{name}.log", cwd=site.folder)
            stack.callback(consumer.stop)
            consumers.append(consumer)
        time.sleep(10)  # both load CKAN before they listen; that is not counted
        memory, used = Watched(consumers), cpu_seconds(site, consumers)
        first, gathered, states = run_job(call, database, source["id"], at_most)
        used = cpu_seconds(site, consumers) - used
        found = call("package_search", {"rows": 0, "fq": "dataset_type:dataset"})["count"]
        unchanged, again = 0.0, dict[str, int]()
        if not at_most:
            assert found == count, (found, states)
            site.command("harvester", "run")  # marks the job as finished, so that the next one may be made
            unchanged, _, again = run_job(call, database, source["id"])
        memory.stop()
        return {
            "what": EXTENSION,
            "registered": found,
            "reported": states,
            "searchable_s": round(first, 1),
            "gathered_s": round(gathered, 1),
            "records_per_s": round(found / first, 1),
            "imported_per_s": round(found / (first - gathered), 1),
            "cpu_ms_per_record": round(1000 * used / found, 1),
            "unchanged_s": round(unchanged, 2),
            "unchanged_counts": again,
            "memory_mb": round(memory.most / 1e6),
            "memory_mb_with_site": round((memory.most + site.resident_bytes()) / 1e6),
        }


def run_job(call: Any, database: Any, source_id: str, at_most: float = 0.0) -> tuple[float, float, dict[str, int]]:
    """Run one job to its end, or importing `at_most` seconds: seconds in all and of gathering, objects by how they ended."""
    began = time.perf_counter()
    job = call("harvest_job_create", {"source_id": source_id, "run": True})["id"]
    gathered = 0.0
    while (passed := time.perf_counter() - began) < LONGEST:
        known = database.execute("SELECT gather_finished FROM harvest_job WHERE id = %s", [job]).fetchone()
        query = "SELECT state, report_status, count(*) FROM harvest_object WHERE harvest_job_id = %s GROUP BY 1, 2"
        rows = database.execute(query, [job]).fetchall()
        if known and known[0]:
            gathered = gathered or passed
            done = all(state in ("COMPLETE", "ERROR") and status for state, status, _ in rows)
            if done or (at_most and passed - gathered > at_most):
                return passed, gathered, {str(status or state): number for state, status, number in rows}
        time.sleep(0.1)
    raise TimeoutError(f"the job did not end within {LONGEST:.0f} s: {rows}")


def cpu_seconds(site: Ckan, consumers: list[Managed]) -> float:
    """Processor time of the consumers and of the CKAN they write into; the serving CKAN's is not counted for anybody."""
    return site.cpu_seconds() + sum(family_cpu_seconds(one.pid) for one in consumers)


class Watched:
    """The most memory that some processes held together, looked at twice a second."""

    def __init__(self, processes: list[Managed]) -> None:
        self._processes, self._done, self.most = processes, threading.Event(), 0
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(0.5):
            self.most = max(self.most, sum(one.resident_bytes() for one in self._processes))


if __name__ == "__main__":
    main()
