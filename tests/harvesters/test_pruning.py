"""Raw payloads leave some days after the last thing that referred to them, and never sooner."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest
from sqlmodel import col, select

from harvesters import pruning
from harvesters.pruning import STAMP, prune, prune_daily, size_of
from harvesters.raw import GONE, RawStore
from harvesters.runner import run_source
from harvesters.schedule import Worker
from registry.audit import audit_lines
from registry.database import session_of
from registry.models import Record, Statement
from registry.records import SYSTEM
from tests.harvesters.conftest import Bench
from tests.harvesters.hostile_server import Reply
from tests.harvesters.test_hostile_sources import _fork

DAY = 86400.0


def aged(path: Path, days: float) -> Path:
    """The same file, last needed so many days ago."""
    stamp = time.time() - days * DAY
    os.utime(path, (stamp, stamp))
    return path


def place(bench: Bench, digest: str) -> Path:
    return bench.settings.raw_folder / digest[:2] / f"{digest[2:]}.gz"


def harvested(bench: Bench) -> tuple[str, str]:
    """Harvest a page of two packages, then the page with both of them changed: the old payload's hash and the new one's."""
    face = bench.ckan(2)
    bench.source()
    bench.run()
    old = bench.records()["id-0000"].raw_hash
    for number in range(2):
        face.packages[f"id-{number:04d}"]["title"] = f"종로 새 이름 {number}"
    bench.run()
    new = bench.records()["id-0000"].raw_hash
    assert old and new and old != new
    return old, new


def test_a_superseded_payload_leaves_after_its_days_and_the_audit_tells(bench: Bench) -> None:
    old, new = harvested(bench)
    raw = RawStore(bench.settings.raw_folder)
    for digest in (old, new):
        aged(place(bench, digest), 89)
    assert prune(bench.database, raw, 90).removed == 0
    # The payload that a record names was needed today, whatever its file said before.
    assert time.time() - place(bench, new).stat().st_mtime < 60
    aged(place(bench, old), 91)
    aged(place(bench, new), 500)
    size = place(bench, old).stat().st_size
    done = prune(bench.database, raw, 90)
    assert (done.removed, done.removed_bytes) == (1, size)
    assert not raw.has(old) and raw.has(new)
    with session_of(bench.database) as session:
        (line,) = audit_lines(session, subject="raw")
    assert (line.action, line.detail["payloads"], line.detail["bytes"]) == ("prune_payloads", 1, size)
    assert prune(bench.database, raw, 90).removed == 0
    with session_of(bench.database) as session:
        assert len(audit_lines(session, subject="raw")) == 1


def test_what_a_statement_points_to_is_never_removed(bench: Bench) -> None:
    face = bench.ckan(3)
    bench.source(expect={"missing_runs": 1, "grace_days": 0, "withdraw_max_share": 1})
    bench.run()
    face.packages.pop("id-0002")  # withdrawn, still citable
    face.packages["id-0001"]["title"] = "종로 새 이름"  # its statements end and others begin
    bench.run()
    for path in bench.settings.raw_folder.glob("??/*.gz"):
        aged(path, 4000)
    raw = RawStore(bench.settings.raw_folder)
    prune(bench.database, raw, 1)
    with session_of(bench.database) as session:
        query = select(Record.raw_hash).join(Statement, col(Statement.record_id) == col(Record.id))
        named = set(session.exec(query))
    assert len(named) == 2 and all(raw.has(digest) for digest in named)
    assert all(b"success" in raw.get(digest) for digest in named)


def test_a_page_kept_for_asking_changed_since_is_not_removed(bench: Bench) -> None:
    bench.server.routes["/robots.txt"] = lambda _: Reply("")
    body = "name,owner\n종로 장터,서울특별시 종로구\n"
    bench.server.routes["/list.csv"] = lambda asked: (
        Reply("", 304) if "if-none-match" in asked.headers else Reply(body, headers={"ETag": '"1"'})
    )
    bench.source(harvester="sheet", path="/list.csv")
    run_source(bench.database, bench.settings, "s", actor=SYSTEM)
    for path in bench.settings.raw_folder.glob("??/*.gz"):
        aged(path, 4000)
    prune(bench.database, RawStore(bench.settings.raw_folder), 1)
    run_source(bench.database, bench.settings, "s", actor=SYSTEM)
    assert bench.server.asked[-1].headers.get("if-none-match") == '"1"'
    assert bench.names() == ["종로 장터"]


def test_bytes_that_come_again_while_they_are_removed_are_kept(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both orders of the race between a harvest that stores bytes again and their removal."""
    raw = RawStore(bench.settings.raw_folder)
    body = b"the same bytes"
    digest = raw.put(body)
    path = aged(place(bench, digest), 400)
    rename = Path.rename

    def stored_before(self: Path, target: Path) -> Path:
        RawStore(raw.folder).put(body)
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", stored_before)
    assert prune(bench.database, raw, 90).removed == 0 and raw.get(digest) == body

    def stored_after(self: Path, target: Path) -> Path:
        moved = rename(self, target)
        RawStore(raw.folder).put(body)
        return moved

    monkeypatch.setattr(Path, "rename", stored_after)
    aged(path, 400)
    prune(bench.database, raw, 90)
    assert raw.get(digest) == body
    assert not list(raw.folder.glob(f"??/{GONE}*"))


