"""From when on changes are asked for: a mark in the source's own time, moved by complete runs only."""

from datetime import UTC, datetime, timedelta

from sqlmodel import Session, col, select

from harvesters.base import Listing
from harvesters.catalogue import harvester_named
from harvesters.expectation import Expectation
from registry.models import HarvestRun, Source
from registry.models.base import now
from registry.vocab import RunState

OVERLAP = timedelta(hours=6)
"""How far an incremental run reaches back behind the mark. Re-reading costs a hash; a gap costs a record."""


def since_for(session: Session, source: Source) -> str:
    """The time stamp to ask changes from, or '' when a whole listing is due.

    Only harvesters that can read by changes, told so by the option `incremental` or `since_param`, ever get one; and then
    a whole listing comes round anyway, because changes never show what was removed.
    """
    harvester = harvester_named(source.harvester)
    options = harvester.read_options(source.options)
    if not source.since or not (options.get("incremental") or options.get("since_param")):
        return ""
    every = timedelta(hours=Expectation.read(source.expect).full_every_hours)
    last = session.exec(
        select(HarvestRun)
        .where(HarvestRun.source_id == source.id, HarvestRun.state == RunState.complete, HarvestRun.scope == "all")
        .order_by(col(HarvestRun.id).desc())
        .limit(1)
    ).first()
    if last is None or last.config_hash != source.config_hash or last.started_at + every <= now():
        return ""
    return source.since


def mark_after(source: Source, listing: Listing) -> str:
    """The mark after a complete run: the newest stamp the source gave, less the overlap; never moved backwards.

    The stamp is the source's own, so a source whose clock is hours off is asked in its own time (H29). A single
    stamp in the far future must not push the mark past changes to come: it is held at our present plus a day.
    """
    if not listing.mark:
        return source.since
    newest = read_stamp(listing.mark)
    held = min(newest, now() + timedelta(days=1)) - OVERLAP
    mark = held.isoformat(timespec="microseconds").replace("+00:00", "Z")
    return max(mark, source.since)


def read_stamp(text: str) -> datetime:
    """An ISO time stamp; without a zone it is taken as UTC, as CKAN means it."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
