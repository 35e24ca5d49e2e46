"""The gap in quality between governments (KRILA 2022-01 §7.3.6): the nine indicators over what each of them runs.

Only what was measured counts, and how much was not stands beside it: nobody is called worse for not being probed.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select, union
from sqlmodel import Session, col

from registry.governments import Places
from registry.models import Probe, UsageFigure
from registry.quality import INDICATORS, Indicator, quality_of_all
from registry.tables import PLATFORM
from registry.vocab import Level, PlatformState, Status

STANDING = (Status.running, Status.unknown)
# The newest looks of each platform that are read: enough for a median, and no history of years.
LOOKS = 8
_SLICE = 500


@dataclass(frozen=True)
class Reach:
    """One indicator over some platforms: of how many it was measured, judged good or not, and found good."""

    key: str
    dimension: str
    ko: str
    en: str
    measured: int
    judged: int
    good: int


@dataclass(frozen=True)
class QualityRow:
    """Platforms of one government, or of all governments of a level in one province; `government_id` None is everybody."""

    government_id: int | None
    platforms: int
    indicators: tuple[Reach, ...]

    @property
    def measured(self) -> int:
        """The number of platforms of which the best measured indicator is known."""
        return max((one.measured for one in self.indicators), default=0)


def quality_gap(session: Session, level: Level, places: Places, province_id: int | None = None) -> list[QualityRow]:
    """All together first, then governments by code: of a province where one is given, else province by province."""
    owned = _owned(session, level, places)
    if province_id is not None:
        inside = {province_id, *places.children(province_id)}
        owned = {owner: ids for owner, ids in owned.items() if owner in inside}
    rows: dict[int, list[str]] = defaultdict(list)
    for owner, ids in owned.items():
        rows[owner if province_id is not None else places.by_id(owner).parent_id or owner] += ids
    everybody = [one for ids in owned.values() for one in ids]
    known = _measured(session, everybody)
    found = [_row(None, everybody, known)]
    for one in sorted(rows, key=lambda number: places.by_id(number).code):
        found.append(_row(one, rows[one], known))
    return found


def _owned(session: Session, level: Level, places: Places) -> dict[int, list[str]]:
    """Standing platforms by the government of that level that answers for them today."""
    columns = PLATFORM.c
    query = select(columns.id, columns.owner_id).where(
        columns.state == PlatformState.active, columns.status.in_(STANDING), columns.owner_id.is_not(None)
    )
    found: dict[int, list[str]] = {one.id or 0: [] for one in places.all() if one.level is level}
    for platform_id, owner_id in session.connection().execute(query.order_by(columns.id)):
        owner = places.present(places.by_id(owner_id))
        if owner is not None and owner.id in found:
            found[owner.id].append(platform_id)
    return found


def _measured(session: Session, platform_ids: Sequence[str]) -> dict[str, list[Indicator]]:
    """Indicators of those platforms that anybody has looked at or counted."""
    stated = select(col(UsageFigure.platform_id)).where(col(UsageFigure.ended_at).is_(None))
    known = set(session.connection().execute(union(select(col(Probe.platform_id)), stated)).scalars())
    found: dict[str, list[Indicator]] = {}
    for part in _slices([one for one in platform_ids if one in known]):
        found |= quality_of_all(session, part, LOOKS)
    return found


def _slices(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _SLICE):
        yield ids[start : start + _SLICE]


def _row(government_id: int | None, ids: Sequence[str], known: dict[str, list[Indicator]]) -> QualityRow:
    measured = [known[one] for one in ids if one in known]
    reaches = []
    for place, (key, dimension, ko, en) in enumerate(INDICATORS):
        said = [indicators[place] for indicators in measured if indicators[place].is_measured]
        judged = [one for one in said if one.good is not None]
        reaches.append(Reach(key, dimension, ko, en, len(said), len(judged), sum(bool(one.good) for one in judged)))
    return QualityRow(government_id, len(ids), tuple(reaches))
