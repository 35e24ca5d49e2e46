"""Tables on a phone: every cell learns the name of its column, so that the styles can show a row as a card."""

import re
from html import unescape

from markupsafe import escape

TABLE = re.compile(r"<table\b.*?</table>", re.S)
HEAD = re.compile(r'<th scope="col"[^>]*>(.*?)</th>', re.S)
ROW = re.compile(r"<tr\b[^>]*>.*?</tr>", re.S)
CELL = re.compile(r"<(td|th)\b([^>]*)>(.*?)(?=</\1>)", re.S)
TAG = re.compile(r"<[^>]+>")
# What stands in a cell where nothing is known; a card leaves such a line out.
NOTHING = ("", "–")


def with_column_names(html: str) -> str:
    """The page with `data-column` on every cell of its tables, and `data-nothing` on those that say nothing."""
    return TABLE.sub(_table, html)


def _table(found: re.Match[str]) -> str:
    head, body, rest = found.group().partition("<tbody")
    names = [_text(one) for one in HEAD.findall(head)]
    if not body or not names:
        return found.group()
    return head + body + ROW.sub(lambda row: _row(row.group(), names), rest)


def _row(row: str, names: list[str]) -> str:
    columns = iter(names)

    def marked(cell: re.Match[str]) -> str:
        tag, given, inside = cell.groups()
        name = next(columns, "")
        if tag == "th" or not name:
            return cell.group()
        nothing = " data-nothing" if _text(inside) in NOTHING else ""
        return f'<td{given} data-column="{escape(name)}"{nothing}>{inside}'

    return CELL.sub(marked, row)


def _text(html: str) -> str:
    return unescape(TAG.sub("", html)).strip()
