"""Search and completion in process and over HTTP, on generated platforms or the bundle, beside SQLite FTS5.

    python -m tests.benchmarks.bench_search 200000 [--folder KEPT] [--queries 400] [--parts index,engine,http,fts5]
    python -m tests.benchmarks.bench_search bundle

Every text is asked once for times, so that nothing is kept from one question for another; for answers a second the same texts
come again from other places, where what is kept of their words helps. Each question asks for a judged query's words from one of
four places, running platforms only, ten hits and all eleven facets. Times are wall clock; run it on an otherwise idle machine. Over HTTP the whole request to a server process on loopback counts, its body unpacked.
FTS5 gets the same words, the same questions and filters, counts the same facets, and answers a sample of the
questions. With --folder, words and index are kept for the next run, and parts can be measured one by one.
"""

import argparse
import csv
import json
import math
import random
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from config.settings import Settings
from registry.catalogue import load_bundle
from registry.database import open_database, session_of
from registry.geography import load_geography
from registry.governments import Places
from registry.migrations import migrate
from search.document import PlatformDocument
from search.document import documents as registered
from search.engine import IndexEntry, Plan
from search.engines.embedded import EmbeddedEngine
from search.fields import entries
from search.finder import Finder
from search.needs import vocabulary
from search.planning import plan_for
from search.query import SearchQuery
from search.text import Analyser
from tests.benchmarks.fts5_peer import Fts5
from tests.benchmarks.generate import documents
from tests.benchmarks.load import fresh
from tests.benchmarks.search_site import Client, Site, running

JUDGED = Path(__file__).parents[1] / "search" / "judged" / "queries.csv"
PARTS = ("index", "engine", "http", "fts5")
AREAS = ("수원시", "은평구", "부산 남구", "전주시")
CLIENTS = (1, 8, 32)
WARMING = 20
# FTS5 needs up to seconds for one page: it answers at most so many questions, for at most so long.
FTS5_QUESTIONS = 60
FTS5_SECONDS = 150


