"""Names and descriptions as bit sets, so that a million of them are compared by counting bits."""

import re
import zlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from operator import add

import numpy as np
from numpy.typing import NDArray

from search.overlap.names import words

SIGNATURE_WORDS = 4
SIGNATURE_BITS = SIGNATURE_WORDS * 64

Signatures = NDArray[np.uint64]

# A description says what it is about at its beginning.
_MOST_LETTERS = 240
_MOST_WORDS = 40
# So many at once are held with a byte per bit.
_SLICE = 8192
# 11번가 holds no 1번가, and 120 no 12.
_NUMBER = re.compile(r"[0-9]{1,9}")


def grams(text: str) -> Iterable[str]:
    """Bigrams with ends marked and single characters: short Korean names need both. A number is one character."""
    if not text.isalpha():
        text = _NUMBER.sub(lambda found: chr(0xE000 + int(found.group()) % 0x1900), text)
    return chain(map(add, f"^{text}", f"{text}$"), text)


def name_signatures(names: Sequence[str]) -> Signatures:
    """A row per folded name."""
    return _signatures([list(map(_bit, grams(name))) for name in names])


def word_signatures(descriptions: Sequence[str]) -> Signatures:
    """A row per description, by its words: a whole text's n-grams would fill every bit."""
    return _signatures([[_bit(word) for word in _first_words(text) if len(word) > 1] for text in descriptions])


def _first_words(description: str) -> list[str]:
    return words(description[:_MOST_LETTERS])[:_MOST_WORDS] if description else []


def _signatures(bits: Sequence[Sequence[int]]) -> Signatures:
    found = np.zeros((len(bits), SIGNATURE_WORDS), dtype=np.uint64)
    for start in range(0, len(bits), _SLICE):
        part = bits[start : start + _SLICE]
        rows = np.repeat(np.arange(len(part)), [len(one) for one in part])
        marks = np.zeros((len(part), SIGNATURE_BITS), dtype=bool)
        marks[rows, np.fromiter(chain.from_iterable(part), dtype=np.int64, count=len(rows))] = True
        found[start : start + len(part)] = np.packbits(marks, axis=1, bitorder="little").view("<u8")
    return found


@lru_cache(maxsize=200_000)
def _bit(part: str) -> int:
    # CRC is linear: parts that differ in their last letter would collide together. Multiplying breaks that.
    return (zlib.crc32(part.encode()) * 2654435761 & 0xFFFFFFFF) * SIGNATURE_BITS >> 32
