"""Our search on both engines beside FTS5, nori and CKAN: the same records, the same questions, the same machine and run.

    python -m tests.benchmarks.bench_engines --records 200000

Quality is measured on the bundled catalogue with the judged queries; speed and memory on made-up platforms. Every
contestant answers from a process of its own that is started for it, so that its memory is its own; with servers, the
server's memory is added. Each question asks for ten hits and facets (three of the peers', eleven of ours), every
second one with a filter.

Answers a second are measured under three loads, for every contestant in the same run. `new`: no question comes twice, since
each text is asked from another place in every round, so that no memory of whole answers helps anybody; what is kept of a text, of
a filter or of a count may. `residents`: judged questions drawn by Zipf's law (exponent 1, fixed seed), the same row for everyone
and begun 2,000 questions before the clock is; whoever remembers answers (we, Solr, Elasticsearch) may give them again.
`asked_before`: the same row once every question has been asked, as on a site that has been up for a while. Residents know more
than these questions: the tail of their own is longer, so that a real site lies between the loads. Ours and CKAN are also asked over
HTTP by the same light client, both served by two processes, ours by one as well; CKAN can be asked no other way.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from config.settings import Settings
from registry.catalogue import load_bundle
from registry.database import open_database, session_of
from registry.governments import Places
from registry.migrations import migrate
from search.document import PlatformDocument, documents
from search.engine import Plan, SearchEngine, open_engine
from search.evaluate import Judged, evaluate, read_judged, summary
from search.fields import entries
from search.finder import Finder
from search.needs import vocabulary
from search.query import SearchQuery
from search.text import Analyser
from tests.benchmarks.load import Question, answered, as_residents_ask, fresh, request
from tests.benchmarks.made_platforms import made_platforms
from tests.benchmarks.peers import CkanSearch, Fts5, Nori, Peer, PeerFinder
from tests.benchmarks.search_site import running
from tests.components.ckan.server import Ckan
from tests.components.elasticsearch.server import Cluster
from tests.components.processes import family_bytes

JUDGED = Path(__file__).parents[1] / "search/judged/queries.csv"
FIGURES = ("ndcg_at_10", "mrr", "success_at_1", "zero_result_rate")
CLIENTS = (1, 8, 32)
FILTER = {"type": "information"}
OURS = ("embedded", "elasticsearch")
LOADS = ("new", "residents", "asked_before")
# Questions that come before the clock is started; with two processes each has to have been asked everything by then.
NEW_BEFORE, RESIDENTS_BEFORE, TIMES_BEFORE = 200, 2_000, 4
SLOW_BEFORE = 40
PROCESSES = 2
WARMING_SECONDS = 60.0

Ask = Callable[[str, int | None, bool], None]


def main() -> None:
    """Build, measure and print one JSON object, and a table for people on stderr."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each throughput is measured")
    parser.add_argument("--without", nargs="*", default=[], choices=["fts5", "nori", "ckan", "elasticsearch"])
    parser.add_argument("--measure", default="", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(json.loads(given.measure))))
        return
    with tempfile.TemporaryDirectory(prefix="bench-engines-") as folder:
        result = contest(Path(folder), given.records, given.seconds, given.without)
    print(json.dumps(result, ensure_ascii=False))
    show(result)


