"""Source files: one YAML per source, read into Source rows; and the switching on and off of sources."""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from config.settings import CONFIG, Settings
from harvesters.catalogue import harvester_named
from harvesters.expectation import Expectation
from harvesters.timing import first_run
from registry.audit import audit
from registry.database import session_of, writing_session
from registry.errors import InvalidValue, NotAllowed, SourceInvalid
from registry.governments import Places
from registry.models import Source
from registry.models.base import now
from registry.records import Actor
from registry.vocab import ActorKind, Rank, parse_code

FOLDER = CONFIG / "sources"
SCHEDULES = {"hourly": 1.0, "daily": 24.0, "weekly": 168.0, "monthly": 730.0}
KEYS = frozenset(
    [
        "title",
        "owner",
        "harvester",
        "url",
        "schedule",
        "outside",
        "enabled",
        "rank",
        "options",
        "expect",
        "lookups",
        "public_api",
        "mail_to",
        "note",
    ]
)


def read_source(path: Path) -> Source:
    """The Source that a file describes, or SourceInvalid that names the file's entry, the cause and the remedy."""
    try:
        given = yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise SourceInvalid(
            path.name,
            str(problem)[:200],
            "YAML로 읽을 수 없습니다.",
            "It cannot be read as YAML.",
            "들여쓰기와 따옴표를 확인하세요.",
            "Check indentation and quotes.",
        ) from problem
    if not isinstance(given, dict):
        raise SourceInvalid(path.name, given, "항목: 값 꼴이 아닙니다.", "It is not a mapping of entries to values.")
    return source_from(path.stem, given, path.name)


def source_from(source_id: str, given: Mapping[str, Any], where: str = "") -> Source:
    """A Source from the entries of a file or a form, every one of them checked."""
    where = where or source_id
    for key in given:
        if key not in KEYS:
            raise _invalid(where, str(key), given[key], "알 수 없는 항목입니다.", "This entry is not known.")
    for key in ("title", "harvester"):
        if not str(given.get(key) or "").strip():
            raise _invalid(where, key, "", "꼭 있어야 합니다.", "It is required.")
    harvester = harvester_named(str(given["harvester"]))
    options = given.get("options") or {}
    harvester.read_options(options)
    Expectation.read(given.get("expect") or {})
    url = str(given.get("url") or "")
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https", "file") or (parts.scheme != "file" and not parts.hostname)):
        raise _invalid(where, "url", url, "http나 https 주소가 아닙니다.", "It is not an http or https address.")
    source = Source(
        id=source_id,
        title=str(given["title"]).strip(),
        harvester=harvester.name,
        url=url,
        host=(parts.hostname or "").lower(),
        owner_code=str(given.get("owner") or ""),
        public_api=str(given.get("public_api") or ""),
        rank=parse_code(Rank, "rank", str(given.get("rank") or "harvested")),
        options=dict(options),
        expect=dict(given.get("expect") or {}),
        lookups=dict(given.get("lookups") or {}),
        schedule_hours=_hours(where, given.get("schedule", "daily")),
        outside=bool(given.get("outside", True)),
        enabled=bool(given.get("enabled", False)),
        mail_to=str(given.get("mail_to") or ""),
    )
    source.config_hash = config_hash(source)
    return source


