"""Users and costs of platforms as groups, queues and checks show them: the figure, its date, and never a zero for none."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlmodel import Session, col

from registry.models import UsageFigure

# How many people use a platform, by the best figure there is; figures of different kinds are never compared.
USERS = (
    "members",
    "users",
    "users_year",
    "uses_year",
    "users_day",
    "monthly_visits",
    "downloads",
    "visits",
    "uses",
    "lookups_month",
)
YEARLY = ("upkeep_cost_krw", "budget_krw", "data_cost_krw")
ONCE = ("build_cost_krw", "replacement_cost_krw")
PAYERS = {
    "budget_national_krw": "national",
    "budget_province_krw": "province",
    "budget_local_krw": "local",
}
OTHER_COSTS = ("cost_krw", "subsidy_krw", "planned_investment_krw")


@dataclass(frozen=True)
class Figure:
    """One figure with its date."""

    key: str
    value: float
    as_of: str


# Of each key: who pays and what for, and the newest figure of that.
Shares = dict[str, dict[tuple[str, str], Figure]]


@dataclass
class Figures:
    """What is known of one platform. None and empty mean 'not known'; `texts` are figures that are words or dates."""

    users: Figure | None = None
    yearly_cost: Figure | None = None
    build_cost: Figure | None = None
    other_cost: Figure | None = None
    by_payer: dict[str, float] = field(default_factory=dict)
    known: dict[str, Figure] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def cost_per_user(self) -> float | None:
        """Yearly won per user, where both are known."""
        if self.yearly_cost is None or self.users is None or not self.users.value:
            return None
        return self.yearly_cost.value / self.users.value

    @property
    def money(self) -> float:
        """Everything known to be spent, for ordering only."""
        return sum(one.value for one in (self.yearly_cost, self.build_cost, self.other_cost) if one is not None)


def figures_of_all(session: Session, platform_ids: Iterable[str] | None = None) -> dict[str, Figures]:
    """The newest standing figure of each kind, platform by platform."""
    query = (
        select(
            col(UsageFigure.platform_id),
            col(UsageFigure.key),
            col(UsageFigure.value),
            col(UsageFigure.as_of),
            col(UsageFigure.payer),
            col(UsageFigure.purpose),
            col(UsageFigure.quote),
        )
        .where(col(UsageFigure.ended_at).is_(None))
        .order_by(col(UsageFigure.as_of), col(UsageFigure.id))
    )
    if platform_ids is not None:
        query = query.where(col(UsageFigure.platform_id).in_(list(platform_ids)))
    found: dict[str, Figures] = {}
    shares: dict[str, Shares] = {}
    for platform_id, key, value, as_of, payer, purpose, quote in session.connection().execute(query):
        figures = found.setdefault(platform_id, Figures())
        if value is None:
            figures.texts[key] = quote
        elif payer or purpose:
            shares.setdefault(platform_id, {}).setdefault(key, {})[payer, purpose] = Figure(key, value, as_of)
        else:
            figures.known[key] = Figure(key, value, as_of)
            if key in PAYERS:
                figures.by_payer[PAYERS[key]] = value
    for platform_id, by_key in shares.items():
        for key, parts in by_key.items():
            _add_up(found[platform_id], key, parts)
    for figures in found.values():
        figures.users = _first(figures, USERS)
        figures.yearly_cost = _first(figures, YEARLY)
        figures.build_cost = _first(figures, ONCE)
        figures.other_cost = _first(figures, OTHER_COSTS)
    return found


def _add_up(figures: Figures, key: str, parts: dict[tuple[str, str], Figure]) -> None:
    """Take in a cost told by who pays and what for; a total that was stated as such, and is as new, stands."""
    newest = max(one.as_of for one in parts.values())
    present = {told: one.value for told, one in parts.items() if one.as_of == newest}
    stated = figures.known.get(key)
    if stated is None or stated.as_of < newest:
        figures.known[key] = Figure(key, sum(present.values()), newest)
    for (payer, _), value in present.items():
        if payer and (key in YEARLY or key in ONCE):
            figures.by_payer[payer] = figures.by_payer.get(payer, 0.0) + value


def _first(figures: Figures, keys: Iterable[str]) -> Figure | None:
    return next((figures.known[key] for key in keys if key in figures.known), None)
