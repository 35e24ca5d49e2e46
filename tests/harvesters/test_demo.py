"""The demonstration: every kind of harvester runs on loopback, and the second day shows what harvesting notices."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from config.settings import Settings
from harvesters.catalogue import harvesters
from harvesters.demo.server import LOST, STOLEN, DemoServer
from harvesters.demo.services import services_on
from harvesters.demo.sources import demo_sources, save_demo_sources
from harvesters.ledger import RunReport
from harvesters.runner import run_source
from registry.models import Platform, RunItem, Source
from registry.records import SYSTEM
from registry.vocab import Liveness, PlatformState, RunState


@pytest.fixture
def demo() -> Iterator[DemoServer]:
    with DemoServer() as demo:
        yield demo


def harvest_all(database: Engine, home: Path, demo: DemoServer) -> dict[str, RunReport]:
    settings = Settings(home=home, contact="demo@localhost", allow_private_addresses=True, host_delay=0.0)
    return {
        name: run_source(database, settings, name, actor=SYSTEM) for name in save_demo_sources(database, demo.base_url)
    }


def test_every_kind_of_harvester_has_a_source(demo: DemoServer) -> None:
    assert {one["harvester"] for one in demo_sources(demo.base_url)} == set(harvesters())


def test_two_days(database: Engine, tmp_path: Path, demo: DemoServer) -> None:
    first = harvest_all(database, tmp_path, demo)
    assert {name: report.state for name, report in first.items()} == dict.fromkeys(first, RunState.complete), {
        name: report.sentence() for name, report in first.items()
    }
    for name, least in (
        ("demo_jangsu_home", 10),
        ("demo_suwon_ckan", 9),
        ("demo_gangwon_api", 7),
        ("demo_sejong_json", 3),
    ):
        assert first[name].counts["added"] >= least, first[name].sentence()
    with Session(database) as session:
        names = {one.name: one for one in session.exec(select(Platform))}
        assert {
            "장수 데모몰",
            "군수에게 바란다",
            "강원 데모 도민청원",
            "e경남 데모몰",
            "경주 데모페이",
            "마포구 데모 열린데이터광장",
        } <= set(names)
        assert names["군수에게 바란다"].parent_id == names["장수군 대표 누리집"].id
        assert names["진안 데모 고원몰"].owner_name == "전북특별자치도 진안군"
        assert [one["kind"] for one in names["장수 데모 알리미"].channels] == ["android", "ios"]
        assert names["강원 데모 관광포털"].liveness is Liveness.alive
        assert "전북특별자치도청" not in names
        assert "장수경찰서" not in names

    again = harvest_all(database, tmp_path, demo)
    for name, report in again.items():
        assert not (report.counts.get("added") or report.counts.get("withdrawn")), (name, report.sentence())

    demo.advance()
    second = harvest_all(database, tmp_path, demo)
    for name in (
        "demo_jangsu_home",
        "demo_suwon_ckan",
        "demo_gangwon_api",
        "demo_gyeongnam_sheet",
        "demo_gyeongju_rdf",
    ):
        report = second[name]
        assert report.counts.get("added") == 1, (name, report.sentence())
        assert report.counts.get("withdrawn") == 1, (name, report.sentence())
    assert first["demo_probe"].counts.keys() == {"read", "alive"}
    assert (second["demo_probe"].counts["taken_over"], second["demo_probe"].counts["doubtful"]) == (1, 1)
    with Session(database) as session:
        names = {one.name: one for one in session.exec(select(Platform))}
        assert names["강원 데모 더몰"].former_names == ["강원 데모 농특산물 장터"]
        assert names["수원 데모 대형폐기물 배출"].state is PlatformState.withdrawn
        withdrawn = session.exec(select(RunItem).where(RunItem.action == "withdrawn")).all()
        assert len(withdrawn) == 5


def test_the_second_day_s_mishaps_are_seen_by_the_probe(database: Engine, tmp_path: Path, demo: DemoServer) -> None:
    demo.advance()
    harvest_all(database, tmp_path, demo)
    with Session(database) as session:
        by_url = {one.url.rstrip("/").rpartition("/")[2]: one for one in session.exec(select(Platform))}
        assert by_url[STOLEN].liveness is Liveness.taken_over
        assert by_url[LOST].liveness is Liveness.doubtful


def test_nothing_of_it_leaves_the_machine(database: Engine, demo: DemoServer) -> None:
    save_demo_sources(database, demo.base_url)
    with Session(database) as session:
        sources = session.exec(select(Source)).all()
        assert {one.host for one in sources if one.harvester != "probe"} == {"127.0.0.1"}
        assert next(one for one in sources if one.harvester == "probe").options["hosts"] == ["127.0.0.1"]
        assert all(one.enabled and not one.outside for one in sources)


def test_every_service_says_that_it_is_a_demonstration() -> None:
    for place in ("ckan", "api", "sheet", "rdf", "json"):
        for day in (1, 2):
            assert all("데모" in one.name for one in services_on(day, place))


def test_the_overview_page_turns_the_day(demo: DemoServer) -> None:
    import httpx2

    with httpx2.Client(base_url=demo.base_url, follow_redirects=True) as client:
        assert "1일째" in client.get("/").text
        assert "2일째" in client.post("/tomorrow").text
        assert client.get("/nothing").status_code == 404
        marked = client.get("/data.json")
        assert client.get("/data.json", headers={"if-none-match": marked.headers["etag"]}).status_code == 304
