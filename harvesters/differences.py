"""What registering a record changed, as a line of the run's ledger: which fields, from what, to what."""

from typing import Any

from harvesters.ledger import Line
from registry.models import Record
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


def lines_of(row: Record, result: Registration, restored: set[str]) -> list[Line]:
    """The line of one registered record, and one more if sources contradict each other in it."""
    action = "restored" if result.platform_id in restored else result.action
    detail: dict[str, Any] = {"matched_by": result.matched_by} if result.matched_by else {}
    if result.likeness is not None:
        detail["may_be"] = list(result.likeness.choices)
    before, after = result.before, result.after
    if before is not None:
        detail["fields"] = {key: [before[key], after[key]] for key in SHOWN if before[key] != after[key]}
    lines = [Line(action, row.remote_id, after["name"], result.platform_id, detail)]
    if result.conflicts:
        conflicts = {"conflicts": list(result.conflicts)}
        lines.append(Line("conflict", row.remote_id, after["name"], result.platform_id, conflicts))
    return lines


def newly_matched(line: Line) -> bool:
    """A record seen for the first time that told nothing new of a platform known by other evidence."""
    return bool(line.detail.get("matched_by", "record") != "record")
