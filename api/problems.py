"""One table from our error tree to HTTP statuses, and the two faces an error has: problem+json and a page."""

import traceback
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from api.security import add_headers
from registry import errors
from registry.database_errors import explained

# The most particular class wins; a subclass without a line of its own answers as its parent does.
STATUSES: Mapping[type[errors.MetaplatformError], int] = {
    errors.InvalidValue: 422,
    errors.UnknownCode: 422,
    errors.RecordRejected: 422,
    errors.SourceInvalid: 422,
    errors.NotFound: 404,
    errors.NotAllowed: 403,
    errors.Conflict: 409,
    errors.LeaseLost: 409,
    errors.HarvestError: 502,
    errors.SourceUnreachable: 502,
    errors.CertificateInvalid: 502,
    errors.SourceRefused: 502,
    errors.SourceBusy: 503,
    errors.SourceChanged: 502,
    errors.BodyTooLarge: 413,
    errors.AddressRefused: 422,
    errors.BudgetSpent: 503,
    errors.Stopped: 503,
    errors.EngineUnavailable: 503,
    errors.ComponentMissing: 503,
    errors.StorageFull: 503,
    errors.MetaplatformError: 500,
}

TITLES = {
    400: ("잘못된 요청입니다", "Bad request"),
    401: ("로그인이 필요합니다", "Sign in first"),
    403: ("허용되지 않은 일입니다", "Not allowed"),
    404: ("찾을 수 없습니다", "Not found"),
    405: ("지원하지 않는 방식입니다", "Method not allowed"),
    409: ("상태가 맞지 않습니다", "Conflict"),
    412: ("그 사이에 바뀌었습니다", "Changed meanwhile"),
    413: ("너무 큽니다", "Too large"),
    422: ("값을 받을 수 없습니다", "A value cannot be taken"),
    428: ("If-Match 가 필요합니다", "If-Match is needed"),
    429: ("요청이 너무 많습니다", "Too many requests"),
    500: ("서버에 문제가 생겼습니다", "Something went wrong here"),
    502: ("출처를 읽지 못했습니다", "The source could not be read"),
    503: ("지금은 답할 수 없습니다", "Not available just now"),
}

RETRY_SECONDS = 30

# Beginnings of the validator's names for what is wrong; the first that fits is said.
KOREAN_FAULTS = (
    ("missing", "빠졌습니다"),
    ("string_too_long", "너무 깁니다"),
    ("string_too_short", "너무 짧습니다"),
    ("string_pattern", "형식이 맞지 않습니다"),
    ("int_", "숫자가 아닙니다"),
    ("float_", "숫자가 아닙니다"),
    ("date_", "날짜가 아닙니다"),
    ("less_than", "너무 큽니다"),
    ("greater_than", "너무 작습니다"),
    ("extra_forbidden", "모르는 항목입니다"),
    ("json_", "JSON 형식이 아닙니다"),
)


class SignInNeeded(errors.MetaplatformError):
    """Nobody is signed in, or the token is unknown; a page leads to the sign-in form."""

    code = "sign_in_needed"

    def __init__(self) -> None:
        super().__init__(
            "로그인한 사람만 할 수 있습니다.",
            "Only a signed-in person can do this.",
            "로그인하거나 API 토큰을 보내세요.",
            "Sign in, or send an API token.",
        )


class ChangedMeanwhile(errors.Conflict):
    """The version in If-Match is not today's."""

    code = "changed_meanwhile"


class VersionNeeded(errors.Conflict):
    """A change without If-Match would overwrite what nobody looked at."""

    code = "version_needed"


class TooManyRequests(errors.MetaplatformError):
    """One address asks more often than the settings allow; Retry-After says when it may again."""

    code = "too_many_requests"

    def __init__(self, a_minute: int, seconds: int) -> None:
        super().__init__(
            f"1분에 {a_minute}번까지 받습니다.",
            f"At most {a_minute} such requests a minute are taken.",
            f"{seconds}초 뒤에 다시 보내세요.",
            f"Send it again in {seconds} s.",
        )


OWN_STATUSES = {SignInNeeded: 401, ChangedMeanwhile: 412, VersionNeeded: 428, TooManyRequests: 429}


