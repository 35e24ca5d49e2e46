"""Take what one government answered to the survey's items for one year, beside what others stated of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from registry.audit import audit
from registry.errors import InvalidValue
from registry.models import Government, Source, SurveyAnswer
from registry.questionnaire import check_band, item_of
from registry.records import Actor

COUNTS = "S8-2"
ABOUT_THE_GOVERNMENT = (COUNTS, "S8-3", "S8-5")
"""Of the items asked of all, those about the government; the others ask about the officer who fills the form in, and
what they say of her (sex, age, rank, years of service) is nobody's business here."""


@dataclass(frozen=True)
class Answer:
    """One item as answered: option numbers, or a number, or words; `value` is the exact figure behind a band.

    `type` tells the counts of platforms (S8-2) apart: of all ('') or of one type; of other items the item tells it.
    """

    item: str
    options: tuple[str, ...] = ()
    value: float | None = None
    text: str = ""
    type: str = ""


def answer_survey(
    session: Session, government: Government, year: int, answers: Sequence[Answer], *, actor: Actor, source: Source
) -> int:
    """Keep a government's answers of one year; how many rows were written.

    What the same source said of this government and year before is replaced; what others said stands beside it. An
    item that is not answered is no answer, never zero. InvalidValue names the item, and then nothing is written.
    """
    if not 1990 <= year <= 2100:
        raise InvalidValue(
            "year",
            year,
            "조사 연도가 아닙니다.",
            "This is no year of a survey.",
            "네 자리 연도를 쓰세요.",
            "Write four digits.",
        )
    rows = [row for answer in answers for row in _rows(answer)]
    assert government.id is not None
    session.exec(
        delete(SurveyAnswer).where(
            col(SurveyAnswer.government_id) == government.id,
            col(SurveyAnswer.year) == year,
            col(SurveyAnswer.source_id) == source.id,
        )
    )
    if rows:
        common = {"government_id": government.id, "year": year, "source_id": source.id}
        session.connection().execute(insert(SurveyAnswer), [{**row, **common} for row in rows])
    items = sorted({answer.item for answer in answers})
    audit(session, actor, "answer_survey", f"government:{government.code}", {"year": year, "items": items})
    return len(rows)


def answers_of(session: Session, government_id: int, year: int, source_id: str = "") -> list[SurveyAnswer]:
    """What was answered of one government and year, by item; of one source or of all."""
    query = select(SurveyAnswer).where(SurveyAnswer.government_id == government_id, SurveyAnswer.year == year)
    if source_id:
        query = query.where(SurveyAnswer.source_id == source_id)
    return list(session.exec(query.order_by(col(SurveyAnswer.item), col(SurveyAnswer.option))))


def _rows(answer: Answer) -> list[dict[str, object]]:
    item = item_of(answer.item)
    if item.type == "" and item.code not in ABOUT_THE_GOVERNMENT:
        raise InvalidValue(
            item.code,
            ", ".join(answer.options) or answer.text,
            "응답자 개인에 관한 문항은 받지 않습니다.",
            "Items about the person who answers are not taken.",
            "이 열을 빼세요.",
            "Leave this column out.",
        )
    if item.kind != "multiple" and len(answer.options) > 1:
        raise InvalidValue(
            item.code,
            ", ".join(answer.options),
            "하나만 고르는 문항입니다.",
            "Only one answer may be given.",
            "응답을 하나만 남기세요.",
            "Leave one answer.",
        )
    row = {"type": answer.type or item.type, "item": item.code, "value": answer.value, "note": answer.text}
    options = [item.check(option) for option in answer.options]
    if answer.value is not None and options:
        check_band(item.code, options[0], answer.value)
    return [{**row, "option": option} for option in dict.fromkeys(options or [""])]
