"""Groups, comparisons, verdicts, pre-build checks, candidates, gaps and survey tables as pages and REST."""

import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from api.app import create_app
from config.settings import Settings
from registry.accounts import create_account, create_token
from registry.database import open_database, writing_session
from registry.records import SYSTEM
from search.overlap.live import live_index
from search.overlap.store import rebuild

PLAN = {"owner": "전북 임실군", "purpose": "소상공인을 위한 공공 배달앱"}


@pytest.fixture(scope="module")
def home(bundled_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with the catalogue, compared and grouped, and an officer's token."""
    folder = tmp_path_factory.mktemp("home")
    shutil.copy(bundled_template, folder / "registry.sqlite")
    engine = open_database(f"sqlite:///{folder / 'registry.sqlite'}")
    live_index(engine, Settings(home=folder))
    rebuild(engine)
    with writing_session(engine) as session:
        account, _password = create_account(session, "reviewer", "reviewer", SYSTEM)
        account.must_change = False
        (folder / "token").write_text(create_token(session, account.id or 0, "test"), encoding="utf-8")
    engine.dispose()
    return folder


@pytest.fixture(scope="module")
def client(home: Path) -> Iterator[TestClient]:
    """The application over it."""
    with TestClient(create_app(Settings(home=home))) as opened:
        yield opened


@pytest.fixture(scope="module")
def delivery(client: TestClient) -> dict[str, object]:
    """The group of the delivery apps."""
    return dict(client.get("/api/v1/overlap/groups?function=food_delivery").json()[0])


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize(
    "path",
    ["/groups", "/groups?area=창원시", "/judging", "/judging?question=identity&order=money", "/precheck",
     "/precheck?owner=임실군&purpose=공공 배달앱", "/retirement", "/retirement?rule=homepages_2015",
     "/gaps?level=metropolitan", "/gaps?by=form&province=5200000000", "/survey"],
)  # fmt: skip
def test_pages_answer_in_both_languages_with_one_heading(client: TestClient, prefix: str, path: str) -> None:
    answer = client.get(prefix + path)
    assert answer.status_code == 200
    assert len(re.findall(r"<h1[ >]", answer.text)) == 1
    assert not re.search(r'\sstyle="', answer.text), "the content policy forbids styles in the page"


def test_the_subjects_name_leads_to_the_groups(client: TestClient) -> None:
    for prefix in ("", "/en"):
        moved = client.get(f"{prefix}/overlap?area=창원시", follow_redirects=False)
        assert moved.status_code == 308 and moved.headers["location"].startswith(f"{prefix}/groups?area=")
        assert 'aria-current="page"' in client.get(f"{prefix}/overlap").text


def test_a_group_has_map_table_history_and_files(client: TestClient, delivery: dict[str, object]) -> None:
    page = client.get(f"/groups/{delivery['id']}").text
    assert "<svg" in page and "동백통" in page and "2024년 5월 15일" in page and "국비" not in page
    lines = client.get(f"/groups/{delivery['id']}.csv").content.decode("utf-8-sig").splitlines()
    members = delivery["members"]
    assert isinstance(members, list) and len(lines) == len(members) + 1
    sheet = load_workbook(io.BytesIO(client.get(f"/groups/{delivery['id']}.xlsx").content)).active
    assert sheet is not None and sheet.max_row == len(lines)
    facts = client.get(f"/api/v1/overlap/groups/{delivery['id']}").json()
    assert facts["costs_known"] >= 1 and {one["id"] for one in facts["closures"]}
    assert client.get("/groups/Gnone").status_code == 404


def test_a_platforms_page_leads_to_comparing_and_says_what_was_not_measured(
    client: TestClient, delivery: dict[str, object]
) -> None:
    members = delivery["members"]
    assert isinstance(members, list)
    page = client.get(f"/platforms/{members[0]['id']}").text
    assert f'href="/similar/{members[0]["id"]}"' in page
    assert "품질 지표" in page and "재지 않음: 응답 시간" in page


def test_bad_questions_are_answered_with_cause_and_remedy(client: TestClient) -> None:
    page = client.get("/groups?area=없는시")
    assert page.status_code == 422 and 'role="alert"' in page.text
    assert client.get("/api/v1/overlap/groups?function=flying").status_code == 422
    assert client.get("/api/v1/overlap/pairs/Pnone/Pnone2").status_code == 404
    wrong = client.post("/api/v1/precheck", json={"owner": "서구", "purpose": "배달앱"})
    assert wrong.status_code == 422 and "부산광역시 서구" in wrong.text
    assert client.post("/api/v1/precheck", json={"owner": "임실군"}).status_code == 422


def test_a_check_is_kept_under_a_number_and_can_be_printed(client: TestClient) -> None:
    kept = client.post("/precheck", data=PLAN, follow_redirects=False)
    assert kept.status_code == 303
    page = client.get(kept.headers["location"])
    assert "사전검토서" in page.text and "검토 참고용" in page.text and "공공배달 통합포털" in page.text
    preview = client.get("/precheck/preview", params=PLAN).text
    assert "<html" not in preview and "공공배달 통합포털" in preview
    assert client.get("/precheck/preview", params={"owner": "", "purpose": ""}).text == ""
    assert client.post("/precheck", data=PLAN, headers={"origin": "https://evil.example"}).status_code == 403
    found = client.post("/api/v1/precheck", json=PLAN).json()
    assert [tier["tier"] for tier in found["tiers"]] == ["own", "upper", "shared", "zone", "elsewhere", "private"]


def test_verdicts_need_a_token_are_shown_and_can_be_taken_back(
    client: TestClient, delivery: dict[str, object], home: Path
) -> None:
    members = delivery["members"]
    assert isinstance(members, list)
    left, right = members[0]["id"], members[1]["id"]
    body = {"left": left, "right": right, "kind": "unsure", "reason": "더 볼 것"}
    assert client.post("/api/v1/overlap/verdicts", json=body).status_code == 401
    token = {"authorization": f"Bearer {(home / 'token').read_text(encoding='utf-8')}"}
    made = client.post("/api/v1/overlap/verdicts", json=body, headers=token)
    assert made.status_code == 201
    pair = client.get(f"/api/v1/overlap/pairs/{left}/{right}").json()
    assert pair["verdicts"][0]["reason"] == "더 볼 것" and pair["agreement"] == "open"
    assert "더 볼 것" in client.get(f"/compare?left={left}&right={right}").text
    number = made.json()["id"]
    assert client.delete(f"/api/v1/overlap/verdicts/{number}", headers=token).status_code == 200
    assert client.delete(f"/api/v1/overlap/verdicts/{number}", headers=token).status_code == 409
    assert client.get(f"/api/v1/overlap/pairs/{left}/{right}").json()["verdicts"] == []


def test_candidates_name_rule_figure_and_what_cannot_be_judged(client: TestClient) -> None:
    found = client.get("/api/v1/overlap/candidates?rule_set=public_apps_2024").json()
    assert found["rule_set"]["source_kind"] == "press" and found["cannot_be_judged"] > 0
    by_name = {one["name"]: one for one in found["candidates"]}
    assert by_name["은평구평생학습관 앱"]["proposes"] == "폐기권고"
    met = {item["criterion"]: item for item in by_name["은평구평생학습관 앱"]["findings"]}
    assert met["ministry_result"]["met"] is True and met["not_updated"]["met"] is None
    sites = client.get("/api/v1/overlap/candidates?rule_set=homepages_2015").json()
    assert sites["candidates"] == [] and sites["cannot_be_judged"] > 100, "missing visits are no few visits"


def test_the_gap_is_told_in_numbers_and_in_quality(client: TestClient) -> None:
    rows = client.get("/api/v1/gaps?level=metropolitan&by=form").json()["items"]
    assert {"key", "name", "run", "served", "lacking"} <= set(rows[0]) and rows[0]["run"][0]["level"] == "metropolitan"
    quality = client.get("/api/v1/gaps/quality?province=경기도").json()["items"]
    assert quality[0]["government"] is None and quality[0]["platforms"] == sum(row["platforms"] for row in quality[1:])
    assert len(quality[0]["indicators"]) == 9 and len(quality) == 32
    page = client.get("/gaps?province=4100000000").text
    assert "운영하는 것의 품질" in page and "미측정" in page
    lines = client.get("/gaps/quality.csv?level=metropolitan").content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("code,government,platforms,indicator") and len(lines) == 1 + 9 * 17
    assert client.get("/api/v1/gaps/quality?province=없는도").status_code == 422


def test_gaps_and_survey_tables_come_as_csv_and_an_upload_is_not_kept(client: TestClient) -> None:
    lines = client.get("/gaps.csv?level=metropolitan&by=form").content.decode("utf-8-sig").splitlines()
    assert lines[0] == "form,code,government,state,electors_2022,per_100k_electors"
    printed = client.get("/survey.csv").content.decode("utf-8-sig")
    assert "3-61" in printed and "3-62" not in printed
    file = {"file": ("survey.csv", "gov_code,A1-3\n1100000000,5\n2600000000,\n", "text/csv")}
    page = client.post("/survey", files=file)
    assert page.status_code == 200 and "지방자치단체: 2" in page.text
    wrong = client.post("/survey", files={"file": ("survey.csv", "gov_code,A1-3\n1,77\n", "text/csv")})
    assert wrong.status_code == 422 and "A1-3 (line 2)" in wrong.text


def test_every_answer_about_overlap_is_described_by_a_schema(client: TestClient) -> None:
    document = client.get("/api/v1/openapi.json").json()
    bare = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if "overlap" not in operation.get("tags", ()):
                continue
            answer = next(body for status, body in operation["responses"].items() if status.startswith("2"))
            schema = answer["content"]["application/json"]["schema"]
            named = schema.get("$ref") or schema.get("items", {}).get("$ref")
            if not named:
                bare.append(f"{method} {path}")
    assert bare == []
    for name in ("PlanIn", "VerdictIn", "DecisionIn", "GroupOut"):
        assert document["components"]["schemas"][name]["example"]


def test_a_merge_over_rest_needs_a_reviewer_and_is_undone(client: TestClient, home: Path) -> None:
    keep, drop = (one["id"] for one in client.get("/api/v1/overlap/groups").json()[-1]["members"][:2])
    body = {"keep": keep, "drop": drop, "kind": "same", "reason": "한 서비스"}
    assert client.post("/api/v1/overlap/decisions", json=body).status_code == 401
    token = {"authorization": f"Bearer {(home / 'token').read_text(encoding='utf-8')}"}
    made = client.post("/api/v1/overlap/decisions", json=body, headers=token)
    assert made.status_code == 201 and made.json()["keep"] == keep
    assert client.get(f"/api/v1/platforms/{drop}", follow_redirects=False).status_code != 404
    number = made.json()["id"]
    assert client.delete(f"/api/v1/overlap/decisions/{number}", headers=token).status_code == 200
    assert client.delete(f"/api/v1/overlap/decisions/{number}", headers=token).status_code == 409
    assert client.delete("/api/v1/overlap/decisions/999999", headers=token).status_code == 404
    quality = client.get(f"/api/v1/platforms/{keep}/quality").json()
    assert len(quality) == 9 and {one["dimension"] for one in quality} == {"system", "information", "service"}


def test_a_check_over_rest_says_how_to_join_and_which_dated_rule_applies(client: TestClient) -> None:
    found = client.post("/api/v1/precheck", json={**PLAN, "cost_krw": 45_000_000}).json()
    hits = [hit for tier in found["tiers"] for hit in tier["hits"]]
    assert {hit["id"] for hit in hits} == set(found["joining"])
    assert all(one["ask"] and one["said"]["ko"] for one in found["joining"].values())
    assert [(one["since"], one["in_force"], one["reached"]) for one in found["consultation"]] == [
        ("2018-01", True, False),
        ("2017-01", False, True),
    ]
