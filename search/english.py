"""English words of queries: their plain form, and the phrases of config/vocab/english.yml that lead to functions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml


@dataclass(frozen=True)
class English:
    """Phrases by function, words that say nothing, and words that go with anything."""

    functions: Mapping[str, tuple[str, ...]]
    empty: frozenset[str]
    weak: frozenset[str]

    @classmethod
    def load(cls, folder: Path) -> "English":
        """Read english.yml of a vocabulary folder."""
        content = yaml.safe_load((folder / "english.yml").read_text(encoding="utf-8"))
        return cls(
            {function: tuple(map(str, phrases)) for function, phrases in content["functions"].items()},
            frozenset(map(str, content["empty"])),
            frozenset(map(str, content["weak"])),
        )

    def words(self) -> Iterator[str]:
        """Every word of the phrases, as typed and in its plural."""
        for phrases in self.functions.values():
            for phrase in phrases:
                for word in phrase.split():
                    yield word
                    yield plural(word)
        yield from self.empty
        yield from self.weak


@lru_cache(maxsize=10_000)
def plain(word: str) -> str:
    """An English word without its plural: libraries and library are one word, bus and address stay."""
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "buses")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def plural(word: str) -> str:
    """The plural of an English word, by rule."""
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    if word.endswith(("s", "sh", "ch", "x")):
        return word + "es"
    return word + "s"
