"""A platform's page: what it is, whether it answers, who said so; and a resident's report that something is wrong."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.code_names import LABELS
from api.deps import PartsDep, SessionDep, base_url, find_viewer, same_origin
from api.figures import figure_lines
from api.language import language_of
from api.linked import platform_json_ld
from api.reading import found, list_issues, platform_file
from api.rendering import render
from registry.database import writing_session
from registry.errors import EngineUnavailable, NotFound
from registry.issues import raise_issue
from registry.models import Issue, Platform
from registry.quality import quality_of
from registry.queries import find_platform
from registry.vocab import Severity
from search.query import Hit

router = APIRouter(dependencies=[Depends(find_viewer)])

PlatformId = Annotated[str, Path(max_length=20)]
ELSEWHERE = 6
REPORT_CODE = "resident_report"
LONGEST_REPORT = 2000

# What a resident may find wrong; the field it concerns goes into the issue.
WRONGS = {
    "address": ("url", "주소가 열리지 않거나 다른 곳으로 갑니다", "The address does not open or leads elsewhere"),
    "closed": ("status", "더는 운영하지 않습니다", "It is no longer run"),
    "name": ("name", "이름이나 소관기관이 다릅니다", "The name or owner is wrong"),
    "content": ("description", "설명이나 기능이 다릅니다", "The description or functions are wrong"),
    "other": ("", "그 밖의 잘못", "Something else"),
}


# These say enough by themselves; of the others nobody knows what to look at without a word more.
TELLING = ("address", "closed")


@router.get("/platforms/{identifier}")
def show(request: Request, session: SessionDep, parts: PartsDep, identifier: PlatformId) -> Response:
    """One platform."""
    platform = find_platform(session, identifier)
    if platform.id != identifier:
        return RedirectResponse(language_of(request).link(f"/platforms/{platform.id}"), 308)
    file = platform_file(session, platform)
    language = language_of(request)
    figures, notes = figure_lines(language, file.figures)
    return render(
        request,
        "platform.html",
        title=platform.name,
        headers={"ETag": f'W/"{platform.version}-{language.code}"'},
        file=file,
        p=platform,
        figures=figures,
        notes=notes,
        quality=quality_of(session, platform.id),
        similar=_similar(parts, platform.id),
        issues=list_issues(session, platform_id=platform.id, limit=20),
        area_names=_area_names(parts, platform),
        structured=platform_json_ld(file, base_url(request)),
        fields=LABELS["field"],
    )


@router.get("/platforms/{identifier}/history")
def show_history(request: Request, session: SessionDep, identifier: PlatformId) -> Response:
    """Everything that was ever said of a platform, with when it was first and last seen."""
    platform = find_platform(session, identifier)
    return render(
        request,
        "history.html",
        title=language_of(request)(f"{platform.name} 이력", f"History of {platform.name}"),
        p=platform,
        file=platform_file(session, platform),
        fields=LABELS["field"],
    )


@router.get("/platforms/{identifier}/report")
def report_form(
    request: Request,
    session: SessionDep,
    identifier: PlatformId,
    wrong: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """The form by which anybody says that something here is wrong; a link may have chosen already what."""
    return _report_page(request, find_platform(session, identifier), {"wrong": wrong}, {})


@router.post("/platforms/{identifier}/report", dependencies=[Depends(same_origin)])
def report(
    request: Request,
    parts: PartsDep,
    identifier: PlatformId,
    wrong: Annotated[str, Form(max_length=20)] = "",
    text: Annotated[str, Form(max_length=20_000)] = "",
    contact: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Take a report: it becomes an issue of the platform's owner, with a number to refer to."""
    language = language_of(request)
    values = {"wrong": wrong, "text": text, "contact": contact}
    errors = {}
    if wrong not in WRONGS:
        errors["wrong"] = language("무엇이 잘못되었는지 고르세요.", "Choose what is wrong.")
    if len(text.strip()) < 5 and wrong not in TELLING:
        errors["text"] = language(
            "무엇이 다른지 다섯 글자 이상 적어 주세요.", "Say in five letters or more what is wrong."
        )
    elif len(text) > LONGEST_REPORT:
        errors["text"] = language(
            f"{LONGEST_REPORT}자까지 적을 수 있습니다.", f"At most {LONGEST_REPORT} characters, please."
        )
    if len(contact) > 200:
        errors["contact"] = language("200자까지 적을 수 있습니다.", "At most 200 characters, please.")
    with writing_session(parts.database) as session:
        platform = find_platform(session, identifier)
        if errors:
            return _report_page(request, platform, values, errors, 422)
        concerned, ko, en = WRONGS[wrong]
        issue = raise_issue(
            session,
            REPORT_CODE,
            Severity.warning,
            f"주민 신고: {ko}",
            f"A resident reports: {en}",
            "확인한 뒤 등록 내용을 고치고 처리 결과를 적으세요.",
            "Check, mend the entry, and write down what was done.",
            field=concerned,
            value=text.strip(),
            concerns="owner",
            platform_id=platform.id,
            # Two residents' reports are two matters, so each gets a key of its own.
            remote_id=secrets.token_hex(8),
            facts={"text": text.strip(), "contact": contact.strip()},
        )
        number = issue.id
    return RedirectResponse(language.link(f"/reports/{number}"), 303)


@router.get("/reports/{number}")
def report_status(request: Request, session: SessionDep, number: Annotated[int, Path(ge=1, le=2**53)]) -> Response:
    """The completion page of a report, and later its state: nothing a person wrote is shown here."""
    issue = found(session.get(Issue, number), "report", number)
    if issue.code not in (REPORT_CODE, "not_here"):
        issue = found(None, "report", number)
    platform = session.get(Platform, issue.platform_id) if issue.platform_id else None
    title = language_of(request)(f"접수 번호 {number}", f"Report {number}")
    return render(request, "report_done.html", title=title, issue=issue, platform=platform)


def _similar(parts: PartsDep, platform_id: str) -> list[Hit]:
    """The same service elsewhere; none while the index has not caught up or cannot be reached: the page still reads."""
    try:
        return parts.finder.similar(platform_id, ELSEWHERE)
    except (NotFound, EngineUnavailable):
        return []


def _report_page(
    request: Request, platform: Platform, values: dict[str, str], errors: dict[str, str], status: int = 200
) -> Response:
    language = language_of(request)
    return render(
        request,
        "report.html",
        title=language(f"{platform.name} 정보 바로잡기", f"Report a mistake: {platform.name}"),
        status=status,
        p=platform,
        values=values,
        errors=errors,
        wrongs=[(key, language(ko, en)) for key, (_, ko, en) in WRONGS.items()],
    )


def _area_names(parts: PartsDep, platform: Platform) -> list[str]:
    """The area served, in names; a code of a government that has gone is shown as today's."""
    names = []
    for value in platform.area:
        if value == "nation":
            names.append("전국")
        elif value.startswith("zone:"):
            zone = parts.places.zones.get(value.removeprefix("zone:"))
            names.append(zone.name if zone else value)
        else:
            names += [one.full_name for one in parts.places.choices(value)] or [value]
    return names
