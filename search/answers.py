"""The last answers, given again while neither the index nor the governments have changed."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from search.query import SearchPage, SearchQuery

# About 20 kB a page of ten hits: some ten megabytes.
MOST = 500


class Answers:
    """A bounded memory of whole answers. What many ask alike is understood, ranked and counted once.

    `state` names everything an answer rests on; answers of another state are forgotten at once.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._state: Hashable = None
        self._pages: OrderedDict[Hashable, SearchPage] = OrderedDict()

    def page(self, query: SearchQuery, state: Callable[[], Hashable], find: Callable[[], SearchPage]) -> SearchPage:
        """The answer to a query, found by `find` where it is not remembered."""
        before, key = state(), _key(query)
        with self._lock:
            if before != self._state:
                self._pages.clear()
                self._state = before
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
                return page
        page = find()
        with self._lock:
            # An answer found while something changed may rest on both: it is given, not kept.
            if before == self._state == state():
                self._pages[key] = page
                while len(self._pages) > self._most:
                    self._pages.popitem(last=False)
        return page


def _key(query: SearchQuery) -> Hashable:
    filters = tuple(sorted((name, values) for name, values in query.filters.items() if values))
    rest = (query.sort, query.offset, query.limit, query.literal, query.explain)
    return (query.text, query.area_id, query.zone_id, filters, *rest)
