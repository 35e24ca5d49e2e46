"""What every search engine promises (search/engine.py), tested on both by the same tests."""

import math
import threading
from collections.abc import Callable, Iterator

import pytest

from registry.changes import take
from registry.database import writing_session
from registry.errors import EngineUnavailable
from search.engine import (
    AtLeast,
    Best,
    Boosted,
    Clause,
    Codes,
    Constant,
    Everything,
    IndexEntry,
    Phrase,
    Plan,
    SearchEngine,
    Term,
)
from search.fields import FORMAT
from search.grams import bigrams, initial_bigrams, key_trigrams
from search.hangul import fold
from search.indexer import Indexer
from tests.search.engine_support import (
    Registry,
    analyser,
    cluster_engine,
    cut_off,
    embedded_engine,
    held_by_another,
    ids,
    made,
    platform,
)

ENGINES = ["embedded", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)]


@pytest.fixture(params=ENGINES)
def engine(request, tmp_path) -> Iterator[SearchEngine]:
    if request.param == "embedded":
        with embedded_engine(tmp_path) as opened:
            yield opened
    else:
        with cluster_engine([request.getfixturevalue("elasticsearch_url")]) as opened:
            yield opened


@pytest.fixture
def filled(engine: SearchEngine) -> SearchEngine:
    """Seven platforms with something to find in each."""
    engine.rebuild(
        made(
            platform("bus", "수원시 버스정보시스템", users=900.0),
            platform("delivery", "배달특급", aliases=("경기 배달앱",), type="brokerage", users=5000.0),
            platform("barrier-free", "무장애관광 안내", description="휠체어로 갈 수 있는 곳"),
            platform("disability", "장애인콜택시", type="brokerage", status="closed"),
            platform("plans", "수원만민광장", type="proposal"),
            platform("parking", "공영주차장 통합예약", channels=("web", "android")),
            platform("library", "수원시 도서관 통합예약", channels=("web",)),
        )
    )
    return engine


def phrase(field: str, grams: Callable[[str], list[str]], text: str) -> Clause:
    return Phrase(field, tuple(grams(fold(text))))


def test_before_anything_is_written_there_is_nothing_and_no_error(engine):
    plan = Plan(Everything(), facets=("type",))
    assert engine.search(plan).total == 0
    assert engine.search(plan).found == ()
    assert engine.evidence([Everything(), Term("name", "버스")]) == [0, 0]
    assert engine.get(["bus"]) == []
    assert list(engine.versions()) == []
    assert dict(engine.vocabulary("name")) == {}
    assert (engine.count(), engine.format()) == (0, "")


def test_a_two_syllable_word_inside_a_compound_is_found(filled):
    # Kiwi knows 버스정보시스템 as one word; a resident types one of its parts.
    assert ids(filled, Plan(phrase("bi", bigrams, "정보"))) == ["bus"]
    assert ids(filled, Plan(Term("name", "정보"))) == ["bus"]


def test_initials_are_found_anywhere_in_a_name(filled):
    assert ids(filled, Plan(phrase("cho", initial_bigrams, "배달특급"))) == ["delivery"]
    assert ids(filled, Plan(Phrase("cho", ("ㄷㅌ", "ㅌㄱ")))) == ["delivery"]
    assert ids(filled, Plan(Phrase("cho", ("ㄷㄱ", "ㅌㅌ")))) == []


