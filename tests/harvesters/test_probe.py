"""One look at an address, and grades over several: alive, gone, moved, parked, taken over, certificates, app listings."""

import ssl
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import Engine
from sqlmodel import Session, select
from werkzeug import Request, Response

from config.settings import Settings
from harvesters.http import PoliteClient
from harvesters.page import read_page
from harvesters.probe import certificate_problem, look_at
from harvesters.probing import ProbeHarvester, due_platforms, record
from harvesters.runner import run_source
from harvesters.signs import read_signs
from harvesters.sources import save_source, source_from
from registry.database import writing_session
from registry.liveness import PROBE
from registry.models import Issue, Platform, Probe
from registry.models.base import now
from registry.records import Actor
from registry.vocab import ActorKind, Liveness, RunState
from tests.harvesters.harvesting import QUICK

GAMBLING = """<html><head><title>안전놀이터 추천 - 바카라 카지노 먹튀 검증</title></head><body>
<h1>메이저 놀이터</h1><p>슬롯 홀덤 파워볼 첫충 10% 롤링 없는 카지노</p></body></html>"""
WARNING = """<html><head><title>도박문제 예방 상담 | 서울특별시</title></head><body><p>불법 도박과 온라인 카지노, 사설 토토의 피해를 막기 위해
예방 교육과 상담을 합니다. 중독 치유가 필요하면 1336으로 전화하세요.</p></body></html>"""
PARKED = "<html><title>seoulmaeul.org</title><body>This domain is for sale. Buy this domain on Sedo.</body></html>"
NOT_FOUND = "<html><title>오류 안내</title><body>요청하신 페이지를 찾을 수 없습니다.</body></html>"
FINE = "<html><title>타실라</title><body>" + "<p>경주시 공영자전거 타실라 이용 안내입니다.</p>" * 20 + "</body></html>"


@pytest.fixture
def client() -> Iterator[PoliteClient]:
    with PoliteClient(QUICK) as client:
        yield client


def serve(server: HTTPServer, body: str = FINE, status: int = 200, **headers: str) -> str:
    server.expect_request("/robots.txt").respond_with_data("User-agent: *\nDisallow: /private\n")
    server.expect_request("/").respond_with_data(body, status, headers or None, content_type="text/html; charset=utf-8")
    return server.url_for("/")


@pytest.mark.parametrize(
    ("body", "status", "outcome"),
    [
        (FINE, 200, "ok"),
        (NOT_FOUND, 200, "soft_404"),
        (NOT_FOUND, 404, "gone"),
        ("", 410, "gone"),
        ("", 200, "soft_404"),
        ("<title>Welcome to nginx!</title>", 200, "soft_404"),
        ("<title>안내</title><p>청송관광 앱 서비스가 종료되었습니다.</p>", 200, "soft_404"),
        ("<title>점검</title><p>시스템 점검 중입니다.</p>", 200, "busy"),
        ("slow down", 429, "busy"),
        ("down", 503, "busy"),
        ("ill", 500, "server_error"),
        ("no", 403, "refused"),
        ("who", 401, "login"),
        (PARKED, 200, "parked"),
        (GAMBLING, 200, "taken_over"),
        (GAMBLING, 404, "taken_over"),
        (WARNING, 200, "ok"),
        ('<title>통합예약</title><div id="app"></div><script src="/a.js"></script>', 200, "ok"),
    ],
)
def test_what_an_answer_means(
    httpserver: HTTPServer, client: PoliteClient, body: str, status: int, outcome: str
) -> None:
    look = look_at(client, serve(httpserver, body, status))
    assert (look.outcome, look.status) == (outcome, status)


def test_facts_of_a_good_look(httpserver: HTTPServer, client: PoliteClient) -> None:
    url = serve(httpserver, **{"Last-Modified": "Mon, 02 Nov 2026 10:00:00 GMT"})
    look = look_at(client, url)
    assert look.title == "타실라"
    assert look.facts["last_modified"] == "2026-11-02"
    assert look.facts["robots"] is True
    assert look.facts["plain_http"] is True
    assert look.response_ms is not None
    assert look.response_ms > 0


def test_robots_that_forbid_are_obeyed_and_said(httpserver: HTTPServer, client: PoliteClient) -> None:
    url = serve(httpserver)
    look = look_at(client, url + "private/x")
    assert (look.outcome, look.facts["robots"]) == ("refused", False)
    assert [request.path for request, _ in httpserver.log] == ["/robots.txt"]


def test_a_deep_page_that_is_sent_to_the_front_is_not_there(httpserver: HTTPServer, client: PoliteClient) -> None:
    url = serve(httpserver)
    httpserver.expect_request("/budget/list.do").respond_with_data("", 302, {"location": "/"})
    assert look_at(client, url + "budget/list.do").outcome == "soft_404"


def test_a_login_page_is_life(httpserver: HTTPServer, client: PoliteClient) -> None:
    url = serve(httpserver, "", 302, location="/member/login.do")
    httpserver.expect_request("/member/login.do").respond_with_data(
        "<title>로그인</title>" + FINE, content_type="text/html"
    )
    assert look_at(client, url).outcome == "login"


