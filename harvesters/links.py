"""Finds every link of a municipal page, however it is written: anchors, select boxes, scripts, image maps, forms."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from harvesters.hrefs import resolve
from harvesters.page_parts import clean_text, heading_of, part_of, strings, trail_of

# An address inside a script: window.open('…'), location.href="…", fn_go("…"), siteLink('/…').
_QUOTED = re.compile(r"""(['"])((?:https?:)?//[^'"\s<>]+|/[^'"\s<>]*|www\.[^'"\s<>]+|\.{1,2}/[^'"\s<>]+)\1""")
_OPENERS = re.compile(
    r"open|href|location|replace|assign|link|goto|go|move|site|url|page|popup|submit|path", re.IGNORECASE
)
_PAGE_FILE = re.compile(r"""(['"])([\w./-]+\.(?:do|jsp|asp|aspx|php|html?|tc|web|es)(?:\?[^'"\s<>]*)?)\1""")
_ABSOLUTE = re.compile(r"(?:https?:)?//[^\s'\"|^<>]+")


@dataclass(frozen=True)
class Link:
    """One link as a page gives it.

    `how` is the markup it was written in (a, area, option, onclick, script, frame, form, data), `where` the part of
    the page (related, sns, footer, menu, badge, body), `group` the heading of its list, `trail` the menu entries
    above it, outermost first, `image` the file name of a picture that stands for the text.
    """

    url: str
    text: str
    how: str
    where: str = "body"
    group: str = ""
    trail: tuple[str, ...] = ()
    image: str = ""


def read_links(root: Any, base: str) -> list[Link]:
    """All links below an lxml element, in page order, those that lead nowhere left out."""
    return [link for element in root.iter() if isinstance(element.tag, str) for link in _links_of(element, base)]


def addresses_in_script(script: str, base: str) -> Iterator[str]:
    """The addresses that a piece of script would open."""
    seen: set[str] = set()
    found = [match.group(2) for match in _QUOTED.finditer(script)]
    if _OPENERS.search(script):
        found += [match.group(2) for match in _PAGE_FILE.finditer(script)]
    for raw in found:
        url = resolve(base, raw)
        if url and url not in seen:
            seen.add(url)
            yield url


def _links_of(element: Any, base: str) -> Iterator[Link]:
    tag = element.tag
    if tag in ("a", "area"):
        yield from _from_anchor(element, base)
    elif tag == "option":
        yield from _from_option(element, base)
    elif tag == "form":
        yield from _from_form(element, base)
    elif element.get("onclick") and _is_clickable(element):
        yield from _from_script(element, element.get("onclick"), base, "onclick")
    elif tag == "button" and any(element.get(key) for key in ("data-url", "data-href", "data-link")):
        yield from _from_data(element, base)


def _is_clickable(element: Any) -> bool:
    if element.tag == "input":
        return element.get("type", "").lower() in ("button", "image", "submit")
    return element.tag not in ("html", "body", "head", "select")


def _from_anchor(element: Any, base: str) -> Iterator[Link]:
    href = (element.get("href") or "").strip()
    how = "area" if element.tag == "area" else "a"
    if href.lower().startswith("javascript:"):
        yield from _from_script(element, f"{href};{element.get('onclick') or ''}", base, "onclick")
        return
    onclick = element.get("onclick") or ""
    if href in ("", "#", "#none", "#link", "#n", "#self") or href.startswith("#"):
        if onclick:
            yield from _from_script(element, onclick, base, "onclick")
        else:
            yield from _from_data(element, base)
        return
    url = resolve(base, href)
    if url:
        yield _link(element, url, how)


def _from_option(element: Any, base: str) -> Iterator[Link]:
    value = (element.get("value") or element.get("data-url") or element.get("data-href") or "").strip()
    absolute = _ABSOLUTE.search(value)
    # Values such as 'https://x.go.kr,_blank', '3|https://x.go.kr' and "javascript:open('…')" all occur.
    if absolute and not value.startswith("/"):
        url = resolve(base, re.sub(r"[,;]\s*_?\w*$|\)+$", "", absolute.group(0)))
    elif value.startswith(("/", "./", "../", "www.")) or re.fullmatch(
        r"[\w./-]+\.(?:do|jsp|asp|php|html?)(?:\?.*)?", value
    ):
        url = resolve(base, value)
    else:
        url = resolve(base, value) if re.match(r"(?:[\w-]+\.)+[a-z]{2,}(?:/|$)", value) else ""
    if url:
        yield _link(element, url, "option")
    elif element.get("onclick"):
        yield from _from_script(element, element.get("onclick"), base, "onclick")


def _from_script(element: Any, script: str, base: str, how: str) -> Iterator[Link]:
    for url in addresses_in_script(script, base):
        yield _link(element, url, how)


def _from_data(element: Any, base: str) -> Iterator[Link]:
    for key in ("data-url", "data-href", "data-link"):
        url = resolve(base, element.get(key) or "")
        if url:
            yield _link(element, url, "data")
            return


def _from_form(element: Any, base: str) -> Iterator[Link]:
    """A form that only opens another site (a button per site) is a link; a search form is not."""
    action = (element.get("action") or "").strip()
    if not re.match(r"(?:https?:)?//", action):
        return
    text = " ".join(filter(None, (button.get("value") or button.text for button in element.iter("button", "input"))))
    url = resolve(base, action)
    if url and clean_text(text):
        yield Link(url, clean_text(text), "form", part_of(element), heading_of(element))


def _link(element: Any, url: str, how: str) -> Link:
    text, image = _text(element)
    return Link(url, text, how, part_of(element), heading_of(element), trail_of(element), image)


def _text(element: Any) -> tuple[str, str]:
    """The words of a link (own text, picture's alt, title, aria-label: the first that names something) and its picture."""
    own = clean_text(" ".join(strings(element)))
    images = [image for image in element.iter("img", "input") if image.get("alt") or image.get("src")]
    image = (images[0].get("src") or "").rsplit("/", 1)[-1] if images else ""
    alts = clean_text(" ".join(image.get("alt") or "" for image in images))
    candidates = (own, alts, element.get("title"), element.get("aria-label"), element.get("alt"), element.get("value"))
    for candidate in candidates:
        text = clean_text(candidate or "")
        if text and not re.match(r"https?://|/", text):
            return text[:200], image
    return "", image
