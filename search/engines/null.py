"""An engine that holds its entries in memory and understands every clause: for tests that are not about an engine.

Scores are counts of matched terms instead of BM25; everything else keeps the promises of search/engine.py.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from search.engine import (
    AtLeast,
    Best,
    Boosted,
    Candidate,
    Candidates,
    Clause,
    Codes,
    Constant,
    EngineHealth,
    Everything,
    IndexEntry,
    Phrase,
    Plan,
    Term,
)
from search.fields import FORMAT


class NullEngine:
    """Entries in a dictionary; every search looks at all of them."""

    name = "null"

    def __init__(self) -> None:
        self._entries: dict[str, IndexEntry] = {}
        self._changes = 0

    def search(self, plan: Plan) -> Candidates:
        found = []
        matched = []
        for entry in self._entries.values():
            score = _score(plan.must, entry)
            if score is None:
                continue
            matched.append(entry)
            if not _passes(entry, plan.filters):
                continue
            score += sum(_score(clause, entry) or 0.0 for clause in plan.prior)
            if plan.weight_by:
                score *= entry.numbers[plan.weight_by]
            if plan.sort:
                score = entry.numbers[plan.sort]
            found.append((-score, entry.id, entry))
        found.sort(key=lambda one: one[:2])
        page = found[plan.offset : plan.offset + plan.limit]
        return Candidates(
            len(found) if plan.count else 0,
            tuple(Candidate(id_, -score, entry.stored) for score, id_, entry in page),
            {name: _count(matched, plan, name) for name in plan.facets},
        )

    def evidence(self, clauses: Sequence[Clause]) -> list[int]:
        return [sum(_score(clause, entry) is not None for entry in self._entries.values()) for clause in clauses]

    def vocabulary(self, field: str) -> Mapping[str, int]:
        return Counter(word for entry in self._entries.values() for word in set(entry.text[field].split()))

    def get(self, ids: Sequence[str]) -> list[Candidate]:
        return [Candidate(id_, 0.0, self._entries[id_].stored) for id_ in ids if id_ in self._entries]

    def write(self, upserts: Sequence[IndexEntry], deletions: Sequence[tuple[str, int]]) -> None:
        self._changes += 1
        for id_, version in deletions:
            if id_ in self._entries and self._entries[id_].version <= version:
                del self._entries[id_]
        for entry in upserts:
            if entry.id not in self._entries or self._entries[entry.id].version <= entry.version:
                self._entries[entry.id] = entry

    def rebuild(self, entries: Iterable[IndexEntry]) -> int:
        self._entries = {entry.id: entry for entry in entries}
        self._changes += 1
        return len(self._entries)

    def versions(self) -> Iterator[tuple[str, int]]:
        yield from [(entry.id, entry.version) for entry in self._entries.values()]

    def generation(self) -> str:
        return str(self._changes)

    def generation_at_hand(self) -> str | None:
        return str(self._changes)

    def format(self) -> str:
        return FORMAT if self._changes else ""

    def count(self) -> int:
        return len(self._entries)

    def health(self) -> EngineHealth:
        return EngineHealth(True, f"메모리에 {self.count()}건", f"{self.count()} platforms in memory")

    def close(self) -> None:
        self._entries = {}


def _score(clause: Clause, entry: IndexEntry) -> float | None:
    """The clause's score for an entry, None where it does not match."""
    match clause:
        case Term(field, text):
            return float(entry.text[field].split().count(text)) or None
        case Phrase(field, tokens):
            row, wanted = f" {entry.text[field]} ", f" {' '.join(tokens)} "
            return float(row.count(wanted)) or None
        case Codes(field, values):
            return 1.0 if set(values) & set(entry.codes[field]) else None
        case Boosted(inner, boost):
            score = _score(inner, entry)
            return None if score is None else score * boost
        case Constant(inner, worth):
            return None if _score(inner, entry) is None else worth
        case Best(clauses, tie):
            scores = [score for one in clauses if (score := _score(one, entry)) is not None]
            return max(scores) + tie * (sum(scores) - max(scores)) if scores else None
        case AtLeast(clauses, minimum):
            scores = [score for one in clauses if (score := _score(one, entry)) is not None]
            return sum(scores) if len(scores) >= minimum else None
        case Everything():
            return 1.0
    raise AssertionError(f"no such clause: {clause!r}")


def _passes(entry: IndexEntry, filters: Mapping[str, tuple[str, ...]]) -> bool:
    return all(set(values) & set(entry.codes[name]) for name, values in filters.items())


def _count(matched: Sequence[IndexEntry], plan: Plan, name: str) -> tuple[tuple[str, int], ...]:
    others = {other: values for other, values in plan.filters.items() if other != name}
    counts = Counter(value for entry in matched if _passes(entry, others) for value in set(entry.codes[name]))
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[: plan.facet_size])
