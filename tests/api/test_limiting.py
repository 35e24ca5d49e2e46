"""Limits by address: what is counted together, when one may come again, and the answer in both faces."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.limiting import Buckets, caller, kind_of
from config.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, sign_ins_per_minute=2, writes_per_minute=3, program_requests_per_minute=4)


def test_a_minutes_worth_is_saved_up_and_comes_back_evenly() -> None:
    clock = [0.0]
    buckets = Buckets(lambda: clock[0])
    assert [buckets.wait(("write", "a"), 6) for _ in range(7)] == [0.0] * 6 + [pytest.approx(10.0)]
    clock[0] = 5.0
    assert buckets.wait(("write", "a"), 6) == pytest.approx(5.0)
    assert buckets.wait(("write", "b"), 6) == 0.0
    clock[0] = 10.0
    assert buckets.wait(("write", "a"), 6) == 0.0
    clock[0] = 1000.0
    assert [bool(buckets.wait(("write", "a"), 6)) for _ in range(7)] == [False] * 6 + [True]


def test_signing_in_writing_and_programs_are_counted_apart_and_pages_never() -> None:
    assert kind_of("POST", "/en/login") == "sign_in"
    assert kind_of("GET", "/login") == kind_of("GET", "/") == kind_of("GET", "/static/site.css") == ""
    assert kind_of("POST", "/missing") == kind_of("DELETE", "/api/v1/overlap/verdicts/1") == "write"
    assert kind_of("GET", "/api/v1/platforms") == kind_of("POST", "/api/3/action/package_search") == "program"


def test_an_ipv6_subscriber_is_one_caller() -> None:
    def asks(host: str) -> str:
        return caller({"client": (host, 1)})

    assert asks("2001:db8:1:2::1") == asks("2001:db8:1:2:ffff::9") != asks("2001:db8:1:3::1")
    assert asks("::ffff:192.0.2.1") == asks("192.0.2.1") != asks("192.0.2.2")


def test_too_many_are_answered_with_429_as_a_page_and_as_a_problem(settings: Settings) -> None:
    with TestClient(create_app(settings), follow_redirects=False) as client:
        for _ in range(4):
            assert client.get("/api/v1/governments?limit=1").status_code == 200
        refused = client.get("/api/v1/governments?limit=1")
        assert refused.status_code == 429
        assert refused.headers["content-type"] == "application/problem+json"
        assert 1 <= int(refused.headers["retry-after"]) <= 15
        assert refused.json()["code"] == "too_many_requests" and "1분에 4번" in refused.json()["cause"]["ko"]
        assert refused.headers["content-security-policy"]
        for _ in range(2):
            assert client.post("/login", data={"name": "nobody", "password": "wrong"}).status_code == 422
        page = client.post("/en/login", data={"name": "nobody", "password": "wrong"})
        assert page.status_code == 429 and "Too many requests" in page.text
        assert 1 <= int(page.headers["retry-after"]) <= 30
        assert client.get("/").status_code == 200


def test_no_limit_where_the_settings_say_so(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, program_requests_per_minute=0)
    with TestClient(create_app(settings)) as client:
        assert {client.get("/api/v1/governments?limit=1").status_code for _ in range(20)} == {200}