def status_of(error: errors.MetaplatformError) -> int:
    """The HTTP status of an error of ours."""
    for kind in type(error).__mro__:
        if kind in OWN_STATUSES:
            return OWN_STATUSES[kind]
        if kind in STATUSES:
            return STATUSES[kind]
    return 500


def problem(status: int, facts: dict[str, Any], path: str) -> dict[str, Any]:
    """The body of an RFC 9457 answer: English in `title` and `detail`, both languages in `cause` and `remedy`."""
    cause = facts.get("cause", {})
    remedy = facts.get("remedy", {})
    detail = " ".join(part for part in (cause.get("en", ""), remedy.get("en", "")) if part)
    return {
        "type": f"urn:metaplatform:problem:{facts.get('code', 'error')}",
        "title": TITLES.get(status, TITLES[500])[1],
        "status": status,
        "detail": detail,
        "instance": path,
        **facts,
    }


def wants_page(request: Request) -> bool:
    """Whether a person's browser asks: everything outside the programs' addresses is a page."""
    path = request.url.path
    programs = ("/api/", "/openapi/", "/feeds/", "/catalog", "/data.json", "/opensearch", "/sitemap", "/robots")
    return not path.startswith(programs)


def answer(request: Request, status: int, facts: dict[str, Any]) -> Response:
    """The error as a page or as problem+json, whoever asks."""
    headers = {"Retry-After": str(RETRY_SECONDS)} if status == 503 else {}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="metaplatform"'
    if wants_page(request):
        from api.rendering import error_page

        return error_page(request, status, facts, headers)
    body = problem(status, facts, request.url.path)
    return JSONResponse(body, status, headers=headers, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Register the handlers."""
    app.add_exception_handler(errors.MetaplatformError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(SQLAlchemyError, _database)
    app.add_exception_handler(Exception, _unexpected)


def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, errors.MetaplatformError)
    return answer(request, status_of(error), error.facts())


def _database(request: Request, error: Exception) -> Response:
    """A database that is away, full or busy is 503 or 409 with a remedy; a mistake of ours stays one."""
    assert isinstance(error, SQLAlchemyError)
    said = explained(error)
    if said is None:
        raise error
    return _ours(request, said)


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = [str(part) for part in first["loc"]]
    field = ".".join(place[1:]) or place[0]
    page = wants_page(request)
    facts = errors.InvalidValue(
        field,
        first.get("input"),
        f"'{field}' 값을 받을 수 없습니다: {_in_korean(first['type'])}.",
        f"'{field}' cannot be taken: {first['msg']}.",
        "주소를 확인하거나 처음부터 다시 찾아 보세요." if page else "API 설명(/docs)에서 허용되는 값을 확인하세요.",
        "Check the address, or start again from the home page." if page else "See /docs for what is allowed.",
    ).facts()
    return answer(request, 422, facts)


def _in_korean(kind: str) -> str:
    """What is wrong with a value, by the name the validator gives it."""
    return next((words for beginning, words in KOREAN_FAULTS if kind.startswith(beginning)), "허용되지 않는 값입니다")


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    ko, en = TITLES.get(error.status_code, TITLES[500])
    facts = {"code": f"http_{error.status_code}", "cause": {"ko": ko + ".", "en": en + "."}}
    response = answer(request, error.status_code, facts)
    if error.headers:
        response.headers.update(error.headers)
    return response


def _unexpected(request: Request, error: Exception) -> Response:
    import structlog

    # As plain text: a renderer that draws every local variable takes seconds and may show secrets.
    trace = "".join(traceback.format_exception(error))
    structlog.get_logger().error("request failed", path=request.url.path, trace=trace)
    facts = {
        "code": "unexpected",
        "cause": {"ko": "예상하지 못한 문제입니다.", "en": "An unexpected problem."},
        "remedy": {
            "ko": "잠시 뒤 다시 해 보고, 계속되면 운영자에게 알려 주세요.",
            "en": "Try again in a moment; tell the operator if it stays.",
        },
    }
    try:
        response = answer(request, 500, facts)
    except Exception as second:  # the error page itself is broken: say it without any template
        structlog.get_logger().error("the error page failed", trace="".join(traceback.format_exception(second)))
        response = PlainTextResponse("서버에 문제가 생겼습니다. / Something went wrong here.", 500)
    # This answer is sent outside our own middleware, so it has to bring the headers itself.
    add_headers(response.headers, request.url.path, b"")
    return response
