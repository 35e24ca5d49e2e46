"""What a person should look at: the work list, one matter, its answer; and a resident's 'not in my area'."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import PartsDep, SessionDep, SignedIn, ViewerDep, check_csrf, chosen_area, find_viewer, same_origin
from api.flash import redirect_saying
from api.language import language_of
from api.reading import found, list_issues, open_issue_codes
from api.rendering import name_of, render
from harvesters.withdrawal_questions import refuse_another_list
from harvesters.withdrawals import CEILING
from harvesters.withdrawals import answer as answer_question
from registry.audit import audit
from registry.database import writing_session
from registry.errors import Conflict, InvalidValue
from registry.issues import raise_issue, resolve_issue
from registry.models import Issue, Platform, Source
from registry.permissions import may, require
from registry.vocab import Severity
from registry.vocabulary import load_vocabulary

router = APIRouter(dependencies=[Depends(find_viewer)])

SHOWN = 50
NOT_HERE = "not_here"
LONGEST = 500
# What a resident wrote and how to reach her is for whoever answers, not for the public page.
PRIVATE_FACTS = ("text", "contact")

Number = Annotated[int, Path(ge=1, le=2**53)]


@router.get("/issues")
def issues(
    request: Request,
    session: SessionDep,
    severity: Annotated[str, Query(max_length=20)] = "",
    code: Annotated[str, Query(max_length=60)] = "",
    source: Annotated[str, Query(max_length=100)] = "",
    platform: Annotated[str, Query(max_length=20)] = "",
    before: Annotated[int | None, Query(ge=1, le=2**53)] = None,
) -> Response:
    """Open matters, newest first."""
    level = Severity(severity) if severity in Severity.__members__ else None
    rows = list_issues(
        session, severity=level, code=code, source_id=source, platform_id=platform, before=before, limit=SHOWN
    )
    return render(
        request,
        "issues.html",
        title=language_of(request)("확인할 일", "Matters to look at"),
        rows=rows,
        codes=open_issue_codes(session),
        severities=list(Severity),
        values={"severity": severity, "code": code, "source": source, "platform": platform},
        more=rows[-1].id if len(rows) == SHOWN else None,
        names={one.platform_id: row.name for one in rows if (row := _platform(session, one))},
    )


@router.get("/issues/{number}")
def issue(request: Request, session: SessionDep, parts: PartsDep, viewer: ViewerDep, number: Number) -> Response:
    """One matter: cause, remedy, whom it concerns, and its answer."""
    row = found(session.get(Issue, number), "issue", number)
    return render(
        request,
        "issue.html",
        title=language_of(request)(f"확인할 일 {number}", f"Matter {number}"),
        row=row,
        platform=_platform(session, row),
        source=session.get(Source, row.source_id) if row.source_id else None,
        private=PRIVATE_FACTS,
        vanished=row.facts.get("records", []) if row.code == CEILING else [],
        may_withdraw=may(viewer.account if viewer else None, "manage_sources"),
        fact_text=lambda key, value: _fact_text(request, parts, key, value),
        may_read=may(viewer.account if viewer else None, "read_work"),
        may_answer=may(viewer.account if viewer else None, "answer_issue", _platform(session, row), parts.places),
    )


@router.post("/issues/{number}", dependencies=[Depends(same_origin)])
def resolve(
    request: Request,
    parts: PartsDep,
    viewer: SignedIn,
    number: Number,
    answer: Annotated[str, Form(max_length=2000)] = "",
    csrf: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Close a matter with an answer; a resident sees the answer under her number."""
    check_csrf(viewer, csrf)
    with writing_session(parts.database) as session:
        row = found(session.get(Issue, number), "issue", number)
        require(viewer.account, "answer_issue", _platform(session, row), parts.places)
        if row.code == CEILING:
            raise Conflict(
                "이 물음은 글이 아니라 '내림'이나 '둠'으로 답합니다.",
                "This question is answered by 'withdraw' or 'keep', not in words.",
                "목록 아래의 단추를 쓰세요.",
                "Use the buttons below its list.",
            )
        resolve_issue(session, number, viewer.actor, answer.strip())
        audit(session, viewer.actor, "resolve_issue", f"issue:{number}", note=answer.strip())
    return redirect_saying(request, f"/issues/{number}", "resolved")


