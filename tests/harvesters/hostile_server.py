"""A server that misbehaves on purpose, on real sockets: every route is a function that may do what it likes.

`CkanFace` answers like a CKAN as long as nothing in it is switched to misbehave.
"""

import json
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import run
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Asked:
    """One request as it came in. `stream` is the raw socket file for answers that no server should give."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    at: float
    stream: Any = field(repr=False, default=None)


@dataclass
class Reply:
    """An answer. `headers` replace the usual ones of the same name; None leaves a header out."""

    body: bytes | str | dict[str, Any] | list[Any] = b""
    status: int = 200
    headers: dict[str, str | None] = field(default_factory=dict)


Route = Callable[[Asked], Reply | None]
"""None means that the route wrote to the stream itself; the connection is then closed."""


class HostileServer:
    """A threaded HTTP server on loopback. `routes` are looked up by path, the longest prefix with a final * last."""

    def __init__(self, address: str = "127.0.0.1", tls: ssl.SSLContext | None = None, port: int = 0) -> None:
        self.routes: dict[str, Route] = {}
        self.asked: list[Asked] = []
        self.busiest = 0
        self._now = 0
        self._lock = threading.Lock()
        self._server = _Server((address, port), _Handler)
        self._server.owner = self
        self.scheme = "https" if tls else "http"
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        """The paths that were asked for, without robots.txt."""
        return [one.path for one in self.asked if one.path != "/robots.txt"]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, asked: Asked) -> Reply | None:
        with self._lock:
            self.asked.append(asked)
            self._now += 1
            self.busiest = max(self.busiest, self._now)
        try:
            route = self.routes.get(asked.path)
            if route is None:
                prefixes = [one for one in self.routes if one.endswith("*") and asked.path.startswith(one[:-1])]
                route = self.routes[max(prefixes, key=len)] if prefixes else None
            return route(asked) if route else Reply("not here", 404)
        finally:
            with self._lock:
                self._now -= 1


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    owner: HostileServer

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that leaves in the middle is what the tests want."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def _do(self) -> None:
        parts = urlsplit(self.path)
        asked = Asked(
            self.command,
            parts.path,
            {key: values[-1] for key, values in parse_qs(parts.query, keep_blank_values=True).items()},
            {key.lower(): value for key, value in self.headers.items()},
            self.rfile.read(int(self.headers.get("content-length") or 0)),
            time.monotonic(),
            self.wfile,
        )
        with suppress(OSError):
            reply = self.server.owner.answer(asked)
            if reply is None:
                self.close_connection = True
                return
            body = reply.body
            if isinstance(body, dict | list):
                body = json.dumps(body, ensure_ascii=False).encode()
            elif isinstance(body, str):
                body = body.encode()
            kind = "application/json" if isinstance(reply.body, dict | list) else "text/html; charset=utf-8"
            headers = {"Content-Type": kind, "Content-Length": str(len(body)), **reply.headers}
            self.send_response(reply.status)
            for key, value in headers.items():
                if value is not None:
                    self.send_header(key, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

    do_GET = do_POST = do_HEAD = _do

    def log_message(self, *_: object) -> None:
        """Quiet."""


def stream_head(asked: Asked, headers: str = "") -> None:
    """Begin an answer by hand."""
    asked.stream.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n" + headers.encode() + b"\r\n")


class CkanFace:
    """The part of a CKAN that the harvester asks, over a dict of packages; its faults are its attributes.

    `before_search` is called with the number of the search (from 1) and may change the packages or return a Reply
    that is sent instead. `states_more` is added to every count; `most_rows` caps a page silently; `ignores_paging`
    gives the first page whatever is asked; `understands_ranges` False answers id ranges as old or foreign ones do.
    """

    def __init__(self, server: HostileServer, packages: list[dict[str, Any]]) -> None:
        self.packages = {one.get("id") or one["name"]: one for one in packages}
        self.before_search: Callable[[int], Reply | None] = lambda number: None
        self.most_rows, self.states_more = 1000, 0
        self.ignores_paging = False
        self.understands_ranges = True
        self.searches = 0
        server.routes["/api/action/status_show"] = lambda asked: enveloped({"site_title": "시험 데이터 포털"})
        server.routes["/api/action/package_search"] = self.search
        server.routes["/api/action/package_show"] = self.show

    def search(self, asked: Asked) -> Reply:
        self.searches += 1
        instead = self.before_search(self.searches)
        if instead is not None:
            return instead
        found = sorted(self.packages.values(), key=lambda one: str(one.get("id") or one["name"]))
        condition = asked.query.get("fq", "")
        start = int(asked.query.get("start", 0))
        for part in condition.split(" AND "):
            if part.startswith("id:{"):
                if not self.understands_ranges:
                    continue
                last = part[4:].split(" TO ")[0].strip('"')
                found = [one for one in found if str(one.get("id") or one["name"]) > last]
            if part.startswith("metadata_modified:["):
                since = part[19:].split(" TO ")[0].rstrip("Z")
                found = [one for one in found if str(one.get("metadata_modified", "")) >= since]
            if part.startswith("(groups:"):
                found = [one for one in found if part[8:-1] in one.get("kinds", [])]
        if self.ignores_paging:
            found, start = sorted(self.packages.values(), key=lambda one: str(one["id"])), 0
        rows = min(int(asked.query.get("rows", 10)), self.most_rows)
        return enveloped({"count": len(found) + self.states_more, "results": found[start : start + rows]})

    def show(self, asked: Asked) -> Reply:
        package = self.packages.get(asked.query.get("id", ""))
        if package is None:
            return refused(404, "Not Found Error", "Not found")
        return enveloped(package)


def enveloped(result: Any) -> Reply:
    """CKAN's envelope of success."""
    return Reply({"help": "", "success": True, "result": result})


