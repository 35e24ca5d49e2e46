"""Makes config/vocab/leanings.txt: `python -m search.leanings_table`.

Every phrasing is a set of words that leads to a function. Ridge regression learns for each word what it says for each
function; words that Kiwi's model holds for near share what they say, so words of no phrasing get weights as well.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
from kiwipiepy import Kiwi
from numpy.typing import NDArray

from config.settings import CONFIG
from search.hangul import is_syllable
from search.needs import Vocabulary

Morpheme = tuple[str, str] | int
Vectors = dict[str, NDArray[np.float64]]

# Kiwi gives likenesses of pairs: from those with so many words, vectors of as many dimensions as its model has.
LANDMARKS, DIMENSIONS = 600, 256
# Which words of no phrasing are looked at: among so many of the nearest to one of a phrasing, and so near.
NEIGHBOURS, NEAR = 50, 0.55
# How much a word speaks for itself; the rest it shares with those near to it.
ITSELF = 0.2
RIDGE = 1.0
# What is kept: functions a word, the least weight, and the least for a word that stands in no phrasing.
MOST, LEAST, LEAST_UNHEARD = 4, 0.05, 0.18
HEAD = """\
# Which functions a word leans to, in hundredths: read where no phrasing says what a sentence asks for (search/leanings.py).
# Made by `python -m search.leanings_table` from config/vocab and the likeness of words in Kiwi's model (Apache-2.0); do not edit.
"""


def vectors(vocabulary: Vocabulary) -> tuple[Vectors, Vectors]:
    """Directions of the words of the phrasings, and of words near to them that stand in none."""
    kiwi = Kiwi()
    said = {word: found for word in sorted(vocabulary.words) if (found := _morpheme(kiwi, vocabulary, word))}
    near: dict[str, Morpheme] = {}
    for morpheme in said.values():
        for one in kiwi.most_similar_morphemes(morpheme, top_n=NEIGHBOURS):
            word = _word(one.form, one.tag)
            if one.score >= NEAR and word and vocabulary.canonical(word) not in said:
                near.setdefault(word, one.id)
    morphemes = list(said.values())
    landmarks = morphemes[:: max(1, len(morphemes) // LANDMARKS)][:LANDMARKS]
    likeness = _likeness(kiwi, landmarks, landmarks)
    values, directions = np.linalg.eigh((likeness + likeness.T) / 2)
    basis = directions[:, -DIMENSIONS:] / np.sqrt(values[-DIMENSIONS:])
    placed = _likeness(kiwi, morphemes, landmarks) @ basis
    middle = placed.mean(axis=0)
    others = _likeness(kiwi, near.values(), landmarks) @ basis
    return _directions(said, placed - middle), _directions(near, others - middle)


def learn(vocabulary: Vocabulary, said: Vectors, near: Vectors) -> dict[str, dict[str, float]]:
    """The functions that each word leans to, with their weights."""
    functions = sorted(vocabulary.names)
    column = {function: number for number, function in enumerate(functions)}
    words = {word: number for number, word in enumerate(sorted(vocabulary.words))}
    phrases = [phrase for phrase in vocabulary.phrases if phrase.kind != "brands"]
    itself, shared = math.sqrt(ITSELF), math.sqrt(1.0 - ITSELF)
    given = np.zeros((len(phrases), len(words) + DIMENSIONS))
    wanted = np.zeros((len(phrases), len(functions)))
    for row, phrase in enumerate(phrases):
        size = math.sqrt(sum(vocabulary.weight(word) ** 2 for word in phrase.words))
        for word in phrase.words:
            part = vocabulary.weight(word) / size
            given[row, words[word]] = itself * part
            if word in said:
                given[row, len(words) :] += shared * part * said[word]
        wanted[row, column[phrase.functions[0][0]]] = 1.0
    square = given.T @ given + RIDGE * np.eye(given.shape[1])
    weights = np.linalg.solve(square, given.T @ wanted)
    by_itself, by_direction = weights[: len(words)] * itself, weights[len(words) :] * shared
    table: dict[str, dict[str, float]] = {}
    for word, number in words.items():
        leans = by_itself[number] + (said[word] @ by_direction if word in said else 0.0)
        table[word] = _kept(functions, leans)
    for word, direction in near.items():
        leans = direction @ by_direction
        if leans.max() >= LEAST_UNHEARD:
            table[word] = _kept(functions, leans)
    return table


def written(table: Mapping[str, Mapping[str, float]]) -> str:
    """The table as it stands in its file."""
    lines = [
        " ".join([word, *(f"{function} {round(weight * 100)}" for function, weight in table[word].items())])
        for word in sorted(table)
        if table[word]
    ]
    return HEAD + "\n".join(lines) + "\n"


def _kept(functions: list[str], leans: NDArray[np.float64]) -> dict[str, float]:
    order = np.argsort(-leans, kind="stable")[:MOST]
    return {functions[one]: round(float(leans[one]), 2) for one in order if leans[one] >= LEAST}


def _likeness(kiwi: Kiwi, ones: Iterable[Morpheme], others: list[Morpheme]) -> NDArray[np.float64]:
    return np.array([[kiwi.morpheme_similarity(one, other) for other in others] for one in ones])


def _directions(words: Iterable[str], placed: NDArray[np.float64]) -> Vectors:
    sizes = np.linalg.norm(placed, axis=1, keepdims=True)
    return dict(zip(words, placed / sizes, strict=True))


def _morpheme(kiwi: Kiwi, vocabulary: Vocabulary, word: str) -> Morpheme | None:
    """Kiwi's morpheme for a word of the vocabulary, if its model knows it."""
    if not is_syllable(word[0]):
        return None
    for morpheme in _forms(word, word in vocabulary.lexicon.infinitives):
        try:
            kiwi.morpheme_similarity(morpheme, morpheme)
        except ValueError:
            # Not in the model, or several words that are spelt alike.
            continue
        return morpheme
    return None


def _forms(word: str, verb: bool) -> Iterator[Morpheme]:
    if verb:
        stem = word.removesuffix("다")
        yield from ((stem, tag) for tag in ("VV", "VA", "VV-R", "VV-I", "VA-R", "VA-I"))
        if word.endswith(("하다", "되다", "받다")) and len(word) > 3:
            yield from ((word[:-2], tag) for tag in ("NNG", "XR"))
    yield from ((word, tag) for tag in ("NNG", "NNP", "XR", "MAG"))


def _word(form: str, tag: str) -> str:
    """A morpheme as the dictionary of queries writes it; '' for what says nothing by itself."""
    if tag in ("NNG", "XR") and len(form) > 1:
        return form
    if tag.startswith(("VV", "VA")):
        return form + "다"
    return ""


def main(path: Path = CONFIG / "vocab" / "leanings.txt") -> None:
    """Write the table anew."""
    vocabulary = Vocabulary()
    path.write_text(written(learn(vocabulary, *vectors(vocabulary))), encoding="utf-8")


if __name__ == "__main__":
    main()
