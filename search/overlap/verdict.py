"""The report's four questions, in its order, and a proposed verdict: for the reviewer's reference, never a decision."""

from collections.abc import Mapping
from dataclasses import dataclass

from registry.particles import with_particle
from registry.vocabulary import Vocabulary
from search.overlap.plan import Plan
from search.overlap.scoring import COVERED
from search.overlap.tiers import Hit

# 추진, 조건부추진, 추진보류, 신청반려: the words of the pre-consultation (Seoul's result report of 2018).
GO, ON_CONDITION, HOLD, RETURN = "추진", "조건부추진", "추진보류", "신청반려"
VERDICT_EN = {GO: "go ahead", ON_CONDITION: "go ahead on conditions", HOLD: "put on hold", RETURN: "return"}
REFERENCE_ONLY = "검토 참고용"

_BLIND_SPOTS = {
    "취약계층": ("취약", "저소득", "장애", "고령", "노인", "어르신", "독거", "아동", "다문화", "한부모", "교통약자"),
    "농산어촌": ("농촌", "어촌", "산촌", "농어촌", "오지", "도서지역", "벽지", "인구감소", "소멸", "농산어촌"),
    "격차": ("격차", "소외", "사각지대", "접근이 어려", "불평등", "수수료 부담", "독과점", "독점"),
    "공공재": ("공공재", "공익", "안전", "재난", "무료로", "민주", "참여", "알권리"),
}
_VULNERABLE = frozenset(
    [
        "elderly",
        "disabled",
        "low_income",
        "children",
        "parents",
        "foreigners",
        "veterans",
        "teenagers",
        "farmers",
        "women",
    ]
)
_RUNNING = ("running", "unknown")


@dataclass(frozen=True)
class Answered:
    """One question with its answer and what the answer rests on."""

    question: str
    answer: str
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Proposal:
    """A proposed verdict with its reasons and the conditions that would go with it."""

    verdict: str
    reasons: tuple[str, ...]
    conditions: tuple[str, ...]


def questions(plan: Plan, hits: Mapping[str, list[Hit]], words: Vocabulary) -> list[Answered]:
    """Asked in the order of KRILA 2022-01 §7.2.1.6 (p. 207–209)."""
    return [
        _private(plan, hits["private"], words),
        _existing(plan, hits),
        _management(plan),
        _blind_spot(plan, hits["private"]),
    ]


def blind_spots(plan: Plan) -> list[str]:
    """Grounds that may justify building in spite of private services, with the words that say so."""
    found = []
    for ground, said in _BLIND_SPOTS.items():
        words = [word for word in said if word in plan.text]
        if words:
            found.append(f"{ground}: {', '.join(words)}")
    vulnerable = sorted(plan.subject.beneficiaries & _VULNERABLE)
    if vulnerable and not any(one.startswith("취약계층") for one in found):
        found.append(f"취약계층: {', '.join(vulnerable)}")
    if plan.owner.kind == "군" and not any(one.startswith("농산어촌") for one in found):
        found.append(f"농산어촌: {plan.owner.name}")
    return found


