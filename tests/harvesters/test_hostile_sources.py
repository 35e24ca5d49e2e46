"""What sources do to a harvester, one test per row of the hostile-source matrix, on real sockets.

Each test says in its name which row it is and asserts what the registry holds afterwards.
"""

import gzip
import json
import os
import signal
import ssl
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session, select

from harvesters.base import HarvestTask
from harvesters.http import PoliteClient
from harvesters.probe import look_at
from harvesters.runner import run_source
from registry.database import session_of, writing_session
from registry.errors import AddressRefused, EngineUnavailable, HarvestError
from registry.liveness import Seen, observe
from registry.models import HarvestRun, Platform, Record, Statement
from registry.records import SYSTEM, HarvestedRecord
from registry.vocab import Liveness, PlatformState, RecordState, RunState, Severity, Status
from search.document import documents
from search.engines.embedded import EmbeddedEngine
from search.fields import entries
from search.needs import vocabulary
from tests.harvesters.conftest import QUICK, Bench, analyser, indexer_of, package, reopened
from tests.harvesters.hostile_server import (
    Asked,
    CkanFace,
    HostileServer,
    Reply,
    certificate,
    enveloped,
    refused,
    self_signed,
    stream_head,
)

STRICT = {"missing_runs": 1, "grace_days": 0, "withdraw_max_share": 1, "withdraw_max_count": 1000}
"""An expectation that withdraws at once, so that anything wrongly taken for "not listed" shows."""


def test_h01_an_empty_listing_withdraws_nothing_and_asks(bench: Bench) -> None:
    face = bench.ckan(5)
    bench.source(expect=STRICT)
    assert bench.run().state is RunState.complete
    before, mark = bench.names(), bench.load().last_complete_run
    face.packages.clear()
    assert bench.run().state is RunState.incomplete
    assert bench.names() == before and len(before) == 5
    assert bench.load().last_complete_run == mark
    (issue,) = bench.issues("listing_empty")
    assert issue.severity is Severity.question and issue.facts["known"] == 5


def test_h02_success_false_with_status_200_fails_in_the_sources_own_words(bench: Bench) -> None:
    face = bench.ckan()
    face.before_search = lambda _: Reply({"success": False, "error": {"message": "Solr is having a rest"}})
    bench.source()
    assert bench.run().state is RunState.failed
    assert "Solr is having a rest" in bench.last_run().error["cause"]["en"]
    assert "Solr is having a rest" in bench.issues()[0].cause_en
    assert bench.names() == []


@pytest.mark.parametrize(("status", "kind"), [(409, "Validation Error"), (500, "Search Index Error")])
def test_h03_an_error_on_the_first_page_leaves_the_registry_as_it_was(bench: Bench, status: int, kind: str) -> None:
    face = bench.ckan(5)
    bench.source(expect=STRICT)
    bench.run()
    before, versions = bench.names(), {row.id: row.version for row in bench.platforms().values()}
    face.before_search = lambda _: refused(status, kind, "no index")
    assert bench.run().state is RunState.failed
    assert bench.names() == before
    assert {row.id: row.version for row in bench.platforms().values()} == versions
    assert all(row.state is RecordState.listed for row in bench.records().values())


@pytest.mark.parametrize("status", [409, 500])
def test_h04_an_error_on_a_later_page_keeps_what_was_read_and_concludes_nothing(bench: Bench, status: int) -> None:
    face = bench.ckan(7)
    bench.source(expect=STRICT, options={"take": "all", "site": False, "rows": 3, "incremental": True})
    face.before_search = lambda number: refused(status, "Search Error", "went away") if number == 2 else None
    assert bench.run().state is RunState.incomplete
    assert len(bench.names()) == 3
    assert bench.load().since == "" and bench.load().last_complete_run is None
    face.searches, face.before_search = 0, lambda _: None
    assert bench.run().state is RunState.complete
    mark = bench.load().since
    assert len(bench.names()) == 7 and mark
    face.searches, face.before_search = (
        0,
        lambda number: refused(status, "Search Error", "again") if number == 2 else None,
    )
    bench.reconfigure("s")
    bench.source(expect=STRICT, options={"take": "all", "site": False, "rows": 3})
    assert bench.run().state is RunState.incomplete
    assert len(bench.names()) == 7 and bench.load().since == mark
    assert all(row.missing_runs == 0 for row in bench.records().values())


def test_h05_a_web_page_with_status_200_is_an_error_not_no_change(bench: Bench) -> None:
    face = bench.ckan(4)
    bench.source(expect=STRICT)
    bench.run()
    complete = bench.load().last_complete_run
    face.before_search = lambda _: Reply("<!DOCTYPE html><html><body>점검 중입니다</body></html>")
    assert bench.run().state is RunState.failed
    assert bench.last_run().error["code"] == "source_changed"
    assert bench.load().last_complete_run == complete and len(bench.names()) == 4


def test_h06_a_redirect_to_a_login_page_needs_credentials(bench: Bench) -> None:
    face = bench.ckan()
    bench.server.routes["/member/login.do"] = lambda _: Reply("<html><form>비밀번호<input type=password></form></html>")
    face.before_search = lambda _: Reply(status=302, headers={"Location": "/member/login.do"})
    bench.source()
    assert bench.run().state is RunState.failed
    (issue,) = bench.issues("source_refused")
    assert issue.severity is Severity.question and "credentials" in issue.cause_en
    assert bench.names() == []


