"""The printed 사전검토서: running header and page numbers on every page, table heads again, no hit split over pages."""

import io
import re
from pathlib import Path

from playwright.sync_api import Browser
from pypdf import PdfReader

from tests.site import Site

HEADER = "사전검토서 · 검토 참고용"
# The head of the last column, in which the way to join stands.
COLUMN = "물을 곳"


def words(text: str) -> str:
    """Text without white space: a PDF knows positions, not spaces."""
    return re.sub(r"\s+", "", text)


def test_the_review_prints_on_pages_with_header_and_whole_hits(
    browser: Browser, live: str, site: Site, tmp_path: Path
) -> None:
    context = browser.new_context(locale="ko-KR", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(live + site.fill("/precheck/{number}"))
    rows = page.evaluate(
        """() => [...document.querySelectorAll("table.hits tbody tr")].map(row =>
        [row.cells[0].innerText, row.cells[4].innerText])"""
    )
    page.emulate_media(media="print")
    unkept = page.evaluate(
        """() => [...document.querySelectorAll("table.hits tr")]
        .filter(row => getComputedStyle(row).breakInside !== "avoid").length"""
    )
    page.emulate_media()
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    context.close()
    (tmp_path / "review.pdf").write_bytes(printed)
    pages = [words(one.extract_text()) for one in PdfReader(io.BytesIO(printed)).pages]
    assert len(rows) > 5 and unkept == 0
    assert 2 <= len(pages) <= 12
    for number, text in enumerate(pages, 1):
        assert words(HEADER) in text, f"page {number} lacks the header"
        assert f"{number}/{len(pages)}" in text, f"page {number} lacks its number"
    for name, why in rows:
        whole = [text for text in pages if words(name) in text and words(why) in text]
        assert whole, f"{name} is split over two pages"
    assert "로그인" not in pages[0], "the menu is not printed"
    wide = PdfReader(io.BytesIO(printed)).pages[0].mediabox
    assert (round(wide.width), round(wide.height)) == (595, 842), "A4"
