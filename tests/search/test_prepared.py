"""A finder that runs notices when zones and governments change, whoever changed them."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from registry.catalogue import load_bundle
from registry.database import writing_session
from registry.models import Government
from registry.zones import save_zones
from search.engines.embedded import EmbeddedEngine
from search.finder import Finder
from search.indexer import Indexer
from search.query import SearchQuery


@pytest.fixture
def finder(database, tmp_path, monkeypatch):
    """A finder over the governments alone that looks at every question."""
    monkeypatch.setattr("search.prepared.LOOK_SECONDS", 0.0)
    engine = EmbeddedEngine(tmp_path / "index")
    indexer = Indexer(database, engine)
    indexer.rebuild()
    yield Finder(database, engine, zone_set="office")
    indexer.close()
    engine.close()


def test_what_has_not_changed_is_not_read_again(finder):
    assert finder.places is finder.places


def test_zones_saved_elsewhere_count_from_the_next_look(finder, database):
    suwon, yongin = (finder.places.resolve(name) for name in ("수원시", "용인시"))
    assert "office-south" not in finder.places.zones
    told = {
        "title": "남부",
        "kind": "operator",
        "made_from": "test",
        "zones": [{"id": "south", "name": "남부권", "members": [suwon.code, yongin.code]}],
    }
    save_zones(database, "office", told)
    assert finder.places.zone_members("office-south") == {suwon.id, yongin.id}
    # The zone filter, which is refused for a zone that nobody knows, is one that the finder now takes.
    assert finder.search(SearchQuery(zone_id="office-south")).total == 0
    told["zones"][0]["members"] = [suwon.code]
    save_zones(database, "office", told)
    assert finder.places.zone_members("office-south") == {suwon.id}


def test_a_government_that_ended_is_no_longer_read_out_of_a_query(finder, database):
    assert finder.search(SearchQuery("수원시 도서관")).area_id == finder.places.resolve("수원시").id
    with writing_session(database) as session:
        present = select(Government).where(Government.name == "수원시", col(Government.valid_to).is_(None))
        row = session.exec(present).one()
        row.name, row.full_name, row.valid_from = "새수원시", "경기도 새수원시", date(2026, 11, 1)
        session.add(row)
    assert finder.search(SearchQuery("새수원시 도서관")).area_id == finder.places.resolve("새수원시").id


def test_between_two_looks_nothing_is_asked(finder, database, monkeypatch):
    known = finder.places
    monkeypatch.setattr("search.prepared.LOOK_SECONDS", 3600.0)
    save_zones(database, "office", {"title": "빈", "kind": "operator", "made_from": "test", "zones": []})
    assert finder.places is known
    monkeypatch.setattr("search.prepared.LOOK_SECONDS", 0.0)
    assert finder.places is not known


def test_a_registry_that_cannot_be_asked_does_not_stop_answers(finder, database):
    known = finder.places
    with database.begin() as connection:
        connection.execute(text("ALTER TABLE zone_member RENAME TO away"))
    assert finder.places is known
    assert finder.search(SearchQuery("수원시 도서관")).area_id == known.resolve("수원시").id
    with database.begin() as connection:
        connection.execute(text("ALTER TABLE away RENAME TO zone_member"))
    assert finder.places is known


def test_an_answer_given_before_is_found_anew_once_a_platform_changes(database, finder, monkeypatch):
    # However slow the machine, the words of a changed index are taken in at once.
    monkeypatch.setattr("search.known.MOMENT", 1e9)
    query = SearchQuery("따릉이")
    assert finder.search(query).total == 0
    load_bundle(database)
    indexer = Indexer(database, finder._engine)
    indexer.rebuild()
    # The first question takes the words of names in, and what was found meanwhile is not kept.
    assert finder.search(query).total > 0
    first = finder.search(query)
    again = finder.search(query)
    assert again.hits is first.hits and again.took_ms < first.took_ms
    indexer.close()
