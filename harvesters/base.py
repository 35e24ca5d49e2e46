"""The contract of a harvester: options declared as data, a task to work on, and what it must say of its listing."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from os import environ
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import Engine

from harvesters.seen_ids import SeenIds
from registry.errors import SourceInvalid, SourceRefused
from registry.records import HarvestedRecord

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from harvesters.http import PoliteClient

Progress = Callable[[str, int, int | None], None]
"""Called with (what is being done, how many are done, how many there are or None)."""


def no_progress(_what: str, _done: int, _total: int | None) -> None:
    """Progress nobody looks at."""


@dataclass(frozen=True)
class Option:
    """One option of a harvester: form, validation, API description and README come from this declaration."""

    name: str
    kind: type
    about: str
    about_ko: str = ""
    default: Any = None
    required: bool = False
    choices: tuple[str, ...] = ()

    def read(self, value: object) -> Any:
        """The value in the option's kind, or SourceInvalid that names the option and the remedy."""
        if self.kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if not isinstance(value, self.kind) or (self.kind in (int, float) and isinstance(value, bool)):
            raise SourceInvalid(
                f"options.{self.name}",
                value,
                f"{self.kind.__name__} 값이어야 합니다.",
                f"It must be of kind {self.kind.__name__}.",
                self.about_ko or self.about,
                self.about,
            )
        if self.choices and value not in self.choices:
            known = ", ".join(self.choices)
            raise SourceInvalid(
                f"options.{self.name}",
                value,
                "쓸 수 없는 값입니다.",
                "This value is not possible.",
                f"다음 중 하나를 쓰세요: {known}",
                f"Use one of: {known}",
            )
        return value


@dataclass(frozen=True)
class Problem:
    """Something a harvester saw that did not end the run; the runner makes it an Issue of the source."""

    code: str
    cause_ko: str
    cause_en: str
    remedy_ko: str = ""
    remedy_en: str = ""
    url: str = ""
    remote_id: str = ""
    field: str = ""
    value: str = ""
    concerns: str = "source"


@dataclass(frozen=True)
class Remark:
    """A line for the run's ledger that is about no record: what a probe found of a platform, what a page held."""

    action: str
    name: str
    platform_id: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


class Listing:
    """What a harvester says of the source's list, so that the runner can tell a whole list from a part of it.

    A harvester calls `page(ids)` for each page it read, `state(count)` whenever the source says how many
    entries there are, and `end()` once the source has shown that nothing follows. Whatever makes the list
    doubtful goes into `incomplete(…)`. An incremental listing (`scope = "since"`) says nothing of what is gone.

    `keyset` is True where paging goes by key ("greater than the last one seen"), where insertions and removals
    between two pages cannot shift entries; with offsets a count that changes on the way makes the list doubtful.
    `mark` is the newest time stamp in the source's own clock; the runner keeps it for the next `since`.
    """

    def __init__(self) -> None:
        self.stated: int | None = None
        self.read = 0
        self.pages = 0
        self.scope = "all"
        self.keyset = False
        self.mark = ""
        self.note = ""
        self.ended = False
        self.reasons: list[tuple[str, str, str]] = []
        self.problems: list[Problem] = []
        self.remarks: list[Remark] = []
        self._ids = SeenIds()
        self._page_prints: set[bytes] = set()

    @property
    def distinct(self) -> int:
        """How many different ids were listed."""
        return len(self._ids)

    def page(self, ids: list[str]) -> bool:
        """Take in one page's ids; False when the source sent a page that it had sent before (H07)."""
        if ids:
            print_ = sha256("\n".join(ids).encode()).digest()
            if print_ in self._page_prints:
                self.incomplete(
                    "page_repeated",
                    f"{self.pages + 1}번째 쪽이 앞의 쪽과 같습니다. 원천이 쪽 번호를 무시합니다.",
                    f"Page {self.pages + 1} equals an earlier one: the source ignores paging.",
                )
                return False
            self._page_prints.add(print_)
        self.pages += 1
        self.read += len(ids)
        for one in ids:
            self._ids.add(one)
        return True

    def restart(self) -> None:
        """The listing is read again from its beginning in another way; what was said of it so far is void."""
        self.stated, self.read, self.pages, self.ended, self.keyset = None, 0, 0, False, False
        self._ids.clear()
        self._page_prints.clear()
        self.reasons.clear()

    def state(self, count: int) -> None:
        """The source says that its list has so many entries."""
        if self.stated is not None and self.stated != count and not self.keyset:
            self.incomplete(
                "count_moved",
                f"읽는 동안 원천의 건수가 {self.stated}에서 {count}(으)로 바뀌었습니다.",
                f"The source's count moved from {self.stated} to {count} while we read.",
            )
        self.stated = count

    def end(self) -> None:
        """The source showed that nothing follows."""
        self.ended = True

    def incomplete(self, code: str, cause_ko: str, cause_en: str) -> None:
        """Something makes the list doubtful: what was read is kept, nothing is concluded from what was not.

        One reason of a kind is enough: ten thousand records may share it, and each has its line in the ledger.
        """
        if all(code != known for known, _ko, _en in self.reasons):
            self.reasons.append((code, cause_ko, cause_en))

    def problem(self, problem: Problem) -> None:
        """Something a person should look at, that does not make the list doubtful."""
        self.problems.append(problem)

    def remark(self, remark: Remark) -> None:
        """Put a line of our own into the run's ledger."""
        self.remarks.append(remark)

    def doubts(self) -> list[tuple[str, str, str]]:
        """Why this list may not be taken as the whole list; empty when it may (code, Korean, English)."""
        doubts = list(self.reasons)
        if not self.ended:
            doubts.append(("end_not_reached", "목록의 끝까지 읽지 못했습니다.", "The end of the list was not reached."))
        if self.stated is not None and not doubts:
            sure_of_repeats = self.keyset or self.pages <= 1
            counted = self.read if sure_of_repeats and self.read == self.stated else self.distinct
            if counted != self.stated:
                doubts.append(
                    (
                        "count_differs",
                        f"원천은 {self.stated}건이라 하지만 {counted}건을 읽었습니다.",
                        f"The source states {self.stated} entries, {counted} were read.",
                    )
                )
        return doubts


