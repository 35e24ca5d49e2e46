"""What harvesting costs: CKAN packages end to end, the same again unchanged, and home pages by 1, 2 and 4 workers.

Run: python -m tests.benchmarks.bench_harvest [--packages 2000 10000] [--homes 245] [--workers 1 2 4]

The sources answer from another process on loopback. A home page takes 50 to 400 ms per request, as municipal servers
do; the pause per host is 50 ms instead of a second, so that the table shows our cost and not our patience.
"""

import argparse
import csv
import json
import multiprocessing
import random
import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlmodel import func, select

from config.settings import CONFIG, Settings
from harvesters.runner import run_source
from harvesters.schedule import Worker
from harvesters.sources import save_source, source_from
from registry.database import open_database, session_of, writing_session
from registry.geography import load_geography
from registry.migrations import migrate
from registry.models import HarvestRun, Platform
from registry.records import SYSTEM
from registry.vocab import RunState
from tests.harvesters.conftest import package
from tests.harvesters.hostile_server import Asked, CkanFace, HostileServer, Reply


def main() -> None:
    """Print one JSON line per measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=int, nargs="*", default=[2000, 10000])
    parser.add_argument("--homes", type=int, default=245)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4])
    asked = parser.parse_args()
    for count in asked.packages:
        show(in_a_child(measure_packages, count))
    for workers in asked.workers:
        show(in_a_child(measure_homes, asked.homes, workers))


def show(figures: dict[str, Any]) -> None:
    print(json.dumps(figures), flush=True)


def in_a_child(work: Any, *arguments: Any) -> dict[str, Any]:
    """Measure in a fresh process, so that its memory is its own."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        result: dict[str, Any] = pool.submit(work, *arguments).result()
        return result


def measure_packages(count: int) -> dict[str, Any]:
    """Records per second of a first harvest, what an unchanged one costs of that, and memory above an empty run."""
    with tempfile.TemporaryDirectory() as folder, serving(serve_ckan, count) as port:
        settings, database = home(Path(folder))
        add(database, "ckan", f"http://127.0.0.1:{port}", options={"take": "all", "site": False})
        add(database, "warm", f"http://127.0.0.2:{port}", options={"take": "all", "site": False, "fq": "groups:none"})
        run_source(database, settings, "warm", actor=SYSTEM)
        before = peak()
        first = timed(database, settings)
        with session_of(database) as session:
            registered = session.exec(select(func.count()).select_from(Platform)).one()
        assert registered == count, registered
        again = min(timed(database, settings) for _ in range(3))
        database.dispose()
        return {
            "what": "ckan packages",
            "count": count,
            "first_s": round(first, 2),
            "records_per_s": round(count / first),
            "unchanged_s": round(again, 2),
            "unchanged_share": round(again / first, 4),
            "memory_mb_above_empty": round((peak() - before) / 1e6),
        }


def measure_homes(count: int, workers: int) -> dict[str, Any]:
    """Home pages per minute: every site a host of its own, all due at once."""
    with tempfile.TemporaryDirectory() as folder, serving(serve_homes, count) as port:
        settings, database = home(Path(folder), worker_threads=workers, host_delay=0.05)
        for number in range(count):
            url, owner = f"http://{address(number)}:{port}/", governments()[number]["code"]
            add(database, f"home{number}", url, harvester="website", enabled=True, owner=owner)
        worker = Worker(database, settings, tick_seconds=0.5)
        began = time.perf_counter()
        worker.start()
        while ended(database) < count:
            time.sleep(0.2)
        took = time.perf_counter() - began
        worker.stop()
        with session_of(database) as session:
            states = [row.state for row in session.exec(select(HarvestRun)).all()]
            requests = sum(row.requests for row in session.exec(select(HarvestRun)).all())
            platforms = session.exec(select(func.count()).select_from(Platform)).one()
        database.dispose()
        return {
            "what": "home pages",
            "count": count,
            "workers": workers,
            "seconds": round(took, 1),
            "sites_per_minute": round(60 * count / took, 1),
            "requests": requests,
            "platforms": platforms,
            "complete": sum(state is RunState.complete for state in states),
            "peak_mb": round(peak() / 1e6),
        }


