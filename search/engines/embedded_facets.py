"""Facets of an embedded index: each counted over what is found with all filters but its own."""

import os
from collections.abc import Hashable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from search.engine import Plan
from search.engines.embedded_query import Queries
from search.memory import Memory

Counts = dict[str, tuple[tuple[str, int], ...]]

# Counts of so many plans are kept: some ten megabytes. They are the same wherever the question was asked.
MOST_KEPT = 1000


class FacetCounter:
    """Counts beside the search for candidates: tantivy lets go of the interpreter's lock while it works."""

    def __init__(self, queries: Queries) -> None:
        self._queries = queries
        self._kept: Memory[Counts] = Memory(MOST_KEPT)
        self._threads = ThreadPoolExecutor(max(2, os.cpu_count() or 2), "facets")

    def start(self, searcher: Any, generation: str, plan: Plan) -> Future[Counts]:
        """Begin to count the plan's facets: every facet's values with their counts, the commonest first."""
        key = _counted_over(plan)
        kept = self._kept.get(generation, key)
        if kept is not None:
            counted: Future[Counts] = Future()
            counted.set_result(kept)
            return counted
        # One task for all of them: handing work to a second thread costs more than it gains on a few cores.
        return self._threads.submit(self._count, searcher, generation, plan, key)

    def close(self) -> None:
        """Let go of the threads."""
        self._threads.shutdown(wait=False)

    def _count(self, searcher: Any, generation: str, plan: Plan, key: Hashable) -> Counts:
        counts: Counts = {}
        for names, filters in _groups(plan):
            counts |= _counted(searcher, self._queries.found(plan.must, filters), names, plan.facet_size)
        self._kept.keep(generation, key, counts)
        return counts


def _counted_over(plan: Plan) -> Hashable:
    """All that a plan's counts depend on: not its order, and not the place that the order is for."""
    return plan.must, tuple(sorted(plan.filters.items())), plan.facets, plan.facet_size


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
