"""The cluster engine where clusters differ from one process: lost nodes, several shards, a door with a key, a busy server."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from elasticsearch import Elasticsearch

from config.settings import Settings
from registry.errors import EngineUnavailable, InvalidValue
from search.engine import AtLeast, Boosted, Codes, Everything, Phrase, Plan, Term, open_engine
from search.engines import elastic_bulk
from search.engines.elastic_lifecycle import Indices
from search.fields import FORMAT
from tests.components.elasticsearch.server import Cluster, why_not
from tests.components.tls_front import Front
from tests.search.engine_support import cluster_engine, embedded_engine, ids, made, platform

pytestmark = [pytest.mark.elasticsearch, pytest.mark.slow]

KEY = "bWV0YXBsYXRmb3JtOnRlc3Q="


@pytest.fixture(scope="module")
def three_nodes() -> Iterator[Cluster]:
    if reason := why_not():
        pytest.skip(reason)
    with Cluster(nodes=3, heap="400m") as cluster:
        yield cluster


def many(count: int, version: int = 1) -> list:
    words = ("통합예약", "도서관", "버스정보", "배달특급", "주차장")
    return made(
        *[platform(f"p{n:04d}", f"{words[n % 5]} {n}호", version=version, users=float(n % 7)) for n in range(count)]
    )


PLANS = [
    Plan(AtLeast((Boosted(Term("name", "예약"), 4.0), Term("name", "도서관"))), limit=50),
    Plan(Phrase("bi", ("배달", "달특")), facets=("type", "status"), limit=50),
    Plan(Everything(), sort="users", limit=50),
    Plan(Everything(), filters={"type": ("information",)}, facets=("type", "owner"), offset=20, limit=50),
    Plan(Codes("status", ("running",)), weight_by="users", limit=50),
]


def test_three_shards_answer_as_one_process_does(three_nodes, tmp_path):
    # A word's weight is the same whatever shard a document lies in, or the order would be a matter of chance.
    entries = many(700)
    with (
        embedded_engine(tmp_path) as single,
        cluster_engine(three_nodes.urls, elasticsearch_shards=3, elasticsearch_replicas=1) as cluster,
    ):
        single.rebuild(entries)
        cluster.rebuild(entries)
        for plan in PLANS:
            one, many_ = single.search(plan), cluster.search(plan)
            assert (one.total, one.facets) == (many_.total, many_.facets)
            assert [hit.id for hit in one.found] == [hit.id for hit in many_.found]
            if not plan.sort:
                assert [hit.score for hit in one.found] == pytest.approx([hit.score for hit in many_.found], rel=1e-3)
        assert dict(cluster.versions()) == dict(single.versions())
        assert dict(cluster.vocabulary("name")) == dict(single.vocabulary("name"))
        health = cluster.health()
        assert (health.ok, health.facts["nodes"], health.facts["status"]) == (True, 3, "green")
        assert (health.facts["shards"], health.facts["replicas"]) == (3, 1)


def test_a_killed_node_costs_no_result_and_no_write(three_nodes):
    with cluster_engine(three_nodes.urls, elasticsearch_shards=3, elasticsearch_replicas=1) as engine:
        engine.rebuild(many(300))
        before = [engine.search(plan) for plan in PLANS]
        written: list[int] = []
        answers: list[list[str]] = []
        problems: list[BaseException] = []
        stop = threading.Event()

        def write() -> None:
            number = 300
            while not stop.is_set():
                new = platform(f"p{number:04d}", f"새 플랫폼 {number}호")
                try:
                    engine.write(made(new), [])
                except EngineUnavailable:
                    continue  # the outbox would bring it again, so this does too
                written.append(number)
                number += 1

        def read() -> None:
            while not stop.is_set():
                try:
                    answers.append(ids(engine, PLANS[1]))
                except BaseException as problem:
                    problems.append(problem)

        threads = [threading.Thread(target=write), threading.Thread(target=read)]
        for thread in threads:
            thread.start()
        try:
            _until(lambda: len(written) > 5)
            three_nodes.kill(1)
            after_kill = len(written)
            _until(lambda: len(written) > after_kill + 20)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        assert problems == []
        assert {tuple(answer) for answer in answers} == {tuple(hit.id for hit in before[1].found)}
        stored = dict(engine.versions())
        assert sorted(stored) == [f"p{n:04d}" for n in range(300 + len(written))]
        assert [hit.id for hit in engine.search(PLANS[1]).found] == [hit.id for hit in before[1].found]
        health = engine.health()
        assert health.ok
        assert health.facts["nodes"] == 2
        three_nodes.revive(1)
        assert engine.health().facts["nodes"] == 3


def _until(done, seconds: float = 60) -> None:
    waited = threading.Event()
    for _ in range(int(seconds * 20)):
        if done():
            return
        waited.wait(0.05)
    raise AssertionError(f"not within {seconds} s")


def test_the_api_key_and_the_certificate_are_used_and_asked_for(elasticsearch_url, tmp_path):
    with Front(elasticsearch_url, api_key=KEY, folder=tmp_path) as front:
        with cluster_engine([front.url], elasticsearch_api_key=KEY, elasticsearch_ca=str(front.ca)) as engine:
            engine.rebuild(many(20))
            engine.write(many(5, version=2), [("p0019", 1)])
            assert engine.count() == 19
            assert engine.health().ok
        assert front.refused == 0
        for settings, cause in (
            ({"elasticsearch_ca": str(front.ca)}, "API key"),
            ({"elasticsearch_ca": str(front.ca), "elasticsearch_api_key": "bm86cGU="}, "API key"),
            ({"elasticsearch_api_key": KEY}, "CERTIFICATE_VERIFY_FAILED"),
        ):
            engine = open_engine(Settings(elasticsearch_url=front.url, **settings))
            with pytest.raises(EngineUnavailable, match=cause) as problem:
                engine.search(Plan(Everything()))
            assert problem.value.remedy("ko")
            health = engine.health()
            assert not health.ok
            assert cause in health.en
            engine.close()
        assert front.refused > 0


def test_a_busy_server_is_given_less_at_a_time_and_nothing_is_lost():
    if reason := why_not():
        pytest.skip(reason)
    asked_for_less: list[int] = []

    class Watched(elastic_bulk.Pace):
        def slow_down(self, attempt: int) -> None:
            super().slow_down(attempt)
            asked_for_less.append(self.bytes)

    # So little memory for writing that a request of ordinary size is refused with 429, as by a real busy node.
    with (
        Cluster(settings={"indexing_pressure.memory.limit": "200kb"}) as cluster,
        cluster_engine([cluster.url]) as engine,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(elastic_bulk, "Pace", Watched)
        assert engine.rebuild(many(200)) == 200
        assert engine.count() == 200
        assert asked_for_less, "the server was never too busy: the test shows nothing"
        assert min(asked_for_less) < elastic_bulk.LARGEST_BYTES / 4


def test_one_refused_document_is_named_and_the_others_are_stored(elasticsearch_url):
    with cluster_engine([elasticsearch_url]) as engine:
        good, bad = made(platform("good", "좋은 것"), platform("bad", "나쁜 것"))
        bad.numbers["no such field"] = 1.0
        with pytest.raises(InvalidValue, match="bad: 400") as problem:
            engine.write([bad, good], [])
        assert problem.value.remedy("ko")
        assert dict(engine.versions()) == {"good": 1}


def test_a_wrong_address_is_one_error_with_a_remedy():
    engine = open_engine(Settings(elasticsearch_url="http://127.0.0.1:9"))
    with pytest.raises(EngineUnavailable, match="cannot be reached"):
        engine.count()
    assert not engine.health().ok
    engine.close()


def test_leftovers_of_killed_builds_are_swept_and_nothing_else(elasticsearch_url):
    with cluster_engine([elasticsearch_url]) as engine:
        engine.rebuild(many(3))
        client: Elasticsearch = engine.client
        alias = engine.alias
        neighbour = Indices(client, f"{alias}-other", 1, 0)
        neighbour.swap(neighbour.create())
        old = f"{datetime.now(UTC) - timedelta(days=2):%Y%m%d-%H%M%S}"
        # An index's own date cannot be set back, so the sweep's patience is shortened instead.
        left, fresh = f"{alias}-{old}-abcd", f"{alias}-notours"
        for name in (left, fresh):
            client.indices.create(index=name)
        with pytest.MonkeyPatch.context() as patch:
            engine.rebuild(many(4))
            assert client.indices.exists(index=left)
            patch.setattr("search.engines.elastic_lifecycle.ABANDONED", timedelta(seconds=-5))
            engine.rebuild(many(5))
        assert not client.indices.exists(index=left)
        assert client.indices.exists(index=fresh)
        assert len(neighbour.standing()) == 1
        assert (engine.count(), engine.format()) == (5, FORMAT)


def test_an_index_is_explicit_and_versioned(elasticsearch_url):
    with cluster_engine([elasticsearch_url]) as engine:
        engine.rebuild(many(2))
        (name,) = engine.client.indices.get_alias(name=engine.alias).body
        assert name.startswith(f"{engine.alias}-20")
        about = engine.client.indices.get(index=name).body[name]
        assert about["mappings"]["dynamic"] == "strict"
        assert about["mappings"]["_meta"]["format"] == FORMAT
        assert about["mappings"]["properties"]["text"]["properties"]["bi"]["analyzer"] == "whitespace"