def test_a_slip_of_one_key_leaves_enough_trigrams(filled):
    grams = [Term("keys3", gram) for gram in key_trigrams(fold("배달특금"))]
    assert ids(filled, Plan(AtLeast(tuple(grams), len(grams) // 2)))[:1] == ["delivery"]


def test_a_prefix_that_turns_the_meaning_round_is_not_read_apart(filled):
    # Kiwi knows 장애인 as one word; 장애 is inside it and inside 무장애, and only the first means it.
    assert ids(filled, Plan(Term("name", "장애"))) == []
    assert ids(filled, Plan(phrase("bi", bigrams, "장애"))) == ["disability"]
    assert ids(filled, Plan(Term("name", "무장애"))) == ["barrier-free"]


def test_facets_are_counted_without_their_own_filter_and_with_all_others(filled):
    plan = Plan(Everything(), filters={"type": ("brokerage",)}, facets=("type", "status", "channel"))
    page = filled.search(plan)
    assert {candidate.id for candidate in page.found} == {"delivery", "disability"}
    assert page.total == 2
    assert dict(page.facets["type"]) == {"information": 4, "brokerage": 2, "proposal": 1}
    assert dict(page.facets["status"]) == {"running": 1, "closed": 1}
    both = Plan(Everything(), filters={"type": ("brokerage", "proposal"), "status": ("running",)}, facets=plan.facets)
    page = filled.search(both)
    assert {candidate.id for candidate in page.found} == {"delivery", "plans"}
    assert dict(page.facets["type"]) == {"information": 4, "brokerage": 1, "proposal": 1}
    assert dict(page.facets["status"]) == {"running": 2, "closed": 1}
    assert page.facets["channel"] == ()


def test_facet_values_come_by_count_then_by_name_and_no_more_than_asked(filled):
    page = filled.search(Plan(Everything(), facets=("type",), facet_size=2))
    assert page.facets["type"] == (("information", 4), ("brokerage", 2))
    one_each = filled.search(Plan(Codes("type", ("proposal", "brokerage")), facets=("status", "type")))
    assert one_each.facets["type"] == (("brokerage", 2), ("proposal", 1))
    assert one_each.facets["status"] == (("running", 2), ("closed", 1))


def test_filters_without_a_facet_filter_too(filled):
    plan = Plan(Everything(), filters={"status": ("closed",)}, facets=("type",))
    assert ids(filled, plan) == ["disability"]
    assert filled.search(plan).facets["type"] == (("brokerage", 1),)
    assert ids(filled, Plan(Everything(), filters={"status": ("no such",)})) == []


def test_clauses_score_as_they_say(filled):
    def score(clause: Clause, **more) -> float:
        return filled.search(Plan(clause, **more)).found[0].score

    word = score(Term("name", "도서관"))
    assert word > 0
    assert score(Boosted(Term("name", "도서관"), 3.0)) == pytest.approx(3 * word, rel=1e-4)
    assert score(Constant(Term("name", "도서관"), 2.5)) == pytest.approx(2.5)
    assert score(Codes("type", ("proposal",))) == pytest.approx(1.0)
    assert score(Everything()) == pytest.approx(1.0)
    best = Best((Constant(Term("name", "도서관"), 3.0), Constant(Codes("channel", ("web",)), 1.0)), tie=0.5)
    assert score(best) == pytest.approx(3.5)
    total = AtLeast((Constant(Term("name", "도서관"), 3.0), Constant(Codes("channel", ("web",)), 1.0)), 2)
    assert score(total) == pytest.approx(4.0)
    prior = (Constant(Codes("status", ("running",)), 0.25),)
    assert score(Constant(Term("name", "도서관"), 2.0), prior=prior) == pytest.approx(2.25)
    nested = Boosted(Best((Boosted(Constant(Term("name", "도서관"), 1.5), 2.0),)), 2.0)
    assert score(nested) == pytest.approx(6.0)


def test_a_prior_adds_but_finds_nothing_by_itself(filled):
    plan = Plan(Term("name", "통합"), prior=(Constant(Codes("type", ("brokerage",)), 9.0),))
    assert set(ids(filled, plan)) == {"parking", "library"}


def test_at_least_some_of_several(filled):
    words = tuple(Term("name", word) for word in ("통합", "예약", "도서관"))
    assert set(ids(filled, Plan(AtLeast(words, 2)))) == {"parking", "library"}
    assert ids(filled, Plan(AtLeast(words, 3))) == ["library"]


def test_order_by_a_number_and_ties_by_id(filled):
    assert ids(filled, Plan(Everything(), sort="users"))[:2] == ["delivery", "bus"]
    rest = ids(filled, Plan(Everything(), sort="users"))[2:]
    assert rest == sorted(rest)
    assert ids(filled, Plan(Everything())) == sorted(ids(filled, Plan(Everything())))


def test_a_number_can_weigh_the_score(filled):
    weighed = filled.search(Plan(Everything(), weight_by="users")).found
    assert [(one.id, one.score) for one in weighed[:3]] == [
        ("delivery", pytest.approx(math.log2(5002), rel=1e-4)),
        ("bus", pytest.approx(math.log2(902), rel=1e-4)),
        ("barrier-free", pytest.approx(1.0)),
    ]


def test_a_stretch_of_the_results(filled):
    whole = ids(filled, Plan(Everything()))
    parts = [ids(filled, Plan(Everything(), offset=at, limit=3)) for at in (0, 3, 6, 9)]
    assert [key for part in parts for key in part] == whole
    assert filled.search(Plan(Everything(), offset=3, limit=3)).total == len(whole)
    assert filled.search(Plan(Everything(), limit=0)).total == len(whole)
    assert filled.search(Plan(Everything(), count=False)).total == 0


def test_what_was_stored_comes_back(filled):
    found = filled.search(Plan(Term("name", "배달특급"))).found[0]
    assert (found.stored["name"], found.stored["users"]) == ("배달특급", 5000.0)
    assert [one.id for one in filled.get(["plans", "nobody", "bus"])] == ["plans", "bus"]
    assert filled.get(["plans"])[0].stored["name"] == "수원만민광장"


def test_evidence_and_vocabulary_count_documents(filled):
    clauses = [
        Term("name", "통합"),
        Phrase("bi", tuple(bigrams("통합예약"))),
        Codes("type", ("proposal",)),
        Everything(),
    ]
    assert filled.evidence(clauses) == [2, 2, 1, 7]
    words = filled.vocabulary("name")
    assert (words["통합"], words["무장애"]) == (2, 1)
    assert "배달앱" not in words
    assert all(" " not in word and word for word in words)


def test_a_deletion_is_gone_from_the_next_search(filled):
    filled.write([], [("delivery", 1)])
    assert ids(filled, Plan(phrase("bi", bigrams, "배달특급"))) == []
    assert filled.count() == 6
    assert "delivery" not in dict(filled.versions())
    filled.write([], [("delivery", 1), ("never there", 3)])
    assert filled.count() == 6


def test_a_change_replaces_and_only_once(filled):
    filled.write(made(platform("plans", "새빛톡톡", version=2)), [])
    assert ids(filled, Plan(phrase("bi", bigrams, "만민광장"))) == []
    assert ids(filled, Plan(phrase("bi", bigrams, "새빛"))) == ["plans"]
    assert (filled.count(), dict(filled.versions())["plans"]) == (7, 2)


def test_what_is_older_than_the_stored_changes_nothing(filled):
    filled.write(made(platform("plans", "새 이름", version=5)), [])
    filled.write(made(platform("plans", "옛 이름", version=4)), [("plans", 3)])
    assert filled.get(["plans"])[0].stored["name"] == "새 이름"
    filled.write(made(platform("plans", "같은 판", version=5)), [])
    assert filled.get(["plans"])[0].stored["name"] == "같은 판"


def test_an_old_deletion_after_a_re_creation_is_ignored(filled):
    filled.write([], [("plans", 6)])
    filled.write(made(platform("plans", "다시 연 광장", version=7)), [])
    filled.write([], [("plans", 6)])
    assert filled.get(["plans"])[0].stored["name"] == "다시 연 광장"
    filled.write([], [("plans", 7)])
    assert filled.get(["plans"]) == []


def test_the_first_write_needs_no_rebuild(engine):
    engine.write(made(platform("one", "처음 플랫폼")), [])
    assert (engine.count(), engine.format()) == (1, FORMAT)
    engine.write([], [])
    assert engine.count() == 1


def test_the_generation_changes_with_the_content_and_only_then(filled):
    before = filled.generation()
    assert filled.generation() == before
    ids(filled, Plan(Everything()))
    assert filled.generation() == before
    filled.write(made(platform("new", "새로운 것")), [])
    written = filled.generation()
    assert written != before
    filled.write([], [("new", 1)])
    deleted = filled.generation()
    assert deleted not in (before, written)
    filled.rebuild([])
    assert filled.generation() not in (before, written, deleted)


def test_the_generation_at_hand_is_the_one_that_stands(filled):
    stands = filled.generation()
    assert filled.generation_at_hand() == stands
    filled.write(made(platform("new", "새로운 것")), [])
    assert filled.generation_at_hand() in (None, filled.generation()) and filled.generation_at_hand() != stands


def test_counts_are_those_of_the_words_wherever_they_are_asked_and_of_the_index_as_it_is(filled):
    here, there = (Plan(Everything(), prior=(Codes("owner", (one,)),), facets=("form",)) for one in ("4111000000", "x"))
    narrowed = Plan(Everything(), facets=("form",), filters={"status": ("closed",)})
    first = filled.search(here)
    assert filled.search(there).facets == first.facets != filled.search(narrowed).facets
    filled.write(made(platform("new", "새로운 것")), [])
    (form, before), *_ = first.facets["form"]
    assert dict(filled.search(there).facets["form"])[form] == before + 1


def test_a_rebuild_replaces_everything(filled):
    assert filled.rebuild(made(platform("only", "오직 하나"))) == 1
    assert (filled.count(), ids(filled, Plan(Everything()))) == (1, ["only"])


def test_a_rebuild_that_fails_leaves_what_stood(filled):
    def broken() -> Iterator[IndexEntry]:
        yield from made(platform("half", "반쪽"))
        raise RuntimeError("the registry went away")

    with pytest.raises(RuntimeError):
        filled.rebuild(broken())
    assert filled.count() == 7
    assert ids(filled, Plan(phrase("bi", bigrams, "반쪽"))) == []


def test_readers_never_see_an_empty_or_a_half_built_index(filled):
    entries = made(*[platform(f"p{number:03d}", f"통합예약 {number}호") for number in range(300)])
    seen: list[int] = []
    problems: list[BaseException] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            try:
                seen.append(filled.search(Plan(Everything(), limit=1)).total)
            except BaseException as problem:
                problems.append(problem)
                return

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for _ in range(4):
        filled.rebuild(entries)
    stop.set()
    for reader in readers:
        reader.join()
    assert problems == []
    assert len(seen) > 20
    assert set(seen) <= {7, 300}


def test_health_says_how_many_and_of_which_format(filled):
    health = filled.health()
    assert health.ok, health.en
    assert "7" in health.ko
    assert "7" in health.en
    assert health.facts["format"] == FORMAT


def test_two_openings_see_each_others_writes(filled, request, tmp_path):
    if filled.name == "embedded":
        with embedded_engine(tmp_path) as other:
            other.write([], [("bus", 1)])
    else:
        other = type(filled)(filled.client, filled.where, filled.alias)
        other.write([], [("bus", 1)])
    assert filled.count() == 6
    assert filled.get(["bus"]) == []


@pytest.mark.elasticsearch
def test_both_engines_find_the_same_with_the_same_scores(tmp_path, elasticsearch_url):
    documents = [
        platform(f"p{n:03d}", f"{a} {b} {c}", aliases=(f"{b}{c}",) * (n % 3 == 0), description=d * (n % 4))
        for n, (a, b, c, d) in enumerate(_combinations())
    ]
    entries = made(*documents)
    plans = [
        Plan(AtLeast((Boosted(Term("name", "배달"), 4.0), Term("body", "주문"), Term("alias", "예약")))),
        Plan(Best((Term("name", "예약"), Term("alias", "예약"), Term("body", "예약")), 0.3)),
        Plan(AtLeast((Phrase("bi", ("통합", "합예", "예약")), Term("body", "신청")), 1), sort="users"),
        Plan(AtLeast(tuple(Term("keys3", gram) for gram in key_trigrams(fold("배달특금"))), 4)),
        Plan(Term("place", "수원"), prior=(Term("name", "버스"),), weight_by="popularity"),
    ]
    with embedded_engine(tmp_path) as left, cluster_engine([elasticsearch_url]) as right:
        left.rebuild(entries)
        right.rebuild(entries)
        for plan in plans:
            one, two = left.search(plan), right.search(plan)
            assert one.total == two.total > 0
            if not plan.sort:
                assert [c.score for c in one.found] == pytest.approx([c.score for c in two.found], rel=1e-3)
            places = {c.id: c.score for c in two.found}
            assert places.keys() == {c.id for c in one.found}
            # Weighed scores differ in the seventh digit between the engines, so the nearest of equals may swap.
            in_their_order = [places[c.id] for c in one.found]
            assert in_their_order == pytest.approx(sorted(in_their_order, reverse=True), rel=1e-5) or plan.sort
            if not plan.weight_by:
                assert [c.id for c in one.found] == [c.id for c in two.found]


def _combinations() -> Iterator[tuple[str, str, str, str]]:
    for place in ("수원시", "e", "우리", "바로"):
        for what in ("배달", "버스", "통합예약", "도서관", "청년"):
            for kind in ("앱", "플랫폼", "포털 특급", "신청", "정보시스템"):
                yield place, what, kind, f"{what}을 주문하고 예약 신청하는 곳. "


@pytest.fixture(params=ENGINES)
def registry(request, database, tmp_path, monkeypatch) -> Iterator[Registry]:
    """A registry that an engine follows, and the engine's own kind of outage."""
    # One loaded analyser serves all tests; an indexer of its own would load another.
    monkeypatch.setattr("search.indexer.Analyser", lambda *_: analyser())
    if request.param == "embedded":
        monkeypatch.setattr("search.engines.embedded_folder.LOCK_SECONDS", 0.2)
        with embedded_engine(tmp_path) as opened:
            lock = tmp_path / "index/lock"
            yield Registry(database, opened, lambda: held_by_another(lock))
    else:
        front = request.getfixturevalue("elasticsearch_front")
        with cluster_engine([front.url]) as opened:
            yield Registry(database, opened, lambda: cut_off(front))


def test_what_is_registered_during_an_outage_is_found_after_it(registry):
    registry.add("처음부터 있던 광장")
    registry.indexer.follow()
    with registry.outage():
        registry.add("정전 중 배달특급")
        with pytest.raises(EngineUnavailable) as problem:
            registry.indexer.follow()
        assert problem.value.remedy("ko")
        assert problem.value.remedy("en")
        assert registry.waiting() == 1
    assert registry.indexer.follow() == 1
    assert registry.waiting() == 0
    assert registry.found("배달특급") == ["정전 중 배달특급"]
    assert not registry.indexer.verify()


def test_what_is_withdrawn_during_an_outage_is_gone_after_it(registry):
    gone = registry.add("사라질 배달특급")
    registry.add("남을 도서관")
    registry.indexer.follow()
    with registry.outage():
        registry.withdraw(gone)
        with pytest.raises(EngineUnavailable):
            registry.indexer.follow()
    registry.indexer.follow()
    assert registry.found("배달특급") == []
    assert registry.found("도서관") == ["남을 도서관"]
    assert not registry.indexer.verify()


def test_a_new_process_goes_on_where_the_outbox_stands(registry):
    names = [f"통합예약 {number}호" for number in range(30)]
    first = [registry.add(name) for name in names]
    registry.indexer.follow()
    with registry.outage():
        registry.withdraw(first[0])
        registry.add("늦은 통합예약")
        with pytest.raises(EngineUnavailable):
            registry.indexer.follow()
    successor = Indexer(registry.database, registry.engine)
    successor.follow()
    assert not successor.verify()
    assert registry.engine.count() == 30
    assert registry.found("늦은 통합예약")[0] == "늦은 통합예약"


def test_a_withdrawn_platform_comes_back_even_if_the_index_had_to_be_mended(registry):
    plaza = registry.add("돌아올 광장")
    registry.indexer.follow()
    registry.withdraw(plaza)
    with writing_session(registry.database) as session:
        take(session, 10**9)  # the outbox row is lost, so the index holds what the registry does not
    assert registry.indexer.verify().surplus == (plaza,)
    registry.indexer.bring_up_to_date()
    assert registry.found("돌아올 광장") == []
    registry.restore(plaza)
    registry.indexer.follow()
    assert registry.found("돌아올 광장") == ["돌아올 광장"]


def test_searching_during_an_outage_is_an_error_that_says_so(registry):
    registry.add("어떤 광장")
    registry.indexer.follow()
    if registry.engine.name == "embedded":
        with registry.outage():
            # Reading an embedded index needs no lock: a busy writer is no outage to readers.
            assert registry.found("광장") == ["어떤 광장"]
        return
    with registry.outage():
        with pytest.raises(EngineUnavailable) as problem:
            registry.found("광장")
        assert "METAPLATFORM_ELASTICSEARCH_URL" in problem.value.remedy("en")
        health = registry.engine.health()
        assert not health.ok
    assert registry.found("광장") == ["어떤 광장"]
    assert registry.engine.health().ok


def test_a_person_finds_the_same_with_either_engine(registry):
    for name in ("수원시 버스정보시스템", "배달특급", "무장애관광 안내", "장애인콜택시", "수원만민광장"):
        registry.add(name)
    registry.indexer.follow()
    wanted = {
        "정보": "수원시 버스정보시스템",
        "ㄷㅌㄱ": "배달특급",
        "qoekfxmrrmq": "배달특급",
        "배달특금": "배달특급",
        "무장애": "무장애관광 안내",
        "장애": "장애인콜택시",
    }
    assert {typed: registry.found(typed)[0] for typed in wanted} == wanted
    assert "무장애관광 안내" not in registry.found("장애")
