"""The controlled vocabulary of config/vocab/*.yml as frozen values, read once.

Types and forms are the answer options of items A1, B1 and C1 of the 2022 survey (KRILA 2022-01, appendix 1);
functions, fields, beneficiaries and figures are ours. A code that is not here is an error, never a default.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import yaml

import config
from registry.errors import UnknownCode

TYPES = ("information", "proposal", "brokerage")


@dataclass(frozen=True, slots=True)
class Field:
    """A coarse shelf (분야) that functions stand on."""

    id: str
    ko: str
    en: str


@dataclass(frozen=True, slots=True)
class Beneficiary:
    """For whom a platform is (대상), and the words that say so."""

    id: str
    ko: str
    en: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """One of the survey's 16 options. Its id repeats over types ("other"), its key `type/id` does not."""

    id: str
    type: str
    code: str
    ko: str
    en: str
    short_ko: str
    words: tuple[str, ...]

    @property
    def key(self) -> str:
        return f"{self.type}/{self.id}"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number a usage report may carry. `per` is the time it covers: total, year, month, week, day, none."""

    id: str
    ko: str
    en: str
    unit: str
    per: str


@dataclass(frozen=True, slots=True)
class Example:
    """A real platform that serves a function."""

    name: str
    owner: str


@dataclass(frozen=True, slots=True)
class Function:
    """What need a platform meets (업무기능), with every way people name it."""

    id: str
    ko: str
    en: str
    field: str
    synonyms: tuple[str, ...]
    words: tuple[str, ...]
    brands: tuple[str, ...]
    patterns: tuple[str, ...]
    url: tuple[str, ...]
    excluded: tuple[str, ...]
    forms: tuple[str, ...]
    beneficiaries: tuple[str, ...]
    private: tuple[str, ...]
    gov_function: str
    cofog: str
    examples: tuple[Example, ...]
    # A home page or a notice board is something each government must have: alike by nature, no overlap by itself.
    each_government: bool = False
    covers: tuple[str, ...] = ()  # functions that this one takes in: a general booking site also books halls
    weak: tuple[str, ...] = ()  # patterns that count only where nothing else in the name speaks
    was: tuple[str, ...] = ()  # ids of functions that were merged into this one
    hints: tuple[str, ...] = ()  # patterns that prove nothing and name candidates when a person has to be asked

    @property
    def type(self) -> str:
        """The type this function usually belongs to."""
        return self.forms[0].split("/")[0]


class Vocabulary:
    """All code lists; a lookup of an unknown code raises UnknownCode with what is near it."""

    def __init__(self, folder: Path) -> None:
        self.fields = _by_id(Field(**entry) for entry in _read(folder, "fields"))
        self.beneficiaries = _by_id(Beneficiary(**_tuples(entry)) for entry in _read(folder, "beneficiaries"))
        self.forms = MappingProxyType({f.key: f for f in (Form(**_tuples(e)) for e in _read(folder, "forms"))})
        self.figures = _by_id(Figure(**entry) for entry in _read(folder, "figures"))
        self.functions = _by_id(_function(entry) for entry in _read(folder, "functions"))
        self._renamed = {old: function.id for function in self.functions.values() for old in function.was}
        self._check()

    def function(self, code: str) -> Function:
        """The function with this id, or the one that a function with this id was merged into."""
        return _get(self.functions, "function", self._renamed.get(code, code))

    def field(self, code: str) -> Field:
        return _get(self.fields, "field", code)

    def beneficiary(self, code: str) -> Beneficiary:
        return _get(self.beneficiaries, "beneficiary", code)

    def figure(self, code: str) -> Figure:
        return _get(self.figures, "figure", code)

    def form(self, type_: str, code: str) -> Form:
        return _get(self.forms, "form", f"{type_}/{code}")

    def related(self, code: str) -> tuple[str, ...]:
        """Functions that this one takes in or is taken in by: who offers one does part of the other."""
        return (*self.function(code).covers, *self.taken_in_by(code))

    def taken_in_by(self, code: str) -> tuple[str, ...]:
        """Functions that take this one in."""
        return tuple(one.id for one in self.functions.values() if code in one.covers)

    def _check(self) -> None:
        """A vocabulary that points to a code it does not have is a mistake of the file: fail while loading."""
        for function in self.functions.values():
            self.field(function.field)
            for beneficiary in function.beneficiaries:
                self.beneficiary(beneficiary)
            for part in function.covers:
                self.function(part)
            for form in function.forms:
                _get(self.forms, "form", form)
        if both := self._renamed.keys() & self.functions.keys():
            raise ValueError(f"functions.yml has ids that are both present and merged: {sorted(both)}")


@cache
def load_vocabulary(folder: Path | None = None) -> Vocabulary:
    """The vocabulary of `folder`, by default the one that comes with the program; read once per folder."""
    return Vocabulary(folder or Path(config.__file__).parent / "vocab")


Entry = TypeVar("Entry", Field, Beneficiary, Form, Figure, Function)


def _get(table: "MappingProxyType[str, Entry]", kind: str, code: str) -> Entry:
    try:
        return table[code]
    except KeyError:
        near = ", ".join(sorted(key for key in table if key[:3] == code[:3])[:5])
        raise UnknownCode(
            kind,
            code,
            "용어집에 없는 코드입니다.",
            f"The vocabulary has no such {kind}.",
            f"config/vocab에 있는 코드를 쓰세요{': ' + near if near else ''}.",
            f"Use a code of config/vocab{': ' + near if near else ''}.",
        ) from None


def _by_id(entries: "Iterable[Entry]") -> "MappingProxyType[str, Entry]":
    return MappingProxyType({entry.id: entry for entry in entries})


def _read(folder: Path, name: str) -> list[dict[str, Any]]:
    entries = yaml.load((folder / f"{name}.yml").read_text(encoding="utf-8"), Loader=_LOADER)
    ids = [(entry.get("type") if name == "forms" else None, entry["id"]) for entry in entries]
    twice = {code for code in ids if ids.count(code) > 1}
    if twice:
        raise ValueError(f"{name}.yml has an id twice: {sorted(map(str, twice))}")
    return list(entries)


def _tuples(entry: dict[str, Any]) -> dict[str, Any]:
    """YAML lists as tuples, without repeats: a brand that is also a synonym is one term there."""
    return {k: tuple(dict.fromkeys(v)) if isinstance(v, list) else v for k, v in entry.items()}


def _function(entry: dict[str, Any]) -> Function:
    examples = tuple(Example(**example) for example in entry.pop("examples", ()))
    excluded = entry.pop("not")  # a Python keyword, so the field has another name
    return Function(examples=examples, **_tuples({**entry, "excluded": excluded}))


# The C parser reads functions.yml ten times faster; it is missing only where PyYAML was built without libyaml.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
