"""harvesters/README.md says what the code does: files, options, expectations, states."""

from dataclasses import fields
from pathlib import Path

import harvesters
from harvesters.catalogue import HARVESTERS
from harvesters.expectation import Expectation
from harvesters.sources import KEYS
from registry.vocab import RunState

FOLDER = Path(harvesters.__file__).parent
README = (FOLDER / "README.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return README.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


def rows(title: str) -> list[list[str]]:
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row[0] not in ("file", "harvester", "entry", "state") and set(row[0]) != {"-"}]


def test_every_file_is_told_of_and_no_other() -> None:
    told = {row[0].strip("`") for row in rows("Files")}
    there = {path.name for path in FOLDER.glob("*.py")} - {"__init__.py"}
    assert told == there


def test_every_option_is_told_of_as_it_is() -> None:
    told = {(row[0].strip("`"), row[1].strip("`"), row[2], row[3].strip("`"), row[4]) for row in rows("Options")}
    there = {
        (
            harvester.name,
            option.name,
            option.kind.__name__,
            "" if option.default is None else str(option.default),
            option.about.rstrip("."),
        )
        for harvester in HARVESTERS
        for option in harvester.options
    }
    assert told == there


def test_every_expectation_is_told_of_with_its_default() -> None:
    text = section("What a source is expected to give")
    for field in fields(Expectation):
        assert f"`{field.name}`" in text
        if field.default is not None:
            row = next(row for row in rows("What a source is expected to give") if f"`{field.name}`" in row[0])
            assert float(row[1]) == field.default


def test_every_state_is_told_of() -> None:
    assert {row[0].strip("`") for row in rows("How a run ends")} == {state.value for state in RunState} - {"running"}


def test_the_example_source_uses_only_known_entries() -> None:
    example = section("A new source").split("```yaml\n", 1)[1].split("```", 1)[0]
    used = {line.split(":")[0] for line in example.splitlines() if line and not line.startswith(" ")}
    assert used <= KEYS and {"title", "owner", "harvester", "url"} <= used
