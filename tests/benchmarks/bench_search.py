"""Search and completion on generated platforms, beside SQLite FTS5 on the same documents in the same run.

    python -m tests.benchmarks.bench_search 200000 [--folder KEPT] [--queries 400] > result.json

Both engines get the same pre-tokenised words, the same queries and filters, and count the same facets. Times are wall
clock; run it on an otherwise idle machine. With --folder, words and index are kept for the next run.
"""

import argparse
import csv
import json
import math
import random
import resource
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from registry.database import open_database
from registry.geography import load_geography
from registry.governments import Places
from registry.migrations import migrate
from search.engine import IndexEntry, Plan
from search.engines.embedded import EmbeddedEngine
from search.fields import entries
from search.finder import Finder
from search.needs import vocabulary
from search.planning import plan_for
from search.query import FACETS, SearchQuery
from search.text import Analyser
from tests.benchmarks.generate import documents

JUDGED = Path(__file__).parents[1] / "search" / "judged" / "queries.csv"
FTS_FIELDS = ("name", "alias", "bi", "body", "place")


def measure(count: int, folder: Path, asked: int, seed: int = 1) -> dict[str, Any]:
    """All figures of one run."""
    database = open_database(f"sqlite:///{folder / 'places.sqlite'}")
    migrate(database)
    load_geography(database)
    analyser = Analyser(folder / "words.sqlite")
    engine = EmbeddedEngine(folder / "index")
    result: dict[str, Any] = {"platforms": count}
    if engine.count() != count:
        result["index_seconds_from_raw_text"] = clocked(lambda: build(engine, analyser, count, seed))
    result["index_seconds_words_cached"] = clocked(lambda: build(engine, analyser, count, seed))
    result["index_megabytes"] = size(folder / "index")
    finder = Finder(database, engine)
    queries = list(questions(finder.places, asked, seed))
    finder.search(queries[0])
    plans = [plan_of(finder, query) for query in queries]
    result["engine_search_filter_facets_ms"] = spread([clock(lambda p=p: engine.search(p)) for p in plans])
    result["finder_search_filter_facets_ms"] = spread([clock(lambda q=q: finder.search(q)) for q in queries])
    typed = [query.text[:length] for query in queries for length in (1, 2, 3, 5)]
    result["completion_ms"] = spread(
        [clock(lambda t=t, at=at: finder.suggest(t, queries[at % asked].area_id)) for at, t in enumerate(typed)]
    )
    result["queries_per_second"] = {clients: throughput(finder, queries, clients) for clients in (1, 8, 32)}
    result["peak_megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    fts = folder / "fts.sqlite"
    result["fts5_index_seconds"] = clocked(
        lambda: build_fts(fts, entries(documents(count, seed), analyser, vocabulary()))
    )
    result["fts5_megabytes"] = size(fts)
    with sqlite3.connect(fts) as table:
        sample = list(zip(plans, queries, strict=True))[: max(40, asked // 10)]
        result["fts5_search_filter_facets_ms"] = spread(
            [clock(lambda p=p, q=q: search_fts(table, p, q)) for p, q in sample]
        )
    ours, theirs = result["engine_search_filter_facets_ms"], result["fts5_search_filter_facets_ms"]
    result["times_fts5_at_p95"] = round(theirs["p95"] / ours["p95"], 1)
    return result


def build(engine: EmbeddedEngine, analyser: Analyser, count: int, seed: int) -> None:
    """Index the generated platforms."""
    engine.rebuild(entries(documents(count, seed), analyser, vocabulary()))


def questions(places: Places, count: int, seed: int) -> Iterator[SearchQuery]:
    """Judged queries from four places, running platforms only."""
    with JUDGED.open(encoding="utf-8", newline="") as file:
        texts = [row["query"] for row in csv.DictReader(file)]
    chance = random.Random(seed)
    areas = [places.resolve(name).id for name in ("수원시", "은평구", "부산 남구", "전주시")]
    for number in range(count):
        yield SearchQuery(chance.choice(texts), area_id=areas[number % 4], filters={"status": ("running",)})


def plan_of(finder: Finder, query: SearchQuery) -> Plan:
    """The plan that the finder gives its engine for a query."""
    known = finder._preparing.now()
    understood = known.reader.read(query.text, query.area_id)
    scope = finder._scope(query, understood, known)
    return plan_for(query, understood, scope, finder._filters(query, known.places))


def build_fts(path: Path, found: Iterator[IndexEntry]) -> None:
    """The same words in an FTS5 table, the codes in indexed side tables."""
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as table:
        table.execute("PRAGMA journal_mode=OFF")
        table.execute(f"CREATE VIRTUAL TABLE text USING fts5({', '.join(FTS_FIELDS)}, tokenize='unicode61')")
        table.execute("CREATE TABLE code (field TEXT, value TEXT, doc INTEGER)")
        table.execute("CREATE TABLE stored (doc INTEGER PRIMARY KEY, facts TEXT)")
        for number, entry in enumerate(found, 1):
            marks = ", ".join("?" * len(FTS_FIELDS))
            words = [entry.text[name].replace("#", "x") for name in FTS_FIELDS]
            table.execute(f"INSERT INTO text(rowid, {', '.join(FTS_FIELDS)}) VALUES (?, {marks})", (number, *words))
            codes = ((name, value, number) for name in FACETS for value in entry.codes[name])
            table.executemany("INSERT INTO code VALUES (?, ?, ?)", codes)
            table.execute("INSERT INTO stored VALUES (?, ?)", (number, json.dumps(entry.stored, ensure_ascii=False)))
        table.execute("CREATE INDEX by_value ON code(field, value, doc)")
        table.execute("CREATE INDEX by_doc ON code(doc, field, value)")


def search_fts(table: sqlite3.Connection, plan: Plan, query: SearchQuery) -> int:
    """What an FTS5 search page does: any of the words, BM25, one filter, the same facets."""
    words = vocabulary().content(vocabulary().lexicon.read(query.text))
    match = " OR ".join(f'"{word.text}"' for word in words) or '"없음"'
    ranked = table.execute(
        "SELECT rowid FROM text WHERE text MATCH ? AND rowid IN"
        " (SELECT doc FROM code WHERE field = 'status' AND value = 'running')"
        " ORDER BY bm25(text, 4, 3, 2, 1, 2) LIMIT 60",
        (match,),
    ).fetchall()
    for (number,) in ranked:
        json.loads(table.execute("SELECT facts FROM stored WHERE doc = ?", (number,)).fetchone()[0])
    counts = table.execute(
        "SELECT field, value, count(*) FROM code WHERE doc IN (SELECT rowid FROM text WHERE text MATCH ?"
        " AND rowid IN (SELECT doc FROM code WHERE field = 'status' AND value = 'running')) GROUP BY field, value",
        (match,),
    ).fetchall()
    return len(ranked) + len(counts)


def throughput(finder: Finder, queries: list[SearchQuery], clients: int) -> float:
    """Searches a second with so many callers at once."""
    left = iter(queries)
    lock = threading.Lock()

    def work() -> None:
        while True:
            with lock:
                query = next(left, None)
            if query is None:
                return
            finder.search(query)

    started = time.perf_counter()
    workers = [threading.Thread(target=work) for _ in range(clients)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return round(len(queries) / (time.perf_counter() - started), 1)


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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--queries", type=int, default=400)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        folder = asked.folder or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        json.dump(measure(asked.count, folder, asked.queries), sys.stdout, ensure_ascii=False, indent=1)
    print()


if __name__ == "__main__":
    main()
