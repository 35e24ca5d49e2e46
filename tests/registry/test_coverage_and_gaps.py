"""Coverage against what was reported, and the gap between governments of one level."""

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from registry.coverage import coverage_of
from registry.database import session_of, writing_session
from registry.errors import InvalidValue
from registry.gaps import gaps, lacks
from registry.governments import Places
from registry.models import Platform
from registry.register import register_many
from registry.vocab import Level, PlatformState, PlatformType, Status
from tests.registry.factories import HARVESTER, make_draft, make_record, make_source, put


def test_coverage_of_the_bundle(bundled_database: Engine):
    with session_of(bundled_database) as session:
        rows = {one["code"]: one for one in coverage_of(session)}
        assert len(rows) == 245
        seoul = rows["1100000000"]
        assert (seoul["reported"], seoul["reported_by_type"]["information"]) == (135, 129)
        counted = session.exec(
            select(Platform).where(
                Platform.owner_name == "서울특별시",
                Platform.state == PlatformState.active,
                Platform.status.not_in([Status.closed, Status.planned]),
            )
        ).all()
        assert seoul["registered"] == len(counted)
        assert sum(seoul["registered_by_type"].values()) == seoul["registered"]
        assert "proposal/recall_vote" in seoul["missing_forms"]
        assert rows["4111000000"]["reported"] is None
        places = Places.load(session)
        below = coverage_of(session, area="서울", places=places)
        assert len(below) == 26
        with pytest.raises(InvalidValue):
            coverage_of(session, area="없는곳")


def test_coverage_counts_what_stands(database: Engine):
    with writing_session(database) as session:
        for name, status in {"가": Status.running, "나": Status.planned, "다": Status.closed, "라": None}.items():
            put(session, name, "수원", status=status, type=PlatformType.proposal, form="petition")
        (row,) = coverage_of(session, area="수원")
        assert row["registered"] == 2
        assert "proposal/petition" not in row["missing_forms"]
        assert "proposal/citizen_proposal" in row["missing_forms"]


def test_a_gap_tells_who_runs_who_is_served_and_who_lacks(database: Engine):
    with writing_session(database) as session:
        places = Places.load(session)
        put(session, "수원 자전거", "수원", functions=["bike_sharing"], status=Status.running)
        put(session, "서울 자전거", "서울", functions=["bike_sharing"], status=Status.running)
        put(session, "옛 자전거", "용인", functions=["bike_sharing"], status=Status.closed)
        (gap,) = [one for one in gaps(session, Level.basic) if one.key == "bike_sharing"]
        suwon = places.resolve("수원")
        assert gap.run == (suwon.id,)
        assert set(gap.served) == set(places.children(places.resolve("서울").id))
        assert places.resolve("용인").id in gap.lacking
        assert len(gap.run) + len(gap.served) + len(gap.lacking) == 229
        assert gap.per_100k == round(100_000 / suwon.electors, 3)
        (above,) = [one for one in gaps(session, Level.metropolitan) if one.key == "bike_sharing"]
        assert above.run == (places.resolve("서울").id,)
        assert len(above.run) + len(above.served) + len(above.lacking) == 16


def test_a_nationwide_platform_serves_all(database: Engine):
    with writing_session(database) as session:
        put(session, "전국 자전거", "서울", functions=["bike_sharing"], area=("nation",))
        (gap,) = [one for one in gaps(session, Level.basic) if one.key == "bike_sharing"]
        assert gap.lacking == ()
        assert len(gap.served) == 229


def test_what_one_government_lacks(database: Engine):
    with writing_session(database) as session:
        places = Places.load(session)
        source = make_source(session)
        cities = [one for one in places.all() if one.kind == "시" and one.name != "수원시"]
        drafts = [
            make_draft(session, f"{one.name} 자전거", one.full_name, functions=["bike_sharing"]) for one in cities
        ]
        records = [make_record(session, source, draft.name) for draft in drafts]
        register_many(session, list(zip(drafts, records, strict=True)), source=source, actor=HARVESTER)
        found = lacks(session, places.resolve("수원").id, at_least=0.3)
        assert [one.key for one in found] == ["bike_sharing"]
        assert lacks(session, places.resolve("용인").id, at_least=0.3) == []


def test_forms(database: Engine):
    with writing_session(database) as session:
        put(session, "가", "수원", type=PlatformType.proposal, form="petition")
        (gap,) = [one for one in gaps(session, Level.basic, by="form") if one.key == "proposal/petition"]
        assert len(gap.run) == 1