@router.post("/issues/{number}/withdrawal", dependencies=[Depends(same_origin)])
def answer_withdrawal(
    request: Request,
    parts: PartsDep,
    viewer: SignedIn,
    number: Number,
    do: Annotated[str, Form(pattern="^(withdraw|keep)$")],
    run: Annotated[int, Form(ge=0, le=2**53)] = 0,
    csrf: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Answer a run that stopped at its ceiling: take down what is still not listed, or keep it.

    `run` is the one whose list the page showed; one that has asked again since is not answered unseen.
    """
    check_csrf(viewer, csrf)
    require(viewer.account, "manage_sources")
    with writing_session(parts.database) as session:
        if run:
            refuse_another_list(found(session.get(Issue, number), "issue", number), run)
        answer_question(session, number, viewer.actor, do_withdraw=do == "withdraw")
    return redirect_saying(request, f"/issues/{number}", "resolved")


@router.get("/missing")
def missing_form(
    request: Request,
    need: Annotated[str, Query(max_length=1000)] = "",
    function: Annotated[str, Query(max_length=60)] = "",
) -> Response:
    """'우리 동네엔 없어요': what a resident misses, asked for in her own words."""
    here = chosen_area(request)
    return _missing_page(request, {"need": need, "function": function, "place": here.full_name if here else ""}, {})


@router.post("/missing", dependencies=[Depends(same_origin)])
def missing(
    request: Request,
    parts: PartsDep,
    need: Annotated[str, Form(max_length=20_000)] = "",
    function: Annotated[str, Form(max_length=60)] = "",
    place: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Take it down for the government it concerns; it is counted by function and area."""
    language = language_of(request)
    values = {"need": need, "function": function, "place": place}
    errors: dict[str, str] = {}
    words = load_vocabulary().functions
    if not need.strip() and function not in words:
        errors["need"] = language(
            "무엇이 필요한지 적거나 하는 일을 고르세요.", "Say what you need, or choose a function."
        )
    elif len(need) > LONGEST:
        errors["need"] = language(f"{LONGEST}자까지 적을 수 있습니다.", f"At most {LONGEST} characters, please.")
    government = None
    try:
        government = parts.places.resolve(place)
    except InvalidValue as error:
        errors["place"] = f"{error.cause(language.code)} {error.remedy(language.code)}"
    if errors or government is None:
        return _missing_page(request, values, errors, 422)
    with writing_session(parts.database) as session:
        wanted = name_of(language_of(request), "function", function) if function in words else need.strip()
        row = raise_issue(
            session,
            NOT_HERE,
            Severity.question,
            f"{government.full_name} 주민이 없다고 알린 서비스: {wanted}",
            f"A resident of {government.full_name} misses: {wanted}",
            "이미 있다면 등록하고, 없다면 공동이용할 곳을 찾아 답하세요.",
            "Register it if it exists; otherwise look for one to share, and answer.",
            field="functions",
            value=need.strip(),
            concerns="owner",
            remote_id=secrets.token_hex(8),
            facts={"function": function, "area": government.code, "text": need.strip()},
        )
        number = row.id
    return RedirectResponse(language.link(f"/reports/{number}"), 303)


def _missing_page(request: Request, values: dict[str, str], errors: dict[str, str], status: int = 200) -> Response:
    language = language_of(request)
    words = load_vocabulary()
    options = [
        (code, f"{language(words.fields[one.field].ko, words.fields[one.field].en)} · {language(one.ko, one.en)}")
        for code, one in words.functions.items()
    ]
    title = language("우리 동네엔 없어요", "Not in my area")
    return render(
        request,
        "missing.html",
        title=title,
        status=status,
        values=values,
        errors=errors,
        options=sorted(options, key=lambda o: o[1]),
    )


def _platform(session: SessionDep, row: Issue) -> Platform | None:
    return session.get(Platform, row.platform_id) if row.platform_id else None


def _fact_text(request: Request, parts: PartsDep, key: str, value: object) -> str:
    """A fact of an issue as a person reads it: codes of governments and functions by their names."""
    if key == "area":
        return ", ".join(one.full_name for one in parts.places.choices(str(value))) or str(value)
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {one}" for name, one in value.items())
    return name_of(language_of(request), "function", value) if key == "function" else str(value)
