"""Bulk writes that slow down when the server asks for it and account for every single item."""

import json
import random
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, cast

from elasticsearch import ApiError, Elasticsearch

from registry.errors import EngineUnavailable, InvalidValue

Json = dict[str, Any]

# One request holds no more than this; the server's own advice is 5 to 15 MB.
LARGEST_COUNT = 1000
LARGEST_BYTES = 5_000_000
PATIENCE = 8
FIRST_PAUSE = 0.1
LONGEST_PAUSE = 5.0
TOO_BUSY = 429
TOO_LARGE = 413
CONFLICT = 409


@dataclass(frozen=True)
class Operation:
    """One line or two of a bulk request: an upsert with its document, or a deletion without one."""

    id: str
    version: int
    document: Json | None = None

    def lines(self) -> list[bytes]:
        """As the server reads it. The registry's version decides: an older one is a conflict, the same one is not."""
        action = "delete" if self.document is None else "index"
        about = {"_id": self.id, "version": self.version, "version_type": "external_gte"}
        parts = [{action: about}] if self.document is None else [{action: about}, self.document]
        return [json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode() for part in parts]


@dataclass
class Pace:
    """How much goes into one request; halved when the server is too busy, regained slowly."""

    count: int = LARGEST_COUNT
    bytes: int = LARGEST_BYTES

    def slow_down(self, attempt: int) -> None:
        """Take half as much from now on and wait, longer with each attempt and never in step with others."""
        self.count, self.bytes = max(1, self.count // 2), max(1, self.bytes // 2)
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt) * random.uniform(0.5, 1.5)
        time.sleep(pause)

    def gain(self) -> None:
        """A request went through: a little more next time."""
        self.count = min(LARGEST_COUNT, self.count + max(1, self.count // 10))
        self.bytes = min(LARGEST_BYTES, self.bytes + max(1, self.bytes // 10))


@dataclass
class Outcome:
    """What became of the operations: how many took effect, and (id, reason) of those that the server refused."""

    done: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)

    def note(self, operation: Operation, result: Mapping[str, Any]) -> bool:
        """Take down one item's result; False when the server was too busy for it and it has to be sent again."""
        status = result["status"]
        if status == TOO_BUSY:
            return False
        if status < 300:
            self.done += 1
        elif "error" in result and status != CONFLICT:
            # A conflict is an older version than the stored one; a deletion of what is not there has no error.
            self.refused.append((operation.id, f"{status} {result['error'].get('reason', '')}"))
        return True


def write(client: Elasticsearch, target: str, operations: Iterable[Operation], *, alias: bool) -> int:
    """Carry out all operations on an index or, with `alias`, on the one behind an alias; gives how many took effect.

    An operation older than what is stored does nothing. What the server is too busy for is sent again. Whatever it
    refuses for another reason is named in one InvalidValue at the end, when everything else has been stored.
    """
    pace, outcome, waiting = Pace(), Outcome(), iter(operations)
    while batch := list(islice(waiting, pace.count)):
        for part in _parts(batch, pace.bytes):
            _send(client, target, part, pace, outcome, alias)
    if outcome.refused:
        raise _refusal(outcome.refused)
    return outcome.done


def _parts(operations: list[Operation], largest: int) -> Iterator[list[Operation]]:
    """Cut a batch into requests of at most so many bytes; a single larger operation goes alone."""
    part: list[Operation] = []
    size = 0
    for operation in operations:
        length = sum(map(len, operation.lines()))
        if part and size + length > largest:
            yield part
            part, size = [], 0
        part.append(operation)
        size += length
    if part:
        yield part


def _send(client: Elasticsearch, target: str, part: list[Operation], pace: Pace, outcome: Outcome, alias: bool) -> None:
    """Send one part, in halves of halves while the server is too busy, until nothing of it is left to try."""
    attempt, todo = 0, [part]
    while todo:
        batch = todo.pop()
        busy = _send_once(client, target, batch, outcome, alias)
        if not busy:
            attempt = 0
            pace.gain()
            continue
        if attempt >= PATIENCE:
            raise _too_busy(len(busy))
        pace.slow_down(attempt)
        attempt += 1
        middle = (len(busy) + 1) // 2
        todo += [half for half in (busy[middle:], busy[:middle]) if half]


def _send_once(
    client: Elasticsearch, target: str, batch: list[Operation], outcome: Outcome, alias: bool
) -> list[Operation]:
    """One request; gives the operations that the server was too busy for."""
    body = [line for operation in batch for line in operation.lines()]
    try:
        answer = client.bulk(index=target, operations=cast(Any, body), require_alias=alias)
    except ApiError as problem:
        if problem.meta.status in (TOO_BUSY, TOO_LARGE):
            return batch
        raise
    results = (next(iter(item.values())) for item in answer["items"])
    return [operation for operation, result in zip(batch, results, strict=True) if not outcome.note(operation, result)]


def _too_busy(count: int) -> EngineUnavailable:
    return EngineUnavailable(
        f"Elasticsearch가 계속 바빠서 문서 {count}건을 받지 못했습니다.",
        f"Elasticsearch stayed too busy to take {count} documents.",
        "잠시 뒤 다시 시도됩니다. 계속되면 노드를 늘리거나 힙을 키우세요.",
        "It is tried again later. If it goes on, add nodes or heap.",
    )


def _refusal(refused: list[tuple[str, str]]) -> InvalidValue:
    first = "; ".join(f"{key}: {reason}" for key, reason in refused[:5])
    return InvalidValue(
        "index entry",
        first,
        f"Elasticsearch가 문서 {len(refused)}건을 거부했습니다.",
        f"Elasticsearch refused {len(refused)} documents.",
        "다른 문서는 모두 저장되었습니다. 'metaplatform search rebuild'로 색인을 새로 만드세요.",
        "All others are stored. Build the index anew with 'metaplatform search rebuild'.",
    )
