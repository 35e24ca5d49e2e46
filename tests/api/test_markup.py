"""Every page, in both languages, is well-formed, named, and says in which language it speaks."""

import re
from collections import Counter

import pytest

from api.rendering import HERE
from tests.api.markup import read_strictly
from tests.site import Site

TEMPLATES = HERE / "templates"


def test_every_page_is_well_formed_and_has_a_title_of_its_own(site: Site) -> None:
    titles: Counter[tuple[str, str]] = Counter()
    faults = []
    for signed_in, client in ((False, site.client()), (True, site.officer())):
        for path in site.pages(signed_in=signed_in):
            answer = client.get(path)
            assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:300]}"
            reader = read_strictly(answer.text)
            faults += [f"{path}: {one}" for one in reader.errors]
            language = "en" if path.startswith("/en/") else "ko"
            assert f'<html lang="{language}"' in answer.text, path
            titles[(language, reader.title)] += 1
    assert not faults, "\n".join(faults[:40])
    assert [one for one, number in titles.items() if number > 1] == []


def test_english_pages_say_where_they_speak_korean(site: Site) -> None:
    """Hangul outside an element marked lang="ko" would be read out in English."""
    client = site.client()
    for path in ("/en/", "/en/about", "/en/help", "/en/login", "/en/coverage", "/en/governments"):
        html = client.get(path).text
        html = re.sub(r"<(script|style|title)\b.*?</\1>", "", html, flags=re.S)
        html = re.sub(r'<(\w+)([^>]*\slang="ko"[^>]*)>(?:(?!<\1\b).)*?</\1>', "", html, flags=re.S)
        text = re.sub(r"<[^>]*>", " ", html)
        # Words that are examples of what to type are Korean in any language.
        rest = [one for one in re.findall(r"[가-힣ㄱ-ㅎ]{2,}", text) if one not in EXAMPLES]
        assert rest == [], f"{path}: {rest[:10]}"


EXAMPLES = {"배달", "구청에", "건의", "아이", "맡길", "ㅂㄷㅌㄱ", "배달특급", "수원", "주차"}


@pytest.mark.parametrize(
    "html, fault",
    [
        ("<p><div></div></p>", "stands in <p>"),
        ("<ul><a href='/x'>x</a></ul>", "directly in <ul>"),
        ("<b></i>", "closes"),
        ("<a href='/x'><button>x</button></a>", "stands in <a>"),
        ("<label for='nowhere'>x</label>", "not there"),
        ("<i id='x'></i><i id='x'></i>", "there already"),
        ("<p style='color:red'>x</p>", "content policy"),
    ],
)
def test_the_reader_sees_faults(html: str, fault: str) -> None:
    page = f"<!doctype html><html><body><h1>x</h1>{html}</body></html>"
    assert any(fault in one for one in read_strictly(page).errors)


@pytest.mark.parametrize(
    ("path", "section", "current"),
    [
        ("/groups", "/groups", "page"),
        ("/en/judging", "/en/groups", "true"),
        ("/merging", "/groups", "true"),
        ("/retirement", "/groups", "true"),
        ("/gaps", "/groups", "true"),
        ("/survey", "/groups", "true"),
        ("/similar/{platform_id}", "/groups", "true"),
        ("/compare?left={platform_id}&right={other}", "/groups", "true"),
        ("/platforms/{identifier}", "/search", "true"),
        ("/runs", "/sources", "true"),
        ("/missing", "/issues", "true"),
        ("/about", "", ""),
    ],
)
def test_the_menu_marks_the_section_one_is_in(site: Site, path: str, section: str, current: str) -> None:
    for name, value in site.ids.items():
        path = path.replace("{" + name + "}", value)
    menu = site.client().get(path).text.partition('class="site-menu')[2].partition("</nav>")[0]
    marked = re.findall(r'<a href="([^"]*)" aria-current="(\w+)"', menu)
    assert marked == ([(section, current)] if section else [])


def _first_word(macro: re.Match[str]) -> str:
    return macro[0].split("(")[0]


def test_the_frame_of_a_page_takes_no_name_from_it() -> None:
    """A name set in the frame hides a page's own macro or value of that name; only pages of many rows would show it."""
    frame = (TEMPLATES / "base.html").read_text(encoding="utf-8")
    taken = set(re.findall(r"{% set (\w+)", frame))
    assert taken
    for page in TEMPLATES.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        # What a macro sets inside itself is seen by nobody else.
        names = set(
            re.findall(r"{% (?:macro|set) (\w+)", re.sub(r"(?s)(?<={% macro ).+?(?={% endmacro)", _first_word, text))
        )
        assert page.name == "base.html" or not taken & names, page.name
