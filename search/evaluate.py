"""Judged queries in, quality figures out: NDCG@10, MRR, success and zero results of one finder."""

import csv
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from registry.bodies import same_body
from registry.errors import InvalidValue
from registry.governments import Places
from search.finder import Finder
from search.hangul import fold
from search.query import Hit, SearchQuery

COLUMNS = ("query_id", "query", "user_area", "expected_names")
ROW_COLUMNS = ("query_id", "query", "user_area", "rank", "ndcg_at_10", "hits")
DEPTH = 10
WORST = 20


@dataclass(frozen=True)
class Expected:
    """One expected answer: a name, and the owner where one is given."""

    name: str
    owner: str = ""

    def fits(self, hit: Hit, places: Places) -> bool:
        """Whether a hit is this platform: by name, former name or alias, owned by whom it says, then or now."""
        if fold(self.name) not in {fold(name) for name in (hit.name, *hit.former_names, *hit.aliases)}:
            return False
        if not self.owner or fold(self.owner) == fold(hit.owner) or same_body(self.owner, hit.owner):
            return True
        return hit.owner_id is not None and any(row.id == hit.owner_id for row in places.choices(self.owner))


@dataclass(frozen=True)
class Judged:
    """One judged query."""

    query_id: str
    query: str
    user_area: str
    expected: tuple[Expected, ...]


@dataclass(frozen=True)
class Scored:
    """One judged query with what was found."""

    judged: Judged
    hits: tuple[Hit, ...]
    rank: int
    ndcg: float


def read_judged(path: Path) -> list[Judged]:
    """The judged queries of a CSV file (UTF-8); further columns are ignored."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
            rows = list(reader)
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidValue(
            "file",
            path,
            f"파일을 읽을 수 없습니다: {error}",
            f"The file cannot be read: {error}",
            "UTF-8 CSV 파일의 경로를 주세요.",
            "Give the path of a CSV file in UTF-8.",
        ) from error
    if missing:
        raise InvalidValue(
            "file",
            path,
            f"열이 없습니다: {', '.join(missing)}",
            f"Columns are missing: {', '.join(missing)}",
            f"필요한 열: {', '.join(COLUMNS)}",
            f"Needed columns: {', '.join(COLUMNS)}",
        )
    return [
        Judged(row["query_id"], row["query"] or "", (row["user_area"] or "").strip(), _expected(row["expected_names"]))
        for row in rows
    ]


def evaluate(finder: Finder, judged: Sequence[Judged]) -> list[Scored]:
    """Ask every query and score its first ten hits."""
    return [_score(finder, one) for one in judged]


def summary(scored: Sequence[Scored]) -> dict[str, Any]:
    """The figures over all queries, as `metaplatform search evaluate --json` prints them."""
    count = len(scored) or 1
    worst = sorted((one for one in scored if one.ndcg < 1), key=lambda one: (one.ndcg, one.judged.query_id))[:WORST]
    return {
        "queries": len(scored),
        "ndcg_at_10": round(sum(one.ndcg for one in scored) / count, 4),
        "mrr": round(sum(1 / one.rank for one in scored if one.rank) / count, 4),
        "success_at_1": round(sum(one.rank == 1 for one in scored) / count, 4),
        "success_at_3": round(sum(0 < one.rank <= 3 for one in scored) / count, 4),
        "zero_result_rate": round(sum(not one.hits for one in scored) / count, 4),
        "worst": [
            {
                "query_id": one.judged.query_id,
                "query": one.judged.query,
                "expected": [_written(entry) for entry in one.judged.expected],
                "found": [f"{hit.name}@{hit.owner}" for hit in one.hits[:5]],
            }
            for one in worst
        ],
    }


def write_rows(scored: Iterable[Scored], path: Path) -> None:
    """One line per query: its rank (empty when nothing expected was found), its NDCG and its hits."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(ROW_COLUMNS)
        for one in scored:
            hits = ";".join(f"{hit.name}@{hit.owner}" for hit in one.hits)
            line = (
                one.judged.query_id,
                one.judged.query,
                one.judged.user_area,
                one.rank or "",
                round(one.ndcg, 4),
                hits,
            )
            writer.writerow(line)


def _score(finder: Finder, judged: Judged) -> Scored:
    places = finder.places
    area = _area(judged.user_area, places)
    hits = finder.search(SearchQuery(judged.query, area_id=area, limit=DEPTH)).hits
    gains = list(_gains(hits, judged.expected, places))
    first = next((place for place, gain in enumerate(gains, 1) if gain), 0)
    ideal = _dcg([_gain(place) for place in range(len(judged.expected))][:DEPTH])
    return Scored(judged, hits, first, _dcg(gains) / ideal if ideal else 0.0)


def _area(text: str, places: Places) -> int | None:
    """The government meant; none for a name that several have or had, as after a split: which one would be a guess."""
    if not text:
        return None
    choices = places.choices(text)
    return choices[0].id if len(choices) == 1 else None if choices else places.resolve(text).id


def _gains(hits: Sequence[Hit], expected: Sequence[Expected], places: Places) -> Iterator[float]:
    """The gain of each hit; an expected entry counts for the first hit that fits it."""
    left = list(enumerate(expected))
    for hit in hits:
        found = next((pair for pair in left if pair[1].fits(hit, places)), None)
        if found is None:
            yield 0.0
        else:
            left.remove(found)
            yield _gain(found[0])


def _gain(place: int) -> float:
    """3, 2, 1, 1 … in the order of the expected entries."""
    return float(max(1, 3 - place))


def _dcg(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, 1))


def _expected(text: str | None) -> tuple[Expected, ...]:
    entries = [entry.strip() for entry in (text or "").split(";") if entry.strip()]
    return tuple(
        Expected(name.strip(), owner.strip()) for name, _, owner in (entry.partition("@") for entry in entries)
    )


def _written(entry: Expected) -> str:
    return f"{entry.name}@{entry.owner}" if entry.owner else entry.name
