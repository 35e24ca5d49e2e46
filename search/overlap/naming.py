"""Everything comparing reads from a platform's names, made in one go: names are folded once, and folding costs the most."""

from collections.abc import Sequence
from typing import NamedTuple

from search.overlap.names import audience_of, brand_of, folded_without, says_otherwise, words


class Naming(NamedTuple):
    """What the names of one platform say.

    `cores` are its names without place words and as they are, without repeats: 대구로 is no '로'. `brand` is the word that
    says neither where nor what: 누비자, 따릉이. `parts` are the words of its names without place words, and whether the
    other words of that name say something more. `audience` is driver, merchant or staff where the name says so.
    """

    cores: tuple[str, ...]
    brand: str
    parts: tuple[tuple[str, bool], ...]
    audience: str


def naming_of(names: Sequence[str], places: tuple[str, ...], function_words: tuple[str, ...]) -> Naming:
    """Read names, the present one first; `places` are the owner's place words."""
    cores: dict[str, None] = {}
    parts: dict[str, bool] = {}
    said = [words(name) for name in names]
    for worded in said:
        folded = "".join(worded)
        # What the whole name does not hold, no word of it holds.
        held = [place for place in places if place in folded]
        cores[folded_without(folded, places) if held else folded] = None
        cores[folded] = None
        # A name of one word is that word.
        if len(worded) > 1:
            _read_parts(worded, held, places, function_words, parts)
    brand = brand_of(next(iter(cores)), function_words)
    return Naming(tuple(cores), brand, tuple(parts.items()), audience_of("".join(said[0])))


def _read_parts(
    worded: list[str],
    held: list[str],
    places: tuple[str, ...],
    function_words: tuple[str, ...],
    found: dict[str, bool],
) -> None:
    if held:
        named = [folded_without(one, places) if any(place in one for place in held) else one for one in worded]
        worded = [part for part in named if part not in places]
    if len(worded) < 2:
        return
    for place, part in enumerate(worded):
        # Nothing more is asked of a word that was said alone once.
        if len(part) > 1 and found.get(part, True):
            found[part] = says_otherwise(worded[:place] + worded[place + 1 :], function_words)
