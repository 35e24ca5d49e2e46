"""Short forms that people make of long names: the first syllables of their words."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from search.hangul import is_syllable
from search.words import Lexicon

# 2 to so many words are shortened; two only from the beginning of a name, because two syllables are soon something else.
MOST_WORDS = 5
LONGEST_NAME = 40


def short_forms(name: str, words: Iterable[str], lexicon: Lexicon) -> list[str]:
    """The short forms of a folded name from its words and the dictionary's: first syllables of words in a row, the last one also whole."""
    if len(name) > LONGEST_NAME:
        return []
    cuts = word_starts(name, words, lexicon)
    parts = [name[start:end] for start, end in zip(cuts, [*cuts[1:], len(name)], strict=True)]
    found: dict[str, None] = {}
    for first in range(len(parts)):
        if not is_syllable(parts[first][0]):
            continue
        for size in range(2, MOST_WORDS + 1):
            row = parts[first : first + size]
            if len(row) < size:
                break
            heads = "".join(part[0] for part in row)
            if size > 2 or first == 0:
                found[heads] = None
            if len(row[-1]) > 1:
                found[heads[:-1] + row[-1]] = None
            # One word in the middle is passed over: 국공포 for 국가·공간·정보·포털.
            if size > 3:
                found.update((heads[:at] + heads[at + 1 :], None) for at in range(1, size - 1))
            # The last syllable for its long word: 온관청 for 온라인·관악청.
            if len(row[-1]) > 2 and first + size == len(parts):
                found[heads + name[-1]] = None
    return list(found)


def _inner_words(name: str, lexicon: Lexicon) -> Iterator[str]:
    """Words of the dictionary inside the name, from its beginning on, longest first, one after the other."""
    at = 0
    while at < len(name) - 1:
        size = next((size for size in range(min(6, len(name) - 1), 1, -1) if name[at : at + size] in lexicon.nouns), 0)
        if size:
            yield from lexicon.parts(name[at : at + size])
        at += size or 1


def word_starts(name: str, words: Iterable[str], lexicon: Lexicon) -> list[int]:
    """Where words begin in a folded name; what follows a known word begins one too."""
    cuts = {0}
    for word in (*words, *_inner_words(name, lexicon)):
        if len(word) < 2 or len(word) >= len(name):
            continue
        at = name.find(word)
        if at >= 0:
            cuts.update((at, at + len(word)))
    bounds = sorted(cuts | {len(name)})
    for start, end in pairwise(bounds):
        piece = name[start:end]
        # A name is a word of the vocabulary too, and still made of words: 새빛톡톡, 생생장터.
        whole = piece in lexicon.nouns and piece != name and piece[2:] not in lexicon.nouns
        if end - start in (4, 6) and is_syllable(name[start]) and not whole:
            # Words that no dictionary knows mostly have two syllables: 한성·백제.
            cuts.update(range(start, end, 2))
        elif start and piece[0] == "의" and end - start > 2:
            # 배달의명수 is shortened to 배명수: the particle belongs to the word before.
            cuts.discard(start)
            cuts.add(start + 1)
    return sorted(cut for cut in cuts if cut < len(name))
