"""What registering a record changed, as a line of the run's ledger: which fields, from what, to what."""

from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from harvesters.ledger import Line
from registry.identity import slices
from registry.models import Platform, Record
from registry.register import Registration

SHOWN = [
    "name",
    "owner_id",
    "owner_name",
    "description",
    "type",
    "form",
    "functions",
    "beneficiaries",
    "url",
    "channels",
    "aliases",
    "former_names",
    "area",
    "department",
    "operator",
    "partners",
    "operating_mode",
    "legal_basis",
    "status",
    "launched",
    "closed",
    "engine",
    "shared_operation",
]
"""The fields of a platform whose change a run shows."""


def lines_of(
    row: Record, result: Registration, restored: set[str], before: dict[str, Any] | None, after: dict[str, Any]
) -> list[Line]:
    """The line of one registered record, and one more if sources contradict each other in it."""
    action = "restored" if result.platform_id in restored else result.action
    detail: dict[str, Any] = {"matched_by": result.matched_by} if result.matched_by else {}
    if before is not None and action != "added":
        detail["fields"] = {key: [before[key], after[key]] for key in SHOWN if before[key] != after[key]}
    lines = [Line(action, row.remote_id, after["name"], result.platform_id, detail)]
    if result.conflicts:
        conflicts = {"conflicts": list(result.conflicts)}
        lines.append(Line("conflict", row.remote_id, after["name"], result.platform_id, conflicts))
    return lines


def shown_of(session: Session, ids: set[str]) -> dict[str, dict[str, Any]]:
    """The shown fields of platforms as they stand now."""
    columns = [col(Platform.id), *(col(getattr(Platform, name)) for name in SHOWN)]
    found: dict[str, dict[str, Any]] = {}
    for part in slices(sorted(ids)):
        for values in session.connection().execute(select(*columns).where(col(Platform.id).in_(part))):
            found[values[0]] = dict(zip(SHOWN, values[1:], strict=True))
    return found


def newly_matched(line: Line) -> bool:
    """A record seen for the first time that told nothing new of a platform known by other evidence."""
    return bool(line.detail.get("matched_by", "record") != "record")
