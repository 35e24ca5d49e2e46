"""Atom feeds: what is new, what changed, what one government runs, what a search finds."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Path, Query, Request, Response
from lxml import etree
from sqlmodel import col, select

from api.deps import PartsDep, SessionDep, base_url
from api.interop.xml import child, root, xml_response
from api.reading import changed_since, owned_by
from registry.governments import Places
from registry.models import Platform
from search.query import SearchQuery

router = APIRouter()

ATOM = "http://www.w3.org/2005/Atom"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ENTRIES = 50
# The year in which the addresses began; with the host it makes tag: ids that never change (RFC 4151).
SINCE = "2026"


@router.get("/feeds/new.atom")
def new(request: Request, session: SessionDep, parts: PartsDep) -> Response:
    """The latest registered platforms."""
    rows = changed_since(session, None, ENTRIES, new=True)
    return _feed(request, parts.places, "new", "새로 등록된 플랫폼", rows, by_creation=True)


@router.get("/feeds/changed.atom")
def changed(request: Request, session: SessionDep, parts: PartsDep) -> Response:
    """The latest changed platforms."""
    return _feed(request, parts.places, "changed", "바뀐 플랫폼", changed_since(session, None, ENTRIES))


@router.get("/feeds/org/{code}.atom")
def organisation(
    request: Request, session: SessionDep, parts: PartsDep, code: Annotated[str, Path(pattern=r"^\d{2,10}$")]
) -> Response:
    """Platforms of one government, the latest changed first."""
    government = parts.places.resolve(code)
    rows = sorted(owned_by(session, parts.places, government), key=lambda one: one.updated_at, reverse=True)
    title = f"{government.full_name}의 플랫폼"
    return _feed(request, parts.places, f"org/{government.code}", title, rows[:ENTRIES])


@router.get("/feeds/search.atom")
def search(
    request: Request, session: SessionDep, parts: PartsDep, q: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """What a search finds, the latest changed first."""
    page = parts.finder.search(SearchQuery(text=q, limit=ENTRIES))
    wanted = [hit.id for hit in page.hits]
    rows = list(session.exec(select(Platform).where(col(Platform.id).in_(wanted))))
    rows.sort(key=lambda one: one.updated_at, reverse=True)
    return _feed(request, parts.places, f"search?q={quote(q)}", f"검색: {q}", rows)


def _feed(
    request: Request, places: Places, name: str, title: str, rows: Sequence[Platform], *, by_creation: bool = False
) -> Response:
    base = base_url(request)
    authority = urlsplit(base).hostname or "localhost"

    def moment(row: Platform) -> datetime:
        return row.created_at if by_creation else row.updated_at

    feed = root("feed", {None: ATOM})
    feed.set(XML_LANG, "ko")
    _add(feed, "id", f"tag:{authority},{SINCE}:feeds/{name}")
    _add(feed, "title", title)
    # An empty feed has not changed since the beginning of its time.
    latest = max((moment(row) for row in rows), default=datetime(int(SINCE), 1, 1, tzinfo=UTC))
    _add(feed, "updated", latest.isoformat())
    child(feed, f"{{{ATOM}}}link", rel="self", type_="application/atom+xml", href=str(request.url))
    child(feed, f"{{{ATOM}}}link", rel="alternate", type_="text/html", href=base + "/")
    author = child(feed, f"{{{ATOM}}}author")
    _add(author, "name", "메타플랫폼")
    for row in rows:
        owner = places.by_id(row.owner_id).full_name if row.owner_id else row.owner_name
        entry = child(feed, f"{{{ATOM}}}entry")
        _add(entry, "id", f"tag:{authority},{SINCE}:platforms/{row.id}")
        _add(entry, "title", f"{row.name} ({owner})" if owner else row.name)
        _add(entry, "published", row.created_at.isoformat())
        _add(entry, "updated", moment(row).isoformat())
        child(entry, f"{{{ATOM}}}link", rel="alternate", type_="text/html", href=f"{base}/platforms/{row.id}")
        _add(entry, "summary", row.description or f"{owner} {row.name}".strip())
    return xml_response(request, feed, "application/atom+xml")


def _add(parent: "etree._Element", tag: str, text: str) -> None:
    child(parent, f"{{{ATOM}}}{tag}", text)
