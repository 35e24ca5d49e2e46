"""Candidates, scores and groups of 10,000, 100,000 and 1,000,000 made-up platforms; one changed record; a check.

    python -m tests.benchmarks.bench_overlap 10000 100000 [--record] [--check 200000] [--peers 10000]

Prints seconds and the peak of memory, the true pairs found, and how cost grows. The records are made up: their times
are sound, their quality says nothing.
"""

import argparse
import random
import resource
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from sqlalchemy.pool import StaticPool
from sqlmodel import Session, SQLModel

from registry.database import open_database
from registry.geography import load_geography
from registry.governments import Places
from registry.vocabulary import load_vocabulary
from search.overlap.bulk import group_all, score_all
from search.overlap.columns import join_columns
from search.overlap.grouping import group_function
from search.overlap.index import Index
from search.overlap.model import load_models
from search.overlap.nearest import nearest_pairs
from search.overlap.plan import read_plan
from search.overlap.precheck import lacking_around
from search.overlap.scoring import PLACE, Label
from search.overlap.subject import Subject
from search.overlap.subjects import function_words, owner_words
from search.overlap.tiers import find_hits
from search.overlap.verdict import propose, questions
from tests.benchmarks.made_platforms import made_platforms

COPIES = 0.18


def places() -> Places:
    """The governments of the catalogue, read through a database in memory."""
    engine = open_database("sqlite://", poolclass=StaticPool)
    SQLModel.metadata.create_all(engine)
    load_geography(engine)
    with Session(engine) as session:
        return Places.load(session)


def subjects(count: int, where: Places, seed: int = 7) -> Iterator[tuple[Subject, int]]:
    """So many subjects, each with the number of the one it truly is a copy of, or -1: another spelling or address."""
    ids = {one.code: one.id or 0 for one in where.all()}
    words = {one.id or 0: owner_words(where, one) for one in where.all()}
    chance = random.Random(seed)
    number = 0
    for one in made_platforms(count, seed, ids):
        functions = dict.fromkeys(one.functions, 1.0)
        subject = Subject(
            id=one.id,
            name=one.name,
            owner_id=one.owner_id,
            owner_name=one.owner,
            owner_words=words[one.owner_id or 0],
            level=one.owner_level,
            description=one.description,
            type=one.type,
            form=one.form,
            functions=functions,
            function_words=function_words(functions),
            beneficiaries=frozenset(one.beneficiaries),
            url=one.url,
            host=one.url.split("/")[2],
            status=one.status,
        )
        yield subject, -1
        number += 1
        if number < count and chance.random() < COPIES / (1 - COPIES):
            yield (
                replace(subject, id=f"copy-{number}", name=_noisy(one.name, chance), **_address(subject, chance)),
                number - 1,
            )
            number += 1
        if number >= count:
            return


def _noisy(name: str, chance: random.Random) -> str:
    kind = chance.randrange(4)
    if kind == 0:
        return name.replace(" ", "")
    if kind == 1:
        return name + chance.choice([" 앱", " 서비스", " 시스템", "(모바일)"])
    if kind == 2 and len(name) > 5:
        at = chance.randrange(1, len(name) - 1)
        return name[:at] + name[at + 1 :]
    return name


def _address(source: Subject, chance: random.Random) -> dict[str, str]:
    if chance.random() < 0.4:
        return {"url": "", "host": ""}
    return {"url": source.url + "main", "host": source.host}


def full_run(count: int, where: Places) -> None:
    """Candidates, scores and groups of everything in one go, in slices: subjects are let go once they are arrays."""
    index = Index(where, load_vocabulary(), load_models(), "flow_2023_r3")
    scorer = index.count()
    true: list[tuple[int, int]] = []
    parts, batch, spent = [], [], 0.0
    cpu = 0.0
    for number, (subject, source) in enumerate(subjects(count, where)):
        if source >= 0:
            true.append((source, number))
        batch.append(subject)
        if len(batch) == 20_000 or number == count - 1:
            begun, used = time.perf_counter(), time.process_time()
            parts.append(scorer.columns(batch))
            spent, cpu = spent + time.perf_counter() - begun, cpu + time.process_time() - used
            batch = []
    begun, used = time.perf_counter(), time.process_time()
    columns = join_columns(parts)
    del parts
    result = score_all(scorer, columns)
    scored = time.perf_counter()
    groups = group_all(scorer, columns)
    done = time.perf_counter()
    cpu += time.process_time() - used
    same = result.label == PLACE[Label.same_platform]
    pairs = set((result.left[same] * count + result.right[same]).tolist())
    wanted = {left * count + right for left, right in true}
    hit = len(pairs & wanted)
    print(
        f"{count:>9,} platforms: {spent + done - begun:7.2f} s, {cpu:.2f} s of one core (arrays {spent:.2f}, candidates and scores "
        f"{scored - begun:.2f}, groups {done - scored:.2f}); {result.compared:,} pairs compared, "
        f"{result.compared / count:.1f} a record; {len(groups):,} groups; true pairs found {hit / len(wanted):.3f}, "
        f"precise {hit / max(len(pairs), 1):.3f}; peak {_peak():.2f} GB",
        flush=True,
    )


