"""The last answers, given again while neither the index nor the governments have changed."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from search.query import SearchPage, SearchQuery

# What answers may take in all: a thousand pages of ten hits with two hundred facet values, some 40 kB each.
MOST_BYTES = 40_000_000
BYTES, HIT_BYTES, VALUE_BYTES = 2_000, 1_200, 130


class Answers:
    """A bounded memory of whole answers. What many ask alike is understood, ranked and counted once.

    `state` names everything an answer rests on; answers of another state are forgotten at once.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._lock = threading.Lock()
        self._state: Hashable = None
        self._pages: OrderedDict[Hashable, SearchPage] = OrderedDict()

    def page(self, query: SearchQuery, state: Callable[[], Hashable], find: Callable[[], SearchPage]) -> SearchPage:
        """The answer to a query, found by `find` where it is not remembered."""
        before, key = state(), _key(query)
        with self._lock:
            if before != self._state:
                self._pages.clear()
                self._state, self._bytes = before, 0
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
                return page
        page = find()
        with self._lock:
            # An answer found while something changed may rest on both: it is given, not kept.
            if before == self._state == state():
                # Found twice at once, it is kept once.
                beside = self._pages.pop(key, None)
                self._bytes += _size(page) - (_size(beside) if beside is not None else 0)
                self._pages[key] = page
                while self._bytes > self._most_bytes:
                    _, oldest = self._pages.popitem(last=False)
                    self._bytes -= _size(oldest)
        return page


def _size(page: SearchPage) -> int:
    """Roughly the bytes that a page takes."""
    return BYTES + HIT_BYTES * len(page.hits) + VALUE_BYTES * sum(map(len, page.facets.values()))


def _key(query: SearchQuery) -> Hashable:
    filters = tuple(sorted((name, values) for name, values in query.filters.items() if values))
    rest = (query.sort, query.offset, query.limit, query.literal, query.explain)
    return (query.text, query.area_id, query.zone_id, filters, *rest)
