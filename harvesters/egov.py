"""Turns the paging scripts of 전자정부프레임워크 lists into requests.

Such a list has no page links. `fn_egov_select_linkPage(n)` writes n into a hidden field (pageIndex by default), sets
the form's action and submits it, so the next page is a request made of the form's hidden fields.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from harvesters.hrefs import resolve
from harvesters.page import Page

_CALL = re.compile(
    r"(?:fn_egov_(?:select_)?link_?page|fn_?link_?page|link_?page|go_?page|fn_?go_?page|move_?page|fn_?paging)\s*\(\s*['\"]?(\d+)['\"]?",
    re.IGNORECASE,
)
_FUNCTION = re.compile(
    r"function\s+(?:fn_egov_(?:select_)?link_?page|fn_?link_?page|link_?page|go_?page|fn_?go_?page|move_?page|fn_?paging)\s*"
    r"\(\s*\w+\s*\)\s*\{(.*?)\n?\}",
    re.IGNORECASE | re.DOTALL,
)
_ASSIGNED = re.compile(
    r"(?:document\.)?(?:forms\[)?['\"]?([\w$]+)['\"]?\]?\.(\w+)\.value\s*=\s*\w*(?:page|no|num|idx)\w*", re.IGNORECASE
)
_JQUERY_FIELD = re.compile(r"[$]\(\s*['\"](?:#|input\[name=['\"]?)(\w+)['\"]?\]?['\"]\s*\)\.val\(\s*\w+\s*\)")
_ACTION = re.compile(r"\.action\s*=\s*['\"]([^'\"]+)['\"]|attr\(\s*['\"]action['\"]\s*,\s*['\"]([^'\"]+)['\"]")
_METHOD = re.compile(r"\.method\s*=\s*['\"](\w+)['\"]|attr\(\s*['\"]method['\"]\s*,\s*['\"](\w+)['\"]")


@dataclass(frozen=True)
class PageRequest:
    """The request that shows page `number` of a list. `body` is form-encoded for POST and empty for GET."""

    number: int
    method: str
    url: str
    body: str = ""


def page_requests(page: Page, markup: str) -> list[PageRequest]:
    """The requests for the further pages that a list names, in order; empty where nothing is paged.

    A pager names a window of pages and the last one ('fn_egov_select_linkPage(12)' behind »): all pages up to the
    largest number are returned, because the window hides some of them.
    """
    numbers = [int(match.group(1)) for match in _CALL.finditer(markup)]
    last = min(max(numbers, default=1), 200)
    if last < 2:
        return []
    function = _FUNCTION.search(page.scripts)
    code = function.group(1) if function else ""
    form_name, field = _field_of(code)
    form = _form_of(page, form_name, field)
    action, method = _target(page, code, form)
    fields = {key.removeprefix("field:"): value for key, value in form.items() if key.startswith("field:")}
    return [_request(number, method, action, {**fields, field: str(number)}) for number in range(2, last + 1)]


def _field_of(code: str) -> tuple[str, str]:
    """The form's name and the field that takes the page number; pageIndex is the framework's default."""
    assigned = _ASSIGNED.search(code)
    if assigned:
        return assigned.group(1), assigned.group(2)
    jquery = _JQUERY_FIELD.search(code)
    return "", jquery.group(1) if jquery else "pageIndex"


def _form_of(page: Page, name: str, field: str) -> dict[str, str]:
    for form in page.forms:
        if name and form["name"] == name:
            return form
    for form in page.forms:
        if f"field:{field}" in form:
            return form
    return {}


def _target(page: Page, code: str, form: dict[str, str]) -> tuple[str, str]:
    action = _ACTION.search(code)
    raw = (action.group(1) or action.group(2)) if action else ""
    # An unexpanded JSTL tag has leaked into a few live pages: the form's own action is right there.
    url = resolve(page.url, raw) if raw and "<c:" not in raw else form.get("action", page.url)
    method = _METHOD.search(code)
    return url, (method.group(1) or method.group(2) if method else form.get("method", "get")).lower()


def _request(number: int, method: str, url: str, fields: dict[str, str]) -> PageRequest:
    encoded = urlencode(fields)
    if method == "post":
        return PageRequest(number, "POST", url, encoded)
    query = url.partition("?")[2]
    kept = "&".join(pair for pair in query.split("&") if pair and pair.partition("=")[0] not in fields)
    head = url.partition("?")[0]
    return PageRequest(number, "GET", f"{head}?{kept}&{encoded}" if kept else f"{head}?{encoded}")
