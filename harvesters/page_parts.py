"""Where on a page a link stands: its words, the part of the page, the heading of its list, the menu above it."""

import re
from collections.abc import Iterator
from typing import Any

# Words that say how a link behaves, not where it leads.
_NOISE = re.compile(
    r"[\[(（【]?\s*(?:새\s?창(?:으로)?\s?(?:열기|열림|열립니다|이동|링크|띄움|뜸)?|새\s?탭(?:에서)?\s?(?:열기|열림)?|새\s?윈도우(?:\s?열림)?"
    r"|현재창|외부\s?링크|외부\s?사이트|팝업\s?창?|바로\s?가기|홈페이지\s?이동|사이트\s?이동|이동하기|클릭)\s*[\])）】]?",
)
_GENERIC = re.compile(
    r"^(?:홈페이지|누리집|웹사이트|사이트|이동|더\s?보기|자세히\s?(?:보기)?|go|more|link|click|선택|이미지|배너|로고|썸네일|banner\d*|logo|image\d*|icon|.{0,1})$",
    re.IGNORECASE,
)
_SKIPPED_TAGS = {"script", "style", "template", "noscript"}
# Lists and choices nested in an entry are entries of their own (old pages leave <option> and <select> open).
_OWN_LINKS = {"ul", "ol", "dl", "table", "select", "option", "optgroup"}
_LABEL_TAGS = {"h1", "h2", "h3", "h4", "h5", "h6", "dt", "strong", "button", "legend", "caption", "label", "summary"}
_LABELLED = re.compile(r"tit|title|head|label|btn|btit|toggle|opener", re.IGNORECASE)
_WHERE = (
    (
        "related",
        re.compile(
            r"famil|relat|relsite|rel_?link|site_?(?:link|list|go|box|map_?link)|link_?(?:site|list|box|zone)|quick_?site|banner_?(?:zone|list)|linkage|partner"
        ),
    ),
    ("sns", re.compile(r"\bsns|social|_sns|sns_")),
    ("footer", re.compile(r"foot|\bft_|copyright|btm")),
    ("menu", re.compile(r"gnb|lnb|\bnav|menu|snb|sitemap|allmenu|depth\d?|header|\btop_?m")),
    ("badge", re.compile(r"app_?(?:down|store|link|badge|list|banner)|store|download_?app|qr")),
)
_RELATED_WORDS = re.compile(
    r"관련\s?(?:사이트|누리집|기관|홈페이지|링크)|패밀리\s?사이트|family|유관\s?(?:기관|사이트|누리집)|산하\s?(?:기관|단체)|주요\s?(?:사이트|누리집|기관)"
    r"|협력\s?기관|(?:자치구|시[·\s]?군|읍[·\s]?면[·\s]?동|시군구|구[·\s]?군|동\s?주민센터|부서|중앙부처|정부부처|공공기관)\s?(?:누리집|홈페이지|사이트|바로가기)"
    r"|누리집\s?모음|사이트\s?모음|배너\s?모음|추천\s?(?:사이트|누리집)|바로가기\s?(?:사이트|서비스)|타\s?기관|외부\s?사이트",
    re.IGNORECASE,
)


def clean_text(text: str) -> str:
    """A link's words without the remarks about new windows; '' when nothing is left that names a thing."""
    text = re.sub(r"\s+", " ", text.replace("\xa0", " ")).strip()
    text = re.sub(r"\s+", " ", _NOISE.sub(" ", text)).strip(" -–·:>»|,[]()\u3000")
    text = re.sub(r"(?<=[가-힣])\s+(?:배너|로고|이미지|아이콘)$", "", text)
    if text.count("(") != text.count(")"):
        text = text + ")" if text.count("(") > text.count(")") else text
    return "" if _GENERIC.match(text) else text


def strings(element: Any) -> Iterator[str]:
    """The strings below an element that a reader sees, nested lists of a menu entry left to their own links."""
    if element.text:
        yield element.text
    for child in element:
        if not isinstance(child.tag, str) or child.tag in _SKIPPED_TAGS or child.tag in _OWN_LINKS:
            pass
        else:
            yield from strings(child)
        if child.tail:
            yield child.tail


