"""The sockets under the polite client: each connects only to an address just checked, none outlives its deadline."""

import socket
import ssl
from collections.abc import Iterable
from threading import local
from time import monotonic
from typing import Any

import httpcore2
import httpx2

from harvesters.addresses import Resolve, resolve


class Deadline(local):
    """Until when the request of this thread may take, by the monotonic clock; a slow-loris meets it at every read."""

    until = float("inf")
    url = ""

    def start(self, url: str, seconds: float) -> None:
        """A new request begins."""
        self.url, self.until = url, monotonic() + seconds

    def left(self, step: float | None) -> float:
        """Seconds one step may take; raises the transport's own time-out when none are left."""
        left = self.until - monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("whole-request deadline")
        return min(left, step) if step is not None else left


class CheckedTransport(httpx2.HTTPTransport):
    """An HTTP transport whose every connection goes to an address that was resolved and checked for it.

    Name resolution and connecting are one step here, so a DNS answer that changes between a check and a
    connection (rebinding, H34) has no gap to slip into. TLS still verifies the certificate against the name.
    """

    def __init__(
        self, deadline: Deadline, allow_private: bool, look_up: Resolve, verify: ssl.SSLContext | None = None
    ) -> None:
        context = verify or httpx2.create_ssl_context()
        super().__init__(verify=context, trust_env=False)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=context,
            max_connections=10,
            max_keepalive_connections=4,
            keepalive_expiry=5.0,
            network_backend=_CheckedBackend(deadline, allow_private, look_up),
        )


class _CheckedBackend(httpcore2.NetworkBackend):
    def __init__(self, deadline: Deadline, allow_private: bool, look_up: Resolve) -> None:
        self._deadline, self._allow_private, self._look_up = deadline, allow_private, look_up
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        addresses = resolve(self._deadline.url, host, port, self._allow_private, self._look_up)
        problem: Exception = httpcore2.ConnectError("no address")
        for address in addresses[:4]:
            try:
                stream = self._plain.connect_tcp(
                    address, port, self._deadline.left(timeout), local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                problem = error
            else:
                return _TimedStream(stream, self._deadline)
        raise problem


class _TimedStream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        inner = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return _TimedStream(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


getaddrinfo: Resolve = socket.getaddrinfo
