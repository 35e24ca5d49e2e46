"""What routes and pages are given: the open installation, sessions, who is asking, and from where."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from sqlalchemy import Engine
from sqlmodel import Session

from api.problems import SignInNeeded
from api.startup import Installation
from config.settings import Settings
from registry import accounts
from registry.database import session_of
from registry.errors import NotAllowed
from registry.governments import Places
from registry.models import Account, Government
from registry.records import Actor
from registry.vocab import ActorKind
from search.finder import Finder


class FormExpired(NotAllowed):
    """The form belongs to a session that is over; what was typed is still in the browser."""

    code = "form_expired"


SESSION_COOKIE = "metaplatform_session"
AREA_COOKIE = "area"


@dataclass
class Parts:
    """The open parts behind the application; kept in app.state.parts."""

    installation: Installation
    menu: tuple[tuple[str, str, str, tuple[str, ...]], ...] = ()
    _finder: Finder | None = None

    @property
    def settings(self) -> Settings:
        """The settings of this installation."""
        return self.installation.settings

    @property
    def database(self) -> Engine:
        """The registry's database."""
        return self.installation.database

    @property
    def finder(self) -> Finder:
        """One finder for all requests: it keeps vocabularies in memory."""
        if self._finder is None:
            self._finder = self.installation.finder()
        return self._finder

    @property
    def places(self) -> Places:
        """All governments in memory, the finder's: read again once an operator has changed zones."""
        return self.finder.places


@dataclass(frozen=True)
class Viewer:
    """A signed-in person: her account and the token her forms carry."""

    account: Account
    csrf: str

    @property
    def actor(self) -> Actor:
        """The name her writes are signed with."""
        return Actor(ActorKind.person, self.account.login)


def parts_of(request: Request) -> Parts:
    """The open parts."""
    parts = request.app.state.parts
    assert isinstance(parts, Parts)
    return parts


def read_session(request: Request) -> Iterator[Session]:
    """A session for reading, closed after the answer."""
    with session_of(parts_of(request).database) as session:
        yield session


def find_viewer(request: Request) -> Viewer | None:
    """The person behind the session cookie; found once per request and kept for the template."""
    key = request.cookies.get(SESSION_COOKIE, "")
    viewer = None
    if key:
        with session_of(parts_of(request).database) as session:
            found = accounts.session_of_key(session, key)
            if found is not None:
                viewer = Viewer(found.account, found.csrf)
    request.state.viewer = viewer
    return viewer


def viewer_of(request: Request) -> Viewer | None:
    """The viewer that `find_viewer` found, if it ran; error pages ask without touching the database."""
    return getattr(request.state, "viewer", None)


def signed_in(viewer: Annotated[Viewer | None, Depends(find_viewer)]) -> Viewer:
    """A viewer, or SignInNeeded."""
    if viewer is None:
        raise SignInNeeded
    return viewer


def same_origin(request: Request) -> None:
    """Refuse a form that another site made the browser send; NotAllowed.

    Browsers say where a request comes from in Sec-Fetch-Site and Origin; a client that sends neither is no browser
    and holds nobody's cookies. Forms of a signed-in person carry her session's token besides.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    own = {request.headers.get("host", ""), urlsplit(parts_of(request).settings.public_url).netloc}
    foreign = site not in (None, "same-origin", "none") or (
        origin not in (None, "null") and urlsplit(origin or "").netloc not in own
    )
    if foreign:
        raise NotAllowed(
            "다른 사이트에서 보낸 양식은 받지 않습니다.",
            "A form sent from another site is not taken.",
            "이 누리집에서 다시 보내세요.",
            "Send it again from this site.",
        )


def check_csrf(viewer: Viewer, token: str) -> None:
    """The form must carry its session's token; NotAllowed."""
    if not accounts.same_secret(viewer.csrf, token):
        raise FormExpired(
            "이 양식의 유효 기간이 지났습니다.",
            "This form has expired.",
            "쪽을 새로 열어 다시 보내세요.",
            "Open the page again and send it once more.",
        )


def chosen_area(request: Request) -> Government | None:
    """The government a person has chosen as hers: ?area=… of this request, else the cookie's, else none."""
    code = request.query_params.get("area", request.cookies.get(AREA_COOKIE, ""))
    if not code or not code.isdigit():
        return None
    try:
        choices = parts_of(request).places.choices(code)
    except Exception:  # a page is worth more than a remembered place; an error page asks for this too
        return None
    return choices[0] if len(choices) == 1 else None


def base_url(request: Request) -> str:
    """The address the public uses, without a slash at the end."""
    return parts_of(request).settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")


def client_of(request: Request) -> str:
    """The address that asks, for lock-outs and rate limits."""
    return request.client.host if request.client else ""


PartsDep = Annotated[Parts, Depends(parts_of)]
SessionDep = Annotated[Session, Depends(read_session)]
ViewerDep = Annotated[Viewer | None, Depends(find_viewer)]
SignedIn = Annotated[Viewer, Depends(signed_in)]