def test_a_kill_between_the_two_steps_loses_nothing(bench: Bench) -> None:
    old, new = harvested(bench)
    for digest in (old, new):
        aged(place(bench, digest), 400)

    def killed() -> None:
        pruning._finish = lambda _aside, _wanted: os.kill(os.getpid(), signal.SIGKILL)
        prune(bench.database, RawStore(bench.settings.raw_folder), 90)

    assert os.WIFSIGNALED(os.waitpid(_fork(killed), 0)[1])
    (aside,) = bench.settings.raw_folder.glob(f"??/{GONE}*")
    # The same, had a record come to name the bytes in the meantime.
    wanted = place(bench, new)
    wanted.rename(wanted.with_name(GONE + wanted.name))
    raw = RawStore(bench.settings.raw_folder)
    prune(bench.database, raw, 90)
    assert not aside.exists() and not raw.has(old) and raw.has(new)


def test_half_written_files_of_a_killed_process_are_cleared(bench: Bench) -> None:
    raw = RawStore(bench.settings.raw_folder)
    digest = raw.put(b"x")
    fresh, stale = place(bench, digest).with_name(".fresh"), aged_file(place(bench, digest).with_name(".stale"), 2)
    fresh.write_bytes(b"half")
    prune(bench.database, raw, 90)
    assert fresh.exists() and not stale.exists() and raw.has(digest)


def aged_file(path: Path, days: float) -> Path:
    path.write_bytes(b"half")
    return aged(path, days)


def test_a_worker_prunes_once_a_day_and_not_at_all_when_everything_is_kept(bench: Bench) -> None:
    old, _new = harvested(bench)
    for_ever = bench.settings.model_copy(update={"raw_keep_days": 0.0})
    aged(place(bench, old), 400)
    assert prune_daily(bench.database, for_ever) is None
    worker = Worker(bench.database, bench.settings)
    try:
        worker.tick()
        assert not RawStore(bench.settings.raw_folder).has(old)
        assert prune_daily(bench.database, bench.settings) is None
        aged(bench.settings.raw_folder / STAMP, 1.01)
        assert prune_daily(bench.database, bench.settings) is not None
    finally:
        worker._pool.shutdown()


def test_two_workers_of_one_folder_prune_at_once(bench: Bench) -> None:
    raw = RawStore(bench.settings.raw_folder)
    digests = [raw.put(f"body {number}".encode()) for number in range(200)]
    for digest in digests:
        aged(place(bench, digest), 400)
    removed: list[int] = []
    threads = [
        threading.Thread(target=lambda: removed.append(prune(bench.database, RawStore(raw.folder), 90).removed))
        for _ in range(3)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sum(removed) == 200 and size_of(raw.folder) == (0, 0)


def test_the_doctor_says_what_payloads_take(bench: Bench) -> None:
    from api.commands.health import check_payloads

    harvested(bench)
    number, size = size_of(bench.settings.raw_folder)
    assert number == 2 and size > 100
    found = check_payloads(bench.settings)["found"]
    assert found.startswith("2 · ") and "90" in found
