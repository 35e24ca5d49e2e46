"""Sources, leases and the worker: who reads what when, and what enabling asks."""

import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from config.settings import Settings
from harvesters.expectation import Expectation
from harvesters.housekeeping import close_killed_runs, due_sources, hold_clock
from harvesters.judgement import Verdict
from harvesters.lease import Lease, claim, holder_name, is_dead, release, renew
from harvesters.rehearsal import dry_run
from harvesters.schedule import Worker
from harvesters.sources import disable_sources, enable_sources, enabled_sources, load_sources, read_source, save_source
from harvesters.timing import first_run, next_run_after, place_in_line
from harvesters.trial import try_file
from registry.database import session_of, writing_session
from registry.errors import Conflict, InvalidValue, LeaseLost, NotAllowed, SourceInvalid
from registry.models import HarvestRun, MailEntry, Source
from registry.models.base import now
from registry.records import SYSTEM
from registry.vocab import RunState
from tests.harvesters.conftest import Bench, package
from tests.harvesters.hostile_server import Asked, HostileServer, Reply


def _source(database: Engine, source_id: str, host: str = "", **values: object) -> None:
    with writing_session(database) as session:
        save_source(
            session, Source(id=source_id, title=source_id, harvester="ckan", host=host, outside=False, **values)
        )


def test_a_lease_is_taken_once_renewed_by_its_holder_and_lost_to_the_next(any_database: Engine) -> None:
    _source(any_database, "s")
    first = claim(any_database, "s", "a", 30)
    assert first is not None and claim(any_database, "s", "b", 30) is None
    with writing_session(any_database) as session:
        renew(session, first, -1)
    second = claim(any_database, "s", "b", 30)
    assert second is not None and second.fence == first.fence + 1
    with pytest.raises(LeaseLost), writing_session(any_database) as session:
        renew(session, first, 30)
    with writing_session(any_database) as session:
        release(session, first, now())
    assert claim(any_database, "s", "c", 30) is None