def test_an_address_that_leads_to_another_organisation_is_redirected(
    httpserver: HTTPServer, client: PoliteClient
) -> None:
    other = httpserver.url_for("/new").replace("localhost", "127.0.0.1")
    url = serve(httpserver, "", 301, location=other)
    httpserver.expect_request("/new").respond_with_data(FINE, content_type="text/html")
    look = look_at(client, url)
    assert (look.outcome, look.final_url) == ("redirected", other)
    assert look.facts["redirects"] == [url]


def test_nobody_there(client: PoliteClient) -> None:
    assert look_at(client, "http://127.0.0.1:9/").outcome == "unreachable"
    assert look_at(client, "http://name.invalid/").outcome == "unreachable"


def test_a_server_too_ill_for_its_robots_file(httpserver: HTTPServer, client: PoliteClient) -> None:
    httpserver.expect_request("/robots.txt").respond_with_data("", 500)
    look = look_at(client, httpserver.url_for("/"))
    assert (look.outcome, look.facts["said"]) == ("server_error", "robots.txt: status 500")


def test_a_private_address_is_not_called() -> None:
    with PoliteClient() as client:
        look = look_at(client, "http://169.254.169.254/latest/meta-data/")
    assert look.outcome == "unreachable"
    assert look.facts["address_refused"] is True


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("certificate verify failed: certificate has expired (_ssl.c:992)", "expired"),
        ("self-signed certificate in certificate chain", "self_signed"),
        ("Hostname mismatch, certificate is not valid for 'x.go.kr'.", "wrong_host"),
        ("unable to get local issuer certificate", "unknown_issuer"),
        ("something else", "invalid"),
    ],
)
def test_why_a_certificate_is_not_trusted(said: str, problem: str) -> None:
    assert certificate_problem(said) == problem


