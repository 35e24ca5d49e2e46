"""Frozen values that pass between the stages: harvest -> normalise -> register."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from registry.vocab import ActorKind, ChannelKind, Level, OperatingMode, PlatformType, Status


@dataclass(frozen=True)
class Actor:
    """Who writes. `name` is a login, a token's name, or the machine's own name such as 'bundle'."""

    kind: ActorKind
    name: str


SYSTEM = Actor(ActorKind.system, "system")
BUNDLE = Actor(ActorKind.bundle, "bundle")


@dataclass(frozen=True)
class HarvestedRecord:
    """One entry in the source's own words: `fields` is what the source said, nothing understood yet.

    `remote_id` is the source's identifier; `raw` the bytes the entry was read from (kept by the runner) and
    `encoding` the character set chosen for them. `fetched` is False for an entry that was listed but whose
    body could not be had: it keeps its platform and is never counted as missing.
    """

    remote_id: str
    url: str
    fields: Mapping[str, Any]
    raw: bytes | None = None
    encoding: str = "utf-8"
    fetched: bool = True
    problem: str = ""


@dataclass(frozen=True)
class Channel:
    """A way to reach a platform; `value` is a URL, a store link, a phone number or a place."""

    kind: ChannelKind
    value: str


@dataclass(frozen=True)
class FunctionClaim:
    """One function of a platform, how sure we are, and the words that led to it."""

    id: str
    confidence: float = 1.0
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class FigureClaim:
    """One exact figure that a source states: members, downloads, cost …

    `value` is in the unit of config/vocab/figures.yml, `as_of` a date, month or year as stated,
    `period` what it counts over ('week', 'month', 'year', 'total' or ''), `payer` who pays a cost
    (national, province, local, private or ''), `purpose` what for (build, upkeep or ''). A figure whose unit is
    text, code or date has no value but a `quote`. `note` is where the source itself has it from: a report, an address.
    """

    key: str
    value: float | None
    as_of: str = ""
    period: str = ""
    payer: str = ""
    purpose: str = ""
    quote: str = ""
    note: str = ""


@dataclass(frozen=True)
class PlatformDraft:
    """A platform as understood from one record, not yet registered. None or empty means 'not said'.

    `inferred` names the fields whose values are our own inference rather than the source's words; they become
    statements of rank inferred. `questions` are things a person should answer.
    """

    name: str
    owner_id: int | None = None
    owner_name: str = ""
    owner_level: Level | None = None
    name_en: str = ""
    description: str = ""
    type: PlatformType | None = None
    secondary_types: tuple[PlatformType, ...] = ()
    form: str = ""
    functions: tuple[FunctionClaim, ...] = ()
    beneficiaries: tuple[str, ...] = ()
    url: str = ""
    channels: tuple[Channel, ...] = ()
    aliases: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    parent: str = ""
    area: tuple[str, ...] = ()
    department: str = ""
    operator: str = ""
    partners: tuple[str, ...] = ()
    operating_mode: OperatingMode | None = None
    legal_basis: str = ""
    status: Status | None = None
    status_since: str = ""
    launched: str = ""
    closed: str = ""
    successor: str = ""
    engine: str = ""
    shared_operation: str = ""
    figures: tuple[FigureClaim, ...] = ()
    observed: str = ""
    id_hint: str = ""
    as_of: str = ""
    source_note: str = ""
    inferred: frozenset[str] = frozenset()
    confidence: float = 1.0
    questions: tuple["Question", ...] = ()
    leftovers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """Something only a person can answer about a draft; becomes an Issue."""

    field: str
    cause_ko: str
    cause_en: str
    remedy_ko: str = ""
    remedy_en: str = ""
    choices: tuple[str, ...] = ()