def test_h07_the_same_page_again_is_noticed_and_ends_the_run(bench: Bench) -> None:
    face = bench.ckan(7)
    face.most_rows, face.ignores_paging = 3, True
    bench.source(expect=STRICT)
    assert bench.run().state is RunState.incomplete
    assert face.searches <= 5
    assert len(bench.names()) == 3 and bench.issues("duplicate_id") == []
    assert "page_repeated" in [one["code"] for one in bench.last_run().error["doubts"]]


@pytest.mark.parametrize("ranges", [True, False])
def test_h08_fewer_entries_than_stated_are_not_the_whole_list(bench: Bench, ranges: bool) -> None:
    face = bench.ckan(9)
    bench.source(expect=STRICT)
    bench.run()
    face.understands_ranges, face.most_rows = ranges, 4
    for gone in ("id-0007", "id-0008"):
        del face.packages[gone]
    face.states_more = 2
    assert bench.run().state is RunState.incomplete
    assert len(bench.names()) == 9
    assert "count_differs" in [one["code"] for one in bench.last_run().error["doubts"]]


@pytest.mark.parametrize("ranges", [True, False])
def test_h09_entries_inserted_while_paging_cost_nothing_and_double_nothing(bench: Bench, ranges: bool) -> None:
    face = bench.ckan(8)
    face.most_rows, face.understands_ranges = 3, ranges
    bench.source(expect=STRICT)

    def insert(number: int) -> None:
        if number == (2 if ranges else 4):
            for one in (package(100, id="id-0000a"), package(101, id="id-0006a")):
                face.packages[one["id"]] = one

    face.before_search = insert
    state = bench.run().state
    names = bench.names()
    assert len(names) == len(set(names))
    assert {package(number)["title"] for number in range(8)} <= set(names)
    # With offsets an insertion may have pushed something past us, and the run says so.
    assert state is (RunState.complete if ranges else RunState.incomplete)
    assert len(bench.records()) == len(names)


@pytest.mark.parametrize("ranges", [True, False])
def test_h10_entries_removed_while_paging_take_no_other_with_them(bench: Bench, ranges: bool) -> None:
    face = bench.ckan(9)
    face.most_rows, face.understands_ranges = 3, ranges
    bench.source(expect=STRICT)
    bench.run()
    assert len(bench.names()) == 9
    face.searches = 0

    def remove(number: int) -> None:
        if number == (2 if ranges else 4):
            face.packages.pop("id-0000", None)

    face.before_search = remove
    bench.run()
    left = {package(number)["title"] for number in range(1, 9)}
    assert left <= set(bench.names())
    assert all(bench.records()[f"id-{number:04d}"].state is RecordState.listed for number in range(4, 9))


def test_h11_paging_follows_what_was_given_not_what_was_asked(bench: Bench) -> None:
    face = bench.ckan(10)
    face.most_rows = 4
    bench.source()
    assert bench.run().state is RunState.complete
    assert len(bench.names()) == 10 and face.searches == 3
    face.understands_ranges = False
    bench.source("t", options={"take": "all", "site": False})
    assert bench.run("t").state is RunState.complete
    assert len(bench.records("t")) == 10


def test_h12_an_id_twice_in_one_listing_is_one_record_and_one_issue(bench: Bench) -> None:
    first, twin = package(1), package(1, title="종로 자전거 대여 쌍둥이", url="https://twin.example.kr/")
    page = [package(0), first, twin, package(2)]
    face = bench.ckan(0)
    face.before_search = lambda _: enveloped({"count": 4, "results": page})
    bench.source()
    bench.run()
    assert sorted(bench.records()) == ["id-0000", "id-0001", "id-0002"]
    assert first["title"] in bench.names() and twin["title"] not in bench.names()
    (issue,) = bench.issues("duplicate_id")
    assert issue.remote_id == "id-0001"


def test_h13_one_id_in_two_sources_with_two_owners_is_two_records(bench: Bench) -> None:
    bench.ckan(1)
    other = HostileServer()
    try:
        CkanFace(other, [package(0, title="중구 도서 예약", url="https://other.example.kr/")])
        bench.source("jongno", owner="1111000000")
        bench.source("junggu", owner="1114000000", url=other.url)
        for _ in range(2):
            assert bench.run("jongno").state is bench.run("junggu").state is RunState.complete
    finally:
        other.close()
    owners = {row.name: row.owner_name for row in bench.platforms().values()}
    assert owners == {"종로 자전거 대여 0호": "서울특별시 종로구", "중구 도서 예약": "서울특별시 중구"}


def test_h14_an_id_that_changes_case_or_scheme_is_the_same_record(bench: Bench) -> None:
    sheet = {
        "text": "id_,name,owner,url\nHTTP://Data.Example.kr/A/,종로 주차 안내,서울특별시 종로구,https://p.example.kr\n"
    }
    bench.server.routes["/list.csv"] = lambda _: Reply(sheet["text"])
    bench.server.routes["/robots.txt"] = lambda _: Reply("")
    bench.source(harvester="sheet", path="/list.csv", options={"id_column": "id_"}, expect=STRICT)
    bench.run()
    ((_, before),) = bench.records().items()
    sheet["text"] = sheet["text"].replace("HTTP://Data.Example.kr/A/", "https://data.example.kr/a")
    assert bench.run().state is RunState.complete
    ((remote_id, after),) = bench.records().items()
    assert (before.id, before.platform_id) == (after.id, after.platform_id)
    assert remote_id == "https://data.example.kr/a" and len(bench.names()) == 1