def one_record(count: int, where: Places, rounds: int = 30) -> None:
    """One changed record: compared and its functions grouped anew."""
    made = [one for one, _source in subjects(count, where)]
    index = Index(where, load_vocabulary(), load_models(), "flow_2023_r3")
    for one in made:
        index.put(one)
    index.count()
    chance, times, cpu = random.Random(3), [], []
    functions = list(load_vocabulary().functions)
    for _round in range(rounds):
        one = chance.choice(made)
        begun, used = time.perf_counter(), time.process_time()
        touched = index.put(replace(one, functions={chance.choice(functions): 1.0}, version=one.version + 1))
        nearest_pairs(index, [one.id])
        for key in touched:
            group_function(index, key)
        times.append(1000 * (time.perf_counter() - begun))
        cpu.append(1000 * (time.process_time() - used))
    print(
        f"one changed record at {count:,}: p50 {statistics.median(times):.0f} ms, p95 {_p95(times):.0f} ms (p95 of one core {_p95(cpu):.0f} ms)",
        flush=True,
    )


def pre_build(count: int, where: Places, rounds: int = 40) -> None:
    """A pre-build check with everything it answers."""
    made = [one for one, _source in subjects(count, where)]
    index = Index(where, load_vocabulary(), load_models(), "flow_2023_r3")
    for one in made:
        index.put(one)
    index.count()
    chance, times, cpu = random.Random(4), [], []
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
        cpu.append(1000 * (time.process_time() - used))
    print(
        f"pre-build check at {count:,}: p50 {statistics.median(times):.0f} ms, p95 {_p95(times):.0f} ms (p95 of one core {_p95(cpu):.0f} ms)",
        flush=True,
    )


def global_text(count: int, where: Places, top: int = 20) -> None:
    """The other way: global top-k by likeness of names, on the same records, with the true pairs it finds."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    made, true = [], []
    for number, (one, source) in enumerate(subjects(count, where)):
        made.append(one)
        if source >= 0:
            true.append((source, number))
    begun = time.perf_counter()
    vectors = TfidfVectorizer(analyzer="char", ngram_range=(2, 3), dtype=np.float32).fit_transform(
        [one.name for one in made]
    )
    pairs: set[tuple[int, int]] = set()
    for start in range(0, count, 1000):
        block = (vectors[start : start + 1000] @ vectors.T).tocsr()
        for row in range(block.shape[0]):
            values = block.data[block.indptr[row] : block.indptr[row + 1]]
            columns = block.indices[block.indptr[row] : block.indptr[row + 1]]
            if len(values) > top:
                columns = columns[np.argpartition(-values, top)[:top]]
            for other in columns.tolist():
                if other != start + row:
                    pairs.add((min(start + row, other), max(start + row, other)))
    spent = time.perf_counter() - begun
    wanted = set(true)
    print(
        f"global top-{top} of names at {count:,}: {spent:.2f} s, {len(pairs):,} pairs, "
        f"true pairs among them {len(pairs & wanted) / len(wanted):.3f} (candidates only, nothing is scored)"
    )


def splink(count: int, where: Places) -> None:
    """splink on the same records, where it is installed: blocks on government and on host, Jaro-Winkler on names."""
    try:
        import pyarrow
        import splink.comparison_library as cl
        from splink import DuckDBAPI, Linker, SettingsCreator, block_on
    except ImportError:
        print("splink: not installed here (pip install splink), so it was not measured")
        return
    made, true = [], []
    for number, (one, source) in enumerate(subjects(count, where)):
        made.append(one)
        if source >= 0:
            true.append((source, number))
    columns = {
        "unique_id": [one.id for one in made],
        "name": [one.name for one in made],
        "owner": [str(one.owner_id) for one in made],
        "host": [one.host or None for one in made],
        "function": [one.main_function for one in made],
    }
    begun = time.perf_counter()
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.JaroWinklerAtThresholds("name", [0.95, 0.88, 0.75]),
            cl.ExactMatch("host"),
            cl.ExactMatch("owner"),
            cl.ExactMatch("function"),
        ],
        blocking_rules_to_generate_predictions=[block_on("owner", "function"), block_on("host")],
    )
    database = DuckDBAPI()
    linker = Linker(database.register(pyarrow.table(columns)), settings)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("host"), block_on("owner", "name")], recall=0.7
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("host"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("owner", "function"))
    predicted = linker.inference.predict(threshold_match_probability=0.5).as_record_list()
    spent = time.perf_counter() - begun
    pairs = {tuple(sorted((row["unique_id_l"], row["unique_id_r"]))) for row in predicted}
    wanted = {tuple(sorted((made[left].id, made[right].id))) for left, right in true}
    print(
        f"splink at {count:,}: {spent:.2f} s; true pairs found {len(pairs & wanted) / len(wanted):.3f}, "
        f"precise {len(pairs & wanted) / max(len(pairs), 1):.3f}"
    )


def _p95(times: list[float]) -> float:
    return sorted(times)[int(0.95 * (len(times) - 1))]


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024


def main(arguments: list[str]) -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", nargs="*", type=int, default=[10_000])
    parser.add_argument("--record", type=int, default=0, help="measure one changed record among so many")
    parser.add_argument("--check", type=int, default=0, help="measure the pre-build check among so many")
    parser.add_argument("--peers", type=int, default=0, help="measure splink and global text among so many")
    asked = parser.parse_args(arguments)
    where = places()
    for count in asked.counts:
        full_run(count, where)
    if asked.record:
        one_record(asked.record, where)
    if asked.check:
        pre_build(asked.check, where)
    if asked.peers:
        full_run(asked.peers, where)
        global_text(asked.peers, where)
        splink(asked.peers, where)


if __name__ == "__main__":
    main(sys.argv[1:])
