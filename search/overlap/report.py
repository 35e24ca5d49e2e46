"""One group as the ministry reads it: who, where, users, money, scale, best members, what can be joined, what failed."""

from collections import defaultdict
from dataclasses import dataclass

from sqlmodel import Session

from registry.errors import NotFound
from registry.models import Government, OverlapGroup, Platform
from registry.quality import Share, quality_of_all, shares
from search.overlap.figures import Figures, figures_of_all
from search.overlap.groups import group_members
from search.overlap.index import Index
from search.overlap.subject import Subject

# Governments of like size: electors within a factor of two.
LIKE_SIZE = 2.0


@dataclass(frozen=True)
class Member:
    """A platform of the group with what is known of it."""

    platform: Platform
    role: str
    government: Government | None
    province: str
    figures: Figures
    operation: str


@dataclass(frozen=True)
class Joinable:
    """Platforms of one province that each pay for the same job: candidates for one in common."""

    province: str
    members: tuple[Member, ...]
    yearly_cost: float | None
    known_costs: int
    saving: float | None


@dataclass(frozen=True)
class Best:
    """A member worth learning from, and what it has that most others lack."""

    member: Member
    among: str
    functions: tuple[str, ...]
    channels: tuple[str, ...]


@dataclass(frozen=True)
class GroupReport:
    """Everything the page, the sheet and the interface show of one group."""

    group: OverlapGroup
    members: tuple[Member, ...]
    private: tuple[Member, ...]
    closed: tuple[Member, ...]
    by_payer: dict[str, float]
    yearly_cost: float | None
    costs_known: int
    joinable: tuple[Joinable, ...]
    best: tuple[Best, ...]
    each_government: bool
    quality: tuple[Share, ...]

    @property
    def standing(self) -> list[Member]:
        """Public members that are not closed."""
        return [one for one in self.members if one.role not in ("closed", "private")]


def report_group(session: Session, index: Index, group_id: str, like: Government | None = None) -> GroupReport:
    """The report of a group; `like` adds the best among governments of like size. NotFound."""
    group = session.get(OverlapGroup, group_id)
    if group is None:
        raise NotFound("overlap group", group_id)
    rows = group_members(session, group_id)
    figures = figures_of_all(session, [row["id"] for row in rows])
    members = []
    for row in rows:
        platform = session.get(Platform, row["id"])
        subject = index.subjects.get(row["id"])
        if platform is None or subject is None:
            continue
        government = index.places.by_id(platform.owner_id) if platform.owner_id is not None else None
        members.append(
            Member(
                platform=platform,
                role=row["role"],
                government=government,
                province=_province(index, government),
                figures=figures.get(platform.id, Figures()),
                operation=subject.operation,
            )
        )
    public = [one for one in members if one.platform.owner_level != "private"]
    paid = [one for one in public if one.figures.yearly_cost is not None]
    payers: dict[str, float] = defaultdict(float)
    for one in public:
        for payer, value in one.figures.by_payer.items():
            payers[payer] += value
    function = index.words.functions.get(group.main_function)
    return GroupReport(
        group=group,
        members=tuple(members),
        private=tuple(one for one in members if one.platform.owner_level == "private"),
        closed=tuple(sorted((one for one in public if one.role == "closed"), key=lambda one: one.platform.closed)),
        by_payer=dict(payers),
        yearly_cost=sum(one.figures.yearly_cost.value for one in paid if one.figures.yearly_cost) if paid else None,
        costs_known=len(paid),
        joinable=_joinable(public),
        best=_best(public, index.subjects, like),
        each_government=bool(function and function.each_government),
        quality=tuple(shares(quality_of_all(session, [one.platform.id for one in public]).values())),
    )


def _province(index: Index, government: Government | None) -> str:
    if government is None or government.id is None:
        return ""
    above = index.places.ancestors(government.id)
    return index.places.by_id(above[-1]).name if above else government.name


def _joinable(members: list[Member]) -> tuple[Joinable, ...]:
    """Provinces where two or more governments each run their own, those on one shared operation counted once.

    The saving assumes that one in common costs a year what the dearest of them costs; it is named only where two
    costs are known, and covers only those.
    """
    by_province: dict[str, list[Member]] = defaultdict(list)
    for one in members:
        if one.role not in ("closed",) and one.platform.status in ("running", "unknown") and one.government is not None:
            by_province[one.province].append(one)
    found = []
    for province, inside in by_province.items():
        operations = {one.operation or one.platform.id for one in inside}
        if len(operations) < 2:
            continue
        costs = [one.figures.yearly_cost.value for one in inside if one.figures.yearly_cost is not None]
        found.append(
            Joinable(
                province=province,
                members=tuple(inside),
                yearly_cost=sum(costs) if costs else None,
                known_costs=len(costs),
                saving=sum(costs) - max(costs) if len(costs) > 1 else None,
            )
        )
    return tuple(sorted(found, key=lambda one: (-len(one.members), one.province)))


def _best(members: list[Member], subjects: dict[str, Subject], like: Government | None) -> tuple[Best, ...]:
    """The best-used member, by the kind of figure that most members have, and the best of like size."""
    standing = [one for one in members if one.role != "closed" and one.figures.users is not None]
    kinds: dict[str, int] = defaultdict(int)
    for one in standing:
        if one.figures.users is not None:
            kinds[one.figures.users.key] += 1
    if not kinds:
        return ()
    kind = max(sorted(kinds), key=lambda key: kinds[key])
    comparable = [one for one in standing if one.figures.users is not None and one.figures.users.key == kind]
    found = [_better(_most_used(comparable), members, subjects, "all")]
    if like is not None and like.electors:
        alike = [
            one
            for one in comparable
            if one.government is not None
            and one.government.electors
            and 1 / LIKE_SIZE <= one.government.electors / like.electors <= LIKE_SIZE
        ]
        if alike:
            found.append(_better(_most_used(alike), members, subjects, "like_size"))
    return tuple(found)


def _most_used(members: list[Member]) -> Member:
    return max(members, key=lambda one: (one.figures.users.value if one.figures.users else 0.0, one.platform.id))


def _better(best: Member, members: list[Member], subjects: dict[str, Subject], among: str) -> Best:
    others = [one for one in members if one.platform.id != best.platform.id and one.role != "closed"]

    def rare(has: set[str], of: dict[str, set[str]]) -> tuple[str, ...]:
        counts = {key: sum(key in of[one.platform.id] for one in others) for key in has}
        return tuple(sorted(key for key, count in counts.items() if count * 2 < max(len(others), 1)))

    functions = {one.platform.id: set(subjects[one.platform.id].functions) for one in members}
    channels = {one.platform.id: {channel["kind"] for channel in one.platform.channels} for one in members}
    own = best.platform.id
    return Best(best, among, rare(functions[own], functions), rare(channels[own], channels))