def propose(plan: Plan, hits: Mapping[str, list[Hit]]) -> Proposal:
    """A verdict from what exists: the nearer and fuller the existing platform, the less there is to build."""
    own = _strong(hits["own"])
    above = [hit for hit in _strong([*hits["upper"], *hits["shared"]]) if hit.covers_plan]
    near = _strong(hits["zone"])
    planned = [hit for hit in hits["zone"] if hit.subject.status == "planned" and hit.coverage >= COVERED]
    private = _strong(hits["private"])
    spots = blind_spots(plan)
    reasons: list[str] = []
    conditions: list[str] = []
    if own:
        reasons.append(f"같은 기관의 {with_particle(_named(own), '이')} 계획한 기능의 {_percent(own[0])}를 이미 제공함")
        conditions.append(f"{_named(own)}의 개선·고도화로 충족되는지 먼저 확인")
    if above:
        reasons.append(
            f"{with_particle(_named(above), '이')} 이 지역을 이미 포함하고 기능의 {_percent(above[0])}를 제공함"
        )
        conditions.append(f"{_named(above)}의 공동이용·연계를 {with_particle(above[0].subject.owner_name, '과')} 협의")
    if near:
        reasons.append(f"생활권·인접 지역의 {with_particle(_named(near), '이')} 같은 기능을 제공함")
        conditions.append(f"{with_particle(_named(near), '과')} 공동 운영(전자정부법 제65조②) 또는 연계를 협의")
    if planned:
        conditions.append(f"같은 기능을 계획 중인 {with_particle(_named(planned), '과')} 공동 추진을 협의")
    if private:
        reasons.append(f"민간 서비스 {with_particle(_named(private), '이')} 같은 기능을 제공함")
        conditions.append("민간 서비스와의 차별성 또는 민간 위탁·협업 가능성을 소명")
    if not plan.management_plan:
        conditions.append("지속적인 관리계획(인력·예산·운영 주체)을 제출")
    if not plan.legal_basis:
        conditions.append("조례 등 설치·운영 근거를 마련")
    if not plan.functions:
        return Proposal(HOLD, ("기능을 알 수 없어 비교할 수 없음",), ("구현기능을 구체적으로 적어 다시 신청",))
    full_own = [hit for hit in own if hit.coverage >= 0.9]
    if full_own and not plan.management_plan and not spots:
        return Proposal(RETURN, tuple(reasons), tuple(conditions))
    if own or (above and not spots):
        return Proposal(HOLD, tuple(reasons), tuple(conditions))
    if reasons or planned or not plan.management_plan:
        if not reasons:
            reasons.append("같은 기능의 공공 플랫폼은 찾지 못했으나 갖출 조건이 남음")
        return Proposal(ON_CONDITION, tuple(reasons), tuple(conditions))
    reasons.append("이 지역과 생활권, 상위 기관, 공동 시스템에서 같은 기능의 플랫폼을 찾지 못함")
    return Proposal(GO, tuple(reasons), tuple(conditions))


def _private(plan: Plan, hits: list[Hit], words: Vocabulary) -> Answered:
    known = [name for key in plan.functions for name in words.functions[key].private]
    found = [f"{hit.subject.name} ({_percent(hit)})" for hit in hits]
    evidence = tuple(dict.fromkeys([*found, *known]))
    answer = "예, 민간 서비스가 있음" if evidence else "알려진 민간 서비스를 찾지 못함"
    return Answered("민간 플랫폼이 이 가치를 제공할 수 있는가?", answer, evidence)


def _existing(plan: Plan, hits: Mapping[str, list[Hit]]) -> Answered:
    strong = _strong([*hits["own"], *hits["upper"], *hits["shared"]])
    partly = [hit for tier in ("own", "upper", "shared", "zone") for hit in hits[tier] if hit not in strong]
    evidence = tuple(
        f"{hit.subject.name} · {hit.subject.owner_name} ({_percent(hit)})" for hit in (strong or partly)[:5]
    )
    if strong:
        return Answered(_EXISTING, "예, 개선하거나 함께 쓸 수 있는 공공 플랫폼이 있음", evidence)
    if partly:
        return Answered(_EXISTING, "일부 기능은 가능함", evidence)
    return Answered(_EXISTING, "찾지 못함", ())


_EXISTING = "기존 공공 플랫폼을 개선하거나 함께 쓰면 되는가?"


def _management(plan: Plan) -> Answered:
    evidence = tuple(one for one in (plan.management_plan, plan.legal_basis) if one)
    if plan.management_plan and plan.legal_basis:
        answer = "예, 관리계획과 근거가 있음"
    elif plan.management_plan:
        answer = "관리계획은 있으나 조례 등 근거가 없음"
    else:
        answer = "아니오, 관리계획이 제시되지 않음"
    return Answered("지속적인 관리계획이 있는가?", answer, evidence)


def _blind_spot(plan: Plan, private: list[Hit]) -> Answered:
    found = tuple(blind_spots(plan))
    if found:
        return Answered(_BLIND_SPOT, "해당될 수 있음(소명 필요)", found)
    answer = "확인되지 않음" if private else "판단할 근거가 없음"
    return Answered(_BLIND_SPOT, answer, ())


_BLIND_SPOT = "구축을 정당화하는 사각지대(민간이 격차를 키움, 취약계층, 농산어촌, 공공재)인가?"


def _strong(hits: list[Hit]) -> list[Hit]:
    return [hit for hit in hits if hit.coverage >= COVERED and hit.subject.status in _RUNNING]


def _named(hits: list[Hit]) -> str:
    return hits[0].subject.name if len(hits) == 1 else f"{hits[0].subject.name} 등 {len(hits)}개"


def _percent(hit: Hit) -> str:
    return f"{round(100 * hit.coverage)}%"
