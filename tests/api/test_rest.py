"""The REST interface: paging that loses nothing, ETags, If-Match, problems that name the field, bounded numbers."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from api.problems import STATUSES
from registry import errors
from registry.accounts import create_token
from registry.database import writing_session
from tests.site import Site

API = "/api/v1"


@pytest.fixture(scope="module")
def client(site: Site) -> TestClient:
    return site.client()


@pytest.fixture(scope="module")
def token(site: Site) -> dict[str, str]:
    with writing_session(site.installation.database) as session:
        return {"Authorization": f"Bearer {create_token(session, 1, 'tests')}"}


def assert_problem(answer: Any, status: int, field: str = "") -> dict[str, Any]:
    """The one shape of an error."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    body = answer.json()
    assert body["status"] == status and body["type"].startswith("urn:metaplatform:problem:")
    assert body["cause"]["ko"] and body["cause"]["en"] and body["title"]
    if field:
        assert body["field"] == field and body["value"] is not None
    assert isinstance(body, dict)
    return body


def test_paging_reads_every_platform_once(client: TestClient) -> None:
    seen: list[str] = []
    address: str | None = f"{API}/platforms?limit=200"
    while address:
        body = client.get(address).json()
        seen += [one["id"] for one in body["items"]]
        address = body["next"]
    assert len(seen) == len(set(seen)) > 1000
    assert seen == sorted(seen)


def test_filters_narrow_the_list(client: TestClient) -> None:
    body = client.get(f"{API}/platforms?owner=경기도&function=food_delivery&status=running").json()
    assert "배달특급" in {one["name"] for one in body["items"]}
    assert {one["owner"] for one in body["items"]} == {"경기도"}
    assert {one["status"] for one in body["items"]} == {"running"}


def test_an_unchanged_platform_is_not_sent_again(client: TestClient, site: Site) -> None:
    first = client.get(f"{API}/platforms/{site.ids['platform']}")
    assert first.status_code == 200
    again = client.get(f"{API}/platforms/{site.ids['platform']}", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304 and again.content == b""
    assert again.headers["etag"] == first.headers["etag"]


def test_every_value_says_who_said_it(client: TestClient, site: Site) -> None:
    body = client.get(f"{API}/platforms/{site.ids['platform']}").json()
    said = {one["field"]: one for one in body["statements"]}
    assert said["name"]["value"] == "배달특급" and said["name"]["source"] and said["name"]["rank"]
    usage = client.get(f"{API}/platforms/{site.ids['platform']}/usage").json()
    members = next(one for one in usage["figures"] if one["key"] == "members" and one["as_of"])
    assert members["note"] and members["source"] == "bundle" and members["actor"] and members["last_seen"]


def test_a_change_needs_what_was_read(client: TestClient, token: dict[str, str]) -> None:
    made = client.post(
        f"{API}/platforms",
        headers=token,
        json={"name": "시험 물물교환 마당", "owner": "수원시", "description": "물건을 바꾸는 곳"},
    )
    assert made.status_code == 201, made.text
    address = made.headers["location"]
    change = {"changes": {"department": "자치행정과"}}
    assert_problem(client.patch(address, headers=token, json=change), 428)
    tag = client.get(address).headers["etag"]
    done = client.patch(address, headers={**token, "If-Match": tag}, json=change)
    assert done.status_code == 200, done.text
    assert_problem(client.patch(address, headers={**token, "If-Match": tag}, json=change), 412)
    assert client.get(address).json()["department"] == "자치행정과"
    body = {"changes": {"status": "dancing"}}
    assert_problem(client.patch(address, headers={**token, "If-Match": "*"}, json=body), 422, "status")
    said = client.get(f"{address}/history").json()["items"]
    assert said[0]["field"] == "department" and said[0]["actor"].startswith("token:")


def test_registering_the_same_address_again_changes_nothing_twice(client: TestClient, token: dict[str, str]) -> None:
    body = {"name": "시험 씨앗 도서관", "owner": "은평구", "url": "https://seed.ep.example.kr/"}
    first = client.post(f"{API}/platforms", headers=token, json=body)
    second = client.post(f"{API}/platforms", headers=token, json=body)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"] and second.json()["matched_by"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer mp_wrong"}, {"Authorization": "Basic eA=="}])
