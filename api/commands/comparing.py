"""overlap evaluate, groups, train and precheck: which platforms do the same job, and what exists already."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from api.commands.opening import opened
from api.commands.output import progress_display, show, table

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

overlap = typer.Typer(
    no_args_is_help=True, help="Platforms that do the same job (유사·중복). Example: metaplatform overlap groups"
)


@overlap.command("evaluate")
def evaluate(
    file: Annotated[Path, typer.Argument(help="CSV of labelled pairs.")],
    rows: Annotated[Path | None, typer.Option(help="Write each pair with its predicted label and reason.")] = None,
    as_json: Json = False,
) -> None:
    """Measure the comparing on labelled pairs: confusion, F1 per label, area accuracy, calibration error.

    Example: metaplatform overlap evaluate tests/search/overlap/labelled/pairs.csv --json
    """
    from search.overlap.evaluate import evaluate_pairs

    with opened() as installation:
        figures = evaluate_pairs(installation.database, file, rows)
    show(figures, as_json, json.dumps(figures, ensure_ascii=False, indent=1))


@overlap.command("groups")
def groups(
    area: Annotated[str, typer.Option(help="Only groups with a member of this government's area.")] = "",
    function: Annotated[str, typer.Option(help="Only groups with this function id.")] = "",
    as_json: Json = False,
) -> None:
    """List the groups of platforms that do the same job.

    Example: metaplatform overlap groups --function public_delivery --json
    """
    from registry.database import session_of
    from search.overlap.groups import list_groups

    with opened() as installation, session_of(installation.database) as session:
        found = list_groups(session, area=area or None, function=function or None)
    lines = [[one["id"], one["name"], len(one["members"])] for one in found]
    show(found, as_json, table(lines, ["id", "이름", "구성"]))


@overlap.command("rebuild")
def rebuild(as_json: Json = False) -> None:
    """Compare and group everything anew; never needed to be right, only to be sure.

    Example: metaplatform overlap rebuild
    """
    from search.overlap.store import rebuild as rebuild_all

    with opened() as installation, progress_display("비교 / comparing") as progress:
        counts = rebuild_all(installation.database, progress)
    show(counts, as_json, json.dumps(counts, ensure_ascii=False))


@overlap.command("train")
def train(
    force: Annotated[bool, typer.Option(help="Replace the model even if the new one is not better.")] = False,
    as_json: Json = False,
) -> None:
    """Fit and calibrate the models again on labels and verdicts; a better model is never replaced.

    Example: metaplatform overlap train --json
    """
    from search.overlap.train import train as train_models

    with opened() as installation:
        report = train_models(installation.database, force=force)
    show(report, as_json, json.dumps(report, ensure_ascii=False, indent=1))


def precheck(
    file: Annotated[Path, typer.Argument(help="JSON of the plan: owner, purpose and what else is known.")],
    as_if_unknown: Annotated[str, typer.Option(help="Leave this platform out, to test a check on what exists.")] = "",
    as_json: Json = False,
) -> None:
    """Before building: what exists already, and whom to ask to share it (사전검토).

    Example: metaplatform precheck plan.json --json
    """
    from registry.errors import InvalidValue
    from search.overlap.precheck import precheck as check

    try:
        plan = json.loads(file.read_text(encoding="utf-8-sig"))
    except (ValueError, UnicodeDecodeError) as problem:
        raise InvalidValue(
            "file",
            str(file),
            "JSON 으로 읽을 수 없습니다.",
            f"This is not JSON ({problem}).",
            "UTF-8 JSON 객체로 저장하세요.",
            "Save it as a JSON object in UTF-8.",
        ) from problem
    with opened() as installation:
        result = check(installation.database, plan, as_if_unknown=as_if_unknown or None)
    show(result, as_json, precheck_as_text(result))


def precheck_as_text(result: dict[str, Any]) -> str:
    """The check for a terminal."""
    lines = [f"기능: {', '.join(result['functions'])}", f"제안 (검토 참고용): {result['proposed_verdict']}"]
    lines += [f"- {one['question']} {one['answer']}" for one in result["questions"]]
    for tier in result["tiers"]:
        lines.append(f"[{tier['tier']}]")
        rows = [[hit["name"], hit["owner"], hit["coverage"], hit["status"], hit["reason"]] for hit in tier["hits"]]
        lines.append(
            table(rows, ["이름", "소관", "기능 중복률", "상태", "까닭"]) if rows else "  찾지 못함 / none found"
        )
    return "\n".join(lines)
