"""The service that most people mean by a function: the reviewed list of config/vocab/leading.yml."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from config.settings import CONFIG
from search.hangul import fold


class Leading:
    """Looks up in which of its functions a platform leads; one that is not listed leads in none."""

    def __init__(self, path: Path = CONFIG / "vocab" / "leading.yml") -> None:
        self._path = path

    @cached_property
    def _listed(self) -> Mapping[tuple[str, str], frozenset[str]]:
        with self._path.open(encoding="utf-8") as file:
            services: Iterable[Mapping[str, Any]] = yaml.load(
                file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
            )["services"]
        return {(fold(one["name"]), fold(one["owner"])): frozenset(one["functions"]) for one in services}

    def functions(self, stored: Mapping[str, Any]) -> frozenset[str]:
        """The functions in which this platform leads, by its present or a former name and its owner."""
        owner = fold(stored["owner"])
        for name in (stored["name"], *stored["former"]):
            found = self._listed.get((fold(name), owner))
            if found:
                return found
        return frozenset()


LEADING = Leading()
