"""Code lists that the code itself decides on; an unknown code is an error, never a default.

Vocabularies that people curate (functions, beneficiaries, forms' words) are YAML in config/vocab and are read
by registry/vocabulary.py.
"""

from enum import StrEnum
from typing import TypeVar

from registry.errors import UnknownCode

Code = TypeVar("Code", bound=StrEnum)


class PlatformType(StrEnum):
    """The report's three types (KRILA 2022-01, T 2-4)."""

    information = "information"
    proposal = "proposal"
    brokerage = "brokerage"


class Level(StrEnum):
    """Who answers for a platform: 광역, 기초, a national body or a private firm."""

    metropolitan = "metropolitan"
    basic = "basic"
    national = "national"
    private = "private"


class Status(StrEnum):
    """What is declared of a platform; what a probe sees is Liveness."""

    planned = "planned"
    running = "running"
    suspended = "suspended"
    closed = "closed"
    unknown = "unknown"


class ChannelKind(StrEnum):
    """A way to reach a platform (cpsv:Channel)."""

    web = "web"
    ios = "ios"
    android = "android"
    phone = "phone"
    visit = "visit"
    kiosk = "kiosk"
    sns = "sns"


class OperatingMode(StrEnum):
    """How a platform is designed and run; the survey's answers 1 to 4 of A1-2, B1-2, C1-2."""

    public_private = "public_private"
    central_local = "central_local"
    metropolitan_basic = "metropolitan_basic"
    alone = "alone"


class Rank(StrEnum):
    """How much a statement weighs; RANK_ORDER says which wins (design: official submission first)."""

    official = "official"
    owner = "owner"
    harvested = "harvested"
    bundled = "bundled"
    inferred = "inferred"


RANK_ORDER = {Rank.official: 4, Rank.owner: 3, Rank.harvested: 2, Rank.bundled: 1, Rank.inferred: 0}


class PlatformState(StrEnum):
    """Whether a platform's entry stands: active, withdrawn by review, or merged into another."""

    active = "active"
    withdrawn = "withdrawn"
    merged = "merged"


class Liveness(StrEnum):
    """What probes saw of an address, graded over several probes."""

    unchecked = "unchecked"
    alive = "alive"
    doubtful = "doubtful"
    dead = "dead"
    taken_over = "taken_over"


class RunState(StrEnum):
    """How a harvest run stands or ended; only a complete run may move the mark or propose withdrawals."""

    running = "running"
    complete = "complete"
    incomplete = "incomplete"
    failed = "failed"
    question = "question"


class RecordState(StrEnum):
    """What the last run knew of a record; the three absences are different things."""

    listed = "listed"
    unfetchable = "unfetchable"
    missing = "missing"
    withdrawn = "withdrawn"
    rejected = "rejected"


class Severity(StrEnum):
    """How loud an issue is: question needs an answer, error a repair, warning a look."""

    question = "question"
    error = "error"
    warning = "warning"


class ActorKind(StrEnum):
    """Who acts; every write names one."""

    person = "person"
    token = "token"
    bundle = "bundle"
    harvester = "harvester"
    probe = "probe"
    model = "model"
    system = "system"


class DecisionKind(StrEnum):
    """A recorded answer to 'are these two the same platform?'."""

    same = "same"
    different = "different"


def parse_code(kind: type[Code], field: str, value: str) -> Code:
    """The code, or UnknownCode that lists the known ones."""
    try:
        return kind(value.strip())
    except ValueError:
        known = ", ".join(member.value for member in kind)
        raise UnknownCode(
            field,
            value,
            "알 수 없는 코드입니다.",
            "This code is not known.",
            f"다음 중 하나를 쓰세요: {known}",
            f"Use one of: {known}",
        ) from None
