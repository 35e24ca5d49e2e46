"""The dictionary of the moment follows a changing index without holding questions up."""

import threading

import pytest
from sqlmodel import Session

from registry.governments import Places
from search.engine import IndexEntry
from search.engines.null import NullEngine
from search.fields import CODE_FIELDS, NUMBER_FIELDS, TEXT_FIELDS
from search.known import Known
from search.needs import vocabulary


def entry(name: str) -> IndexEntry:
    text = dict.fromkeys(TEXT_FIELDS, "") | {"name": name}
    return IndexEntry(name, 1, text, dict.fromkeys(CODE_FIELDS, ()), dict.fromkeys(NUMBER_FIELDS, 0.0), {})


class Slow(NullEngine):
    """An engine whose vocabulary comes when it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.let_go = threading.Event(), threading.Event()
        self.let_go.set()

    def vocabulary(self, field):
        self.asked.set()
        assert self.let_go.wait(10)
        return super().vocabulary(field)


@pytest.fixture
def engine():
    return Slow()


@pytest.fixture
def known(engine, database):
    with Session(database) as session:
        found = Known(engine, Places.load(session), vocabulary())
    found.refresh()
    return found


def test_a_small_index_is_taken_in_at_once(engine, known):
    engine.write([entry("가온누리")], [])
    known.refresh()
    assert known.index_words == {"가온누리": 1}
    assert known.nearest("가온눌이", part=False) == "가온누리"


def test_only_the_first_question_waits_for_the_words(engine, known):
    engine.write([entry("가온누리")], [])
    engine.asked.clear()
    engine.let_go.clear()
    first = threading.Thread(target=known.refresh)
    first.start()
    assert engine.asked.wait(10)
    # The one beside it would wait here for ever.
    known.refresh()
    assert known.index_words == {}
    engine.let_go.set()
    first.join(10)
    assert known.index_words == {"가온누리": 1}


def test_words_that_take_long_are_not_taken_in_at_every_change(engine, known, monkeypatch):
    monkeypatch.setattr("search.known.MOMENT", 0.0)
    monkeypatch.setattr("search.known.SHARE", 1e-9)
    engine.write([entry("가온누리")], [])
    known.refresh()
    engine.write([entry("다온나루")], [])
    known.refresh()
    assert known.index_words == {"가온누리": 1}
    monkeypatch.setattr(known, "_not_before", 0.0)
    known.refresh()
    assert known.index_words == {"가온누리": 1, "다온나루": 1}
