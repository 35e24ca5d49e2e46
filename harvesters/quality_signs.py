"""What the first page at an address shows of its quality: mobile layout, languages, alternative texts, sign-in, open API."""

import re
from typing import Any

from lxml import html as lxml_html
from lxml.etree import ParserError

MOST_LANGUAGES = 10
# 간편인증: signing in with a private certificate instead of a password, by the words sites use for it.
_SIMPLE_LOGIN = re.compile(r"간편\s?(?:인증|로그인)|디지털\s?원패스|민간\s?인증서|any-?id", re.IGNORECASE)
_LOGIN = re.compile(r"로그인|log-?in|sign-?in", re.IGNORECASE)
_OPEN_API = re.compile(r"open\s?-?api|오픈\s?API|swagger", re.IGNORECASE)
_LANGUAGES = {
    "english": "en",
    "eng": "en",
    "영어": "en",
    "영문": "en",
    "中文": "zh",
    "chinese": "zh",
    "중국어": "zh",
    "简体中文": "zh",
    "日本語": "ja",
    "japanese": "ja",
    "일본어": "ja",
    "tiếng việt": "vi",
    "베트남어": "vi",
    "русский": "ru",
}


def quality_signs(text: str) -> dict[str, Any]:
    """Facts of one page, as counted: nothing is graded here. {} where the text is no HTML page.

    `login` is 'simple' (간편인증), 'form' or ''; `languages` are other languages that the page links to.
    """
    try:
        root: Any = lxml_html.document_fromstring(text) if text.strip() else None
    except (ParserError, ValueError):
        return {}
    if root is None:
        return {}
    for element in list(root.iter("script", "style", "noscript")):
        element.drop_tree()
    links = [(" ".join(one.text_content().split()), one.get("href") or "") for one in root.iter("a")]
    said = " ".join([root.text_content(), *(label for label, _ in links), *(target for _, target in links)])
    images = list(root.iter("img"))
    own = (root.get("lang") or "")[:2].lower()
    named = {_LANGUAGES[label.lower()] for label, _ in links if label.lower() in _LANGUAGES}
    declared = {(one.get("hreflang") or "")[:2].lower() for one in root.iter("link", "a") if one.get("hreflang")}
    has_password = any((one.get("type") or "").lower() == "password" for one in root.iter("input"))
    return {
        "viewport": any((one.get("name") or "").lower() == "viewport" for one in root.iter("meta")),
        "language": own,
        "languages": sorted((named | declared) - {own, "x-", ""})[:MOST_LANGUAGES],
        "images": len(images),
        "images_without_alt": sum(one.get("alt") is None for one in images),
        "login": "simple" if _SIMPLE_LOGIN.search(said) else "form" if has_password or _LOGIN.search(said) else "",
        "open_api": bool(_OPEN_API.search(said)),
    }