@pytest.fixture(scope="module")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A server context with a certificate that nobody signed, for another name."""
    import subprocess

    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [
            *["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
            *["-days", "2", "-subj", "/CN=other.example"],
            *["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")],
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def test_a_certificate_that_cannot_be_trusted(self_signed: ssl.SSLContext, client: PoliteClient) -> None:
    with HTTPServer(ssl_context=self_signed) as server:
        server.expect_request("/").respond_with_data(FINE)
        look = look_at(client, server.url_for("/"))
    assert look.outcome == "tls"
    assert look.facts["certificate"]["problem"] == "self_signed"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<title>복권기금 사업</title><p>복권기금과 스포츠토토 수익금으로 체육시설을 짓습니다.</p>", "ok"),
        ("<title>토토로 특별전</title><p>이웃집 토토로 원화 전시를 엽니다.</p>", "ok"),
        ("<title>강원랜드 카지노</title><p>카지노 업체 이전 안내</p>", "ok"),
        ("<title>seoulmaeul</title><p>출장안마 출장마사지 오피사이트 유흥 정보</p>", "taken_over"),
        ("<title>Slot Gacor Judi Togel</title><p>situs casino jackpot betting</p>", "taken_over"),
        ("<title>마을</title><p>도메인 기간이 만료되었습니다.</p>", "parked"),
    ],
)
def test_signs_of_a_taken_over_address(body: str, kind: str) -> None:
    assert read_signs(read_page(body, "http://seoulmaeul.org/")).kind == kind


def test_a_government_s_own_domain_needs_more_evidence() -> None:
    mild = "<title>알림</title><p>카지노 바카라 토토</p>"
    assert read_signs(read_page(mild, "http://old.example.org/")).kind == "taken_over"
    assert read_signs(read_page(mild, "https://www.x.go.kr/")).kind == "ok"
    assert read_signs(read_page(GAMBLING, "https://www.x.go.kr/")).kind == "taken_over"


# ── over several looks, in the registry ──────────────────────────────────────────────────────────────────────────────


def add(database: Engine, platform_id: str, url: str, **more: object) -> None:
    channels = [{"kind": "web", "value": url}] if url else []
    with writing_session(database) as session:
        session.add(
            Platform(
                id=platform_id, name=f"이름 {platform_id}", owner_level="basic", url=url, channels=channels, **more
            )
        )


def probe_source(database: Engine, **options: object) -> None:
    with writing_session(database) as session:
        save_source(
            session,
            source_from(
                "probe", {"title": "점검", "harvester": "probe", "outside": False, "enabled": True, "options": options}
            ),
        )


def run(database: Engine, home: Path) -> object:
    settings = Settings(home=home, contact="a@b.kr", allow_private_addresses=True, host_delay=0.0)
    return run_source(database, settings, "probe", actor=Actor(ActorKind.system, "test"))


def test_a_run_looks_at_what_is_due_and_grades_it(
    empty_database: Engine, httpserver: HTTPServer, tmp_path: Path
) -> None:
    url = serve(httpserver)
    add(empty_database, "Palive", url)
    add(empty_database, "Pgone", url + "gone")
    add(empty_database, "Pclosed", url, status="closed")
    add(empty_database, "Pnoaddress", "")
    httpserver.expect_request("/gone").respond_with_data("", 404)
    probe_source(empty_database)
    report = run(empty_database, tmp_path)
    assert report.state is RunState.complete
    assert report.counts == {"read": 2, "alive": 1, "doubtful": 1}
    gone = next(line for line in report.lines if line.action == "doubtful")
    assert (gone.platform_id, gone.detail["outcome"], gone.detail["status"]) == ("Pgone", "gone", 404)
    with Session(empty_database) as session:
        grades = {one.id: one.liveness for one in session.exec(select(Platform))}
        assert grades["Palive"] is Liveness.alive
        # One 404 is not death: it is doubtful until it is seen again a day later.
        assert grades["Pgone"] is Liveness.doubtful
        assert grades["Pclosed"] is Liveness.unchecked
        assert session.exec(select(Platform).where(Platform.id == "Palive")).one().last_seen_alive is not None
        assert [one.id for one in due_platforms(session, 10, now())] == []
        tomorrow = now() + timedelta(days=1)
        assert [one.id for one in due_platforms(session, 10, tomorrow)] == ["Pgone"]
        assert due_platforms(session, 10, tomorrow, hosts=["elsewhere.kr"]) == []
        assert [one.id for one in due_platforms(session, 10, tomorrow, hosts=["localhost"])] == ["Pgone"]


def test_a_taken_over_address_is_withheld_and_its_owner_told(
    empty_database: Engine, httpserver: HTTPServer, client: PoliteClient
) -> None:
    url = serve(httpserver, GAMBLING)
    add(empty_database, "Pmaeul", url)
    look = look_at(client, url)
    with writing_session(empty_database) as session:
        assert record(session, "Pmaeul", look, []) is Liveness.taken_over
    with Session(empty_database) as session:
        issue = session.exec(select(Issue).where(Issue.platform_id == "Pmaeul")).one()
        assert (issue.code, issue.concerns) == ("address_taken_over", "owner")
        kept = session.exec(select(Probe)).one()
        assert "카지노" in kept.facts["words"]
        # What was declared stays as it was.
        assert session.exec(select(Platform)).one().status == "unknown"


def test_a_changed_title_is_a_fact_of_the_look(
    empty_database: Engine, httpserver: HTTPServer, client: PoliteClient
) -> None:
    url = serve(httpserver)
    add(empty_database, "Ptitle", url)
    with writing_session(empty_database) as session:
        record(session, "Ptitle", look_at(client, url), [])
    httpserver.clear()
    serve(httpserver, FINE.replace("<title>타실라</title>", "<title>타실라 시즌2</title>"))
    with writing_session(empty_database) as session:
        record(session, "Ptitle", look_at(client, url), [])
    with Session(empty_database) as session:
        last = session.exec(select(Probe).order_by(Probe.id.desc())).first()
        assert last is not None
        assert last.facts["title_before"] == "타실라"


def test_an_app_listing_is_looked_at_beside_the_site(
    empty_database: Engine, httpserver: HTTPServer, tmp_path: Path
) -> None:
    url = serve(httpserver)
    httpserver.expect_request("/store").respond_with_data("", 404)
    add(empty_database, "Papp", url)
    with writing_session(empty_database) as session:
        platform = session.get_one(Platform, "Papp")
        platform.channels = [*platform.channels, {"kind": "android", "value": url + "store"}]
        session.add(platform)
    probe_source(empty_database)
    run(empty_database, tmp_path)
    with Session(empty_database) as session:
        probe = session.exec(select(Probe)).one()
        assert probe.facts["channels"] == {url + "store": {"outcome": "gone", "status": 404}}
        assert session.exec(select(Platform)).one().liveness is Liveness.alive


def test_a_dry_run_of_the_probe_touches_nothing(httpserver: HTTPServer) -> None:
    from tests.harvesters.harvesting import harvest

    records, listing = harvest(ProbeHarvester, serve(httpserver))
    assert records == []
    assert "ok 타실라" in listing.note
    assert PROBE.name == "probe"


def test_moved_addresses_are_asked_about_not_followed(
    empty_database: Engine, httpserver: HTTPServer, client: PoliteClient
) -> None:
    other = httpserver.url_for("/new").replace("localhost", "127.0.0.1")
    url = serve(httpserver, "", 301, location=other)

    def answer(_request: Request) -> Response:
        return Response(FINE, content_type="text/html")

    httpserver.expect_request("/new").respond_with_handler(answer)
    add(empty_database, "Pmoved", url)
    with writing_session(empty_database) as session:
        assert record(session, "Pmoved", look_at(client, url), []) is Liveness.alive
    with Session(empty_database) as session:
        assert session.exec(select(Issue.code)).all() == ["address_moved"]
        assert session.exec(select(Platform)).one().url == url
