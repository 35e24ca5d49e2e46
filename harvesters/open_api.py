"""Harvests lists behind Korean open APIs, page by page; rows are yielded as they are and the source file maps them."""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, ClassVar
from urllib.parse import quote

from harvesters.answers import raise_for
from harvesters.base import Harvester, HarvestTask, Option, Problem
from harvesters.envelopes import Envelope, open_envelope, raise_for_result
from harvesters.http import Response
from registry.errors import HarvestError, SourceChanged, SourceUnreachable
from registry.records import HarvestedRecord


class OpenApiHarvester(Harvester):
    """Reads any of the envelopes of harvesters/envelopes.py. `url` may hold {key}, {page}, {size}, {start}, {end}."""

    name: ClassVar[str] = "open_api"
    title: ClassVar[str] = "Korean open API"
    title_ko: ClassVar[str] = "오픈API (공공데이터포털, odcloud, 서울, 경기)"
    options: ClassVar[tuple[Option, ...]] = (
        Option("key_env", str, "Environment variable that holds the key; empty where none is needed", "인증키가 든 환경변수, 없으면 빈 값", ""),
        Option("key_param", str, "Parameter that takes the key", "인증키를 넣는 요청변수", "serviceKey"),
        Option("page_param", str, "Parameter that takes the page number", "쪽 번호를 넣는 요청변수", "pageNo"),
        Option("size_param", str, "Parameter that takes the page size", "쪽 크기를 넣는 요청변수", "numOfRows"),
        Option("size", int, "Rows asked for at once", "한 번에 청하는 줄 수", 100),
        Option("params", dict, "Further parameters, such as type, _type or cond[…]", "그 밖의 요청변수(type, _type, cond[…] 따위)", {}),
        Option("id_fields", list, "Fields that together identify a row", "한 줄을 가리키는 항목들", []),
        Option("needs", list, "Fields without which a row is no platform; such rows are left out", "비어 있으면 플랫폼이 아닌 항목", []),
        Option("only", dict, "Rows wanted: {field: [values]}", "받을 줄: {항목: [값들]}", {}),
        Option("since_param", str, "Parameter that takes the time stamp from which changes are wanted", "바뀐 것만 청하는 요청변수", ""),
        Option("modified_field", str, "Field with a row's time stamp of change", "바뀐 때가 적힌 항목", ""),
    )  # fmt: skip

    def harvest(self, task: HarvestTask) -> Iterator[HarvestedRecord]:
        """The rows of every page, until the count is reached or a page comes empty."""
        key = task.secret(task.option("key_env")) if task.option("key_env") else ""
        size, page, start, full = task.option("size"), 1, 1, 0
        if task.since and task.option("since_param"):
            task.listing.scope = "since"
        while True:
            envelope, answer = _fetch(task, key, page, size, start)
            rows = list(envelope.rows)
            if envelope.total is not None:
                task.listing.state(envelope.total)
            ids = [_id(task, row) for row in rows]
            if not rows:
                _end(task, envelope)
                return
            if not task.listing.page(ids):
                return
            for remote_id, row in zip(ids, rows, strict=True):
                if _wanted(task, row):
                    yield _record(remote_id, row, answer, key)
            task.progress(f"{page}쪽", task.listing.read, envelope.total)
            _mark(task, rows)
            if envelope.total is not None and task.listing.read >= envelope.total:
                task.listing.end()
                return
            # Where nothing states a count, a page shorter than the first is the last; the first one proves nothing,
            # because the source may cap its pages below the size we ask for.
            full = max(full, len(rows))
            if not _paged(task) or (envelope.total is None and len(rows) < full):
                task.listing.end()
                return
            page, start = page + 1, start + len(rows)


def _paged(task: HarvestTask) -> bool:
    return bool(task.option("page_param")) or "{page}" in task.source.url or "{start}" in task.source.url


def _end(task: HarvestTask, envelope: Envelope) -> None:
    """An empty page ends a list; whether it came too early, the count tells (Listing.doubts)."""
    if task.listing.pages == 0:
        task.listing.page([])
        task.listing.state(envelope.total or 0)
    task.listing.end()


