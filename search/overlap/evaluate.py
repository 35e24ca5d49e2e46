"""Measure the comparing on labelled pairs: confusion, F1 per label, area accuracy and calibration."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Engine

from registry.errors import InvalidValue
from search.overlap.area import SHARED_AREA
from search.overlap.explain import Comparison, comparison_of
from search.overlap.index import Index
from search.overlap.live import live_index
from search.overlap.scoring import OVERLAPS, Label, Scored, Scorer
from search.overlap.sides import Sides
from search.overlap.subject import Subject

COLUMNS = ("name_a", "owner_a", "url_a", "name_b", "owner_b", "url_b", "label", "sublabel")
TRUTHS = ("same_platform", "overlap", "distinct")
AREAS = ("same_area", "different_area")

# One entry of the registry found twice is one platform; what is left of doubt is the finding.
FOUND_TWICE = 0.995


@dataclass(frozen=True)
class LabelledPair:
    """One row of a labelled file."""

    name_a: str
    owner_a: str
    url_a: str
    name_b: str
    owner_b: str
    url_b: str
    label: str
    sublabel: str = ""
    split: str = ""
    line: int = 0


@dataclass(frozen=True)
class Judged:
    """A labelled pair with what was predicted, how surely and why."""

    pair: LabelledPair
    predicted: str
    sublabel: str
    area: str
    probability: float
    reason: str
    reason_en: str


def evaluate_pairs(database: Engine, path: Path, rows_path: Path | None = None) -> dict[str, Any]:
    """Compare every pair of a CSV file and count; `rows_path` takes each pair with prediction and reason."""
    pairs = read_pairs(path)
    live = live_index(database)
    with live.lock:
        index = live.refresh()
        judged = judge(index, pairs)
    if rows_path is not None:
        write_rows(rows_path, judged)
    return figures(judged)


def read_pairs(path: Path) -> list[LabelledPair]:
    """The rows of a labelled file; InvalidValue names the line and the column that cannot be taken."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise InvalidValue(
            "file",
            str(path),
            "읽을 수 없는 파일입니다.",
            f"The file cannot be read ({problem}).",
            "UTF-8 CSV 파일의 경로를 주세요.",
            "Give the path of a CSV file in UTF-8.",
        ) from problem
    reader = csv.DictReader(text.splitlines())
    lacking = [name for name in COLUMNS[:7] if name not in (reader.fieldnames or [])]
    if lacking:
        raise InvalidValue(
            "columns",
            ", ".join(reader.fieldnames or []),
            f"필요한 열이 없습니다: {', '.join(lacking)}",
            f"Columns are missing: {', '.join(lacking)}",
            f"첫 줄에 {', '.join(COLUMNS)} 을(를) 두세요.",
            f"The first line must hold {', '.join(COLUMNS)}.",
        )
    return [_read_pair(row, line) for line, row in enumerate(reader, start=2)]


def judge(index: Index, pairs: Sequence[LabelledPair]) -> list[Judged]:
    """Predict a label for every pair."""
    sides = Sides(index)
    subjects: list[Subject] = []
    for pair in pairs:
        subjects.append(sides.find(pair.name_a, pair.owner_a, pair.url_a, "a"))
        subjects.append(sides.find(pair.name_b, pair.owner_b, pair.url_b, "b"))
    scorer, scored = score_sides(index.scorer, subjects)
    return [
        _judged(pair, comparison_of(scorer, subjects[2 * row], subjects[2 * row + 1], scored, row), index)
        for row, pair in enumerate(pairs)
    ]


def score_sides(scorer: Scorer, subjects: Sequence[Subject]) -> tuple[Scorer, Scored]:
    """Score subjects 0 with 1, 2 with 3 and so on."""
    columns = scorer.columns(subjects)
    return scorer, scorer.score(columns, np.arange(0, len(subjects), 2), np.arange(1, len(subjects), 2))


def three_labels(label: Label) -> str:
    """중복, 중첩, 동종 and 공동 are overlaps; 분산 and nothing are distinct."""
    if label is Label.same_platform:
        return "same_platform"
    return "overlap" if label in OVERLAPS else "distinct"


