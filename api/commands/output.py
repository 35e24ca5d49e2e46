"""How commands speak: results to standard output, words and progress to standard error, exit codes.

0 done · 1 done and something needs a person · 2 wrong input · 3 a component or source cannot be reached.
"""

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from api.commands.troubles import explained
from registry.errors import ComponentMissing, EngineUnavailable, HarvestError, MetaplatformError

DONE, NEEDS_PERSON, WRONG_INPUT, OUT_OF_REACH = 0, 1, 2, 3

Progress = Callable[[str, int, int | None], None]


def say(text: str) -> None:
    """A word to the person at the terminal."""
    print(text, file=sys.stderr, flush=True)


def show(result: Any, as_json: bool, text: str) -> None:
    """The result: JSON for programs, the given text for people."""
    print(json.dumps(result, ensure_ascii=False, indent=1, default=str) if as_json else text, flush=True)


def table(rows: list[list[Any]], titles: list[str]) -> str:
    """Rows in aligned columns; Hangul counts two places wide."""
    from rich.cells import cell_len

    lines = [titles, *[["" if cell is None else str(cell) for cell in row] for row in rows]]
    widths = [max(cell_len(line[column]) for line in lines) for column in range(len(titles))]
    return "\n".join(
        "  ".join(cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


@contextmanager
def progress_display(title: str) -> Iterator[Progress]:
    """A progress bar on standard error that shows itself only when there is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        task = bars.add_task(title, total=None)

        def advance(what: str, done: int, total: int | None = None) -> None:
            bars.update(task, description=what or title, completed=done, total=total)

        yield advance


def run_guarded(command: Callable[[], None]) -> int:
    """Run a command and turn what goes wrong into one sentence and an exit code."""
    try:
        command()
    except KeyboardInterrupt:
        say("중단했습니다. / Stopped.")
        return 130
    except BrokenPipeError:
        # The reader (head, less) closed early; Python would complain again while closing standard output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        said = explained(error)
        if said is None:
            raise
        say(describe(said))
        if os.environ.get("METAPLATFORM_TRACE"):
            traceback.print_exc()
        return exit_code(said)
    return DONE


def exit_code(error: MetaplatformError) -> int:
    """3 when something could not be reached, 2 when the input was wrong."""
    unreachable = isinstance(error, HarvestError | EngineUnavailable | ComponentMissing)
    return OUT_OF_REACH if unreachable else WRONG_INPUT


def describe(error: MetaplatformError) -> str:
    """The error as a person reads it: where, what, and what to do, Korean first."""
    where = getattr(error, "url", "") or ""
    if field := getattr(error, "field", ""):
        where = f"{field}={getattr(error, 'value', '')!r}"
    head = f"{where}: " if where else ""
    korean = " ".join(part for part in (error.cause_ko, error.remedy_ko) if part)
    english = " ".join(part for part in (error.cause_en, error.remedy_en) if part)
    return f"{head}{korean}\n{head}{english}"
