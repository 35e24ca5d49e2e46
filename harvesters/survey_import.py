"""Keeps what a sheet answers to the survey's items: usage reports of platforms, survey answers of governments."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from harvesters.survey_sheet import Report, report_of_platform
from registry.database import writing_session
from registry.errors import InvalidValue
from registry.governments import Places
from registry.models import Source
from registry.questionnaire import BANDS
from registry.records import Actor, FigureClaim, HarvestedRecord
from registry.survey_answers import answer_survey
from registry.usage import PERIOD, report_usage


class SurveyImport:
    """What was kept (`kept`) and what was not and why (`rejected`: row and error), of one sheet."""

    def __init__(self, source: Source, actor: Actor) -> None:
        self.source, self.actor = source, actor
        self.kept: list[dict[str, Any]] = []
        self.rejected: list[tuple[int, InvalidValue]] = []

    def of_platform(self, session: Session, row: int, record: HarvestedRecord, platform_id: str) -> None:
        """The usage report in one row, in the transaction that registers its platform."""
        said = report_of_platform(record.fields, row)
        if said.empty:
            return
        self.rejected += [(row, problem) for problem in said.problems]
        figures = [*said.figures, *_behind_bands(said)]
        options: dict[str, str | list[str]] = {
            one.item: one.options[0] if len(one.options) == 1 else list(one.options)
            for one in said.answers
            if one.options
        }
        self.rejected += [(row, _words(one.item, one.text)) for one in said.answers if one.text]
        if not (options or figures):
            return
        if not PERIOD.fullmatch(said.period):
            self.rejected.append((row, _no_period("period", said.period)))
            return
        source = session.get_one(Source, self.source.id)
        try:
            report_usage(session, platform_id, said.period, options, actor=self.actor, source=source, figures=figures)
        except InvalidValue as problem:
            self.rejected.append((row, problem))
            return
        self._keep(said, "usage_report", platform_id, figures)

    def of_governments(self, database: Engine, reports: Sequence[Report], dry: bool) -> None:
        """The survey answers of governments, each whole or absent; a dry run writes none of them."""
        if not reports:
            return
        with writing_session(database) as session:
            source = session.merge(self.source) if dry else session.get_one(Source, self.source.id)
            session.flush()
            places = Places.load(session)
            for said in reports:
                self.rejected += [(said.row, problem) for problem in said.problems]
                if not said.answers:
                    continue
                try:
                    if not said.period[:4].isdigit() or len(said.period) != 4:
                        raise _no_period("year", said.period)
                    government = places.resolve(said.owner)
                    year = int(said.period)
                    answer_survey(session, government, year, said.answers, actor=self.actor, source=source)
                except InvalidValue as problem:
                    self.rejected.append((said.row, problem))
                    continue
                self._keep(said, "survey_answer", government.full_name, [])
            if dry:
                session.rollback()

    def _keep(self, said: Report, kind: str, subject: str, figures: Sequence[FigureClaim]) -> None:
        items = {
            ".".join(filter(None, (one.item, one.type))): list(one.options) or one.text or one.value
            for one in said.answers
            if kind == "survey_answer" or one.options
        }
        shown = [
            {name: getattr(one, name) for name in ("key", "value", "period", "payer", "purpose")} for one in figures
        ]
        self.kept.append(
            {"row": said.row, "kind": kind, "of": subject, "period": said.period, "items": items, "figures": shown}
        )


def _behind_bands(said: Report) -> list[FigureClaim]:
    """The exact figures that stood where a band was asked for, unless a column of their own has them."""
    stated = {one.key for one in said.figures}
    counted = {"users_week": "week", "budget_krw": "year"}
    found = []
    for one in said.answers:
        key = BANDS.get(one.item.partition("-")[2], ("", ()))[0]
        if key and one.value is not None and key not in stated:
            found.append(FigureClaim(key, one.value, period=counted.get(key, "")))
    return found


def _no_period(field: str, value: str) -> InvalidValue:
    return InvalidValue(
        field,
        value,
        "응답과 수치가 어느 해의 것인지 알 수 없습니다.",
        "It is not said for which year the answers and figures hold.",
        "'기간'(또는 '연도') 열에 2026처럼 쓰거나 --period 2026 을 주세요.",
        "Write 2026 in a column 'period' (or 'year'), or give --period 2026.",
    )


def _words(item: str, text: str) -> InvalidValue:
    return InvalidValue(
        item,
        text,
        "글로 답하는 문항은 이용 현황에 남기지 않습니다.",
        "An item that is answered in words is not kept in a usage report.",
        "지방자치단체의 조사 응답으로 올리세요.",
        "Hand it in as the government's answer to the survey.",
    )
