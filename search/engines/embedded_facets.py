"""Facets of an embedded index: each counted over what is found with all filters but its own."""

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from search.engine import Plan
from search.engines.embedded_query import Queries

Counts = dict[str, tuple[tuple[str, int], ...]]


class FacetCounter:
    """Counts beside the search for candidates: tantivy lets go of the interpreter's lock while it works."""

    def __init__(self, queries: Queries) -> None:
        self._queries = queries
        self._threads = ThreadPoolExecutor(max(2, os.cpu_count() or 2), "facets")

    def start(self, searcher: Any, plan: Plan) -> Future[Counts]:
        """Begin to count the plan's facets: every facet's values with their counts, the commonest first."""
        # One task for all of them: handing work to a second thread costs more than it gains on a few cores.
        return self._threads.submit(self._count, searcher, plan)

    def close(self) -> None:
        """Let go of the threads."""
        self._threads.shutdown(wait=False)

    def _count(self, searcher: Any, plan: Plan) -> Counts:
        counts: Counts = {}
        for names, filters in _groups(plan):
            counts |= _counted(searcher, self._queries.found(plan.must, filters), names, plan.facet_size)
        return counts


def _groups(plan: Plan) -> Iterator[tuple[list[str], Mapping[str, tuple[str, ...]]]]:
    """Facets that are counted over the same documents; the prior finds nothing and is left out."""
    free = [name for name in plan.facets if name not in plan.filters]
    if free:
        yield free, plan.filters
    for name in plan.facets:
        if name in plan.filters:
            yield [name], {other: values for other, values in plan.filters.items() if other != name}


def _counted(searcher: Any, query: Any, names: list[str], size: int) -> Counts:
    answer = searcher.aggregate(query, {name: {"terms": {"field": name, "size": size}} for name in names})
    return {
        name: tuple(
            sorted(
                ((bucket["key"], bucket["doc_count"]) for bucket in answer[name]["buckets"]),
                key=lambda pair: (-pair[1], pair[0]),
            )
        )
        for name in names
    }