def _marks(element: Any) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''} {element.get('aria-label') or ''} {element.get('title') or ''}".lower()


def part_of(element: Any) -> str:
    """The part of the page: the nearest ancestor whose tag, class or id says so; a related-sites label wins."""
    found = "body"
    for step, ancestor in enumerate([element, *element.iterancestors()]):
        if step > 14 or ancestor.tag in ("body", "html"):
            break
        marks = _marks(ancestor)
        if ancestor.tag == "select" and _RELATED_WORDS.search(f"{marks} {heading_of(element)}"):
            return "related"
        for where, pattern in _WHERE:
            if pattern.search(marks):
                if where == "related":
                    return where
                found = where if found == "body" else found
        if found == "body" and ancestor.tag in ("footer", "nav", "header"):
            found = {"footer": "footer", "nav": "menu", "header": "menu"}[ancestor.tag]
    if found != "menu" and _RELATED_WORDS.search(heading_of(element)):
        return "related"
    return found


def heading_of(element: Any) -> str:
    """The heading of the list a link stands in: optgroup, label of the select, dt, or the heading before the list."""
    beside = _words_before(element)
    if beside:
        return beside
    for step, ancestor in enumerate(element.iterancestors()):
        if step > 8 or ancestor.tag in ("body", "html"):
            break
        if ancestor.tag == "optgroup" and ancestor.get("label"):
            return _short(ancestor.get("label"))
        if ancestor.tag == "select":
            label = _label_of_select(ancestor)
            if label:
                return label
        if ancestor.tag == "dd":
            for sibling in ancestor.itersiblings("dt", preceding=True):
                return _short(" ".join(strings(sibling)))
        if ancestor.tag in ("ul", "ol", "div", "dl", "section", "table", "p", "select", "nav", "fieldset"):
            label = _heading_before(ancestor)
            if label:
                return label
    return ""


def _label_of_select(select: Any) -> str:
    identity = select.get("id")
    if identity:
        root = select.getroottree().getroot()
        for label in root.iter("label"):
            if label.get("for") == identity:
                return _short(" ".join(strings(label)))
    for key in ("title", "aria-label"):
        if clean_text(select.get(key) or ""):
            return _short(select.get(key))
    for option in select.iter("option"):
        value = (option.get("value") or "").strip()
        return _short(option.text or "") if value in ("", "#") else ""
    return ""


def _words_before(element: Any) -> str:
    """Words right before a link in the same box, which name what its badge is for: <span>탐나는전 앱</span><a>…"""
    if element.tag not in ("a", "button"):
        return ""
    for step, sibling in enumerate(element.itersiblings(preceding=True)):
        if step > 3:
            return ""
        if sibling.tag in ("span", "strong", "em", "b", "p", *_LABEL_TAGS) and next(sibling.iter("a"), None) is None:
            return _short(" ".join(strings(sibling)))
    return ""


def _heading_before(element: Any) -> str:
    for step, sibling in enumerate(element.itersiblings(preceding=True)):
        if step > 2:
            break
        if not isinstance(sibling.tag, str):
            continue
        if sibling.tag in _LABEL_TAGS or (
            sibling.tag in ("p", "a", "span", "div") and _LABELLED.search(_marks(sibling))
        ):
            return _short(" ".join(strings(sibling)))
    return ""


def trail_of(element: Any) -> tuple[str, ...]:
    """The menu entries above a link in nested lists, outermost first: 소통·참여 > 시민제안."""
    names: list[str] = []
    entry = element
    for step, ancestor in enumerate(element.iterancestors()):
        if step > 20 or ancestor.tag == "body":
            break
        if ancestor.tag == "li" and (entry is not element or ancestor is not element.getparent()):
            own = next((child for child in ancestor if child.tag in ("a", "button", "span", "strong", "p")), None)
            if own is not None and own is not element and element not in list(own.iter()):
                name = _short(" ".join(strings(own)))
                if name and (not names or names[-1] != name):
                    names.append(name)
        entry = ancestor
    return tuple(reversed(names[:4]))


def _short(text: str) -> str:
    return clean_text(text)[:80]
