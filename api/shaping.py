"""From rows to what the REST interface gives; nothing is asked of the database here."""

from collections.abc import Iterable, Mapping

from pydantic import BaseModel

from api.schemas.common import Both
from api.schemas.governments import GovernmentRef
from api.schemas.harvest import IssueOut, RunItemOut, RunOut, SourceOut
from api.schemas.platforms import (
    ChannelIO,
    FigureOut,
    FunctionOut,
    PlatformDetail,
    PlatformOut,
    ReportOut,
    StatementOut,
)
from api.schemas.search import FacetOut, HitOut, ReadingOut, SearchOut, SuggestionOut
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


def platform_out(row: Platform, places: Places) -> PlatformOut:
    """A platform; the address of a taken-over one is withheld here as on its page."""
    return PlatformOut(**_platform_facts(row, places))


def platform_detail(
    row: Platform, places: Places, statements: Iterable[Statement], figures: Iterable[UsageFigure]
) -> PlatformDetail:
    """A platform with its statements and figures."""
    return PlatformDetail(
        **_platform_facts(row, places),
        statements=[statement_out(one) for one in statements],
        figures=[figure_out(one) for one in figures],
    )


def _platform_facts(row: Platform, places: Places) -> dict[str, object]:
    facts = {name: getattr(row, name) for name in PlatformOut.model_fields if hasattr(row, name)}
    owner = places.by_id(row.owner_id) if row.owner_id else None
    facts["owner"] = owner.full_name if owner else row.owner_name
    facts["owner_code"] = owner.code if owner else ""
    facts["functions"] = [FunctionOut(**_only(one, FunctionOut)) for one in row.functions]
    channels = row.channels
    if row.liveness is Liveness.taken_over:
        facts["url"] = ""
        channels = [one for one in channels if one.get("kind") != "web"]
    facts["channels"] = [ChannelIO(kind=one["kind"], value=one["value"]) for one in channels]
    return facts


def _only(facts: Mapping[str, object], model: type[BaseModel]) -> dict[str, object]:
    return {key: value for key, value in facts.items() if key in model.model_fields}


def statement_out(row: Statement) -> StatementOut:
    """One statement."""
    return StatementOut(
        id=row.id or 0, source=row.source_id, **{name: getattr(row, name) for name in _SAME[StatementOut]}
    )


def figure_out(row: UsageFigure) -> FigureOut:
    """One figure with its unit."""
    known = load_vocabulary().figures.get(row.key)
    return FigureOut(
        unit=known.unit if known else "",
        source=row.source_id,
        **{name: getattr(row, name) for name in _SAME[FigureOut]},
    )


def report_out(row: UsageReport) -> ReportOut:
    """One usage report."""
    return ReportOut(period=row.period, item=row.item, option=row.option, source=row.source_id, at=row.at)


_SAME: dict[type, tuple[str, ...]] = {
    StatementOut: (
        *("field", "value", "rank", "actor", "as_of", "evidence", "confidence", "note"),
        *("first_seen", "last_seen", "ended_at"),
    ),
    FigureOut: (
        *("key", "value", "as_of", "period", "payer", "purpose", "quote", "rank", "actor", "note"),
        *("first_seen", "last_seen"),
    ),
    SourceOut: (
        *("id", "title", "harvester", "url", "owner_code", "rank", "schedule_hours", "outside", "enabled"),
        "next_run_at",
    ),
    RunOut: (*("state", "actor", "started_at", "finished_at", "counts", "stated", "error", "requests", "bytes_read"),),
    IssueOut: (*("code", "severity", "field", "url", "concerns", "times", "created_at", "last_seen", "resolved_at"),),
}


def government_ref(row: Government) -> GovernmentRef:
    """A government, named."""
    return GovernmentRef(code=row.code, name=row.full_name, level=row.level)


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


def source_out(row: Source) -> SourceOut:
    """One source; its options may hold what only an operator should read, so they stay away."""
    return SourceOut(**{name: getattr(row, name) for name in _SAME[SourceOut]})


def run_out(row: HarvestRun) -> RunOut:
    """One run."""
    return RunOut(id=row.id or 0, source=row.source_id, **{name: getattr(row, name) for name in _SAME[RunOut]})


def run_item_out(row: RunItem) -> RunItemOut:
    """One line of a run."""
    return RunItemOut(
        id=row.id or 0,
        action=row.action,
        remote_id=row.remote_id,
        platform_id=row.platform_id,
        name=row.name,
        detail=row.detail,
    )


def issue_out(row: Issue) -> IssueOut:
    """One issue, without what a resident wrote."""
    return IssueOut(
        id=row.id or 0,
        cause=Both(ko=row.cause_ko, en=row.cause_en),
        remedy=Both(ko=row.remedy_ko, en=row.remedy_en),
        source=row.source_id,
        run=row.run_id,
        platform=row.platform_id,
        **{name: getattr(row, name) for name in _SAME[IssueOut]},
    )


def search_out(page: SearchPage) -> SearchOut:
    """The answer to a search."""
    return SearchOut(
        query=page.query.text,
        total=page.total,
        interpretation=[ReadingOut(kind=one.kind, from_=one.from_, to=one.to) for one in page.interpretation],
        did_you_mean=page.did_you_mean,
        place_choices=[GovernmentRef(code=one.code, name=one.full_name, level="") for one in page.place_choices],
        hits=[
            HitOut(
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
            name: [FacetOut(value=one.value, label=one.label, count=one.count) for one in values]
            for name, values in page.facets.items()
        },
        took_ms=round(page.took_ms, 3),
    )


def suggestion_out(row: Suggestion) -> SuggestionOut:
    """One completion."""
    return SuggestionOut(text=row.text, kind=row.kind, id=row.id, owner=row.owner, note=row.note)