def home(folder: Path, **values: Any) -> tuple[Settings, Engine]:
    given = {"host_delay": 0.0, "contact": "bench@example.org", "allow_private_addresses": True, **values}
    settings = Settings(home=folder, **given)
    database = open_database(settings.sqlalchemy_url)
    migrate(database)
    load_geography(database)
    return settings, database


def add(
    database: Engine, source_id: str, url: str, harvester: str = "ckan", enabled: bool = False, **entries: Any
) -> None:
    given = {"title": source_id, "harvester": harvester, "url": url, "owner": "1111000000", "outside": False}
    if harvester == "ckan":
        given["public_api"] = "bench"
    with writing_session(database) as session:
        save_source(session, source_from(source_id, {**given, "enabled": enabled, **entries}))


def timed(database: Engine, settings: Settings) -> float:
    began = time.perf_counter()
    report = run_source(database, settings, "ckan", actor=SYSTEM)
    assert report.state is RunState.complete, report.sentence()
    return time.perf_counter() - began


def ended(database: Engine) -> int:
    with session_of(database) as session:
        query = select(func.count(func.distinct(HarvestRun.source_id))).where(HarvestRun.state != RunState.running)
        return session.exec(query).one()


def peak() -> int:
    """Most bytes this process ever had resident."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


class serving:
    """A server in a process of its own; gives its port."""

    def __init__(self, work: Any, count: int) -> None:
        self._answers, other = multiprocessing.get_context("fork").Pipe()
        self._process = multiprocessing.get_context("fork").Process(target=work, args=(count, other), daemon=False)

    def __enter__(self) -> int:
        self._process.start()
        port: int = self._answers.recv()
        return port

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.join()


def serve_ckan(count: int, port: Any) -> None:
    server = HostileServer("0.0.0.0")
    CkanFace(server, [package(number, id=f"id-{number:06d}") for number in range(count)])
    port.send(server.port)
    time.sleep(3600)


def serve_homes(count: int, port: Any) -> None:
    """Home pages with a list of related sites each; slow as municipal servers are."""
    server = HostileServer("0.0.0.0")
    chance = random.Random(1)

    def page(asked: Asked) -> Reply:
        time.sleep(chance.uniform(0.05, 0.4))
        if asked.path == "/robots.txt":
            return Reply("User-agent: *\nAllow: /\n")
        if asked.path != "/":
            return Reply("없음", 404)
        third, fourth = asked.headers["host"].split(":")[0].split(".")[2:]
        government = governments()[int(third) * 200 + int(fourth) - 1]
        domain, name = government["homepage_domain"], government["name_ko"]
        needs = ("도서 예약", "주차 안내", "청년 일자리", "장터", "체육시설 예약", "관광 안내")
        links = "".join(
            f'<li><a href="http://service{place}.{domain}/" target="_blank">{name} {need}</a></li>'
            for place, need in enumerate(needs)
        )
        filler = "<p>소식을 알려 드립니다. 새로운 공지 사항입니다.</p>" * 400
        return Reply(
            f"<html><head><title>{name}청 누리집</title></head><body>{filler}<h2>관련 사이트</h2><ul>{links}</ul></body></html>"
        )

    server.routes["/*"] = page
    port.send(server.port)
    time.sleep(3600)


@cache
def governments() -> list[dict[str, str]]:
    """The bundled governments that have a home page."""
    with (CONFIG / "catalogue" / "governments.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["homepage_domain"]]


def address(number: int) -> str:
    """A loopback address of its own for every site."""
    return f"127.1.{number // 200}.{number % 200 + 1}"


if __name__ == "__main__":
    main()