def contest(folder: Path, count: int, seconds: float, without: Sequence[str]) -> dict[str, Any]:
    """Every contestant's quality on the catalogue, then its speed on many records."""
    database_url = f"sqlite:///{folder / 'registry.sqlite'}"
    database = open_database(database_url)
    migrate(database)
    load_bundle(database)
    with session_of(database) as session:
        places, real = Places.load(session), list(documents(session))
    ids = {place.code: place.id for place in places.all() if place.id is not None}
    judged = read_judged(JUDGED)
    analyser = Analyser(folder / "words.sqlite")
    results: dict[str, Any] = {}
    stages = Stages()

    def made() -> Iterator[PlatformDocument]:
        return made_platforms(count, government_ids=ids)

    def ours(name: str, settings: Settings, server: Callable[[], int]) -> None:
        engine = open_engine(settings)
        engine.rebuild(entries(real, analyser, vocabulary()))
        quality = figures(Finder(database, engine), judged)
        stages.done(f"{name}: quality")
        began = time.perf_counter()
        engine.rebuild(entries(made(), analyser, vocabulary()))
        built = time.perf_counter() - began
        engine.close()
        stages.done(f"{name}: filled")
        about = {"kind": name, "home": str(settings.home), "url": settings.elasticsearch_url, "database": database_url}
        results[name] = {**quality, "build_s": built, **measured(about, seconds, server)}
        stages.done(f"{name}: measured")

    def peer(
        name: str, one: Peer, build: Callable[[Any], None], about: dict[str, Any], server: Callable[[], int]
    ) -> None:
        build(real)
        quality = figures(PeerFinder(one, places, real), judged)
        stages.done(f"{name}: quality")
        began = time.perf_counter()
        build(made())
        built = time.perf_counter() - began
        stages.done(f"{name}: filled")
        results[name] = {
            **quality,
            "build_s": built,
            **measured({"kind": name, "database": database_url, **about}, seconds, server),
        }
        stages.done(f"{name}: measured")

    asked = questions(judged, places)
    ours("embedded", Settings(home=folder, elasticsearch_url=""), lambda: 0)
    for processes in (PROCESSES, 1):
        with running(folder, processes) as site:
            rates = over_http(site.port, _ask_us(places), asked, places, seconds)
            results["embedded"].setdefault("http_per_second", {})[processes] = rates
            results["embedded"].setdefault("http_server_mb", {})[processes] = site.resident_megabytes()
        stages.done(f"embedded: measured over HTTP, processes {processes}")
    if "fts5" not in without:
        file = folder / "fts5.sqlite"

        def build_fts5(platforms: Any) -> None:
            file.unlink(missing_ok=True)
            Fts5(file).build(platforms)

        peer("fts5", Fts5(file), build_fts5, {"file": str(file)}, lambda: 0)
    if "elasticsearch" not in without or "nori" not in without:
        with Cluster(heap="1g") as cluster:
            stages.done("elasticsearch: started")
            if "elasticsearch" not in without:
                settings = Settings(home=folder / "home", elasticsearch_url=cluster.url)
                ours("elasticsearch", settings, cluster.resident_bytes)
            if "nori" not in without:
                nori = Nori(cluster.url)
                peer("nori", nori, nori.build, {"url": cluster.url}, cluster.resident_bytes)
    if "ckan" not in without:
        # Two data sets, two sites: CKAN keeps what it once took.
        with Ckan(workers=PROCESSES) as site:
            stages.done("ckan: started")
            CkanSearch.build(site, real)
            quality = figures(PeerFinder(CkanSearch(site.url), places, real), judged)
        stages.done("ckan: quality")
        with Ckan(workers=PROCESSES) as site:
            stages.done("ckan: started again")
            began = time.perf_counter()
            CkanSearch.build(site, made())
            built = time.perf_counter() - began
            stages.done("ckan: filled")
            about = {"kind": "ckan", "url": site.url, "database": database_url}
            results["ckan"] = {**quality, "build_s": built, **measured(about, seconds, site.resident_bytes)}
            port = urlsplit(site.url).port or 0
            asking = _ask_ckan(CkanSearch(site.url), places)
            results["ckan"]["http_per_second"] = {PROCESSES: over_http(port, asking, asked, places, seconds)}
            stages.done("ckan: measured")
    return {
        "records": count,
        "catalogue": len(real),
        "judged": len(judged),
        "contestants": results,
        "stages_s": stages.seconds,
    }


class Stages:
    """How long each stage of the run took, in seconds; told on stderr as it goes."""

    def __init__(self) -> None:
        self.seconds: dict[str, int] = {}
        self._at = time.perf_counter()

    def done(self, name: str) -> None:
        """The stage that ends now."""
        now = time.perf_counter()
        self.seconds[name], self._at = round(now - self._at), now
        print(f"{name}: {self.seconds[name]} s", file=sys.stderr, flush=True)


