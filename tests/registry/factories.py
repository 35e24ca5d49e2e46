"""Sources, drafts and registered platforms for tests: each test says only what matters to it."""

from typing import Any

from sqlmodel import Session, select

from registry.governments import Places
from registry.models import Government, OutboxEntry, Platform, Record, Source, Statement
from registry.records import Actor, Channel, FunctionClaim, HarvestedRecord, PlatformDraft
from registry.register import Registration, register
from registry.vocab import ActorKind, ChannelKind, Level, Rank

HARVESTER = Actor(ActorKind.harvester, "test")
OFFICER = Actor(ActorKind.person, "officer")
REVIEWER = Actor(ActorKind.person, "reviewer")


def make_source(session: Session, identifier: str = "seoul", rank: Rank = Rank.harvested, **more: Any) -> Source:
    """A source, the same one when asked again."""
    source = session.get(Source, identifier)
    if source is None:
        source = Source(id=identifier, title=identifier, harvester="ckan", rank=rank, **more)
        session.add(source)
        session.flush()
    return source


def make_record(session: Session, source: Source, remote_id: str, url: str = "") -> Record:
    """A record of a source, the same one when asked again."""
    query = select(Record).where(Record.source_id == source.id, Record.remote_id == remote_id)
    record = session.exec(query).first()
    if record is None:
        record = Record(source_id=source.id, remote_id=remote_id, url=url)
        session.add(record)
        session.flush()
    return record


PLACES: list[Places] = []


def places_of(session: Session) -> Places:
    """All places, read once: ids are the same in every test database, because all are loaded alike."""
    if not PLACES:
        PLACES.append(Places.load(session))
    return PLACES[0]


def owner_of(session: Session, name: str) -> Government:
    """A government by name."""
    return places_of(session).resolve(name)


def make_draft(session: Session, name: str = "따릉이", owner: str = "서울특별시", **more: Any) -> PlatformDraft:
    """A draft owned by a local government; `functions` may be ids, `url` also becomes a channel."""
    government = owner_of(session, owner)
    functions = tuple(FunctionClaim(one) if isinstance(one, str) else one for one in more.pop("functions", ()))
    url = more.get("url", "")
    if url and "channels" not in more:
        more["channels"] = (Channel(ChannelKind.web, url),)
    return PlatformDraft(
        name=name,
        owner_id=government.id,
        owner_name=government.full_name,
        owner_level=Level(government.level),
        functions=functions,
        **more,
    )


def put(
    session: Session,
    name: str = "따릉이",
    owner: str = "서울특별시",
    *,
    source: str = "seoul",
    remote_id: str = "",
    rank: Rank = Rank.harvested,
    **more: Any,
) -> Registration:
    """Register one platform through one record of one source."""
    origin = make_source(session, source, rank)
    record = make_record(session, origin, remote_id or name, more.get("url", ""))
    result = register(session, make_draft(session, name, owner, **more), source=origin, actor=HARVESTER, record=record)
    session.refresh(record)
    return result


def platform(session: Session, identifier: str) -> Platform:
    """The platform as the database holds it now."""
    session.expire_all()
    found = session.get(Platform, identifier)
    assert found is not None
    return found


def standing(session: Session, identifier: str, field: str) -> list[Statement]:
    """Statements of one field that still hold."""
    query = select(Statement).where(
        Statement.platform_id == identifier, Statement.field == field, Statement.ended_at.is_(None)
    )
    return list(session.exec(query))


def outbox(session: Session, identifier: str) -> list[int]:
    """The versions announced of one platform, in order."""
    query = select(OutboxEntry).where(OutboxEntry.platform_id == identifier).order_by(OutboxEntry.id)
    return [one.version for one in session.exec(query)]


def harvested(**fields: Any) -> HarvestedRecord:
    """A record in our own terms."""
    return HarvestedRecord("1", "https://source.example.kr/1", fields)
