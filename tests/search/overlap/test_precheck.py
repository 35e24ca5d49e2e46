"""The pre-build check: tiers in order, real plans, what is refused, and the agreed JSON."""

import json
from datetime import date

import pytest
from sqlalchemy import Engine

from registry.errors import InvalidValue, NotFound
from registry.vocab import Level
from search.overlap.consultation import consultation_notes, consultation_rules
from search.overlap.index import Index
from search.overlap.joining import DISTRIBUTE, IMPROVE, SHARE
from search.overlap.precheck import check, precheck
from search.overlap.sides import Sides
from search.overlap.tiers import TIERS
from tests.search.overlap.conftest import LABELLED

PLANS = [json.loads(line) for line in (LABELLED / "plans.jsonl").read_text(encoding="utf-8").splitlines()]


def test_real_plans_are_found_and_the_right_tier_comes_first(compared: Engine, index: Index) -> None:
    assert len(PLANS) >= 60
    sides = Sides(index)

    def ids(rows: list[list[str]]) -> set[str]:
        return {sides.find(name, owner, "", "a").id for name, owner in rows} & set(index.subjects)

    judged = {one for plan in PLANS for one in ids(plan["relevant"])}
    recall, right_tier = 0.0, 0
    for plan in PLANS:
        left_out = ids([plan["leave_out"]]) if plan["leave_out"] else set()
        relevant = ids(plan["relevant"]) - left_out
        unjudged = ids(plan["unjudged"]) - relevant
        found = check(compared, plan["plan"], next(iter(left_out), None))
        shown = [hit.subject.id for tier in TIERS[:-1] for hit in found.hits[tier]]
        first_ten = [one for one in shown if one in judged and one not in unjudged][:10]
        recall += len(relevant & set(first_ten)) / min(10, len(relevant))
        right_tier += plan["first_tier"] == next((tier for tier in TIERS if found.hits[tier]), "")
    assert recall / len(PLANS) >= 0.95
    assert right_tier / len(PLANS) >= 0.85


def test_the_agreed_json(compared: Engine) -> None:
    found = precheck(compared, {"owner": "경기도 양평군", "purpose": "소상공인을 위한 공공 배달앱", "cost_krw": 5e8})
    assert list(found) == [
        "functions", "questions", "tiers", "partners", "proposed_verdict", "searched_at", "known_gaps",
    ]  # fmt: skip
    assert found["functions"] == ["food_delivery"]
    assert [tier["tier"] for tier in found["tiers"]] == list(TIERS)
    assert [set(one) for one in found["questions"]] == [{"question", "answer", "evidence"}] * 4
    upper = {hit["name"]: hit for hit in found["tiers"][1]["hits"]}
    assert set(upper["배달특급"]) == {"id", "name", "owner", "coverage", "missing", "status", "reason"}
    assert upper["배달특급"]["coverage"] == 1.0 and "포함" in upper["배달특급"]["reason"]
    assert found["proposed_verdict"] in {"추진", "조건부추진", "추진보류", "신청반려"}
    assert "검토 참고용" in found["known_gaps"][0]
    json.dumps(found)


def test_province_and_shared_systems_come_before_neighbours_and_failures_are_shown(compared: Engine) -> None:
    found = check(compared, {"owner": "전북 임실군", "purpose": "공공 배달앱을 만든다"})
    assert not found.hits["own"] and found.hits["shared"] and found.hits["zone"]
    closed = [hit for tier in ("zone", "elsewhere") for hit in found.hits[tier] if hit.subject.status == "closed"]
    assert len(closed) >= 3
    assert {hit.subject.name for hit in found.hits["private"]} >= {"배달의민족"}
    assert found.partners and all(one.id != found.plan.owner.id for one in found.partners)


def test_what_is_left_out_is_not_found_and_words_serve_as_functions(compared: Engine, index: Index) -> None:
    plan = {"owner": "서울특별시", "purpose": "자전거 대여", "functions": ["따릉이 같은 공공자전거"]}
    own = {hit.subject.name: hit.subject.id for hit in check(compared, plan).hits["own"]}
    assert "따릉이" in own
    left = check(compared, plan, own["따릉이"])
    assert "따릉이" not in {hit.subject.name for tier in TIERS for hit in left.hits[tier]}


def test_words_for_functions_are_steps_of_what_the_purpose_says(compared: Engine) -> None:
    plan = {
        "owner": "강원 속초시",
        "purpose": "시민이 내년도 사업을 건의하고 우선순위를 투표로 정하는 주민참여예산 공간",
        "functions": ["예산 사업 건의", "주민 투표", "선정 결과 공개"],
        "area": "속초시 전역",
    }
    found = check(compared, plan)
    assert found.plan.functions[0] == "participatory_budget"
    assert not found.plan.declared
    assert {hit.subject.owner_name for hit in found.hits["upper"]} >= {"강원특별자치도"}
    assert check(compared, plan | {"area": "관내 전역"}).plan.subject.area == found.plan.subject.area


def test_what_the_plan_may_be_about_second_is_not_passed_over(compared: Engine) -> None:
    """A purpose reads as consumer protection first and as a farm mall almost as much: the county's own mall is named."""
    plan = {
        "owner": "경상북도 청송군",
        "name": "청송사과 직판 누리집",
        "purpose": "과수 농가가 사과를 소비자에게 직접 판매",
    }
    found = check(compared, {**plan, "functions": ["농산물 판매", "주문", "택배 조회"]})
    assert "farm_mall" in found.plan.functions and not found.plan.declared
    assert "청송몰" in {hit.subject.name for hit in found.hits["own"]}


