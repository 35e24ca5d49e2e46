"""The read side: one platform with who said what, lists that can be paged through, figures, sources, zone sets."""

import base64
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from registry.errors import InvalidValue, NotFound
from registry.governments import Places
from registry.models import Government, Platform, PlatformKey, Record, Source, Statement, UsageFigure, ZoneSet
from registry.statements import Said, by_field, fold, winner
from registry.tables import PLATFORM
from registry.vocab import PlatformState

LARGEST_PAGE = 1000


@dataclass(frozen=True)
class Page:
    """Some platforms, and the cursor of the next page ('' at the end)."""

    platforms: list[Platform]
    cursor: str


def find_platform(session: Session, identifier: str) -> Platform:
    """The platform of this id; the id of a merged one leads to the one it was merged into. NotFound."""
    row = session.get(Platform, identifier)
    seen = set()
    while row is not None and row.merged_into and row.id not in seen:
        seen.add(row.id)
        row = session.get(Platform, row.merged_into)
    if row is None:
        raise NotFound("platform", identifier)
    return row


def platform_called(session: Session, text: str) -> Platform:
    """The platform a person means by an id, or by a name, former name or alias with or without `@owner`.

    NotFound when nothing is called so; InvalidValue names the choices when several are.
    """
    row = session.get(Platform, text)
    if row is not None:
        return find_platform(session, text)
    name, _, owner = (part.strip() for part in text.partition("@"))
    query = (
        select(Platform)
        .join(PlatformKey, col(PlatformKey.platform_id) == col(Platform.id))
        .where(PlatformKey.kind == "name", col(PlatformKey.value).startswith(f"{fold(name)[:480]}|", autoescape=True))
        .where(Platform.state == PlatformState.active)
        .order_by(col(Platform.id))
    )
    if owner:
        query = query.where(Platform.owner_id == Places.load(session).resolve(owner).id)
    called = list(session.exec(query).unique()) if fold(name) else []
    if not called:
        raise NotFound("platform", text)
    if len(called) > 1:
        choices = ", ".join(f"{one.id} ({one.name}@{one.owner_name})" for one in called[:8])
        raise InvalidValue(
            "platform",
            text,
            f"이 이름의 플랫폼이 {len(called)}개입니다: {choices}",
            f"{len(called)} platforms are called that: {choices}",
            "번호를 쓰거나 이름@지방자치단체로 쓰세요.",
            "Give the id, or name@government.",
        )
    return called[0]


def platforms_at(session: Session, canonical_url: str) -> list[Platform]:
    """Standing platforms that are or were known by this canonical address."""
    query = (
        select(Platform)
        .join(PlatformKey, col(PlatformKey.platform_id) == col(Platform.id))
        .where(PlatformKey.kind == "url", PlatformKey.value == canonical_url, Platform.state == PlatformState.active)
        .order_by(col(Platform.id))
    )
    return list(session.exec(query))


def list_platforms(
    session: Session,
    *,
    after: str = "",
    limit: int = 100,
    owner_ids: Sequence[int] = (),
    updated_since: datetime | None = None,
    states: Sequence[PlatformState] = (PlatformState.active,),
) -> Page:
    """Platforms by id, a page at a time; `after` is the last page's cursor, InvalidValue when it is not ours.

    Whatever is written meanwhile, every platform that stood at the first page comes once: its id does not move.
    To read on later, pass the largest `updated_at` seen as `updated_since`: writers wait for each other and take
    their time only then (standing.lock), so nothing that commits later is dated earlier.
    """
    limit = max(1, min(limit, LARGEST_PAGE))
    query = select(Platform).where(col(Platform.state).in_(states))
    if owner_ids:
        query = query.where(col(Platform.owner_id).in_(owner_ids))
    if updated_since is not None:
        query = query.where(col(Platform.updated_at) >= updated_since)
    if after:
        query = query.where(col(Platform.id) > _read_cursor(after))
    rows = list(session.exec(query.order_by(col(Platform.id)).limit(limit)))
    return Page(rows, _cursor(rows[-1]) if len(rows) == limit else "")


def _cursor(row: Platform) -> str:
    return base64.urlsafe_b64encode(json.dumps([row.id]).encode()).decode().rstrip("=")


def _read_cursor(text: str) -> str:
    try:
        (identifier,) = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(identifier, str):
            raise ValueError
    except (ValueError, TypeError):
        raise InvalidValue(
            "cursor",
            text,
            "이어 읽기 표시가 잘못되었습니다.",
            "This is no cursor of ours.",
            "앞 쪽의 응답에 있던 값을 그대로 쓰거나 처음부터 읽으세요.",
            "Use the value of the last answer as it is, or begin again.",
        ) from None
    return identifier


def statements_of(session: Session, platform_id: str, *, history: bool = False) -> list[dict[str, Any]]:
    """Who said what of a platform; `shown` marks the statement that the current view takes.

    `last_seen` is when it was last said again: an unchanged record confirms all its statements without their being
    written anew. With `history` those that hold no longer follow, each with `ended`.
    """
    query = select(Statement).where(Statement.platform_id == platform_id)
    if not history:
        query = query.where(col(Statement.ended_at).is_(None))
    rows = list(session.exec(query.order_by(col(Statement.field), col(Statement.id))))
    records = {one.id: one for one in _records(session, rows)}
    titles = _titles(session, {row.source_id for row in rows})
    shown = _shown(rows)
    views = [
        _statement(row, records.get(row.record_id), titles.get(row.source_id, ""), row.id in shown) for row in rows
    ]
    return [one for one in views if not one["ended"]] + [one for one in views if one["ended"]]


