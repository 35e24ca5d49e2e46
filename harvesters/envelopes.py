"""The envelopes of Korean open APIs: what an answer holds, how many there are, and what its result code means.

Read here, all of them in whatever format they come: apis.data.go.kr (JSON and XML; one item as an object, empty items
as ''), its gateway's errors (XML whatever was asked, JSON with 403, or the words 'Unexpected errors'), api.odcloud.kr
(Korean keys), Seoul and Gyeonggi. Codes: data.go.kr's guide for its open APIs and the plazas' own tables of messages.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from lxml import etree

from harvesters.encoding import decode
from registry.errors import HarvestError, SourceBusy, SourceChanged, SourceRefused, SourceUnreachable

SEOUL_TIME = ZoneInfo("Asia/Seoul")

# Result codes that are no refusal: everything is well, or there is nothing to give.
OK = {"00", "0", "000", "0000", "INFO-000", "INFO-0", "200", "NORMAL_CODE", "NORMAL SERVICE"}
NO_DATA = {"03", "3", "INFO-200", "NODATA_ERROR"}
QUOTA = {"22", "ERROR-337", "INFO-337", "-6", "LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR"}
# A person has to act: key missing, wrong, expired, not for this service, or called from an address not registered.
KEY = {"20", "30", "31", "32", "33", "21", "INFO-100", "INFO-300", "ERROR-290", "-401", "-4"}
# What we asked is not what the service takes.
ASKED = {"10", "11", "12", "ERROR-300", "ERROR-301", "ERROR-310", "ERROR-331", "ERROR-332", "ERROR-333", "ERROR-334",
         "ERROR-335", "ERROR-336", "INFO-400"}  # fmt: skip
# The service itself is ill: come back.
ILL = {"1", "01", "2", "02", "4", "04", "5", "05", "99", "ERROR-500", "ERROR-600", "ERROR-601"}

_WORDS = {
    "22": ("하루에 허락된 호출 수를 다 썼습니다.", "Today's quota of calls is used up."),
    "30": ("등록되지 않은 인증키입니다.", "The key is not registered."),
    "31": ("인증키의 사용 기간이 끝났습니다.", "The key has expired."),
    "32": ("등록되지 않은 IP 주소에서 불렀습니다.", "The call came from an address that is not registered."),
    "20": ("서비스 접근이 거부되었습니다. 활용신청이 승인되지 않았을 수 있습니다.", "Access is denied; the application may not be approved."),
    "12": ("그런 오픈API 서비스가 없거나 폐기되었습니다.", "There is no such service, or it was withdrawn."),
    "10": ("요청 값이 잘못되었습니다.", "A parameter is wrong."),
    "ERROR-336": ("한 번에 1000건을 넘게 요청했습니다.", "More than 1,000 rows were asked for at once."),
    "INFO-100": ("유효하지 않은 인증키입니다.", "The key is not valid."),
}  # fmt: skip


@dataclass(frozen=True)
class Envelope:
    """One answer, opened: its rows, the count it states (None if none), the page it says it is, and its result."""

    rows: tuple[dict[str, Any], ...]
    total: int | None = None
    page: int | None = None
    code: str = "00"
    message: str = ""
    kind: str = ""

    @property
    def fine(self) -> bool:
        """Whether the code says that all is well, or that there is nothing to give."""
        return self.code in OK or self.code in NO_DATA


def open_envelope(body: bytes, content_type: str, url: str) -> Envelope:
    """Open an answer. Raises SourceChanged for a body that is none of the known envelopes (a web page, half a JSON)."""
    text = decode(body, content_type).text.strip().lstrip("\ufeff")
    if re.fullmatch(r"(?i)unexpected errors?\.?", text):
        return Envelope((), code="99", message=text, kind="plain")
    if re.match(r"(?i)(?:SERVICE[_ ]KEY|API rate limit|LIMITED[_ ]NUMBER)", text) and len(text) < 300:
        code = "22" if re.search(r"(?i)limit", text) else "30"
        return Envelope((), code=code, message=text, kind="plain")
    if text.startswith("<"):
        return _from_xml(text, url)
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        raise _not_an_envelope(url, text) from None
    found = _from_tree(parsed)
    if found is None:
        raise _not_an_envelope(url, text)
    return found


def raise_for_result(envelope: Envelope, url: str) -> None:
    """Raise what a result code means: SourceBusy until tomorrow, SourceRefused, SourceChanged or SourceUnreachable."""
    if envelope.fine:
        return
    code = envelope.code
    ko, en = _WORDS.get(
        code,
        (f"원천이 오류를 알립니다({envelope.message or code}).", f"The source reports {envelope.message or code}."),
    )
    ko, en = f"{ko} [{code} {envelope.message}]", f"{en} [{code} {envelope.message}]"
    error: HarvestError
    if code in QUOTA:
        busy = SourceBusy(
            url,
            ko,
            en,
            "내일 다시 읽습니다. 급하면 호출 수를 늘려 신청하세요.",
            "It is read again tomorrow; apply for more calls if it is urgent.",
        )
        busy.retry_after = seconds_until_tomorrow()
        raise busy
    if code in KEY:
        error = SourceRefused(
            url,
            ko,
            en,
            "인증키와 활용신청 상태를 확인하고 환경변수의 키를 바꾸세요.",
            "Check the key and its approval, then change the environment variable.",
        )
    elif code in ASKED:
        error = SourceChanged(
            url, ko, en, "원천 파일의 주소와 params를 확인하세요.", "Check url and params in the source file."
        )
    else:
        error = SourceUnreachable(url, ko, en, "잠시 뒤에 다시 읽습니다.", "It is read again later.")
    raise error


def seconds_until_tomorrow(present: datetime | None = None) -> float:
    """Seconds until ten minutes past midnight in Korea, when daily quotas have started anew."""
    here = (present or datetime.now(SEOUL_TIME)).astimezone(SEOUL_TIME)
    midnight = (here + timedelta(days=1)).replace(hour=0, minute=10, second=0, microsecond=0)
    return (midnight - here).total_seconds()


def _from_tree(tree: Any) -> Envelope | None:
    """Whichever envelope a parsed answer is, JSON and XML alike."""
    if isinstance(tree, list):
        return Envelope(tuple(_dicts(tree)), total=None, kind="list")
    if not isinstance(tree, dict):
        return None
    if "OpenAPI_ServiceResponse" in tree:
        return _gateway(tree["OpenAPI_ServiceResponse"])
    if "cmmMsgHeader" in tree:
        return _gateway(tree)
    if "response" in tree and isinstance(tree["response"], dict):
        return _standard(tree["response"])
    if "header" in tree and "body" in tree:
        return _standard(tree)
    if isinstance(tree.get("data"), list) and ("totalCount" in tree or "currentCount" in tree or "matchCount" in tree):
        count = tree.get("matchCount", tree.get("totalCount"))
        return Envelope(tuple(_dicts(tree["data"])), _number(count), _number(tree.get("page")), kind="odcloud")
    if "RESULT" in tree and isinstance(tree["RESULT"], dict) and len(tree) <= 2:
        return Envelope(
            (), 0, code=_text(tree["RESULT"].get("CODE")), message=_text(tree["RESULT"].get("MESSAGE")), kind="plaza"
        )
    if "code" in tree and "msg" in tree and "data" not in tree:
        return Envelope((), code=_text(tree["code"]), message=_text(tree["msg"]), kind="odcloud")
    if len(tree) <= 2:
        for value in tree.values():
            found = _plaza(value)
            if found is not None:
                return found
    return _bare(tree)


def _gateway(tree: Any) -> Envelope:
    head = tree.get("cmmMsgHeader", tree) if isinstance(tree, dict) else {}
    code = _text(head.get("returnReasonCode")) or "99"
    words = _text(head.get("returnAuthMsg")) or _text(head.get("errMsg"))
    return Envelope((), code=code.lstrip("0") or "0", message=words, kind="gateway")


def _standard(tree: dict[str, Any]) -> Envelope:
    """apis.data.go.kr: header and body; `items` is '' or null when empty, `item` an object when there is one."""
    header, body = _dict(tree.get("header")), _dict(tree.get("body"))
    items = body.get("items")
    if isinstance(items, dict):
        items = items.get("item", [items] if items and "item" not in items else [])
    rows = items if isinstance(items, list) else [items] if isinstance(items, dict) else []
    return Envelope(
        tuple(_dicts(rows)),
        _number(body.get("totalCount")),
        _number(body.get("pageNo") or body.get("pageIndex")),
        _text(header.get("resultCode")) or "00",
        _text(header.get("resultMsg")),
        "standard",
    )


def _plaza(value: Any) -> Envelope | None:
    """Seoul ({SERVICE: {list_total_count, RESULT, row}}) and Gyeonggi ({SERVICE: [{head: […]}, {row: […]}]})."""
    if isinstance(value, dict) and "RESULT" in value:
        result = _dict(value["RESULT"])
        rows = value.get("row", [])
        return Envelope(
            tuple(_dicts(rows if isinstance(rows, list) else [rows])),
            _number(value.get("list_total_count")),
            code=_text(result.get("CODE")),
            message=_text(result.get("MESSAGE")),
            kind="plaza",
        )
    if isinstance(value, list) and value and isinstance(value[0], dict) and "head" in value[0]:
        head: dict[str, Any] = {}
        for part in value[0]["head"] if isinstance(value[0]["head"], list) else [value[0]["head"]]:
            head.update(part if isinstance(part, dict) else {})
        rows = value[1].get("row", []) if len(value) > 1 and isinstance(value[1], dict) else []
        result = _dict(head.get("RESULT"))
        return Envelope(
            tuple(_dicts(rows if isinstance(rows, list) else [rows])),
            _number(head.get("list_total_count")),
            code=_text(result.get("CODE")) or "INFO-000",
            message=_text(result.get("MESSAGE")),
            kind="plaza",
        )
    return None


def _bare(tree: dict[str, Any]) -> Envelope | None:
    """A list of objects under one key beside its count: what municipal APIs outside the portals give."""
    lists = [value for value in tree.values() if isinstance(value, list) and value and isinstance(value[0], dict)]
    if len(lists) != 1:
        return None
    counts = [value for key, value in tree.items() if re.fullmatch(r"(?i)(?:total_?(?:count|cnt)|count|total)", key)]
    code = tree.get("resultCode", "00")
    return Envelope(
        tuple(_dicts(lists[0])), _number(counts[0]) if counts else None, code=_text(code) or "00", kind="bare"
    )


def _from_xml(text: str, url: str) -> Envelope:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(re.sub(r"^<\?xml[^>]*\?>", "", text).strip().encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        raise _not_an_envelope(url, text) from None
    name = etree.QName(root).localname
    if name.lower() in ("html", "rss", "feed", "urlset"):
        raise _not_an_envelope(url, text)
    tree = _tree(root, 0)
    if name == "RESULT" or (isinstance(tree, dict) and "CODE" in tree and "MESSAGE" in tree):
        return Envelope((), 0, code=_text(tree.get("CODE")), message=_text(tree.get("MESSAGE")), kind="plaza")
    if isinstance(tree, dict) and "RESULT" in tree and "row" in tree:
        found = _plaza(tree)
    elif isinstance(tree, dict) and "head" in tree and "row" in tree:
        found = _plaza([{"head": tree["head"]}, {"row": tree["row"]}])
    elif name == "results" or (
        isinstance(tree, dict) and "item" in tree and "data" not in tree and "header" not in tree
    ):
        found = _odcloud_xml(tree)
    else:
        found = _from_tree({name: tree}) or _from_tree(tree)
    if found is None:
        raise _not_an_envelope(url, text)
    return found


def _odcloud_xml(tree: Any) -> Envelope | None:
    """odcloud's XML form: results/data/item/col[@name], flattened by _tree to objects."""
    if not isinstance(tree, dict):
        return None
    data = tree.get("data", tree)
    items = data.get("item", []) if isinstance(data, dict) else data
    rows = items if isinstance(items, list) else [items]
    return Envelope(
        tuple(_dicts(rows)),
        _number(tree.get("matchCount", tree.get("totalCount"))),
        _number(tree.get("page")),
        kind="odcloud",
    )