def test_writing_needs_a_known_token(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.post(f"{API}/platforms", headers=headers, json={"name": "가", "owner": "수원시"})
    assert_problem(answer, 401)
    assert "Bearer" in answer.headers["www-authenticate"]


@pytest.mark.parametrize(
    "path, status, field",
    [
        ("/platforms/Pnone", 404, ""),
        ("/platforms?limit=0", 422, "limit"),
        ("/platforms?limit=99999999999999999999", 422, "limit"),
        ("/platforms?cursor=%FF", 422, "cursor"),
        ("/platforms?cursor=!!!", 422, "cursor"),
        ("/platforms?type=dance", 422, "type"),
        ("/platforms?function=dance", 422, "function"),
        ("/platforms?owner=없는시", 422, "owner"),
        ("/platforms?owner=중구", 422, "owner"),
        ("/platforms?changed_since=2026-01-01T00:00:00", 422, "changed_since"),
        ("/search?sort=dance", 422, "sort"),
        ("/search?area=없는시", 422, "owner"),
        ("/governments/9999999999", 404, ""),
        ("/zones/nowhere", 404, ""),
        ("/runs/99999999999999999999999999", 422, "number"),
        ("/runs/4000000000000", 404, ""),
        ("/nowhere", 404, ""),
    ],
)
def test_a_wrong_question_is_told_what_is_wrong(client: TestClient, path: str, status: int, field: str) -> None:
    assert_problem(client.get(API + path), status, field)


def test_a_former_code_answers_as_todays_government(client: TestClient) -> None:
    body = client.get(f"{API}/governments/4200000000").json()
    assert body["full_name"] == "강원특별자치도" and body["members"]


def test_a_taken_over_address_is_withheld(client: TestClient) -> None:
    body = client.get(f"{API}/platforms/P5f6cc262").json()
    assert body["liveness"] == "taken_over" and body["url"] == "" and body["channels"] == []
    found = client.get(f"{API}/search?q=서울시 마을공동체 종합지원센터").json()["hits"]
    assert next(one for one in found if one["id"] == "P5f6cc262")["url"] == ""


def test_search_shows_how_it_read_the_words(client: TestClient) -> None:
    body = client.get(f"{API}/search?q=ㅂㄷㅌㄱ").json()
    assert body["hits"][0]["name"] == "배달특급"
    assert body["interpretation"][0]["kind"] == "initials" and body["interpretation"][0]["from"] == "ㅂㄷㅌㄱ"
    plain = client.get(f"{API}/search?q=ㅂㄷㅌㄱ&literal=true").json()
    assert plain["interpretation"] == []


def test_what_a_resident_wrote_is_not_given_out(client: TestClient, site: Site) -> None:
    client.post(
        f"/platforms/{site.ids['platform']}/report",
        data={"wrong": "closed", "text": "비밀스러운 신고 내용", "contact": "me@example.kr"},
    )
    listed = client.get(f"{API}/issues").text + client.get("/issues").text
    number = client.get(f"{API}/issues?code=resident_report").json()["items"][0]["id"]
    for text in (listed, client.get(f"/issues/{number}").text, client.get(f"/reports/{number}").text):
        assert "비밀스러운" not in text and "me@example.kr" not in text
    assert "비밀스러운" in site.officer().get(f"/issues/{number}").text


def test_the_document_describes_every_operation(client: TestClient) -> None:
    document = client.get(f"{API}/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    names = []
    for methods in document["paths"].values():
        for operation in methods.values():
            names.append(operation["operationId"])
            assert operation["description"] and operation["tags"]
            assert "422" in operation["responses"]
            for parameter in operation.get("parameters", []):
                kinds = parameter["schema"].get("anyOf", [parameter["schema"]])
                for kind in kinds:
                    if kind.get("type") == "integer":
                        assert "maximum" in kind or "exclusiveMaximum" in kind, (operation["operationId"], parameter)
    assert len(names) == len(set(names)) >= 20


def test_every_error_of_ours_has_a_status() -> None:
    def below(kind: type) -> set[type]:
        return {kind} | {deeper for one in kind.__subclasses__() for deeper in below(one)}

    ours = {one for one in below(errors.MetaplatformError) if one.__module__ == "registry.errors"}
    assert ours <= set(STATUSES)