def test_h15_a_renamed_title_is_the_same_platform_and_the_old_name_stays(bench: Bench) -> None:
    face = bench.ckan(1)
    bench.source()
    bench.run()
    ((old, before),) = bench.platforms().items()
    face.packages["id-0000"]["title"] = "종로 따르릉"
    bench.run()
    ((new, after),) = bench.platforms().items()
    assert (new, after.id) == ("종로 따르릉", before.id)
    assert old in after.former_names
    assert len(bench.keys(after.id, "name")) == 2


def test_h16_a_host_that_moved_keeps_its_platform_and_its_old_address(bench: Bench) -> None:
    bench.ckan(1)
    bench.source(options={"take": "all", "site": True})
    bench.run()
    before = bench.platforms()["시험 데이터 포털"]
    moved = HostileServer()
    try:
        CkanFace(moved, [package(0)])
        target = moved.url.replace("127.0.0.1", "localhost")
        for path in list(bench.server.routes):
            bench.server.routes[path] = lambda asked: Reply(
                status=301,
                headers={"Location": f"{target}{asked.path}?" + "&".join(f"{k}={v}" for k, v in asked.query.items())},
            )
        assert bench.run().state is RunState.complete
    finally:
        moved.close()
    after = bench.platforms()["시험 데이터 포털"]
    assert after.id == before.id and f"localhost:{moved.port}" in after.url
    assert len([key for key in bench.keys(after.id, "url") if "localhost" in key or "127.0.0.1" in key]) == 2


def test_h17_a_record_without_its_id_is_matched_by_evidence_or_rejected_alone(bench: Bench) -> None:
    face = bench.ckan(4)
    bench.source(expect=STRICT)
    bench.run()
    before = {row.name: row.id for row in bench.platforms().values()}
    nameless = {key: value for key, value in package(1).items() if key != "id"}
    stranger = {key: value for key, value in package(9).items() if key != "id"}
    face.packages = {"id-0000": package(0), "?": nameless, "??": stranger, "id-0002": package(2), "id-0003": package(3)}
    face.understands_ranges = False
    bench.run()
    assert {row.name: row.id for row in bench.platforms().values()} == before
    assert bench.records()["id-0001"].state is RecordState.listed
    assert [issue.value for issue in bench.issues("record_rejected")] == [stranger["title"]]


def test_h18_a_record_that_times_out_for_ten_days_is_never_withdrawn(bench: Bench) -> None:
    bench.source(harvester="sheet", path="/", expect=STRICT)
    broken: set[int] = set()

    def item(asked: Asked) -> Reply | None:
        number = int(asked.path.rsplit("/", 1)[1])
        if number in broken:
            time.sleep(0.2)
        return Reply({"name": f"종로 주차 안내 {number}", "url": f"https://p{number}.example.kr"})

    bench.server.routes["/item/*"] = item

    def read(task: HarvestTask) -> Any:
        ids = [str(number) for number in range(3)]
        task.listing.page(ids)
        task.listing.end()
        for one in ids:
            url = f"{bench.server.url}/item/{one}"
            try:
                yield HarvestedRecord(one, url, task.client.get(url).json())
            except HarvestError as problem:
                yield HarvestedRecord(one, url, {}, fetched=False, problem=problem.cause_en)

    def harvest() -> RunState:
        manners = {**QUICK.__dict__, "step_timeout": 0.1, "retries": 0}
        with PoliteClient(type(QUICK)(**manners), public_api="시험") as client:
            return run_source(bench.database, bench.settings, "s", actor=SYSTEM, client=client, reader=read).state

    assert harvest() is RunState.complete
    broken.add(1)
    for _day in range(10):
        assert harvest() is RunState.complete
    assert bench.records()["1"].state is RecordState.unfetchable
    assert len(bench.names()) == 3
    (issue,) = bench.issues("listed_unfetchable")
    assert issue.times == 10


def test_a_fault_of_ours_in_every_record_is_one_doubt_and_withdraws_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    face = bench.ckan(30)
    bench.source(expect=STRICT)
    bench.run()
    for one in face.packages.values():
        one["title"] += " 새로"

    def broken(*_: Any) -> Any:
        raise ZeroDivisionError("a slip of ours")

    monkeypatch.setattr("harvesters.intake.normalise", broken)
    assert bench.run().state is RunState.incomplete
    assert [one["code"] for one in bench.last_run().error["doubts"]] == ["not_understood"]
    assert bench.last_run().counts["rejected"] == 30 and len(bench.names()) == 30
    monkeypatch.undo()
    assert bench.run().state is RunState.complete
    assert all(name.endswith("새로") for name in bench.names()) and bench.issues() == []


def test_unfetchable_not_listed_and_unreachable_are_three_states(bench: Bench) -> None:
    """The same three records, each in another state, and what each state leads to."""
    bench.source(harvester="sheet", path="/", expect=STRICT)
    there, broken, down = ["0", "1", "2"], set[str](), [False]

    def read(task: HarvestTask) -> Any:
        if down[0]:
            task.client.get("http://127.0.0.1:9/list")
        task.listing.page(there)
        task.listing.end()
        for one in there:
            fields = {"name": f"종로 주차 안내 {one}", "url": f"https://p{one}.example.kr"}
            yield HarvestedRecord(one, "", fields, fetched=one not in broken, problem="no answer")

    def harvest() -> RunState:
        with PoliteClient(QUICK, public_api="시험") as client:
            return run_source(bench.database, bench.settings, "s", actor=SYSTEM, client=client, reader=read).state

    assert harvest() is RunState.complete
    broken.add("1")
    there.remove("2")
    assert harvest() is RunState.complete
    states = {RecordState.listed: "0", RecordState.unfetchable: "1", RecordState.withdrawn: "2"}
    assert {row.state: key for key, row in bench.records().items()} == states
    assert bench.names() == ["종로 주차 안내 0", "종로 주차 안내 1"]
    complete = bench.load().last_complete_run
    down[0] = True
    for _ in range(3):
        assert harvest() is RunState.failed
    # The source cannot be reached: that is a state of the source, and says nothing of any record.
    assert {row.state: key for key, row in bench.records().items()} == states
    assert bench.load().last_complete_run == complete
    assert [issue.times for issue in bench.issues("source_unreachable")] == [3]
    assert [issue.remote_id for issue in bench.issues("listed_unfetchable")] == ["1"]
    down[0] = False
    broken.clear()
    there.append("2")
    assert harvest() is RunState.complete
    assert {row.state for row in bench.records().values()} == {RecordState.listed}
    assert len(bench.names()) == 3 and bench.issues() == []


