"""The services that lead in a function: listed ones exist, go before others that stand as near, and only where they serve."""

import csv
import datetime

import yaml

from config.settings import CONFIG

LISTED = yaml.safe_load((CONFIG / "vocab" / "leading.yml").read_text(encoding="utf-8"))


def test_every_leading_service_is_in_the_catalogue_and_meets_its_function():
    with (CONFIG / "catalogue" / "platforms.csv").open(encoding="utf-8", newline="") as file:
        known = {(row["name"], row["owner_name"]): row for row in csv.DictReader(file)}
    for one in LISTED["services"]:
        row = known[one["name"], one["owner"]]
        assert set(one["functions"]) <= set(row["functions"].split(";")), one
        assert row["status"] not in ("closed", "suspended", "planned"), one


def test_a_function_has_one_leading_service_of_an_owner_and_the_list_says_when_it_was_reviewed():
    led = [(one["owner"], function) for one in LISTED["services"] for function in one["functions"]]
    nation = [function for owner, function in led if not owner.endswith(("시", "도"))]
    assert len(set(led)) == len(led) and len(set(nation)) == len(nation)
    datetime.datetime.strptime(LISTED["reviewed"], "%Y-%m")


def test_the_leading_service_goes_before_others_that_serve_the_nation(catalogue):
    for text, name in (
        ("통계", "국가통계포털 KOSIS"),
        ("인구 자료", "국가통계포털 KOSIS"),
        ("공공데이터 받기", "공공데이터포털"),
        ("임대주택", "마이홈"),
        ("시 빚이 얼마나 되나", "지방재정365"),
    ):
        assert catalogue.names(text)[0] == name, text
    hit = catalogue.hits("임대주택", explain=True)[0]
    assert {reason.code for reason in hit.why} >= {"lead"}
    assert abs(sum(reason.points for reason in hit.why if reason.code not in PARTS) - hit.score) < 1e-3


def test_a_city_s_leading_service_leads_for_those_who_live_there_only(catalogue):
    for hit in catalogue.hits("관광 안내", explain=True, limit=30):
        if hit.owner_id is not None:
            assert "lead" not in {reason.code for reason in hit.why}, hit.name
    assert catalogue.names("전시 보기", "서울특별시")[0] == "서울문화포털"


def test_another_city_comes_after_one_s_own_province_where_both_meet_the_need(catalogue):
    hits = catalogue.hits("공무원이 불친절해서 민원 넣으려고요", "서울특별시 마포구")
    order = [hit.relation for hit in hits if hit.functions[0] == "civil_complaint"]
    assert "parent" in order
    assert not {"zone", "elsewhere"} & set(order[: order.index("parent")])


PARTS = ("name", "function", "description")
