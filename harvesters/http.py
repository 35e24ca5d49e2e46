"""The polite client: every request of every harvester goes through here, and every limit holds here.

It identifies itself, asks robots.txt, takes turns per host, waits as told, asks conditionally, streams under size
and time limits, and checks address and scheme again at every redirect. One client serves one run in one thread.
"""

import json as json_
import re
import ssl
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from threading import Event
from time import monotonic
from types import TracebackType
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx2
from protego import Protego

from harvesters.addresses import Resolve
from harvesters.encoding import Decoded, decode
from harvesters.manners import HOSTS, Budget, HostGate, Manners, Robots
from harvesters.network import CheckedTransport, Deadline, getaddrinfo
from registry.errors import (
    AddressRefused,
    BodyTooLarge,
    BudgetSpent,
    CertificateInvalid,
    HarvestError,
    SourceBusy,
    SourceChanged,
    SourceRefused,
    SourceUnreachable,
)

REDIRECTS = (301, 302, 303, 307, 308)
LOGIN_PATH = re.compile(
    r"(^|[/_.-])(log-?in|sign-?in|sso|j_spring_security_check|loginform|memberlogin|auth/realms)([/_.?-]|form|view|page|$)",
    re.I,
)


@dataclass(frozen=True)
class CachedPage:
    """A body read earlier and the validators that let the source answer 304."""

    etag: str
    last_modified: str
    content: bytes
    headers: Mapping[str, str]


class PageCache(Protocol):
    """Where bodies and their validators are kept between runs."""

    def get(self, url: str) -> CachedPage | None:
        """The page kept for this address, or None."""

    def put(self, url: str, response: "Response") -> None:
        """Keep a page that carries a validator."""


@dataclass(frozen=True)
class Response:
    """One answer, whole and within limits. Header names are in lower case; `history` are the addresses on the way.

    `not_modified` means the source answered 304 and `content` is what was kept; `certificate` is the server's
    (as ssl.getpeercert gives it) on https; `login` that the way led to a login page.
    """

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str]
    content: bytes
    history: tuple[str, ...] = ()
    seconds: float = 0.0
    not_modified: bool = False
    login: bool = False
    certificate: Mapping[str, Any] | None = field(default=None, repr=False)

    @cached_property
    def decoded(self) -> Decoded:
        """Text, encoding and damage."""
        return decode(self.content, self.headers.get("content-type", ""))

    @property
    def text(self) -> str:
        """The body as text, by the rules of harvesters/encoding.py."""
        return self.decoded.text

    @property
    def encoding(self) -> str:
        """The encoding chosen for the body."""
        return self.decoded.encoding

    @property
    def is_html(self) -> bool:
        """Whether this is a page for people."""
        head = self.content[:512].lstrip().lower()
        return "html" in self.headers.get("content-type", "") or head.startswith((b"<!doctype html", b"<html"))

    def json(self) -> Any:
        """The body as JSON, or SourceChanged; a page for people with status 200 is no "no change" (H05)."""
        try:
            return json_.loads(self.text)
        except ValueError as error:
            kind = ("웹 페이지", "a web page") if self.is_html else ("JSON이 아닌 본문", "a body that is not JSON")
            raise SourceChanged(
                self.final_url,
                f"JSON을 기다렸으나 {kind[0]}가 왔습니다(상태 {self.status}).",
                f"JSON was expected and {kind[1]} came (status {self.status}): {_excerpt(self.text)}",
                "원천의 주소와 형식이 바뀌었는지 확인하세요.",
                "See whether the source's address or format has changed.",
            ) from error


