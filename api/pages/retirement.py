"""Candidates for improvement or retirement by dated rule sets."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from api.deps import SessionDep, find_viewer
from api.labels import label
from api.language import Language, language_of
from api.rendering import render
from search.overlap.retirement import Finding, candidates
from search.overlap.rules import rule_sets

router = APIRouter(dependencies=[Depends(find_viewer)])

Text = Annotated[str, Query(max_length=60)]


@router.get("/retirement")
def retirement_page(request: Request, session: SessionDep, rule: Text = "public_apps_2024") -> Response:
    """Candidates by dated rule sets: which criterion, which figure, from when."""
    language = language_of(request)
    chosen = rule if rule in rule_sets() else "public_apps_2024"
    rows, unjudged = candidates(session, chosen, date.today())
    return render(
        request,
        "overlap/retirement.html",
        title=language("개선·폐기 검토 후보", "Candidates for improvement or retirement"),
        rows=rows,
        unjudged=unjudged,
        rules=rule_sets()[chosen],
        sets=list(rule_sets().values()),
        finding_value=lambda finding: _value(language, finding),
    )


def _value(language: Language, finding: Finding) -> str:
    """What a criterion rests on, readable: a date as stated, numbers with separators, the ministry's review in words."""
    if finding.figure == "last_update":
        return language.stated(finding.value)
    if finding.value.replace(".", "", 1).isdigit():
        return language.number(float(finding.value))
    return label(language, "finding", finding.value)
