"""A platform while it is being written: its row, its standing statements, and what a transaction adds or ends.

Read many, change them in memory, write many: register.py, merge.py and withdraw.py all pass through here, so that
version, keys and outbox cannot be forgotten.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, text, update
from sqlmodel import Session

from registry.changes import announce_all
from registry.drafts import keys_of
from registry.identity import slices
from registry.models import Platform
from registry.statements import Said, derive
from registry.tables import KEY, PLATFORM, STATEMENT
from registry.vocab import Rank


@dataclass
class Standing:
    """One platform, its standing statements (`said`), and the changes that `write` will send."""

    row: dict[str, Any]
    fresh: bool = False
    said: list[Said] = field(default_factory=list)
    keys: set[tuple[str, str]] = field(default_factory=set)
    new: list[tuple[Said, dict[str, Any]]] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)
    changed: bool = False

    @property
    def id(self) -> str:
        """The platform's id."""
        return str(self.row["id"])

    def say(self, said: Said, note: str = "", evidence: Sequence[str] = (), confidence: float = 1.0) -> None:
        """Add a statement."""
        self.said.append(said)
        self.new.append((said, {"note": note, "evidence": list(evidence), "confidence": confidence}))
        self.changed = True

    def end(self, said: Said) -> None:
        """End a statement: it stays in the history."""
        self.said.remove(said)
        self.new = [one for one in self.new if one[0] is not said]
        if said.id is not None:
            self.ended.append(said.id)
        self.changed = True

    def confirm(self, said: Said) -> None:
        """Note that a statement was said again."""
        if said.id is not None:
            self.seen.append(said.id)

    def derive(self, at: datetime, source_id: str = "", actor: str = "") -> None:
        """Derive the current view from what stands.

        With a source, a name that gives way is kept as a former name; merging passes none, because both names stand
        as statements already.
        """
        before = self.row.get("name", "") if source_id else ""
        view = derive(self.said)
        if before and before != view["name"]:
            kept = [one for one in self.said if one.field == "renamed_from"]
            names = dict.fromkeys([*(name for one in kept for name in one.value), before])
            for one in kept:
                self.end(one)
            self.say(Said("renamed_from", list(names), Rank.inferred, source_id, at, actor=actor))
            view = derive(self.said)
        self.row.update(view)
        self.keys |= keys_of(view, view["owner_id"])
        self.row["updated_at"] = at


