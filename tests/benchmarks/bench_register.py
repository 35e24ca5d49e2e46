"""Registering on SQLite or PostgreSQL: platforms a second, new, changed and unchanged, in batches of a thousand.

Run: python -m tests.benchmarks.bench_register [--count 20000] [--database URL]
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine, insert

from registry.database import open_database, session_of, writing_session
from registry.geography import load_geography
from registry.governments import Places
from registry.migrations import migrate
from registry.models import Government, Record, Source
from registry.records import Actor, Channel, FunctionClaim, PlatformDraft
from registry.register import register, register_many
from registry.vocab import ActorKind, ChannelKind, OperatingMode, PlatformType, Rank, RecordState, Status

BATCH = 1000
ACTOR = Actor(ActorKind.harvester, "benchmark")


def main() -> None:
    """Print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--database", default="")
    parser.add_argument("--only-new", action="store_true", help="leave out what a second and a third harvest cost")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "registry.sqlite"
        database = open_database(asked.database or f"sqlite:///{path}")
        print(json.dumps(measure(database, asked.count, path, asked.only_new)))
        database.dispose()


def measure(database: Engine, count: int, path: Path, only_new: bool = False) -> dict[str, float]:
    """Platforms a second of each kind, by the wall clock and by the processor, and bytes a platform on disk."""
    migrate(database)
    load_geography(database)
    with session_of(database) as session:
        governments = Places.load(session).all()
    with writing_session(database) as session:
        source = Source(id="benchmark", title="benchmark", harvester="website", rank=Rank.harvested)
        session.add(source)
        session.flush()
        rows = [
            {"id": n + 1, "source_id": "benchmark", "remote_id": str(n), "fields": {}, "state": RecordState.listed}
            for n in range(count)
        ]
        session.connection().execute(insert(Record), rows)
        session.expunge(source)
    ids: dict[int, str] = {}
    found: dict[str, float] = {"platforms": count}
    kinds = (("new", "가과"), ("unchanged", "가과"), ("changed", "나과"))
    for kind, department in kinds[: 1 if only_new else None]:
        wall = busy = 0.0
        for numbers in slices(count):
            batch = [
                (
                    draft(governments, n, department),
                    Record(id=n + 1, source_id="benchmark", remote_id=str(n), platform_id=ids.get(n)),
                )
                for n in numbers
            ]
            wall_before, busy_before = time.perf_counter(), time.process_time()
            with writing_session(database) as session:
                results = register_many(session, batch, source=source, actor=ACTOR)
            wall += time.perf_counter() - wall_before
            busy += time.process_time() - busy_before
            ids |= {n: result.platform_id for n, result in zip(numbers, results, strict=True)}
        found[f"{kind}_per_s"] = round(count / wall)
        found[f"{kind}_per_cpu_s"] = round(count / busy)
    busy = time.process_time()
    with writing_session(database) as session:
        for n in range(200):
            record = Record(id=n + 1, source_id="benchmark", remote_id=str(n), platform_id=ids[n])
            register(session, draft(governments, n, "다과"), source=source, actor=ACTOR, record=record)
    found["one_changed_cpu_ms"] = round((time.process_time() - busy) / 200 * 1000, 2)
    if path.exists():
        found["bytes_per_platform"] = round(path.stat().st_size / count)
    return found


def slices(count: int) -> Iterator[range]:
    """The numbers of each batch."""
    return (range(start, min(count, start + BATCH)) for start in range(0, count, BATCH))


def draft(governments: list[Government], number: int, department: str) -> PlatformDraft:
    """A made-up draft with as many fields as a well-kept source states (fifteen statements)."""
    owner = governments[number % len(governments)]
    url = f"https://p{number}.example{number % 997}.kr/app"
    return PlatformDraft(
        name=f"{owner.name} 플랫폼 {number}",
        owner_id=owner.id,
        owner_name=owner.full_name,
        owner_level=owner.level,
        description=f"{owner.name} 주민이 찾고 신청하는 서비스입니다. " * 3,
        type=PlatformType.information,
        form="policy_service_info",
        functions=(FunctionClaim("bus_info", 0.9, ("버스",)),),
        beneficiaries=("residents",),
        url=url,
        channels=(Channel(ChannelKind.web, url),),
        aliases=(f"별칭 {number}",),
        department=department,
        status=Status.running,
        launched="2020",
        area=(owner.code,),
        operating_mode=OperatingMode.alone,
        as_of="2026",
        inferred=frozenset({"beneficiaries"}),
    )


if __name__ == "__main__":
    main()
