"""`metaplatform import`: a sheet from a file takes the way of every record, and each row is told what became of it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from config.settings import Settings, get_settings
from harvesters.base import HarvestTask, Listing, Progress, no_progress
from harvesters.intake import Understood
from harvesters.ledger import RunReport
from harvesters.questionnaire import is_questionnaire
from harvesters.rehearsal import preview
from harvesters.runner import run_source
from harvesters.sheet import records_of_table, table_of_sheet
from harvesters.sheet_refusals import naming, refuse_useless
from harvesters.sources import config_hash
from harvesters.survey_import import SurveyImport
from harvesters.survey_sheet import PERIOD_HEADINGS, has_reports, reports_of_governments
from registry.database import session_of, writing_session
from registry.errors import Conflict, InvalidValue
from registry.likeness import likeness_question
from registry.models import Platform, Source
from registry.records import Actor, HarvestedRecord, Question
from registry.vocab import Rank


def import_file(
    database: Engine,
    path: Path,
    source_name: str,
    dry_run: bool,
    actor: Actor,
    settings: Settings | None = None,
    progress: Progress = no_progress,
    period: str = "",
) -> dict[str, Any]:
    """Register the rows of a sheet, or show what would happen.

    A sheet is no listing: what it does not name is not gone. Answers to the survey's items and exact figures are kept
    with their platform or government for the period that a column names, or else for `period`. Raises InvalidValue
    (naming the file and what was found in it) when the file is no table of platforms, or when the name cannot be a
    source's, Conflict when that name belongs to a source of another kind.
    """
    source = _source(database, source_name)
    body = path.read_bytes()
    with naming(path):
        table = table_of_sheet(body, source.options, source.lookups)
        refuse_useless(table, source.lookups)
    records = records_of_table(table, body, source.url, source.options, source.lookups)
    of_governments = reports_of_governments(table, period) if is_questionnaire(table.headings) else []
    if period and not is_questionnaire(table.headings) and has_reports(table.headings):
        records = [(number, _with_period(record, period)) for number, record in records]
    rows = _RowNumbers(records, SurveyImport(source, actor))
    if dry_run:
        listing = Listing()
        listing.scope = "since"
        listing.end()
        only = [record for _number, record in records]
        report = preview(database, source, only, listing, None, actor, progress, watch=rows.note)
        rows.survey.of_governments(database, of_governments, dry=True)
        return _result(rows, report, rows.previewed)
    with writing_session(database) as session:
        if session.get(Source, source.id) is None:
            session.add(source)

    def read(task: HarvestTask) -> Iterator[HarvestedRecord]:
        task.listing.scope = "since"
        for done, (_number, record) in enumerate(records):
            task.progress(path.name, done, len(records))
            yield record
        task.listing.end()

    report = run_source(
        database,
        settings or get_settings(),
        source.id,
        actor=actor,
        progress=progress,
        reader=read,
        watch=rows.note,
    )
    rows.survey.of_governments(database, of_governments, dry=False)
    with session_of(database) as session:
        return _result(rows, report, _registered(session, report))


class _RowNumbers:
    """Which row each record stood in, and what was understood of it."""

    def __init__(self, records: list[tuple[int, HarvestedRecord]], survey: SurveyImport) -> None:
        self.survey = survey
        self._numbers: dict[str, int] = {}
        self.repeated: list[tuple[int, HarvestedRecord]] = []
        for number, record in records:
            if record.remote_id in self._numbers:
                self.repeated.append((number, record))
            self._numbers.setdefault(record.remote_id, number)
        self.understood: dict[str, Understood] = {}
        self.previewed: dict[str, dict[str, Any]] = {}

    def of(self, remote_id: str) -> int:
        return self._numbers.get(remote_id, 0)

    def note(self, session: Session, understood: Understood, platform_id: str) -> None:
        self.understood[understood.record.remote_id] = understood
        platform = session.get(Platform, platform_id) if platform_id else None
        if platform is not None:
            self.previewed[platform_id] = _shown(platform)
            self.survey.of_platform(session, self.of(understood.record.remote_id), understood.record, platform_id)


def _with_period(record: HarvestedRecord, period: str) -> HarvestedRecord:
    """The record with the period that the file was handed in for, unless its row names one of its own."""
    own = any(record.fields.get(heading) for heading in PERIOD_HEADINGS)
    return record if own else replace(record, fields={**record.fields, PERIOD_HEADINGS[0]: period})


def _source(database: Engine, name: str) -> Source:
    name = name.strip()
    if not name or len(name) > 100:
        raise InvalidValue(
            "source",
            name,
            "출처 이름은 1~100자여야 합니다.",
            "A source's name has 1 to 100 characters.",
            "--source 에 자료의 이름을 쓰세요.",
            "Name the material with --source.",
        )
    with session_of(database) as session:
        known = session.get(Source, name)
        if known is not None:
            session.expunge(known)
    if known is None:
        known = Source(id=name, title=name, harvester="sheet", rank=Rank.harvested, outside=False, enabled=False)
        known.config_hash = config_hash(known)
    elif known.harvester != "sheet":
        raise Conflict(
            f"'{name}' 은(는) 다른 방식({known.harvester})의 원천 이름입니다.",
            f"'{name}' is the name of a source of another kind ({known.harvester}).",
            "다른 이름을 쓰세요.",
            "Use another name.",
        )
    return known


def _registered(session: Session, report: RunReport) -> dict[str, dict[str, Any]]:
    ids = {line.platform_id for line in report.lines if line.platform_id}
    found: dict[str, dict[str, Any]] = {}
    for start in range(0, len(ids), 400):
        part = sorted(ids)[start : start + 400]
        for platform in session.exec(select(Platform).where(col(Platform.id).in_(part))):
            found[platform.id] = _shown(platform)
    return found


def _shown(platform: Platform) -> dict[str, Any]:
    return {
        "id": platform.id,
        "name": platform.name,
        "owner": platform.owner_name,
        "type": platform.type.value if platform.type else None,
        "form": platform.form,
        "functions": [one["id"] for one in platform.functions],
        "beneficiaries": list(platform.beneficiaries),
    }


def _result(rows: _RowNumbers, report: RunReport, platforms: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The answer of `metaplatform import`, row by row in the sheet's order."""
    result: dict[str, Any] = {
        "added": [],
        "changed": [],
        "unchanged": report.counts.get("unchanged", 0),
        "matched": [],
        "questions": _questions(rows),
        "rejected": [],
    }
    for line in report.lines:
        row = rows.of(line.remote_id)
        draft = rows.understood[line.remote_id].draft if line.remote_id in rows.understood else None
        shown = platforms.get(line.platform_id, {"name": line.name})
        if line.action == "changed" and not line.detail.get("fields") and not (draft and draft.figures):
            # A source that says of a known platform what is known already adds itself, and nothing that one sees.
            result["unchanged"] += 1
        elif line.action in ("added", "changed", "restored"):
            entry = {"row": row, **shown, "confidence": round(draft.confidence, 3) if draft else 1.0}
            if line.action != "added":
                entry["fields"] = line.detail.get("fields", {})
            result["added" if line.action == "added" else "changed"].append(entry)
        if "may_be" in line.detail:
            result["questions"].append(_question(row, line.name, likeness_question(line.name, line.detail["may_be"])))
        if line.action == "rejected":
            result["rejected"].append(_rejection(row, line.detail))
        if line.action in ("changed", "unchanged", "restored") and line.detail.get("matched_by", "record") != "record":
            result["matched"].append({"row": row, "id": line.platform_id, "by": line.detail["matched_by"]})
    for row, record in rows.repeated:
        cause = {
            "ko": "같은 표에 같은 이름과 기관의 행이 또 있습니다.",
            "en": "The sheet names it twice (name and owner).",
        }
        remedy = {"ko": "한 행만 남기거나 주소를 채우세요.", "en": "Keep one row, or fill in the addresses."}
        value = str(record.fields.get("name") or record.remote_id)
        result["rejected"].append(_rejection(row, {"field": "name", "value": value, "cause": cause, "remedy": remedy}))
    for row, problem in rows.survey.rejected:
        result["rejected"].append(_rejection(row, problem.facts()))
    if rows.survey.kept:
        result["answers"] = rows.survey.kept
    for key in ("added", "changed", "matched", "questions", "rejected"):
        result[key].sort(key=lambda one: one["row"])
    return result


def _questions(rows: _RowNumbers) -> list[dict[str, Any]]:
    return [
        _question(rows.of(remote_id), understood.draft.name, question)
        for remote_id, understood in rows.understood.items()
        if understood.draft is not None
        for question in understood.draft.questions
    ]


def _question(row: int, name: str, question: Question) -> dict[str, Any]:
    return {
        "row": row,
        "name": name,
        "field": question.field,
        "question": f"{question.cause_ko} / {question.cause_en}",
        "remedy": f"{question.remedy_ko} / {question.remedy_en}",
        "choices": list(question.choices),
    }


def _rejection(row: int, facts: Any) -> dict[str, Any]:
    cause, remedy = facts.get("cause", {}), facts.get("remedy", {})
    return {
        "row": row,
        "field": facts.get("field", ""),
        "value": facts.get("value", ""),
        "reason": f"{cause.get('ko', '')} / {cause.get('en', '')}",
        "remedy": f"{remedy.get('ko', '')} / {remedy.get('en', '')}",
    }
