"""A real CKAN, harvested while it changes and while its Solr is away: in the end the registry equals CKAN's database."""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from ckanapi import RemoteCKAN
from sqlmodel import select

from harvesters.http import PoliteClient
from harvesters.ledger import RunReport
from harvesters.runner import run_source
from registry.database import session_of
from registry.models import Platform, Record
from registry.records import SYSTEM
from registry.vocab import PlatformState, RecordState, RunState
from tests.components.ckan.server import Ckan
from tests.harvesters.conftest import Bench

pytestmark = [pytest.mark.ckan, pytest.mark.slow, pytest.mark.timeout(600)]

FILL = Path(__file__).parents[1] / "components/ckan/fill.py"
COUNT = 1500
PLACES = [
    ("suwon", "경기도 수원시"),
    ("jongno", "서울특별시 종로구"),
    ("gunsan", "전북특별자치도 군산시"),
    ("busan", "부산광역시"),
]
SERVICES = [
    "통합예약",
    "도서관",
    "버스정보",
    "주차안내",
    "평생학습",
    "일자리",
    "자원봉사",
    "청년정책",
    "배달앱",
    "관광안내",
]
EXPECT = {"missing_runs": 1, "grace_days": 0, "withdraw_max_share": 0.2, "withdraw_max_count": 200}


def dataset(number: int, **changes: Any) -> dict[str, Any]:
    """One municipal service as a dataset."""
    place, title = PLACES[number % len(PLACES)]
    return {
        "name": f"service-{number:05d}",
        "title": f"{SERVICES[number % len(SERVICES)]} {number}호",
        "notes": f"{title} 주민을 위한 {SERVICES[number % len(SERVICES)]} 서비스입니다.",
        "url": f"https://service{number}.example.kr/",
        "owner_org": place,
        "tags": [{"name": "서비스"}],
        **changes,
    }


@pytest.fixture(scope="module")
def filled(ckan: Ckan) -> Ckan:
    """A CKAN with 1,500 municipal services of four governments."""
    lines = [json.dumps(dataset(n, owner_title=PLACES[n % len(PLACES)][1])) for n in range(COUNT)]
    file = ckan.folder / "datasets.jsonl"
    file.write_text("\n".join(lines))
    ckan.run_script(FILL, str(file))
    return ckan


@dataclass
class Pair:
    """A CKAN, the registry that harvests it, and what each of them holds."""

    ckan: Ckan
    bench: Bench

    def harvest(self, progress: Any = None, **more: Any) -> RunReport:
        manners = replace(self.bench.manners, max_body_bytes=20_000_000, deadline=60.0, step_timeout=20.0)
        manners = replace(manners, time_budget=300.0, request_budget=2000, **more)
        with PoliteClient(manners, public_api=self.bench.load("s").public_api) as client:
            told = {"progress": progress} if progress else {}
            return run_source(self.bench.database, self.bench.settings, "s", actor=SYSTEM, client=client, **told)

    def in_ckan(self) -> dict[str, tuple[str, str]]:
        """Title and address by id of all that the public may see, from CKAN's own database."""
        query = "SELECT id, title, url FROM package WHERE state = 'active' AND NOT private AND type = 'dataset'"
        with psycopg.connect(self.ckan.database_url) as connection:
            return {row[0]: (row[1], row[2]) for row in connection.execute(query)}

    def in_registry(self) -> dict[str, tuple[str, str]]:
        """Name and address by id of all that is registered and active."""
        return {key: (row.name, row.url) for key, row in self.platforms().items()}

    def platforms(self, state: PlatformState = PlatformState.active) -> dict[str, Platform]:
        """Platforms in a state by the id of the dataset they come from."""
        query = select(Record, Platform).where(Record.source_id == "s", Record.platform_id == Platform.id)
        with session_of(self.bench.database) as session:
            return {record.remote_id: row for record, row in session.exec(query) if row.state is state}

    def records(self) -> Mapping[str, Record]:
        return self.bench.records("s")


@pytest.fixture
def pair(filled: Ckan, bench: Bench) -> Pair:
    options = {"take": "all", "site": False, "rows": 100}
    bench.source("s", url=filled.url, options=options, expect=EXPECT)
    return Pair(filled, bench)


