"""Candidates, scores and groups of 10,000, 100,000 and 1,000,000 made-up platforms; one changed record; a check.

    python -m tests.benchmarks.bench_overlap 10000 100000 [--store 100000] [--check 200000] [--peers 10000]

Prints seconds and the peak of memory, the true pairs found, and how cost grows. The records are made up: their times
are sound, their quality says nothing. What is measured is what `overlap rebuild` and following run; `--store` runs
those two themselves, on a database of so many platforms, with reading and storing.
"""

import argparse
import random
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from sqlalchemy import Engine, insert, select
from sqlmodel import col

from config.settings import Settings
from registry.database import carry_over, open_database, session_of, writing_session
from registry.geography import load_geography
from registry.governments import Places
from registry.models import ComparedPair, Platform
from registry.models.base import now
from registry.vocabulary import load_vocabulary
from search.overlap.area import Geography
from search.overlap.columns import Columns, join_columns
from search.overlap.counting import counted, plain_scorer
from search.overlap.grouping import groups_of_all
from search.overlap.index import Index
from search.overlap.judged import Judged
from search.overlap.live import live_index
from search.overlap.model import load_models
from search.overlap.nearest import nearest_of_all
from search.overlap.partners import lacking_around
from search.overlap.plan import read_plan
from search.overlap.scoring import PLACE, Label
from search.overlap.store import follow, rebuild
from search.overlap.tiers import find_hits
from search.overlap.verdict import propose, questions
from tests.benchmarks.made_subjects import as_row, places, subjects
from tests.benchmarks.overlap_peers import global_text, splink

ZONES = "flow_2023_r3"
SLICE = 20_000


def full_run(count: int, where: Places) -> None:
    """Candidates, scores and groups of everything in one go, in slices: subjects are let go once they are arrays."""
    scorer = plain_scorer(load_vocabulary(), load_models(), Geography(where, ZONES))
    wanted: set[int] = set()
    parts: list[Columns] = []
    batch, making, cpu = [], 0.0, 0.0
    for number, (subject, source) in enumerate(subjects(count, where)):
        if source >= 0:
            wanted.add(source * count + number)
        batch.append(subject)
        if len(batch) == SLICE or number == count - 1:
            begun, used = time.perf_counter(), time.process_time()
            parts.append(scorer.columns(batch))
            making, cpu = making + time.perf_counter() - begun, cpu + time.process_time() - used
            batch = []
    begun, used = time.perf_counter(), time.process_time()
    columns = join_columns(parts)
    del parts
    scorer = counted(scorer, load_vocabulary(), columns)
    compared, same = 0, []
    for found in nearest_of_all(scorer, columns, Judged.of({}, ())):
        compared += found.compared
        likely = (found.label == PLACE[Label.same_platform]) & (found.left < found.right)
        same.append(found.left[likely] * count + found.right[likely])
    scored = time.perf_counter()
    groups = sum(len(clusters) for _function, clusters in groups_of_all(scorer, columns))
    done = time.perf_counter()
    cpu += time.process_time() - used
    pairs = set(np.concatenate(same).tolist())
    hit = len(pairs & wanted)
    print(
        f"{count:>9,} platforms: {making + done - begun:7.2f} s, {cpu:.2f} s of one core (arrays {making:.2f}, "
        f"candidates and scores {scored - begun:.2f}, groups {done - scored:.2f}); {compared:,} pairs compared, "
        f"{compared / count:.1f} a record; {groups:,} groups; true pairs found {hit / len(wanted):.3f}, "
        f"precise {hit / max(len(pairs), 1):.3f}; peak {_peak():.2f} GB",
        flush=True,
    )


