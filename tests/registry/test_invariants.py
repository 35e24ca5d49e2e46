"""Whatever is done in whatever order: nothing is lost, no higher word is overwritten, versions grow, all is announced."""

import shutil
import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlmodel import Session, select

from registry.database import open_database
from registry.editing import edit
from registry.geography import load_geography
from registry.merge import merge, unmerge
from registry.migrations import migrate
from registry.models import Decision, OutboxEntry, Platform, Record, Statement
from registry.queries import find_platform
from registry.standing import load
from registry.statements import PEOPLE, derive
from registry.vocab import PlatformState, Rank
from registry.withdraw import restore, withdraw
from tests.registry.factories import OFFICER, REVIEWER, make_source, put

NAMES = ("따릉이", "타슈", "누비자", "어울링")
VALUES = ("", "가", "나", "다")
SOURCES = ("a", "b", "c")


@cache
def template() -> Path:
    """A database with all governments, made once."""
    path = Path(tempfile.mkdtemp()) / "registry.sqlite"
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)
    load_geography(engine)
    engine.dispose()
    return path


class Registry(RuleBasedStateMachine):
    """Harvests, edits, merges, un-merges and withdrawals in any order."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        copy = shutil.copy(template(), self.folder.name)
        self.engine = open_database(f"sqlite:///{copy}")
        self.session = Session(self.engine, expire_on_commit=False)
        self.versions: dict[str, int] = {}
        self.statements: dict[int, tuple] = {}
        self.homes: dict[tuple[str, str], str] = {}
        self.merges: list[int] = []

    def teardown(self) -> None:
        if hasattr(self, "session"):
            self.session.close()
            self.engine.dispose()
            self.folder.cleanup()

    @rule(
        source=st.sampled_from(SOURCES),
        remote=st.integers(0, 3),
        name=st.sampled_from(NAMES),
        department=st.sampled_from(VALUES),
        url=st.sampled_from(["", "https://a.kr/", "https://b.kr/x"]),
        rank=st.sampled_from([Rank.harvested, Rank.bundled]),
    )
    def harvest(self, source: str, remote: int, name: str, department: str, url: str, rank: Rank) -> None:
        known = self.session.exec(
            select(Record).where(Record.source_id == source, Record.remote_id == str(remote))
        ).first()
        before = known.platform_id if known else None
        done = put(self.session, name, source=source, remote_id=str(remote), department=department, url=url, rank=rank)
        if before is not None:
            assert done.platform_id == find_platform(self.session, before).id, "a record never changes its platform"
        again = put(self.session, name, source=source, remote_id=str(remote), department=department, url=url, rank=rank)
        assert (again.platform_id, again.action) == (done.platform_id, "unchanged")

    @precondition(lambda self: self.ids())
    @rule(data=st.data(), value=st.sampled_from(VALUES), rank=st.sampled_from(PEOPLE))
    def person_edits(self, data: st.DataObject, value: str, rank: Rank) -> None:
        web = make_source(self.session, "web", Rank.owner)
        one = data.draw(st.sampled_from(self.ids()))
        edit(self.session, one, {"department": value}, actor=OFFICER, source=web, rank=rank)

    @precondition(lambda self: len(self.ids()) > 1)
    @rule(data=st.data())
    def officer_merges(self, data: st.DataObject) -> None:
        keep, drop = data.draw(st.permutations(self.ids()))[:2]
        different = select(Decision).where(Decision.kind == "different", Decision.undone_at.is_(None))
        pairs = [{one.left_id, one.right_id} for one in self.session.exec(different)]
        if {keep, drop} not in pairs:
            self.merges.append(merge(self.session, keep, drop, REVIEWER, "").id or 0)

    @precondition(lambda self: self.merges)
    @rule()
    def officer_unmerges(self) -> None:
        unmerge(self.session, self.merges.pop(), REVIEWER)

    @precondition(lambda self: self.ids())
    @rule(data=st.data())
    def officer_withdraws_and_restores(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(self.ids()))
        withdraw(self.session, one, REVIEWER, "")
        restore(self.session, one, REVIEWER, "")

    def ids(self) -> list[str]:
        query = select(Platform.id).where(Platform.state == PlatformState.active).order_by(Platform.created_at)
        return list(self.session.exec(query))

    @invariant()
    def nothing_is_lost(self) -> None:
        if not hasattr(self, "session"):
            return
        self.session.flush()
        self.session.expire_all()
        said = {one.id: one for one in self.session.exec(select(Statement))}
        for number, (field, value, rank) in self.statements.items():
            assert (said[number].field, said[number].value, said[number].rank) == (field, value, rank)
        self.statements = {number: (one.field, one.value, one.rank) for number, one in said.items()}

    @invariant()
    def versions_grow_and_each_is_announced(self) -> None:
        if not hasattr(self, "session"):
            return
        announced: dict[str, list[int]] = {}
        for entry in self.session.exec(select(OutboxEntry).order_by(OutboxEntry.id)):
            announced.setdefault(entry.platform_id, []).append(entry.version)
        for one in self.session.exec(select(Platform)):
            assert one.version >= self.versions.get(one.id, 0)
            assert announced[one.id] == list(range(1, one.version + 1))
            self.versions[one.id] = one.version

    @invariant()
    def the_view_is_what_the_statements_say(self) -> None:
        if not hasattr(self, "session"):
            return
        for one in load(self.session, self.ids()).values():
            view = derive(one.said)
            assert view["name"] and view["owner_id"]
            for column in ("name", "department", "url", "aliases", "former_names", "conflicts"):
                assert one.row[column] == view[column], column
            people = [said.value for said in one.said if said.field == "department" and said.rank in PEOPLE]
            assert not people or one.row["department"] in people

    @invariant()
    def every_record_leads_to_a_standing_platform(self) -> None:
        if not hasattr(self, "session"):
            return
        for record in self.session.exec(select(Record)):
            assert find_platform(self.session, record.platform_id or "").state is PlatformState.active


FEW = settings(
    max_examples=4,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


def test_few_histories():
    run_state_machine_as_test(Registry, settings=FEW)


@pytest.mark.slow
def test_many_histories():
    run_state_machine_as_test(Registry, settings=settings(FEW, max_examples=40, stateful_step_count=30))
