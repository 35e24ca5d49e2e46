"""The small part of Solr's filter language that harvesters of CKAN really send; the rest is refused, not guessed.

fq       = clause { clause }
clause   = [ "-" | "+" ] field ":" ( value | "(" value { "OR" value } ")" | "[" moment "TO" moment "]" )
more     = "OR" directly between two clauses of one field joins their values
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime


class SearchQueryError(Exception):
    """The filter is not of that part."""


@dataclass(frozen=True)
class Clause:
    """One condition: any of `values` in `field`, or a time between two ends; turned round by `negative`."""

    field: str
    values: tuple[str, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    negative: bool = False


FIELDS = (
    *("id", "name", "title", "organization", "owner_org", "groups", "tags", "type", "dataset_type", "state", "private"),
    *("metadata_modified", "metadata_created", "capacity", "permission_labels", "res_format", "license_id"),
)
TOKEN = re.compile(
    r"""\s*(?:
      (?P<join>OR|AND)(?=\s) |
      (?P<sign>[-+])?(?P<field>\w+):
        (?: \[(?P<start>\S+)\s+TO\s+(?P<end>[^\]\s]+)\] | \((?P<many>[^()]*)\) | "(?P<quoted>[^"]*)" | (?P<value>[^\s()\[\]"]+) )
    )""",
    re.X,
)


def parse_filters(texts: Sequence[str]) -> list[Clause]:
    """The clauses of one or more filter texts, all of which must hold."""
    clauses: list[Clause] = []
    for text in texts:
        clauses += _parse(text)
    return clauses


def _parse(text: str) -> list[Clause]:
    clauses: list[Clause] = []
    position, joined = 0, False
    text = text.strip()
    if text in ("", "*:*"):
        return []
    while position < len(text):
        match = TOKEN.match(text, position)
        if not match:
            raise SearchQueryError(f"cannot read {text[position : position + 40]!r}")
        position = match.end()
        if match["join"]:
            joined = match["join"] == "OR"
            continue
        clause = _clause(match)
        if joined:
            if not clauses or clauses[-1].field != clause.field or not clause.values or clause.negative:
                raise SearchQueryError("OR between different fields is not supported")
            last = clauses.pop()
            clause = Clause(last.field, (*last.values, *clause.values), negative=last.negative)
            joined = False
        clauses.append(clause)
        while position < len(text) and text[position].isspace():
            position += 1
    return clauses


def _clause(match: "re.Match[str]") -> Clause:
    field = match["field"]
    if field not in FIELDS:
        raise SearchQueryError(f"unknown field {field!r}")
    negative = match["sign"] == "-"
    if match["start"] is not None:
        return Clause(field, start=_moment(match["start"]), end=_moment(match["end"]), negative=negative)
    if match["many"] is not None:
        values = tuple(one.strip().strip('"') for one in re.split(r"\s+OR\s+", match["many"].strip()))
        return Clause(field, values, negative=negative)
    return Clause(field, (match["quoted"] if match["quoted"] is not None else match["value"],), negative=negative)


def _moment(text: str) -> datetime | None:
    if text in ("*", "NOW"):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise SearchQueryError(f"cannot read the time {text!r}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
