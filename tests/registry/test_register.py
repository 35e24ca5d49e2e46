"""Registering: provenance per field, changes, endings, conflicts, figures; the same on SQLite and PostgreSQL."""

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from registry.database import session_of, writing_session
from registry.editing import edit
from registry.errors import InvalidValue
from registry.issues import open_issues
from registry.models import Platform, Statement, UsageFigure
from registry.records import FigureClaim, Question
from registry.references import settle_waiting
from registry.register import register, register_many
from registry.statements import FIELDS
from registry.vocab import PlatformType, Rank, Status
from tests.registry.factories import (
    HARVESTER,
    OFFICER,
    make_draft,
    make_record,
    make_source,
    outbox,
    platform,
    put,
    standing,
)


def test_every_value_has_its_statement(any_database: Engine):
    with writing_session(any_database) as session:
        done = put(
            session,
            "따릉이",
            url="https://www.bikeseoul.com/",
            type=PlatformType.brokerage,
            functions=["bike_sharing"],
            aliases=("서울자전거",),
            status=Status.running,
            as_of="2026-09",
            source_note="목록 3쪽",
        )
        assert done.action == "added"
        row = platform(session, done.platform_id)
        said = list(session.exec(select(Statement).where(Statement.platform_id == row.id)))
        assert {one.field for one in said} == {
            *["name", "owner", "url", "type", "functions", "aliases", "status", "channels"]
        }
        assert {one.field for one in said} <= FIELDS.keys()
        assert all(one.source_id == "seoul" and one.rank is Rank.harvested and one.ended_at is None for one in said)
        assert all(one.as_of == "2026-09" and one.note == "목록 3쪽" and one.record_id for one in said)
        assert (row.name, row.owner_level, row.url) == ("따릉이", "metropolitan", "https://www.bikeseoul.com/")
        assert row.version == 1
        assert outbox(session, row.id) == [1]


def test_the_same_again_changes_nothing(any_database: Engine):
    with writing_session(any_database) as session:
        first = put(session, "따릉이", url="https://www.bikeseoul.com/")
    with writing_session(any_database) as session:
        again = put(session, "따릉이", url="https://www.bikeseoul.com/")
        assert (again.platform_id, again.action, again.matched_by) == (first.platform_id, "unchanged", "record")
        assert platform(session, first.platform_id).version == 1
        assert outbox(session, first.platform_id) == [1]


def test_a_changed_value_ends_the_former_one(any_database: Engine):
    with writing_session(any_database) as session:
        first = put(session, "따릉이", department="자전거정책과")
        done = put(session, "따릉이", department="미래교통과")
        assert done.action == "changed"
        (now_said,) = standing(session, first.platform_id, "department")
        assert now_said.value == "미래교통과"
        every = session.exec(select(Statement).where(Statement.field == "department")).all()
        assert {one.value: one.ended_at is None for one in every} == {"자전거정책과": False, "미래교통과": True}
        assert outbox(session, first.platform_id) == [1, 2]


def test_a_value_no_longer_stated_is_ended_not_deleted(any_database: Engine):
    with writing_session(any_database) as session:
        first = put(session, "따릉이", department="자전거정책과")
        put(session, "따릉이")
        assert standing(session, first.platform_id, "department") == []
        assert platform(session, first.platform_id).department == ""
        ended = session.exec(select(Statement).where(Statement.field == "department")).one()
        assert ended.ended_at is not None


def test_one_source_never_ends_what_another_says(any_database: Engine):
    with writing_session(any_database) as session:
        first = put(session, "따릉이", source="seoul", department="자전거정책과", url="https://bike.seoul.go.kr/")
        put(session, "따릉이", source="portal", url="https://bike.seoul.go.kr/")
        put(session, "따릉이", source="portal", url="https://bike.seoul.go.kr/")
        row = platform(session, first.platform_id)
        assert row.department == "자전거정책과"
        assert {one.source_id for one in standing(session, row.id, "name")} == {"seoul", "portal"}


