"""Why a pair scored as it did: parts that add up to the score, evidence, contrary evidence, what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from search.overlap.area import AREA_EN, AREA_KO, AreaRelation
from search.overlap.columns import Floats
from search.overlap.model import Model
from search.overlap.scoring import LABEL_EN, LABEL_KO, Label, Scored, Scorer, probabilities
from search.overlap.subject import Subject


@dataclass(frozen=True)
class Part:
    """One feature's share of the score, with its value and its sentence in both languages."""

    feature: str
    value: float
    contribution: float
    ko: str
    en: str


@dataclass(frozen=True)
class Explanation:
    """A model's score in log-odds and the parts that make it: intercept + contributions = score."""

    score: float
    intercept: float
    parts: tuple[Part, ...]

    @property
    def speaking(self) -> list[Part]:
        """Parts that say something, the weightiest first."""
        return sorted((one for one in self.parts if one.contribution), key=lambda one: -abs(one.contribution))

    @property
    def contrary(self) -> list[Part]:
        """Parts against."""
        return [one for one in self.speaking if one.contribution < 0]


@dataclass(frozen=True)
class Comparison:
    """Two subjects compared: two probabilities, a name for the pair, and every reason."""

    left: Subject
    right: Subject
    label: Label
    area: AreaRelation
    same_platform: float
    overlap: float
    left_covered: float | None
    right_covered: float | None
    identity: Explanation
    overlapping: Explanation
    shared_functions: tuple[str, ...]
    only_left: tuple[str, ...]
    only_right: tuple[str, ...]
    missing_ko: tuple[str, ...]
    missing_en: tuple[str, ...]

    @property
    def probability(self) -> float:
        """How sure the label is."""
        return probabilities(self.same_platform, self.overlap, self.label)

    def reason(self, language: str = "ko", names: Mapping[str, str] | None = None) -> str:
        """One sentence: the label, the area, and the two weightiest parts."""
        explanation = self.identity if self.label is Label.same_platform else self.overlapping
        said = [one.ko if language == "ko" else one.en for one in explanation.speaking[:2]]
        label, area = (LABEL_KO, AREA_KO) if language == "ko" else (LABEL_EN, AREA_EN)
        shared = ", ".join((names or {}).get(key, key) for key in self.shared_functions[:3])
        head = f"{label[self.label]} ({area[self.area]})"
        if shared and self.label is not Label.same_platform:
            head += f": {shared}"
        return f"{head} — {'; '.join(said)}" if said else head

    def as_data(self) -> dict[str, Any]:
        """For JSON and pages."""
        return {
            "left": self.left.id,
            "right": self.right.id,
            "label": self.label.value,
            "label_ko": LABEL_KO[self.label],
            "label_en": LABEL_EN[self.label],
            "area": self.area.value,
            "area_ko": AREA_KO[self.area],
            "area_en": AREA_EN[self.area],
            "probability": round(self.probability, 4),
            "same_platform": round(self.same_platform, 4),
            "overlap": round(self.overlap, 4),
            "left_covered": self.left_covered,
            "right_covered": self.right_covered,
            "shared_functions": list(self.shared_functions),
            "only_left": list(self.only_left),
            "only_right": list(self.only_right),
            "missing": {"ko": list(self.missing_ko), "en": list(self.missing_en)},
            "identity": _explanation_data(self.identity),
            "overlapping": _explanation_data(self.overlapping),
            "evidence": {
                "left": {key: list(words) for key, words in self.left.evidence.items()},
                "right": {key: list(words) for key, words in self.right.evidence.items()},
            },
        }


def compare(scorer: Scorer, left: Subject, right: Subject) -> Comparison:
    """Compare two subjects and say why."""
    columns = scorer.columns([left, right])
    scored = scorer.score(columns, np.array([0]), np.array([1]))
    return comparison_of(scorer, left, right, scored, 0)


def comparison_of(scorer: Scorer, left: Subject, right: Subject, scored: Scored, row: int) -> Comparison:
    """One row of scored pairs, explained."""
    here, there = set(left.functions), set(right.functions)
    missing_ko, missing_en = _missing(left, right)
    return Comparison(
        left=left,
        right=right,
        label=scored.labels()[row],
        area=scored.areas()[row],
        same_platform=float(scored.same_platform[row]),
        overlap=float(scored.overlap[row]),
        left_covered=_share(scored.left_covered[row]),
        right_covered=_share(scored.right_covered[row]),
        identity=_explain(scorer.models.identity, scored.identity_values[row]),
        overlapping=_explain(scorer.models.overlap, scored.overlap_values[row]),
        shared_functions=tuple(sorted(here & there, key=lambda key: -left.functions[key])),
        only_left=tuple(sorted(here - there)),
        only_right=tuple(sorted(there - here)),
        missing_ko=missing_ko,
        missing_en=missing_en,
    )


def _explain(model: Model, values: Floats) -> Explanation:
    contributions = model.contributions(values)
    parts = tuple(
        Part(one.name, float(value), float(share), one.ko, one.en)
        for one, value, share in zip(model.features, values, contributions, strict=True)
    )
    return Explanation(float(model.scores(values)), model.intercept, parts)


def _explanation_data(explanation: Explanation) -> dict[str, Any]:
    parts = [
        {"feature": one.feature, "value": one.value, "contribution": one.contribution, "ko": one.ko, "en": one.en}
        for one in explanation.speaking
    ]
    return {"score": explanation.score, "intercept": explanation.intercept, "parts": parts}


def _share(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)


def _missing(left: Subject, right: Subject) -> tuple[tuple[str, ...], tuple[str, ...]]:
    ko, en = [], []
    checks = (
        ("functions", "기능", "functions"),
        ("beneficiaries", "이용 대상", "beneficiaries"),
        ("url", "주소", "address"),
        ("description", "설명", "description"),
        ("launched", "시작일", "launch date"),
    )
    for side, side_ko, side_en in ((left, left.name, left.name), (right, right.name, right.name)):
        for attribute, said_ko, said_en in checks:
            if not getattr(side, attribute):
                ko.append(f"{side_ko}: {said_ko} 없음")
                en.append(f"{side_en}: no {said_en}")
    return tuple(ko), tuple(en)
