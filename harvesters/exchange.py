"""One request and its answer under every limit: the host's turn, the run's budget, the deadline, and the size."""

import ssl
from collections.abc import Iterator
from threading import Event
from time import monotonic
from urllib.parse import urlsplit

import httpx2

from harvesters.addresses import Resolve
from harvesters.answers import Response, too_large
from harvesters.manners import Budget, HostGate, Manners
from harvesters.network import CheckedTransport, Deadline, as_our_errors, unpacker


class Exchange:
    """Sends one request at a time and reads its answer; redirects, retries and robots.txt are the client's business."""

    def __init__(
        self, manners: Manners, gate: HostGate, stop: Event, resolve: Resolve, verify: ssl.SSLContext | None
    ) -> None:
        self.requests = 0
        self.bytes_read = 0
        self.budget = Budget(manners.request_budget, manners.time_budget)
        self._manners, self._gate, self._stop = manners, gate, stop
        self._deadline = Deadline()
        self._client = httpx2.Client(
            transport=CheckedTransport(self._deadline, manners.allowed_networks, resolve, verify),
            timeout=manners.step_timeout,
            trust_env=False,
            headers={
                "user-agent": manners.user_agent,
                "accept": "*/*",
                "accept-language": "ko, en;q=0.5",
                "accept-encoding": "gzip, deflate",
            },
        )
        if manners.contact:
            self._client.headers["from"] = manners.contact.encode("ascii", "ignore").decode()

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def send(self, method: str, url: str, body: bytes | None, headers: dict[str, str], delay: float) -> Response:
        """Wait for the host's turn (`delay` seconds after the last one), send, and read the answer whole."""
        with self._gate.turn(urlsplit(url).netloc, delay, self._stop):
            self.budget.spend(url)
            self.requests += 1
            began = monotonic()
            self._deadline.start(url, min(self._manners.deadline, max(self.budget.left(), 0.1)))
            with (
                as_our_errors(url, self._deadline),
                self._client.stream(method, url, content=body, headers=headers) as answer,
            ):
                content = b"".join(self._read(answer, url))
                stream = answer.extensions.get("network_stream")
                tls = stream.get_extra_info("ssl_object") if stream is not None else None
                return Response(
                    url,
                    url,
                    answer.status_code,
                    {key.lower(): value for key, value in answer.headers.items()},
                    content,
                    seconds=monotonic() - began,
                    certificate=tls.getpeercert() if tls is not None else None,
                )

    def _read(self, answer: httpx2.Response, url: str) -> Iterator[bytes]:
        """The body, decompressed, cut off as soon as it passes the limit either way."""
        limit = self._manners.max_body_bytes
        if int(answer.headers.get("content-length") or 0) > limit:
            raise too_large(url, limit)
        unpack = unpacker(answer.headers.get("content-encoding", ""), url)
        raw = plain = 0
        for chunk in answer.iter_raw(65536):
            raw += len(chunk)
            self.bytes_read += len(chunk)
            if raw > limit:
                raise too_large(url, limit)
            for piece in unpack(chunk, limit - plain + 1):
                plain += len(piece)
                if plain > limit:
                    raise too_large(url, limit)
                yield piece
            self._deadline.left(None)
