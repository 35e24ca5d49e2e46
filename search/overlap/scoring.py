"""Score pairs with both models and name what they are: 중복, 중첩, 동종, 공동, 분산 or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from registry.review import VerdictKind
from search.overlap.area import CODE, RELATIONS, AreaRelation, Geography
from search.overlap.columns import Columns, Floats, Ints, Terms, Usage, columns_of
from search.overlap.features import IDENTITY, OVERLAP, measure
from search.overlap.judged import SAID
from search.overlap.model import Models
from search.overlap.pairs import Pairs
from search.overlap.subject import Subject


class Label(StrEnum):
    """What two platforms are to each other; the officials' words stand in LABEL_KO."""

    same_platform = "same_platform"
    duplication = "duplication"
    overlapping = "overlapping"
    precedent = "precedent"
    joint = "joint"
    fragmentation = "fragmentation"
    unrelated = "unrelated"


LABELS = tuple(Label)
PLACE = {label: place for place, label in enumerate(LABELS)}
OVERLAPS = frozenset({Label.duplication, Label.overlapping, Label.precedent, Label.joint})
LABEL_KO = {
    Label.same_platform: "같은 플랫폼",
    Label.duplication: "중복",
    Label.overlapping: "중첩",
    Label.precedent: "동종",
    Label.joint: "공동",
    Label.fragmentation: "분산",
    Label.unrelated: "관련 없음",
}
LABEL_EN = {
    Label.same_platform: "same platform",
    Label.duplication: "duplication",
    Label.overlapping: "overlap",
    Label.precedent: "same job elsewhere",
    Label.joint: "one shared operation",
    Label.fragmentation: "same field only",
    Label.unrelated: "unrelated",
}

# The line officers know from the home-page rule of 2015: 70 % alike is 유사·중복 (search-overlap notes, §4.4).
COVERED = 0.7


@dataclass(frozen=True)
class Scored:
    """Pairs with everything the models and rules say of them; arrays of one length."""

    identity_values: Floats
    overlap_values: Floats
    same_platform: Floats
    overlap: Floats
    left_covered: Floats
    right_covered: Floats
    area: Ints
    label: Ints

    def labels(self) -> list[Label]:
        """The labels as names."""
        return [LABELS[place] for place in self.label]

    def areas(self) -> list[AreaRelation]:
        """The area relations as names."""
        return [RELATIONS[place] for place in self.area]


@dataclass(frozen=True)
class Scorer:
    """Models, vocabulary and geography together: what scoring any pair needs."""

    models: Models
    terms: Terms
    geography: Geography
    usage: Usage | None = None

    def columns(self, subjects: Sequence[Subject]) -> Columns:
        """Subjects ready to be scored."""
        return columns_of(subjects, self.terms, self.geography, self.usage)

    def score(self, columns: Columns, left: Ints, right: Ints, said: Ints | None = None) -> Scored:
        """Score rows against rows; `said` are officers' verdicts pair by pair (`judged`), which name what they speak of."""
        if self.usage is not None:
            columns = columns.weighed(self.terms, self.usage)
        pairs = Pairs(columns, left, right)
        identity_values, overlap_values = measure(IDENTITY, pairs), measure(OVERLAP, pairs)
        same = self.models.identity.probabilities(identity_values)
        overlap = self.models.overlap.probabilities(overlap_values)
        left_covered, right_covered = pairs.covered
        return Scored(
            identity_values=identity_values,
            overlap_values=overlap_values,
            same_platform=same,
            overlap=overlap,
            left_covered=left_covered,
            right_covered=right_covered,
            area=pairs.areas,
            label=_label(pairs, same, overlap, said),
        )


def _label(pairs: Pairs, same: Floats, overlap: Floats, said: Ints | None) -> Ints:
    """The rule of the names: functions and people first, then area; what an officer said goes before the models.

    A pair whose functions are known and share none is at most 분산, whatever brand it shares; so is an app for
    passengers beside the one for their drivers.
    """
    area = pairs.areas
    most = np.nan_to_num(np.fmax(*pairs.covered))
    here, there = pairs.both(pairs.columns.audience)
    barred = (pairs.functions_known & (most == 0.0)) | (here != there)
    overlapping = (overlap >= 0.5) & ~barred
    identical = same >= 0.5
    if said is not None:
        confirmed, refused = said == SAID[VerdictKind.overlap], said == SAID[VerdictKind.not_overlap]
        overlapping = (overlapping | confirmed) & ~refused
        identical = (identical | (said == SAID[VerdictKind.same])) & ~(
            confirmed | refused | (said == SAID[VerdictKind.different])
        )
    shared_area = (area == CODE[AreaRelation.same]) | (area == CODE[AreaRelation.contains])
    near = (area == CODE[AreaRelation.zone]) | (area == CODE[AreaRelation.neighbour])
    fully = ((most >= COVERED) | ~pairs.functions_known) & ~pairs.beneficiaries[2]
    label = np.full(len(pairs), PLACE[Label.unrelated], dtype=np.int64)
    label[pairs.same_field] = PLACE[Label.fragmentation]
    label[overlapping] = PLACE[Label.precedent]
    label[overlapping & near] = PLACE[Label.overlapping]
    label[overlapping & shared_area] = PLACE[Label.overlapping]
    label[overlapping & shared_area & fully] = PLACE[Label.duplication]
    label[overlapping & pairs.equal(pairs.columns.operation)] = PLACE[Label.joint]
    label[identical] = PLACE[Label.same_platform]
    return label


def probabilities(same: float, overlap: float, label: Label) -> float:
    """How sure the label is: identity first, then overlap among what is not the same platform."""
    if label is Label.same_platform:
        return same
    return (1.0 - same) * (overlap if label in OVERLAPS else 1.0 - overlap)
