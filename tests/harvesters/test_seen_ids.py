"""Ids seen in a listing: told apart exactly as a set tells them, in a fraction of its memory."""

import random
import tracemalloc

from harvesters.base import Listing
from harvesters.seen_ids import SeenIds


def test_it_says_what_a_set_says_of_every_id() -> None:
    chance, seen, known = random.Random(7), SeenIds(), set[str]()
    for _ in range(20_000):
        one = f"번호-{chance.randrange(9_000)}"
        assert seen.add(one) is (one not in known)
        known.add(one)
    assert len(seen) == len(known) > 7_000
    assert seen.add("") and not seen.add("") and seen.add("\ud800")
    seen.clear()
    assert len(seen) == 0 and seen.add("번호-1")


def test_a_long_listing_costs_a_few_bytes_an_id() -> None:
    listing = Listing()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for page in range(100):
            assert listing.page([f"id-{page * 1000 + number}" for number in range(1000)])
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert listing.distinct == 100_000
    assert grown / 100_000 < 40
