"""metaplatform …: every command, each with --help and an example. Imports are lazy: the first word is quick."""

import sys

import typer

from api.commands import comparing, harvesting, health, registering, searching, serving
from api.commands.output import run_guarded

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="One place that knows every public platform Korea's local governments run.",
)

app.command("up")(serving.up)
app.command("demo")(serving.demo)
app.command(
    "test", context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
)(serving.test)
app.command("serve")(serving.serve)
app.command("worker")(serving.worker)
app.command("migrate")(serving.migrate)
app.command("assets")(serving.assets)
app.add_typer(searching.searching, name="search")
app.add_typer(registering.platforms, name="platform")
app.command("coverage")(registering.coverage)
app.command("import")(registering.import_sheet)
app.command("harvest")(harvesting.harvest)
app.add_typer(harvesting.sources, name="sources")
app.command("reindex")(searching.reindex)
app.command("verify")(searching.verify)
app.command("doctor")(health.doctor)
app.add_typer(registering.zones, name="zones")
app.add_typer(comparing.overlap, name="overlap")
app.command("precheck")(comparing.precheck)


def main() -> None:
    """The console script: exit codes 0 done, 1 needs a person, 2 wrong input, 3 out of reach."""
    status = 0

    def command() -> None:
        nonlocal status
        status = app(standalone_mode=False) or 0

    try:
        guarded = run_guarded(command)
    except typer.Exit as stop:
        guarded = stop.exit_code
    except Exception as error:
        if not hasattr(error, "exit_code") or not hasattr(error, "format_message"):
            raise
        # The command line library's own usage errors: wrong option, missing argument.
        korean = "명령이 맞지 않습니다. metaplatform --help 를 보세요."
        print(f"{korean}\n{error.format_message()} See metaplatform --help.", file=sys.stderr)
        guarded = 2
    sys.exit(guarded or status)


if __name__ == "__main__":
    main()
