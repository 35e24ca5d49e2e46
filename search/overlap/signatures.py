"""Names and descriptions as bit sets, so that a million of them are compared by counting bits."""

import re
import zlib
from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from search.overlap.names import words

SIGNATURE_WORDS = 4
SIGNATURE_BITS = SIGNATURE_WORDS * 64
_BITS_WIDE = SIGNATURE_BITS.bit_length() - 1

Signatures = NDArray[np.uint64]
Ints = NDArray[np.int64]

# A description says what it is about at its beginning.
_MOST_LETTERS = 240
_MOST_WORDS = 40
# So many at once are held with a byte per bit.
_SLICE = 8192
# 11번가 holds no 1번가, and 120 no 12.
_NUMBER = re.compile(r"[0-9]{1,9}")


def name_signatures(names: Sequence[str]) -> Signatures:
    """A row per folded name, by its single letters and by its bigrams with ends marked: short names need both."""
    found = np.zeros((len(names), SIGNATURE_WORDS), dtype=np.uint64)
    for start in range(0, len(names), _SLICE):
        marked = [f"^{_numbers_as_letters(name)}$" for name in names[start : start + _SLICE]]
        rows, bits = _letter_bits(marked)
        found[start : start + len(marked)] = _packed(len(marked), rows, bits)
    return found


def _numbers_as_letters(text: str) -> str:
    """A number is one letter, of those that no text uses."""
    if text.isalpha():
        return text
    return _NUMBER.sub(lambda found: chr(0xE000 + int(found.group()) % 0x1900), text)


def _letter_bits(marked: Sequence[str]) -> tuple[Ints, Ints]:
    """Bits of all letters and neighbouring letters between the marks of some texts, and the text that each is of."""
    letters, place = np.unique(np.frombuffer("".join(marked).encode("utf-32-le"), dtype="<u4"), return_inverse=True)
    spelt = [chr(letter).encode() for letter in letters.tolist()]
    own = np.array([zlib.crc32(one) for one in spelt], dtype=np.uint32)
    wide = np.array([len(one) for one in spelt], dtype=np.int64)
    # The sum of two letters together is that of the first moved by the length of the second, and that of the second.
    moved = np.array(
        [[zlib.crc32(bytes(more), int(one)) ^ zlib.crc32(bytes(more)) for more in range(1, 5)] for one in own],
        dtype=np.uint32,
    ).reshape(-1, 4)
    row = np.repeat(np.arange(len(marked)), [len(one) for one in marked])
    together = np.flatnonzero(row[1:] == row[:-1])
    first, second = place[together], place[together + 1]
    pairs = moved[first, wide[second] - 1] ^ own[second]
    # Every letter but the marks at both ends begins one pair and ends another.
    alone = together[1:][np.diff(together) == 1]
    sums = np.concatenate([pairs, own[place[alone]]])
    return np.concatenate([row[together], row[alone]]), _bits(sums)


def word_signatures(descriptions: Sequence[str]) -> Signatures:
    """A row per description, by its words: a whole text's n-grams would fill every bit."""
    found = np.zeros((len(descriptions), SIGNATURE_WORDS), dtype=np.uint64)
    for start in range(0, len(descriptions), _SLICE):
        part, places = descriptions[start : start + _SLICE], _Places()
        # Words of one letter stand in most texts.
        said = [[places[word] for word in _first_words(text) if len(word) > 1] for text in part]
        rows = np.repeat(np.arange(len(part)), [len(one) for one in said])
        told = np.fromiter(chain.from_iterable(said), dtype=np.int64, count=len(rows))
        sums = np.array([zlib.crc32(word.encode()) for word in places], dtype=np.uint32)
        found[start : start + len(part)] = _packed(len(part), rows, _bits(sums)[told])
    return found


class _Places(dict[str, int]):
    """Words in the order in which they came."""

    def __missing__(self, word: str) -> int:
        place = self[word] = len(self)
        return place


def _first_words(description: str) -> list[str]:
    return words(description[:_MOST_LETTERS])[:_MOST_WORDS] if description else []


def _packed(count: int, rows: Ints, bits: Ints) -> Signatures:
    marks = np.zeros((count, SIGNATURE_BITS), dtype=bool)
    marks.reshape(-1)[rows * SIGNATURE_BITS + bits] = True
    return np.packbits(marks, axis=1, bitorder="little").view("<u8")


def _bits(sums: NDArray[np.uint32]) -> Ints:
    # CRC is linear: parts that differ in their last letter would collide together. Multiplying breaks that.
    return (sums * np.uint32(2654435761) >> np.uint32(32 - _BITS_WIDE)).astype(np.int64)
