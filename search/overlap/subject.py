"""What comparing knows of a platform, a plan or a pair's side: one frozen value, made from any of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from search.overlap.names import place_words
from search.overlap.naming import Naming, naming_of

# Under these many owners stand side by side: an address there says which shop, not which operation.
SHARED_DOMAINS = frozenset(
    {
        "google.com",
        "apple.com",
        "naver.com",
        "naver.me",
        "kakao.com",
        "daum.net",
        "youtube.com",
        "youtu.be",
        "facebook.com",
        "instagram.com",
        "onestore.co.kr",
        "tistory.com",
        "modoo.at",
        "cafe24.com",
        "imweb.me",
        "github.io",
        "bit.ly",
    }
)


@dataclass(frozen=True)
class Subject:
    """One side of a comparison. Empty or None means 'not known', which is never taken for 'no'.

    `functions` maps function ids to how sure we are (0 to 1), `evidence` to the words that led there. `area` is
    the ids of the governments served; `nationwide` is set for national bodies and firms. `owner_words` are the
    owner's and its parents' names, used only to take place words off the name; `function_words` the plain words of
    its functions (longest first), used only to find the brand in it.
    """

    id: str
    name: str
    owner_id: int | None = None
    owner_name: str = ""
    owner_words: tuple[str, ...] = ()
    level: str = ""
    description: str = ""
    type: str = ""
    form: str = ""
    functions: Mapping[str, float] = field(default_factory=dict)
    evidence: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    function_words: tuple[str, ...] = ()
    beneficiaries: frozenset[str] = frozenset()
    url: str = ""
    host: str = ""
    packages: frozenset[str] = frozenset()
    other_names: tuple[str, ...] = ()
    area: frozenset[int] = frozenset()
    nationwide: bool = False
    status: str = "unknown"
    launched: str = ""
    closed: str = ""
    department: str = ""
    operator: str = ""
    engine: str = ""
    operation: str = ""
    successor_id: str = ""
    parent_id: str = ""
    sources: frozenset[str] = frozenset()
    version: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Every name it goes or went by, the present one first."""
        return (self.name, *self.other_names)

    @property
    def places(self) -> tuple[str, ...]:
        """The place words of its owner."""
        return place_words(*(self.owner_words or (self.owner_name,)))

    @property
    def naming(self) -> Naming:
        """What its names say; read anew each time: a million subjects do not keep it."""
        return naming_of(self.names, self.places, self.function_words)

    @property
    def own_host(self) -> str:
        """Its host, unless many owners share it."""
        return "" if domain_of(self.host) in SHARED_DOMAINS else self.host

    @property
    def own_domain(self) -> str:
        """What its owner registered: tashu.or.kr for bike.tashu.or.kr; under go.kr the host itself."""
        return domain_of(self.own_host)

    @property
    def main_function(self) -> str:
        """The function it is surest of; the first named among equals."""
        return max(self.functions, key=lambda key: self.functions[key], default="")

    @property
    def year(self) -> int:
        """The year it started, 0 when not known."""
        return int(self.launched[:4]) if self.launched[:4].isdigit() else 0

    @property
    def standing(self) -> float:
        """How fit it is to stand for its group: running before planned before closed, wider before narrower."""
        return _STANDING.get(self.status, 1.0) + _WIDTH.get(self.level, 0.0)


_STANDING = {"running": 3.0, "planned": 2.0, "suspended": 1.0, "unknown": 1.0, "closed": 0.0}
_WIDTH = {"national": 0.3, "metropolitan": 0.2, "basic": 0.1}


def domain_of(host: str) -> str:
    """The registered domain of a host; below go.kr every label is an office or a service of its own."""
    labels = host.split(".")
    if labels[-2:] in (["go", "kr"], ["gov", "kr"]) or labels[-1].isdigit():
        return host
    second_level = len(labels) > 2 and labels[-1] == "kr" and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3 if second_level else -2 :])


_SECOND_LEVEL = frozenset({"or", "co", "re", "ac", "ne", "pe", "ms", "hs", "es", "sc", "kg", "mil"})
