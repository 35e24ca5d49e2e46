"""Why a hit of the pre-build check is listed, in one sentence for an officer."""

from search.overlap.area import AREA_KO, AreaRelation
from search.overlap.tiers import Hit, joint_system


def reason_of(hit: Hit) -> str:
    """Why a hit is listed, in one sentence for an officer."""
    subject = hit.subject
    parts = []
    joint = joint_system(subject)
    if joint is not None:
        parts.append(f"표준 공동 시스템: {joint.how_ko}")
    elif hit.tier == "own":
        parts.append("같은 기관이 이미 제공함" if subject.status != "closed" else "같은 기관이 제공하다 그만둠")
    elif hit.tier == "upper":
        where = "이 지역을 이미 포함함" if hit.covers_plan else "아직 이 지역을 포함하지 않으나 공동이용을 물을 수 있음"
        parts.append(f"상위 기관의 플랫폼으로 {where}")
    elif hit.tier == "zone":
        parts.append(f"{AREA_KO[hit.area]}의 플랫폼" if hit.area is not AreaRelation.contains else "관할 안의 플랫폼")
    elif hit.tier == "private":
        parts.append("민간 서비스")
    else:
        parts.append("다른 지역의 선례")
    if subject.operation and joint is None:
        parts.append(f"공동 운영: {subject.operation}")
    if subject.status == "planned":
        parts.append("같은 기능을 계획 중이므로 공동 추진을 물을 수 있음")
    if subject.status == "closed":
        parts.append(
            f"{subject.closed or '시점 모름'} 종료" + (f": {subject.description}" if subject.description else "")
        )
    parts.append(f"계획한 기능의 {round(100 * hit.coverage)}% 제공")
    return " · ".join(parts)