def test_many_workers_that_see_one_source_due_claim_it_once(any_database: Engine) -> None:
    _source(any_database, "s", enabled=True, next_run_at=now() - timedelta(hours=1))
    claims: list[Lease | None] = []
    gate = threading.Barrier(6)

    def grab(number: int) -> None:
        gate.wait()
        claims.append(claim(any_database, "s", f"w{number}", 30, due=True))

    threads = [threading.Thread(target=grab, args=(number,)) for number in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len([one for one in claims if one is not None]) == 1 and len(claims) == 6


def test_two_sources_of_one_host_are_never_read_together(any_database: Engine) -> None:
    for one in ("a", "b"):
        _source(any_database, one, host="data.example.kr")
    held = claim(any_database, "a", "w", 30)
    assert held is not None and claim(any_database, "b", "w", 30) is None
    with writing_session(any_database) as session:
        release(session, held, None)
    assert claim(any_database, "b", "w", 30) is not None


def test_only_one_worker_does_the_housekeeping(any_database: Engine) -> None:
    assert hold_clock(any_database, "a", 30) and not hold_clock(any_database, "b", 30)
    assert hold_clock(any_database, "a", -30)
    assert hold_clock(any_database, "b", 30)


def test_a_holder_of_this_machine_that_lives_is_not_dead() -> None:
    assert not is_dead(holder_name())
    machine, space, _pid, _rest = holder_name().split("/")
    assert is_dead(f"{machine}/{space}/4999999/x")
    assert not is_dead(f"elsewhere/{space}/4999999/x") and not is_dead("") and not is_dead("odd")


def test_the_worker_reads_what_is_due_and_plans_the_next_time(bench: Bench) -> None:
    bench.ckan(3)
    bench.source(enabled=True)
    bench.source("off")
    worker = Worker(bench.database, bench.settings, tick_seconds=0.05)
    worker.start()
    until = time.monotonic() + 15
    while time.monotonic() < until and (not bench.names() or worker.busy):
        time.sleep(0.05)
    worker.stop()
    assert len(bench.names()) == 3 and bench.records("off") == {}
    due = bench.load().next_run_at
    assert due is not None and timedelta(hours=22) < due - now() < timedelta(hours=26)
    with session_of(bench.database) as session:
        assert len(session.exec(select(HarvestRun)).all()) == 1 and due_sources(session) == []


def test_a_run_of_a_worker_elsewhere_is_closed_when_its_lease_has_run_out(bench: Bench) -> None:
    bench.ckan(1)
    bench.source(enabled=True)
    lease = claim(bench.database, "s", "elsewhere/1/2/x", 30)
    assert lease is not None
    with writing_session(bench.database) as session:
        session.add(HarvestRun(source_id="s", fence=lease.fence, actor="system:worker"))
    assert close_killed_runs(bench.database) == []
    with writing_session(bench.database) as session:
        renew(session, lease, -1)
    assert len(close_killed_runs(bench.database)) == 1
    assert bench.last_run().state is RunState.incomplete
    with session_of(bench.database) as session:
        assert due_sources(session) == ["s"]


def test_a_worker_killed_before_its_run_was_written_keeps_no_lease(bench: Bench) -> None:
    """Killed between the lease and the run's row, or while it rehearsed: no run stands there to be closed."""
    bench.ckan(1)
    bench.source()
    bench.source("beside")
    ended = [sys.executable, "-c", "from harvesters.lease import holder_name; print(holder_name())"]
    holder = subprocess.run(ended, capture_output=True, text=True, check=True).stdout.strip()
    assert claim(bench.database, "beside", holder, 600) is not None
    assert bench.load("beside").lease_until is not None and bench.load("beside").host == bench.load().host
    due_before = bench.load("beside").next_run_at
    assert bench.run().state is RunState.complete
    assert bench.load("beside").lease_until is None and bench.load("beside").next_run_at == due_before
    assert claim(bench.database, "beside", "elsewhere/1/2/x", 600) is not None
    with pytest.raises(Conflict):
        bench.run()


def test_times_are_spread_and_failures_come_round_sooner() -> None:
    present = now()
    source = Source(id="a", title="", harvester="ckan", schedule_hours=100)
    regular = next_run_after(source, Verdict(RunState.complete, {}, []), present) - present
    assert timedelta(hours=95) <= regular <= timedelta(hours=105)
    failed = next_run_after(source, Verdict(RunState.failed, {}, []), present) - present
    assert timedelta(minutes=30) <= failed <= timedelta(minutes=90)
    busy = next_run_after(source, Verdict(RunState.failed, {}, [], retry_after=600.0), present) - present
    assert busy == timedelta(seconds=600)
    places = [place_in_line(f"source-{number}") for number in range(245)]
    assert all(0 <= one < 1 for one in places) and len({round(one, 2) for one in places}) > 80
    assert first_run("x", 24, present, alone=True) == present
    assert present <= first_run("x", 24, present, alone=False) <= present + timedelta(hours=6)


def test_a_source_file_is_read_and_every_mistake_in_it_named(tmp_path: Path) -> None:
    good = tmp_path / "good.yml"
    good.write_text("title: 가\nharvester: ckan\nurl: https://Data.example.kr/x\nschedule: weekly\nexpect: {min: 4}\n")
    source = read_source(good)
    assert (source.id, source.host, source.schedule_hours) == ("good", "data.example.kr", 168.0)
    assert Expectation.read(source.expect).min == 4
    for number, text in enumerate(
        (
            "title: [",
            "- a",
            "title: 가",
            "title: 가\nharvester: nobody",
            "title: 가\nharvester: ckan\nsurprise: 1",
            "title: 가\nharvester: ckan\noptions: {nothing: 1}",
            "title: 가\nharvester: ckan\noptions: {rows: many}",
            "title: 가\nharvester: ckan\noptions: {take: some}",
            "title: 가\nharvester: ckan\nexpect: {min: -1}",
            "title: 가\nharvester: ckan\nexpect: {least: 1}",
            "title: 가\nharvester: ckan\nurl: gopher://x",
            "title: 가\nharvester: ckan\nschedule: sometimes",
        )
    ):
        bad = tmp_path / f"bad{number}.yml"
        bad.write_text(text)
        with pytest.raises(InvalidValue):
            read_source(bad)


def test_loading_keeps_what_an_operator_decided_and_outside_starts_off(bench: Bench, tmp_path: Path) -> None:
    file = tmp_path / "sources" / "seoul" / "one.yml"
    file.parent.mkdir(parents=True)
    file.write_text("title: 가\nharvester: ckan\nurl: https://a.example.kr\nowner: '1111000000'\nenabled: true\n")
    assert load_sources(bench.database, tmp_path / "sources") == 1
    assert not bench.load("one").enabled
    assert load_sources(bench.database, tmp_path / "sources") == 0
    plan = enable_sources(bench.database, bench.settings, "one", do=False, actor="person:cli")
    assert plan["sources"][0]["host"] == "a.example.kr" and enabled_sources(bench.database) == []
    nobody = bench.settings.model_copy(update={"contact": ""})
    with pytest.raises(NotAllowed):
        enable_sources(bench.database, nobody, "one", do=True, actor="person:cli")
    for selector in ("province:서울특별시", "kind:ckan", "all", "one"):
        enable_sources(bench.database, bench.settings, selector, do=True, actor="person:cli")
        assert enabled_sources(bench.database) == ["one"]
        file.write_text(file.read_text().replace("title: 가", "title: 나"))
        load_sources(bench.database, tmp_path / "sources")
        assert bench.load("one").enabled and bench.load("one").title == "나"
        assert disable_sources(bench.database, selector, actor="person:cli") == ["one"]
    with pytest.raises(InvalidValue):
        enable_sources(bench.database, bench.settings, "kind:sheet", do=False, actor="person:cli")


def test_a_dry_run_shows_the_difference_and_writes_nothing(bench: Bench) -> None:
    face = bench.ckan(4)
    bench.source(expect={"missing_runs": 1, "grace_days": 0, "withdraw_max_share": 1})
    bench.run()
    face.packages["id-0000"]["title"] = "종로 새 이름"
    del face.packages["id-0001"]
    face.packages["id-0009"] = package(9)
    before = bench.names()
    runs = bench.last_run().id
    report = dry_run(bench.database, bench.settings, "s", actor=SYSTEM)
    facts = report.facts()
    assert [one["name"] for one in facts["added"]] == [package(9)["title"]]
    assert facts["changed"][0]["detail"]["fields"]["name"] == [package(0)["title"], "종로 새 이름"]
    assert [one["name"] for one in facts["withdrawn"]] == [package(1)["title"]]
    assert facts["counts"]["unchanged"] == 2 and facts["dry_run"]
    assert bench.names() == before and bench.last_run().id == runs
    assert "새로 등록 1" in report.sentence()


def test_a_file_is_tried_before_it_is_saved(bench: Bench, tmp_path: Path) -> None:
    bench.ckan(30)
    file = tmp_path / "new.yml"
    file.write_text(
        f"title: 가\nharvester: ckan\nurl: {bench.server.url}\nowner: '1111000000'\noutside: false\n"
        "public_api: 시험\noptions: {take: all}\n"
    )
    result = try_file(bench.database, bench.settings, file, limit=5)
    assert len(result["records"]) == 5 and result["problems"] == [] and not result["whole"]
    assert {"name", "owner", "type", "form", "functions"} <= result["records"][0].keys()
    assert bench.names() == []
    bench.server.routes["/api/action/status_show"] = lambda _: Reply("<html>", 500)
    assert try_file(bench.database, bench.settings, file)["problems"]
    file.write_text("title: 가\nharvester: ckan\nodd: 1")
    with pytest.raises(SourceInvalid):
        try_file(bench.database, bench.settings, file)


def test_a_harvest_is_the_same_on_every_database(any_database: Engine, server: HostileServer, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, contact="t@example.org", allow_private_addresses=True, host_delay=0)
    bench = Bench(any_database, settings, server)
    face = bench.ckan(6)
    bench.source(expect={"missing_runs": 2, "grace_days": 0, "withdraw_max_share": 1})
    assert bench.run().counts["added"] == 6
    assert bench.run().counts["unchanged"] == 6
    face.packages["id-0000"]["title"] = "종로 새 이름"
    gone = face.packages.pop("id-0001")
    assert bench.run().counts["missing"] == 1 and bench.run().counts["withdrawn"] == 1
    assert len(bench.names()) == 5 and "종로 새 이름" in bench.names()
    face.packages["id-0001"] = gone
    assert bench.run().counts["restored"] == 1
    assert len(bench.names()) == 6 and bench.last_run().state is RunState.complete


def test_no_transaction_is_open_while_the_source_is_asked_after_what_vanished(bench: Bench) -> None:
    face = bench.ckan(4)
    bench.source(expect={"withdraw_max_share": 1})
    bench.run()
    show, written = face.show, []

    def show_while_somebody_writes(asked: Asked) -> Reply:
        with writing_session(bench.database) as session:
            session.add(MailEntry(recipient="a", subject="b", body="c"))
        written.append(asked.query["id"])
        return show(asked)

    bench.server.routes["/api/action/package_show"] = show_while_somebody_writes
    del face.packages["id-0002"]
    assert bench.run().counts["missing"] == 1
    assert written == ["id-0002"] and bench.records()["id-0002"].problem == "gone"
