"""Answers that rest on the index alone, given again until the index changes."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Memory(Generic[Value]):
    """At most so many values of one generation of an index; the one that was asked for longest ago goes first.

    Residents of many places ask in the same words: what depends on the words and not on the place is found once.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._generation: Hashable = None
        self._values: OrderedDict[Hashable, Value] = OrderedDict()

    def get(self, generation: Hashable, key: Hashable) -> Value | None:
        """What was kept under the key in this very generation; None where nothing was."""
        with self._lock:
            if generation != self._generation or key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key]

    def keep(self, generation: Hashable, key: Hashable, value: Value) -> None:
        """Keep a value. `generation` is what stood before the value was found, so that what is newer is never kept as older."""
        with self._lock:
            if generation != self._generation:
                self._generation = generation
                self._values.clear()
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)

    def found(self, generation: Hashable, key: Hashable, find: Callable[[], Value]) -> Value:
        """The value under the key, found by `find` where it is not kept."""
        kept = self.get(generation, key)
        if kept is not None:
            return kept
        value = find()
        self.keep(generation, key, value)
        return value
