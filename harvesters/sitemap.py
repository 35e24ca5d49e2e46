"""Reads sitemap.xml files and their indexes, plain or gzipped, with entities and network access off."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from harvesters.hrefs import resolve
from registry.errors import BodyTooLarge, SourceChanged

_LIMIT = 50 * 1024 * 1024  # sitemaps.org: no file over 50 MB uncompressed


@dataclass(frozen=True)
class SitemapEntry:
    """One address of a sitemap, with the date of change as written."""

    url: str
    changed: str = ""


def read_sitemap(body: bytes, url: str) -> tuple[list[SitemapEntry], list[str]]:
    """The pages and the further sitemaps that a file names. Raises SourceChanged if it is no sitemap."""
    body = _unzipped(body, url)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    try:
        root = etree.fromstring(body.lstrip(b"\xef\xbb\xbf \r\n\t"), parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    kind = etree.QName(root).localname.lower() if root is not None else ""
    if root is None or kind not in ("urlset", "sitemapindex"):
        raise SourceChanged(
            url,
            "사이트맵 형식이 아닙니다.",
            "This is not a sitemap.",
            "사이트맵 주소를 확인하거나 옵션에서 빼세요.",
            "Check the sitemap's address or take it out of the options.",
        )
    entries: list[SitemapEntry] = []
    for node in root:
        if not isinstance(node.tag, str):
            continue
        values = {
            etree.QName(child).localname: (child.text or "").strip() for child in node if isinstance(child.tag, str)
        }
        address = resolve(url, values.get("loc", ""))
        if address:
            entries.append(SitemapEntry(address, values.get("lastmod", "")))
    if kind == "sitemapindex":
        return [], [entry.url for entry in entries]
    return entries, []


def crawl_sitemap(url: str, fetch: Callable[[str], bytes], limit: int = 50_000) -> list[SitemapEntry]:
    """All entries of a sitemap and the sitemaps it names, each file read once, two levels deep."""
    entries: list[SitemapEntry] = []
    waiting, seen = [(url, 0)], {url}
    while waiting and len(entries) < limit:
        address, depth = waiting.pop(0)
        found, further = read_sitemap(fetch(address), address)
        entries.extend(found)
        for child in further:
            if child not in seen and depth < 2 and len(seen) < 50:
                seen.add(child)
                waiting.append((child, depth + 1))
    return entries[:limit]


def _unzipped(body: bytes, url: str) -> bytes:
    if body[:2] != b"\x1f\x8b":
        return body
    reader = zlib.decompressobj(wbits=31)
    try:
        plain = reader.decompress(body, _LIMIT + 1)
    except zlib.error as broken:
        raise SourceChanged(url, "압축이 깨졌습니다.", f"The gzip file is broken: {broken}.") from None
    if len(plain) > _LIMIT:
        raise BodyTooLarge(url, "사이트맵이 50MB를 넘습니다.", "The sitemap is larger than 50 MB.")
    return plain
