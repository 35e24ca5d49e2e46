"""An error that a person reads says what she can do: every place that makes one gives a remedy in both languages."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
# How many of their arguments say field, value, cause and remedy; the rest of the tree builds on these.
WHOLE = {
    "InvalidValue": 6,
    "UnknownCode": 6,
    "RecordRejected": 6,
    "Conflict": 4,
    "NotAllowed": 4,
    "ComponentMissing": 4,
}


def bare(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            told = len(node.args) + len(node.keywords)
            if told < WHOLE.get(name, 0) and not any(isinstance(one, ast.Starred) for one in node.args):
                yield f"{path.relative_to(PROJECT)}:{node.lineno} {name}"


@pytest.mark.parametrize("package", ["registry", "harvesters", "search", "api"])
def test_every_error_has_a_remedy(package: str):
    assert [found for path in (PROJECT / package).rglob("*.py") for found in bare(path)] == []