def test_a_harvest_never_overwrites_a_person(any_database: Engine):
    with writing_session(any_database) as session:
        done = put(session, "따릉이", status=Status.running)
        web = make_source(session, "web", Rank.owner)
        edit(session, done.platform_id, {"status": "closed"}, actor=OFFICER, source=web)
        again = put(session, "따릉이", status=Status.suspended)
        assert again.conflicts == ("status",)
        row = platform(session, done.platform_id)
        assert row.status is Status.closed
        assert row.conflicts == ["status"]
        issues = open_issues(session, platform_id=row.id, code="value_conflict")
        (issue,) = [one for one in issues if one.source_id == "seoul"]
        assert issue.field == "status"
        assert issue.concerns == "owner"
        assert issue.facts["shown"]["value"] == "closed"
        assert [one["value"] for one in issue.facts["others"]] == ["suspended"]


def test_a_conflict_that_is_over_closes_its_issue(any_database: Engine):
    with writing_session(any_database) as session:
        done = put(session, "따릉이", status=Status.running)
        web = make_source(session, "web", Rank.owner)
        edit(session, done.platform_id, {"status": "closed"}, actor=OFFICER, source=web)
        assert open_issues(session, platform_id=done.platform_id, code="value_conflict")
        put(session, "따릉이", status=Status.closed)
        assert platform(session, done.platform_id).conflicts == []
        assert open_issues(session, platform_id=done.platform_id, code="value_conflict") == []


def test_renamed_at_the_source(any_database: Engine):
    """H15: same platform, former name kept and findable."""
    with writing_session(any_database) as session:
        first = put(session, "서울자전거", remote_id="7")
        second = put(session, "따릉이", remote_id="7")
        put(session, "새싹따릉이", remote_id="7")
        assert second.platform_id == first.platform_id
        row = platform(session, first.platform_id)
        assert row.name == "새싹따릉이"
        assert row.former_names == ["서울자전거", "따릉이"]
        other = put(session, "서울 자전거", source="portal")
        assert (other.platform_id, other.matched_by) == (first.platform_id, "name")


def test_inferred_values_are_marked(any_database: Engine):
    with writing_session(any_database) as session:
        done = put(session, "따릉이", functions=["bike_sharing"], inferred=frozenset({"functions"}), confidence=0.8)
        (said,) = standing(session, done.platform_id, "functions")
        assert (said.rank, said.confidence) == (Rank.inferred, 0.8)
        web = make_source(session, "web", Rank.owner)
        edit(session, done.platform_id, {"functions": ["taxi_call"]}, actor=OFFICER, source=web)
        row = platform(session, done.platform_id)
        assert [one["id"] for one in row.functions] == ["taxi_call"]
        assert row.conflicts == []


def test_figures_are_kept_by_day_and_corrected_not_overwritten(any_database: Engine):
    with writing_session(any_database) as session:
        done = put(session, "배달특급", figures=(FigureClaim("members", 100.0, "2022-01"),))
        put(session, "배달특급", figures=(FigureClaim("members", 200.0, "2023-01"),))
        again = put(session, "배달특급", figures=(FigureClaim("members", 210.0, "2023-01"),))
        assert again.action == "changed"
        rows = session.exec(select(UsageFigure).order_by(UsageFigure.id)).all()
        assert [(one.value, one.as_of, one.ended_at is None) for one in rows] == [
            *[(100.0, "2022-01", True), (200.0, "2023-01", False), (210.0, "2023-01", True)]
        ]
        put(session, "배달특급", figures=(FigureClaim("members", 200.0, "2023-01"),))
        session.expire_all()
        rows = session.exec(select(UsageFigure).order_by(UsageFigure.id)).all()
        assert [(one.value, one.ended_at is None) for one in rows] == [(100.0, True), (200.0, True), (210.0, False)]
        assert put(session, "배달특급", figures=(FigureClaim("members", 200.0, "2023-01"),)).action == "unchanged"
        assert platform(session, done.platform_id).version == 4


def test_a_figure_keeps_where_its_source_has_it_from(any_database: Engine):
    figures = (FigureClaim("members", 100.0, "2022"), FigureClaim("downloads", 9.0, "2022", note="앱 장터"))

    def say(session, note):
        done = put(session, "배달특급", figures=figures, source_note=note)
        session.expire_all()
        return done.action, {one.key: one.note for one in session.exec(select(UsageFigure))}

    with writing_session(any_database) as session:
        first = {"members": "KRILA 2022-01, 제4장", "downloads": "앱 장터"}
        assert say(session, "KRILA 2022-01, 제4장") == ("added", first)
        assert say(session, "") == ("unchanged", first)
        corrected = first | {"members": "https://news.example.kr/1"}
        assert say(session, "https://news.example.kr/1") == ("changed", corrected)
        assert say(session, "https://news.example.kr/1") == ("unchanged", corrected)


