"""Bit sets of names and descriptions: made of all letters of many names at once, they are those of each name alone."""

import zlib

import numpy as np

from search.overlap.model import Model
from search.overlap.signatures import SIGNATURE_BITS, name_signatures, word_signatures

NAMES = ["따릉이", "온누리 e음", "a", "", "11번가", "1번가", "가", "비짓부산passport", "따릉이"]


def _bit(part: str) -> int:
    return (zlib.crc32(part.encode()) * 2654435761 & 0xFFFFFFFF) * SIGNATURE_BITS >> 32


def _set(signature: np.ndarray) -> set[int]:
    return set(np.flatnonzero(np.unpackbits(signature.view(np.uint8), bitorder="little")).tolist())


def test_a_name_has_the_bits_of_its_letters_and_of_its_bigrams_with_ends_marked() -> None:
    for name, signature in zip(NAMES, name_signatures(NAMES), strict=True):
        if any(letter.isdigit() for letter in name):
            continue
        marked = f"^{name}$"
        parts = [*name, *(marked[place : place + 2] for place in range(len(marked) - 1))]
        assert _set(signature) == {_bit(part) for part in parts}


def test_a_number_is_one_letter_and_names_do_not_hang_on_those_beside_them() -> None:
    found = name_signatures(NAMES)
    eleven, one = (_set(found[NAMES.index(name)]) for name in ("11번가", "1번가"))
    assert not one <= eleven
    for name, signature in zip(NAMES, found, strict=True):
        assert (name_signatures([name])[0] == signature).all()


def test_a_description_has_the_bits_of_its_words_of_two_letters_and_more() -> None:
    found = word_signatures(["공공 자전거를 빌려 타는 곳", "", "자전거를 타는"])
    assert _set(found[0]) == {_bit(word) for word in ("공공", "자전거를", "빌려", "타는")}
    assert not _set(found[1]) and _set(found[2]) < _set(found[0])


def test_a_score_is_the_same_alone_and_among_many() -> None:
    model = Model((), np.array([0.1, -2.0, 3.3]), 0.7)
    values = np.random.default_rng(1).random((7, 3))
    assert [float(model.scores(row)) for row in values] == model.scores(values).tolist()
