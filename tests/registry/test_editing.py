"""People's edits: checked, ranked, versioned, and taken back."""

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from registry.database import writing_session
from registry.editing import edit
from registry.errors import Conflict, InvalidValue, NotFound
from registry.models import AuditLine, Statement
from registry.vocab import Rank, Status
from tests.registry.factories import OFFICER, make_source, outbox, places_of, platform, put, standing


@pytest.fixture
def session(database: Engine):
    with writing_session(database) as opened:
        yield opened


@pytest.fixture
def web(session):
    return make_source(session, "web", Rank.owner)


@pytest.fixture
def made(session):
    return put(session, "따릉이", department="가", status=Status.running).platform_id


def test_an_edit_ranks_above_the_harvest_and_is_signed(session, web, made):
    assert edit(session, made, {"department": "나"}, actor=OFFICER, source=web, note="조직 개편") == 2
    row = platform(session, made)
    assert row.department == "나"
    (said,) = [one for one in standing(session, made, "department") if one.rank is Rank.owner]
    assert (said.actor, said.note, said.source_id) == ("person:officer", "조직 개편", "web")
    line = session.exec(select(AuditLine).where(AuditLine.subject == made)).one()
    assert (line.actor, line.action, line.detail["fields"]) == ("person:officer", "edit", ["department"])
    assert outbox(session, made) == [1, 2]


def test_an_official_submission_ranks_above_the_owner(session, web, made):
    edit(session, made, {"department": "공식"}, actor=OFFICER, source=web, rank=Rank.official)
    edit(session, made, {"department": "담당자"}, actor=OFFICER, source=web)
    assert platform(session, made).department == "공식"


def test_emptying_takes_back_ones_own_word_only(session, web, made):
    edit(session, made, {"department": "나"}, actor=OFFICER, source=web)
    edit(session, made, {"department": ""}, actor=OFFICER, source=web)
    assert platform(session, made).department == "가"
    assert len(session.exec(select(Statement).where(Statement.field == "department")).all()) == 2


def test_the_same_edit_twice_is_one(session, web, made):
    assert edit(session, made, {"department": "나"}, actor=OFFICER, source=web) == 2
    assert edit(session, made, {"department": "나"}, actor=OFFICER, source=web) == 2
    assert outbox(session, made) == [1, 2]


def test_an_edit_of_a_version_that_is_gone_is_refused(session, web, made):
    edit(session, made, {"department": "나"}, actor=OFFICER, source=web, expected_version=1)
    with pytest.raises(Conflict) as refused:
        edit(session, made, {"department": "다"}, actor=OFFICER, source=web, expected_version=1)
    assert refused.value.remedy_ko
    assert platform(session, made).department == "나"


def test_unknown_platform(session, web):
    with pytest.raises(NotFound):
        edit(session, "Pnone", {"name": "x"}, actor=OFFICER, source=web)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("name", ""), ("name", "가" * 201), ("name", "…"), ("url", "ftp://a.kr"), ("url", "없음")],
        *[("status", "open"), ("type", "other"), ("form", "nothing"), ("functions", ["no_such_function"])],
        *[("beneficiaries", ["사람"]), ("area", ["없는곳"]), ("area", ["고성군"]), ("area", ["zone:none"])],
        *[("owner", "없는곳"), ("owner", 10**9), ("launched", "2026-02-30"), ("operating_mode", "x")],
        *[("channels", ["web=없음"]), ("channels", ["fax=02-120"]), ("colour", "red"), ("renamed_from", ["x"])],
        *[("legal_basis", "가" * 501), ("aliases", ["가" * 201]), ("secondary_types", ["x"])],
    ],
)
def test_what_cannot_be_taken_names_field_value_cause_and_remedy(session, web, made, field, value):
    changes = {"department": "나", field: value}
    with pytest.raises(InvalidValue) as refused:
        edit(session, made, changes, actor=OFFICER, source=web, places=places_of(session))
    facts = refused.value.facts()
    assert facts["field"] and facts["cause"]["ko"] and facts["cause"]["en"]
    assert facts["remedy"]["ko"] and facts["remedy"]["en"]
    row = platform(session, made)
    assert (row.department, row.version) == ("가", 1)


@pytest.mark.parametrize(
    ("field", "value", "column", "kept"),
    [
        ("url", "bike.seoul.go.kr", "url", "https://bike.seoul.go.kr/"),
        ("form", "B1.1", "form", "citizen_proposal"),
        ("functions", ["공공자전거"], "functions", None),
        ("beneficiaries", ["청년"], "beneficiaries", ["youth"]),
        ("area", ["경기 광주시", "전국"], "area", ["4161000000", "nation"]),
        ("owner", "부산시", "owner_name", "부산광역시"),
        ("owner", {"name": "행정안전부", "level": "national"}, "owner_name", "행정안전부"),
        ("launched", "2015.10.15.", "launched", "2015-10-15"),
        ("channels", ["02-120", {"kind": "visit", "value": "시청"}], "channels", None),
        ("aliases", "가; 나;가", "aliases", ["가", "나"]),
        ("description", "<b>빌리는</b>&nbsp;자전거", "description", "빌리는 자전거"),
    ],
)
def test_what_people_write_is_understood(session, web, made, field, value, column, kept):
    if field == "functions":
        from registry.vocabulary import load_vocabulary

        known = load_vocabulary().functions["bike_sharing"]
        value, kept = [known.ko], [{"id": "bike_sharing", "confidence": 1.0, "evidence": []}]
    if field == "channels":
        kept = [{"kind": "phone", "value": "02-120"}, {"kind": "visit", "value": "시청"}]
    edit(session, made, {field: value}, actor=OFFICER, source=web)
    assert getattr(platform(session, made), column) == kept


def test_an_owner_may_point_to_a_parent_and_not_to_itself(session, web, made):
    home = put(session, "누리집").platform_id
    edit(session, made, {"parent": home}, actor=OFFICER, source=web)
    assert platform(session, made).parent_id == home
    edit(session, made, {"parent": made}, actor=OFFICER, source=web)
    assert platform(session, made).parent_id is None