def test_a_wider_platform_does_part_of_a_narrow_plan_and_not_the_other_way_round(compared: Engine) -> None:
    narrow = check(compared, {"owner": "경남 진주시", "purpose": "강당 대관", "functions": ["facility_rental"]})
    wide = {hit.subject.name: hit for hit in narrow.hits["zone"]}
    assert 0.5 < wide["함안군 통합예약시스템"].coverage < 1.0
    general = check(compared, {"owner": "경남 진주시", "purpose": "통합예약", "functions": ["integrated_reservation"]})
    assert all("integrated_reservation" in hit.subject.functions for tier in general.hits.values() for hit in tier)


def test_a_justified_plan_goes_ahead_where_nothing_exists(compared: Engine) -> None:
    plan = {
        "owner": "경상북도 울릉군",
        "purpose": "장사시설 화장 예약",
        "functions": ["funeral"],
        "management_plan": "담당 2명, 연 3천만 원",
        "legal_basis": "울릉군 장사시설 조례",
    }
    with_shared = check(compared, plan)
    assert [hit.subject.name for hit in with_shared.hits["shared"]] == ["e하늘 장사정보시스템"]
    alone = check(compared, plan, with_shared.hits["shared"][0].subject.id)
    assert alone.proposal.verdict == "추진"
    assert with_shared.proposal.verdict != "추진"


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        ({"purpose": "배달"}, "owner"),
        ({"owner": "전북 임실군"}, "purpose"),
        ({"owner": "없는군", "purpose": "배달"}, "owner"),
        ({"owner": "서구", "purpose": "배달"}, "owner"),
        ({"owner": "임실군", "purpose": "배달", "cost_krw": "많이"}, "cost_krw"),
        ({"owner": "임실군", "purpose": "배달", "cost_krw": -1}, "cost_krw"),
        ({"owner": "임실군", "purpose": "배달", "cost_krw": True}, "cost_krw"),
        ({"owner": "임실군", "purpose": "배달", "functions": 3}, "functions"),
        ({"owner": "임실군", "purpose": "배달", "area": ["서구"]}, "owner"),
        ({"owner": "임실군", "purpose": "배달", "budget": 3}, "budget"),
        ({"owner": "임실군", "purpose": ["배달"]}, "purpose"),
        ([], "plan"),
    ],
)
def test_a_bad_plan_names_the_field_and_the_remedy(compared: Engine, plan: object, field: str) -> None:
    with pytest.raises(InvalidValue) as error:
        precheck(compared, plan)  # type: ignore[arg-type]
    assert error.value.field == field
    assert error.value.remedy("ko") and error.value.remedy("en")


def test_an_unknown_platform_cannot_be_left_out(compared: Engine) -> None:
    with pytest.raises(NotFound):
        precheck(compared, {"owner": "임실군", "purpose": "배달"}, as_if_unknown="P00000000")


def test_an_unknown_function_is_a_gap_and_no_verdict_to_build(compared: Engine) -> None:
    found = precheck(compared, {"owner": "봉화군", "purpose": "양자 통신 실증", "functions": ["쀍쀍쀍"]})
    assert found["functions"] == [] and found["proposed_verdict"] == "추진보류"
    assert any("쀍쀍쀍" in gap for gap in found["known_gaps"])


def test_a_cost_is_held_to_the_dated_rules_of_its_level() -> None:
    then = consultation_notes(Level.basic, 45_000_000, date(2017, 6, 1))
    assert [(one.in_force, one.reached, one.rule.threshold_krw) for one in then] == [(True, True, 40_000_000)]
    later = consultation_notes(Level.basic, 45_000_000, date(2026, 1, 1))
    assert [(one.in_force, one.reached) for one in later] == [(True, False), (False, True)]
    assert later[0].rule.new_regardless and later[1].rule.note_ko == "자치구 4천만 원(2017)"
    assert [one.reached for one in consultation_notes(Level.basic, None, date(2026, 1, 1))] == [None, None]
    province = consultation_notes(Level.metropolitan, 1e8, date(2026, 1, 1))
    assert [(one.rule.consults, one.reached) for one in province] == [("행정안전부", True)]
    assert all(one.source and one.source_kind for one in consultation_rules())


def test_every_hit_says_how_to_join_and_whom_to_ask(compared: Engine) -> None:
    checked = check(
        compared, {"owner": "전북 임실군", "purpose": "소상공인을 위한 공공 배달앱", "cost_krw": 45_000_000}
    )
    hits = {hit.subject.name: hit for tier in checked.hits.values() for hit in tier}
    assert set(checked.facts) == {hit.subject.id for hit in hits.values()}
    for hit in hits.values():
        facts = checked.facts[hit.subject.id]
        assert facts.way.ko and facts.way.en
        assert (facts.way.name == "") == (hit.subject.status == "closed")
        if hit.tier == "own" and hit.subject.status != "closed":
            assert facts.way.name == IMPROVE
    ways = {checked.facts[hit.subject.id].way.name for hit in hits.values()}
    assert {SHARE, DISTRIBUTE} <= ways
    assert any(facts.figures.users for facts in checked.facts.values()), "users stand beside hits where known"
    assert [one.rule.threshold_krw for one in checked.consultation if one.in_force] == [50_000_000]
