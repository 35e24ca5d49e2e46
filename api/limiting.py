"""How often one address may sign in, write, or ask the interfaces of programs; above that 429 with Retry-After.

Counted in memory, by process: what has to be right here is that nobody keeps a server busy or tries passwords by the
thousand, not that a count is exact over several processes. Accounts are locked besides, in the database.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from ipaddress import ip_address

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import TooManyRequests, answer
from config.settings import Settings

# Addresses kept at once: some 20 MB at most; the one that asked longest ago goes first.
MOST_ADDRESSES = 100_000
SIGN_IN_PATHS = ("/login", "/en/login")
PROGRAM_PATHS = ("/api/", "/openapi/", "/exports/", "/catalog", "/data.json", "/feeds/", "/opensearch/")
READING = ("GET", "HEAD", "OPTIONS")
# Read with POST too, as CKAN's clients do.
READ_BY_POST = ("/api/3/", "/api/action/")
# What an IPv6 subscriber is given: one household, not one device.
SUBSCRIBER_BITS = 64


class Buckets:
    """For each key as many requests a minute as allowed; unused ones are saved up to one minute's worth."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def wait(self, key: tuple[str, str], a_minute: int) -> float:
        """Take one request; 0 if it is allowed, else the seconds until it will be."""
        now = self._clock()
        left, at = self._left.pop(key, (float(a_minute), now))
        left = min(float(a_minute), left + (now - at) * a_minute / 60)
        allowed = left >= 1
        self._left[key] = (left - 1 if allowed else left, now)
        if len(self._left) > MOST_ADDRESSES:
            self._left.popitem(last=False)
        return 0.0 if allowed else (1 - left) * 60 / a_minute


class RateLimits:
    """ASGI middleware that answers 429 before anything else is done for a request."""

    def __init__(self, app: ASGIApp, settings: Settings, buckets: Buckets | None = None) -> None:
        self.app, self.buckets = app, buckets or Buckets()
        self.a_minute: Mapping[str, int] = {
            "sign_in": settings.sign_ins_per_minute,
            "write": settings.writes_per_minute,
            "program": settings.program_requests_per_minute,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or say when to come again."""
        kind = kind_of(scope["method"], scope["path"]) if scope["type"] == "http" else ""
        a_minute = self.a_minute.get(kind, 0)
        wait = self.buckets.wait((kind, caller(scope)), a_minute) if a_minute else 0.0
        if not wait:
            await self.app(scope, receive, send)
            return
        seconds = max(1, math.ceil(wait))
        response = answer(Request(scope, receive), 429, TooManyRequests(a_minute, seconds).facts())
        response.headers["Retry-After"] = str(seconds)
        await response(scope, receive, send)


def kind_of(method: str, path: str) -> str:
    """Which limit a request falls under; '' for pages and files, which are not counted."""
    if method not in READING and path in SIGN_IN_PATHS:
        return "sign_in"
    if method not in READING and not path.startswith(READ_BY_POST):
        return "write"
    return "program" if path.startswith(PROGRAM_PATHS) else ""


def caller(scope: Scope) -> str:
    """Who asks: an IPv4 address, or the network of an IPv6 subscriber."""
    host = (scope.get("client") or ("", 0))[0]
    try:
        address = ip_address(host)
    except ValueError:
        return str(host)
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return f"{int(address) >> (128 - SUBSCRIBER_BITS):x}/{SUBSCRIBER_BITS}"