def _known_before(bench: Bench) -> None:
    """Harvest a good list first, so that what a hostile answer might destroy is there."""
    good = "name,owner,url\n종로 장터,서울특별시 종로구,https://market.example.kr\n"
    assert _sheet(bench, lambda _: Reply(good)).state is RunState.complete


def _untouched(bench: Bench) -> bool:
    (row,) = bench.records().values()
    return bench.names() == ["종로 장터"] and row.state is RecordState.listed and row.missing_runs == 0


def _sheet(bench: Bench, route: Any, **limits: Any) -> Any:
    bench.server.routes["/robots.txt"] = lambda _: Reply("")
    bench.server.routes["/list.csv"] = route
    bench.source(harvester="sheet", path="/list.csv")
    return bench.run(**limits)


def _endless(asked: Asked) -> None:
    stream_head(asked, "Transfer-Encoding: chunked\r\n")
    while True:
        asked.stream.write(b"8000\r\n" + b"a" * 0x8000 + b"\r\n")


def test_h19_a_body_that_never_ends_is_cut_at_the_limit(bench: Bench) -> None:
    _known_before(bench)
    assert _sheet(bench, _endless).state is RunState.failed
    (issue,) = bench.issues("body_too_large")
    assert "300,000" in issue.cause_en and _untouched(bench)


def test_h20_a_body_of_a_gigabyte_is_cut_while_streaming(bench: Bench) -> None:
    sent = [0]

    def gigabyte(asked: Asked) -> None:
        stream_head(asked)
        for _ in range(1000):
            asked.stream.write(b"a" * 1_000_000)
            sent[0] += 1

    _known_before(bench)
    before = _memory()
    assert _sheet(bench, gigabyte).state is RunState.failed
    assert bench.last_run().error["code"] == "body_too_large"
    assert sent[0] < 50 and _memory() - before < 50_000_000
    bench.server.routes["/list.csv"] = lambda _: Reply("", headers={"Content-Length": str(10**9)})
    assert bench.run().state is RunState.failed
    assert bench.last_run().error["code"] == "body_too_large" and _untouched(bench)


def test_h21_a_gzip_bomb_is_cut_at_the_decompressed_limit(bench: Bench) -> None:
    bomb = gzip.compress(b"0" * 200_000_000, compresslevel=9)
    assert len(bomb) < 300_000
    _known_before(bench)
    before = _memory()
    run = _sheet(bench, lambda _: Reply(bomb, headers={"Content-Encoding": "gzip"}))
    assert run.state is RunState.failed and bench.last_run().error["code"] == "body_too_large"
    assert _memory() - before < 50_000_000 and _untouched(bench)


def test_h22_one_byte_at_a_time_meets_the_deadline_of_the_whole_request(bench: Bench) -> None:
    def dripping(asked: Asked) -> None:
        stream_head(asked)
        for _ in range(200):
            asked.stream.write(b"a")
            asked.stream.flush()
            time.sleep(0.05)

    _known_before(bench)
    began = time.monotonic()
    assert _sheet(bench, dripping, deadline=0.5, retries=0).state is RunState.failed
    assert time.monotonic() - began < 3
    assert "deadline" in bench.last_run().error["cause"]["en"] and _untouched(bench)


def _busy_once(bench: Bench, retry_after: Any) -> list[float]:
    face = bench.ckan(3)
    times: list[float] = []

    def search(number: int) -> Reply | None:
        times.append(time.monotonic())
        return Reply("slow down", 429, {"Retry-After": retry_after()}) if number == 1 else None

    face.before_search = search
    bench.source()
    return times


def test_h23_retry_after_in_seconds_is_waited_for(bench: Bench) -> None:
    times = _busy_once(bench, lambda: "1")
    assert bench.run().state is RunState.complete
    assert len(bench.names()) == 3 and times[1] - times[0] >= 0.95


def test_h23_a_wait_beyond_the_budget_is_a_later_turn(bench: Bench) -> None:
    _busy_once(bench, lambda: "7200")
    assert bench.run().state is RunState.failed
    assert bench.last_run().error["code"] == "source_busy"
    due = bench.load().next_run_at
    assert due is not None and timedelta(minutes=110) < due - datetime.now(UTC) < timedelta(minutes=125)


def test_h24_retry_after_as_a_date_is_waited_for(bench: Bench) -> None:
    times = _busy_once(bench, lambda: format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True))
    assert bench.run().state is RunState.complete
    assert len(bench.names()) == 3 and 0.9 <= times[1] - times[0] <= 2.5


