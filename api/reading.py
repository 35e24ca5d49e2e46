"""What pages and routes list beyond one platform: counts, lists with cursors, a government's and a zone's platforms."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Select, func, or_
from sqlmodel import Session, col, select

from registry.errors import NotFound
from registry.governments import Places
from registry.models import (
    Government,
    HarvestRun,
    Issue,
    Platform,
    Probe,
    RunItem,
    Source,
    Statement,
    UsageFigure,
)
from registry.vocab import PlatformState, Severity, Status

Row = TypeVar("Row")


@dataclass(frozen=True)
class Counts:
    """How much the registry holds."""

    platforms: int
    running: int
    governments: int


@dataclass
class PlatformFile:
    """One platform with everything its page shows."""

    platform: Platform
    owner: Government | None = None
    parent: Platform | None = None
    successor: Platform | None = None
    statements: list[Statement] = field(default_factory=list)
    ended: list[Statement] = field(default_factory=list)
    figures: list[UsageFigure] = field(default_factory=list)
    probe: Probe | None = None
    sources: dict[str, str] = field(default_factory=dict)
    predecessors: list[Platform] = field(default_factory=list)
    sections: list[Platform] = field(default_factory=list)


def counts(session: Session) -> Counts:
    """The three numbers of the home page."""
    standing = col(Platform.state) == PlatformState.active
    return Counts(
        platforms=session.exec(select(func.count()).select_from(Platform).where(standing)).one(),
        running=session.exec(
            select(func.count()).select_from(Platform).where(standing, col(Platform.status) == Status.running)
        ).one(),
        governments=session.exec(select(func.count(func.distinct(Platform.owner_id))).where(standing)).one(),
    )


def platform_file(session: Session, platform: Platform) -> PlatformFile:
    """Everything about one platform."""
    said = list(
        session.exec(
            select(Statement)
            .where(Statement.platform_id == platform.id)
            .order_by(col(Statement.field), col(Statement.last_seen).desc(), col(Statement.id))
        )
    )
    figures = session.exec(
        select(UsageFigure)
        .where(UsageFigure.platform_id == platform.id, col(UsageFigure.ended_at).is_(None))
        .order_by(col(UsageFigure.key), col(UsageFigure.as_of).desc(), col(UsageFigure.id))
    )
    probe = session.exec(
        select(Probe).where(Probe.platform_id == platform.id).order_by(col(Probe.at).desc()).limit(1)
    ).first()
    file = PlatformFile(
        platform,
        owner=session.get(Government, platform.owner_id) if platform.owner_id else None,
        parent=session.get(Platform, platform.parent_id) if platform.parent_id else None,
        successor=session.get(Platform, platform.successor_id) if platform.successor_id else None,
        statements=[one for one in said if one.ended_at is None],
        ended=[one for one in said if one.ended_at is not None],
        figures=list(figures),
        probe=probe,
        predecessors=_standing(session, col(Platform.successor_id) == platform.id),
        sections=_standing(session, col(Platform.parent_id) == platform.id),
    )
    named = {one.source_id for one in said} | {one.source_id for one in file.figures}
    titles = session.exec(select(Source.id, Source.title).where(col(Source.id).in_(named)))
    file.sources = dict(titles.all())
    return file


def owned_by(session: Session, places: Places, government: Government) -> list[Platform]:
    """Platforms of a government, its predecessors' included, by function and name."""
    ids = [government.id, *(row.id for row in places.predecessors(government))]
    return _standing(session, col(Platform.owner_id).in_(ids))


def serving(session: Session, government_ids: Sequence[int]) -> list[Platform]:
    """Platforms owned by any of these governments."""
    return _standing(session, col(Platform.owner_id).in_(government_ids))


def counts_by_owner(session: Session) -> dict[int, int]:
    """How many standing platforms each government owns."""
    rows = session.exec(
        select(Platform.owner_id, func.count())
        .where(col(Platform.state) == PlatformState.active, col(Platform.owner_id).is_not(None))
        .group_by(col(Platform.owner_id))
    )
    return {owner: number for owner, number in rows if owner is not None}


def changed_since(session: Session, since: datetime | None, limit: int, *, new: bool = False) -> list[Platform]:
    """The latest changed (or first registered) platforms, newest first."""
    column = col(Platform.created_at) if new else col(Platform.updated_at)
    query = select(Platform).where(col(Platform.state) == PlatformState.active)
    if since is not None:
        query = query.where(column >= since)
    # Conditions come from callers, so the query is SQLAlchemy's Select, which SQLModel's overloads do not name.
    return list(session.exec(query.order_by(column.desc(), col(Platform.id)).limit(limit)))


