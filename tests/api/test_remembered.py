"""A remembered answer is sent only while nothing that it rests on has changed, and to whoever may have it so."""

import gzip
import shutil

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from api.app import create_app
from api.remembered import Remembered
from api.startup import open_installation
from config.settings import Settings
from registry.database import open_database, writing_session
from registry.models import Government
from registry.zones import save_zones
from search.document import PlatformDocument
from search.engine import IndexEntry
from search.fields import entries
from search.finder import Finder
from search.indexer import Indexer
from search.needs import vocabulary
from search.text import Analyser

SEARCH = "/api/v1/search"
# One for all tests here: it loads its words at the first name.
ANALYSER = Analyser()


@pytest.fixture(params=[0.0, 1000.0], ids=["asks the registry", "has all at hand"])
def server(request, placed_template, tmp_path, monkeypatch):
    """A running application over an empty index and its installation; and how often its finder was asked."""
    monkeypatch.setattr("search.prepared.LOOK_SECONDS", request.param)
    # However busy the machine is, the words of so small an index are taken in at once.
    monkeypatch.setattr("search.known.MOMENT", float("inf"))
    asked = []
    find, suggest = Finder.search, Finder.suggest
    monkeypatch.setattr(Finder, "search", lambda self, query: asked.append(query.text) or find(self, query))
    monkeypatch.setattr(Finder, "suggest", lambda self, text, *rest: asked.append(text) or suggest(self, text, *rest))
    shutil.copy(placed_template, tmp_path / "registry.sqlite")
    installation = open_installation(Settings(home=tmp_path, program_requests_per_minute=0), migrated=False)
    indexer = Indexer(installation.database, installation.engine)
    indexer.rebuild()
    indexer.close()
    with TestClient(create_app(installation=installation)) as client:
        # The first question takes the words of the index in.
        client.get(SEARCH, params={"q": "아무것도아님"})
        asked.clear()
        yield client, installation, asked
    installation.close()


def entry(name: str, version: int = 1) -> IndexEntry:
    """A platform of that name as the index holds it."""
    document = PlatformDocument(id="p1", version=version, name=name, url="https://solar.example.kr", status="running")
    return next(iter(entries([document], ANALYSER, vocabulary())))


def names(client: TestClient, text: str) -> list[str]:
    """The names that are found."""
    return [hit["name"] for hit in client.get(SEARCH, params={"q": text}).json()["hits"]]


def test_the_same_question_is_answered_once_and_need_not_be_sent_twice(server):
    client, installation, asked = server
    installation.engine.write([entry("솔라온누리터")], [])
    names(client, "솔라온누리터")
    asked.clear()
    first = client.get(SEARCH, params={"q": "솔라온누리터"})
    again = client.get(SEARCH, params={"q": "솔라온누리터"})
    assert first.json()["total"] == 1 and again.content == first.content and len(asked) == 1
    assert again.headers["x-content-type-options"] == "nosniff" and again.headers["etag"] == first.headers["etag"]
    known = client.get(SEARCH, params={"q": "솔라온누리터"}, headers={"If-None-Match": first.headers["etag"]})
    assert known.status_code == 304 and known.content == b"" and known.headers["etag"] == first.headers["etag"]
    assert client.get("/api/v1/suggest", params={"q": "솔라"}).content == client.get("/api/v1/suggest?q=솔라").content
    assert len(asked) == 2


def test_every_address_has_its_own_answer(server):
    client, _, asked = server
    for _ in range(2):
        for more in (
            {},
            {"area": "수원시"},
            {"area": "은평구"},
            {"limit": 5},
            {"status": "running"},
            {"explain": "true"},
        ):
            assert client.get(SEARCH, params={"q": "도서관", **more}).status_code == 200
    assert len(asked) == 6


def test_who_takes_no_packed_answer_is_sent_none(server):
    client, installation, _ = server
    installation.engine.write([entry("솔라온누리터" + " 아주 긴 이름" * 30)], [])
    names(client, "솔라온누리터")
    for _ in range(2):
        for accepted, packed in (("gzip", "gzip"), ("identity", None)):
            with client.stream(
                "GET", SEARCH, params={"q": "솔라온누리터"}, headers={"Accept-Encoding": accepted}
            ) as got:
                body = b"".join(got.iter_raw())
            assert got.headers.get("content-encoding") == packed and int(got.headers["content-length"]) == len(body)
            assert "솔라온누리터" in (gzip.decompress(body) if packed else body).decode()