def test_h25_a_refusal_of_our_name_asks_a_person_and_wears_no_disguise(bench: Bench) -> None:
    run = _sheet(bench, lambda _: Reply("blocked by firewall", 403))
    assert run.state is RunState.failed and bench.names() == []
    (issue,) = bench.issues("source_refused")
    assert issue.severity is Severity.question
    agents = {one.headers["user-agent"] for one in bench.server.asked}
    assert agents == {"metaplatform/0.1 (tester@example.org)"}
    assert len(bench.server.paths()) == 1


def test_h26_euc_kr_labelled_utf_8_is_read_right_and_its_encoding_kept(bench: Bench) -> None:
    body = "name,owner,url\n종로 똠얌 장터,서울특별시 종로구,https://market.example.kr\n".encode("cp949")
    run = _sheet(bench, lambda _: Reply(body, headers={"Content-Type": "text/csv; charset=UTF-8"}))
    assert run.state is RunState.complete
    assert bench.names() == ["종로 똠얌 장터"]
    ((_, record),) = bench.records().items()
    assert record.encoding == "cp949"
    kept = bench.settings.raw_folder / record.raw_hash[:2] / f"{record.raw_hash[2:]}.gz"
    assert gzip.decompress(kept.read_bytes()) == body


def test_h27_a_byte_order_mark_in_csv_and_json_is_read(bench: Bench) -> None:
    text = "name,owner,url\n종로 버스 안내,서울특별시 종로구,https://bus.example.kr\n"
    assert _sheet(bench, lambda _: Reply(text.encode("utf-8-sig"))).state is RunState.complete
    face = bench.ckan(1)
    face.before_search = lambda _: Reply(
        json.dumps({"success": True, "result": {"count": 1, "results": [package(0)]}}).encode("utf-8-sig"),
        headers={"Content-Type": "application/json"},
    )
    bench.source("c")
    assert bench.run("c").state is RunState.complete
    assert bench.names() == ["종로 버스 안내", package(0)["title"]]


def test_h28_dates_are_read_or_asked_about_and_never_wrong(bench: Bench) -> None:
    right = {
        "2024.11.23.": "2024-11-23",
        "2024-11": "2024-11",
        "2019년 3월 2일": "2019-03-02",
        "20200105": "2020-01-05",
        "1700000000": "2023-11-15",
    }
    refused_ = ["26/11/23", "0000-00-00", "2024-02-30", "언젠가", "1970-01-01", "9999-12-31"]
    rows = [f"종로 버스 안내 {i},서울특별시 종로구,{day}" for i, day in enumerate([*right, *refused_])]
    run = _sheet(bench, lambda _: Reply("name,owner,launched\n" + "\n".join(rows)))
    assert run.state is RunState.complete
    found = [bench.platforms()[f"종로 버스 안내 {i}"].launched for i in range(len(rows))]
    assert found == [*right.values(), *[""] * len(refused_)]
    assert len(bench.issues("launched_unclear")) == len(refused_)


@pytest.mark.parametrize("hours", [-7, 7])
def test_h29_a_source_whose_clock_is_hours_off_loses_no_change(bench: Bench, hours: int) -> None:
    def stamp(minutes: float) -> str:
        moment = datetime.now(UTC) + timedelta(hours=hours, minutes=minutes)
        return moment.replace(tzinfo=None).isoformat(timespec="microseconds")

    face = bench.ckan(6)
    for number, one in enumerate(face.packages.values()):
        one["metadata_modified"] = stamp(-90 - number)
    bench.source(expect=STRICT, options={"take": "all", "site": False, "incremental": True})
    assert bench.run().state is RunState.complete
    face.packages["id-0003"] |= {"title": "종로 새 이름", "metadata_modified": stamp(0)}
    new = package(50, metadata_modified=stamp(0))
    face.packages[new["id"]] = new
    bench.run()
    assert bench.last_run().scope == "since"
    assert {"종로 새 이름", new["title"]} <= set(bench.names())
    assert len(bench.names()) == 7


LOST_PAGE = "<html><head><title>안내</title></head><body><h1>페이지를 찾을 수 없습니다</h1>요청하신 페이지가 없습니다.</body></html>"
CASINO = (
    "<html><head><title>온라인 카지노 바카라 슬롯 먹튀검증</title></head><body>"
    + "<a href='https://bet.example.com'>카지노사이트 추천 토토 바카라 가입코드</a> 첫충 보너스 슬롯머신 " * 20
    + "</body></html>"
)


def _probed(bench: Bench, body: str, days: tuple[int, ...]) -> Platform:
    """Register one platform of the server, then look at it on these days and grade what was seen."""
    url = f"{bench.server.url}/service"
    bench.server.routes["/robots.txt"] = lambda _: Reply("")
    bench.server.routes["/list.csv"] = lambda _: Reply(
        f"name,owner,url,status\n종로 돌봄 신청,서울특별시 종로구,{url},운영중\n"
    )
    bench.server.routes["/service"] = lambda _: Reply(body)
    bench.source(harvester="sheet", path="/list.csv")
    assert bench.run().state is RunState.complete
    ((_, platform),) = bench.platforms().items()
    for day in days:
        with PoliteClient(QUICK) as client:
            look = look_at(client, url)
        seen = Seen(
            platform.id,
            url,
            look.outcome,
            look.status,
            look.final_url,
            look.title,
            look.response_ms,
            look.facts,
            datetime.now(UTC) - timedelta(days=10 - day),
        )
        with writing_session(bench.database) as session:
            observe(session, seen)
    ((_, platform),) = bench.platforms().items()
    return platform