def _tree(element: Any, depth: int) -> Any:
    """An XML element as JSON would write it: repeated children a list, leaves their text, col[@name] under its name."""
    children = [child for child in element if isinstance(child.tag, str)]
    if not children or depth > 12:
        return (element.text or "").strip()
    found: dict[str, Any] = {}
    for child in children:
        key = (
            child.get("name")
            if etree.QName(child).localname == "col" and child.get("name")
            else etree.QName(child).localname
        )
        value = _tree(child, depth + 1)
        if key in found:
            known = found[key]
            found[key] = [*known, value] if isinstance(known, list) else [known, value]
        else:
            found[key] = value
    return found


def _dicts(rows: list[Any]) -> Iterator[dict[str, Any]]:
    for row in rows:
        if isinstance(row, dict) and row:
            yield row


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _number(value: Any) -> int | None:
    try:
        return int(str(value).strip().replace(",", ""))
    except ValueError:
        return None


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _not_an_envelope(url: str, text: str) -> SourceChanged:
    what = "웹 페이지" if re.match(r"(?is)\s*<(?:!doctype\s+html|html|head|body)", text) else "알 수 없는 본문"
    return SourceChanged(
        url,
        f"오픈API의 응답이 아닙니다({what}): {text[:80]}",
        f"This is no open API answer: {text[:80]}",
        "원천의 주소와 형식을 확인하세요.",
        "Check the source's address and format.",
    )
