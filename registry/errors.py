"""The error tree. Every error carries facts; whoever catches it phrases the sentence.

MetaplatformError
├── InvalidValue            a person's or a source's value cannot be taken (exit code 2, HTTP 422)
│   ├── UnknownCode         a code that no vocabulary knows
│   ├── RecordRejected      one harvested record cannot be understood; the run goes on
│   └── SourceInvalid       a source file or its options are wrong
├── NotFound                nothing has that id (exit code 2, HTTP 404)
├── NotAllowed              the actor may not do that (HTTP 403)
├── Conflict                somebody else changed it first, or the state forbids it (HTTP 409)
│   └── LeaseLost           another worker holds the source now
├── HarvestError            a source could not be read: the run ends, what was read is kept (exit code 3)
│   ├── SourceUnreachable   no answer: DNS, connection, time-out, 5xx
│   │   └── CertificateInvalid  the TLS certificate is expired, self-signed or of another host
│   ├── SourceRefused       the source says no: 401, 403, login page, robots, key errors
│   ├── SourceBusy          429 or quota: come back after `retry_after`
│   ├── SourceChanged       the answer is not of the agreed shape
│   ├── BodyTooLarge        more bytes than the limit, raw or decompressed
│   ├── AddressRefused      a private, loopback or otherwise forbidden address
│   ├── BudgetSpent         the run's requests or time are used up
│   └── Stopped             this process is being stopped; the run is taken up again later
├── EngineUnavailable       the search engine cannot be reached (HTTP 503 with Retry-After, exit code 3)
└── ComponentMissing        a component this command needs is not there (exit code 3)
    └── StorageFull         the disk has no room left
"""

from typing import Any


class MetaplatformError(Exception):
    """Base of all our errors: a code, a cause and a remedy, each in Korean and English."""

    code = "error"

    def __init__(
        self,
        cause_ko: str,
        cause_en: str,
        remedy_ko: str = "",
        remedy_en: str = "",
    ) -> None:
        super().__init__(cause_en)
        self.cause_ko, self.cause_en = cause_ko, cause_en
        self.remedy_ko, self.remedy_en = remedy_ko, remedy_en

    def cause(self, language: str = "ko") -> str:
        """What happened, in the reader's language."""
        return self.cause_ko if language == "ko" else self.cause_en

    def remedy(self, language: str = "ko") -> str:
        """What the reader can do about it."""
        return self.remedy_ko if language == "ko" else self.remedy_en

    def facts(self) -> dict[str, Any]:
        """The facts for a JSON answer or an issue."""
        return {
            "code": self.code,
            "cause": {"ko": self.cause_ko, "en": self.cause_en},
            "remedy": {"ko": self.remedy_ko, "en": self.remedy_en},
        }


class InvalidValue(MetaplatformError):
    """A value cannot be taken: names field, value, cause and remedy."""

    code = "invalid_value"

    def __init__(
        self,
        field: str,
        value: object,
        cause_ko: str,
        cause_en: str,
        remedy_ko: str = "",
        remedy_en: str = "",
    ) -> None:
        super().__init__(cause_ko, cause_en, remedy_ko, remedy_en)
        self.field = field
        self.value = shorten(value)

    def __str__(self) -> str:
        return f"{self.field}={self.value!r}: {self.cause_en} {self.remedy_en}".strip()

    def facts(self) -> dict[str, Any]:
        return {**super().facts(), "field": self.field, "value": self.value}


class UnknownCode(InvalidValue):
    """A code that no vocabulary knows: an error, never a default."""

    code = "unknown_code"


class RecordRejected(InvalidValue):
    """One record cannot be understood; it is counted and the run goes on."""

    code = "record_rejected"


class SourceInvalid(InvalidValue):
    """A source's file or options are wrong."""

    code = "source_invalid"


# What NotFound may be asked for, as a Korean reader calls it; a kind without a line is a programmer's word.
KOREAN_KINDS = {
    "account": "계정",
    "decision": "결정",
    "government": "지방자치단체",
    "issue": "확인할 일",
    "overlap group": "유사·중복 묶음",
    "group": "유사·중복 묶음",
    "platform": "플랫폼",
    "precheck": "사전검토서",
    "report": "신고",
    "run": "수집 기록",
    "source": "출처",
    "token": "토큰",
    "verdict": "판단",
    "withdrawal question": "철회 질문",
    "zone": "생활권",
}


class NotFound(MetaplatformError):
    """Nothing has that id."""

    code = "not_found"

    def __init__(self, kind: str, key: object) -> None:
        super().__init__(
            f"{KOREAN_KINDS.get(kind, kind)} '{key}': 찾을 수 없습니다.",
            f"No {kind} '{key}'.",
            "번호나 이름을 확인하세요.",
            "Check the id or the name.",
        )
        self.kind, self.key = kind, key


class NotAllowed(MetaplatformError):
    """The actor may not do that."""

    code = "not_allowed"


class Conflict(MetaplatformError):
    """Somebody changed it first, or its state forbids this."""

    code = "conflict"


class LeaseLost(Conflict):
    """Another worker holds the source now; this one must stop writing."""

    code = "lease_lost"


class HarvestError(MetaplatformError):
    """A source could not be read: names URL, cause and remedy."""

    code = "harvest_error"

    def __init__(
        self,
        url: str,
        cause_ko: str,
        cause_en: str,
        remedy_ko: str = "",
        remedy_en: str = "",
    ) -> None:
        super().__init__(cause_ko, cause_en, remedy_ko, remedy_en)
        self.url = url
        self.status: int | None = None

    def __str__(self) -> str:
        return f"{self.url}: {self.cause_en} {self.remedy_en}".strip()

    def facts(self) -> dict[str, Any]:
        return {**super().facts(), "url": self.url}


class SourceUnreachable(HarvestError):
    """No answer: DNS, connection, time-out or a server error."""

    code = "source_unreachable"


class CertificateInvalid(SourceUnreachable):
    """The TLS certificate cannot be trusted; the connection is not used."""

    code = "certificate_invalid"


class SourceRefused(HarvestError):
    """The source says no: a person has to ask for access."""

    code = "source_refused"


class SourceBusy(HarvestError):
    """The source asks us to come back later; `retry_after` is in seconds."""

    code = "source_busy"
    retry_after: float = 0.0


class SourceChanged(HarvestError):
    """The answer is not of the agreed shape."""

    code = "source_changed"


class BodyTooLarge(HarvestError):
    """More bytes than the limit allows, raw or decompressed."""

    code = "body_too_large"


class AddressRefused(HarvestError):
    """A private, loopback, link-local or otherwise forbidden address."""

    code = "address_refused"


class BudgetSpent(HarvestError):
    """The run's requests or its time are used up."""

    code = "budget_spent"


class Stopped(HarvestError):
    """This process is being stopped; what was read is kept and the run is taken up again."""

    code = "stopped"


class EngineUnavailable(MetaplatformError):
    """The search engine cannot be reached; the registry goes on and the outbox waits."""

    code = "engine_unavailable"


class ComponentMissing(MetaplatformError):
    """A component that this command needs is not there."""

    code = "component_missing"


class StorageFull(ComponentMissing):
    """The disk has no room left for what has to be kept."""

    code = "storage_full"


def shorten(value: object, limit: int = 200) -> str:
    """A value as text that fits into an error message."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
