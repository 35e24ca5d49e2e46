"""What a planner needs to know to join a hit: the way (공동이용·연계·보급), whom to ask, users, costs and dates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from registry.governments import Places
from registry.models import Platform
from search.overlap.figures import Figures, figures_of_all
from search.overlap.tiers import Hit, joint_system

# 개선: the own one is improved. 공동이용: one operation for several. 연계: connect to it. 보급: take over its software.
IMPROVE, SHARE, CONNECT, DISTRIBUTE = "개선", "공동이용", "연계", "보급"
WAY_EN = {IMPROVE: "improve", SHARE: "share", CONNECT: "connect", DISTRIBUTE: "take over", "": "–"}


@dataclass(frozen=True)
class Way:
    """How one could join: a word of the officials and a sentence in both languages; `name` is '' where none is left."""

    name: str
    ko: str
    en: str


@dataclass(frozen=True)
class HitFacts:
    """Facts of a hit beyond what comparing knows; empty means 'not known'."""

    way: Way
    figures: Figures
    status_since: str
    department: str
    operator: str
    phones: tuple[str, ...]
    homepage: str


def way_to_join(hit: Hit) -> Way:
    """The first thing to ask for, by the tier and state of the hit; for the reviewer's reference."""
    subject = hit.subject
    joint = joint_system(subject)
    if subject.status == "closed":
        return Way("", "종료되어 함께 쓸 수 없음: 경과와 이유를 참고", "Closed: learn from how and why it ended")
    if joint is not None:
        return Way(SHARE, joint.how_ko, joint.how_en)
    if hit.tier == "own":
        return Way(IMPROVE, "새로 만들지 않고 이것에 기능을 더함", "Add to it instead of building anew")
    if subject.status == "planned":
        return Way(SHARE, "계획 단계에서 공동 추진을 협의", "Plan it together while it is being planned")
    if hit.tier == "private":
        return Way(
            CONNECT, "정보를 열어 연계하거나 위탁·협업을 검토", "Open the data to it, commission it or cooperate"
        )
    if hit.tier == "upper" and hit.covers_plan:
        return Way(
            SHARE, "이미 이 지역을 포함하므로 안내·연계만 협의", "It covers this area: agree on guidance and links"
        )
    if subject.operation:
        what = subject.operation
        return Way(SHARE, f"{what}에 참여를 협의", f"Agree to take part in {what}")
    if hit.tier == "upper":
        return Way(SHARE, "대상 지역에 넣을 수 있는지 협의", "Ask whether this area can be taken in")
    if hit.tier == "zone":
        return Way(SHARE, "공동 운영(전자정부법 제65조②) 또는 연계를 협의", "Agree to run it together or connect")
    if subject.engine:
        return Way(DISTRIBUTE, f"같은 제품({subject.engine})의 공동 도입을 협의", f"Buy {subject.engine} together")
    return Way(DISTRIBUTE, "프로그램·설계를 나눠 쓸 수 있는지 문의", "Ask whether software and design can be passed on")


def facts_of_hits(session: Session, hits: Iterable[Hit], places: Places) -> Mapping[str, HitFacts]:
    """Facts of hits by platform id, read at once."""
    by_id = {hit.subject.id: hit for hit in hits}
    figures = figures_of_all(session, list(by_id))
    rows = session.execute(select(Platform).where(col(Platform.id).in_(list(by_id)))).scalars()
    found = {}
    for row in rows:
        owner = places.by_id(row.owner_id) if row.owner_id is not None else None
        joint = joint_system(by_id[row.id].subject)
        found[row.id] = HitFacts(
            way=way_to_join(by_id[row.id]),
            figures=figures.get(row.id, Figures()),
            status_since=row.closed if row.status == "closed" else row.status_since or row.launched,
            department=row.department,
            operator=joint.operator if joint is not None else row.operator,
            phones=tuple(one["value"] for one in row.channels if one.get("kind") == "phone" and one.get("value")),
            homepage=owner.homepage if owner is not None else "",
        )
    return found
