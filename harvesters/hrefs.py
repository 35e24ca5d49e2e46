"""Turns what municipal pages write where an address belongs into absolute addresses."""

import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

_SCHEMES = ("http", "https")
_JUNK_VALUES = {"", "#", "/", "none", "null", "undefined", "about:blank"}
# A session id in the path makes the same page look new on every visit (e-government framework, older JSP sites).
_SESSION_PATH = re.compile(r";\s*jsessionid=[^?#/]*", re.IGNORECASE)
_SESSION_KEYS = {"jsessionid", "phpsessid", "sid", "_ga", "fbclid", "gclid"}
_TRACKING = re.compile(r"^(utm_|_ga)", re.IGNORECASE)
# 'www.x.go.kr' without a scheme is relative by the standard; everybody who writes it means a host.
_BARE_HOST = re.compile(
    r"^(?:www\d?\.[\w-]+\.|(?:[\w-]+\.)+(?:go|or|co|ne|re|pe|ac)\.kr(?:[:/?#]|$)|(?:[\w-]+\.)+(?:com|net|org|kr)/?$)",
    re.IGNORECASE,
)
_BROKEN_SCHEME = re.compile(r"^(https?)(?::/(?!/)|//|;//|:\\\\|:///+)", re.IGNORECASE)
_DOUBLE_SCHEME = re.compile(r"^https?:/*(?=https?://)", re.IGNORECASE)


def resolve(base: str, raw: str) -> str:
    """The absolute http(s) address that `raw` means on a page at `base`; '' when it means none.

    Fragments and session ids are dropped, Hangul hosts become punycode, and the common slips of hand-written
    pages (a missing scheme, 'http//', backslashes, blanks) are mended, because a browser's user gets there too.
    """
    text = re.sub(r"[\x00-\x1f\x7f-\x9f\u200b\ufeff]", "", raw).strip().strip("\"'").strip()
    if text.lower() in _JUNK_VALUES:
        return ""
    text = _DOUBLE_SCHEME.sub("", text.replace("\\", "/"))
    text = _BROKEN_SCHEME.sub(lambda match: f"{match.group(1)}://", text)
    if _BARE_HOST.match(text):
        text = f"http://{text}"
    try:
        joined = urlsplit(urljoin(base, text))
        host, port = joined.hostname or "", joined.port
    except ValueError:
        return ""
    if joined.scheme.lower() not in _SCHEMES or not host:
        return ""
    ascii_name = ascii_host(host)
    if not ascii_name or ("." not in ascii_name.strip("[]") and ":" not in ascii_name and ascii_name != "localhost"):
        return ""
    path = _escaped(_SESSION_PATH.sub("", joined.path)) or "/"
    standard = {"http": 80, "https": 443}[joined.scheme.lower()]
    netloc = ascii_name if port in (None, standard) else f"{ascii_name}:{port}"
    return urlunsplit((joined.scheme.lower(), netloc, path, _without_session(joined.query), ""))


def ascii_host(host: str) -> str:
    """The host in lower case and punycode; '' when it is no host name."""
    host = host.strip().strip(".").lower()
    try:
        plain = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    return plain if re.fullmatch(r"[a-z0-9._-]+|[0-9a-f:.]+", plain) else ""


def readable_host(host: str) -> str:
    """The host as people write it: punycode labels turned back into Hangul."""
    try:
        return host.encode("ascii").decode("idna")
    except UnicodeError:
        return host


def host_of(url: str) -> str:
    """The host of an absolute address, without 'www.'; '' when there is none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return re.sub(r"^www\d?\.", "", host)


def under(host: str, domain: str) -> bool:
    """Whether `host` is `domain` or one of its subdomains (never a mere ending: notep.go.kr is not ep.go.kr)."""
    return bool(domain) and (host == domain or host.endswith(f".{domain}"))


def is_front(url: str) -> bool:
    """Whether an address is a site's front door: no path, or one that says index, main or home."""
    parts = urlsplit(url)
    path = parts.path.lower().rstrip("/")
    if re.fullmatch(r"(?:/(?:kor?|ko_kr|www|portal|home|main|index|default|intro|site|web|user))*", path):
        return True
    index = re.fullmatch(r"(?:/[\w-]{1,20}){0,2}/(?:index|main|default|home|intro|portal)(?:\.\w{2,10})?", path)
    return index is not None and re.fullmatch(r"(?:lang|locale|site|siteid)?=?\w{0,8}", parts.query.lower()) is not None


def same_page(url: str) -> str:
    """The key under which two addresses are the same page: no scheme, no 'www.', no closing slash, sorted query."""
    parts = urlsplit(url)
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    port = f":{parts.port}" if parts.port else ""
    return f"{host_of(url)}{port}{parts.path.rstrip('/')}" + (f"?{query}" if query else "")


def _without_session(query: str) -> str:
    """The query without session and tracking keys; left as written when there are none."""
    pairs = query.split("&") if query else []
    kept = [pair for pair in pairs if not _is_noise(pair.partition("=")[0])]
    return _escaped("&".join(kept))


def _escaped(text: str) -> str:
    """Blanks and quotes as an address may hold them; the rest stays as written."""
    return re.sub(r"\s", "%20", text).replace('"', "%22").replace("'", "%27")


def _is_noise(key: str) -> bool:
    return key.lower() in _SESSION_KEYS or bool(_TRACKING.match(key))
