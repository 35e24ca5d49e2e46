"""The bundled catalogue: loaded once, loaded again without undoing people, upgraded, and told from what is harvested."""

import csv
import shutil
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from registry.catalogue import bundle_loaded, bundle_version, load_bundle
from registry.columns import CATALOGUE_COLUMNS
from registry.database import session_of, writing_session
from registry.editing import edit
from registry.geography import CATALOGUE
from registry.governments import Places
from registry.issues import open_issues
from registry.models import Meta, Platform, Record, ReportFigure, Statement, SurveyAnswer
from registry.vocab import PlatformState, Rank, RecordState, Status
from tests.registry.factories import OFFICER, make_source, outbox, platform, put

COLUMNS = list(CATALOGUE_COLUMNS)

FIRST = [
    {"id": "P00000001", "name": "누리집", "owner_code": "4111000000", "status": "running", "department": "홍보과"},
    {"id": "P00000002", "name": "시민제안", "owner_code": "4111000000", "parent": "P00000001", "status": "running"},
    {"id": "P00000003", "name": "옛 장터", "owner_code": "4111000000", "observed": "taken_over@2026-09-07"},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A catalogue with the real governments and three platforms; borders and zones, which nothing here reads, empty."""
    made = tmp_path / "catalogue"
    made.mkdir()
    for path in CATALOGUE.glob("*.csv"):
        if not path.name.startswith(("platforms", "survey")):
            shutil.copy(path, made)
    for name in ("adjacency.csv", "living_zones.csv"):
        head = (CATALOGUE / name).read_text(encoding="utf-8-sig").partition("\n")[0]
        (made / name).write_text(head + "\n", encoding="utf-8")
    return write(made, FIRST)


def write(folder: Path, rows: list[dict[str, str]]) -> Path:
    with (folder / "platforms.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return folder


def test_the_whole_catalogue_is_registered(bundled_database: Engine):
    with (CATALOGUE / "platforms.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    with session_of(bundled_database) as session:
        assert bundle_loaded(session)
        found = {one.id: one for one in session.exec(select(Platform))}
        assert found.keys() == rows.keys()
        for identifier, row in rows.items():
            one = found[identifier]
            assert one.name == row["name"].strip()
            assert one.form == row["form"]
            assert (one.type.value if one.type else "") == row["type"]
            assert (one.parent_id or "") == row["parent"]
            assert (one.successor_id or "") == row["successor"]
            assert {claim["id"] for claim in one.functions} == {*filter(None, row["functions"].split(";"))}
            assert set(one.beneficiaries) == {*filter(None, row["beneficiaries"].split(";"))}
        records = session.exec(select(Record).where(Record.state == RecordState.rejected)).all()
        assert records == []
        asked = {issue.code for issue in open_issues(session, limit=1000)}
        assert asked <= {"owner_unclear"}
        assert {one.rank for one in session.exec(select(Statement))} == {Rank.bundled}


def test_the_survey_is_loaded_as_printed(bundled_database: Engine):
    with session_of(bundled_database) as session:
        assert len(session.exec(select(ReportFigure)).all()) == 620
        places = Places.load(session)
        answers = session.exec(select(SurveyAnswer).where(SurveyAnswer.item == "S8-2", SurveyAnswer.type == "")).all()
        numbers = {places.by_id(one.government_id).name: one.value for one in answers}
        assert numbers["서울특별시"] == 135
        assert numbers["보령시"] == 21
        assert len(session.exec(select(SurveyAnswer).where(SurveyAnswer.item == "S1")).all()) == 96
        assert len(session.exec(select(SurveyAnswer).where(SurveyAnswer.item == "B1-3")).all()) == 12


@pytest.mark.slow
def test_loading_again_does_nothing(bundled_database: Engine):
    assert load_bundle(bundled_database) == {}
    with writing_session(bundled_database) as session:
        session.delete(session.get(Meta, "bundle_version"))
    counts = load_bundle(bundled_database)
    assert counts["unchanged"] > 1000
    assert (counts["added"], counts["changed"], counts["withdrawn"]) == (0, 0, 0)
    with session_of(bundled_database) as session:
        assert {one.version for one in session.exec(select(Platform))} <= {1, 2}


def test_a_load_that_was_cut_off_is_finished(database: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch):
    from registry import catalogue

    def stop(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(catalogue, "settle_waiting", stop)
    with pytest.raises(KeyboardInterrupt):
        load_bundle(database, folder=folder)
    monkeypatch.undo()
    with session_of(database) as session:
        assert not bundle_loaded(session)
    assert load_bundle(database, folder=folder)["unchanged"] == 3
    with session_of(database) as session:
        assert platform(session, "P00000002").parent_id == "P00000001"


def test_an_upgrade_changes_what_it_knows_better_and_never_what_people_said(database: Engine, folder: Path):
    assert load_bundle(database, folder=folder)["added"] == 3
    with writing_session(database) as session:
        web = make_source(session, "web", Rank.owner)
        edit(session, "P00000001", {"department": "소통과", "status": "suspended"}, actor=OFFICER, source=web)
        put(session, "누리집", "수원", source="harvest", launched="2001")
    upgraded = [
        {**FIRST[0], "department": "디지털과", "status": "closed", "launched": "1999"},
        {**FIRST[1], "name": "수원 시민제안"},
        {"id": "P00000004", "name": "새 앱", "owner_code": "4111000000"},
    ]
    counts = load_bundle(database, folder=write(folder, upgraded))
    assert (counts["added"], counts["changed"], counts["withdrawn"]) == (1, 2, 1)
    with session_of(database) as session:
        home = platform(session, "P00000001")
        assert (home.department, home.status, home.launched) == ("소통과", Status.suspended, "2001")
        assert home.conflicts == ["status"]
        proposal = platform(session, "P00000002")
        assert (proposal.name, proposal.former_names, proposal.parent_id) == (
            "수원 시민제안",
            ["시민제안"],
            "P00000001",
        )
        assert platform(session, "P00000003").state is PlatformState.withdrawn
        assert outbox(session, "P00000003") == [1, 2]
    load_bundle(database, folder=write(folder, FIRST))
    with session_of(database) as session:
        assert platform(session, "P00000003").state is PlatformState.active


def test_what_the_bundle_drops_stays_where_others_know_it(database: Engine, folder: Path):
    load_bundle(database, folder=folder)
    with writing_session(database) as session:
        web = make_source(session, "web", Rank.owner)
        edit(session, "P00000003", {"department": "우리과"}, actor=OFFICER, source=web)
        put(session, "시민제안", "수원", source="harvest")
    counts = load_bundle(database, folder=write(folder, FIRST[:1]))
    assert counts["withdrawn"] == 0
    with session_of(database) as session:
        assert platform(session, "P00000003").state is PlatformState.active
        states = session.exec(select(Record.state).where(Record.source_id == "bundle").order_by(Record.remote_id)).all()
        assert states == [RecordState.listed, RecordState.withdrawn, RecordState.withdrawn]


def test_what_was_seen_stands_beside_what_is_declared(database: Engine, folder: Path):
    load_bundle(database, folder=folder)
    with session_of(database) as session:
        assert platform(session, "P00000003").liveness == "taken_over"


def test_a_row_that_cannot_be_understood_does_not_stop_the_others(database: Engine, folder: Path):
    rows = [
        *FIRST,
        {"id": "P00000009", "name": "", "owner_code": "4111000000"},
        {"id": "P00000010", "name": "주인 없음"},
    ]
    counts = load_bundle(database, folder=write(folder, rows))
    assert (counts["added"], counts["rejected"]) == (3, 2)
    with session_of(database) as session:
        assert {one.remote_id for one in open_issues(session, source_id="bundle")} == {"P00000009", "P00000010"}


def test_a_changed_word_in_the_vocabulary_is_a_new_bundle(tmp_path: Path, folder: Path):
    vocabulary = tmp_path / "vocab"
    vocabulary.mkdir()
    (vocabulary / "functions.yml").write_text("[]", encoding="utf-8")
    before = bundle_version(folder, vocabulary)
    (vocabulary / "functions.yml").write_text("[{}]", encoding="utf-8")
    assert bundle_version(folder, vocabulary) != before


def test_platforms_of_an_ended_government_go_to_its_heir(database: Engine, folder: Path):
    """Succession comes with a later bundle: what was registered under the former government follows."""
    with writing_session(database) as session:
        places = Places.load(session)
        web = make_source(session, "web", Rank.owner)
        made = put(session, "광주 배달", "서울", source="harvest").platform_id
        edit(session, made, {"owner": places.by_code("2900000000").id}, actor=OFFICER, source=web)
        split = put(session, "서구 도서관", "서울", source="harvest").platform_id
        edit(session, split, {"owner": places.by_code("2826000000").id}, actor=OFFICER, source=web)
    counts = load_bundle(database, folder=folder)
    assert counts["handed_over"] == 1
    with session_of(database) as session:
        assert platform(session, made).owner_name == "전남광주통합특별시"
        assert platform(session, split).owner_name == "인천광역시 서구"
        every = session.exec(select(Statement).where(Statement.platform_id == made, Statement.field == "owner")).all()
        assert any("광주광역시 → 전남광주통합특별시" in one.note and one.rank is Rank.owner for one in every)
