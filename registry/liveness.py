"""Liveness: what probes saw of an address, graded over several of them; it never touches what was declared.

| outcome | says |
|---|---|
| ok, redirected, login | somebody answers |
| gone (404, 410), soft_404 | the page is not there |
| unreachable (DNS, connection), timeout, server_error, tls | nobody answers properly |
| busy (429, 503), refused (403, robots) | nothing: one busy afternoon is no death |
| taken_over, parked | somebody else lives there: the link is withheld at once |
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import update
from sqlmodel import Session, col, select

from registry.errors import NotFound, UnknownCode
from registry.issues import raise_issue, settle
from registry.models import Probe
from registry.models.base import now
from registry.records import Actor
from registry.standing import Standing, load, lock, write
from registry.tables import PLATFORM
from registry.vocab import ActorKind, Liveness, Severity

ANSWERING = frozenset({"ok", "redirected", "login"})
ABSENT = frozenset({"gone", "soft_404"})
FAILING = frozenset({"unreachable", "timeout", "server_error", "tls"})
SILENT = frozenset({"busy", "refused"})
STOLEN = frozenset({"taken_over", "parked"})
OUTCOMES = ANSWERING | ABSENT | FAILING | SILENT | STOLEN

# A page that is not there is dead after two looks a day apart; an address that fails needs three over three days,
# because a weekend's maintenance looks the same.
ABSENT_LOOKS, ABSENT_FOR = 2, timedelta(days=1)
FAILING_LOOKS, FAILING_FOR = 3, timedelta(days=3)
RETURNED_LOOKS = 2
LOOKED_BACK = 20

PROBE = Actor(ActorKind.probe, "probe")


@dataclass(frozen=True)
class Seen:
    """What one probe saw of one platform's address."""

    platform_id: str
    url: str
    outcome: str
    http_status: int | None = None
    final_url: str = ""
    title: str = ""
    response_ms: float | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    at: datetime | None = None


class Look(Protocol):
    """What grading needs of a probe."""

    @property
    def outcome(self) -> str: ...

    @property
    def at(self) -> datetime: ...


def observe(session: Session, seen: Seen, run_id: int | None = None) -> Liveness:
    """Keep what a probe saw and grade the platform anew; NotFound, UnknownCode.

    Only a grade that changes makes a new version and an outbox row. An address that is taken over or dead becomes
    the owner's issue, and the issue closes when the address answers again.
    """
    if seen.outcome not in OUTCOMES:
        known = ", ".join(sorted(OUTCOMES))
        raise UnknownCode(
            "outcome",
            seen.outcome,
            "알 수 없는 확인 결과입니다.",
            "This outcome of a probe is not known.",
            f"다음 중 하나를 쓰세요: {known}",
            f"Use one of: {known}",
        )
    session.flush()
    lock(session)
    standing = load(session, [seen.platform_id]).get(seen.platform_id)
    if standing is None:
        raise NotFound("platform", seen.platform_id)
    at = seen.at or now()
    session.add(
        Probe(
            platform_id=seen.platform_id,
            url=seen.url[:2000],
            at=at,
            outcome=seen.outcome,
            http_status=seen.http_status,
            final_url=seen.final_url[:2000],
            title=seen.title[:500],
            response_ms=seen.response_ms,
            facts=seen.facts,
        )
    )
    session.flush()
    before: Liveness = standing.row["liveness"]
    grade = grade_of(_looks(session, seen), before)
    standing.row["last_probed"] = max(at, standing.row["last_probed"] or at)
    if seen.outcome in ANSWERING:
        standing.row["last_seen_alive"] = max(at, standing.row["last_seen_alive"] or at)
    standing.row["liveness"] = grade
    standing.changed = grade is not before
    if standing.changed:
        standing.row["updated_at"] = now()
        write(session, [standing], now())
    else:
        _note(session, standing)
    _tell(session, seen, grade, run_id)
    return grade


def grade_of(looks: Sequence[Look], before: Liveness = Liveness.unchecked) -> Liveness:
    """The grade after these probes of one address, newest first."""
    telling = [one for one in looks if one.outcome not in SILENT]
    if not telling:
        return before
    newest = telling[0]
    if newest.outcome in STOLEN:
        return Liveness.taken_over
    if newest.outcome in ANSWERING:
        # Whoever took an address over may show a blank page for a day; one good look does not clear it.
        row = _run(telling, ANSWERING)
        return Liveness.taken_over if before is Liveness.taken_over and len(row) < RETURNED_LOOKS else Liveness.alive
    if before is Liveness.taken_over:
        return Liveness.taken_over
    absent = _run(telling, ABSENT)
    if len(absent) >= ABSENT_LOOKS and absent[0].at - absent[-1].at >= ABSENT_FOR:
        return Liveness.dead
    failing = _run(telling, ABSENT | FAILING)
    if len(failing) >= FAILING_LOOKS and failing[0].at - failing[-1].at >= FAILING_FOR:
        return Liveness.dead
    return Liveness.dead if before is Liveness.dead else Liveness.doubtful


def _run(looks: Sequence[Look], outcomes: frozenset[str]) -> list[Look]:
    """The newest looks in a row that all have one of these outcomes."""
    row: list[Look] = []
    for one in looks:
        if one.outcome not in outcomes:
            break
        row.append(one)
    return row


def _looks(session: Session, seen: Seen) -> Sequence[Probe]:
    query = select(Probe).where(Probe.platform_id == seen.platform_id, Probe.url == seen.url[:2000])
    return session.exec(query.order_by(col(Probe.at).desc(), col(Probe.id).desc()).limit(LOOKED_BACK)).all()


def _note(session: Session, standing: Standing) -> None:
    """Keep when it was looked at without making a new version: nothing that is indexed has changed."""
    values = {name: standing.row[name] for name in ("last_probed", "last_seen_alive")}
    session.connection().execute(update(PLATFORM).where(PLATFORM.c.id == standing.id).values(values))


def _tell(session: Session, seen: Seen, grade: Liveness, run_id: int | None) -> None:
    where: dict[str, Any] = {"platform_id": seen.platform_id}
    if grade is Liveness.alive:
        settle(session, PROBE, ["address_dead", "address_taken_over"], **where)
        return
    if grade not in (Liveness.dead, Liveness.taken_over):
        return
    stolen = grade is Liveness.taken_over
    raise_issue(
        session,
        "address_taken_over" if stolen else "address_dead",
        Severity.error if stolen else Severity.warning,
        "주소에 다른 사람의 내용이 나옵니다. 바로가기를 막았습니다."
        if stolen
        else "주소가 여러 번의 확인에서 열리지 않았습니다.",
        "The address shows somebody else's content; the link is withheld."
        if stolen
        else "The address failed in several checks.",
        "도메인을 되찾거나 새 주소를 등록하세요. 기록은 그대로 남습니다."
        if stolen
        else "주소를 고치거나, 운영을 마쳤다면 상태를 '종료'로 바꾸세요.",
        "Recover the domain or register the new address; the entry stays."
        if stolen
        else "Correct the address, or set the status to closed.",
        field="url",
        value=seen.title,
        url=seen.url,
        concerns="owner",
        run_id=run_id,
        facts={"outcome": seen.outcome, "http_status": seen.http_status, "final_url": seen.final_url},
        **where,
    )


def withheld(liveness: Liveness) -> bool:
    """Whether the link must not be offered, whatever was declared."""
    return liveness is Liveness.taken_over
