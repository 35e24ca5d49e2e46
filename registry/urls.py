"""Addresses: one spelling to compare by (`canonical`), one tidy spelling to keep (`tidy`), hosts and app packages."""

import re
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlsplit, urlunsplit

from registry.errors import InvalidValue

LONGEST = 2000

# One address is looked at many times while a batch is registered, and no more after it: enough for a batch of a thousand.
REMEMBERED = 4_000

# Keys that say where a visitor came from or which session is hers, never what is shown.
TRACKING = re.compile(r"(?i)^(?:utm_.*|fbclid|gclid|igshid|napm|n_media|n_query|jsessionid|phpsessid|_ga|mc_[ce]id)$")
SESSION_IN_PATH = re.compile(r"(?i);jsessionid=[^/?#]*")
INDEX_PAGE = re.compile(r"(?i)/(?:index|default)\.(?:do|html?|jsp|php|aspx?|action|es)$")
SCHEME = re.compile(r"(?i)^[a-z][a-z0-9+.-]*:")
HOST = re.compile(
    r"^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?\.)+[a-z0-9-]{2,}$|^localhost$|^\d{1,3}(?:\.\d{1,3}){3}$|^\[[0-9a-f:.]+\]$"
)


@lru_cache(REMEMBERED)
def tidy(url: str) -> str:
    """The address as stated, made absolute, without session and tracking keys; InvalidValue when it is none.

    Scheme and `www` stay: a site may answer on one of them only.
    """
    text = re.sub(r"[\x00-\x20\u200b\ufeff\u3000]+", "", url)
    if not text:
        raise _invalid(url, "주소가 비어 있습니다.", "The address is empty.")
    if len(text) > LONGEST:
        raise _invalid(url, f"주소가 {LONGEST}자를 넘습니다.", f"The address is longer than {LONGEST} characters.")
    if text.startswith("//"):
        text = "https:" + text
    elif not SCHEME.match(text) or re.match(r"^[\w.-]+:\d+(?:/|$)", text):
        text = "https://" + text
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise _invalid(url, "주소의 모양이 잘못되었습니다.", "The address is malformed.") from None
    scheme = parts.scheme.lower()
    if scheme not in ("http", "https"):
        raise _invalid(url, "http 또는 https 주소가 아닙니다.", "It is not an http or https address.")
    if "@" in parts.netloc:
        raise _invalid(url, "주소에 아이디나 비밀번호가 들어 있습니다.", "The address carries a user name or password.")
    name = _ascii_host(parts.hostname or "", url)
    netloc = name if port is None or port == {"http": 80, "https": 443}[scheme] else f"{name}:{port}"
    try:
        path = _quote(SESSION_IN_PATH.sub("", parts.path), "/") or "/"
        pairs = [pair for pair in parts.query.split("&") if pair and not TRACKING.match(pair.partition("=")[0])]
        query = "&".join(_quote(pair, "=+") for pair in pairs)
    except UnicodeEncodeError:
        raise _invalid(url, "주소의 글자가 깨졌습니다.", "The address has broken characters.") from None
    fragment = parts.fragment if parts.fragment.startswith(("/", "!")) else ""
    address = urlunsplit((scheme, netloc, path, query, fragment))
    if len(address) > LONGEST:
        raise _invalid(url, f"주소가 {LONGEST}자를 넘습니다.", f"The address is longer than {LONGEST} characters.")
    return address


@lru_cache(REMEMBERED)
def canonical(url: str) -> str:
    """One spelling for all spellings of one address, to compare by; never to be opened.

    Scheme, `www`, default ports, index pages, a last slash and the order of the query are folded away; what the
    query says is kept, because many Korean sites show every page from one script.
    """
    parts = urlsplit(tidy(url))
    netloc = parts.netloc.removeprefix("www.")
    path = INDEX_PAGE.sub("", re.sub(r"/{2,}", "/", parts.path)).rstrip("/")
    query = "&".join(sorted(parts.query.split("&")))
    return urlunsplit(("https", netloc, path, query, parts.fragment.rstrip("/")))


@lru_cache(REMEMBERED)
def host(url: str) -> str:
    """The host of an address, lower case, punycode, without `www`; InvalidValue when it is no address."""
    return (urlsplit(tidy(url)).hostname or "").removeprefix("www.")


@lru_cache(REMEMBERED)
def app_package(url: str) -> str | None:
    """The app a store link leads to, as android:<package>, ios:<number> or onestore:<number>; None for other links."""
    try:
        parts = urlsplit(tidy(url))
    except InvalidValue:
        return None
    name, query = parts.hostname or "", dict(parse_qsl(parts.query))
    if name == "play.google.com" and query.get("id"):
        return f"android:{query['id'].lower()}"
    if name in ("apps.apple.com", "itunes.apple.com"):
        number = re.search(r"/id(\d+)", parts.path)
        return f"ios:{number.group(1)}" if number else None
    if name in ("onestore.co.kr", "m.onestore.co.kr", "www.onestore.co.kr", "onesto.re", "m.onesto.re"):
        number = re.search(r"(00\d{8})", parts.path + parts.query)
        return f"onestore:{number.group(1)}" if number else None
    return None


def _ascii_host(name: str, url: str) -> str:
    name = name.lower().rstrip(".")
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            raise _invalid(url, "도메인 이름이 잘못되었습니다.", "The domain name is not valid.") from None
    if ":" in name:
        name = f"[{name}]"
    if not HOST.match(name):
        raise _invalid(url, "도메인 이름이 잘못되었습니다.", "The domain name is not valid.")
    return name


def _quote(text: str, marks: str) -> str:
    """One spelling of percent escapes, part by part between the marks, whatever the bytes mean.

    Bytes, not text: many Korean addresses are escaped EUC-KR. Escaped marks (%2F) stay what they are.
    """
    parts = re.split(f"([{marks}])", text)
    return "".join(
        part if part in marks else quote(unquote_to_bytes(part), safe="~!$'()*,;:@-._") for part in parts if part
    )


def _invalid(url: str, cause_ko: str, cause_en: str) -> InvalidValue:
    return InvalidValue(
        "url",
        url,
        cause_ko,
        cause_en,
        "https://로 시작하는 전체 주소를 쓰세요.",
        "Write the whole address, beginning with https://.",
    )