def _fetch(task: HarvestTask, key: str, page: int, size: int, start: int) -> tuple[Envelope, Response]:
    """One page, tried again once where the service itself is ill. Errors never show the key."""
    for attempt in (1, 2):
        try:
            return _ask(task, key, page, size, start)
        except SourceUnreachable as ill:
            if attempt == 2:
                raise _hidden(ill, key) from None
            task.client.stop.wait(task.client.manners.retry_pause)
        except HarvestError as problem:
            raise _hidden(problem, key) from None
    raise AssertionError("unreachable")


def _ask(task: HarvestTask, key: str, page: int, size: int, start: int) -> tuple[Envelope, Response]:
    template = task.source.url
    url = template.format_map(_Blank(key=quote(key, safe=""), page=page, size=size, start=start, end=start + size - 1))
    params: dict[str, Any] = dict(task.option("params"))
    for option, value, placeholders in (
        ("page_param", page, ("{page}", "{start}")),
        ("size_param", size, ("{size}", "{end}")),
        ("key_param", key, ("{key}",)),
    ):
        if value and not any(mark in template for mark in placeholders):
            params[task.option(option)] = value
    if task.listing.scope == "since":
        params[task.option("since_param")] = task.since
    answer = task.client.get(url, params=params, check=False, conditional=False)
    try:
        envelope = open_envelope(answer.content, answer.headers.get("content-type", ""), answer.final_url)
    except SourceChanged:
        # A refusal in plain HTTP (a login page, 403 without an envelope) says more than "not an envelope".
        raise_for(answer)
        raise
    raise_for_result(envelope, answer.final_url)
    if answer.status >= 400:
        raise_for(answer)
    return envelope, answer


class _Blank(dict[str, Any]):
    """Leaves braces that are none of our placeholders as they are."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def _record(remote_id: str, row: Mapping[str, Any], answer: Response, key: str) -> HarvestedRecord:
    body = json.dumps(row, ensure_ascii=False, sort_keys=True).encode()
    return HarvestedRecord(remote_id, _without_key(answer.url, key), dict(row), body, answer.encoding)


def _id(task: HarvestTask, row: Mapping[str, Any]) -> str:
    """The row's identifier; where its fields are empty one made of the row, and a problem that says so."""
    fields = task.option("id_fields")
    parts = [str(row.get(field) or "").strip() for field in fields]
    if fields and all(parts):
        return "|".join(parts)[:500]
    if fields:
        task.listing.problem(
            Problem(
                "id_missing",
                f"식별 항목({', '.join(fields)})이 빈 줄이 있습니다.",
                f"A row has no {', '.join(fields)}.",
                "원천에 알리거나 id_fields를 고치세요.",
                "Tell the source, or change id_fields.",
                field=",".join(fields),
                value=json.dumps(row, ensure_ascii=False)[:300],
            )
        )
    return "row:" + sha256(json.dumps(row, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:24]


def _wanted(task: HarvestTask, row: Mapping[str, Any]) -> bool:
    if any(not str(row.get(field) or "").strip() for field in task.option("needs")):
        return False
    return all(str(row.get(field)) in map(str, values) for field, values in task.option("only").items())


def _mark(task: HarvestTask, rows: list[dict[str, Any]]) -> None:
    field = task.option("modified_field")
    if field:
        task.listing.mark = max([task.listing.mark, *(str(row.get(field) or "") for row in rows)])


def _hidden(error: HarvestError, key: str) -> HarvestError:
    """The error with the key taken out of every sentence and address."""
    for name in ("url", "cause_ko", "cause_en", "remedy_ko", "remedy_en"):
        setattr(error, name, _without_key(getattr(error, name), key))
    error.args = tuple(_without_key(str(arg), key) for arg in error.args)
    return error


def _without_key(text: str, key: str) -> str:
    for shape in {key, quote(key, safe=""), quote(key)} if key else ():
        text = text.replace(shape, "***")
    return text
