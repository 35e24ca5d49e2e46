"""platform show, coverage, import, zones: what the registry holds and how a sheet enters it."""

from pathlib import Path
from typing import Annotated, Any

import typer

from api.commands.opening import opened
from api.commands.output import NEEDS_PERSON, progress_display, show, table

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

platforms = typer.Typer(
    no_args_is_help=True, help="Platforms of the registry. Example: metaplatform platform show P89b2547e"
)
zones = typer.Typer(no_args_is_help=True, help="Living zones (생활권). Example: metaplatform zones list")


@platforms.command("show")
def platform_show(
    wanted: Annotated[str, typer.Argument(help="Platform id, or name, or name@government.")], as_json: Json = False
) -> None:
    """Show one platform with every value's source.

    Example: metaplatform platform show 배달특급@경기도 --json
    """
    from registry.database import session_of
    from registry.queries import platform_called, platform_view

    with opened() as installation, session_of(installation.database) as session:
        view = platform_view(session, platform_called(session, wanted).id)
    show(view, as_json, view_as_text(view))


def view_as_text(view: dict[str, Any]) -> str:
    """A platform for a terminal: its fields, then who said what."""
    plain = [[key, value] for key, value in view.items() if value not in ("", [], None, {}) and key != "statements"]
    said = [
        [one["field"], one["value"], one["rank"], one["source"], one["last_seen"]] for one in view.get("statements", [])
    ]
    return table(plain, ["항목", "값"]) + "\n\n" + table(said, ["항목", "값", "순위", "출처", "마지막 확인"])


def coverage(
    area: Annotated[str, typer.Option(help="Only this government or its members.")] = "", as_json: Json = False
) -> None:
    """Per government: platforms registered against those it reported in 2022, and which forms are missing.

    Example: metaplatform coverage --area 서울특별시 --json
    """
    from registry.coverage import coverage_of
    from registry.database import session_of

    with opened() as installation, session_of(installation.database) as session:
        rows = coverage_of(session, area=area)
    lines = [
        [row["code"], row["government"], row["registered"], row["reported"], len(row["missing_forms"])] for row in rows
    ]
    show(rows, as_json, table(lines, ["코드", "지방자치단체", "등록", "보고(2022)", "없는 형태 수"]))


def import_sheet(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX.")],
    source: Annotated[str, typer.Option(help="Name of the source the rows come from.")],
    period: Annotated[
        str, typer.Option(help="Year or period of its answers and figures, where no column says it: 2026, 2026-H1.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would happen; write nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Register the rows of a sheet; a sheet with only name, owner, url and description will do.

    Columns headed by the survey's items (A1-3) or by figures (회원 수, 구축비(국비, 천원)) become usage reports, and a
    sheet in the questionnaire's layout becomes the governments' answers to the survey.

    Example: metaplatform import platforms.xlsx --source 우리시-목록 --dry-run
    """
    from harvesters.sheet_import import import_file
    from registry.records import Actor
    from registry.vocab import ActorKind

    with opened() as installation:
        with progress_display("행 / rows") as progress:
            result = import_file(
                installation.database,
                file,
                source_name=source,
                dry_run=dry_run,
                actor=Actor(ActorKind.person, "cli"),
                settings=installation.settings,
                progress=progress,
                period=period,
            )
        if not dry_run:
            installation.indexer().follow()
    show(result, as_json, import_as_text(result))
    if result["questions"] or result["rejected"]:
        raise typer.Exit(NEEDS_PERSON)


OUTCOMES = {
    "added": "새로 등록 / added",
    "changed": "바뀜 / changed",
    "unchanged": "그대로 / unchanged",
    "matched": "있던 플랫폼에 붙음 / matched",
    "questions": "물음 / questions",
    "rejected": "받지 못함 / rejected",
}


def import_as_text(result: dict[str, Any]) -> str:
    """What became of a sheet, for a terminal: the counts, then each change, question and refusal with its row."""
    counts = {key: value if isinstance(value, int) else len(value) for key, value in result.items()}
    lines = [f"{OUTCOMES.get(key, key)}: {value}" for key, value in counts.items()]
    lines += [
        f"  {one['row']}: {one['name']} · {field}: {before or '–'} → {after or '–'}"
        for one in result["changed"]
        for field, (before, after) in one["fields"].items()
    ]
    lines += [
        f"  {one['row']}: {one['name']} · {one['field']}: {one['question']} {one['remedy']}"
        for one in result["questions"]
    ]
    lines += [
        f"  {one['row']}: {one['field']}={one['value']}: {one['reason']} {one['remedy']}" for one in result["rejected"]
    ]
    return "\n".join(lines)


@zones.command("derive")
def zones_derive(
    flows: Annotated[Path, typer.Argument(help="CSV: origin_code, dest_code, trips.")],
    resolution: Annotated[float, typer.Option(min=0.1, max=50, help="Higher makes smaller zones.")] = 3.0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same zones.")] = 0,
    name: Annotated[str, typer.Option(help="Id of the new set; empty only prints it.")] = "",
    as_json: Json = False,
) -> None:
    """Compute living zones from origin-destination flows.

    Example: metaplatform zones derive config/catalogue/flows.csv --resolution 3 --json
    """
    from registry.zones import derive_zones, save_zones

    with opened() as installation:
        derived = derive_zones(installation.database, flows, resolution=resolution, seed=seed)
        if name:
            save_zones(installation.database, name, derived)
    rows = [[zone["id"], zone["name"], len(zone["members"])] for zone in derived["zones"]]
    show(derived, as_json, table(rows, ["id", "이름", "구성"]))


@zones.command("list")
def zones_list(as_json: Json = False) -> None:
    """List the zone sets and what each was made from.

    Example: metaplatform zones list
    """
    from registry.database import session_of
    from registry.queries import zone_sets

    with opened() as installation, session_of(installation.database) as session:
        sets = zone_sets(session)
    show(sets, as_json, table([[one["id"], one["title"], one["made_from"]] for one in sets], ["id", "이름", "근거"]))