def figures(judged: Sequence[Judged]) -> dict[str, Any]:
    """The figures of some judged pairs, in the shape that is printed."""
    confusion = {truth: dict.fromkeys(TRUTHS, 0) for truth in TRUTHS}
    for one in judged:
        confusion[one.pair.label][one.predicted] += 1
    labels = {}
    for label in TRUTHS:
        hit = confusion[label][label]
        predicted = sum(confusion[truth][label] for truth in TRUTHS)
        true = sum(confusion[label].values())
        precision, recall = hit / predicted if predicted else 0.0, hit / true if true else 0.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        labels[label] = {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}
    distinct = sum(confusion["distinct"].values())
    placed = [one for one in judged if one.pair.label == "overlap" and one.pair.sublabel in AREAS]
    right = sum(one.area == one.pair.sublabel for one in placed)
    return {
        "pairs": len(judged),
        "confusion": confusion,
        "labels": labels,
        "distinct_as_overlap": round(confusion["distinct"]["overlap"] / distinct, 4) if distinct else None,
        "area_accuracy": round(right / len(placed), 4) if placed else None,
        "ece": round(calibration_error(judged), 4) if judged else None,
    }


def calibration_error(judged: Sequence[Judged], bins: int = 10) -> float:
    """Expected calibration error: how far stated probability and share of right answers lie apart, on average."""
    sure = np.array([one.probability for one in judged])
    right = np.array([one.predicted == one.pair.label for one in judged], dtype=float)
    place = np.minimum((sure * bins).astype(int), bins - 1)
    error = 0.0
    for number in range(bins):
        inside = place == number
        if inside.any():
            error += float(inside.mean() * abs(sure[inside].mean() - right[inside].mean()))
    return error


def intervals(judged: Sequence[Judged], rounds: int = 1000, seed: int = 20) -> dict[str, tuple[float, float]]:
    """95 % bootstrap intervals over owners, so that many pairs of one government count as one piece of evidence."""
    groups: dict[str, list[int]] = {}
    for row, one in enumerate(judged):
        groups.setdefault(one.pair.owner_a, []).append(row)
    keys = sorted(groups)
    chance = np.random.default_rng(seed)
    drawn: dict[str, list[float]] = {}
    for _round in range(rounds):
        rows = [row for pick in chance.integers(0, len(keys), len(keys)) for row in groups[keys[pick]]]
        found = figures([judged[row] for row in rows])
        for label in TRUTHS:
            drawn.setdefault(f"{label}_f1", []).append(found["labels"][label]["f1"])
        for name in ("distinct_as_overlap", "area_accuracy", "ece"):
            if found[name] is not None:
                drawn.setdefault(name, []).append(found[name])
    return {
        name: (round(float(np.quantile(values, 0.025)), 4), round(float(np.quantile(values, 0.975)), 4))
        for name, values in drawn.items()
    }


def write_rows(path: Path, judged: Iterable[Judged]) -> None:
    """Each pair with predicted label, sublabel, probability and reason."""
    with Path(path).open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*COLUMNS, "predicted", "predicted_sublabel", "probability", "reason", "reason_en"])
        for one in judged:
            fields = [getattr(one.pair, name) for name in COLUMNS]
            probability = round(one.probability, 4)
            writer.writerow([*fields, one.predicted, one.sublabel, probability, one.reason, one.reason_en])


def _judged(pair: LabelledPair, comparison: Comparison, index: Index) -> Judged:
    """A comparison as a prediction. The area is judged for every pair, and shown for overlaps."""
    area = "same_area" if comparison.area in SHARED_AREA else "different_area"
    if comparison.left.id == comparison.right.id:
        reason = "두 이름이 등록부의 같은 플랫폼을 가리킴"
        return Judged(
            pair, "same_platform", "", area, FOUND_TWICE, reason, "Both names lead to one entry of the registry."
        )
    predicted = three_labels(comparison.label)
    names_ko = {key: one.ko for key, one in index.words.functions.items()}
    names_en = {key: one.en for key, one in index.words.functions.items()}
    return Judged(
        pair=pair,
        predicted=predicted,
        sublabel=area if predicted == "overlap" else "",
        area=area,
        probability=comparison.probability,
        reason=comparison.reason("ko", names_ko),
        reason_en=comparison.reason("en", names_en),
    )


def _read_pair(row: dict[str, str | None], line: int) -> LabelledPair:
    fields = {name: (row.get(name) or "").strip() for name in COLUMNS}
    if fields["label"] not in TRUTHS:
        raise InvalidValue(
            f"label (line {line})",
            fields["label"],
            "알 수 없는 라벨입니다.",
            "This label is not known.",
            f"다음 중 하나를 쓰세요: {', '.join(TRUTHS)}",
            f"Use one of: {', '.join(TRUTHS)}",
        )
    if not fields["name_a"] or not fields["name_b"]:
        raise InvalidValue(
            f"name (line {line})",
            "",
            "이름이 비어 있습니다.",
            "A name is empty.",
            "두 쪽의 이름을 모두 쓰세요.",
            "Give the names of both sides.",
        )
    return LabelledPair(**fields, split=(row.get("split") or "").strip(), line=line)
