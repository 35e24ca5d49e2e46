"""Answers of search and completion, sent again as they are while nothing that they rest on has changed."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.conditional import asker_has
from api.deps import Parts

PATHS = ("/api/v1/search", "/api/v1/suggest")
# Some five thousand packed answers. What a key and its headers take is counted roughly.
MOST_BYTES = 32_000_000
BESIDE_BODY = 1_000
# A 304 says of the answer that it stands for what the answer itself would say, but nothing of a body.
SAID_WITHOUT_BODY = (b"etag", b"cache-control", b"vary")


@dataclass(frozen=True)
class _Sent:
    """An answer as it left the application, packed or not."""

    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    tag: str


class Remembered:
    """ASGI middleware around packing: outside it limits are counted and headers added for every request as ever.

    An answer depends on its address, on whether it may be packed, and on `Finder.state`; on no cookie and no language. One
    that was found while the state changed, or that is no 200, is sent and not kept.
    """

    def __init__(self, app: ASGIApp, parts: Parts, most_bytes: int = MOST_BYTES) -> None:
        self.app, self.parts, self.most_bytes = app, parts, most_bytes
        self._state: Hashable = None
        self._bytes = 0
        self._sent: OrderedDict[Hashable, _Sent] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the remembered answer, or pass the request on and remember what is sent."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] not in PATHS:
            await self.app(scope, receive, send)
            return
        state = await self._now()
        if state is None:
            await self.app(scope, receive, send)
            return
        if state != self._state:
            self._sent.clear()
            self._state, self._bytes = state, 0
        headers = Headers(scope=scope)
        key = (scope["path"], scope["query_string"], "gzip" in headers.get("accept-encoding", ""))
        sent = self._sent.get(key)
        if sent is not None:
            self._sent.move_to_end(key)
            await _send(sent, headers.get("if-none-match", ""), send)
            return
        found = await self._passed_on(scope, receive, send)
        if found is not None and state == self._state and state == await self._now():
            self._keep(key, found)

    async def _now(self) -> Hashable:
        """What answers rest on now; None where that cannot be told, which the application will say better."""
        try:
            # Handing the question to a thread costs more than all else that is done for a remembered answer.
            return self.parts.finder.state_at_hand() or await run_in_threadpool(self.parts.finder.state)
        except Exception:  # the registry or the engine is away: the application answers with cause and remedy
            return None

    async def _passed_on(self, scope: Scope, receive: Receive, send: Send) -> _Sent | None:
        """Let the application answer; its answer where that can be given again."""
        start: list[Message] = []
        body: list[bytes] = []

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                # Copied before others add to it.
                start.append({**message, "headers": list(message["headers"])})
            elif message["type"] == "http.response.body":
                body.append(message.get("body", b""))
            await send(message)

        await self.app(scope, receive, watched)
        if not start or start[0]["status"] != 200:
            return None
        headers = tuple(start[0]["headers"])
        return _Sent(headers, b"".join(body), Headers(raw=list(headers)).get("etag", ""))

    def _keep(self, key: Hashable, found: _Sent) -> None:
        before = self._sent.pop(key, None)
        self._bytes += len(found.body) + BESIDE_BODY
        self._bytes -= len(before.body) + BESIDE_BODY if before is not None else 0
        self._sent[key] = found
        while self._bytes > self.most_bytes:
            _, oldest = self._sent.popitem(last=False)
            self._bytes -= len(oldest.body) + BESIDE_BODY


async def _send(sent: _Sent, if_none_match: str, send: Send) -> None:
    """The answer, or 304 where the asker has it."""
    status, headers, body = 200, list(sent.headers), sent.body
    if if_none_match and asker_has(sent.tag, if_none_match):
        status, headers, body = 304, [one for one in headers if one[0].lower() in SAID_WITHOUT_BODY], b""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
