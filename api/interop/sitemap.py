"""Sitemaps of every page in both languages, and robots.txt that names them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import PlainTextResponse
from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from api.deps import PartsDep, SessionDep, base_url
from api.interop.xml import child, root, xml_response
from registry.errors import NotFound
from registry.models import Platform
from registry.vocab import PlatformState

router = APIRouter()

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
# The protocol allows 50,000; each of ours carries two languages, and the file must stay below 50 MB.
LARGEST = 10_000
PAGES = ("/", "/governments", "/zones", "/coverage", "/about", "/help", "/docs", "/accessibility", "/privacy")
MEDIA = "application/xml"


@router.get("/robots.txt")
def robots(request: Request) -> Response:
    """Everything may be read; pages that only repeat others under filters need not be."""
    lines = ["User-agent: *", "Disallow: /search?", "Disallow: /en/search?", "Disallow: /account", "Disallow: /audit"]
    return PlainTextResponse("\n".join([*lines, "", f"Sitemap: {base_url(request)}/sitemap.xml", ""]))


@router.get("/sitemap.xml")
def index(request: Request, session: SessionDep) -> Response:
    """The index of the sitemaps."""
    base = base_url(request)
    document = root("sitemapindex", {None: NAMESPACE})
    number = session.exec(select(func.count()).select_from(Platform).where(_standing())).one()
    names = ["pages", *(f"platforms-{one + 1}" for one in range(max(1, -(-number // LARGEST))))]
    for name in names:
        entry = child(document, f"{{{NAMESPACE}}}sitemap")
        child(entry, f"{{{NAMESPACE}}}loc", f"{base}/sitemaps/{name}.xml")
    return xml_response(request, document, MEDIA)


@router.get("/sitemaps/pages.xml")
def pages(request: Request, parts: PartsDep) -> Response:
    """Pages that are not platforms: overviews, governments, zones."""
    places = parts.places
    paths = [*PAGES, *(f"/governments/{one.code}" for one in places.all()), *(f"/zones/{one}" for one in places.zones)]
    return _urlset(request, ((path, None) for path in paths))


@router.get("/sitemaps/platforms-{number}.xml")
def platforms(request: Request, session: SessionDep, number: Annotated[int, Path(ge=1, le=100_000)]) -> Response:
    """One slice of the platforms, by id."""
    rows = _slice(session, (number - 1) * LARGEST)
    if not rows and number > 1:
        raise NotFound("sitemap", number)
    return _urlset(request, ((f"/platforms/{identifier}", changed) for identifier, changed in rows))


def _urlset(request: Request, entries: Iterable[tuple[str, datetime | None]]) -> Response:
    base = base_url(request)
    document = root("urlset", {None: NAMESPACE, "xhtml": XHTML})
    for path, changed in entries:
        for address in (path, "/en" + path):
            entry = child(document, f"{{{NAMESPACE}}}url")
            child(entry, f"{{{NAMESPACE}}}loc", base + address)
            if changed is not None:
                child(entry, f"{{{NAMESPACE}}}lastmod", changed.date().isoformat())
            for code, other in (("ko", path), ("en", "/en" + path)):
                child(entry, f"{{{XHTML}}}link", rel="alternate", hreflang=code, href=base + other)
    return xml_response(request, document, MEDIA)


def _slice(session: Session, offset: int) -> list[tuple[str, datetime]]:
    query = select(Platform.id, Platform.updated_at).where(_standing()).order_by(col(Platform.id))
    return [(one, changed) for one, changed in session.exec(query.offset(offset).limit(LARGEST))]


def _standing() -> ColumnElement[bool]:
    return col(Platform.state) == PlatformState.active