def test_text_figures(any_database: Engine):
    with writing_session(any_database) as session:
        put(session, "배달특급", figures=(FigureClaim("award", None, "2022", quote="대통령상"),))
        put(session, "배달특급", figures=(FigureClaim("award", None, "2022", quote="장관상"),))
        rows = session.exec(select(UsageFigure).order_by(UsageFigure.id)).all()
        assert [(one.quote, one.ended_at is None) for one in rows] == [("대통령상", False), ("장관상", True)]


def test_questions_become_issues_once(any_database: Engine):
    question = Question("launched", "앞날의 날짜입니다.", "The date is in the future.")
    with writing_session(any_database) as session:
        done = put(session, "따릉이", questions=(question,))
        put(session, "따릉이", questions=(question,))
        (issue,) = open_issues(session, platform_id=done.platform_id)
        assert (issue.code, issue.times) == ("launched_unclear", 2)


def test_parents_and_successors_by_the_sources_own_ids(any_database: Engine):
    with writing_session(any_database) as session:
        source = make_source(session)
        stated = {
            "a": {"parent": "b"},
            "b": {"successor": "c"},
            "c": {},
            "d": {"parent": "nowhere"},
            "e": {"parent": "e"},
        }
        batch = [
            (make_draft(session, f"누리집 {key}", **more), make_record(session, source, key))
            for key, more in stated.items()
        ]
        results = register_many(session, batch, source=source, actor=HARVESTER)
        ids = {key: result.platform_id for key, result in zip(stated, results, strict=True)}
        assert platform(session, ids["a"]).parent_id == ids["b"]
        assert platform(session, ids["b"]).successor_id == ids["c"]
        assert platform(session, ids["d"]).parent_id is None
        assert platform(session, ids["e"]).parent_id is None


def test_a_reference_waits_for_its_platform(any_database: Engine):
    with writing_session(any_database) as session:
        child = put(session, "시민제안", parent="home")
        assert platform(session, child.platform_id).parent_id is None
        parent = put(session, "누리집", remote_id="home")
        assert settle_waiting(session) == 1
        assert platform(session, child.platform_id).parent_id == parent.platform_id
        assert outbox(session, child.platform_id) == [1, 2]
        assert settle_waiting(session) == 0


def test_a_too_long_value_writes_nothing(any_database: Engine):
    with writing_session(any_database) as session:
        source = make_source(session)
        good = make_draft(session, "좋은 것")
        bad = make_draft(session, "나쁜 것", engine="가" * 101)
        records = [make_record(session, source, one) for one in ("1", "2")]
        with pytest.raises(InvalidValue) as refused:
            register_many(session, list(zip((good, bad), records, strict=True)), source=source, actor=HARVESTER)
        assert refused.value.field == "engine"
        assert session.exec(select(Platform)).all() == []


def test_a_failed_transaction_leaves_nothing(any_database: Engine):
    """H36: whole or absent."""
    with pytest.raises(KeyboardInterrupt), writing_session(any_database) as session:
        put(session, "따릉이")
        raise KeyboardInterrupt
    with session_of(any_database) as session:
        assert session.exec(select(Platform)).all() == []
        assert session.exec(select(Statement)).all() == []


def test_id_hint_is_used_once_and_only_by_its_owner(any_database: Engine):
    with writing_session(any_database) as session:
        source = make_source(session)
        first = put(session, "따릉이", id_hint="P57d6701c")
        assert first.platform_id == "P57d6701c"
        other = put(session, "누비자", "경남 창원시", source="portal", id_hint="P57d6701c")
        assert other.platform_id != "P57d6701c"
        draft = make_draft(session, "전혀 다른 이름", id_hint="P57d6701c")
        again = register(session, draft, source=source, actor=HARVESTER)
        assert (again.platform_id, again.matched_by) == ("P57d6701c", "id")


def test_a_mapped_platform_is_read_again_after_registering(any_database: Engine):
    with Session(any_database) as session:
        done = put(session, "따릉이", department="가")
        held = session.get(Platform, done.platform_id)
        assert held is not None and held.department == "가"
        put(session, "따릉이", department="나")
        assert held.department == "나"
