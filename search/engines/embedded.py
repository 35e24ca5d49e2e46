"""The embedded engine: tantivy in a folder, one process writing, any number reading."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import tantivy

from registry.errors import EngineUnavailable
from search.engine import NOTHING, Candidate, Candidates, Clause, EngineHealth, IndexEntry, Plan, Term
from search.engines.embedded_facets import FacetCounter
from search.engines.embedded_folder import IndexFolder
from search.engines.embedded_query import Queries
from search.engines.embedded_schema import facts_of, id_of, make_schema
from search.engines.embedded_writing import Writer
from search.fields import FORMAT

WHOLE_INDEX = 10_000_000
# Equals beyond the wanted stretch that are looked at, so that ties go by id; past the most, by place in the index.
TIES = 100
MOST_TIES = 1600


class EmbeddedEngine:
    """tantivy behind the seam; see search/engine.py for what each method promises."""

    name = "embedded"

    def __init__(self, folder: Path) -> None:
        self._schema = make_schema()
        self._folder = IndexFolder(folder)
        self._writer = Writer(self._folder, self._schema)
        self._queries = Queries(self._schema)
        self._facets = FacetCounter(self._queries)

    def search(self, plan: Plan) -> Candidates:
        generation = self._folder.generation()
        searcher = self._folder.searcher()
        if searcher is None:
            return Candidates(0, (), dict.fromkeys(plan.facets, ()))
        counting = self._facets.start(searcher, generation, plan) if plan.facets else None
        size = plan.offset + plan.limit
        found = self._best(searcher, plan, size)
        rows = _in_order(searcher, found.hits, plan.offset, size)
        candidates = tuple(Candidate(id_, score, facts_of(document)) for score, id_, document in rows)
        counted = counting.result() if counting else {}
        total = int(found.count) if plan.count else 0
        return Candidates(total, candidates, {name: counted[name] for name in plan.facets})

    def evidence(self, clauses: Sequence[Clause]) -> list[int]:
        searcher = self._folder.searcher()
        if searcher is None:
            return [0] * len(clauses)
        counts = []
        for clause in clauses:
            if isinstance(clause, Term):
                counts.append(int(searcher.doc_freq(clause.field, clause.text)))
            else:
                query = self._queries.found(clause, {})
                answer = searcher.aggregate(query, {"found": {"value_count": {"field": "version"}}})
                counts.append(int(answer["found"]["value"]))
        return counts

    def vocabulary(self, field: str) -> Mapping[str, int]:
        searcher = self._folder.searcher()
        found = dict(searcher.terms_with_prefix(field, "", limit=WHOLE_INDEX)) if searcher is not None else {}
        found.pop(NOTHING, None)
        return found

    def get(self, ids: Sequence[str]) -> list[Candidate]:
        searcher = self._folder.searcher()
        if searcher is None or not ids:
            return []
        query = tantivy.Query.term_set_query(self._schema, "id", list(ids))
        hits = searcher.search(query, limit=len(ids), count=False).hits
        documents = [searcher.doc(address) for _, address in hits]
        found = {id_of(document): Candidate(id_of(document), 0.0, facts_of(document)) for document in documents}
        return [found[id_] for id_ in ids if id_ in found]

    def write(self, upserts: Sequence[IndexEntry], deletions: Sequence[tuple[str, int]]) -> None:
        self._writer.write(upserts, deletions)

    def rebuild(self, entries: Iterable[IndexEntry]) -> int:
        return self._writer.rebuild(entries)

    def versions(self) -> Iterator[tuple[str, int]]:
        searcher = self._folder.searcher()
        if searcher is None:
            return
        hits = searcher.search(tantivy.Query.all_query(), limit=max(1, searcher.num_docs), count=False).hits
        addresses = [address for _, address in hits]
        versions = searcher.fast_field_values("version", addresses)
        for address, number in zip(addresses, versions, strict=True):
            yield id_of(searcher.doc(address)), int(number or 0)

    def generation(self) -> str:
        return self._folder.generation()

    def generation_at_hand(self) -> str | None:
        return self._folder.generation_at_hand()

    def format(self) -> str:
        return self._folder.format()

    def count(self) -> int:
        searcher = self._folder.searcher()
        return int(searcher.num_docs) if searcher is not None else 0

    def health(self) -> EngineHealth:
        try:
            count = self.count()
        except (EngineUnavailable, OSError, ValueError) as error:
            return EngineHealth(False, f"색인을 열 수 없습니다: {error}", f"The index cannot be opened: {error}")
        if not self._folder.current() or self.format() != FORMAT:
            return EngineHealth(
                False, "색인을 새로 만들어야 합니다.", "The index has to be built: metaplatform reindex"
            )
        facts = {"folder": str(self._folder.path), "format": self.format()}
        return EngineHealth(True, f"내장 색인에 {count}건", f"{count} platforms in the embedded index", facts)

    def close(self) -> None:
        self._facets.close()
        self._folder.close()

    def _best(self, searcher: Any, plan: Plan, size: int) -> Any:
        """The first hits, and as many more as it takes to see all that equal the last one wanted."""
        query = self._queries.scored(plan)
        more = {"order_by_field": plan.sort} if plan.sort else {}
        more |= {"weight_by_field": plan.weight_by} if plan.weight_by else {}
        fetch = size + TIES
        while True:
            found = searcher.search(query, limit=fetch, count=plan.count, **more)
            # Where the last score wanted goes on beyond what was fetched, some of the equals are still unseen.
            cut = len(found.hits) == fetch and size > 0 and found.hits[-1][0] == found.hits[size - 1][0]
            if not cut or fetch >= MOST_TIES:
                return found
            fetch *= 4


def _in_order(searcher: Any, hits: Sequence[tuple[Any, Any]], offset: int, size: int) -> list[tuple[float, str, Any]]:
    """(score, id, document) of the hits from `offset` to `size`. Equal scores come as merges left them; ids don't change."""
    if offset >= len(hits) or offset >= size:
        return []
    first, last = float(hits[offset][0]), float(hits[min(size, len(hits)) - 1][0])
    # Only what may stand in the stretch is read: what scores more than its first or less than its last cannot.
    before = sum(float(score) > first for score, _ in hits)
    kept = [(float(score), searcher.doc(address)) for score, address in hits if last <= float(score) <= first]
    rows = [(score, id_of(document), document) for score, document in kept]
    rows.sort(key=lambda row: (-row[0], row[1]))
    return rows[offset - before : size - before]
