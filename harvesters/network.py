"""The sockets under the polite client: each connects only to an address just checked, none outlives its deadline."""

import socket
import ssl
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import local
from time import monotonic
from typing import Any

import httpcore2
import httpx2

from harvesters.addresses import Resolve, resolve
from registry.errors import AddressRefused, CertificateInvalid, SourceChanged, SourceUnreachable


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
        self, deadline: Deadline, allowed: Sequence[str], look_up: Resolve, verify: ssl.SSLContext | None = None
    ) -> None:
        context = verify or httpx2.create_ssl_context()
        super().__init__(verify=context, trust_env=False)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=context,
            max_connections=10,
            max_keepalive_connections=4,
            keepalive_expiry=5.0,
            network_backend=_CheckedBackend(deadline, allowed, look_up),
        )


class _CheckedBackend(httpcore2.NetworkBackend):
    def __init__(self, deadline: Deadline, allowed: Sequence[str], look_up: Resolve) -> None:
        self._deadline, self._allowed, self._look_up = deadline, allowed, look_up
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        addresses = resolve(self._deadline.url, host, port, self._allowed, self._look_up)
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


def unpacker(encoding: str, url: str) -> Any:
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return lambda chunk, _limit: [chunk]
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise SourceChanged(
            url,
            f"청하지 않은 압축 방식({encoding})으로 답했습니다.",
            f"The answer is compressed in a way that was not asked for ({encoding}).",
        )
    machine = zlib.decompressobj(zlib.MAX_WBITS | 32 if "gzip" in encoding else zlib.MAX_WBITS)
    raw_deflate = [encoding == "deflate"]

    def unpack(chunk: bytes, limit: int) -> Iterator[bytes]:
        nonlocal machine
        try:
            # max_length stops a bomb after `limit` bytes instead of after all of it.
            piece = machine.decompress(chunk, limit)
        except zlib.error as error:
            if not raw_deflate[0]:
                raise SourceChanged(
                    url, "압축이 깨진 본문입니다.", f"The compressed body is broken ({error})."
                ) from error
            machine = zlib.decompressobj(-zlib.MAX_WBITS)
            piece = machine.decompress(chunk, limit)
        raw_deflate[0] = False
        yield piece

    return unpack


@contextmanager
def as_our_errors(url: str, deadline: Deadline) -> Iterator[None]:
    """Turn the transport's errors into ours; every one of them says what to do."""
    try:
        yield
    except httpx2.TimeoutException as error:
        whole = deadline.until <= monotonic()
        raise SourceUnreachable(
            url,
            "정해진 시간 안에 답을 마치지 않았습니다." if whole else "답이 없어 연결을 끊었습니다.",
            "The whole request took longer than its deadline." if whole else f"No answer in time ({error!r}).",
            "원천이 느리면 request_timeout이나 request_deadline 설정을 늘리세요.",
            "If the source is slow, raise request_timeout or request_deadline.",
        ) from error
    except httpx2.ConnectError as error:
        reason = _certificate_problem(error)
        if reason:
            raise CertificateInvalid(
                url,
                f"보안 인증서를 믿을 수 없습니다: {reason}",
                f"The TLS certificate cannot be trusted: {reason}",
                "원천의 운영자에게 인증서 갱신을 요청하세요. 검증을 끄지 않습니다.",
                "Ask the source's operator to renew the certificate; verification is never switched off.",
            ) from error
        raise SourceUnreachable(
            url,
            "연결할 수 없습니다.",
            f"No connection ({error}).",
            "잠시 뒤에 다시 시도합니다.",
            "It is tried again later.",
        ) from error
    except httpx2.UnsupportedProtocol as error:
        raise AddressRefused(url, "http나 https 주소만 읽습니다.", "Only http and https are read.") from error
    except (httpx2.TransportError, httpx2.InvalidURL) as error:
        raise SourceUnreachable(
            url,
            "답을 받는 도중에 연결이 끊겼거나 HTTP 규약에 어긋나는 답입니다.",
            f"The connection broke or the answer is not HTTP ({error!r}).",
            "잠시 뒤에 다시 시도합니다.",
            "It is tried again later.",
        ) from error


def _certificate_problem(error: BaseException | None) -> str:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message or str(error)
        if isinstance(error, ssl.SSLError):
            return str(error)
        error = error.__cause__ or error.__context__
    return ""
