"""What a search asks and what it answers, in our own words: no engine's language and no HTTP in here."""

from dataclasses import dataclass, field

from registry.errors import InvalidValue, UnknownCode

SORTS = ("relevance", "recent", "users")

# Facets are filters too; the order is the order in which a page shows them.
FACETS = (
    "type",
    "form",
    "function",
    "field",
    "status",
    "level",
    "owner",
    "area",
    "beneficiary",
    "channel",
    "engine",
)

LONGEST_TEXT = 200
DEEPEST = 10_000
LARGEST_PAGE = 1000


@dataclass(frozen=True)
class SearchQuery:
    """One question. `area_id` is a government's id, `filters` maps a facet's name to the values wanted (any of).

    `literal` switches every automatic reading off; `explain` adds the reasons with their points to each hit.
    """

    text: str = ""
    area_id: int | None = None
    zone_id: str = ""
    filters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = "relevance"
    offset: int = 0
    limit: int = 10
    literal: bool = False
    explain: bool = False

    def __post_init__(self) -> None:
        if len(self.text) > LONGEST_TEXT:
            raise InvalidValue(
                "text",
                self.text,
                f"검색어는 {LONGEST_TEXT}자까지입니다.",
                f"A query may have {LONGEST_TEXT} characters.",
                "짧게 줄여 주세요.",
                "Shorten it.",
            )
        for name in self.filters:
            if name not in FACETS:
                raise UnknownCode(
                    "filters",
                    name,
                    "알 수 없는 필터입니다.",
                    "This filter is not known.",
                    f"다음 중 하나를 쓰세요: {', '.join(FACETS)}",
                    f"Use one of: {', '.join(FACETS)}",
                )
        if self.sort not in SORTS:
            raise UnknownCode(
                "sort",
                self.sort,
                "알 수 없는 정렬입니다.",
                "This order is not known.",
                f"다음 중 하나를 쓰세요: {', '.join(SORTS)}",
                f"Use one of: {', '.join(SORTS)}",
            )
        _within("offset", self.offset, 0, DEEPEST)
        _within("limit", self.limit, 0, LARGEST_PAGE)


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of a hit's score: what for, in both languages, and how many points it brought."""

    code: str
    ko: str
    en: str
    points: float


@dataclass(frozen=True)
class Successor:
    """The platform that a closed or renamed one leads to."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One platform found.

    `owner` is the owner's full name, `owner_id` its government's id (None for national bodies and firms).
    `relation` says how the owner stands to the area asked for: own, within (a member of the province asked for),
    parent, zone, nation, elsewhere, or '' when no area was given. `highlights` maps 'name' and 'description' to (start, end) offsets of matched words.
    """

    id: str
    name: str
    owner: str
    owner_id: int | None
    url: str
    type: str
    form: str
    functions: tuple[str, ...]
    status: str
    score: float
    liveness: str = "unchecked"
    relation: str = ""
    successor: Successor | None = None
    description: str = ""
    highlights: dict[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    matched: tuple[str, ...] = ()
    why: tuple[Reason, ...] = ()
    former_names: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    closed: str = ""


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet with its label and how many hits have it, the facet's own filter left aside."""

    value: str
    label: str
    count: int
    label_en: str = ""
    chosen: bool = False


@dataclass(frozen=True)
class Interpretation:
    """One automatic reading of what was typed: kind, the words typed, and what they were read as.

    Kinds: hanja, keyboard, initials, unfinished, abbreviation, spelling, place, here, need, left_out, successor, relaxed.
    """

    kind: str
    from_: str
    to: str


@dataclass(frozen=True)
class PlaceChoice:
    """One of several governments that a place name in the query may mean."""

    id: int
    code: str
    full_name: str


@dataclass(frozen=True)
class SearchPage:
    """The answer to a SearchQuery.

    `did_you_mean` is offered, never applied; what was applied stands in `interpretation` and is undone by
    `literal`. `help_functions` and `wider_area_id` are given when nothing, or next to nothing, was found.
    """

    query: SearchQuery
    total: int
    hits: tuple[Hit, ...]
    facets: dict[str, tuple[FacetValue, ...]] = field(default_factory=dict)
    interpretation: tuple[Interpretation, ...] = ()
    did_you_mean: str = ""
    place_choices: tuple[PlaceChoice, ...] = ()
    area_id: int | None = None
    functions: tuple[str, ...] = ()
    help_functions: tuple[str, ...] = ()
    wider_area_id: int | None = None
    took_ms: float = 0.0


@dataclass(frozen=True)
class Suggestion:
    """One completion. `kind` is platform, function or place; `id` the platform's, function's or government's.

    `matched` holds (start, end) offsets in `text` of what was typed, where it stands there as such.
    """

    text: str
    kind: str
    id: str
    owner: str = ""
    note: str = ""
    matched: tuple[tuple[int, int], ...] = ()


def _within(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise InvalidValue(
            name,
            value,
            f"{least}부터 {most}까지 쓸 수 있습니다.",
            f"It must lie between {least} and {most}.",
            "이 범위 안의 수로 고치세요.",
            "Choose a number within it.",
        )
