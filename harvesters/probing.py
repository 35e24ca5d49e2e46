"""Probes the channels of platforms that are due, and hands what was seen to the registry's grading."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlsplit

from sqlalchemy import Engine
from sqlmodel import Session, col, or_, select

from harvesters.base import Harvester, HarvestTask, Option, Reader, Remark
from harvesters.probe import Look, look_at
from registry.database import session_of, writing_session
from registry.governments import Places
from registry.issues import raise_issue, settle
from registry.liveness import PROBE, Seen, observe
from registry.models import Platform, Probe
from registry.models.base import now
from registry.records import HarvestedRecord
from registry.vocab import Liveness, PlatformState, Severity, Status

# How long a look holds. What is doubtful is looked at daily, because grading needs several looks on several days.
AGAIN_AFTER = {
    Liveness.unchecked: timedelta(0),
    Liveness.alive: timedelta(days=7),
    Liveness.doubtful: timedelta(hours=20),
    Liveness.dead: timedelta(days=14),
    Liveness.taken_over: timedelta(days=1),
}


class ProbeHarvester(Harvester):
    """Not a harvester of records: it looks at known addresses. It is one so that it has a schedule, a lease and a run."""

    name: ClassVar[str] = "probe"
    title: ClassVar[str] = "Probe of known addresses"
    title_ko: ClassVar[str] = "알려진 주소의 접속 점검"
    options: ClassVar[tuple[Option, ...]] = (
        Option("platforms", int, "Platforms looked at in one run", "한 번에 점검할 플랫폼 수", 500),
        Option("apps", bool, "Look at app-store listings too", "앱 장터의 앱도 점검할지", True),
        Option("again", bool, "Look also at those whose last look still holds", "지난 점검이 아직 유효한 것도 다시 점검할지", False),
        Option("hosts", list, "Only addresses on these hosts", "이 호스트의 주소만", []),
        Option("governments", list, "Only platforms of these owners (ten-digit codes)", "이 기관의 플랫폼만(코드 10자리)", []),
    )  # fmt: skip

    @classmethod
    def requests_per_run(cls, options: Mapping[str, Any], budget: int) -> int:
        """A page and a robots.txt per platform, and about one app."""
        return int(min(budget, 3 * cls.read_options(options)["platforms"]))

    @classmethod
    def reader(cls, _database: Engine) -> Reader:
        """The reading function of a run, with the registry it needs."""
        return lambda task: _probe(_database, task)

    def harvest(self, task: HarvestTask) -> Iterator[HarvestedRecord]:
        """Without a registry (a dry run, a file that is only tried): look at the source's own address, if it has one."""
        if task.source.url:
            look = look_at(task.client, task.source.url)
            task.listing.note = f"{look.url}: {look.outcome} {look.title}".strip()
        task.listing.scope = "since"
        task.listing.end()
        yield from ()


def _probe(database: Engine, task: HarvestTask) -> Iterator[HarvestedRecord]:
    """Look at what is due, oldest look first; each platform's look is one transaction. Yields no records."""
    task.listing.scope = "since"  # Looking says nothing of what a source lists, so nothing may be concluded missing.
    with session_of(database) as session:
        due = due_platforms(
            session,
            task.option("platforms"),
            now(),
            task.option("governments"),
            task.option("hosts"),
            again=task.option("again"),
        )
        rows = [(one.id, one.name, one.url, list(one.channels)) for one in due]
    for number, (platform_id, name, url, channels) in enumerate(rows, 1):
        look, others = _look(task, url, channels)
        if look is None:
            continue
        with writing_session(database) as session:
            grade = record(session, platform_id, look, others)
        said = {"url": look.url, "outcome": look.outcome, "status": look.status, **_said(look)}
        task.listing.remark(Remark(grade.value, name, platform_id, said))
        task.listing.read += 1
        task.progress(f"점검: {name}", number, len(rows))
    task.listing.end()
    yield from ()


def _said(look: Look) -> dict[str, Any]:
    """Why a look was judged so, for the run's page."""
    return {key: look.facts[key] for key in ("said", "words", "redirects") if look.facts.get(key)}


