"""Write the figures that sources state: a corrected figure ends the former one, which stays in the history."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from registry.identity import slices
from registry.models import Source
from registry.records import FigureClaim
from registry.standing import Standing
from registry.tables import FIGURE


def write_figures(
    session: Session,
    platforms: Mapping[str, Standing],
    figures: Mapping[str, Sequence[FigureClaim]],
    source: Source,
    actor: str,
    at: datetime,
) -> Callable[[], None]:
    """End, confirm and reopen figures, mark platforms as changed; gives back what inserts the new ones.

    The new ones wait because their platforms may not be written yet. A figure of another day is another figure and
    stands beside the old one: that is how a row of years comes about. A figure whose source now names another origin
    takes the new note; one that names none keeps the old.
    """
    connection = session.connection()
    old: dict[str, dict[tuple[Any, ...], Any]] = {}
    for part in slices([key for key in figures if not platforms[key].fresh]):
        query = select(FIGURE).where(FIGURE.c.platform_id.in_(part), FIGURE.c.source_id == source.id)
        for row in connection.execute(query).mappings():
            old.setdefault(row["platform_id"], {})[_identity(row)] = row
    rows: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    ended: list[int] = []
    standing: list[int] = []
    for platform_id, claims in figures.items():
        known = old.get(platform_id, {})
        for key, claim in {_identity(asdict(one)): asdict(one) for one in claims}.items():
            before = known.get(key)
            renoted = before is not None and claim["note"] not in ("", before["note"])
            if before is not None and before["ended_at"] is None and not renoted:
                standing.append(before["id"])
                continue
            platforms[platform_id].changed = True
            platforms[platform_id].row["updated_at"] = at
            if before is not None and renoted:
                notes.append({"figure": before["id"], "origin": claim["note"]})
            ended += [row["id"] for other, row in known.items() if other[:-2] == key[:-2] and not row["ended_at"]]
            if before is not None:
                standing.append(before["id"])
                continue
            stated = {"platform_id": platform_id, "rank": source.rank.value, "source_id": source.id, "actor": actor}
            rows.append({**claim, **stated, "first_seen": at, "last_seen": at, "ended_at": None})
    for part in slices(ended):
        connection.execute(update(FIGURE).where(FIGURE.c.id.in_(part)).values(ended_at=at))
    for part in slices(standing):
        connection.execute(update(FIGURE).where(FIGURE.c.id.in_(part)).values(last_seen=at, ended_at=None))
    if notes:
        renote = update(FIGURE).where(FIGURE.c.id == bindparam("figure")).values(note=bindparam("origin"))
        connection.execute(renote, notes)

    def insert_new() -> None:
        if rows:
            connection.execute(insert(FIGURE), rows)

    return insert_new


def _identity(row: Any) -> tuple[Any, ...]:
    """What makes two figures the same claim; the last two say what is claimed."""
    text = row["quote"] if row["value"] is None else ""
    return (row["key"], row["as_of"], row["period"], row["payer"], row["purpose"], row["value"], text)
