"""What a source is expected to give, and how much of it may vanish before a person is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from registry.errors import SourceInvalid


@dataclass(frozen=True)
class Expectation:
    """The `expect` part of a source file.

    `min`, `max`: entries a whole listing has; outside of them the run stops with a question.
    `missing_runs`, `grace_days`: an entry is withdrawn once it was missing in so many complete runs and days.
    `withdraw_max_share`, `withdraw_max_count`: if more than this share, or number, of the known entries is gone,
    nothing is withdrawn and a person is asked (one vanished entry never needs a person).
    `full_every_hours`: how often a source that is read by changes is read whole.
    """

    min: int | None = None
    max: int | None = None
    missing_runs: int = 3
    grace_days: float = 7.0
    withdraw_max_share: float = 0.2
    withdraw_max_count: int = 50
    full_every_hours: float = 168.0

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Self:
        """The expectation, or SourceInvalid that names the unknown or impossible entry."""
        known = {field.name for field in fields(cls)}
        for name, value in given.items():
            number = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
            if name not in known or not number:
                raise SourceInvalid(
                    f"expect.{name}",
                    value,
                    "0 이상의 수여야 합니다." if name in known else "알 수 없는 항목입니다.",
                    "It must be a number, 0 or more." if name in known else "This entry is not known.",
                    "쓸 수 있는 항목: " + ", ".join(sorted(known)),
                    "Entries: " + ", ".join(sorted(known)),
                )
        return cls(**given)

    def ceiling(self, known: int) -> int:
        """How many of `known` entries may be gone without asking a person."""
        return min(self.withdraw_max_count, max(1, int(self.withdraw_max_share * known)))