def history(session: Session, platform_id: str, before: int | None, limit: int) -> list[Statement]:
    """Statements of a platform, newest first; page on with the last one's id."""
    query = select(Statement).where(Statement.platform_id == platform_id)
    if before is not None:
        query = query.where(col(Statement.id) < before)
    # Conditions come from callers, so the query is SQLAlchemy's Select, which SQLModel's overloads do not name.
    return list(session.exec(query.order_by(col(Statement.id).desc()).limit(limit)))


def list_sources(session: Session, text: str = "", kind: str = "", enabled: bool | None = None) -> list[Source]:
    """Sources by title, narrowed by words, kind and whether they are switched on."""
    query = select(Source)
    if text:
        like = f"%{text.replace('%', '').replace('_', '')}%"
        query = query.where(or_(col(Source.title).like(like), col(Source.id).like(like), col(Source.url).like(like)))
    if kind:
        query = query.where(Source.harvester == kind)
    if enabled is not None:
        query = query.where(Source.enabled == enabled)
    # Conditions come from callers, so the query is SQLAlchemy's Select, which SQLModel's overloads do not name.
    return list(session.exec(query.order_by(col(Source.harvester), col(Source.title), col(Source.id))))


def last_runs(session: Session, source_ids: Sequence[str]) -> dict[str, HarvestRun]:
    """The newest run of each source."""
    newest = (
        select(func.max(col(HarvestRun.id)))
        .where(col(HarvestRun.source_id).in_(source_ids))
        .group_by(col(HarvestRun.source_id))
    )
    return {run.source_id: run for run in session.exec(select(HarvestRun).where(col(HarvestRun.id).in_(newest)))}


def list_runs(session: Session, source_id: str = "", before: int | None = None, limit: int = 50) -> list[HarvestRun]:
    """Runs, newest first."""
    query = select(HarvestRun)
    if source_id:
        query = query.where(HarvestRun.source_id == source_id)
    if before is not None:
        query = query.where(col(HarvestRun.id) < before)
    # Conditions come from callers, so the query is SQLAlchemy's Select, which SQLModel's overloads do not name.
    return list(session.exec(query.order_by(col(HarvestRun.id).desc()).limit(limit)))


def find_run(session: Session, number: int) -> HarvestRun:
    """One run; NotFound."""
    return found(session.get(HarvestRun, number), "run", number)


def find_source(session: Session, identifier: str) -> Source:
    """One source; NotFound."""
    return found(session.get(Source, identifier), "source", identifier)


def run_items(session: Session, run_id: int, limit_each: int) -> dict[str, list[RunItem]]:
    """A run's ledger by what was done, the first lines of each."""
    actions = session.exec(select(RunItem.action).where(RunItem.run_id == run_id).distinct()).all()
    return {
        action: list(
            session.exec(
                select(RunItem)
                .where(RunItem.run_id == run_id, RunItem.action == action)
                .order_by(col(RunItem.id))
                .limit(limit_each)
            )
        )
        for action in sorted(actions)
    }


def list_issues(
    session: Session,
    *,
    open_only: bool = True,
    severity: Severity | None = None,
    code: str = "",
    source_id: str = "",
    platform_id: str = "",
    concerns: str = "",
    before: int | None = None,
    limit: int = 50,
) -> list[Issue]:
    """Issues, newest first, narrowed by what is given."""
    query: Any = select(Issue)
    if open_only:
        query = query.where(col(Issue.resolved_at).is_(None))
    wanted = {"severity": severity, "code": code, "source_id": source_id, "platform_id": platform_id}
    wanted["concerns"] = concerns
    for name, value in wanted.items():
        if value:
            query = query.where(getattr(Issue, name) == value)
    if before is not None:
        query = query.where(col(Issue.id) < before)
    # Conditions come from callers, so the query is SQLAlchemy's Select, which SQLModel's overloads do not name.
    return list(session.exec(query.order_by(col(Issue.id).desc()).limit(limit)))


def open_issue_codes(session: Session) -> list[tuple[str, int]]:
    """The codes of open issues with their numbers, most frequent first."""
    rows = session.exec(
        select(Issue.code, func.count())
        .where(col(Issue.resolved_at).is_(None))
        .group_by(col(Issue.code))
        .order_by(func.count().desc(), col(Issue.code))
    )
    return [(code, number) for code, number in rows]


def found(row: Row | None, kind: str, key: object) -> Row:
    """The row, or NotFound."""
    if row is None:
        raise NotFound(kind, key)
    return row


def _standing(session: Session, condition: Any) -> list[Platform]:
    query: Select[Any] = select(Platform).where(condition, col(Platform.state) == PlatformState.active)
    # Conditions come from callers, so the query is SQLAlchemy's Select, which SQLModel's overloads do not name.
    return list(session.exec(query.order_by(col(Platform.name), col(Platform.id))))  # type: ignore[call-overload]
