"""The seam between finding and an engine: plans in our own words go in, candidates come out.

Text is analysed before it reaches an engine (search/text.py, search/fields.py), the ranking that people see is
ours (search/ranking.py), and a plan is built from a handful of clauses. So an engine only matches terms, scores
them with BM25 (k1 1.2, b 0.75), counts facets and keeps what it is given.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from config.settings import Settings

# What an engine puts into a text field without a word: the averages that BM25 needs are then taken over the same
# documents by every engine. No query holds it, so it is never found.
NOTHING = "\u2205"


@dataclass(frozen=True)
class Term:
    """The token `text` stands in the text field `field`; scored by BM25."""

    field: str
    text: str


@dataclass(frozen=True)
class Phrase:
    """The tokens stand in `field` one after the other; scored by BM25. One token is the same as a Term."""

    field: str
    tokens: tuple[str, ...]


@dataclass(frozen=True)
class Codes:
    """The code field `field` holds any of `values`; scores 1."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Boosted:
    """The clause with its score multiplied."""

    clause: "Clause"
    boost: float


@dataclass(frozen=True)
class Constant:
    """The clause as a yes or no, worth `score`."""

    clause: "Clause"
    score: float


@dataclass(frozen=True)
class Best:
    """Any of the clauses; the best one's score plus `tie` times the others' (dismax)."""

    clauses: tuple["Clause", ...]
    tie: float = 0.0


@dataclass(frozen=True)
class AtLeast:
    """At least `minimum` of the clauses; the sum of their scores. minimum = len(clauses) means all of them."""

    clauses: tuple["Clause", ...]
    minimum: int = 1


@dataclass(frozen=True)
class Everything:
    """Every document; scores 1."""


Clause: TypeAlias = Term | Phrase | Codes | Boosted | Constant | Best | AtLeast | Everything


@dataclass(frozen=True)
class Plan:
    """What to find.

    `must` decides what is found; `prior` only adds to the scores of what is found (area, status).
    `filters` maps a code field to the values wanted: any of the values, all of the fields. A facet in `facets` is
    counted over everything found with all filters but its own. `sort` is '' for the score, or a number field,
    largest first; ties, in either case, go by id. `weight_by` names a number field `n`
    (not below 0); scores are multiplied by log2(2 + n).
    """

    must: Clause
    prior: tuple[Clause, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    facets: tuple[str, ...] = ()
    facet_size: int = 50
    sort: str = ""
    weight_by: str = ""
    offset: int = 0
    limit: int = 100
    count: bool = True


@dataclass(frozen=True)
class Candidate:
    """One document found: the engine's score and the facts that were stored with it."""

    id: str
    score: float
    stored: dict[str, Any]


@dataclass(frozen=True)
class Candidates:
    """What a plan found: how many in all (0 when not counted), the wanted stretch, and the facets' counts."""

    total: int
    found: tuple[Candidate, ...]
    facets: dict[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class IndexEntry:
    """A platform as an engine stores it; search/fields.py makes it and says what each field holds.

    `text` maps a text field to its tokens joined by single spaces (split on spaces, nothing else done to them),
    `codes` a code field to its values, `numbers` a number field to its value; `stored` comes back with a hit.
    """

    id: str
    version: int
    text: dict[str, str]
    codes: dict[str, tuple[str, ...]]
    numbers: dict[str, float]
    stored: dict[str, Any]


@dataclass(frozen=True)
class EngineHealth:
    """How an engine stands, for `doctor`: `ok`, and one sentence in each language."""

    ok: bool
    ko: str
    en: str
    facts: dict[str, Any] = field(default_factory=dict)


class SearchEngine(Protocol):
    """What every engine does. All of it raises EngineUnavailable when the engine cannot be reached.

    What `write` and `rebuild` did is durable and found by the next search once they have returned.
    """

    name: str

    def search(self, plan: Plan) -> Candidates:
        """The best candidates of a plan."""

    def evidence(self, clauses: Sequence[Clause]) -> list[int]:
        """For each clause, how many documents it matches; one round trip for all of them."""

    def vocabulary(self, field: str) -> Mapping[str, int]:
        """Every token of a text field marked `vocabulary` in search/fields.py, with its document frequency."""

    def get(self, ids: Sequence[str]) -> list[Candidate]:
        """The stored facts of these ids (score 0), in their order, absent ones left out."""

    def write(self, upserts: Sequence[IndexEntry], deletions: Sequence[tuple[str, int]]) -> None:
        """Store and remove. An entry or deletion whose version is below the stored one changes nothing."""

    def rebuild(self, entries: Iterable[IndexEntry]) -> int:
        """Build a fresh index beside the standing one and swap; readers never see an empty moment. Gives the count."""

    def versions(self) -> Iterator[tuple[str, int]]:
        """(id, version) of everything stored, in any order."""

    def generation(self) -> str:
        """A text that changes whenever the content may have changed; cheap enough to ask before each search."""

    def generation_at_hand(self) -> str | None:
        """The same where it is known without waiting for anything; None where `generation` has to look further."""

    def format(self) -> str:
        """The format the standing index was built with ('' when there is none); see search/fields.py FORMAT."""

    def count(self) -> int:
        """How many documents are stored."""

    def health(self) -> EngineHealth:
        """How the engine stands; never raises."""

    def close(self) -> None:
        """Let go of files and connections."""


def open_engine(settings: Settings) -> SearchEngine:
    """The engine these settings name: Elasticsearch where a URL is set, the embedded one otherwise."""
    if settings.elasticsearch_url:
        # Imported here because a laptop that uses the embedded engine need not load the cluster's client.
        from search.engines.elasticsearch import ElasticsearchEngine

        return ElasticsearchEngine.from_settings(settings)
    from search.engines.embedded import EmbeddedEngine

    return EmbeddedEngine(settings.index_folder)