@dataclass(frozen=True)
class SourceFacts:
    """What a harvester may know of its source (a Source row without its storage)."""

    id: str
    title: str
    url: str
    owner_code: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    lookups: Mapping[str, Any] = field(default_factory=dict)
    public_api: str = ""


@dataclass
class HarvestTask:
    """One execution of one harvester: where to read, with which client, since when, and what to say of the list.

    `since` is empty for a whole listing, or the source's own time stamp from which changes are wanted.
    """

    source: SourceFacts
    client: "PoliteClient"
    since: str = ""
    listing: Listing = field(default_factory=Listing)
    progress: Progress = no_progress

    def option(self, name: str) -> Any:
        """An option's value, already validated and with its default filled in."""
        return self.source.options[name]

    def secret(self, variable: str) -> str:
        """A key from the environment, once decoded, or SourceRefused that says which variable to set."""
        from urllib.parse import unquote

        value = environ.get(variable, "").strip()
        if not value:
            raise SourceRefused(
                self.source.url,
                f"이 원천을 읽으려면 인증키가 필요합니다. 환경변수 {variable} 이(가) 비어 있습니다.",
                f"This source needs a key; the environment variable {variable} is empty.",
                f"{variable}에 발급받은 키를 넣으세요.",
                f"Put the key you were given into {variable}.",
            )
        # Portals hand out keys percent-encoded; encoding them again gives error 30.
        return unquote(value) if "%" in value else value


Reader = Callable[[HarvestTask], Iterator[HarvestedRecord]]
"""What a run reads its records from: a harvester's own, or a person's file."""


class Harvester(ABC):
    """Code for one protocol. It yields records and stores nothing; whatever it raises ends the run."""

    name: ClassVar[str]
    title: ClassVar[str]
    title_ko: ClassVar[str] = ""
    options: ClassVar[tuple[Option, ...]] = ()

    @abstractmethod
    def harvest(self, task: HarvestTask) -> Iterator[HarvestedRecord]:
        """Yield the source's entries in the source's own words and say in `task.listing` what the list was."""

    @classmethod
    def reader(cls, _database: Engine) -> Reader:
        """What a run calls to read. Harvesters of sources know no database; the probe, which watches what the
        registry holds, overrides this."""
        return cls().harvest

    @classmethod
    def requests_per_run(cls, options: Mapping[str, Any], budget: int) -> int:
        """How many requests one run sends at most, for the page that asks an operator to enable a source."""
        return budget

    @classmethod
    def read_options(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """The options with defaults filled in, or SourceInvalid that names the unknown, missing or wrong one."""
        known = {option.name: option for option in cls.options}
        for name, value in given.items():
            if name not in known:
                raise SourceInvalid(
                    f"options.{name}",
                    value,
                    f"수집기 '{cls.name}' 에는 없는 옵션입니다.",
                    f"The harvester '{cls.name}' has no such option.",
                    "쓸 수 있는 옵션: " + (", ".join(sorted(known)) or "없음"),
                    "Options: " + (", ".join(sorted(known)) or "none"),
                )
        values: dict[str, Any] = {}
        for option in cls.options:
            if option.name in given and given[option.name] is not None:
                values[option.name] = option.read(given[option.name])
            elif option.required:
                raise SourceInvalid(
                    f"options.{option.name}",
                    "",
                    "꼭 있어야 하는 옵션입니다.",
                    "This option is required.",
                    option.about_ko or option.about,
                    option.about,
                )
            else:
                values[option.name] = option.default
        return values
