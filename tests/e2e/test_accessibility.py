"""axe over every page, wide and narrow, light and high contrast; a fault put in on purpose must be reported."""

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import STILL, full_height, sign_in
from tests.site import Site

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
MODES = ("light", "high-contrast")
WIDTHS = (1280, 390)
# Its markup is Swagger UI's; /docs says the same and is ours.
OTHERS = ("/docs/swagger",)


@pytest.fixture(scope="module")
def plain_context(browser: Browser) -> Any:
    """A context without the content policy: the style that stops movement is put into the page."""
    context = browser.new_context(locale="ko-KR", reduced_motion="reduce", bypass_csp=True)
    yield context
    context.close()


def faults(page: Page, width: int, mode: str) -> str:
    """What axe finds on the page as it is, or ''."""
    page.add_style_tag(content=STILL)
    page.evaluate("mode => document.documentElement.setAttribute('data-krds-mode', mode)", mode)
    if width > 1000:
        # Cells scrolled out of their box cannot be judged: wide tables are drawn whole, the window as wide as they are.
        page.add_style_tag(content=".table-wrap{overflow:visible}")
    full_height(page, max(width, page.evaluate("document.documentElement.scrollWidth")) if width > 1000 else width)
    result = Axe().run(page, options={"runOnly": TAGS, "resultTypes": ["violations", "incomplete"]})
    contrast = [one for one in result.response["incomplete"] if one["id"] == "color-contrast"]
    # Contrast that axe could not judge is a fault that hides; only in an empty text area there is no text to judge.
    hidden = [node["html"] for one in contrast for node in one["nodes"] if "</textarea>" not in node["html"]]
    # On a phone wide tables scroll in their own box: what is out of view there is judged at 1280.
    hidden = hidden if width > 1000 else []
    report = result.generate_report() if result.violations_count else ""
    return report + "".join(f"\ncontrast not judged: {one}" for one in hidden)


@pytest.mark.parametrize("path", ["/", "/search?q=배달", "/platforms/{identifier}", "/missing"])
def test_main_pages_have_no_violation(plain_context: Any, live: str, site: Site, path: str) -> None:
    page = plain_context.new_page()
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(live + site.fill(path))
    report = faults(page, 1280, "light")
    page.close()
    assert report == "", report


def test_a_fault_far_down_a_long_page_is_reported(plain_context: Any, live: str) -> None:
    page = plain_context.new_page()
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(live + "/governments")
    page.evaluate(
        """() => document.querySelector("main .inner").insertAdjacentHTML("beforeend",
        "<input type=text><p id=pale>이 글은 너무 옅습니다</p>")"""
    )
    page.add_style_tag(content="#pale{color:#bbb;background:#fff}")
    report = faults(page, 390, "light")
    page.close()
    assert "label" in report and "contrast" in report


@pytest.mark.slow
@pytest.mark.parametrize("signed_in", [False, True], ids=["public", "signed-in"])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_has_a_violation(
    browser: Browser, live: str, site: Site, width: int, mode: str, signed_in: bool
) -> None:
    context = browser.new_context(locale="ko-KR", reduced_motion="reduce", bypass_csp=True)
    page = context.new_page()
    if signed_in:
        sign_in(page, live)
    reports = []
    for path in site.pages(signed_in=signed_in):
        # English pages are the same markup with other words: once is enough for them.
        if path.endswith(OTHERS) or (path.startswith("/en/") and (width, mode) != (1280, "light")):
            continue
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(live + path)
        if found := faults(page, width, mode):
            reports.append(f"{path}\n{found}")
    context.close()
    assert reports == [], "\n\n".join(reports[:10])


@pytest.mark.slow
def test_error_pages_have_no_violation(plain_context: Any, live: str) -> None:
    page = plain_context.new_page()
    for path in ("/nowhere", "/en/nowhere", "/account", "/search?sort=x"):
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(live + path)
        assert faults(page, 1280, "light") == "", path
    page.close()


def test_the_site_is_complete_without_krds(browser: Browser, live: str, tmp_path: Path) -> None:
    """Where npm was out of reach during installation, base.css stands in: blocked here instead of left out."""
    context = browser.new_context(locale="ko-KR", viewport={"width": 390, "height": 900})
    page = context.new_page()
    css = (Path(__file__).parents[2] / "api" / "static" / "base.css").read_text()
    page.route("**/output.css*", lambda route: route.fulfill(body=css, content_type="text/css"))
    page.route("**/*.woff2", lambda route: route.abort())
    page.goto(live + "/search?q=배달")
    assert page.locator(".card").count() == 10
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    size = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    assert 16 <= size <= 18
    context.close()