def test_h30_a_page_that_says_not_found_with_status_200_is_dead_not_alive(bench: Bench) -> None:
    platform = _probed(bench, LOST_PAGE, (0, 2))
    assert platform.liveness is Liveness.dead and platform.last_seen_alive is None
    assert platform.status is Status.running  # what is declared stands beside what was seen
    assert bench.issues("address_dead")[0].concerns == "owner"


def test_h45_a_domain_taken_over_by_gambling_is_withheld_and_its_owner_told(bench: Bench) -> None:
    platform = _probed(bench, CASINO, (0,))
    assert platform.liveness is Liveness.taken_over
    (issue,) = bench.issues("address_taken_over")
    assert issue.concerns == "owner" and issue.platform_id == platform.id
    assert platform.name == "종로 돌봄 신청" and platform.state is PlatformState.active
    with session_of(bench.database) as session:
        (document,) = documents(session, [platform.id])
    assert document.liveness == "taken_over"


def test_h31_an_expired_certificate_is_not_accepted(bench: Bench, tmp_path: Path) -> None:
    _refuses_certificate(bench, tmp_path, days=("20200101000000Z", "20200201000000Z"), words="expired")


def test_h31_a_certificate_of_another_host_is_not_accepted(bench: Bench, tmp_path: Path) -> None:
    _refuses_certificate(bench, tmp_path, host="other.example.kr", words="mismatch")


def test_h31_a_self_signed_certificate_is_not_accepted(bench: Bench, tmp_path: Path) -> None:
    _refuses_certificate(bench, tmp_path, own=True, words="self-signed")


def _refuses_certificate(
    bench: Bench,
    folder: Path,
    *,
    host: str = "127.0.0.1",
    days: tuple[str, str] | None = None,
    own: bool = False,
    words: str,
) -> None:
    context = self_signed(folder) if own else certificate(folder, "server", host, days)
    secure = HostileServer(tls=context)
    try:
        CkanFace(secure, [package(0)])
        bench.source(url=secure.url)
        verify = ssl.create_default_context(cafile=None if own else str(folder / "ca.pem"))
        with PoliteClient(QUICK, public_api="시험", verify=verify) as client:
            run = run_source(bench.database, bench.settings, "s", actor=SYSTEM, client=client)
    finally:
        secure.close()
    assert run.state is RunState.failed and bench.names() == []
    (issue,) = bench.issues("certificate_invalid")
    assert words in issue.cause_en and secure.asked == []


def test_h32_what_robots_txt_forbids_is_not_read(bench: Bench) -> None:
    bench.server.routes["/list.csv"] = lambda _: Reply("name,owner\n종로 장터,서울특별시 종로구\n")
    bench.server.routes["/robots.txt"] = lambda _: Reply("User-agent: metaplatform\nDisallow: /list\n")
    bench.source(harvester="sheet", path="/list.csv")
    assert bench.run().state is RunState.failed
    assert bench.server.paths() == [] and "robots.txt forbids" in bench.issues("source_refused")[0].cause_en
    bench.server.routes["/robots.txt"] = lambda _: Reply("oops", 503)
    assert bench.run().state is RunState.failed
    assert bench.server.paths() == [] and "could not be read" in bench.issues("source_refused")[0].cause_en
    assert bench.names() == []


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.2/admin",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[fd00::1]/",
        "http://0177.0.0.2/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
    ],
)
def test_h33_a_redirect_to_a_private_address_is_refused_at_that_hop(bench: Bench, target: str) -> None:
    run = _sheet(
        bench,
        lambda _: Reply(status=302, headers={"Location": target}),
        allowed_networks=("127.0.0.1/32",),
    )
    assert run.state is RunState.failed and bench.names() == []
    assert bench.last_run().error["code"] == "address_refused"
    assert bench.server.paths() == ["/list.csv"]


def test_h34_an_answer_that_turns_private_after_the_check_is_refused(bench: Bench) -> None:
    import socket

    answers = iter(["127.0.0.1", "127.0.0.1", "127.0.0.2", "10.0.0.1"])
    looked_up: list[str] = []

    def rebinding(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        looked_up.append(next(answers))
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (looked_up[-1], port))]

    bench.server.routes["/robots.txt"] = lambda _: Reply("", headers={"Connection": "close"})
    bench.server.routes["/list.csv"] = lambda _: Reply(
        "name,owner\n종로 장터,서울특별시 종로구\n", headers={"Connection": "close"}
    )
    url = f"http://rebind.example.kr:{bench.server.port}/list.csv"
    bench.source(harvester="sheet", url=url)
    manners = type(QUICK)(**{**QUICK.__dict__, "allowed_networks": ("127.0.0.1/32",)})
    with PoliteClient(manners, resolve=rebinding) as client:
        # Name resolution and connecting are one step: the address that was checked is the one connected to.
        assert client.get(url).status == 200
        assert looked_up == ["127.0.0.1", "127.0.0.1"]
        with pytest.raises(AddressRefused):
            client.get(url)
        run = run_source(bench.database, bench.settings, "s", actor=SYSTEM, client=client)
    assert run.state is RunState.failed and bench.names() == []


