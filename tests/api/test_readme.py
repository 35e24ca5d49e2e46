"""api/README.md says what the code does: files, pages, errors."""

import re

from fastapi.routing import APIRoute

from api import problems
from api.pages import PAGES
from config.settings import PROJECT

API = PROJECT / "api"
README = (API / "README.md").read_text(encoding="utf-8")


def rows(title: str) -> list[list[str]]:
    """The cells of a section's table."""
    part = README.split(f"## {title}", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in part.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_file_is_told_and_every_told_file_is_there() -> None:
    told = {name.rstrip("/") for row in rows("Where to find what") for name in re.findall(r"`([^`]+)`", row[0])}
    there = {one.name for one in API.iterdir() if one.suffix == ".py" or one.is_dir()} - {"__init__.py", "__pycache__"}
    assert told == there


def test_every_page_is_told() -> None:
    told = {path for row in rows("Pages") for path in re.findall(r"`([^`]+)`", row[0])}
    there = {
        route.path
        for router in PAGES
        for route in router.routes
        if isinstance(route, APIRoute) and "GET" in route.methods and not re.search(r"\.\w+$", route.path)
    }
    assert told == there


def test_every_error_is_told_with_its_status() -> None:
    told = {name: int(row[1]) for row in rows("Errors") for name in re.findall(r"`(\w+)`", row[0])}
    there = {kind.__name__: status for kind, status in {**problems.STATUSES, **problems.OWN_STATUSES}.items()}
    assert told == there
