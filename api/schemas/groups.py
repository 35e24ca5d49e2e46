"""Groups of platforms that do the same job, and one group as the ministry reads it."""

from pydantic import BaseModel

from api.schemas.overlap import DatedFigureOut, PlatformName, example_of


class GroupMember(PlatformName):
    """A platform's place in a group: medoid, member, joint, planned, closed or private."""

    role: str


class GroupOut(BaseModel):
    """Platforms that do the same job."""

    id: str
    name: str
    functions: list[str]
    members: list[GroupMember]

    model_config = example_of(
        {
            "id": "G1f0c2a9b3d4e",
            "name": "음식 배달 주문 · 배달특급",
            "functions": ["food_delivery"],
            "members": [{"id": "P89b2547e", "name": "배달특급", "owner": "경기도", "role": "medoid"}],
        }
    )


class MemberOut(GroupMember):
    """A member with what is known of it; null is 'not known', never zero."""

    province: str
    status: str
    launched: str
    closed: str
    operating_mode: str
    operation: str
    users: DatedFigureOut | None
    yearly_cost_krw: DatedFigureOut | None
    build_cost_krw: DatedFigureOut | None
    cost_per_user_krw: float | None


class JoinableOut(BaseModel):
    """What could be joined in one province; the saving assumes the dearest member's yearly cost for one in common."""

    province: str
    members: list[str]
    yearly_cost_krw: float | None
    known_costs: int
    saving_krw: float | None


class BestOut(BaseModel):
    """The most used member, among all or those of like size, and what it has that most others lack."""

    id: str
    among: str
    functions: list[str]
    channels: list[str]


class QualityShareOut(BaseModel):
    """How many members were measured for an indicator, and how many of those are good."""

    key: str
    measured: int
    good: int
    platforms: int


class ClosureOut(BaseModel):
    """A closed member and what took its place."""

    id: str
    closed: str
    successor: str | None


class GroupReportOut(BaseModel):
    """One group as the ministry reads it."""

    id: str
    name: str
    functions: list[str]
    each_government: bool
    members: list[MemberOut]
    yearly_cost_krw: float | None
    costs_known: int
    cost_by_payer: dict[str, float]
    joinable: list[JoinableOut]
    best: list[BestOut]
    quality: list[QualityShareOut]
    closures: list[ClosureOut]
