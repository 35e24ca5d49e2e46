"""Every page in a browser: nothing in the console under the content policy, no sideways scroll, a picture of each."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import sign_in
from tests.site import Site

MAIN = ["/", "/search?q=배달", "/platforms/{identifier}", "/zones/{zone_id}", "/docs/swagger"]


def collect(page: Page, said: list[str]) -> None:
    """Write down whatever the page complains about."""
    page.on("console", lambda message: said.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
    # Going on to the next page breaks off what the last one was still fetching; that is nobody's fault.
    page.on(
        "requestfailed",
        lambda request: (
            said.append(f"{request.failure}: {request.url}") if "ABORTED" not in str(request.failure) else None
        ),
    )


def test_main_pages_are_quiet_and_ask_nobody_else(page: Page, live: str, site: Site) -> None:
    said: list[str] = []
    asked: set[str] = set()
    collect(page, said)
    page.on("request", lambda request: asked.add(request.url))
    for path in MAIN:
        page.goto(live + site.fill(path), wait_until="networkidle")
    assert said == []
    assert [one for one in asked if not one.startswith((live, "data:"))] == []


def test_a_violation_of_the_policy_would_be_heard(page: Page, live: str) -> None:
    said: list[str] = []
    collect(page, said)
    page.goto(live + "/about")
    page.evaluate("() => { const s = document.createElement('script'); s.textContent = '1'; document.body.append(s); }")
    page.wait_for_timeout(200)
    assert any("Content Security Policy" in one for one in said)


@pytest.mark.slow
@pytest.mark.parametrize("signed_in", [False, True], ids=["public", "signed-in"])
def test_every_page_is_quiet_and_fits_320_pixels(browser: Browser, live: str, site: Site, signed_in: bool) -> None:
    context = browser.new_context(locale="ko-KR", viewport={"width": 320, "height": 800})
    page = context.new_page()
    said: list[str] = []
    if signed_in:
        sign_in(page, live)
    collect(page, said)
    wide = []
    for path in site.pages(signed_in=signed_in):
        page.goto(live + path)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 320 and not path.endswith("/docs/swagger"):
            wide.append(f"{path}: {width}")
    context.close()
    assert said == []
    assert wide == []


@pytest.mark.slow
def test_everything_is_reached_by_tab_and_big_enough(page: Page, live: str, site: Site) -> None:
    """Controls are at least 24 px in both directions (WCAG 2.2 AA); links inside a sentence are exempt there too."""
    small = []
    for path in ("/", "/search?q=배달", site.fill("/platforms/{identifier}"), "/login", "/sources", "/zones"):
        page.goto(live + path)
        small += page.evaluate(
            """path => [...document.querySelectorAll("button, input:not([type=hidden]), select, summary, nav a")]
            .filter(e => e.offsetParent && !e.classList.contains("skip"))
            .map(e => [path, e.outerHTML.slice(0, 80), ...[e.getBoundingClientRect()].map(r => [r.width, r.height])])
            .filter(([, , [w, h]]) => (w < 24 || h < 24))
            .filter(([, html]) => !/type="(checkbox|radio)"/.test(html))""",
            path,
        )
    assert small == []


@pytest.mark.slow
def test_text_at_double_size_does_not_spill(page: Page, live: str, site: Site) -> None:
    for path in ("/", "/search?q=배달", site.fill("/platforms/{identifier}")):
        page.set_viewport_size({"width": 640, "height": 900})
        page.goto(live + path)
        page.evaluate("document.documentElement.style.fontSize = '125%'")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


@pytest.mark.slow
def test_a_picture_of_each_page(browser: Browser, live: str, site: Site, tmp_path: Path) -> None:
    """Kept where METAPLATFORM_SCREENSHOTS says, so that people look at them."""
    folder = Path(os.environ.get("METAPLATFORM_SCREENSHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    for width in (1280, 390):
        context = browser.new_context(locale="ko-KR", viewport={"width": width, "height": 900})
        page = context.new_page()
        sign_in(page, live)
        for signed_in in (False, True):
            for path in site.pages(signed_in=signed_in):
                if path.startswith("/en/"):
                    continue
                answer = page.goto(live + path)
                assert answer is not None and answer.ok, path
                name = re.sub(r"[^\w가-힣]+", "_", path.split("?")[0]).strip("_") or "home"
                height = page.evaluate("document.documentElement.scrollHeight")
                page.screenshot(path=folder / f"{name}-{width}.png", full_page=height < 6000)
        context.close()
    assert len(list(folder.glob("*.png"))) >= 2 * 30
