"""The index follows the registry, whatever stops on the way."""

from dataclasses import replace

import pytest
from sqlmodel import select

from registry.database import session_of, writing_session
from registry.editing import edit
from registry.models import OutboxEntry, Platform, Source
from registry.records import SYSTEM, PlatformDraft
from registry.register import register
from registry.vocab import Level, Status
from registry.withdraw import withdraw
from search.document import documents
from search.engine import Plan, Term
from search.engines.embedded import EmbeddedEngine
from search.engines.null import NullEngine
from search.indexer import Indexer
from tests.search.engine_support import analyser


@pytest.fixture(params=["embedded", "null"])
def engine(request, tmp_path):
    made = EmbeddedEngine(tmp_path / "index") if request.param == "embedded" else NullEngine()
    yield made
    made.close()


@pytest.fixture
def indexer(database, engine, monkeypatch):
    """An indexer whose analyser is the session's: loading Kiwi once is enough."""
    made = Indexer(database, engine)
    made._analyser = analyser()
    return made


@pytest.fixture
def add(database):
    """Registers a platform by name and gives its id."""
    with writing_session(database) as session:
        session.add(Source(id="test", title="test", harvester="sheet", outside=False))

    def registered(name, **facts):
        draft = PlatformDraft(name=name, owner_level=Level.national, owner_name="행정안전부", status=Status.running)
        with writing_session(database) as session:
            source = session.get(Source, "test")
            return register(session, replace(draft, **facts), source=source, actor=SYSTEM).platform_id

    return registered


def waiting(database):
    with session_of(database) as session:
        return len(session.exec(select(OutboxEntry)).all())


def found(engine, name):
    return [one.id for one in engine.search(Plan(Term("whole", name))).found]


def test_what_is_registered_changed_and_withdrawn_is_followed(database, engine, indexer, add):
    id_ = add("별누리장터")
    assert indexer.follow() == 1
    assert found(engine, "별누리장터") == [id_]
    with writing_session(database) as session:
        edit(session, id_, {"name": "달누리장터"}, actor=SYSTEM, source=session.get(Source, "test"))
    indexer.follow()
    assert (found(engine, "별누리장터"), found(engine, "달누리장터")) == ([], [id_])
    with writing_session(database) as session:
        withdraw(session, id_, SYSTEM, "test")
    indexer.follow()
    assert found(engine, "달누리장터") == []
    assert waiting(database) == 0
    assert not indexer.verify()


def test_rows_wait_while_the_engine_fails_and_nothing_is_lost(database, engine, indexer, add, monkeypatch):
    id_ = add("별누리장터")

    def refuse(*_):
        raise OSError("disk full")

    with monkeypatch.context() as broken, pytest.raises(OSError, match="disk full"):
        broken.setattr(engine, "write", refuse)
        indexer.follow()
    assert waiting(database) == 1
    indexer.follow()
    assert found(engine, "별누리장터") == [id_]


def test_a_crash_after_the_engine_committed_repeats_and_doubles_nothing(database, engine, indexer, add, monkeypatch):
    add("별누리장터")

    def crash(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):
        broken.setattr("search.indexer.writing_session", crash)
        indexer.follow()
    assert waiting(database) == 1
    indexer.follow()
    assert engine.count() == 1
    assert waiting(database) == 0


def test_verify_names_what_is_missing_stale_and_surplus_and_the_next_start_mends_it(database, engine, indexer, add):
    kept, changed, gone = add("가온장터"), add("나래장터"), add("다온장터")
    indexer.bring_up_to_date()
    with session_of(database) as session:
        entries = {entry.id: entry for entry in indexer._entries(session, [kept, changed, gone])}
    engine.write([replace(entries[kept], id="P-surplus", codes={**entries[kept].codes, "id": ("P-surplus",)})], [])
    engine.write([], [(gone, 99)])
    with writing_session(database) as session:
        session.get(Platform, changed).version += 1
    difference = indexer.verify()
    assert (difference.missing, difference.stale, difference.surplus) == ((gone,), (changed,), ("P-surplus",))
    assert difference
    indexer.bring_up_to_date()
    assert not indexer.verify()
    assert engine.count() == 3


def test_rebuild_takes_the_waiting_rows_with_it_and_says_how_far_it_is(database, engine, indexer, add):
    for name in ("가온장터", "나래장터", "다온장터"):
        add(name)
    told = []
    assert indexer.rebuild(lambda done, total: told.append((done, total))) == 3
    assert told[-1] == (3, 3)
    assert waiting(database) == 0
    assert not indexer.verify()


def test_an_index_of_another_format_is_built_anew(database, tmp_path, add):
    engine = EmbeddedEngine(tmp_path / "index")
    indexer = Indexer(database, engine)
    indexer._analyser = analyser()
    add("가온장터")
    indexer.bring_up_to_date()
    for file in (tmp_path / "index").glob("*/FORMAT"):
        file.write_text("0/older", encoding="utf-8")
    engine.close()
    engine = EmbeddedEngine(tmp_path / "index")
    indexer = Indexer(database, engine)
    indexer._analyser = analyser()
    add("나래장터")
    assert not engine.health().ok
    assert indexer.follow() == 2
    assert engine.count() == 2
    assert engine.health().ok


def test_a_successor_is_written_again_when_its_predecessor_changes_its_name(database, engine, indexer, add):
    old = add("옛장터", status=Status.closed)
    new = add("새장터")
    with writing_session(database) as session:
        source = session.get(Source, "test")
        edit(session, old, {"successor": new}, actor=SYSTEM, source=source)
    indexer.follow()
    with session_of(database) as session:
        if session.get(Platform, old).successor_id != new:
            pytest.fail("the registry did not take the successor")
    assert [one.id for one in engine.search(Plan(Term("alias_whole", "옛장터"))).found] == [new]


def test_documents_carry_owner_path_area_and_predecessors(bundled_database):
    with session_of(bundled_database) as session:
        by_name = {one.name: one for one in documents(session)}
    forest = by_name["참여의 큰숲"]
    assert forest.owner == "서울특별시 은평구"
    assert len(forest.owner_path) == 2
    assert forest.served == forest.owner_path[:1]
    assert "대구행복페이" in by_name["대구로페이"].predecessors
    assert by_name["복지로"].nationwide
    assert not forest.nationwide
