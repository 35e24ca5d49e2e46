"""The polite client: turns, robots, conditions, budgets; and that ckanapi cannot get round any of it."""

import threading
import time
from dataclasses import replace
from itertools import pairwise

import pytest

from config.settings import Settings
from harvesters.addresses import is_public
from harvesters.ckan_session import CkanSite
from harvesters.encoding import decode
from harvesters.http import Manners, PoliteClient
from harvesters.keeping import PageKeeper
from harvesters.manners import HostGate
from harvesters.raw import RawStore
from harvesters.runner import run_source
from registry.database import writing_session
from registry.errors import (
    AddressRefused,
    BodyTooLarge,
    BudgetSpent,
    NotAllowed,
    SourceChanged,
    SourceRefused,
    SourceUnreachable,
    Stopped,
)
from registry.models import Source
from registry.records import SYSTEM
from registry.vocab import RunState
from tests.harvesters.conftest import QUICK, Bench
from tests.harvesters.hostile_server import HostileServer, Reply, enveloped


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("::1", False),
        ("::", False),
        ("0.0.0.0", False),
        ("fd00::1", False),
        ("fe80::1%eth0", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("::127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("192.0.0.192", False),
        ("192.88.99.1", False),
        ("fec0::1", False),
        ("ff0e::1", False),
        ("3fff::1", False),
        ("5f00::1", False),
        ("100:0:0:1::1", False),
        ("2001:db8::1", False),
        ("2001:4860:4860::8888", True),
        ("64:ff9b::808:808", True),
        ("64:ff9b:1::a00:1", False),
        ("::ffff:0:10.0.0.1", False),
        ("2001:0:4136:e378:8000:63bf:f5ff:fffe", False),
        ("2606:4700::5efe:10.0.0.1", False),
        ("not an address", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("body", "label", "encoding", "text"),
    [
        ("한글".encode(), "", "utf-8", "한글"),
        ("한글".encode("utf-8-sig"), "", "utf-8", "한글"),
        ("똠펲".encode("cp949"), "text/html; charset=euc-kr", "cp949", "똠펲"),
        ("한글 문서".encode("cp949"), "text/html; charset=utf-8", "cp949", "한글 문서"),
        ("한글".encode("utf-16"), "", "utf-16-le", "한글"),
        (
            b"<meta charset=x-windows-949>" + "뷁 문서".encode("cp949"),
            "",
            "cp949",
            "<meta charset=x-windows-949>뷁 문서",
        ),
        ("각".encode(), "", "utf-8", "각"),
        (b"", "", "utf-8", ""),
        ("문서입니다 ".encode("cp949") * 30 + b"\xc7", "charset=euc-kr", "cp949", "문서입니다 " * 30 + "�"),
    ],
)
def test_encodings_are_found_by_the_body_not_by_the_label(body: bytes, label: str, encoding: str, text: str) -> None:
    found = decode(body, label)
    assert (found.encoding, found.text) == (encoding, text)


def test_one_request_at_a_time_per_host_with_a_pause_between(server: HostileServer) -> None:
    server.routes["/*"] = lambda _: (time.sleep(0.05), Reply("x"))[1]
    gate = HostGate()

    def read() -> None:
        with PoliteClient(replace(QUICK, host_delay=0.1), public_api="시험", gate=gate) as client:
            for number in range(2):
                client.get(f"{server.url}/{number}")

    threads = [threading.Thread(target=read) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    times = sorted(one.at for one in server.asked)
    assert server.busiest == 1 and len(times) == 6
    assert all(later - earlier >= 0.1 for earlier, later in pairwise(times))


def test_crawl_delay_is_kept(server: HostileServer) -> None:
    server.routes["/robots.txt"] = lambda _: Reply("User-agent: *\nCrawl-delay: 0.3\nDisallow: /no")
    server.routes["/*"] = lambda _: Reply("x")
    with PoliteClient(QUICK) as client:
        client.get(f"{server.url}/a")
        client.get(f"{server.url}/b")
        with pytest.raises(SourceRefused):
            client.get(f"{server.url}/no")
    first, second = (one.at for one in server.asked if one.path != "/robots.txt")
    assert second - first >= 0.29


def test_a_published_interface_is_read_without_asking_robots(server: HostileServer) -> None:
    server.routes["/robots.txt"] = lambda _: Reply("User-agent: *\nDisallow: /")
    server.routes["/api"] = lambda _: Reply({"a": 1})
    with PoliteClient(QUICK, public_api="기관이 읽으라고 공개한 API") as client:
        assert client.get(f"{server.url}/api").json() == {"a": 1}
    assert server.asked[0].headers["from"] == "tester@example.org"


def test_budgets_of_requests_and_time_end_a_run(server: HostileServer) -> None:
    server.routes["/*"] = lambda _: Reply("x")
    with PoliteClient(replace(QUICK, request_budget=3), public_api="시험") as client:
        for number in range(3):
            client.get(f"{server.url}/{number}")
        with pytest.raises(BudgetSpent, match="requests"):
            client.get(f"{server.url}/4")
    with (
        PoliteClient(replace(QUICK, time_budget=0.0), public_api="시험") as client,
        pytest.raises(BudgetSpent, match="time"),
    ):
        client.get(f"{server.url}/5")


def test_stopping_ends_a_wait_at_once_and_sends_nothing_more(server: HostileServer) -> None:
    server.routes["/*"] = lambda _: Reply("later", 429, {"Retry-After": "3"})
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    began = time.monotonic()
    with PoliteClient(QUICK, public_api="시험", stop=stop) as client, pytest.raises(Stopped):
        client.get(f"{server.url}/x")
    assert time.monotonic() - began < 1.5 and len(server.asked) == 1


def test_redirects_are_limited_and_lose_secrets_on_another_host(server: HostileServer) -> None:
    other = HostileServer()
    other.routes["/*"] = lambda _: Reply("there")
    server.routes["/round"] = lambda _: Reply(status=302, headers={"Location": "/round"})
    server.routes["/away"] = lambda _: Reply(status=302, headers={"Location": f"{other.url}/x"})
    try:
        with PoliteClient(QUICK, public_api="시험") as client:
            with pytest.raises(SourceChanged, match="redirects"):
                client.get(f"{server.url}/round")
            answer = client.get(f"{server.url}/away", headers={"Authorization": "secret"})
        assert answer.final_url == f"{other.url}/x" and answer.history == (f"{server.url}/away",)
        assert "authorization" in server.asked[-1].headers and "authorization" not in other.asked[-1].headers
    finally:
        other.close()


def test_credentials_in_an_address_and_other_schemes_are_refused() -> None:
    with PoliteClient(QUICK, public_api="시험") as client:
        for url in (
            "http://user:word@127.0.0.1/",
            "ftp://127.0.0.1/",
            "file:///etc/passwd",
            "http:///x",
            "http://h:99999/",
        ):
            with pytest.raises(AddressRefused):
                client.get(url)


def test_a_page_that_has_not_changed_is_not_sent_again(bench: Bench) -> None:
    server = bench.server
    server.routes["/robots.txt"] = lambda _: Reply("")

    def listed(asked: object) -> Reply:
        if getattr(asked, "headers", {}).get("if-none-match") == '"1"':
            return Reply(status=304, headers={"ETag": '"1"'})
        return Reply("name,owner\n종로 장터,서울특별시 종로구\n", headers={"ETag": '"1"'})

    server.routes["/list.csv"] = listed
    bench.source(harvester="sheet", path="/list.csv")
    first = run_source(bench.database, bench.settings, "s", actor=SYSTEM)
    second = run_source(bench.database, bench.settings, "s", actor=SYSTEM)
    assert first.state is second.state is RunState.complete
    assert second.counts["unchanged"] == 1 and second.bytes_read < first.bytes_read
    keeper = PageKeeper(bench.database, "s", RawStore(bench.settings.raw_folder))
    assert keeper.get(f"{server.url}/list.csv") is not None


def test_ckanapi_stands_on_the_polite_client(server: HostileServer) -> None:
    """Its session is ours: size, address, budget and robots hold for it, and it bears our name."""
    server.routes["/api/action/status_show"] = lambda _: enveloped({"x": "y" * 1000})
    server.routes["/robots.txt"] = lambda _: Reply("User-agent: *\nDisallow: /api/")
    with PoliteClient(QUICK, public_api="시험") as client:
        assert CkanSite(client, server.url).call("status_show")
        assert client.requests == 1 and server.asked[0].headers["user-agent"] == QUICK.user_agent
    for manners, error in (
        (replace(QUICK, max_body_bytes=500), BodyTooLarge),
        (replace(QUICK, allowed_networks=()), AddressRefused),
        (replace(QUICK, request_budget=0), BudgetSpent),
    ):
        with PoliteClient(manners, public_api="시험") as client, pytest.raises(error):
            CkanSite(client, server.url).call("status_show")
    with PoliteClient(QUICK) as client, pytest.raises(SourceRefused, match=r"robots\.txt"):
        CkanSite(client, server.url).call("status_show")


def test_ckans_bare_strings_and_web_pages_are_errors_with_its_own_words(server: HostileServer) -> None:
    server.routes["/api/action/no_such"] = lambda _: Reply(b'"Bad request - Action name not known: no_such"', 400)
    server.routes["/api/action/page"] = lambda _: Reply("<html>no</html>", 500)
    server.routes["/api/action/odd"] = lambda _: Reply(b"[1, 2]")
    with PoliteClient(QUICK, public_api="시험") as client:
        site = CkanSite(client, server.url)
        with pytest.raises(SourceChanged, match="Action name not known"):
            site.call("no_such")
        for action in ("page", "odd"):
            with pytest.raises((SourceChanged, SourceUnreachable)):
                site.call(action)


def test_outside_sources_are_not_asked_without_a_contact_or_while_disabled(bench: Bench) -> None:
    bench.ckan(1)
    bench.source()
    for contact, enabled in (("", True), ("t@example.org", False)):
        with writing_session(bench.database) as session:
            source = session.get_one(Source, "s")
            source.outside, source.enabled = True, enabled
        with pytest.raises(NotAllowed):
            run_source(bench.database, bench.settings.model_copy(update={"contact": contact}), "s", actor=SYSTEM)
    assert bench.server.asked == []


def test_settings_become_manners() -> None:
    settings = Settings(contact="a@b.kr", public_url="https://m.kr", host_delay=2, run_request_budget=9)
    manners = Manners.from_settings(settings)
    assert manners.user_agent == "metaplatform/0.1 (+https://m.kr; a@b.kr)"
    assert (manners.host_delay, manners.request_budget, manners.allowed_networks) == (2, 9, ())
