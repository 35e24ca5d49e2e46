"""Answers that need not be sent twice: ETag and 304; and changes that must know what they change: If-Match."""

import hashlib
import re

from fastapi import Request, Response
from pydantic import BaseModel

from api.problems import ChangedMeanwhile, VersionNeeded

JSON = "application/json"


def conditional(
    request: Request, body: BaseModel | bytes, *, version: int | None = None, media_type: str = JSON
) -> Response:
    """The body with an ETag, or 304 when the asker has it already.

    The tag starts with the version where there is one, so that If-Match can be read from it.
    """
    content = body if isinstance(body, bytes) else body.model_dump_json(by_alias=True).encode()
    digest = hashlib.sha256(content).hexdigest()[:16]
    tag = f'"{version}-{digest}"' if version is not None else f'"{digest}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if asker_has(tag, request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


def asker_has(tag: str, if_none_match: str) -> bool:
    """Whether an If-None-Match header names this tag; weak or strong makes no difference for reading."""
    wanted = {one.strip().removeprefix("W/") for one in if_none_match.split(",")}
    return tag.removeprefix("W/") in wanted or "*" in wanted


def version_in(if_match: str | None) -> int | None:
    """The version an If-Match header names; None for '*'. VersionNeeded without one, ChangedMeanwhile when unreadable."""
    if not if_match:
        raise VersionNeeded(
            "If-Match 헤더가 없습니다.",
            "The If-Match header is missing.",
            "먼저 GET 으로 읽고 받은 ETag 를 If-Match 에 넣으세요.",
            "GET it first and send its ETag in If-Match.",
        )
    if if_match.strip() == "*":
        return None
    match = re.match(r'\s*(?:W/)?"?(\d{1,15})', if_match)
    if not match:
        raise ChangedMeanwhile(
            "If-Match 의 값이 이 자료의 ETag 가 아닙니다.",
            "If-Match does not hold an ETag of this resource.",
            "GET 으로 다시 읽으세요.",
            "GET it again.",
        )
    return int(match[1])
