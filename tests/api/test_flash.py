"""What a form has done is said on the next page, once, and only in sentences of ours."""

from tests.site import PASSWORD, Site


def test_it_is_said_once_in_the_readers_language(site: Site) -> None:
    client = site.client()
    answer = client.post("/en/area", data={"place": "4111000000", "back": "/en/zones"})
    assert answer.headers["location"] == "/en/zones"
    assert "Your area is set." in client.get("/en/zones").text
    assert "Your area is set." not in client.get("/en/zones").text


def test_a_cookie_of_somebody_elses_making_says_nothing(site: Site) -> None:
    client = site.client()
    client.cookies.set("done", "<b>You have won</b>")
    assert "You have won" not in client.get("/").text


def test_signing_out_is_confirmed_on_the_home_page(site: Site) -> None:
    client = site.client()
    client.post("/login", data={"name": "admin", "password": PASSWORD})
    token = client.get("/account").text.partition('name="csrf" value="')[2].partition('"')[0]
    assert client.post("/logout", data={"csrf": token}).headers["location"] == "/"
    assert "로그아웃했습니다." in client.get("/").text
