"""Merges that officers' verdicts propose, and what an administrator has decided of them."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session, col

from registry.models import Decision, Platform, Verdict
from registry.review import Agreement, Opinion, VerdictKind, agreement, opinions
from registry.tables import STATEMENT
from registry.vocab import PlatformState


@dataclass(frozen=True)
class Proposal:
    """Two entries that an officer called one platform; `agreed` tells how the opinions stand to each other."""

    left: Platform
    right: Platform
    said: tuple[Opinion, ...]
    agreed: Agreement


def merge_proposals(session: Session, limit: int = 100) -> list[Proposal]:
    """Pairs with a standing 'same' that nobody has decided yet, those nobody disputes first, the newest first."""
    query = (
        select(col(Verdict.left_id), col(Verdict.right_id), func.max(col(Verdict.id)))
        .where(col(Verdict.kind) == VerdictKind.same.value, col(Verdict.undone_at).is_(None))
        .group_by(col(Verdict.left_id), col(Verdict.right_id))
        .order_by(func.max(col(Verdict.id)).desc())
    )
    standing = select(col(Decision.left_id), col(Decision.right_id)).where(col(Decision.undone_at).is_(None))
    decided = {frozenset(row) for row in session.connection().execute(standing)}
    found = []
    for left_id, right_id, _newest in session.connection().execute(query).all():
        if frozenset((left_id, right_id)) in decided:
            continue
        left, right = session.get(Platform, left_id), session.get(Platform, right_id)
        said = opinions(session, left_id, right_id)
        # An officer who has changed her mind proposes nothing any more.
        if left is None or right is None or not any(one.kind is VerdictKind.same for one in said):
            continue
        if PlatformState.merged in (left.state, right.state):
            continue
        found.append(Proposal(left, right, tuple(said), agreement(said)))
    found.sort(key=lambda one: one.agreed is Agreement.disputed)
    return found[:limit]


def recent_decisions(session: Session, limit: int = 50) -> list[Decision]:
    """What was decided of pairs, the newest first; decisions taken back stay in the list."""
    return list(session.execute(select(Decision).order_by(col(Decision.id).desc()).limit(limit)).scalars())


def better_known(session: Session, left: Platform, right: Platform) -> str:
    """The id that a merge should keep unless somebody says otherwise: more is said of it, or it came first."""
    counts = dict.fromkeys((left.id, right.id), 0)
    query = select(STATEMENT.c.platform_id, func.count()).where(STATEMENT.c.platform_id.in_(list(counts)))
    for platform_id, number in session.connection().execute(query.group_by(STATEMENT.c.platform_id)):
        counts[platform_id] = number
    return min((left, right), key=lambda one: (-counts[one.id], one.created_at, one.id)).id
