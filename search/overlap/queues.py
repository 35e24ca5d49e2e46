"""What officers should judge next: the pairs whose answer teaches most, or the pairs with the most money in them."""

import math
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlmodel import Session, col

from registry.models import ComparedPair, Decision, Platform, Verdict
from registry.vocab import PlatformState
from search.overlap.figures import Figures, figures_of_all
from search.overlap.scoring import OVERLAPS

ORDERS = ("uncertainty", "money")
QUESTIONS = ("identity", "overlap")


@dataclass(frozen=True)
class Waiting:
    """A pair that waits for a judgement, and why it stands where it stands."""

    pair: ComparedPair
    left: Platform
    right: Platform
    chance: float
    uncertainty: float
    money: float
    users: float


def waiting(session: Session, question: str = "overlap", order: str = "uncertainty", limit: int = 50) -> list[Waiting]:
    """The queue. Uncertainty is the entropy of the model's answer times how many other pairs hang on it; money is what
    is known to be spent on both, then users. Judged and decided pairs are left out, and a pair stands once.
    """
    columns = (col(ComparedPair.left_id), col(ComparedPair.right_id))
    chance = col(ComparedPair.same_platform) if question == "identity" else col(ComparedPair.overlap)
    query = select(*columns, chance).where(chance.between(0.02, 0.98))
    if question == "overlap":
        query = query.where(col(ComparedPair.same_platform) < 0.5)
    if order == "money" and question == "overlap":
        query = select(*columns, chance).where(col(ComparedPair.label).in_([label.value for label in OVERLAPS]))
    done = _judged(session)
    pairs: dict[tuple[str, str], tuple[str, str, float]] = {}
    degree: dict[str, int] = {}
    for left, right, value in session.connection().execute(query):
        key = (min(left, right), max(left, right))
        if key not in done and key not in pairs:
            pairs[key] = (left, right, value)
            for one in key:
                degree[one] = degree.get(one, 0) + 1
    figures = figures_of_all(session)
    ranked = []
    for key, (left, right, value) in pairs.items():
        entropy = _entropy(value) * (1.0 + math.log1p(degree[key[0]] + degree[key[1]]) / 4.0)
        known = [figures.get(one, Figures()) for one in key]
        money = sum(one.money for one in known)
        users = sum(one.users.value for one in known if one.users is not None)
        ranked.append((entropy, money, users, value, (left, right)))
    ranked.sort(key=lambda one: (-one[0], one[4]) if order == "uncertainty" else (-one[1], -one[2], one[4]))
    return _with_platforms(session, ranked, limit)


def _with_platforms(
    session: Session,
    ranked: list[tuple[float, float, float, float, tuple[str, str]]],
    limit: int,
) -> list[Waiting]:
    found: list[Waiting] = []
    for entropy, money, users, value, key in ranked:
        left, right = session.get(Platform, key[0]), session.get(Platform, key[1])
        row = session.get(ComparedPair, key)
        if left is None or right is None or row is None:
            continue
        if left.state is not PlatformState.active or right.state is not PlatformState.active:
            continue
        found.append(Waiting(row, left, right, value, entropy, money, users))
        if len(found) >= limit:
            break
    return found


def stored_pairs(session: Session, platform_id: str) -> list[ComparedPair]:
    """The stored nearest of one platform, from either side."""
    query = select(ComparedPair).where(
        or_(col(ComparedPair.left_id) == platform_id, col(ComparedPair.right_id) == platform_id)
    )
    found: dict[frozenset[str], ComparedPair] = {}
    for row in session.execute(query).scalars():
        found.setdefault(frozenset((row.left_id, row.right_id)), row)
    return sorted(found.values(), key=lambda row: (-max(row.same_platform, row.overlap), row.left_id, row.right_id))


def _judged(session: Session) -> set[tuple[str, str]]:
    rows = session.connection().execute(
        select(col(Verdict.left_id), col(Verdict.right_id)).where(col(Verdict.undone_at).is_(None))
    )
    decided = session.connection().execute(
        select(col(Decision.left_id), col(Decision.right_id)).where(col(Decision.undone_at).is_(None))
    )
    return {(min(left, right), max(left, right)) for left, right in [*rows, *decided]}


def _entropy(chance: float) -> float:
    inside = min(max(chance, 1e-9), 1 - 1e-9)
    return -(inside * math.log2(inside) + (1 - inside) * math.log2(1 - inside))