def config_hash(source: Source) -> str:
    """What a listing depends on; when it changes, the next run reads another listing (H44)."""
    said = [source.harvester, source.url, source.owner_code, source.options, source.lookups, source.rank.value]
    return sha256(json.dumps(said, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()


def load_sources(database: Engine, folder: Path = FOLDER) -> int:
    """Read every source file into its row; how many rows were new or changed.

    A row keeps what people and runs decided (enabled, schedule position, lease, mark); the rest follows its file.
    Rows whose file is gone stay, because platforms refer to them.
    """
    files = [read_source(path) for path in sorted(folder.rglob("*.yml"))] if folder.is_dir() else []
    with writing_session(database) as session:
        known = {row.id: row for row in session.exec(select(Source)).all()}
        return sum(_save(session, known.get(one.id), one) for one in files)


def save_source(session: Session, source: Source) -> bool:
    """Save one source as load_sources does; whether anything changed."""
    return _save(session, session.get(Source, source.id), source)


FOLLOWED = [
    "title",
    "harvester",
    "url",
    "host",
    "owner_code",
    "public_api",
    "rank",
    "options",
    "expect",
    "lookups",
    "schedule_hours",
    "outside",
    "mail_to",
    "config_hash",
]


def _save(session: Session, row: Source | None, said: Source) -> bool:
    if row is None:
        # Whatever a file says, an outside source starts switched off: only an operator sends requests outside.
        said.enabled = said.enabled and not said.outside
        said.next_run_at = now() if said.enabled else None
        session.add(said)
        return True
    changed = False
    for name in FOLLOWED:
        if getattr(row, name) != getattr(said, name):
            setattr(row, name, getattr(said, name))
            changed = True
    if changed:
        session.add(row)
    return changed


def enabled_sources(database: Engine) -> list[str]:
    """Ids of the sources that are switched on."""
    with session_of(database) as session:
        return list(session.exec(select(Source.id).where(col(Source.enabled).is_(True)).order_by(col(Source.id))))


def enable_sources(database: Engine, settings: Settings, selector: str, *, do: bool, actor: str) -> dict[str, Any]:
    """Say what enabling would ask of whom and how often, and with `do` enable it.

    Raises NotAllowed for outside sources while no contact address is set, InvalidValue when nothing is selected.
    """
    with writing_session(database) as session:
        chosen = select_sources(session, selector)
        if do and not settings.contact and any(one.outside for one in chosen):
            raise NotAllowed(
                "연락처가 정해지지 않아 바깥의 원천을 켤 수 없습니다.",
                "Outside sources cannot be enabled while no contact address is set.",
                "METAPLATFORM_CONTACT에 담당자의 전자우편 주소를 넣으세요.",
                "Put the address of the person in charge into METAPLATFORM_CONTACT.",
            )
        plan = [
            {
                "id": one.id,
                "title": one.title,
                "host": one.host,
                "requests": harvester_named(one.harvester).requests_per_run(one.options, settings.run_request_budget),
                "every_hours": one.schedule_hours,
                "robots": not one.public_api,
                "public_api": one.public_api,
            }
            for one in chosen
        ]
        if do:
            for one in chosen:
                if not one.enabled:
                    one.enabled, one.enabled_by = True, actor
                    one.next_run_at = first_run(one.id, one.schedule_hours, now(), alone=len(chosen) == 1)
                    session.add(one)
                    audit(session, _actor(actor), "enable", f"source:{one.id}")
    return {"sources": plan, "enabled": do, "contact": settings.contact}


def disable_sources(database: Engine, selector: str, *, actor: str) -> list[str]:
    """Switch sources off; a run at hand ends by itself."""
    with writing_session(database) as session:
        chosen = [one for one in select_sources(session, selector) if one.enabled]
        for one in chosen:
            one.enabled, one.next_run_at = False, None
            session.add(one)
            audit(session, _actor(actor), "disable", f"source:{one.id}")
        return [one.id for one in chosen]


def select_sources(session: Session, selector: str) -> list[Source]:
    """Sources by id, 'kind:website', 'province:서울특별시' or 'all'; InvalidValue when there is none."""
    kind, _, value = selector.partition(":")
    query = select(Source).where(Source.url != "").order_by(col(Source.id))
    if selector == "all":
        chosen = list(session.exec(query))
    elif kind == "kind" and value:
        chosen = list(session.exec(query.where(Source.harvester == value)))
    elif kind == "province" and value:
        places = Places.load(session)
        province = places.resolve(value)
        within = {one.code for one in (province, *(places.by_id(child) for child in _below(places, province.id)))}
        chosen = [one for one in session.exec(query) if one.owner_code in within]
    else:
        chosen = list(session.exec(select(Source).where(Source.id == selector)))
    if not chosen:
        raise InvalidValue(
            "source",
            selector,
            "해당하는 원천이 없습니다.",
            "No source is selected by this.",
            "원천 번호, 'kind:수집기', 'province:시도', 'all' 가운데 하나를 쓰세요.",
            "Use a source id, 'kind:HARVESTER', 'province:NAME' or 'all'.",
        )
    return chosen


def _below(places: Places, government_id: int | None) -> list[int]:
    return [] if government_id is None else places.children(government_id)


def _actor(text: str) -> Actor:
    kind, _, name = text.partition(":")
    return Actor(ActorKind(kind), name) if kind in ActorKind.__members__ else Actor(ActorKind.person, text)


def _hours(where: str, schedule: object) -> float:
    if isinstance(schedule, str) and schedule in SCHEDULES:
        return SCHEDULES[schedule]
    if isinstance(schedule, int | float) and not isinstance(schedule, bool) and schedule >= 0.1:
        return float(schedule)
    raise _invalid(
        where,
        "schedule",
        schedule,
        f"시간 수이거나 {', '.join(SCHEDULES)} 가운데 하나여야 합니다.",
        f"It must be a number of hours or one of {', '.join(SCHEDULES)}.",
    )


def _invalid(where: str, key: str, value: object, cause_ko: str, cause_en: str) -> SourceInvalid:
    return SourceInvalid(
        f"{where}: {key}",
        value,
        cause_ko,
        cause_en,
        "쓸 수 있는 항목: " + ", ".join(sorted(KEYS)),
        "Entries: " + ", ".join(sorted(KEYS)),
    )