def due_platforms(
    session: Session,
    limit: int,
    present: datetime,
    governments: Sequence[str] = (),
    hosts: Sequence[str] = (),
    *,
    again: bool = False,
) -> list[Platform]:
    """Active platforms with an address whose last look no longer holds (`again`: all), those never looked at first."""
    waiting = [
        (col(Platform.liveness) == grade)
        & (col(Platform.last_probed).is_(None) | (col(Platform.last_probed) <= present - wait))
        for grade, wait in AGAIN_AFTER.items()
    ]
    query = (
        select(Platform)
        .where(Platform.state == PlatformState.active)
        .where(col(Platform.status).not_in([Status.closed, Status.planned]))
        .order_by(col(Platform.last_probed).asc().nulls_first(), col(Platform.id))
    )
    if not again:
        query = query.where(or_(*waiting))
    if governments:
        places = Places.load(session)
        query = query.where(col(Platform.owner_id).in_([places.resolve(code).id for code in governments]))
    if hosts:
        query = query.where(or_(*(col(Platform.url).contains(f"://{host}", autoescape=True) for host in hosts)))
    found = [one for one in session.exec(query.limit(limit * 2)) if one.url or _store_links(one.channels)]
    if hosts:
        found = [one for one in found if urlsplit(one.url).hostname in hosts]
    return found[:limit]


def record(session: Session, platform_id: str, look: Look, others: list[Look]) -> Liveness:
    """Grade the platform by its main address; what its apps show is kept as facts of the same look."""
    facts = dict(look.facts)
    before = session.exec(
        select(Probe)
        .where(Probe.platform_id == platform_id, Probe.url == look.url[:2000], Probe.title != "")
        .order_by(col(Probe.at).desc())
        .limit(1)
    ).first()
    if before is not None and look.title and before.title != look.title:
        facts["title_before"] = before.title
    if others:
        facts["channels"] = {other.url: {"outcome": other.outcome, "status": other.status} for other in others}
    grade = observe(
        session,
        Seen(platform_id, look.url, look.outcome, look.status, look.final_url, look.title, look.response_ms, facts),
    )
    _tell_certificate(session, platform_id, look)
    _tell_move(session, platform_id, look)
    return grade


def _look(task: HarvestTask, url: str, channels: list[dict[str, str]]) -> tuple[Look | None, list[Look]]:
    """The main address and, where asked for, the app listings. Without a site the first app is the main address."""
    stores = _store_links(channels) if task.option("apps") or not url else []
    main = url or (stores.pop(0) if stores else "")
    if not main:
        return None, []
    first = look_at(task.client, main)
    return first, [look_at(task.client, store) for store in stores[:3]]


def _store_links(channels: list[dict[str, str]]) -> list[str]:
    return [
        one["value"] for one in channels if one.get("kind") in ("ios", "android") and one["value"].startswith("http")
    ]


def _tell_certificate(session: Session, platform_id: str, look: Look) -> None:
    """An untrusted or soon ending certificate is the owner's to renew; the issue closes with a good one."""
    certificate = look.facts.get("certificate") or {}
    problem, soon = certificate.get("problem"), certificate.get("soon")
    if not problem and not soon:
        if certificate:
            settle(session, PROBE, ["certificate_ending"], platform_id=platform_id)
        return
    until = certificate.get("expires", "")
    raise_issue(
        session,
        "certificate_ending",
        Severity.warning,
        f"보안 인증서를 믿을 수 없습니다({problem})." if problem else f"보안 인증서가 {until}에 끝납니다.",
        f"The certificate is not trusted ({problem})." if problem else f"The certificate ends on {until}.",
        "인증서를 갱신하세요.",
        "Renew the certificate.",
        url=look.url,
        concerns="owner",
        platform_id=platform_id,
        facts=dict(certificate),
    )


def _tell_move(session: Session, platform_id: str, look: Look) -> None:
    """An address that leads to another organisation's host is asked about, not followed."""
    if look.outcome != "redirected":
        return
    raise_issue(
        session,
        "address_moved",
        Severity.question,
        f"주소가 다른 곳으로 넘어갑니다: {look.final_url}",
        f"The address leads elsewhere: {look.final_url}",
        "새 주소가 맞으면 등록된 주소를 바꾸세요.",
        "If the new address is right, change the registered one.",
        field="url",
        value=look.final_url,
        url=look.url,
        concerns="owner",
        platform_id=platform_id,
    )
