"""Where matched words stand in a name or description, as offsets into the text that is shown."""

from collections.abc import Iterable, Sequence

from search.hangul import fold, initials


def spans(text: str, words: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """(start, end) of every matched word in the text, spaces and case aside; merged and in order."""
    folded, places = _folded(text)
    found: list[tuple[int, int]] = []
    for wanted in set(map(fold, words)):
        at = folded.find(wanted) if wanted else -1
        while at >= 0:
            found.append((places[at], places[at + len(wanted) - 1] + 1))
            at = folded.find(wanted, at + 1)
    return _merged(found)


def initial_spans(text: str, row: str) -> tuple[tuple[int, int], ...]:
    """The first stretch of the text whose initials are the row."""
    folded, places = _folded(text)
    at = initials(folded).find(row)
    return ((places[at], places[at + len(row) - 1] + 1),) if at >= 0 and row else ()


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """The folded text, and the place of each of its characters in the text that is shown."""
    folded = list(map(fold, text))
    return "".join(folded), [place for place, kept in enumerate(folded) for _ in kept]


def _merged(found: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