def refused(status: int, kind: str, message: str) -> Reply:
    """CKAN's envelope of failure."""
    return Reply({"help": "", "success": False, "error": {"__type": kind, "message": message}}, status)


def certificate(
    folder: Path, name: str, host: str = "127.0.0.1", days: tuple[str, str] | None = None
) -> ssl.SSLContext:
    """A server context with a certificate of our own authority in `folder`, for a host and a stretch of time.

    `days` is (from, to) as openssl ca wants it, YYYYMMDDHHMMSSZ. The authority is `folder`/ca.pem.
    """
    authority = folder / "ca.pem"
    if not authority.exists():
        _openssl(
            folder, "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 30 -subj /CN=test-authority"
        )
    kind = "IP" if host.replace(".", "").isdigit() else "DNS"
    (folder / f"{name}.cnf").write_text(
        "[ca]\ndefault_ca=d\n[d]\nnew_certs_dir=.\ndatabase=index.txt\nserial=serial.txt\ndefault_md=sha256\n"
        f"policy=p\nx509_extensions=x\nunique_subject=no\n[p]\ncommonName=supplied\n[x]\nsubjectAltName={kind}:{host}\n"
    )
    (folder / "index.txt").touch()
    serial = folder / "serial.txt"
    if not serial.exists():
        serial.write_text("01\n")
    _openssl(folder, f"req -newkey rsa:2048 -nodes -keyout {name}.key -out {name}.csr -subj /CN={host}")
    span = f"-startdate {days[0]} -enddate {days[1]}" if days else "-days 10"
    _openssl(
        folder,
        f"ca -batch -config {name}.cnf -cert ca.pem -keyfile ca.key -in {name}.csr -out {name}.pem -notext {span}",
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    return context


def self_signed(folder: Path) -> ssl.SSLContext:
    """A server context whose certificate nobody but itself vouches for."""
    _openssl(
        folder,
        "req -x509 -newkey rsa:2048 -nodes -keyout own.key -out own.pem -days 5 -subj /CN=127.0.0.1 "
        "-addext subjectAltName=IP:127.0.0.1",
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "own.pem", folder / "own.key")
    return context


def _openssl(folder: Path, words: str) -> None:
    run(["openssl", *words.split()], cwd=folder, check=True, capture_output=True)
