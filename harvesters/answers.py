"""One answer of a source, and what each refusal, failure and delay in it means."""

import json as json_
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from harvesters.encoding import Decoded, decode
from harvesters.manners import Robots
from registry.errors import BodyTooLarge, HarvestError, SourceBusy, SourceChanged, SourceRefused, SourceUnreachable

LOGIN_PATH = re.compile(
    r"(^|[/_.-])(log-?in|sign-?in|sso|j_spring_security_check|loginform|memberlogin|auth/realms)([/_.?-]|form|view|page|$)",
    re.I,
)


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


def is_login(url: str) -> bool:
    return LOGIN_PATH.search(urlsplit(url).path) is not None


def retry_after(answer: Response) -> float | None:
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


def busy(answer: Response, seconds: float) -> SourceBusy:
    error = SourceBusy(
        answer.final_url,
        f"원천이 {seconds:.0f}초 뒤에 다시 오라고 합니다(상태 {answer.status}).",
        f"The source asks us to come back in {seconds:.0f} seconds (status {answer.status}).",
        "그때 다시 읽습니다. 할 일은 없습니다.",
        "It is read again then; nothing need be done.",
    )
    error.retry_after, error.status = seconds, answer.status
    return error


def raise_for(answer: Response) -> None:
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
        raise busy(answer, retry_after(answer) or 0.0)
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


def forbidden_by_robots(url: str, rules: Robots) -> SourceRefused:
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


def too_large(url: str, limit: int) -> BodyTooLarge:
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
