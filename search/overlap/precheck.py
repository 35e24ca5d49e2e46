"""Before we build this: does it exist, and whom do we ask to share it? (사전검토)"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import Engine, func, select
from sqlmodel import Session, col

from registry.database import session_of
from registry.errors import NotFound
from registry.models import Platform
from registry.models.base import now
from registry.vocab import PlatformState
from search.overlap.area import AreaRelation
from search.overlap.consultation import ConsultationNote, consultation_notes
from search.overlap.hit_reasons import reason_of
from search.overlap.index import Index
from search.overlap.joining import HitFacts, facts_of_hits
from search.overlap.live import live_index
from search.overlap.partners import Partner, lacking_around, of_level
from search.overlap.plan import Plan, read_plan, unplaced_words
from search.overlap.tiers import TIERS, Hit, find_hits
from search.overlap.verdict import REFERENCE_ONLY, Answered, Proposal, propose, questions
from search.query import SearchQuery


class Searches(Protocol):
    """What a text search must offer to help where the vocabulary does not know the function."""

    def search(self, query: SearchQuery) -> Any:
        """A page of hits."""


@dataclass(frozen=True)
class Checked:
    """A pre-build check with everything pages show; `as_data` is what the command prints."""

    plan: Plan
    hits: Mapping[str, list[Hit]]
    answers: list[Answered]
    partners: list[Partner]
    proposal: Proposal
    searched_at: datetime
    searched: int
    data_date: str
    known_gaps: list[str]
    facts: Mapping[str, HitFacts]
    consultation: list[ConsultationNote]

    def as_data(self) -> dict[str, Any]:
        """The agreed JSON: coverage is a share from 0 to 1, functions and missing are ids of the vocabulary."""
        return {
            "functions": list(self.plan.functions),
            "questions": [
                {"question": one.question, "answer": one.answer, "evidence": list(one.evidence)} for one in self.answers
            ],
            "tiers": [{"tier": tier, "hits": [_hit_data(hit) for hit in self.hits[tier]]} for tier in TIERS],
            "partners": [
                {"id": one.id, "name": one.name, "relation": one.relation, "electors": one.electors}
                for one in self.partners
            ],
            "proposed_verdict": self.proposal.verdict,
            "searched_at": self.searched_at.isoformat(),
            "known_gaps": self.known_gaps,
        }


def precheck(
    database: Engine | Session,
    plan: Mapping[str, Any],
    as_if_unknown: str | None = None,
    finder: Searches | None = None,
) -> dict[str, Any]:
    """Check a plan (`read_plan` says which fields) and give the agreed JSON.

    `as_if_unknown` leaves a platform out, so that a check can be tested on what exists. InvalidValue, NotFound.
    """
    return check(database, plan, as_if_unknown, finder).as_data()


def check(
    database: Engine | Session,
    plan: Mapping[str, Any],
    as_if_unknown: str | None = None,
    finder: Searches | None = None,
) -> Checked:
    """Check a plan and give everything that was found."""
    engine = _engine_of(database)
    live = live_index(engine)
    with live.lock:
        index = live.refresh()
        if as_if_unknown is not None and as_if_unknown not in index.subjects:
            raise NotFound("platform", as_if_unknown)
        read = read_plan(plan, index.places, index.words)
        found = find_hits(index, read, [as_if_unknown] if as_if_unknown else [], _by_text(index, read, finder))
        gaps = _known_gaps(index, read, unplaced_words(plan.get("functions"), index.words))
        partners = lacking_around(index, read, [as_if_unknown] if as_if_unknown else [])
        searched = len(index) - (as_if_unknown is not None)
    with session_of(engine) as session:
        newest = session.connection().execute(
            select(func.max(col(Platform.updated_at))).where(col(Platform.state) == PlatformState.active)
        )
        data_date = str(newest.scalar() or "")[:10]
        facts = facts_of_hits(session, [hit for tier in found.values() for hit in tier], index.places)
    return Checked(
        plan=read,
        hits=found,
        answers=questions(read, found, index.words),
        partners=partners,
        proposal=propose(read, found),
        searched_at=now(),
        searched=searched,
        data_date=data_date,
        known_gaps=[
            f"{REFERENCE_ONLY}: 등록된 플랫폼 {searched:,}개와 비교함(자료 기준일 {data_date or '없음'})",
            *gaps,
        ],
        facts=facts,
        consultation=consultation_notes(read.owner.level, read.cost_krw, date.today()),
    )


def _hit_data(hit: Hit) -> dict[str, Any]:
    return {
        "id": hit.subject.id,
        "name": hit.subject.name,
        "owner": hit.subject.owner_name,
        "coverage": hit.coverage,
        "missing": list(hit.missing),
        "status": hit.subject.status,
        "reason": reason_of(hit),
    }


def _by_text(index: Index, plan: Plan, finder: Searches | None) -> list[str]:
    """Ids a text search brings where no function is known; without a search, names with words of the plan."""
    if plan.functions:
        return []
    if finder is not None:
        page = finder.search(SearchQuery(text=plan.text[:200], limit=30))
        return [hit.id for hit in page.hits]
    said = {word for word in plan.text.split() if len(word) > 1}
    return [one for one, subject in index.subjects.items() if any(word in subject.name for word in said)][:200]


def _known_gaps(index: Index, plan: Plan, unplaced: list[str]) -> list[str]:
    gaps = []
    if unplaced:
        gaps.append(f"기능 낱말을 알아듣지 못함: {', '.join(unplaced)}")
    if not plan.functions:
        gaps.append("계획의 기능을 알 수 없어 이름과 낱말로만 찾음")
    elif not plan.declared:
        names = ", ".join(index.words.functions[key].ko for key in plan.functions)
        gaps.append(f"기능을 목적에서 미루어 정함: {names}")
    around = index.geography.around(index.territory(plan.subject), AreaRelation.neighbour)
    bare = [
        government.full_name
        for government in of_level(index, around, plan.owner.level)
        if len(index.by_owner.get(government.id or 0, ())) < 2
    ]
    if bare:
        gaps.append(f"등록된 플랫폼이 거의 없는 이웃: {', '.join(bare[:8])}{' 등' if len(bare) > 8 else ''}")
    if len(index.by_owner.get(plan.owner.id or 0, ())) < 2:
        gaps.append(f"{plan.owner.full_name} 자체의 등록 자료가 적어 자체 중복을 놓칠 수 있음")
    if plan.cost_krw is None:
        gaps.append("소요비용이 없어 사전협의 대상 금액을 확인하지 못함")
    return gaps


def _engine_of(database: Engine | Session) -> Engine:
    if isinstance(database, Session):
        bind = database.get_bind()
        return bind if isinstance(bind, Engine) else bind.engine
    return database
