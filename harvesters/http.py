"""The polite client: every request of every harvester goes through here, and every limit holds here.

It identifies itself, asks robots.txt, takes turns per host, waits as told, asks conditionally, streams under size
and time limits, and checks address and scheme again at every redirect. One client serves one run in one thread.
"""

import json as json_
import ssl
from collections.abc import Mapping
from threading import Event
from time import monotonic
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import httpx2
from protego import Protego

from harvesters.addresses import Resolve
from harvesters.answers import Response, busy, forbidden_by_robots, is_login, raise_for, retry_after
from harvesters.exchange import Exchange
from harvesters.keeping import PageCache
from harvesters.manners import HOSTS, HostGate, Manners, Robots, stopped
from harvesters.network import getaddrinfo
from registry.errors import (
    AddressRefused,
    BodyTooLarge,
    BudgetSpent,
    CertificateInvalid,
    SourceChanged,
    SourceUnreachable,
)

__all__ = ["Manners", "PoliteClient", "Response"]

REDIRECTS = (301, 302, 303, 307, 308)


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
        self.stop = stop or Event()
        self._cache = cache
        self._robots: dict[str, Robots] = {}
        self._exchange = Exchange(self.manners, gate, self.stop, resolve, verify)
        self.budget = self._exchange.budget

    @property
    def requests(self) -> int:
        """How many requests were sent, those for robots.txt and redirects included."""
        return self._exchange.requests

    @property
    def bytes_read(self) -> int:
        """How many bytes came in, as they came: compressed."""
        return self._exchange.bytes_read

    def __enter__(self) -> "PoliteClient":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._exchange.close()

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
                asked = retry_after(answer)
                if asked is not None or answer.status == 429:
                    waits += 1
                    seconds = asked if asked is not None else self.manners.retry_pause * 2**waits
                    if waits > 3:
                        raise busy(answer, seconds)
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
            raise_for(answer)
        if self._cache and conditional and method == "GET" and answer.status == 200:
            self._cache.put(url, answer)
        return answer

    def _pause(self, url: str, seconds: float, why: str, answer: Response | None = None) -> None:
        if answer is not None and (seconds > self.manners.max_wait or seconds > self.budget.left()):
            raise busy(answer, seconds)
        if seconds > self.budget.left():
            raise BudgetSpent(
                url,
                "기다리는 동안 정해진 시간이 다 됩니다.",
                f"Waiting ({why}) would use up the time of this run.",
                "run_time_budget 설정을 늘리세요.",
                "Raise run_time_budget.",
            )
        if self.stop.wait(seconds):
            raise stopped(url)

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
                    raise forbidden_by_robots(url, rules)
            answer = self._exchange.send(method, url, body, headers, max(delay, 0.0))
            location = answer.headers.get("location", "")
            if answer.status not in REDIRECTS or not location:
                login = bool(history) and is_login(answer.final_url) and not is_login(asked)
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
            following = _joined(url, location)
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


def _checked_parts(url: str) -> Any:
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good or parts.username or parts.password:
        raise _refused(url)
    return parts


def _joined(url: str, location: str) -> str:
    """Where a redirect leads; what is no web address is left as it is, to be refused at the next hop."""
    if urlsplit(location).scheme not in ("", "http", "https"):
        return location
    try:
        return str(httpx2.URL(url).join(location))
    except httpx2.InvalidURL:
        raise _refused(location) from None


def _refused(url: str) -> AddressRefused:
    return AddressRefused(
        url,
        "http나 https 주소만 읽습니다.",
        "Only http and https addresses without credentials are read.",
        "원천의 주소를 확인하세요.",
        "Check the source's address.",
    )
