"""Serves the demonstration's sources on loopback with real sockets."""

import json
from dataclasses import dataclass
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from harvesters.demo import lists, pages
from harvesters.demo.services import Service, services_on

PLACES = ("ckan", "api", "sheet", "rdf", "json")
# On the second day one address belongs to somebody else, and another answers that it is not there.
STOLEN, LOST = "gangwon-tour", "suwon-library"


@dataclass(frozen=True)
class Answer:
    """What a request gets."""

    body: bytes
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    location: str = ""


class DemoServer:
    """A server on a free port of 127.0.0.1 for as long as the context lasts. `advance` makes it the next day."""

    def __init__(self) -> None:
        self.day = 1
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self._thread = Thread(target=self._http.serve_forever, name="demo-sources", daemon=True)

    def __enter__(self) -> "DemoServer":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def base_url(self) -> str:
        """The server's address, without a slash at its end."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def advance(self) -> int:
        """Make it the next day: some services are new, changed or gone. Gives the day."""
        self.day = 2
        return self.day

    def answer(self, method: str, path: str, asked: dict[str, str]) -> Answer:
        """What the demonstration answers to a request."""
        origin, day = self.base_url, self.day
        if path.startswith("/ckan/api/"):
            status, envelope = lists.ckan(day, path.rstrip("/").rpartition("/")[2], asked, origin)
            return _json(envelope, status)
        if path.startswith("/site/"):
            return _site(path.strip("/").split("/")[1], day)
        if method == "POST" and path in ("/tomorrow", "/today"):
            self.day = 2 if path == "/tomorrow" else 1
            return Answer(b"", status=303, location="/")
        fixed = _fixed(path, day, origin, asked)
        return fixed or Answer(pages.NOT_FOUND.encode(), status=404)


def _fixed(path: str, day: int, origin: str, asked: dict[str, str]) -> Answer | None:
    """The addresses that have one thing each."""
    if path == "/":
        from harvesters.demo.sources import demo_sources

        known = [(str(one["title"]), str(one["url"])) for one in demo_sources(origin) if one["url"]]
        return Answer(pages.overview(day, known).encode())
    if path == "/robots.txt":
        return Answer(f"User-agent: *\nAllow: /\nSitemap: {origin}/jangsu/sitemap.xml\n".encode(), "text/plain")
    if path in ("/jangsu", "/jangsu/"):
        return Answer(pages.county_home(day, origin), "text/html")
    if path == "/jangsu/sitemap.xml":
        home = f"<urlset><url><loc>{origin}/jangsu/</loc></url></urlset>"
        return Answer(home.encode(), "application/xml")
    if path.startswith("/jangsu"):
        # The county's sections and micro-sites, so that a look at them finds somebody at home.
        return Answer(pages.site("장수군 데모", "시범으로 만든 장수군 누리집의 한 쪽입니다.").encode())
    if path in ("/ckan", "/ckan/"):
        return Answer(pages.site("수원 데모 데이터포털", "시범으로 만든 CKAN 포털입니다.").encode())
    if path in ("/plaza", "/plaza/"):
        return Answer(pages.plaza(day, origin).encode())
    if path == "/plaza/sitemap.xml":
        return Answer(pages.plaza_sitemap(day, origin).encode(), "application/xml")
    if path == "/api/platforms":
        return _json(lists.open_api(day, asked, origin))
    if path == "/gyeongnam/platforms.xlsx":
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return Answer(lists.sheet(day, origin), kind)
    if path == "/rdf":
        return Answer(lists.turtle(day, int(asked.get("page") or 1), origin).encode(), "text/turtle; charset=utf-8")
    if path == "/data.json":
        return Answer(lists.data_json(day, origin).encode(), "application/json")
    return None


def _site(slug: str, day: int) -> Answer:
    """The site of one service: there as long as its government lists it, with two mishaps on the second day."""
    if day > 1 and slug == STOLEN:
        return Answer(pages.TAKEN_OVER.encode())
    if day > 1 and slug == LOST:
        return Answer(pages.NOT_FOUND.encode())
    service = _services(day).get(slug)
    if service is None:
        return Answer(pages.NOT_FOUND.encode(), status=404)
    return Answer(pages.site(service.name, service.about).encode())


def _services(day: int) -> dict[str, Service]:
    return {one.slug: one for place in PLACES for one in services_on(day, place)}


def _json(value: Any, status: int = 200) -> Answer:
    return Answer(json.dumps(value, ensure_ascii=False).encode(), "application/json; charset=utf-8", status)


def _handler(demo: DemoServer) -> type[BaseHTTPRequestHandler]:
    """The request handler of one demonstration."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._reply({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            try:
                sent = json.loads(body or b"{}")
            except ValueError:
                sent = {}
            self._reply(sent if isinstance(sent, dict) else {})

        def _reply(self, sent: dict[str, Any]) -> None:
            parts = urlsplit(self.path)
            asked = {key: values[0] for key, values in parse_qs(parts.query).items()} | sent
            answer = demo.answer(self.command, parts.path, asked)
            mark = f'"{sha256(answer.body).hexdigest()[:16]}"'
            known = self.headers.get("if-none-match") == mark and answer.status == 200
            self.send_response(304 if known else answer.status)
            self.send_header("content-type", answer.content_type)
            self.send_header("content-length", "0" if known else str(len(answer.body)))
            self.send_header("etag", mark)
            if answer.location:
                self.send_header("location", answer.location)
            self.end_headers()
            if not known:
                self.wfile.write(answer.body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: the harvest's own progress is what is to be seen."""

    return Handler
