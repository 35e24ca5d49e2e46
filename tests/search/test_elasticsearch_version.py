"""A server of another major version is refused before anything is asked of it.

The server here is a stand-in, not an Elasticsearch: a small HTTP server on loopback that says which version it is, as
`GET /` of a real one does, and that answers a client of a newer major version with the media type error of a real 8.x.
It keeps no documents; what is tested is what our engine does on hearing the number.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from config.settings import Settings
from registry.errors import EngineUnavailable
from search.engine import Everything, Plan, open_engine

NOT_UNDERSTOOD = {
    "error": {
        "root_cause": [
            {"type": "media_type_header_exception", "reason": "Invalid media-type value on headers [Accept]"}
        ],
        "type": "media_type_header_exception",
        "reason": "Invalid media-type value on headers [Accept]",
    },
    "status": 400,
}


class StandIn(ThreadingHTTPServer):
    """Says a version; `strict` refuses the newer client's media type first, as 8.x does; `asked` is what came in."""

    def __init__(self, number: str, strict: bool) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.number, self.strict = number, strict
        self.asked: list[str] = []


class Answers(BaseHTTPRequestHandler):
    """What the stand-in answers."""

    server: StandIn

    def do_GET(self) -> None:
        """The version, and nothing else."""
        self.server.asked.append(f"{self.command} {self.path}")
        if self.server.strict and "compatible-with=9" in self.headers.get("Accept", ""):
            self._answer(400, NOT_UNDERSTOOD)
        elif self.path == "/":
            version = {"number": self.server.number, "build_flavor": "default"}
            self._answer(200, {"name": "stand-in", "version": version, "tagline": "You Know, for Search"})
        else:
            self._answer(404, {"error": {"type": "index_not_found_exception", "reason": "none"}, "status": 404})

    do_HEAD = do_POST = do_PUT = do_DELETE = do_GET

    def log_message(self, *_: object) -> None:
        """Tests print nothing."""

    def _answer(self, status: int, body: dict) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("X-Elastic-Product", "Elasticsearch")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def standing_in(number: str, strict: bool = False) -> Iterator[tuple[StandIn, object]]:
    """A stand-in and an engine that was told its address."""
    with StandIn(number, strict) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        engine = open_engine(Settings(elasticsearch_url=f"http://127.0.0.1:{server.server_port}"))
        try:
            yield server, engine
        finally:
            engine.close()
            server.shutdown()
            thread.join()


USES = {
    "search": lambda engine: engine.search(Plan(Everything())),
    "count": lambda engine: engine.count(),
    "generation": lambda engine: engine.generation(),
    "write": lambda engine: engine.write([], [("p1", 1)]),
    "rebuild": lambda engine: engine.rebuild([]),
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("number", ["8.19.1", "10.0.0"])
def test_another_major_version_is_refused_with_its_number_and_a_remedy(number, use):
    with standing_in(number) as (server, engine):
        with pytest.raises(EngineUnavailable, match=f"is version {number}; only 9.x will do") as problem:
            USES[use](engine)
        assert number in problem.value.cause_ko
        assert "9.x" in problem.value.remedy("ko")
        assert "9.x" in problem.value.remedy("en")
        # Nothing but the version was asked: some requests would have worked, and left half an index behind.
        assert set(server.asked) == {"GET /"}


def test_an_8_that_does_not_understand_the_client_is_named_as_too_old():
    with standing_in("8.19.1", strict=True) as (server, engine):
        with pytest.raises(EngineUnavailable, match=r"is version < 9; only 9\.x will do"):
            engine.search(Plan(Everything()))
        assert set(server.asked) == {"GET /"}


@pytest.mark.parametrize("strict", [False, True])
def test_doctor_hears_why(strict):
    with standing_in("8.19.1", strict) as (_, engine):
        health = engine.health()
        assert not health.ok
        assert "only 9.x will do" in health.en
        assert "9.x" in health.ko


def test_the_right_major_version_is_asked_on():
    with standing_in("9.4.0") as (server, engine):
        assert engine.search(Plan(Everything())).total == 0
        assert any("_search" in one for one in server.asked)
