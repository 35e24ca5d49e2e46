"""Cursors of lists: opaque to whoever uses them, the last row's key to us."""

import base64
import binascii
from urllib.parse import urlencode

from fastapi import Request

from api.schemas.common import BIGGEST
from registry.errors import InvalidValue


def encode_cursor(key: str | int) -> str:
    """The cursor that continues after this key."""
    return base64.urlsafe_b64encode(str(key).encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> str:
    """The key of a cursor; '' for none, InvalidValue for what never was one."""
    if not cursor:
        return ""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise _invalid(cursor) from None
    if len(text) > 500 or "\x00" in text:
        raise _invalid(cursor)
    return text


def decode_number(cursor: str) -> int | None:
    """The number of a cursor over numbered rows; None for none."""
    text = decode_cursor(cursor)
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or int(text) > BIGGEST:
        raise _invalid(cursor)
    return int(text)


def next_address(request: Request, key: str | int | None) -> str | None:
    """The address of the following page: this one's with another cursor."""
    if key is None:
        return None
    pairs = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    return f"{request.url.path}?{urlencode([*pairs, ('cursor', encode_cursor(key))])}"


def _invalid(cursor: str) -> InvalidValue:
    return InvalidValue(
        "cursor",
        cursor,
        "이 목록에서 받은 값이 아닙니다.",
        "This is not a cursor of this list.",
        "앞 쪽의 next 주소를 그대로 쓰세요.",
        "Use the address in `next` as it is.",
    )
