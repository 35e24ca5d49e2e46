"""The READMEs say what the code does: commands, dependencies, folders, files."""

import re
import tomllib

import pytest
from typer.main import get_command

from api.cli import app
from config.settings import PROJECT

README = (PROJECT / "README.md").read_text(encoding="utf-8")
COMMANDS = set(get_command(app).commands)


def section(title: str) -> str:
    """The text of one second-level section."""
    return README.split(f"## {title}", 1)[1].split("\n## ", 1)[0]


def first_cells(text: str) -> list[str]:
    """The first cell of every row of a table, below its head."""
    rows = [line for line in text.splitlines() if line.startswith("|")]
    return [row.split("|")[1].strip() for row in rows[2:]]


def test_every_command_is_in_the_table_and_no_other():
    told = set(re.findall(r"`([a-z]+)`", " ".join(first_cells(section("Commands")))))
    assert told == COMMANDS


def test_every_dependency_says_why_it_is_there_and_no_other():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.split(r"[\[<>=~! ]", one)[0].lower() for one in project["dependencies"]}
    assert set(first_cells(section("Dependencies, and why each is there"))) == names


def test_every_dependency_is_pinned():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (PROJECT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in lines}
    wanted = project["dependencies"] + [one for extra in project["optional-dependencies"].values() for one in extra]
    names = {re.split(r"[\[<>=~! ]", one)[0].lower().replace("_", "-") for one in wanted}
    assert names <= pinned


@pytest.mark.parametrize("readme", ["README.md", "README.ko.md"])
def test_what_a_readme_links_to_exists(readme):
    text = (PROJECT / readme).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    missing = [link for link in links if not (PROJECT / link).exists()]
    assert links
    assert not missing


@pytest.mark.parametrize("command", sorted(COMMANDS - {"test"}))
def test_every_command_has_help_with_an_example(command):
    group = get_command(app).commands[command]
    ends = list(group.commands.values()) if hasattr(group, "commands") else [group]
    for end in ends:
        assert "metaplatform " in (end.help or ""), f"{command} {end.name} has no example"
