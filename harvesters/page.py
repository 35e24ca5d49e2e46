"""Reads one HTML page: title, metas, frames, redirects, JSON-LD and links."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import html as lxml_html
from lxml.etree import ParserError

from harvesters.hrefs import resolve
from harvesters.links import Link, addresses_in_script, read_links

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>", re.IGNORECASE)
_REFRESH = re.compile(r"^\s*([\d.]+)?\s*[;,]?\s*(?:url\s*=\s*)?(.*)$", re.IGNORECASE | re.DOTALL)
_SCRIPT_MOVE = re.compile(
    r"(?:(?:window|top|self|document|parent)\s*\.\s*)*location(?:\s*\.\s*href)?\s*=\s*(['\"][^'\"]+['\"])"
    r"|location\s*\.\s*(?:replace|assign)\s*\(\s*(['\"][^'\"]+['\"])",
)
_COMMENT = re.compile(r"/\*.*?\*/|(?<![:'\"])//[^\n]*", re.DOTALL)


@dataclass(frozen=True)
class Page:
    """What one page says of itself. `refresh` is where it sends a reader at once, by meta tag or script."""

    url: str
    title: str = ""
    description: str = ""
    site_name: str = ""
    canonical: str = ""
    refresh: str = ""
    frames: tuple[str, ...] = ()
    things: tuple[dict[str, Any], ...] = ()
    links: tuple[Link, ...] = ()
    text: str = ""
    forms: tuple[dict[str, str], ...] = ()
    scripts: str = ""
    drawn_by_script: bool = False


def read_page(text: str, url: str) -> Page:
    """Parse a decoded page. Broken markup never fails; a body without any element gives an empty Page."""
    root = _parse(text)
    if root is None:
        return Page(url)
    base = url
    for element in root.iter("base"):
        if element.get("href"):
            base = resolve(url, element.get("href")) or url
            break
    scripts = "\n".join(_COMMENT.sub(" ", script.text or "") for script in root.iter("script") if not script.get("src"))
    visible = _visible_text(root)
    links = tuple(read_links(root, base))
    return Page(
        url=url,
        title=_squeeze(root.findtext(".//title") or ""),
        description=_meta(root, "description") or _meta(root, "og:description"),
        site_name=_meta(root, "og:site_name"),
        canonical=next(
            (resolve(base, e.get("href") or "") for e in root.iter("link") if e.get("rel") == "canonical"), ""
        ),
        refresh=_refresh(root, base) or _script_move(scripts, base, visible, links),
        frames=tuple(_frames(root, base, visible)),
        things=tuple(_things(root)),
        links=links,
        text=visible,
        forms=tuple(_forms(root, base)),
        scripts=scripts,
        drawn_by_script=not visible and any(True for _ in root.iter("script")),
    )


def _parse(text: str) -> Any:
    text = _DECLARATION.sub("", text.lstrip("\ufeff"), count=1).replace("\x00", "")
    if not text.strip():
        return None
    try:
        return lxml_html.document_fromstring(text, parser=lxml_html.HTMLParser(huge_tree=True, remove_comments=True))
    except (ParserError, ValueError):
        return None


def _meta(root: Any, name: str) -> str:
    for element in root.iter("meta"):
        if (element.get("name") or element.get("property") or "").lower() == name and element.get("content"):
            return _squeeze(element.get("content"))[:1000]
    return ""


def _refresh(root: Any, base: str) -> str:
    """The target of a meta refresh that acts at once (up to 5 s); slower ones reload a page for its readers."""
    for element in root.iter("meta"):
        if (element.get("http-equiv") or "").lower() != "refresh":
            continue
        match = _REFRESH.match(element.get("content") or "")
        if match and float(match.group(1) or 0) <= 5 and match.group(2).strip():
            target = resolve(base, match.group(2))
            if target and target != base:
                return target
    return ""


def _script_move(scripts: str, base: str, visible: str, links: tuple[Link, ...]) -> str:
    """Where a bare page's script sends its reader; a page with words and links of its own is taken as it is."""
    if len(visible) > 200 or len(links) > 5:
        return ""
    for match in _SCRIPT_MOVE.finditer(scripts):
        for target in addresses_in_script(f"location={match.group(1) or match.group(2)}", base):
            if target != base:
                return target
    return ""


def _frames(root: Any, base: str, visible: str) -> Iterator[str]:
    """Frames of a frameset, and an iframe that is the whole page."""
    for element in root.iter("frame", "iframe"):
        url = resolve(base, element.get("src") or "")
        if url and (element.tag == "frame" or len(visible) < 200):
            yield url


def _things(root: Any) -> Iterator[dict[str, Any]]:
    """The JSON-LD objects of a page, graphs and lists taken apart; a broken block is skipped, as search engines do."""
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower() or not (script.text or "").strip():
            continue
        body = re.sub(r"^\s*(?:<!--|//\s*<!\[CDATA\[)|(?:-->|//\s*\]\]>)\s*$", "", script.text.strip())
        try:
            parsed = json.loads(body, strict=False)
        except (ValueError, RecursionError):
            continue
        yield from _flatten(parsed, 0)


def _flatten(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > 5:
        return
    if isinstance(value, list):
        for item in value:
            yield from _flatten(item, depth + 1)
    elif isinstance(value, dict):
        if "@type" in value:
            yield value
        yield from _flatten(value.get("@graph", []), depth + 1)


def _forms(root: Any, base: str) -> Iterator[dict[str, str]]:
    """The forms of a page: action, method, name and hidden fields (keys with a leading 'field:')."""
    for form in root.iter("form"):
        found = {
            "name": form.get("name") or form.get("id") or "",
            "action": resolve(base, form.get("action") or base),
            "method": (form.get("method") or "get").lower(),
        }
        for field in form.iter("input", "select"):
            kind = (field.get("type") or "").lower()
            if field.get("name") and kind not in ("submit", "button", "image", "file", "password", "checkbox", "radio"):
                found[f"field:{field.get('name')}"] = field.get("value") or ""
        yield found


def _visible_text(root: Any) -> str:
    """The words a reader sees, up to 20,000 characters, in one line."""
    parts: list[str] = []
    size = 0
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag not in ("script", "style", "template", "title") and element.text:
            parts.append(element.text)
            size += len(element.text)
        if element.tail:
            parts.append(element.tail)
            size += len(element.tail)
        if size > 60_000:
            break
    return _squeeze(" ".join(parts))[:20_000]


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