def changes(ckan: Ckan) -> Iterator[None]:
    """Everything that happens to a catalogue, one thing at a time: made, changed, renamed, deleted, purged, replaced."""
    site = RemoteCKAN(ckan.url, apikey=ckan.token)
    call = site.call_action
    for number in range(40):
        call("package_create", dataset(COUNT + number))
        yield
        call("package_patch", {"id": f"service-{number:05d}", "title": f"새 이름의 통합예약 {number}호"})
        yield
        call("package_patch", {"id": f"service-{100 + number:05d}", "url": f"https://moved{number}.example.kr/"})
        yield
        if number % 2:
            call("package_patch", {"id": f"service-{200 + number:05d}", "name": f"renamed-{number:05d}"})
            yield
        call("package_delete", {"id": f"service-{300 + number:05d}"})
        yield
        if number % 4 == 0:
            call("dataset_purge", {"id": f"service-{400 + number:05d}"})
            yield
            # The name of a deleted dataset goes to a new one: another id, another platform.
            call("package_create", dataset(2000 + number, name=f"service-{300 + number:05d}"))
            yield
            call("package_patch", {"id": f"service-{500 + number:05d}", "private": True})
            yield


def test_the_registry_equals_ckans_database_after_a_turbulent_day(pair):
    first = pair.harvest()
    assert first.state is RunState.complete
    assert len(pair.in_registry()) == COUNT
    assert pair.in_registry() == pair.in_ckan()
    before = {key: row.id for key, row in pair.platforms().items()}

    done = threading.Event()
    problems: list[BaseException] = []

    def turbulence() -> None:
        try:
            for _ in changes(pair.ckan):
                pass
        except BaseException as problem:
            problems.append(problem)
        finally:
            done.set()

    thread = threading.Thread(target=turbulence)
    thread.start()
    during = []
    while not done.is_set():
        during.append(pair.harvest(host_delay=0.05))
    thread.join()
    assert problems == []
    assert len(during) >= 2, "nothing changed while a harvest ran"
    # What was not touched was never lost, not even for a moment's listing.
    untouched = {
        key for key, (name, _) in pair.in_ckan().items() if name.split(" ")[-1] in {f"{n}호" for n in range(600, COUNT)}
    }
    assert untouched <= pair.in_registry().keys()

    _solr_goes_away_in_the_middle(pair)

    last = pair.harvest()
    assert last.state is RunState.complete
    assert pair.in_registry() == pair.in_ckan()
    after = {key: row.id for key, row in pair.platforms().items()}
    assert {key: after[key] for key in before.keys() & after.keys()} == {
        key: before[key] for key in before.keys() & after.keys()
    }
    gone = before.keys() - after.keys()
    assert len(gone) == 60
    assert gone <= pair.platforms(PlatformState.withdrawn).keys()
    assert {pair.records()[key].state for key in gone} == {RecordState.withdrawn}
    again = pair.harvest()
    assert again.state is RunState.complete
    assert {"added", "changed", "withdrawn"}.isdisjoint(key for key, count in again.counts.items() if count)


def _solr_goes_away_in_the_middle(pair: Pair) -> None:
    pair.harvest()
    known = pair.in_registry()
    stopped = []

    def progress(_what: str, read: int, _total: int | None) -> None:
        if read >= 500 and not stopped:
            pair.ckan.stop_solr()
            stopped.append(read)

    report = pair.harvest(progress=progress)
    assert stopped
    assert report.state in (RunState.incomplete, RunState.failed)
    assert report.error
    assert pair.in_registry() == known
    without = pair.harvest()
    assert without.state is RunState.failed
    assert pair.in_registry() == known
    assert {issue.code for issue in pair.bench.issues()} & {"source_unreachable", "source_changed"}
    pair.ckan.start_solr()
    _until_searchable(pair.ckan)


def _until_searchable(ckan: Ckan) -> None:
    for _ in range(100):
        try:
            if RemoteCKAN(ckan.url).action.package_search(rows=0)["count"]:
                return
        except Exception:  # the site's connection to Solr recovers in its own time
            pass
        time.sleep(0.2)
    raise AssertionError("Solr did not come back")


def test_a_dataset_that_comes_back_is_the_platform_it_was(pair):
    pair.harvest()
    site = RemoteCKAN(pair.ckan.url, apikey=pair.ckan.token)
    key = site.action.package_show(id="service-01400")["id"]
    was = pair.platforms()[key].id
    site.action.package_delete(id=key)
    pair.harvest()
    assert pair.platforms(PlatformState.withdrawn)[key].id == was
    site.action.package_patch(id=key, state="active")
    pair.harvest()
    assert pair.platforms()[key].id == was
    assert pair.in_registry() == pair.in_ckan()