def stored_run(count: int, rounds: int = 30) -> None:
    """`overlap rebuild` on a database of so many, then one changed record after the other until others can read it."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{folder}/registry.sqlite")
        ids = _filled(engine, count)
        live_index(engine, Settings(home=Path(folder)))
        begun, used = time.perf_counter(), time.process_time()
        rebuild(engine)
        done, cpu = time.perf_counter(), time.process_time() - used
        with session_of(engine) as session:
            rows = session.connection().exec_driver_sql("SELECT count(*) FROM compared_pair").scalar()
        print(
            f"{count:>9,} in a database: read, compared, grouped and stored in {done - begun:.1f} s, {cpu:.1f} s of one "
            f"core; {rows:,} pairs stored; peak {_peak():.2f} GB",
            flush=True,
        )
        follow(engine)
        chance, times, used_times = random.Random(3), [], []
        functions = list(load_vocabulary().functions)
        for _round in range(rounds):
            platform_id = chance.choice(ids)
            with writing_session(engine) as session:
                platform = session.get(Platform, platform_id)
                assert platform is not None
                platform.functions = [{"id": chance.choice(functions), "confidence": 1.0, "evidence": []}]
                platform.version, platform.updated_at = platform.version + 1, now()
                session.add(platform)
            begun, used = time.perf_counter(), time.process_time()
            follow(engine)
            with session_of(engine) as session:
                session.execute(select(ComparedPair).where(col(ComparedPair.left_id) == platform_id)).all()
            times.append(1000 * (time.perf_counter() - begun))
            used_times.append(1000 * (time.process_time() - used))
            # As the server does once it has followed: what was changed can be read already.
            carry_over(engine)
        _say(f"one changed record at {count:,}, until it can be read", times, used_times)
        engine.dispose()


def _filled(engine: Engine, count: int) -> list[str]:
    from sqlmodel import SQLModel

    SQLModel.metadata.create_all(engine)
    load_geography(engine)
    with session_of(engine) as session:
        where = Places.load(session)
    ids: list[str] = []
    rows: list[dict[str, object]] = []
    for subject, _source in subjects(count, where):
        ids.append(subject.id)
        rows.append(as_row(subject))
        if len(rows) == SLICE or len(ids) == count:
            with writing_session(engine) as session:
                session.connection().execute(insert(Platform), rows)
            rows = []
    return ids


def pre_build(count: int, where: Places, rounds: int = 40) -> None:
    """A pre-build check with everything it answers."""
    index = Index(where, load_vocabulary(), load_models(), ZONES)
    batch = []
    for subject, _source in subjects(count, where):
        batch.append(subject)
        if len(batch) == SLICE:
            index.put(*batch)
            batch = []
    index.put(*batch)
    index.count()
    chance, times, used_times = random.Random(4), [], []
    known = load_vocabulary().functions
    governments = where.all()
    for _round in range(rounds):
        function = known[chance.choice(list(known))]
        data = {"owner": chance.choice(governments).code, "purpose": f"{function.ko} 서비스를 만든다"}
        begun, used = time.perf_counter(), time.process_time()
        plan = read_plan(data, where, index.words)
        hits = find_hits(index, plan)
        questions(plan, hits, index.words)
        propose(plan, hits)
        lacking_around(index, plan, [])
        times.append(1000 * (time.perf_counter() - begun))
        used_times.append(1000 * (time.process_time() - used))
    _say(f"pre-build check at {count:,}", times, used_times)


def _say(what: str, times: list[float], used: list[float]) -> None:
    print(
        f"{what}: p50 {statistics.median(times):.0f} ms, p95 {_p95(times):.0f} ms (of one core {_p95(used):.0f} ms)",
        flush=True,
    )


def _p95(times: list[float]) -> float:
    return sorted(times)[int(0.95 * (len(times) - 1))]


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024


def main(arguments: list[str]) -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", nargs="*", type=int)
    parser.add_argument("--store", type=int, default=0, help="measure rebuild and one changed record on a database")
    parser.add_argument("--check", type=int, default=0, help="measure the pre-build check among so many")
    parser.add_argument("--peers", type=int, default=0, help="measure splink and global text among so many")
    asked = parser.parse_args(arguments)
    where = places()
    for count in asked.counts:
        full_run(count, where)
    if asked.store:
        stored_run(asked.store)
    if asked.check:
        pre_build(asked.check, where)
    if asked.peers:
        full_run(asked.peers, where)
        global_text(asked.peers, where)
        splink(asked.peers, where)


if __name__ == "__main__":
    main(sys.argv[1:])
