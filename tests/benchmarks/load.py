"""Many clients over raw sockets in one thread, so light that the server is what is measured; and the questions they ask."""

import random
import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from itertools import accumulate, count

WAITING_SECONDS = 120.0

# A text, the id of the place where it is asked, and whether a filter narrows it.
Question = tuple[str, int | None, bool]


def fresh(asked: Sequence[Question], places: Sequence[int]) -> Iterator[Question]:
    """Questions none of which comes twice: all texts from one place each, then all from another, and so on."""
    for turn in count():
        for number, (text, _, narrowed) in enumerate(asked):
            # Every second turn the other half is narrowed.
            yield text, places[(number + turn) % len(places)], narrowed != bool(turn // len(places) % 2)


def as_residents_ask(asked: Sequence[Question], exponent: float = 1.0, seed: int = 1) -> Iterator[Question]:
    """Questions drawn by Zipf's law: the one at rank r comes 1/r^exponent times as often as the first; ranks by chance."""
    chance = random.Random(seed)
    ranked = chance.sample(list(asked), len(asked))
    shares = list(accumulate(1 / rank**exponent for rank in range(1, len(ranked) + 1)))
    while True:
        yield from chance.choices(ranked, cum_weights=shares, k=1000)


def answered(port: int, requests: Iterator[bytes], clients: int, seconds: float) -> float:
    """Answers a second to so many clients on loopback, each of which sends its next request once it has its answer.

    It ends after so many seconds, or with the requests.
    """
    began = time.perf_counter()
    until, done, asking = began + seconds, 0, clients
    with selectors.DefaultSelector() as selector:
        for _ in range(clients):
            one = _Client(port)
            selector.register(one.socket, selectors.EVENT_READ, one)
            one.ask(next(requests))
        while asking:
            ready = selector.select(WAITING_SECONDS)
            if not ready:
                raise RuntimeError(f"no answer for {WAITING_SECONDS} seconds")
            for key, _ in ready:
                one = key.data
                if not one.has_answer():
                    continue
                done += 1
                following = next(requests, None) if time.perf_counter() < until else None
                if following is None:
                    selector.unregister(one.socket)
                    one.socket.close()
                    asking -= 1
                    continue
                if one.closing:
                    selector.unregister(one.socket)
                    one.socket.close()
                    one.connect()
                    selector.register(one.socket, selectors.EVENT_READ, one)
                one.ask(following)
    return round(done / (time.perf_counter() - began), 1)


def request(method: str, target: str, body: bytes = b"") -> bytes:
    """One HTTP request as it goes over the wire."""
    lines = [f"{method} {target} HTTP/1.1", "Host: 127.0.0.1", "Accept-Encoding: gzip", "Accept: */*"]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


class _Client:
    """One connection, kept as long as the server keeps it, and what has come of the answer that is awaited."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connect()

    def connect(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), WAITING_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.come, self.closing = b"", False

    def ask(self, request: bytes) -> None:
        self.come = b""
        self.socket.sendall(request)

    def has_answer(self) -> bool:
        """Take in what has come; whether the answer is whole. RuntimeError where it is no 200."""
        part = self.socket.recv(262_144)
        self.come += part
        head, blank, body = self.come.partition(b"\r\n\r\n")
        if not part and not blank:
            raise RuntimeError("the server closed the connection without an answer")
        if not blank:
            return False
        status, *lines = head.lower().split(b"\r\n")
        if b" 200 " not in status:
            raise RuntimeError(self.come[:300].decode(errors="replace"))
        headers = dict(line.split(b": ", 1) for line in lines if b": " in line)
        self.closing = headers.get(b"connection") == b"close" or not part
        if b"content-length" in headers:
            return len(body) >= int(headers[b"content-length"])
        if headers.get(b"transfer-encoding") == b"chunked":
            return body.endswith(b"0\r\n\r\n")
        return not part
