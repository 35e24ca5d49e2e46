"""search/README.md says what the code does: files, facets, readings, points."""

import re
from pathlib import Path

import search
from search.area import POINTS
from search.query import FACETS, Interpretation

FOLDER = Path(search.__file__).parent
README = (FOLDER / "README.md").read_text(encoding="utf-8")


def section(title):
    return README.split(f"## {title}", 1)[1].split("\n## ", 1)[0]


def first_cells(text):
    return [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("|")][2:]


def test_every_file_is_told_and_no_other():
    told = set(re.findall(r"`([a-z_/]+\.py)`", section("One query's way")))
    there = {path.name for path in FOLDER.glob("*.py")} - {"__init__.py"}
    there |= {f"engines/{name}.py" for name in ("embedded", "elasticsearch", "null")}
    assert told == there


def test_the_facets_of_the_table_are_those_of_the_code():
    assert tuple(re.findall(r"`([a-z]+)`", " ".join(first_cells(section("Facets and filters"))))) == FACETS


def test_the_readings_of_the_table_are_those_of_the_code():
    told = set(re.findall(r"`([a-z_]+)`", " ".join(first_cells(section("What was read")))))
    stated = re.search(r"Kinds: (.+)\.", Interpretation.__doc__)
    assert stated is not None
    assert told == set(stated.group(1).split(", "))


def test_the_points_of_the_table_are_those_of_the_code():
    row = next(line for line in README.splitlines() if line.startswith("| own"))
    assert [float(one) for one in row.split("|")[2].split(",")[0].split("·")] == list(POINTS.values())