def test_h35_a_kill_while_reading_leaves_whole_batches_and_the_next_run_reads_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harvesters.runner.BATCH", 20)
    face = bench.ckan(35)
    face.most_rows = 25
    bench.source()
    stall = [True]

    def search(number: int) -> Reply | None:
        if number == 2 and stall[0]:
            time.sleep(30)
        return None

    face.before_search = search
    child = _fork(lambda: run_source(reopened(bench.database), bench.settings, "s", actor=SYSTEM))
    _until(lambda: face.searches >= 2 and len(bench.records()) >= 20)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert bench.last_run().state is RunState.running
    assert len(bench.names()) == len(bench.records()) == 20
    assert bench.last_run().counts["added"] == 20
    stall[0], killed = False, bench.last_run().id
    from harvesters.housekeeping import close_killed_runs

    assert close_killed_runs(bench.database) == [killed]
    assert bench.last_run().state is RunState.incomplete and bench.last_run().error["code"] == "killed"
    assert bench.run().state is RunState.complete
    assert len(bench.names()) == 35 == len(set(bench.names()))


def test_h36_a_kill_while_registering_leaves_the_transaction_whole_or_absent(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harvesters.runner.BATCH", 20)
    bench.ckan(45)
    bench.source()

    def die_in_the_third_batch() -> None:
        commits = [0]

        def before_commit(session: Session) -> None:
            if session.info.get("batch") or any(isinstance(one, Record) for one in session.identity_map.values()):
                commits[0] += 1
                if commits[0] == 3:
                    os.kill(os.getpid(), signal.SIGKILL)

        event.listen(Session, "before_commit", before_commit)
        run_source(reopened(bench.database), bench.settings, "s", actor=SYSTEM)

    child = _fork(die_in_the_third_batch)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    assert len(bench.names()) in (0, 20, 40)
    with session_of(bench.database) as session:
        registered = set(session.exec(select(Platform.id)))
        assert set(session.exec(select(Statement.platform_id))) == registered
        assert len(session.exec(select(Record)).all()) == len(registered)
    assert bench.run().state is RunState.complete
    assert len(bench.names()) == 45 == len(set(bench.names()))


class Flaky:
    """The embedded engine, which can be out of reach: every call then fails as a lost cluster's does."""

    def __init__(self, folder: Path) -> None:
        self.engine, self.down = EmbeddedEngine(folder), False

    def __getattr__(self, name: str) -> Any:
        if self.down:
            raise EngineUnavailable("검색기가 없습니다.", "The engine is away.")
        return getattr(self.engine, name)


def test_h37_a_kill_while_indexing_is_caught_up_by_the_outbox(bench: Bench) -> None:
    bench.ckan(12)
    bench.source()
    bench.run()

    with session_of(bench.database) as session:
        # Analysed before the fork: the analyser's threads do not survive one.
        assert len(list(entries(documents(session, None), analyser(), vocabulary()))) == 12

    def die_after_the_engine_wrote() -> None:
        engine = EmbeddedEngine(bench.settings.index_folder)
        write = engine.write

        def write_and_die(upserts: Any, deletions: Any) -> None:
            write(upserts, deletions)
            os.kill(os.getpid(), signal.SIGKILL)

        engine.write = write_and_die
        indexer_of(reopened(bench.database), engine).follow()

    child = _fork(die_after_the_engine_wrote)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    engine = EmbeddedEngine(bench.settings.index_folder)
    indexer = indexer_of(bench.database, engine)
    indexer.follow()
    assert not indexer.verify() and engine.count() == 12
    engine.close()


def test_h41_h42_an_index_that_is_down_lags_and_never_lies(bench: Bench) -> None:
    face = bench.ckan(3)
    bench.source(expect=STRICT)
    engine = Flaky(bench.settings.index_folder)
    indexer = indexer_of(bench.database, engine)
    engine.down = True
    assert bench.run().state is RunState.complete and len(bench.names()) == 3
    with pytest.raises(EngineUnavailable):
        indexer.follow()
    engine.down = False
    indexer.follow()
    assert not indexer.verify() and engine.engine.count() == 3
    engine.down = True
    del face.packages["id-0001"]
    assert bench.run().state is RunState.complete and len(bench.names()) == 2
    with pytest.raises(EngineUnavailable):
        indexer.follow()
    engine.down = False
    assert engine.engine.count() == 3
    indexer.follow()
    assert not indexer.verify() and engine.engine.count() == 2


def test_h43_an_old_deletion_after_a_return_is_ignored_by_its_version(bench: Bench) -> None:
    face = bench.ckan(2)
    bench.source(expect=STRICT)
    bench.run()
    engine = EmbeddedEngine(bench.settings.index_folder)
    indexer = indexer_of(bench.database, engine)
    indexer.follow()
    gone = face.packages.pop("id-0001")
    bench.run()
    indexer.follow()
    withdrawn = bench.platforms(every=True)[gone["title"]]
    assert engine.count() == 1 and withdrawn.state is PlatformState.withdrawn
    face.packages["id-0001"] = gone
    bench.run()
    indexer.follow()
    assert engine.count() == 2
    engine.write([], [(withdrawn.id, withdrawn.version)])
    assert engine.count() == 2 and not indexer.verify()
    engine.close()


def test_h38_a_full_disk_fails_the_run_and_the_registry_stays_readable(bench: Bench) -> None:
    import subprocess

    face = bench.ckan(3)
    bench.source(expect=STRICT)
    bench.run()
    folder = bench.settings.raw_folder
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("needs the right to mount a tiny file system (root), to have a disk that is really full")
    try:
        (folder / "filler").write_bytes(b"x" * 4096)
        face.packages["id-0009"] = package(9)
        with pytest.raises(Exception, match="no room"):
            bench.run()
    finally:
        subprocess.run(["umount", str(folder)], check=True)
    assert bench.last_run().state is RunState.failed and bench.last_run().error["code"] == "storage_full"
    assert len(bench.names()) == 3 and bench.load().lease_until is None
    assert bench.run().state is RunState.complete
    assert len(bench.names()) == 4


def test_h39_two_schedulers_at_once_make_one_run(bench: Bench) -> None:
    face = bench.ckan(5)
    face.before_search = lambda _: time.sleep(0.3)
    bench.source(enabled=True)
    children = [_fork(lambda: _work(bench, 0.5)) for _ in range(2)]
    for child in children:
        assert os.waitpid(child, 0)[1] == 0
    with session_of(bench.database) as session:
        runs = session.exec(select(HarvestRun)).all()
    assert [run.state for run in runs] == [RunState.complete]
    assert face.searches == 1 and len(bench.names()) == 5


def _work(bench: Bench, seconds: float) -> None:
    from harvesters.schedule import Worker

    database = reopened(bench.database)
    worker = Worker(database, bench.settings, tick_seconds=0.05)
    worker.start()
    _until(lambda: _ended_runs(database) > 0)
    time.sleep(seconds)
    worker.stop()


def _ended_runs(database: Engine) -> int:
    with session_of(database) as session:
        return len(session.exec(select(HarvestRun).where(HarvestRun.state != RunState.running)).all())


def test_h40_a_clock_that_jumps_back_makes_no_second_run_and_no_negative_time(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    from harvesters.housekeeping import ClockGuard, due_sources
    from harvesters.lease import claim

    face = bench.ckan(3)
    bench.source(enabled=True)
    back = [timedelta()]

    def now() -> datetime:
        return datetime.now(UTC) - back[0]

    def set_back(number: int) -> None:
        back[0] = timedelta(hours=30)

    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith(("harvesters.", "registry.")) and hasattr(module, "now"):
            monkeypatch.setattr(module, "now", now)
    face.before_search = set_back
    assert bench.run().state is RunState.complete
    run = bench.last_run()
    assert run.finished_at is not None and run.finished_at >= run.started_at
    with session_of(bench.database) as session:
        assert due_sources(session) == []
    # A lease of a dead worker from before the jump lies a day ahead; it is cleared once it has not moved for a lease.
    back[0] = timedelta()
    assert claim(bench.database, "s", "elsewhere/0/1/x", bench.settings.lease_seconds)
    back[0] = timedelta(hours=30)
    assert claim(bench.database, "s", "me", 5.0) is None
    guard, quick = ClockGuard(), bench.settings.model_copy(update={"lease_seconds": 0.2})
    guard.right(bench.database, quick)
    assert claim(bench.database, "s", "me", 5.0) is None
    time.sleep(0.3)
    guard.right(bench.database, quick)
    assert claim(bench.database, "s", "me", 5.0) is not None


@pytest.mark.parametrize("askable", [True, False])
def test_h44_a_changed_filter_is_a_new_listing_and_no_mass_withdrawal(bench: Bench, askable: bool) -> None:
    face = bench.ckan(8)
    for number, one in enumerate(face.packages.values()):
        one["kinds"] = ["welfare"] if number < 2 else ["culture"]
    bench.source(expect=STRICT)
    bench.run()
    assert len(bench.names()) == 8
    if not askable:
        del bench.server.routes["/api/action/package_show"]
    bench.reconfigure("s", fq="groups:welfare")
    assert bench.run().state is RunState.complete
    assert len(bench.names()) == 8
    # A CKAN that is asked after each of the six says that they are still there.
    assert [len(one.facts["records"]) for one in bench.issues("source_reconfigured")] == ([] if askable else [6])
    assert all(row.state is not RecordState.withdrawn for row in bench.records().values())


def test_h46_forty_of_fifty_two_vanishing_stop_at_the_ceiling_with_the_list(bench: Bench) -> None:
    face = bench.ckan(52)
    bench.source(expect={"missing_runs": 1, "grace_days": 0})
    bench.run()
    mark = bench.load().last_complete_run
    for number in range(40):
        del face.packages[f"id-{number:04d}"]
    assert bench.run().state is RunState.question
    assert len(bench.names()) == 52 and bench.load().last_complete_run == mark
    (issue,) = bench.issues("withdrawal_ceiling")
    assert len(issue.facts["records"]) == 40 and issue.facts["records"][0]["name"]
    assert issue.severity is Severity.question


def test_h46_the_answer_withdraws_them_and_they_return_as_themselves(bench: Bench) -> None:
    from harvesters.withdrawals import answer

    face = bench.ckan(52)
    bench.source(expect={"missing_runs": 1, "grace_days": 0})
    bench.run()
    before = {row.name: row.id for row in bench.platforms().values()}
    gone = {number: face.packages.pop(f"id-{number:04d}") for number in range(40)}
    bench.run()
    (issue,) = bench.issues("withdrawal_ceiling")
    with writing_session(bench.database) as session:
        assert len(answer(session, issue.id or 0, SYSTEM, do_withdraw=True)) == 40
    assert len(bench.names()) == 12 and len(bench.platforms(every=True)) == 52
    assert bench.run().state is RunState.complete
    face.packages |= {one["id"]: one for one in gone.values()}
    bench.run()
    after = bench.platforms()
    assert {row.name: row.id for row in after.values()} == before
    assert all(row.state is PlatformState.active for row in after.values())
    assert all(row.state is RecordState.listed for row in bench.records().values())


def _fork(work: Any) -> int:
    """Run in a child process that shares nothing but the files; its number."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            os._exit(code)
    return child


def _until(true: Any, seconds: float = 15.0) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it did not come to that"
        time.sleep(0.02)


def _memory() -> int:
    """Bytes this process has resident now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