def lock(session: Session) -> None:
    """Let writing transactions pass one by one: two workers never make two platforms of one.

    SQLite has one writer anyway (use database.writing_session); PostgreSQL is told here.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text("SELECT pg_advisory_xact_lock(7037001)"))


def load(session: Session, ids: Iterable[str]) -> dict[str, Standing]:
    """Platforms with their standing statements; unknown ids are left out."""
    connection = session.connection()
    standings: dict[str, Standing] = {}
    for part in slices(sorted(set(ids))):
        for row in connection.execute(select(PLATFORM).where(PLATFORM.c.id.in_(part)).with_for_update()).mappings():
            standings[row["id"]] = Standing(dict(row))
        said = select(STATEMENT).where(STATEMENT.c.platform_id.in_(part), STATEMENT.c.ended_at.is_(None))
        for row in connection.execute(said.order_by(STATEMENT.c.id)).mappings():
            standings[row["platform_id"]].said.append(said_of(row))
    return standings


def said_of(row: Any) -> Said:
    """A row of the statement table, as much of it as deciding needs."""
    return Said(
        row["field"],
        row["value"],
        row["rank"],
        row["source_id"],
        row["first_seen"],
        row["as_of"],
        row["id"],
        row["record_id"],
        row["actor"],
    )


def settle_references(session: Session, standings: Iterable[Standing], names: Mapping[str, str] | None = None) -> None:
    """Let parent and successor point to platforms that are there; a merged one leads to what it was merged into.

    A reference is a platform's id, or a key of `names`. What cannot be found stays in the statement, and the column
    empty, until the platform is there.
    """
    standings = list(standings)
    columns = ("parent_id", "successor_id")
    wanted = {one.row[name] for one in standings for name in columns} - {None}
    known: dict[str | None, str] = {one.id: one.row["merged_into"] or one.id for one in standings if one.id in wanted}
    for part in slices(sorted(wanted - known.keys())):
        query = select(PLATFORM.c.id, PLATFORM.c.merged_into).where(PLATFORM.c.id.in_(part))
        known |= {row[0]: row[1] or row[0] for row in session.connection().execute(query)}
    for name, target in (names or {}).items():
        known.setdefault(name, target)
    for one in standings:
        for column in columns:
            found = known.get(one.row[column])
            one.row[column] = found if found != one.id else None


def write(session: Session, standings: Iterable[Standing], at: datetime) -> None:
    """Send what changed. Order matters: platforms before what refers to them, parents before their sections."""
    connection = session.connection()
    standings = list(standings)
    changed = [one for one in standings if one.changed]
    for one in changed:
        one.row["version"] += 1
    fresh = [one.row for one in changed if one.fresh]
    if fresh:
        connection.execute(insert(PLATFORM), _parents_first(fresh))
    rows = [one.row for one in changed if not one.fresh]
    if rows:
        columns: dict[str, Any] = {
            name: bindparam(f"new_{name}", type_=PLATFORM.c[name].type)
            for name in rows[0]
            if name not in ("id", "created_at")
        }
        statement = update(PLATFORM).where(PLATFORM.c.id == bindparam("key")).values(columns)
        connection.execute(
            statement, [{"key": row["id"], **{f"new_{name}": row[name] for name in columns}} for row in rows]
        )
    _write_statements(session, standings, at)
    _write_keys(session, changed)
    announce_all(session, ((one.id, one.row["version"]) for one in changed))
    _forget(session, {one.id for one in changed})


def _write_statements(session: Session, standings: Iterable[Standing], at: datetime) -> None:
    connection = session.connection()
    rows = [
        {
            "platform_id": one.id,
            "field": said.field,
            "value": said.value,
            "rank": said.rank,
            "source_id": said.source_id,
            "record_id": said.record_id,
            "actor": said.actor,
            "as_of": said.as_of,
            "first_seen": said.first_seen,
            "last_seen": at,
            "ended_at": None,
            **more,
        }
        for one in standings
        for said, more in one.new
    ]
    if rows:
        connection.execute(insert(STATEMENT), rows)
    ended = [number for one in standings for number in one.ended]
    seen = [number for one in standings for number in one.seen]
    for column, ids in ((STATEMENT.c.ended_at, ended), (STATEMENT.c.last_seen, seen)):
        for part in slices(sorted(set(ids))):
            connection.execute(update(STATEMENT).where(STATEMENT.c.id.in_(part)).values({column: at}))


def _write_keys(session: Session, changed: Sequence[Standing]) -> None:
    connection = session.connection()
    known: set[tuple[str, str, str]] = set()
    for part in slices([one.id for one in changed if not one.fresh]):
        query = select(KEY.c.kind, KEY.c.value, KEY.c.platform_id).where(KEY.c.platform_id.in_(part))
        known |= {(row[0], row[1], row[2]) for row in connection.execute(query)}
    rows = [
        {"kind": kind, "value": value, "platform_id": one.id}
        for one in changed
        for kind, value in sorted(one.keys)
        if (kind, value, one.id) not in known
    ]
    if rows:
        connection.execute(insert(KEY), rows)


def _forget(session: Session, ids: set[str]) -> None:
    # Bulk writes pass the session's mapped objects by; these are read again when next looked at.
    for one in list(session.identity_map.values()):
        if isinstance(one, Platform) and one.id in ids:
            session.expire(one)


def _parents_first(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows in an order in which a platform comes after those it refers to."""
    by_id = {row["id"]: row for row in rows}
    ordered: dict[str, dict[str, Any]] = {}

    def place(row: dict[str, Any], above: frozenset[str]) -> None:
        for name in ("parent_id", "successor_id"):
            other = by_id.get(row[name] or "")
            if other is not None and other["id"] not in ordered and other["id"] not in above:
                place(other, above | {row["id"]})
        ordered.setdefault(row["id"], row)

    for row in rows:
        place(row, frozenset())
    return list(ordered.values())
