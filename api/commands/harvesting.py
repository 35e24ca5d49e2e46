"""harvest, sources: reading the places where platforms are found."""

from pathlib import Path
from typing import Annotated, Any

import typer

from api.commands.opening import opened
from api.commands.output import DONE, NEEDS_PERSON, OUT_OF_REACH, progress_display, say, show, table
from config.settings import get_settings

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

sources = typer.Typer(no_args_is_help=True, help="Places we read. Example: metaplatform sources list")


def harvest(
    source: Annotated[str, typer.Argument(help="Source id; empty with --all.")] = "",
    all_: Annotated[bool, typer.Option("--all", help="Every enabled source.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change; write nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Read one source, or every enabled one, and register what it says.

    Example: metaplatform harvest seoul-home --dry-run
    """
    from harvesters.rehearsal import dry_run as run_dry
    from harvesters.runner import run_source
    from harvesters.sources import enabled_sources
    from registry.errors import InvalidValue
    from registry.records import Actor
    from registry.vocab import ActorKind

    if bool(source) == all_:
        raise InvalidValue(
            "source",
            source,
            "출처 하나 또는 --all 을 주세요.",
            "Give one source or --all.",
            "목록: metaplatform sources list",
            "List them: metaplatform sources list",
        )
    settings = get_settings()
    actor = Actor(ActorKind.person, "cli")
    reports: list[dict[str, Any]] = []
    with opened() as installation:
        wanted = enabled_sources(installation.database) if all_ else [source]
        for one in wanted:
            with progress_display(one) as progress:
                runner = run_dry if dry_run else run_source
                report = runner(installation.database, settings, one, actor=actor, progress=progress)
            reports.append(report.facts())
            say(f"{one}: {report.sentence()}")
        if not dry_run:
            installation.indexer().follow()
    rows = [[one["source"], one["state"], *[one["counts"].get(key, 0) for key in COUNTS]] for one in reports]
    show(reports if all_ else reports[0], as_json, table(rows, ["출처", "결과", *COUNTS]))
    raise typer.Exit(harvest_exit(reports))


COUNTS = ("added", "changed", "unchanged", "withdrawn", "rejected")


def harvest_exit(reports: list[dict[str, Any]]) -> int:
    """3 when a source could not be read, 1 when a run asks a question or is incomplete, 0 otherwise."""
    states = {one["state"] for one in reports}
    if "failed" in states:
        return OUT_OF_REACH
    return NEEDS_PERSON if states & {"question", "incomplete"} else DONE


@sources.command("list")
def sources_list(
    harvester: Annotated[str, typer.Option(help="Only this harvester.")] = "",
    enabled: Annotated[bool, typer.Option("--enabled", help="Only enabled sources.")] = False,
    as_json: Json = False,
) -> None:
    """List the sources.

    Example: metaplatform sources list --harvester ckan
    """
    from registry.database import session_of
    from registry.queries import source_rows

    with opened() as installation, session_of(installation.database) as session:
        rows = source_rows(session, harvester=harvester, enabled=enabled)
    lines = [[one["id"], one["harvester"], "✓" if one["enabled"] else "", one["url"]] for one in rows]
    show(rows, as_json, table(lines, ["id", "방식", "사용", "주소"]))


@sources.command("test")
def sources_test(
    file: Annotated[Path, typer.Argument(help="YAML source file that is not saved yet.")],
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many records to show.")] = 10,
    as_json: Json = False,
) -> None:
    """Try a source file: read its first records and show them as they would be registered.

    Example: metaplatform sources test new-source.yml
    """
    from harvesters.trial import try_file

    with opened() as installation, progress_display("읽는 중 / reading") as progress:
        result = try_file(installation.database, installation.settings, file, limit=limit, progress=progress)
    rows = [
        [one["name"], one["owner"], one["type"], one["form"], ", ".join(one["functions"])] for one in result["records"]
    ]
    show(result, as_json, table(rows, ["이름", "소관", "유형", "형태", "기능"]))
    if result["problems"]:
        raise typer.Exit(NEEDS_PERSON)


@sources.command("enable")
def sources_enable(
    source: Annotated[str, typer.Argument(help="Source id, 'kind:website', 'province:서울특별시' or 'all'.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without this only say what would be asked.")] = False,
    as_json: Json = False,
) -> None:
    """Enable sources; says first what will be asked of whom and how often.

    Example: metaplatform sources enable province:서울특별시
    """
    from harvesters.sources import enable_sources

    with opened() as installation:
        plan = enable_sources(installation.database, installation.settings, source, do=yes, actor="person:cli")
    rows = [[one["id"], one["host"], one["requests"], one["every_hours"]] for one in plan["sources"]]
    show(plan, as_json, table(rows, ["id", "누구에게", "한 번에 최대 요청", "시간마다"]))
    if not yes:
        say("--yes 를 붙이면 켭니다. / Add --yes to enable them.")


@sources.command("disable")
def sources_disable(
    source: Annotated[str, typer.Argument(help="Source id, 'kind:…', 'province:…' or 'all'.")], as_json: Json = False
) -> None:
    """Disable sources.

    Example: metaplatform sources disable all
    """
    from harvesters.sources import disable_sources

    with opened() as installation:
        names = disable_sources(installation.database, source, actor="person:cli")
    show({"disabled": names}, as_json, f"{len(names)}개를 껐습니다. / {len(names)} disabled.")


@sources.command("questions")
def sources_questions(
    source: Annotated[str, typer.Argument(help="Only this source.")] = "",
    as_json: Json = False,
) -> None:
    """List what runs ask that stopped because too much had vanished; ends with 1 while one waits.

    Example: metaplatform sources questions --json
    """
    from harvesters.withdrawal_questions import open_questions
    from registry.database import session_of

    with opened() as installation, session_of(installation.database) as session:
        found = open_questions(session, source)
    rows = [[one["run"], one["source"], one["known"], len(one["records"]), one["ceiling"]] for one in found]
    show(found, as_json, table(rows, ["수집", "출처", "알던 것", "사라진 것", "한도"]))
    if found:
        say("목록과 답: metaplatform sources answer 수집 / the list, and its answer: metaplatform sources answer RUN")
        raise typer.Exit(NEEDS_PERSON)


@sources.command("answer")
def sources_answer(
    run: Annotated[int, typer.Argument(min=1, help="Number of the run that asked.")],
    said: Annotated[str, typer.Argument(help="'withdraw' or 'keep'; without it only the list is shown.")] = "",
    as_json: Json = False,
) -> None:
    """Answer a run that stopped because too much had vanished: withdraw what is still not listed, or keep it.

    Without an answer it shows the list and ends with 1 while one is wanted. An answer to a list that is out of date
    is refused.

    Example: metaplatform sources answer 412 keep
    """
    from harvesters.withdrawal_questions import answer_run, question_of
    from registry.database import session_of, writing_session
    from registry.records import Actor
    from registry.vocab import ActorKind

    with opened() as installation:
        if said:
            with writing_session(installation.database) as session:
                question = answer_run(session, run, Actor(ActorKind.person, "cli"), said)
            installation.indexer().follow()
        else:
            with session_of(installation.database) as session:
                question = question_of(session, run)
    rows = [[one["remote_id"], one["name"], one["platform"], one["state"]] for one in question["records"]]
    show(question, as_json, table(rows, ["원천의 번호", "이름", "플랫폼", "상태"]))
    if question["answered_at"] is None:
        say("답: withdraw(내림) 또는 keep(둠) / answer with withdraw or keep")
        raise typer.Exit(NEEDS_PERSON)
