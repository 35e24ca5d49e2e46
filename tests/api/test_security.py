"""What keeps a signed-in person's browser hers: origin, token, cookie flags, lock-out, headers, no open redirect."""

from pathlib import Path

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from api.app import create_app
from api.startup import open_installation
from config.settings import Settings
from registry import accounts
from registry.database import writing_session
from registry.errors import NotAllowed
from registry.records import SYSTEM
from tests.site import PASSWORD, Site


def test_every_answer_carries_the_policy(site: Site) -> None:
    client = site.client()
    for path in ("/", "/nowhere", "/api/v1/platforms?limit=1", "/api/v1/nowhere", "/static/site.css", "/robots.txt"):
        headers = client.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'self'"), path
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_an_unexpected_error_is_a_page_with_the_policy_and_without_a_trace(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("api.pages.search.counts", broken)
    client = TestClient(site.app, raise_server_exceptions=False)
    answer = client.get("/")
    assert answer.status_code == 500 and "secret detail" not in answer.text
    assert "서버에 문제가 생겼습니다" in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")
    assert "Something went wrong" in client.get("/en/").text


def test_static_files_are_kept_for_a_year_when_their_address_names_their_content(site: Site) -> None:
    client = site.client()
    page = client.get("/").text
    address = page.split('href="/static/site.css')[1].split('"')[0]
    assert "immutable" in client.get("/static/site.css" + address).headers["cache-control"]
    assert "immutable" not in client.get("/static/site.css").headers["cache-control"]


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}],
)
def test_another_sites_form_is_refused(site: Site, headers: dict[str, str]) -> None:
    client = site.client()
    for path in ("/login", "/area", "/display", "/missing"):
        assert client.post(path, headers=headers, data={"place": "수원시"}).status_code == 403, path


def test_our_own_form_is_taken(site: Site) -> None:
    headers = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
    assert site.client().post("/area", headers=headers, data={"place": "수원시"}).status_code == 303


def test_a_signed_in_form_needs_its_token(site: Site) -> None:
    client = site.officer()
    for path in ("/account/tokens", "/register", "/sources/enable", f"/issues/{site.ids['issue']}", "/logout"):
        answer = client.post(path, data={"which": "all", "name": "x"})
        assert answer.status_code == 403, (path, answer.status_code)
    assert client.get("/account").status_code == 200


def test_the_cookie_cannot_be_read_by_scripts(site: Site) -> None:
    answer = site.client().post("/login", data={"name": "admin", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie


@pytest.mark.parametrize("to", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_signing_in_leads_nowhere_else(site: Site, to: str) -> None:
    client = site.client()
    answer = client.post("/login", data={"name": "admin", "password": PASSWORD, "to": to})
    assert answer.headers["location"] == "/account"
    assert client.post("/area", data={"place": "수원시", "back": to}).headers["location"] == "/"


def test_private_pages_ask_for_a_sign_in(site: Site) -> None:
    client = site.client()
    for path in site.pages(signed_in=True):
        if "/register/done" not in path:
            assert client.get(path).status_code == 401, path


def test_the_one_time_password_must_be_changed_and_wrong_ones_lock(migrated_template: Path, tmp_path: Path) -> None:
    installation = open_installation(Settings(home=tmp_path))
    try:
        with writing_session(installation.database) as session:
            first = accounts.first_administrator(session)
        client = TestClient(create_app(installation=installation), follow_redirects=False)
        answer = client.post("/login", data={"name": "admin", "password": first})
        assert answer.headers["location"] == "/account/password"
        csrf = client.get("/account/password").text.split('name="csrf" value="')[1].split('"')[0]
        assert client.post("/account/tokens", data={"csrf": csrf, "name": "x"}).status_code == 403
        changed = {"csrf": csrf, "old": first, "new": "아주 길고 새로운 비밀번호", "again": "아주 길고 새로운 비밀번호"}
        assert client.post("/account/password", data=changed).status_code == 303
        assert client.get("/account").status_code == 401, "every session ends with the old password"
        for _ in range(accounts.ATTEMPTS):
            wrong = client.post("/login", data={"name": "admin", "password": "틀린 비밀번호"})
            assert wrong.status_code == 422 and "틀린" not in wrong.text
        locked = client.post("/login", data={"name": "admin", "password": changed["new"]})
        assert locked.status_code == 422
        with writing_session(installation.database) as session:
            account = session.exec(select(accounts.Account)).one()
            account.locked_until = None
            session.add(account)
        assert client.post("/login", data={"name": "admin", "password": changed["new"]}).status_code == 303
        with writing_session(installation.database) as session, pytest.raises(NotAllowed):
            accounts.sign_in(session, "admin", first or "")
    finally:
        installation.close()


def test_an_officer_registers_for_her_own_government_only(site: Site) -> None:
    login = "officer-suwon"
    with writing_session(site.installation.database) as session:
        suwon = site.app.state.parts.places.resolve("수원시").id
        account, first = accounts.create_account(session, login, "officer", SYSTEM, suwon)
        accounts.change_password(session, account.id or 0, first, PASSWORD)
        token = accounts.create_token(session, account.id or 0, "t")
    client, headers = site.client(), {"Authorization": f"Bearer {token}"}
    other = client.post("/api/v1/platforms", headers=headers, json={"name": "남의 동네 시험", "owner": "은평구"})
    assert other.status_code == 403
    own = client.post("/api/v1/platforms", headers=headers, json={"name": "우리 동네 시험", "owner": "수원시"})
    assert own.status_code == 201
    change = {"changes": {"department": "x"}}
    address = f"/api/v1/platforms/{site.ids['platform']}"
    assert client.patch(address, headers={**headers, "If-Match": "*"}, json=change).status_code == 403
