"""From rows to what the REST interface gives; nothing is asked of the database here."""

from collections.abc import Iterable, Mapping

from pydantic import BaseModel

from api import schemas
from registry.governments import Places
from registry.models import (
    Government,
    HarvestRun,
    Issue,
    Platform,
    RunItem,
    Source,
    Statement,
    UsageFigure,
    UsageReport,
)
from registry.vocab import Liveness
from registry.vocabulary import load_vocabulary
from search.query import SearchPage, Suggestion


def platform_out(row: Platform, places: Places) -> schemas.PlatformOut:
    """A platform; the address of a taken-over one is withheld here as on its page."""
    return schemas.PlatformOut(**_platform_facts(row, places))


def platform_detail(
    row: Platform, places: Places, statements: Iterable[Statement], figures: Iterable[UsageFigure]
) -> schemas.PlatformDetail:
    """A platform with its statements and figures."""
    return schemas.PlatformDetail(
        **_platform_facts(row, places),
        statements=[statement_out(one) for one in statements],
        figures=[figure_out(one) for one in figures],
    )


def _platform_facts(row: Platform, places: Places) -> dict[str, object]:
    facts = {name: getattr(row, name) for name in schemas.PlatformOut.model_fields if hasattr(row, name)}
    owner = places.by_id(row.owner_id) if row.owner_id else None
    facts["owner"] = owner.full_name if owner else row.owner_name
    facts["owner_code"] = owner.code if owner else ""
    facts["functions"] = [schemas.FunctionOut(**_only(one, schemas.FunctionOut)) for one in row.functions]
    channels = row.channels
    if row.liveness is Liveness.taken_over:
        facts["url"] = ""
        channels = [one for one in channels if one.get("kind") != "web"]
    facts["channels"] = [schemas.ChannelIO(kind=one["kind"], value=one["value"]) for one in channels]
    return facts


def _only(facts: Mapping[str, object], model: type[BaseModel]) -> dict[str, object]:
    return {key: value for key, value in facts.items() if key in model.model_fields}


def statement_out(row: Statement) -> schemas.StatementOut:
    """One statement."""
    return schemas.StatementOut(
        id=row.id or 0, source=row.source_id, **{name: getattr(row, name) for name in _SAME[schemas.StatementOut]}
    )


def figure_out(row: UsageFigure) -> schemas.FigureOut:
    """One figure with its unit."""
    known = load_vocabulary().figures.get(row.key)
    return schemas.FigureOut(
        unit=known.unit if known else "",
        source=row.source_id,
        **{name: getattr(row, name) for name in _SAME[schemas.FigureOut]},
    )


def report_out(row: UsageReport) -> schemas.ReportOut:
    """One usage report."""
    return schemas.ReportOut(period=row.period, item=row.item, option=row.option, source=row.source_id, at=row.at)


_SAME: dict[type, tuple[str, ...]] = {
    schemas.StatementOut: (
        *("field", "value", "rank", "actor", "as_of", "evidence", "confidence", "note"),
        *("first_seen", "last_seen", "ended_at"),
    ),
    schemas.FigureOut: (
        *("key", "value", "as_of", "period", "payer", "purpose", "quote", "rank", "actor", "note"),
        *("first_seen", "last_seen"),
    ),
    schemas.SourceOut: (
        *("id", "title", "harvester", "url", "owner_code", "rank", "schedule_hours", "outside", "enabled"),
        "next_run_at",
    ),
    schemas.RunOut: (
        *("state", "actor", "started_at", "finished_at", "counts", "stated", "error", "requests", "bytes_read"),
    ),
    schemas.IssueOut: (
        *("code", "severity", "field", "url", "concerns", "times", "created_at", "last_seen", "resolved_at"),
    ),
}


def government_ref(row: Government) -> schemas.GovernmentRef:
    """A government, named."""
    return schemas.GovernmentRef(code=row.code, name=row.full_name, level=row.level)


def government_facts(row: Government, places: Places, platforms: int) -> dict[str, object]:
    """What a government in a list and one by itself have in common."""
    return {
        **{name: getattr(row, name) for name in ("code", "name", "full_name", "name_en", "level", "kind", "homepage")},
        **{name: getattr(row, name) for name in ("latitude", "longitude", "electors")},
        "parent_code": places.by_id(row.parent_id).code if row.parent_id else None,
        "valid_from": row.valid_from.isoformat() if row.valid_from else None,
        "valid_to": row.valid_to.isoformat() if row.valid_to else None,
        "platforms": platforms,
    }


def source_out(row: Source) -> schemas.SourceOut:
    """One source; its options may hold what only an operator should read, so they stay away."""
    return schemas.SourceOut(**{name: getattr(row, name) for name in _SAME[schemas.SourceOut]})


def run_out(row: HarvestRun) -> schemas.RunOut:
    """One run."""
    return schemas.RunOut(
        id=row.id or 0, source=row.source_id, **{name: getattr(row, name) for name in _SAME[schemas.RunOut]}
    )


def run_item_out(row: RunItem) -> schemas.RunItemOut:
    """One line of a run."""
    return schemas.RunItemOut(
        id=row.id or 0,
        action=row.action,
        remote_id=row.remote_id,
        platform_id=row.platform_id,
        name=row.name,
        detail=row.detail,
    )


def issue_out(row: Issue) -> schemas.IssueOut:
    """One issue, without what a resident wrote."""
    return schemas.IssueOut(
        id=row.id or 0,
        cause=schemas.Both(ko=row.cause_ko, en=row.cause_en),
        remedy=schemas.Both(ko=row.remedy_ko, en=row.remedy_en),
        source=row.source_id,
        run=row.run_id,
        platform=row.platform_id,
        **{name: getattr(row, name) for name in _SAME[schemas.IssueOut]},
    )


def search_out(page: SearchPage) -> schemas.SearchOut:
    """The answer to a search."""
    return schemas.SearchOut(
        query=page.query.text,
        total=page.total,
        interpretation=[schemas.ReadingOut(kind=one.kind, from_=one.from_, to=one.to) for one in page.interpretation],
        did_you_mean=page.did_you_mean,
        place_choices=[
            schemas.GovernmentRef(code=one.code, name=one.full_name, level="") for one in page.place_choices
        ],
        hits=[
            schemas.HitOut(
                **{
                    name: getattr(hit, name)
                    for name in ("id", "name", "owner", "type", "form", "status", "liveness", "relation", "description")
                },
                url="" if hit.liveness == Liveness.taken_over else hit.url,
                functions=list(hit.functions),
                score=round(hit.score, 4),
                successor={"id": hit.successor.id, "name": hit.successor.name} if hit.successor else None,
                highlights={key: [list(pair) for pair in pairs] for key, pairs in hit.highlights.items()},
                why=[{"code": one.code, "ko": one.ko, "en": one.en, "points": one.points} for one in hit.why],
            )
            for hit in page.hits
        ],
        facets={
            name: [schemas.FacetOut(value=one.value, label=one.label, count=one.count) for one in values]
            for name, values in page.facets.items()
        },
        took_ms=round(page.took_ms, 3),
    )


def suggestion_out(row: Suggestion) -> schemas.SuggestionOut:
    """One completion."""
    return schemas.SuggestionOut(text=row.text, kind=row.kind, id=row.id, owner=row.owner, note=row.note)
