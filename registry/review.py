"""What officers judge of two platforms: dated, signed verdicts, second opinions, and taking one back.

A verdict is a row and stays one: judging again adds a row, taking back dates the old one. The latest standing
verdict of each officer is her opinion; a pair is agreed when all opinions but 'unsure' say the same.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlmodel import Session, col

from registry.audit import actor_text, audit
from registry.errors import Conflict, InvalidValue, NotFound
from registry.models import Platform, Verdict
from registry.models.base import now
from registry.records import Actor
from registry.vocab import parse_code

LONGEST_REASON = 2000


class VerdictKind(StrEnum):
    """What an officer may say of a pair."""

    same = "same"
    different = "different"
    overlap = "overlap"
    not_overlap = "not_overlap"
    unsure = "unsure"


class Agreement(StrEnum):
    """How the opinions on one pair stand to each other."""

    single = "single"
    agreed = "agreed"
    disputed = "disputed"
    open = "open"


VERDICT_KO = {
    VerdictKind.same: "같은 플랫폼",
    VerdictKind.different: "다른 플랫폼",
    VerdictKind.overlap: "유사·중복 맞음",
    VerdictKind.not_overlap: "유사·중복 아님",
    VerdictKind.unsure: "판단 보류",
}
VERDICT_EN = {
    VerdictKind.same: "same platform",
    VerdictKind.different: "different platforms",
    VerdictKind.overlap: "overlap confirmed",
    VerdictKind.not_overlap: "not an overlap",
    VerdictKind.unsure: "unsure",
}


@dataclass(frozen=True)
class Opinion:
    """One officer's standing verdict."""

    verdict_id: int
    actor: str
    kind: VerdictKind
    reason: str
    at: datetime


def judge(session: Session, left_id: str, right_id: str, kind: str, reason: str, actor: Actor) -> Verdict:
    """Add a verdict; the pair is kept in one order so that both sides find it. InvalidValue, NotFound."""
    chosen = parse_code(VerdictKind, "kind", kind)
    if left_id == right_id:
        raise InvalidValue(
            "right_id",
            right_id,
            "한 플랫폼을 자기 자신과 비교할 수 없습니다.",
            "A platform cannot be judged against itself.",
            "다른 플랫폼을 고르세요.",
            "Choose another platform.",
        )
    for platform_id in (left_id, right_id):
        if session.get(Platform, platform_id) is None:
            raise NotFound("platform", platform_id)
    text = reason.strip()
    if len(text) > LONGEST_REASON:
        raise InvalidValue(
            "reason",
            text,
            f"{LONGEST_REASON}자를 넘습니다.",
            f"Longer than {LONGEST_REASON} characters.",
            "짧게 줄여 쓰세요.",
            "Write less.",
        )
    left, right = sorted((left_id, right_id))
    row = Verdict(left_id=left, right_id=right, kind=chosen.value, actor=actor_text(actor), reason=text, at=now())
    session.add(row)
    session.flush()
    audit(session, actor, "judge", f"{left}/{right}", {"verdict": row.id, "kind": chosen.value}, text)
    return row


def take_back(session: Session, verdict_id: int, actor: Actor) -> Verdict:
    """Undo a verdict: a new fact about it, not its erasure. NotFound, or Conflict if it was taken back before."""
    row = session.get(Verdict, verdict_id)
    if row is None:
        raise NotFound("verdict", verdict_id)
    if row.undone_at is not None:
        raise Conflict(
            "이미 취소된 판단입니다.",
            "This verdict was taken back before.",
            "쪽을 새로 여세요.",
            "Open the page again.",
        )
    row.undone_at, row.undone_by = now(), actor_text(actor)
    session.add(row)
    session.flush()
    audit(session, actor, "take_back_verdict", f"{row.left_id}/{row.right_id}", {"verdict": verdict_id})
    return row


def opinions(session: Session, left_id: str, right_id: str) -> list[Opinion]:
    """Each officer's latest standing verdict on a pair, the newest first."""
    left, right = sorted((left_id, right_id))
    query = (
        select(Verdict)
        .where(col(Verdict.left_id) == left, col(Verdict.right_id) == right, col(Verdict.undone_at).is_(None))
        .order_by(col(Verdict.id))
    )
    latest = {row.actor: row for row in session.execute(query).scalars()}
    found = [Opinion(row.id or 0, row.actor, VerdictKind(row.kind), row.reason, row.at) for row in latest.values()]
    return sorted(found, key=lambda one: -one.verdict_id)


def agreement(said: list[Opinion]) -> Agreement:
    """Whether the opinions agree, leaving out those that are unsure."""
    kinds = [one.kind for one in said if one.kind is not VerdictKind.unsure]
    if not kinds:
        return Agreement.open
    if len(kinds) == 1:
        return Agreement.single
    return Agreement.agreed if len(set(kinds)) == 1 else Agreement.disputed


def verdict_count(session: Session) -> int:
    """On how many pairs today's figures stand: pairs with a standing verdict."""
    query = select(col(Verdict.left_id), col(Verdict.right_id)).where(col(Verdict.undone_at).is_(None)).distinct()
    return len(session.connection().execute(query).all())