class Bench:
    """One set of platforms in one folder."""

    def __init__(self, wanted: str, folder: Path, asked: int) -> None:
        self._count = None if wanted == "bundle" else int(wanted)
        self._folder = folder
        self._settings = Settings(home=folder)
        self._database = open_database(self._settings.sqlalchemy_url)
        migrate(self._database)
        if self._count is None:
            load_bundle(self._database)
        else:
            load_geography(self._database)
        self._engine = EmbeddedEngine(self._settings.index_folder)
        self._finder = Finder(self._database, self._engine)
        places = self._finder.places
        self._questions = list(questions(places, asked, seed=1))
        self._warming = list(questions(places, WARMING, seed=2))
        self._areas = {place.id: place.code for place in places.all()}
        near = {place.id for place in map(places.resolve, AREAS)}
        self._unasked = unasked(places, [query.text for query in self._questions], near)

    def index(self) -> dict[str, Any]:
        """Building the index from raw text, if that was not done before, and again with the words known."""
        analyser = Analyser(self._folder / "words.sqlite")
        result: dict[str, Any] = {}
        if not self._engine.count():
            result["index_seconds_from_raw_text"] = clocked(lambda: self._build(analyser))
        result["index_seconds_words_cached"] = clocked(lambda: self._build(analyser))
        result["index_megabytes"] = size(self._settings.index_folder)
        result["indexing_peak_megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        return result

    def engine(self) -> dict[str, Any]:
        """The engine and the finder called in this process."""
        for query in self._warming:
            self._finder.search(query)
        typed = [(text, query.area_id) for query in self._questions for text in typing(query.text)]
        # Before the plans are made: making them reads the same questions.
        found = each(self._finder.search, self._questions)
        plans = [plan_of(self._finder, query) for query in self._questions]
        return {
            "platforms": self._engine.count(),
            "engine_search_filter_facets_ms": spread(self._engine_alone(plans)),
            "finder_search_filter_facets_ms": spread(found),
            "completion_ms": spread(each(lambda one: self._finder.suggest(*one), typed)),
            "queries_per_second": {
                clients: throughput([self._finder.search] * clients, self._another()) for clients in CLIENTS
            },
        }

    def http(self) -> dict[str, Any]:
        """Whole requests to a server process."""
        asked = [self._parameters(query) for query in self._questions]
        typed = [
            [("q", text), ("area", self._areas[query.area_id])]
            for query in self._questions
            for text in typing(query.text)
        ]
        with running(self._folder) as site:
            client = Client(site)
            first = clocked(lambda: client.get("/search", self._parameters(self._warming[0])))
            for query in self._warming:
                found = client.read("/search", self._parameters(query))
                assert len(found["facets"]) == 11, found
            result: dict[str, Any] = {
                "http_first_answer_seconds": first,
                "http_search_filter_facets_ms": spread(each(lambda one: client.get("/search", one), asked)),
                "http_completion_ms": spread(each(lambda one: client.get("/suggest", one), typed)),
                "http_queries_per_second": {
                    clients: _over_http(site, list(map(self._parameters, self._another())), clients)
                    for clients in CLIENTS
                },
                "server_peak_megabytes": site.peak_megabytes(),
            }
            client.close()
        return result

    def fts5(self) -> dict[str, Any]:
        """The same with SQLite FTS5, beside our engine on the same questions."""
        path = self._folder / "fts5.sqlite"
        path.unlink(missing_ok=True)
        peer = Fts5(path)
        built = clocked(lambda: peer.build(self._entries(Analyser(self._folder / "words.sqlite"))))
        until = time.monotonic() + FTS5_SECONDS
        theirs: list[float] = []
        for query in self._questions[:FTS5_QUESTIONS]:
            if time.monotonic() < until:
                theirs.append(clock(lambda query=query: peer.search(query)))
        peer.close()
        ours = self._engine_alone([plan_of(self._finder, query) for query in self._questions[: len(theirs)]])
        return {
            "fts5_index_seconds": built,
            "fts5_megabytes": size(path),
            "fts5_questions": len(theirs),
            "fts5_search_filter_facets_ms": spread(theirs),
            "engine_on_the_same_questions_ms": spread(ours),
            "times_fts5_at_p95": round(spread(theirs)["p95"] / spread(ours)["p95"], 1),
        }

    def close(self) -> None:
        """Let go of files."""
        self._engine.close()
        self._database.dispose()

    def _engine_alone(self, plans: Sequence[Plan]) -> list[float]:
        """Milliseconds of every plan in an engine that has not yet counted any of them."""
        engine = EmbeddedEngine(self._settings.index_folder)
        for query in self._warming:
            engine.search(plan_of(self._finder, query))
        found = each(engine.search, plans)
        engine.close()
        return found

    def _another(self) -> list[SearchQuery]:
        """As many questions as were timed, none of which was asked before."""
        return list(islice(self._unasked, len(self._questions)))

    def _build(self, analyser: Analyser) -> None:
        self._engine.rebuild(self._entries(analyser))

    def _entries(self, analyser: Analyser) -> Iterator[IndexEntry]:
        return entries(self._documents(), analyser, vocabulary())

    def _documents(self) -> Iterator[PlatformDocument]:
        if self._count is not None:
            yield from documents(self._count, seed=1)
            return
        with session_of(self._database) as session:
            yield from registered(session)

    def _parameters(self, query: SearchQuery) -> list[tuple[str, str]]:
        chosen = [(name, value) for name, values in query.filters.items() for value in values]
        return [("q", query.text), ("area", self._areas[query.area_id]), *chosen]


def questions(places: Places, count: int, seed: int) -> Iterator[SearchQuery]:
    """Judged queries from four places, running platforms only; none comes twice before all have come."""
    with JUDGED.open(encoding="utf-8", newline="") as file:
        texts = list(dict.fromkeys(row["query"] for row in csv.DictReader(file)))
    chance = random.Random(seed)
    areas = [places.resolve(name).id for name in AREAS]
    left: list[str] = []
    for number in range(count):
        if not left:
            left = chance.sample(texts, len(texts))
        yield SearchQuery(left.pop(), area_id=areas[number % 4], filters={"status": ("running",)})


def unasked(places: Places, texts: Sequence[str], asked_from: Collection[int | None]) -> Iterator[SearchQuery]:
    """The same texts from places where nobody has asked, running platforms only; none twice."""
    ids = [place.id for place in places.all() if place.id is not None and place.id not in asked_from]
    for text, area, _ in fresh([(text, None, True) for text in texts], ids):
        yield SearchQuery(text, area_id=area, filters={"status": ("running",)})


def typing(text: str) -> list[str]:
    """What stands in the search box after one, two, three and five letters."""
    return list(dict.fromkeys(text[:length] for length in (1, 2, 3, 5)))


def plan_of(finder: Finder, query: SearchQuery) -> Plan:
    """The plan that the finder gives its engine for a query."""
    known = finder._preparing.now()
    understood = known.reader.read(query.text, query.area_id)
    scope = finder._scope(query, understood, known)
    return plan_for(query, understood, scope, finder._filters(query, known.places))


def throughput(callers: Sequence[Callable[[Any], object]], asked: Sequence[Any]) -> float:
    """Answers a second with as many callers at once as are given."""
    left, lock = iter(asked), threading.Lock()

    def work(call: Callable[[Any], object]) -> None:
        while True:
            with lock:
                one = next(left, None)
            if one is None:
                return
            call(one)

    workers = [threading.Thread(target=work, args=(call,)) for call in callers]
    started = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return round(len(asked) / (time.perf_counter() - started), 1)


def _over_http(site: Site, asked: Sequence[Sequence[tuple[str, str]]], clients: int) -> float:
    connections = [Client(site) for _ in range(clients)]
    found = throughput([lambda one, to=to: to.get("/search", one) for to in connections], asked)
    for connection in connections:
        connection.close()
    return found


def each(act: Callable[[Any], object], arguments: Iterable[Any]) -> list[float]:
    """Milliseconds of every call."""
    return [clock(lambda one=one: act(one)) for one in arguments]


def clock(act: Callable[[], object]) -> float:
    """Milliseconds."""
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


def clocked(act: Callable[[], object]) -> float:
    """Seconds."""
    return round(clock(act) / 1000, 1)


def spread(times: list[float]) -> dict[str, float]:
    """p50, p95 and p99."""
    row = sorted(times)
    return {f"p{share}": round(row[math.ceil(len(row) * share / 100) - 1], 2) for share in (50, 95, 99)}


def size(path: Path) -> int:
    """Megabytes of a file or a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file()) // 1_000_000


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("platforms", help="how many, or 'bundle'")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--queries", type=int, default=400)
    parser.add_argument("--parts", default=",".join(PARTS))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        folder = asked.folder or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        bench = Bench(asked.platforms, folder, asked.queries)
        result: dict[str, Any] = {}
        for part in PARTS:
            if part in asked.parts.split(","):
                result |= getattr(bench, part)()
        bench.close()
        json.dump(result, sys.stdout, ensure_ascii=False, indent=1)
    print()


if __name__ == "__main__":
    main()
