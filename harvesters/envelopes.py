"""The envelopes of Korean open APIs: what an answer holds, how many there are, and what its result code is.

Read here, all of them in whatever format they come: apis.data.go.kr (JSON and XML; one item as an object, empty items
as ''), its gateway's errors (XML whatever was asked, JSON with 403, or the words 'Unexpected errors'), api.odcloud.kr
(Korean keys), Seoul and Gyeonggi.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from harvesters.encoding import decode
from harvesters.result_codes import is_fine, raise_for_code
from registry.errors import SourceChanged


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
        return is_fine(self.code)


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
    """Raise what the answer's result code means; see raise_for_code."""
    raise_for_code(envelope.code, envelope.message, url)


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
