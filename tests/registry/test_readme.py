"""The package's README says what the code does."""

import re
from pathlib import Path

import registry
from registry.liveness import OUTCOMES
from registry.permissions import ACTIONS
from registry.statements import FIELDS
from registry.vocab import RANK_ORDER

FOLDER = Path(registry.__file__).parent
TEXT = (FOLDER / "README.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table whose head begins with this cell."""
    table = re.search(rf"^\| {re.escape(heading)} \|.*\n\|[-|]+\n((?:\|.*\n)+)", TEXT, re.M)
    assert table, heading
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[1].splitlines()]


def test_every_file_is_explained():
    named = {name for row in rows("file") for name in re.findall(r"`([^`]+)`", row[0])}
    there = {path.name for path in FOLDER.glob("*.py") if path.name != "__init__.py"} | {"models/", "migrations/"}
    assert named == there


def test_fields():
    said = [(row[0].strip("`"), row[1], int(row[2]), row[3] == "yes") for row in rows("field")]
    assert said == [(rule.name, rule.kind, rule.longest, rule.contested) for rule in FIELDS.values()]


def test_ranks():
    assert [row[0].strip("`") for row in rows("rank")] == sorted(RANK_ORDER, key=RANK_ORDER.__getitem__, reverse=True)


def test_permissions():
    assert {row[0].strip("`"): tuple(row[1].split(", ")) for row in rows("action")} == ACTIONS


def test_outcomes():
    assert {name for row in rows("outcome of a probe") for name in re.findall(r"`(\w+)`", row[0])} == OUTCOMES
