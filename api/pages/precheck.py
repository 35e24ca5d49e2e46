"""The pre-build check (사전검토) as pages: the form, its answer while one types, and the kept check made for printing."""

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import PartsDep, SessionDep, ViewerDep, chosen_area, find_viewer, same_origin
from api.language import language_of
from api.posted import Posted
from api.reading import found
from api.rendering import render
from registry.database import writing_session
from registry.errors import InvalidValue
from registry.models import PreCheck
from search.overlap.area import AREA_EN, AREA_KO
from search.overlap.hit_reasons import reason_of
from search.overlap.joining import WAY_EN
from search.overlap.live import live_index
from search.overlap.precheck import Checked, check
from search.overlap.verdict import REFERENCE_ONLY
from search.overlap.verdict import VERDICT_EN as PROPOSED_EN

router = APIRouter(dependencies=[Depends(find_viewer)])

CheckId = Annotated[str, Path(max_length=20, pattern=r"^\w{1,20}$")]
FIELDS = (
    "owner",
    "department",
    "name",
    "purpose",
    "users",
    "area",
    "functions",
    "cost_krw",
    "legal_basis",
    "management_plan",
)
PlanText = Annotated[str, Query(max_length=2000)]


def read_form(
    owner: PlanText = "",
    department: PlanText = "",
    name: PlanText = "",
    purpose: PlanText = "",
    users: PlanText = "",
    area: PlanText = "",
    functions: PlanText = "",
    cost_krw: PlanText = "",
    legal_basis: PlanText = "",
    management_plan: PlanText = "",
) -> dict[str, str]:
    """The form's fields as typed."""
    typed = (owner, department, name, purpose, users, area, functions, cost_krw, legal_basis, management_plan)
    return dict(zip(FIELDS, (text.strip() for text in typed), strict=True))


PlanForm = Annotated[dict[str, str], Depends(read_form)]


@router.get("/precheck")
def precheck_form(request: Request, parts: PartsDep, typed: PlanForm) -> Response:
    """The form; with owner and purpose given, the answer stands under it. It works without any script."""
    here = chosen_area(request)
    if not any(typed.values()) and here is not None:
        typed["owner"] = here.full_name
    checked, errors = _check(request, parts, typed) if typed["owner"] and typed["purpose"] else (None, {})
    return _form_page(request, typed, checked, errors)


@router.get("/precheck/preview")
def precheck_preview(request: Request, parts: PartsDep, typed: PlanForm) -> Response:
    """Only the answer, for the form that asks while one types."""
    if not (typed["owner"] and typed["purpose"]):
        return Response("", media_type="text/html")
    checked, errors = _check(request, parts, typed)
    status = 422 if errors else 200
    return render(
        request, "overlap/precheck_preview.html", title="", status=status, errors=errors, **_answer(request, checked)
    )


@router.post("/precheck", dependencies=[Depends(same_origin)])
def precheck_keep(request: Request, parts: PartsDep, viewer: ViewerDep, form: Posted) -> Response:
    """Keep a check under a number, so that it can be printed and traced again."""
    typed = {field: str(form.get(field, ""))[:2000].strip() for field in FIELDS}
    checked, errors = _check(request, parts, typed)
    if checked is None:
        return _form_page(request, typed, None, errors)
    number = "K" + secrets.token_hex(6)
    with writing_session(parts.database) as session:
        session.add(
            PreCheck(
                id=number,
                plan={key: value for key, value in typed.items() if value},
                result=checked.as_data(),
                actor=viewer.account.login if viewer else "",
            )
        )
    return RedirectResponse(language_of(request).link(f"/precheck/{number}"), 303)


@router.get("/precheck/{number}")
def precheck_kept(request: Request, session: SessionDep, parts: PartsDep, number: CheckId) -> Response:
    """A kept check as 사전검토서: made for printing; what was found then stands beside what is found now."""
    row = found(session.get(PreCheck, number), "precheck", number)
    checked, errors = _check(request, parts, {field: str(row.plan.get(field, "")) for field in FIELDS})
    then = {hit["id"] for tier in row.result["tiers"] for hit in tier["hits"]}
    now = {hit.subject.id for hits in checked.hits.values() for hit in hits} if checked else set()
    return render(
        request,
        "overlap/precheck_print.html",
        title=language_of(request)("사전검토서", "Pre-build check sheet"),
        row=row,
        errors=errors,
        changed=len(then ^ now),
        **_answer(request, checked),
    )


def _check(request: Request, parts: PartsDep, typed: dict[str, str]) -> tuple[Checked | None, dict[str, str]]:
    language = language_of(request)
    plan: dict[str, Any] = {key: value for key, value in typed.items() if value}
    for field in ("functions", "area"):
        if field in plan:
            plan[field] = [part.strip() for part in plan[field].replace("\n", ",").split(",") if part.strip()]
    try:
        return check(parts.database, plan, None, parts.finder), {}
    except InvalidValue as error:
        field = error.field if error.field in FIELDS else "owner"
        return None, {field: f"{error.cause(language.code)} {error.remedy(language.code)}"}


def _answer(request: Request, checked: Checked | None) -> dict[str, Any]:
    language = language_of(request)
    if checked is None:
        return {"checked": None}
    words = live_index(request.app.state.parts.database).refresh().words.functions
    return {
        "checked": checked,
        "tiers": [(tier, hits) for tier, hits in checked.hits.items()],
        "reason_of": reason_of,
        "way_en": WAY_EN,
        "function_name": lambda key: language(words[key].ko, words[key].en),
        "mark": REFERENCE_ONLY,
        "verdict_en": PROPOSED_EN,
        "areas": {area: language(AREA_KO[area], AREA_EN[area]) for area in AREA_KO},
    }


def _form_page(request: Request, typed: dict[str, str], checked: Checked | None, errors: dict[str, str]) -> Response:
    return render(
        request,
        "overlap/precheck.html",
        title=language_of(request)("사전검토", "Pre-build check"),
        status=422 if errors else 200,
        typed=typed,
        errors=errors,
        **_answer(request, checked),
    )