class PoliteClient:
    """An HTTP client that is a good guest and cannot be led astray.

    `public_api` names why robots.txt is not asked: an interface that its owner publishes to be read. `resolve`,
    `verify` and `gate` are seams for tests and for sources with a certificate authority of their own.
    """

    def __init__(
        self,
        manners: Manners | None = None,
        *,
        cache: PageCache | None = None,
        public_api: str = "",
        resolve: Resolve = getaddrinfo,
        verify: ssl.SSLContext | None = None,
        gate: HostGate = HOSTS,
        stop: Event | None = None,
    ) -> None:
        self.manners = manners or Manners()
        self.public_api = public_api
        self.budget = Budget(self.manners.request_budget, self.manners.time_budget)
        self.stop = stop or Event()
        self.requests = 0
        self.bytes_read = 0
        self._cache, self._gate = cache, gate
        self._robots: dict[str, Robots] = {}
        self._deadline = Deadline()
        self._client = httpx2.Client(
            transport=CheckedTransport(self._deadline, self.manners.allow_private, resolve, verify),
            timeout=self.manners.step_timeout,
            trust_env=False,
            headers={
                "user-agent": self.manners.user_agent,
                "accept": "*/*",
                "accept-language": "ko, en;q=0.5",
                "accept-encoding": "gzip, deflate",
            },
        )
        if self.manners.contact:
            self._client.headers["from"] = self.manners.contact.encode("ascii", "ignore").decode()

    def __enter__(self) -> "PoliteClient":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        check: bool = True,
        wait: bool = True,
        conditional: bool = True,
    ) -> Response:
        """Read an address.

        With `check` anything but success raises (401, 403 and login pages SourceRefused, 404 and other 4xx
        SourceChanged, 5xx after retries SourceUnreachable); without it the answer is given back as it is. With
        `wait` a 429 or 503 with Retry-After is waited for within the budget, else SourceBusy.
        """
        if params:
            url = str(httpx2.URL(url).copy_merge_params({key: str(value) for key, value in params.items()}))
        return self._ask("GET", url, None, dict(headers or {}), check=check, wait=wait, conditional=conditional)

    def post(
        self,
        url: str,
        *,
        content: bytes | None = None,
        json: object = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        check: bool = True,
        wait: bool = True,
    ) -> Response:
        """Send a body (bytes, JSON or a form) and read the answer; otherwise as `get`."""
        sent = dict(headers or {})
        if form is not None:
            content = str(httpx2.QueryParams(dict(form))).encode()
            sent.setdefault("content-type", "application/x-www-form-urlencoded")
        elif content is None:
            content = json_.dumps({} if json is None else json, ensure_ascii=False).encode()
            sent.setdefault("content-type", "application/json")
        return self._ask("POST", url, content, sent, check=check, wait=wait, conditional=False)

    def robots(self, url: str) -> Robots:
        """What the origin of an address says to us; read once per run, before anything else is."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._robots:
            self._robots[origin] = self._read_robots(origin)
        return self._robots[origin]

    def _read_robots(self, origin: str) -> Robots:
        url = f"{origin}/robots.txt"
        try:
            answer = self._follow("GET", url, None, {}, self.manners.host_delay, robots=False)
        except (SourceUnreachable, BodyTooLarge, AddressRefused) as error:
            if isinstance(error, CertificateInvalid | AddressRefused):
                raise
            return Robots(unread=error.cause_en)
        if answer.status >= 500 or answer.status == 429:
            return Robots(unread=f"status {answer.status}")
        if answer.status >= 400:
            return Robots()
        return Robots(Protego.parse(answer.text[:500_000]))

    def _ask(
        self,
        method: str,
        url: str,
        body: bytes | None,
        headers: dict[str, str],
        *,
        check: bool,
        wait: bool,
        conditional: bool,
    ) -> Response:
        kept = self._cache.get(url) if self._cache and conditional and method == "GET" else None
        if kept:
            if kept.etag:
                headers["if-none-match"] = kept.etag
            if kept.last_modified:
                headers["if-modified-since"] = kept.last_modified
        failures = waits = 0
        while True:
            try:
                answer = self._follow(method, url, body, headers, self.manners.host_delay, robots=not self.public_api)
            except (AddressRefused, CertificateInvalid):
                raise
            except SourceUnreachable:
                failures += 1
                if not check or failures > self.manners.retries:
                    raise
                self._pause(url, self.manners.retry_pause * 2 ** (failures - 1), "unreachable")
                continue
            if answer.status in (429, 503) and wait:
                asked = _retry_after(answer)
                if asked is not None or answer.status == 429:
                    waits += 1
                    seconds = asked if asked is not None else self.manners.retry_pause * 2**waits
                    if waits > 3:
                        raise _busy(answer, seconds)
                    self._pause(url, seconds, "busy", answer)
                    continue
            if check and answer.status >= 500 and failures < self.manners.retries:
                failures += 1
                self._pause(url, self.manners.retry_pause * 2 ** (failures - 1), "unreachable")
                continue
            break
        if answer.status == 304 and kept:
            return Response(
                url, answer.final_url, 200, kept.headers, kept.content, answer.history, answer.seconds, True
            )
        if check:
            _raise_for(answer)
        if self._cache and conditional and method == "GET" and answer.status == 200:
            self._cache.put(url, answer)
        return answer

    def _pause(self, url: str, seconds: float, why: str, answer: Response | None = None) -> None:
        if answer is not None and (seconds > self.manners.max_wait or seconds > self.budget.left()):
            raise _busy(answer, seconds)
        if seconds > self.budget.left():
            raise BudgetSpent(
                url,
                "기다리는 동안 정해진 시간이 다 됩니다.",
                f"Waiting ({why}) would use up the time of this run.",
                "run_time_budget 설정을 늘리세요.",
                "Raise run_time_budget.",
            )
        self.stop.wait(seconds)

    def _follow(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str], delay: float, *, robots: bool
    ) -> Response:
        """Send one request and follow its redirects, each of them checked like the first address."""
        asked, began = url, monotonic()
        history: list[str] = []
        for _hop in range(self.manners.max_redirects + 1):
            parts = _checked_parts(url)
            if robots:
                rules = self.robots(url)
                delay = max(delay, rules.delay)
                if not rules.allows(url):
                    raise _forbidden_by_robots(url, rules)
            answer = self._send(method, url, body, headers, parts, max(delay, 0.0))
            location = answer.headers.get("location", "")
            if answer.status not in REDIRECTS or not location:
                login = bool(history) and _is_login(answer.final_url) and not _is_login(asked)
                return Response(
                    asked,
                    answer.final_url,
                    answer.status,
                    answer.headers,
                    answer.content,
                    tuple(history),
                    monotonic() - began,
                    login=login,
                    certificate=answer.certificate,
                )
            history.append(url)
            following = str(httpx2.URL(url).join(location)) if _joinable(location) else location
            if urlsplit(following).netloc != parts.netloc:
                headers = {
                    key: value for key, value in headers.items() if key.lower() not in ("authorization", "cookie")
                }
            if answer.status == 303 or (answer.status in (301, 302) and method == "POST"):
                method, body = "GET", None
            url = following
        raise SourceChanged(
            asked,
            f"{self.manners.max_redirects}번을 넘게 다른 주소로 넘깁니다.",
            f"More than {self.manners.max_redirects} redirects: {' → '.join(history[:4])} …",
            "원천의 주소를 마지막 주소로 바꾸세요.",
            "Put the final address into the source.",
        )

    def _send(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str], parts: Any, delay: float
    ) -> Response:
        with self._gate.turn(parts.netloc, delay, self.stop):
            self.budget.spend(url)
            self.requests += 1
            began = monotonic()
            self._deadline.start(url, min(self.manners.deadline, max(self.budget.left(), 0.1)))
            with (
                _as_our_errors(url, self._deadline),
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
        limit = self.manners.max_body_bytes
        if int(answer.headers.get("content-length") or 0) > limit:
            raise _too_large(url, limit)
        unpack = _unpacker(answer.headers.get("content-encoding", ""), url)
        raw = plain = 0
        for chunk in answer.iter_raw(65536):
            raw += len(chunk)
            self.bytes_read += len(chunk)
            if raw > limit:
                raise _too_large(url, limit)
            for piece in unpack(chunk, limit - plain + 1):
                plain += len(piece)
                if plain > limit:
                    raise _too_large(url, limit)
                yield piece
            self._deadline.left(None)


def _checked_parts(url: str) -> Any:
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good or parts.username or parts.password:
        raise AddressRefused(
            url,
            "http나 https 주소만 읽습니다.",
            "Only http and https addresses without credentials are read.",
            "원천의 주소를 확인하세요.",
            "Check the source's address.",
        )
    return parts


def _joinable(location: str) -> bool:
    scheme = urlsplit(location).scheme
    return scheme in ("", "http", "https")


def _is_login(url: str) -> bool:
    return LOGIN_PATH.search(urlsplit(url).path) is not None


def _unpacker(encoding: str, url: str) -> Any:
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
def _as_our_errors(url: str, deadline: Deadline) -> Iterator[None]:
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


def _retry_after(answer: Response) -> float | None:
    """Seconds that Retry-After asks for, given as seconds or as a date; None if absent or unreadable."""
    value = answer.headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.isdigit():
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    # Both times are the source's own where it tells its time, so a wrong clock there does no harm.
    present = datetime.now(UTC)
    if "date" in answer.headers:
        with suppress(ValueError):
            present = parsedate_to_datetime(answer.headers["date"])
    return max(0.0, (when - present).total_seconds())


def _busy(answer: Response, seconds: float) -> SourceBusy:
    error = SourceBusy(
        answer.final_url,
        f"원천이 {seconds:.0f}초 뒤에 다시 오라고 합니다(상태 {answer.status}).",
        f"The source asks us to come back in {seconds:.0f} seconds (status {answer.status}).",
        "그때 다시 읽습니다. 할 일은 없습니다.",
        "It is read again then; nothing need be done.",
    )
    error.retry_after, error.status = seconds, answer.status
    return error


def _raise_for(answer: Response) -> None:
    error: HarvestError
    said = _excerpt(answer.text) if answer.status >= 400 else ""
    if answer.login or answer.status in (401, 403, 407, 451):
        error = SourceRefused(
            answer.final_url,
            "로그인해야 볼 수 있는 곳입니다."
            if answer.login or answer.status == 401
            else f"원천이 우리를 거절합니다(상태 {answer.status}).",
            "The way leads to a login page: credentials are needed."
            if answer.login
            else f"The source refuses us (status {answer.status}): {said}",
            "원천의 운영자에게 읽기를 허락해 달라고 하거나 접속 정보를 받으세요. 정체를 숨기고 읽지 않습니다.",
            "Ask the source's operator for access or credentials; we do not disguise ourselves.",
        )
    elif answer.status == 429:
        raise _busy(answer, _retry_after(answer) or 0.0)
    elif answer.status >= 500:
        error = SourceUnreachable(
            answer.final_url,
            f"원천의 서버 오류입니다(상태 {answer.status}).",
            f"The source's server failed (status {answer.status}): {said}",
            "다음 차례에 다시 읽습니다.",
            "It is read again at the next turn.",
        )
    elif answer.status >= 400 or answer.status < 200 or 300 <= answer.status < 400:
        error = SourceChanged(
            answer.final_url,
            f"원천이 요청을 받아들이지 않습니다(상태 {answer.status}).",
            f"The source does not take the request (status {answer.status}): {said}",
            "원천의 주소와 옵션을 확인하세요.",
            "Check the source's address and options.",
        )
    else:
        return
    error.status = answer.status
    raise error


def _forbidden_by_robots(url: str, rules: Robots) -> SourceRefused:
    if rules.unread:
        return SourceRefused(
            url,
            f"robots.txt를 읽을 수 없어({rules.unread}) 아무것도 읽지 않았습니다.",
            f"robots.txt could not be read ({rules.unread}), so nothing was read.",
            "robots.txt가 다시 읽히면 수집합니다.",
            "The source is read once its robots.txt answers.",
        )
    return SourceRefused(
        url,
        "robots.txt가 이 주소를 읽지 말라고 합니다.",
        "robots.txt forbids us to read this address.",
        "운영자에게 허용을 요청하거나, 공개된 인터페이스이면 원천 파일에 public_api로 그 까닭을 적으세요.",
        "Ask its operator to allow us or, if it is a published interface, state the reason as public_api in the source file.",
    )


def _too_large(url: str, limit: int) -> BodyTooLarge:
    return BodyTooLarge(
        url,
        f"본문이 {limit:,}바이트를 넘어 읽기를 멈췄습니다.",
        f"The body passes {limit:,} bytes; reading was stopped.",
        "정말 이렇게 큰 원천이면 max_body_bytes 설정을 늘리세요.",
        "If the source really is that large, raise max_body_bytes.",
    )


def _excerpt(text: str) -> str:
    plain = " ".join(re.sub(r"<[^>]*>", " ", text[:2000]).split())
    return plain[:160]
