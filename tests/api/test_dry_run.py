"""A dry run from a source's page: without JavaScript, with its difference, and without writing anything."""

import re
import time
from collections.abc import Iterator

import pytest
from sqlmodel import func, select
from starlette.testclient import TestClient

from api.submitting import FORM, own_source
from harvesters.dry_runs import DryRun, _keep, look_at_dry_run
from harvesters.lease import holder_name
from harvesters.runner import run_source
from harvesters.sources import save_source, source_from
from registry.audit import audit_lines
from registry.database import session_of, writing_session
from registry.editing import edit
from registry.models import HarvestRun, Platform, Record, Statement
from registry.models.base import now
from registry.records import SYSTEM, Actor
from registry.vocab import ActorKind
from tests.harvesters.conftest import package
from tests.harvesters.hostile_server import CkanFace, HostileServer, Reply
from tests.site import Site

PAGE = "/sources/dry-ckan"


@pytest.fixture
def face(site: Site) -> Iterator[CkanFace]:
    """A CKAN of twelve packages on loopback, harvested once."""
    server = HostileServer()
    face = CkanFace(server, [package(number) for number in range(12)])
    entries = {
        "title": "시험 CKAN",
        "harvester": "ckan",
        "url": server.url,
        "owner": "1111000000",
        "outside": False,
        "public_api": "시험",
        "options": {"take": "all", "site": False},
        "expect": {"missing_runs": 1, "grace_days": 0},
    }
    with writing_session(site.installation.database) as session:
        save_source(session, source_from("dry-ckan", entries))
    settings = site.installation.settings.model_copy(update={"allow_private_addresses": True, "host_delay": 0.0})
    site.installation.settings, before = settings, site.installation.settings
    run_source(site.installation.database, settings, "dry-ckan", actor=SYSTEM)
    yield face
    site.installation.settings = before
    server.close()


def counted(site: Site) -> list[int]:
    with session_of(site.installation.database) as session:
        return [
            session.exec(select(func.count()).select_from(one)).one()
            for one in (Platform, Record, Statement, HarvestRun)
        ]


def pressed(client: TestClient, page: str, button: str) -> TestClient:
    """Press a button of a page as a browser without JavaScript does."""
    text = client.get(page).text
    form = next(one for one in re.findall(r"<form.*?</form>", text, re.S) if button in one)
    action = re.search(r'action="([^"]+)"', form)
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
    assert action is not None
    answer = client.post(action[1], data=fields)
    assert answer.status_code == 303, answer.text
    return client


def ended(client: TestClient, page: str) -> str:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        text = client.get(page).text
        if "읽는 중입니다" not in text and "Reading." not in text:
            return text
        time.sleep(0.1)
    raise AssertionError("the dry run did not end")


def test_an_administrator_sees_what_a_run_would_change(site: Site, face: CkanFace) -> None:
    officer = site.officer()
    assert f'href="{PAGE}/dry-run"' in officer.get(PAGE).text
    face.packages["id-0001"]["title"] = "종로 새 이름"
    face.packages["id-0100"] = package(100, title="종로 도서 배달")
    gone = face.packages.pop("id-0002")
    before = counted(site)
    pressed(officer, f"{PAGE}/dry-run", "시험 수집 시작")
    text = ended(officer, f"{PAGE}/dry-run")
    tables = dict(re.findall(r"<h2>([^<]+)</h2>(.*?</table>)", text, re.S))
    assert "종로 도서 배달" in tables["추가"]
    assert f"<del>{package(1)['title']}</del> → <ins>종로 새 이름</ins>" in tables["변경"]
    assert gone["title"] in tables["내림"]
    assert counted(site) == before
    english = officer.get(f"/en{PAGE}/dry-run").text
    assert {"Added", "Changed", "Withdrawn"} <= set(re.findall(r"<h2>([^<]+)</h2>", english))
    with session_of(site.installation.database) as session:
        assert any(line.action == "dry_run" for line in audit_lines(session, subject="source:dry-ckan"))


def test_what_contradicts_and_what_is_above_the_ceiling_is_shown(site: Site, face: CkanFace) -> None:
    with writing_session(site.installation.database) as session:
        record = session.exec(select(Record).where(Record.remote_id == "id-0011", Record.source_id == "dry-ckan")).one()
        platform = session.get_one(Platform, record.platform_id)
        editor = Actor(ActorKind.person, "admin")
        changes = {"url": "https://by-hand.example.kr/"}
        edit(session, platform.id, changes, actor=editor, source=own_source(session, FORM))
    face.packages["id-0011"]["url"] = "https://elsewhere.example.kr/"
    for number in range(6):
        del face.packages[f"id-{number:04d}"]
    officer = site.officer()
    pressed(officer, f"{PAGE}/dry-run", "시험 수집 시작")
    text = ended(officer, f"{PAGE}/dry-run")
    tables = dict(re.findall(r"<h2>([^<]+)</h2>(.*?</table>)", text, re.S))
    assert package(11)["title"] in tables["엇갈림"]
    assert tables["사라짐"].count("<tr>") == 7 and "한도를 넘어" in tables["사라짐"]
    assert "멈추고 물었습니다" in text


def test_a_source_that_fails_says_so_on_the_page(site: Site, face: CkanFace) -> None:
    face.before_search = lambda _: Reply("<html>점검 중</html>")
    officer = site.officer()
    pressed(officer, f"{PAGE}/dry-run", "시험 수집 시작")
    text = ended(officer, f"{PAGE}/dry-run")
    assert "notice bad" in text and "<h2>추가</h2>" not in text


def test_only_an_administrator_may_start_one_and_never_two(site: Site, face: CkanFace) -> None:
    stranger = site.client()
    assert stranger.get(f"{PAGE}/dry-run").status_code in (303, 401, 403)
    assert stranger.post(f"{PAGE}/dry-run", data={}).status_code in (303, 401, 403)
    officer = site.officer()
    assert officer.post(f"{PAGE}/dry-run", data={"csrf": "no"}).status_code == 403
    face.before_search = lambda _: time.sleep(1)
    pressed(officer, f"{PAGE}/dry-run", "시험 수집 시작")
    page = officer.get(f"{PAGE}/dry-run").text
    assert "읽는 중입니다" in page and "시험 수집 시작" not in page
    csrf = re.search(r'name="csrf" value="([^"]+)"', officer.get("/account").text)
    assert csrf is not None
    assert officer.post(f"{PAGE}/dry-run", data={"csrf": csrf[1]}).status_code == 409
    ended(officer, f"{PAGE}/dry-run")
    outside = officer.post("/sources/example-home/dry-run", data={"csrf": csrf[1]})
    assert outside.status_code == 403 and "sources enable" in outside.text


def test_one_whose_process_was_killed_is_not_running_for_ever(site: Site, face: CkanFace) -> None:
    machine, space, _pid, name = holder_name().split("/")
    settings = site.installation.settings
    _keep(settings, DryRun("dry-ckan", "admin", now(), f"{machine}/{space}/999999999/{name}"))
    found = look_at_dry_run(settings, "dry-ckan")
    assert found is not None and found.state == "broken"
    text = site.officer().get(f"{PAGE}/dry-run").text
    assert "프로그램이 멈췄습니다" in text and "시험 수집 시작" in text
