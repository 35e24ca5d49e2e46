"""Every command, and every group of commands, shows an example in its help."""

from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command

from api.cli import app


def commands(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    if words and not command.hidden:
        yield " ".join(words), command.help or ""
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, (*words, name))


EVERY = list(commands(get_command(app)))


def test_all_commands_are_looked_at():
    assert {"up", "search", "platform", "platform show", "sources enable", "overlap train"} <= {
        name for name, _ in EVERY
    }


@pytest.mark.parametrize(("name", "told"), EVERY, ids=[name for name, _ in EVERY])
def test_help_shows_an_example(name: str, told: str):
    assert f"metaplatform {name}" in " ".join(told.split())
