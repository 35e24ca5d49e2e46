"""Opening a source for reading: whether it may be asked at all, with which client, and as which task."""

from threading import Event

from sqlalchemy import Engine

from config.settings import Settings
from harvesters.base import HarvestTask, Listing, Progress, SourceFacts
from harvesters.catalogue import harvester_named
from harvesters.http import Manners, PoliteClient
from harvesters.keeping import PageCache
from registry.database import session_of
from registry.errors import NotAllowed, NotFound
from registry.models import Source


def load_source(database: Engine, source_id: str) -> Source:
    """The source, or NotFound."""
    with session_of(database) as session:
        source = session.get(Source, source_id)
        if source is None:
            raise NotFound("source", source_id)
        session.expunge(source)
        return source


def allow(source: Source, settings: Settings) -> None:
    """Refuse an outside source that is not enabled, or any outside source while nobody can be named to it."""
    if not source.outside:
        return
    if not settings.contact:
        raise NotAllowed(
            "연락처가 정해지지 않아 바깥의 원천에 아무것도 보내지 않습니다.",
            "No contact address is set, so nothing is sent to outside sources.",
            "METAPLATFORM_CONTACT에 담당자의 전자우편 주소를 넣으세요.",
            "Put the address of the person in charge into METAPLATFORM_CONTACT.",
        )
    if not source.enabled:
        raise NotAllowed(
            f"원천 '{source.id}' 은(는) 켜져 있지 않습니다.",
            f"The source '{source.id}' is not enabled.",
            f"metaplatform sources enable {source.id} --yes",
            f"metaplatform sources enable {source.id} --yes",
        )


def open_client(
    settings: Settings, source: Source, cache: PageCache | None = None, stop: Event | None = None
) -> PoliteClient:
    """The polite client of one run."""
    return PoliteClient(Manners.from_settings(settings), cache=cache, public_api=source.public_api, stop=stop)


def task_of(source: Source, client: PoliteClient, listing: Listing, since: str, progress: Progress) -> HarvestTask:
    """The task that a harvester works on."""
    options = harvester_named(source.harvester).read_options(source.options)
    facts = SourceFacts(
        source.id, source.title, source.url, source.owner_code, options, source.lookups, source.public_api
    )
    return HarvestTask(facts, client, since, listing, progress)