def _records(session: Session, statements: Sequence[Statement]) -> list[Record]:
    wanted = {row.record_id for row in statements if row.record_id is not None}
    return list(session.exec(select(Record).where(col(Record.id).in_(wanted)))) if wanted else []


def _titles(session: Session, source_ids: Collection[str]) -> dict[str, str]:
    return dict(session.exec(select(Source.id, Source.title).where(col(Source.id).in_(source_ids))).all())


def _shown(statements: Sequence[Statement]) -> set[int | None]:
    standing = [
        Said(one.field, one.value, one.rank, one.source_id, one.first_seen, one.as_of, one.id, one.record_id, one.actor)
        for one in statements
        if one.ended_at is None
    ]
    best = (winner(said) for said in by_field(standing).values())
    return {one.id for one in best if one is not None}


def _statement(row: Statement, record: Record | None, title: str, shown: bool) -> dict[str, Any]:
    last = max(row.last_seen, record.last_seen) if record is not None and row.ended_at is None else row.last_seen
    return {
        "field": row.field,
        "value": row.value,
        "rank": row.rank.value,
        "source": row.source_id,
        "source_title": title,
        "record": record.remote_id if record else "",
        "record_url": record.url if record else "",
        "actor": row.actor,
        "note": row.note,
        "as_of": row.as_of,
        "evidence": row.evidence,
        "confidence": row.confidence,
        "first_seen": row.first_seen.isoformat(),
        "last_seen": last.isoformat(),
        "ended": row.ended_at.isoformat() if row.ended_at else "",
        "shown": shown,
    }


def figures_of(session: Session, platform_id: str, *, history: bool = False) -> list[UsageFigure]:
    """A platform's figures with who said each and where that has it from (`note`), by name and newest fact first.

    With `history` also those that were corrected.
    """
    query = select(UsageFigure).where(UsageFigure.platform_id == platform_id)
    if not history:
        query = query.where(col(UsageFigure.ended_at).is_(None))
    return list(session.exec(query.order_by(col(UsageFigure.key), col(UsageFigure.as_of).desc(), col(UsageFigure.id))))


def _figure(row: UsageFigure, title: str) -> dict[str, Any]:
    return {
        "key": row.key,
        "value": row.value,
        "text": row.quote,
        "as_of": row.as_of,
        "period": row.period,
        "payer": row.payer,
        "purpose": row.purpose,
        "rank": row.rank,
        "source": row.source_id,
        "source_title": title,
        "actor": row.actor,
        "note": row.note,
        "first_seen": row.first_seen.isoformat(),
        "last_seen": row.last_seen.isoformat(),
    }


def platform_view(session: Session, identifier: str) -> dict[str, Any]:
    """One platform as JSON: its current view, its figures, and every standing statement with its source. NotFound."""
    row = find_platform(session, identifier)
    owner = session.get(Government, row.owner_id) if row.owner_id is not None else None
    view: dict[str, Any] = {
        name: _plain(getattr(row, name)) for name in type(row).model_fields if name not in ("owner_id", "merged_into")
    }
    view["owner"] = owner.full_name if owner else row.owner_name
    view["owner_code"] = owner.code if owner else ""
    figures = figures_of(session, row.id)
    titles = _titles(session, {one.source_id for one in figures})
    view["figures"] = [_figure(one, titles.get(one.source_id, "")) for one in figures]
    view["statements"] = statements_of(session, row.id)
    return view


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return getattr(value, "value", value)


def source_rows(session: Session, harvester: str = "", enabled: bool = False) -> list[dict[str, Any]]:
    """Sources for a list: by id, of one harvester when given, only enabled ones when asked."""
    query = select(Source).order_by(col(Source.id))
    if harvester:
        query = query.where(Source.harvester == harvester)
    if enabled:
        query = query.where(col(Source.enabled).is_(True))
    return [
        {
            "id": one.id,
            "title": one.title,
            "harvester": one.harvester,
            "url": one.url,
            "owner_code": one.owner_code,
            "enabled": one.enabled,
            "schedule_hours": one.schedule_hours,
            "next_run_at": one.next_run_at.isoformat() if one.next_run_at else "",
        }
        for one in session.exec(query)
    ]


def zone_sets(session: Session) -> list[dict[str, Any]]:
    """All zone sets with what each was made from."""
    return [
        {"id": one.id, "title": one.title, "kind": one.kind, "made_from": one.made_from, "resolution": one.resolution}
        for one in session.exec(select(ZoneSet).order_by(col(ZoneSet.id)))
    ]


def platform_ids(session: Session, slice_size: int = 10_000) -> Iterator[str]:
    """Ids of all standing platforms, in order, without holding them all."""
    last = ""
    while True:
        query = (
            core_select(PLATFORM.c.id)
            .where(PLATFORM.c.state == PlatformState.active, PLATFORM.c.id > last)
            .order_by(PLATFORM.c.id)
            .limit(slice_size)
        )
        ids = [row[0] for row in session.connection().execute(query)]
        if not ids:
            return
        yield from ids
        last = ids[-1]