def questions(judged: Sequence[Judged], places: Places) -> list[Question]:
    """The judged questions, every second one with a filter."""
    return [
        (one.query, places.resolve(one.user_area).id if one.user_area else None, number % 2 == 0)
        for number, one in enumerate(judged)
    ]


def loads(asked: Sequence[Question], places: Places) -> Iterator[tuple[str, Iterator[Question], Iterator[Question]]]:
    """Every load: its name, what is asked before the clock is started, and its row.

    A row goes on where it was for the next number of clients, so that what is new stays new.
    """
    new = fresh(asked, [place.id for place in places.all() if place.id is not None])
    yield "new", islice(new, NEW_BEFORE), new
    residents = as_residents_ask(asked)
    yield "residents", islice(residents, RESIDENTS_BEFORE), residents
    yield "asked_before", (one for _ in range(TIMES_BEFORE) for one in asked), residents


def over_http(
    port: int, asking: Callable[[Question], bytes], asked: Sequence[Question], places: Places, seconds: float
) -> dict[str, dict[str, float]]:
    """Answers a second over HTTP under every load."""
    found: dict[str, dict[str, float]] = {}
    # What the client writes for a question is written once: it shares its cores with the server.
    asking = lru_cache(2 * len(asked))(asking)
    for load, before, row in loads(asked, places):
        answered(port, map(asking, before), 8, WARMING_SECONDS)
        requests = map(asking, row)
        found[load] = {str(clients): answered(port, requests, clients, seconds) for clients in CLIENTS}
    return found


def _ask_us(places: Places) -> Callable[[Question], bytes]:
    def asking(question: Question) -> bytes:
        text, area, narrowed = question
        place = {"area": places.by_id(area).code} if area is not None else {}
        return request("GET", f"/api/v1/search?{urlencode({'q': text, **place, **(FILTER if narrowed else {})})}")

    return asking


def _ask_ckan(ckan: CkanSearch, places: Places) -> Callable[[Question], bytes]:
    def asking(question: Question) -> bytes:
        text, area, narrowed = question
        place = places.by_id(area).name if area is not None else ""
        body = json.dumps(ckan.asked(text, place, FILTER if narrowed else {})).encode()
        return request("POST", urlsplit(ckan.url).path, body)

    return asking


def figures(finder: Any, judged: Sequence[Judged]) -> dict[str, float]:
    """The quality figures of a finder."""
    found = summary(evaluate(finder, judged))
    return {name: found[name] for name in FIGURES}


def measured(about: Mapping[str, Any], seconds: float, server: Callable[[], int]) -> dict[str, Any]:
    """Measure in a fresh process; the server's memory is read while it is still warm."""
    command = [
        sys.executable,
        "-m",
        "tests.benchmarks.bench_engines",
        "--measure",
        json.dumps({**about, "seconds": seconds}),
    ]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    found["server_mb"] = round(server() / 1e6)
    return found


def measure(about: Mapping[str, Any]) -> dict[str, Any]:
    """Times of single questions, throughput with several clients, and this process's memory."""
    database = open_database(about["database"])
    with session_of(database) as session:
        places = Places.load(session)
    inside: list[float] = []
    ask = _asker(about, places, database, inside)
    asked = questions(read_judged(JUDGED), places)
    slow = about["kind"] in ("fts5", "ckan")
    # Warmed with texts that are not asked again.
    for place in places.all()[: SLOW_BEFORE if slow else NEW_BEFORE]:
        ask(place.full_name, None, False)
    inside.clear()
    times = [_timed(ask, question) for question in asked[:: 4 if slow else 1]]
    spent = list(inside)
    result: dict[str, Any] = {"total_ms": _spread(times), "engine_ms": _spread(spent) if spent else None}
    if about["kind"] != "ckan":
        result["per_second"] = {}
        for load, before, row in loads(asked, places):
            for question in islice(before, SLOW_BEFORE if slow else None):
                ask(*question)
            result["per_second"][load] = {
                str(clients): _throughput(ask, row, clients, about["seconds"]) for clients in CLIENTS
            }
    return {**result, "process_mb": round(family_bytes(_own_pid()) / 1e6)}