def test_a_changed_record_is_never_answered_from_memory(server):
    client, installation, _ = server
    assert names(client, "솔라온누리터") == names(client, "솔라온누리터") == []
    installation.engine.write([entry("솔라온누리터")], [])
    assert names(client, "솔라온누리터") == ["솔라온누리터"]
    installation.engine.write([entry("솔라온누리터 둘째", 2)], [])
    assert names(client, "솔라온누리터") == ["솔라온누리터 둘째"]
    installation.engine.write([], [("p1", 3)])
    assert names(client, "솔라온누리터") == []


def test_an_answer_read_with_old_words_is_forgotten_with_them(server, monkeypatch):
    client, installation, asked = server
    known = client.app.state.parts.finder._preparing.now().reader._known
    installation.engine.write([entry("솔라온누리터")], [])
    # A large index's words are taken in later than its records.
    monkeypatch.setattr(known, "_not_before", float("inf"))
    names(client, "솔라온누리터")
    names(client, "솔라온누리터")
    assert len(asked) == 1
    monkeypatch.setattr(known, "_not_before", 0.0)
    known.refresh()
    names(client, "솔라온누리터")
    assert len(asked) == 2


@pytest.mark.parametrize("server", [0.0], indirect=True)
def test_a_changed_government_or_zone_is_never_answered_from_memory(server):
    client, installation, asked = server
    other = open_database(installation.settings.sqlalchemy_url)
    for _ in range(2):
        assert client.get(SEARCH, params={"q": "도서관", "area": "수원시"}).status_code == 200
    zones = [{"id": "south", "name": "남부권", "members": ["수원시", "용인시"]}]
    save_zones(other, "office", {"title": "남부", "kind": "operator", "made_from": "test", "zones": zones})
    client.get(SEARCH, params={"q": "도서관", "area": "수원시"})
    assert len(asked) == 2
    with writing_session(other) as session:
        place = session.exec(select(Government).where(Government.full_name == "경기도 수원시")).one()
        place.name, place.full_name = "새수원시", "경기도 새수원시"
        session.add(place)
    other.dispose()
    assert client.get(SEARCH, params={"q": "도서관", "area": "새수원시"}).status_code == 200
    # The old name means no place any more, though it was just answered for.
    assert client.get(SEARCH, params={"q": "도서관", "area": "수원시"}).status_code == 422


@pytest.mark.parametrize("server", [0.0], indirect=True)
def test_an_error_is_not_remembered(server):
    client, installation, _ = server
    assert client.get(SEARCH, params={"zone": "office-south"}).status_code == 404
    other = open_database(installation.settings.sqlalchemy_url)
    zones = [{"id": "south", "name": "남부권", "members": ["수원시", "용인시"]}]
    save_zones(other, "office", {"title": "남부", "kind": "operator", "made_from": "test", "zones": zones})
    other.dispose()
    assert client.get(SEARCH, params={"zone": "office-south"}).status_code == 200


def test_remembered_answers_count_towards_the_limit(placed_template, tmp_path):
    shutil.copy(placed_template, tmp_path / "registry.sqlite")
    installation = open_installation(Settings(home=tmp_path, program_requests_per_minute=4), migrated=False)
    with TestClient(create_app(installation=installation)) as client:
        codes = [client.get(SEARCH, params={"q": "도서관"}).status_code for _ in range(6)]
    assert codes == [200, 200, 200, 200, 429, 429]
    installation.close()


def test_no_more_is_kept_than_may_be(server):
    client, _, asked = server
    memory = client.app.middleware_stack
    while not isinstance(memory, Remembered):
        memory = memory.app
    memory.most_bytes = 5_000
    for _ in range(2):
        for number in range(8):
            client.get(SEARCH, params={"q": f"도서관 {number}"})
        client.get(SEARCH, params={"q": "도서관 7"})
    assert len(asked) == 16 and 0 < memory._bytes <= 5_000


@pytest.mark.parametrize("server", [1000.0], indirect=True)
def test_a_remembered_answer_waits_for_no_thread(server, monkeypatch):
    client, installation, asked = server
    names(client, "도서관")

    async def never(*_: object) -> None:
        raise AssertionError("a thread was asked")

    monkeypatch.setattr("api.remembered.run_in_threadpool", never)
    names(client, "도서관")
    assert len(asked) == 1
    installation.engine.write([entry("솔라온누리터")], [])
    monkeypatch.undo()
    assert names(client, "솔라온누리터") == ["솔라온누리터"]
