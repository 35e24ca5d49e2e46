"""Groups of one function: profiles of its platforms, their likeness, and clusters that people's verdicts hold apart."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from search.overlap.clusters import Cluster, cluster_profiles
from search.overlap.columns import Floats, ranked_functions
from search.overlap.features import OVERLAP, measure
from search.overlap.index import Index
from search.overlap.pairs import Pairs
from search.overlap.scoring import Scorer
from search.overlap.subject import Subject

# A group is about what platforms do and for whom; that two names are alike makes no group.
STRUCTURAL = frozenset(
    [
        "one_covers_other",
        "both_cover",
        "same_main_function",
        "no_shared_function",
        "unknown_function",
        "same_people",
        "other_people",
        "same_form",
        "other_type",
        "other_audience",
    ]
)

_STANDING = {"running": 3.0, "planned": 2.0, "suspended": 1.0, "unknown": 1.0, "closed": 0.0}


def profile_of(subject: Subject) -> tuple[Any, ...]:
    """What the overlap model sees of a subject without its name, owner and area."""
    return (
        tuple((key, round(subject.functions[key], 1)) for key in ranked_functions(subject)),
        tuple(sorted(subject.beneficiaries)),
        subject.type,
        subject.form,
        subject.audience,
    )


# A function that is only a means of another family must not swallow it: two dozen participatory budgets vote online,
# and are still no voting platforms. Families that bring it along stay under this share of those who mainly do it.
MEANS_SHARE = 0.25


def group_function(index: Index, function: str, apart: Iterable[frozenset[str]] = ()) -> list[Cluster]:
    """The groups of one function, of two or more platforms each."""
    members: dict[Any, list[str]] = defaultdict(list)
    for platform_id in candidates(index, function):
        members[profile_of(index.subjects[platform_id])].append(platform_id)
    profiles = sorted(members, key=lambda profile: members[profile][0])
    if not profiles:
        return []
    examples = [index.subjects[members[profile][0]] for profile in profiles]
    likeness = structural_likeness(index.scorer, examples)
    rank = {one: standing(index.subjects[one]) for profile in profiles for one in members[profile]}
    held = [pair for pair in apart if all(one in rank for one in pair)]
    return cluster_profiles(profiles, members, likeness, held, rank)


def candidates(index: Index, function: str) -> list[str]:
    """Who may stand in a function's groups: those who mainly do it, and others who also do it."""
    core: list[str] = []
    also: dict[str, list[str]] = defaultdict(list)
    for platform_id in sorted(index.by_function.get(function, ())):
        main = ranked_functions(index.subjects[platform_id])[0]
        (core if main == function else also[main]).append(platform_id)
    admitted = [one for family in also.values() if len(family) <= MEANS_SHARE * len(core) for one in family]
    return sorted(core + admitted)


def structural_likeness(scorer: Scorer, subjects: Sequence[Subject]) -> Floats:
    """The overlap model's probability from structure alone, of everybody with everybody."""
    count = len(subjects)
    columns = scorer.columns(subjects)
    left, right = np.triu_indices(count, 1)
    model = scorer.models.overlap
    mask = np.array([one.name in STRUCTURAL for one in OVERLAP])
    likeness = np.eye(count)
    for start in range(0, len(left), 500_000):
        here, there = left[start : start + 500_000], right[start : start + 500_000]
        values = measure(OVERLAP, Pairs(columns, here, there)) * mask
        likeness[here, there] = likeness[there, here] = model.probabilities(values)
    return likeness


def standing(subject: Subject) -> float:
    """How fit a member is to stand for its group: running before planned before closed, wider before narrower."""
    width = {"national": 0.3, "metropolitan": 0.2, "basic": 0.1}.get(subject.level, 0.0)
    return _STANDING.get(subject.status, 1.0) + width


def role_of(subject: Subject, medoid: str) -> str:
    """A member's part in its group."""
    if subject.id == medoid:
        return "medoid"
    if subject.status in ("planned", "closed"):
        return subject.status
    if subject.level == "private":
        return "private"
    return "joint" if subject.operation else "member"
