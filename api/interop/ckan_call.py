"""One call of CKAN's Action API: its parameters, read and bounded."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from api.deps import Parts


@dataclass(frozen=True)
class Call:
    """One call: what was asked, and the open parts to answer it with."""

    parts: Parts
    session: Session
    base: str
    given: Mapping[str, Any]

    def text(self, *names: str) -> str:
        """A needed text parameter under any of its names; ValidationError names the first."""
        for name in names:
            value = self.given.get(name)
            if isinstance(value, str) and value:
                return value
        raise ValidationError({names[0]: ["Missing value"]})

    def number(self, name: str, default: int, most: int) -> int:
        """A bounded number, sent as JSON or as text."""
        value = self.given.get(name, default)
        text = str(value).strip()
        if isinstance(value, bool) or not text.isascii() or not text.isdigit():
            raise ValidationError({name: ["Must be a natural number"]})
        return min(int(text), most)

    def flag(self, name: str) -> bool:
        """A yes or no."""
        return str(self.given.get(name, "")).lower() in ("true", "1", "yes", "on")


class ValidationError(Exception):
    """Parameters are wrong; `fields` maps each to its sentences."""

    def __init__(self, fields: dict[str, list[str]]) -> None:
        super().__init__(str(fields))
        self.fields = fields


def json_list(call: Call, name: str) -> list[str]:
    value = call.given.get(name, [])
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise ValidationError({name: ["Must be a JSON list"]}) from None
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValidationError({name: ["Must be a list of texts"]})
    return value