def _asker(about: Mapping[str, Any], places: Places, database: Any, inside: list[float]) -> Ask:
    kind = about["kind"]
    if kind in OURS:
        settings = Settings(home=Path(about["home"]), elasticsearch_url=about["url"])
        finder = Finder(database, _Watched(open_engine(settings), inside))
        filters: dict[str, tuple[str, ...]] = {name: (value,) for name, value in FILTER.items()}

        def ask_us(text: str, area: int | None, narrowed: bool) -> None:
            finder.search(SearchQuery(text, area_id=area, filters=filters if narrowed else {}))

        return ask_us
    peers: dict[str, Callable[[], Peer]] = {
        "fts5": lambda: Fts5(Path(about["file"])),
        "nori": lambda: Nori(about["url"]),
        "ckan": lambda: CkanSearch(about["url"]),
    }
    peer = peers[kind]()

    def ask_peer(text: str, area: int | None, narrowed: bool) -> None:
        place = places.by_id(area).name if area is not None else ""
        peer.search(text, place, FILTER if narrowed else {})

    return ask_peer


class _Watched:
    """An engine that notes how long each of its searches took, in milliseconds."""

    def __init__(self, engine: SearchEngine, times: list[float]) -> None:
        self._engine, self._times = engine, times

    def search(self, plan: Plan) -> Any:
        began = time.perf_counter()
        found = self._engine.search(plan)
        self._times.append((time.perf_counter() - began) * 1000)
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)


def _timed(ask: Ask, question: tuple[str, int | None, bool]) -> float:
    began = time.perf_counter()
    ask(*question)
    return (time.perf_counter() - began) * 1000


def _throughput(ask: Ask, row: Iterator[Question], clients: int, seconds: float) -> float:
    """Questions answered in a second by so many threads that ask without a pause."""
    until, counts, lock = time.perf_counter() + seconds, [0] * clients, threading.Lock()
    began = time.perf_counter()

    def client(number: int) -> None:
        while time.perf_counter() < until:
            with lock:
                question = next(row)
            ask(*question)
            counts[number] += 1

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return round(sum(counts) / (time.perf_counter() - began), 1)


def _spread(times: Sequence[float]) -> dict[str, float]:
    cuts = statistics.quantiles(times, n=100)
    return {"p50": round(cuts[49], 2), "p95": round(cuts[94], 2), "p99": round(cuts[98], 2)}


def _own_pid() -> int:
    import os

    return os.getpid()


def show(result: Mapping[str, Any]) -> None:
    """The tables for people: quality and times, then answers a second by load."""
    lines = [["", "NDCG@10", "MRR", "S@1", "zero", "p50 ms", "p95 ms", "engine p95", "MB", "build s"]]
    for name, one in result["contestants"].items():
        engine = one["engine_ms"]["p95"] if one["engine_ms"] else "-"
        quality = [one[figure] for figure in FIGURES]
        spread = [one["total_ms"]["p50"], one["total_ms"]["p95"]]
        memory = one["process_mb"] + one["server_mb"]
        lines.append([name, *map(str, [*quality, *spread, engine, memory, round(one["build_s"])])])
    lines += [[], ["answers a second", *(f"{load} {clients}" for load in LOADS for clients in CLIENTS)]]
    for name, one in result["contestants"].items():
        served = {f"{name}, HTTP, {number}": rates for number, rates in one.get("http_per_second", {}).items()}
        inside = {name: one["per_second"]} if "per_second" in one else {}
        for label, rates in (inside | served).items():
            lines.append([label, *(str(rates[load][str(clients)]) for load in LOADS for clients in CLIENTS)])
    for line in lines:
        print(
            "".join(f"{cell:>24}" for cell in line[:1]) + "".join(f"{cell:>16}" for cell in line[1:]), file=sys.stderr
        )


if __name__ == "__main__":
    main()
