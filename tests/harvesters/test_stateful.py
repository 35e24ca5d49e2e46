"""Harvests, edits, merges, crashes and bad answers in any order: nothing lost, nothing doubled, nothing overruled."""

import shutil
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule
from sqlmodel import select

from config.settings import Settings
from harvesters.http import PoliteClient
from harvesters.runner import run_source
from registry.database import open_database, session_of, writing_session
from registry.editing import edit
from registry.errors import Conflict, MetaplatformError
from registry.merge import merge, unmerge
from registry.models import Decision, Platform, Record, Source
from registry.records import SYSTEM, Actor
from registry.vocab import ActorKind, PlatformState, RecordState, RunState
from search.engines.null import NullEngine
from tests.harvesters.conftest import QUICK, Bench, indexer_of, package
from tests.harvesters.hostile_server import CkanFace, HostileServer, Reply, refused

OFFICER = Actor(ActorKind.person, "officer")
FAULTS = ("page_error", "html", "empty", "short", "repeat", "refused", "drop")
TEMPLATE: dict[str, Path] = {}


class Died(BaseException):
    """Stands for a process that ends between two statements: no handler of ours catches it."""


class Registry(RuleBasedStateMachine):
    """One CKAN that changes, is read well or badly, and a registry in which people work meanwhile."""

    edited = Bundle("edited")
    merged = Bundle("merged")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="stateful-"))
        shutil.copy(TEMPLATE["placed"], self.folder / "registry.sqlite")
        home = Settings(home=self.folder, contact="t@example.org", allow_private_addresses=True, lease_seconds=30)
        self.server = HostileServer()
        self.bench = Bench(open_database(home.sqlalchemy_url), home, self.server, replace(QUICK, max_wait=0.1))
        self.face = CkanFace(self.server, [])
        self.face.most_rows = 3
        self.next_number = 0
        self.said: dict[str, str] = {}
        self.ever: set[str] = set()
        self.titles: dict[str, str] = {}
        self.engine = NullEngine()

    def teardown(self) -> None:
        self.server.close()
        self.bench.database.dispose()
        shutil.rmtree(self.folder, ignore_errors=True)

    @initialize()
    def begin(self) -> None:
        self.bench.source(expect={"missing_runs": 2, "grace_days": 0, "withdraw_max_share": 0.5})
        self._publish(4)

    # ── the source ───────────────────────────────────────────────────────────────────────────────────────────────

    @rule(count=st.integers(1, 3))
    def publish(self, count: int) -> None:
        self._publish(count)

    def _publish(self, count: int) -> None:
        for _ in range(count):
            one = package(self.next_number)
            self.face.packages[one["id"]] = one
            self.next_number += 1

    @rule(data=st.data())
    def unpublish(self, data: st.DataObject) -> None:
        if self.face.packages:
            self.face.packages.pop(data.draw(st.sampled_from(sorted(self.face.packages))))

    @rule(data=st.data(), word=st.sampled_from(["새", "열린", "모두의"]))
    def rename(self, data: st.DataObject, word: str) -> None:
        if self.face.packages:
            one = self.face.packages[data.draw(st.sampled_from(sorted(self.face.packages)))]
            one["title"] = f"{word} {package(int(one['id'][3:]))['title']}"

    # ── runs ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @rule()
    def harvest(self) -> None:
        state = self._harvest()
        if self.face.packages:
            assert state in (RunState.complete, RunState.question)
            for remote_id, row in self.bench.records().items():
                if remote_id in self.face.packages:
                    assert row.state is RecordState.listed, remote_id
            assert set(self.face.packages) <= set(self.bench.records())

    @rule(fault=st.sampled_from(FAULTS), page=st.integers(1, 3))
    def harvest_badly(self, fault: str, page: int) -> None:
        before = {row.id for row in self.bench.platforms().values()}
        mark, missing = self.bench.load().last_complete_run, self._missing_runs()

        def misbehave(number: int) -> Reply | None:
            if number != page:
                return None
            if fault == "page_error":
                return refused(500, "Search Error", "gone")
            if fault == "html":
                return Reply("<html>점검</html>")
            if fault == "refused":
                return Reply("no", 403)
            return None

        kept = self.face.packages
        self.face.before_search = misbehave
        self.face.ignores_paging = fault == "repeat"
        self.face.states_more = 4 if fault == "short" else 0
        if fault == "empty":
            self.face.packages = {}
        state = self._harvest()
        self.face.packages, self.face.before_search = kept, lambda _: None
        self.face.ignores_paging, self.face.states_more = False, 0
        reached = fault in ("page_error", "html", "refused") and self.face.searches >= page
        if reached or fault in ("empty", "short"):
            assert state not in (RunState.complete, RunState.question), fault
            assert self.bench.load().last_complete_run == mark
            assert before <= {row.id for row in self.bench.platforms().values()}
            # A bad run may find what was missing; it never counts anything as missing once more.
            assert all(count <= missing.get(key, 0) for key, count in self._missing_runs().items())

    @rule(statement=st.integers(1, 60))
    def crash_while_harvesting(self, statement: int) -> None:
        """The process ends at some statement; what is left is what a killed process leaves."""
        from sqlalchemy import event

        count = [0]

        def die(*_: Any) -> None:
            count[0] += 1
            if count[0] == statement:
                raise Died

        event.listen(self.bench.database, "before_cursor_execute", die)
        try:
            with suppress(Died):
                self._harvest()
        finally:
            event.remove(self.bench.database, "before_cursor_execute", die)

    def _harvest(self) -> RunState:
        self.face.searches = 0
        with PoliteClient(self.bench.manners, public_api="시험") as client:
            try:
                return run_source(self.bench.database, self.bench.settings, "s", actor=SYSTEM, client=client).state
            except Conflict:
                # The crashed run's lease still stands, as a killed worker's does until it runs out.
                with writing_session(self.bench.database) as session:
                    session.get_one(Source, "s").lease_until = None
                return run_source(self.bench.database, self.bench.settings, "s", actor=SYSTEM, client=client).state

    # ── people ───────────────────────────────────────────────────────────────────────────────────────────────────

    @rule(target=edited, data=st.data(), word=st.sampled_from(["가", "나", "다"]))
    def edit_name(self, data: st.DataObject, word: str) -> Any:
        ids = self._ids()
        if not ids:
            return multiple()
        platform_id = data.draw(st.sampled_from(ids))
        name = f"담당자가 고친 이름 {word} {platform_id}"
        with writing_session(self.bench.database) as session:
            office = session.get(Source, "office") or Source(
                id="office", title="담당자", harvester="form", outside=False
            )
            session.add(office)
            edit(session, platform_id, {"name": name}, actor=OFFICER, source=office)
        self.said[platform_id] = name
        return platform_id

    @rule(target=merged, data=st.data())
    def merge_two(self, data: st.DataObject) -> Any:
        ids = [one for one in self._ids() if one not in self.said]
        if len(ids) < 2:
            return multiple()
        keep, drop = data.draw(st.lists(st.sampled_from(ids), min_size=2, max_size=2, unique=True))
        try:
            with writing_session(self.bench.database) as session:
                merge(session, keep, drop, OFFICER, "같은 것")
        except Conflict:
            # The two were un-merged before: that is a decision, and it stands.
            return multiple()
        return drop

    @rule(drop=consumes(merged))
    def unmerge_them(self, drop: str) -> None:
        with writing_session(self.bench.database) as session:
            decisions = session.exec(select(Decision).where(Decision.kind == "same")).all()
            open_ = [one for one in decisions if drop in (one.left_id, one.right_id) and one.undone_at is None]
            for one in open_:
                with suppress(MetaplatformError):
                    unmerge(session, one.id or 0, OFFICER)

    @rule()
    def index(self) -> None:
        indexer_of(self.bench.database, self.engine).follow()

    # ── what always holds ────────────────────────────────────────────────────────────────────────────────────────

    @invariant()
    def nothing_is_lost(self) -> None:
        """An id once given stays: active, withdrawn, or merged into one that is there."""
        with session_of(self.bench.database) as session:
            rows = {row.id: row for row in session.exec(select(Platform))}
        assert self.ever <= rows.keys()
        self.ever = set(rows)
        for row in rows.values():
            assert row.state is not PlatformState.merged or row.merged_into in rows

    @invariant()
    def nothing_is_doubled(self) -> None:
        """No two entries of the source without a person's word are one platform, no entry is two."""
        with session_of(self.bench.database) as session:
            records = session.exec(select(Record)).all()
            assert len({row.remote_id for row in records}) == len(records)
            active = session.exec(select(Platform).where(Platform.state == PlatformState.active)).all()
            standing = {row.platform_id for row in records}
            assert all(row.id in standing or self._was_merged(session, row.id) for row in active)

    def _was_merged(self, session: Any, platform_id: str) -> bool:
        decisions = session.exec(select(Decision)).all()
        return any(platform_id in (one.left_id, one.right_id) for one in decisions)

    @invariant()
    def what_a_person_said_stands(self) -> None:
        with session_of(self.bench.database) as session:
            for platform_id, name in self.said.items():
                row = session.get_one(Platform, platform_id)
                assert row.state is PlatformState.merged or row.name == name

    @invariant()
    def the_index_can_catch_up(self) -> None:
        indexer = indexer_of(self.bench.database, self.engine)
        indexer.follow()
        assert not indexer.verify()

    def _ids(self) -> list[str]:
        """Active platforms in an order that is the same at every replay; ids themselves are random."""
        return [row.id for _name, row in sorted(self.bench.platforms().items())]

    def _missing_runs(self) -> dict[str, int]:
        return {key: row.missing_runs for key, row in self.bench.records().items()}


@pytest.fixture(scope="module")
def template(placed_template: Path) -> None:
    TEMPLATE["placed"] = placed_template


def _machine(examples: int, steps: int) -> Any:
    case = Registry.TestCase
    case.settings = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
        derandomize=True,
        phases=(Phase.generate,),
    )
    return case


@pytest.mark.usefixtures("template")
def test_any_order_of_events_keeps_the_registry_true() -> None:
    """A few orders, always the same ones; the slow test below tries many."""
    _machine(4, 15)("runTest").runTest()


@pytest.mark.slow
@pytest.mark.usefixtures("template")
def test_many_orders_of_events_keep_the_registry_true() -> None:
    """More and longer orders."""
    _machine(20, 30)("runTest").runTest()
