"""Ids that were seen in a listing, in some twenty bytes each: a set of strings would be the most that a run keeps."""

from array import array
from hashlib import blake2b


class SeenIds:
    """A growing set of ids that tells members and counts them, and gives none back.

    It keeps 64 bits of each id's hash in an open table: two of a million ids share them once in forty million lists.
    """

    def __init__(self) -> None:
        self.clear()

    def __len__(self) -> int:
        return self._count

    def add(self, text: str) -> bool:
        """Take an id in; False when it was in already."""
        # Zero marks a free place.
        print_ = int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big") or 1
        place = self._place(self._table, print_)
        if self._table[place] == print_:
            return False
        self._table[place] = print_
        self._count += 1
        if self._count * 3 > len(self._table) * 2:
            self._grow()
        return True

    def clear(self) -> None:
        """Forget all of them."""
        self._count = 0
        self._table = array("Q", bytes(8 * 1024))

    @staticmethod
    def _place(table: "array[int]", print_: int) -> int:
        last = len(table) - 1
        place = print_ & last
        while table[place] not in (0, print_):
            place = (place + 1) & last
        return place

    def _grow(self) -> None:
        table = array("Q", bytes(8 * 2 * len(self._table)))
        for print_ in self._table:
            if print_:
                table[self._place(table, print_)] = print_
        self._table = table
