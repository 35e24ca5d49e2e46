"""An administrator's way through a source: dry run, its difference, and a withdrawal question, without JavaScript."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from harvesters.runner import run_source
from harvesters.sources import save_source, source_from
from registry.database import writing_session
from registry.records import SYSTEM
from tests.e2e.conftest import sign_in
from tests.e2e.test_accessibility import MODES, WIDTHS, faults
from tests.harvesters.conftest import package
from tests.harvesters.hostile_server import CkanFace, HostileServer
from tests.site import Site

pytestmark = pytest.mark.slow


@pytest.fixture
def changed(site: Site) -> Iterator[CkanFace]:
    """A CKAN that was harvested once and has since changed, gained and lost entries."""
    server = HostileServer()
    face = CkanFace(server, [package(number, id=f"e-{number:02d}") for number in range(20)])
    entries = {
        "title": "브라우저 시험",
        "harvester": "ckan",
        "url": server.url,
        "owner": "1111000000",
        "outside": False,
        "public_api": "시험",
        "options": {"take": "all", "site": False},
        "expect": {"missing_runs": 1, "grace_days": 0},
    }
    installation = site.installation
    with writing_session(installation.database) as session:
        save_source(session, source_from("browser-ckan", entries))
    before = installation.settings
    installation.settings = before.model_copy(update={"allow_private_addresses": True, "host_delay": 0.0})
    run_source(installation.database, installation.settings, "browser-ckan", actor=SYSTEM)
    face.packages["e-00"]["title"] = "종로 새 이름"
    face.packages["e-99"] = package(99, id="e-99", title="종로 도서 배달")
    for number in range(4, 20):
        del face.packages[f"e-{number:02d}"]
    yield face
    installation.settings = before
    server.close()


def test_a_dry_run_and_a_withdrawal_question_need_no_javascript(
    browser: Browser, live: str, site: Site, changed: CkanFace
) -> None:
    plain = browser.new_context(locale="ko-KR", java_script_enabled=False)
    page = plain.new_page()
    sign_in(page, live)
    page.goto(f"{live}/sources/browser-ckan")
    page.get_by_role("link", name="시험 수집").click()
    page.get_by_role("button", name="시험 수집 시작").click()
    for _ in range(50):
        again = page.get_by_role("link", name="지금 상태 보기")
        if not again.count():
            break
        again.click()
    expect(page.get_by_role("heading", name="추가", exact=True)).to_be_visible()
    expect(page.get_by_role("cell", name="종로 새 이름")).to_be_visible()
    expect(page.get_by_role("heading", name="사라짐", exact=True)).to_be_visible()
    run_source(site.installation.database, site.installation.settings, "browser-ckan", actor=SYSTEM)
    page.goto(f"{live}/sources/browser-ckan")
    page.get_by_role("link", name="사라졌습니다").first.click()
    question = page.url
    state = plain.storage_state()
    looked = browser.new_context(locale="ko-KR", reduced_motion="reduce", bypass_csp=True, storage_state=state)
    for address in (f"{live}/sources/browser-ckan/dry-run", question):
        for width in WIDTHS:
            for mode in MODES:
                other = looked.new_page()
                other.set_viewport_size({"width": width, "height": 900})
                other.goto(address)
                report = faults(other, width, mode)
                other.close()
                assert report == "", f"{address} {width} {mode}\n{report}"
    looked.close()
    page.get_by_role("button", name="둠").click()
    expect(page.get_by_role("button", name="둠")).to_have_count(0)
    plain.close()
