"""National bodies then and now: a former, short or English name means the body that answers for it today."""

import csv
from functools import lru_cache

from config.settings import CONFIG
from registry.place_names import compact

# A body's office is written after its name: 환경부 한강홍수통제소.
SEPARATORS = (" ", "·")


@lru_cache
def _pairs() -> tuple[tuple[str, str], ...]:
    """(former name, name that directly followed it), oldest first, of config/catalogue/bodies.csv."""
    with (CONFIG / "catalogue" / "bodies.csv").open(encoding="utf-8", newline="") as file:
        return tuple((row["former"], row["present"]) for row in csv.DictReader(file))


@lru_cache
def _other_names() -> tuple[tuple[str, str], ...]:
    """(short, English or other name, official name), of config/catalogue/body_aliases.csv."""
    with (CONFIG / "catalogue" / "body_aliases.csv").open(encoding="utf-8", newline="") as file:
        return tuple((row["alias"], row["body"]) for row in csv.DictReader(file))


@lru_cache
def _official() -> dict[str, str]:
    return {compact(alias): body for alias, body in _other_names()}


def present_bodies(name: str) -> tuple[str, ...]:
    """Today's names of the body that has or had this name: several after a split, the name itself otherwise.

    The name may go on with an office of the body (환경부 한강홍수통제소).
    """
    return _present(name.strip())


@lru_cache(maxsize=4096)
def _present(name: str) -> tuple[str, ...]:
    for head, tail in _heads(name):
        official = _official().get(compact(head))
        if official and official != head:
            return _present(official + tail)
        followed = [present for former, present in _pairs() if compact(former) == compact(head)]
        if followed:
            return tuple(dict.fromkeys(today for one in followed for today in _present(one + tail)))
    return (name,)


def present_body(name: str) -> str:
    """Today's name of the body; after a split the name as it stands, because choosing a part would be a guess."""
    today = present_bodies(name)
    return today[0] if len(today) == 1 else name


def former_bodies(name: str) -> tuple[str, ...]:
    """The names that the body had before, latest first."""
    return _former(name.strip())


@lru_cache(maxsize=4096)
def _former(name: str) -> tuple[str, ...]:
    found: list[str] = []
    for head, tail in _heads(name):
        before = [former for former, present in _pairs() if compact(present) == compact(head)]
        for one in reversed(before):
            found += [one + tail, *_former(one + tail)]
    return tuple(dict.fromkeys(found))


def body_names(name: str) -> tuple[str, ...]:
    """Every name of the body, the present one first: former, short and English ones."""
    today = present_body(name.strip())
    names = {compact(one) for one in (today, *former_bodies(today))}
    short = [alias for alias, body in _other_names() if compact(body) in names]
    return tuple(dict.fromkeys([today, *former_bodies(today), *short]))


def known_bodies() -> frozenset[str]:
    """All names in config/catalogue/bodies.csv, former and present."""
    return frozenset(name for pair in _pairs() for name in pair)


def same_body(one: str, other: str) -> bool:
    """Whether two names are of one body, then or now."""
    return not {compact(name) for name in present_bodies(one)}.isdisjoint(
        compact(name) for name in present_bodies(other)
    )


def _heads(name: str) -> list[tuple[str, str]]:
    """The whole name, and what stands before its first space or dot with what follows."""
    found = [(name, "")]
    for separator in SEPARATORS:
        head, mark, tail = name.partition(separator)
        if mark:
            found.append((head, mark + tail))
    return found
