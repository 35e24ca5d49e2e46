"""Average link over weighted profiles with cannot-links: groups that never grow by a chain of neighbours.

Platforms of one function that look the same to the overlap model (functions, people, form) are one profile, so a
function with fifteen thousand platforms is clustered as the few hundred profiles it has. The result is the same
as clustering the platforms, because platforms of a profile have the same likeness to everything.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from search.overlap.columns import Floats

# A group's members are on average more likely than not to be called 유사·중복 by a reviewer …
MEAN_LIKENESS = 0.5
# … and every one of them is near enough to the medoid that it is not there by a neighbour's merit alone.
MEDOID_LIKENESS = 0.35


# A platform's id, or its row.
Key = TypeVar("Key", str, int)


@dataclass(frozen=True)
class Cluster(Generic[Key]):
    """Members of one group by key, and the most central of them."""

    members: tuple[Key, ...]
    medoid: Key


def average_link(likeness: Floats, sizes: Floats, threshold: float = MEAN_LIKENESS) -> list[list[int]]:
    """Merge the two most alike clusters until the best mean likeness falls under the threshold.

    `likeness` is symmetric; `sizes` says how many platforms each row stands for. Ties go to the lowest rows.
    """
    work = likeness.astype(np.float64).copy()
    np.fill_diagonal(work, -1.0)
    weight = sizes.astype(np.float64).copy()
    clusters: dict[int, list[int]] = {row: [row] for row in range(len(sizes))}
    while len(clusters) > 1:
        best = int(np.argmax(work))
        left, right = divmod(best, len(work))
        if work[left, right] < threshold:
            break
        total = weight[left] + weight[right]
        merged = (weight[left] * work[left] + weight[right] * work[right]) / total
        merged[[left, right]] = -1.0
        gone = np.array([row not in clusters for row in range(len(work))])
        merged[gone] = -1.0
        work[left, :] = work[:, left] = merged
        work[right, :] = work[:, right] = -1.0
        weight[left] = total
        clusters[left] += clusters.pop(right)
    return [sorted(rows) for rows in clusters.values()]


def cluster_profiles(
    profiles: Sequence[Hashable],
    members: Mapping[Hashable, Sequence[Key]],
    likeness: Floats,
    apart: Iterable[frozenset[Key]] = (),
    preferred: Mapping[Key, float] | None = None,
) -> list[Cluster[Key]]:
    """Groups of two or more platforms; `apart` are pairs that people said must not share a group.

    `preferred` ranks members as medoids: the medoid stands in the most central profile and has the highest rank.
    """
    rank = preferred or {}
    sizes = np.array([len(members[profile]) for profile in profiles], dtype=np.float64)
    found: list[Cluster[Key]] = []
    for rows in average_link(likeness, sizes) if len(profiles) else []:
        for kept in _near_medoid(rows, likeness, sizes):
            medoid_row = _medoid_row(kept, likeness, sizes)
            everyone = [one for row in kept for one in members[profiles[row]]]
            medoid = min(members[profiles[medoid_row]], key=lambda one: (-rank.get(one, 0.0), one))
            if len(everyone) > 1:
                found.append(Cluster(tuple(sorted(everyone)), medoid))
    return _hold_apart(found, list(apart), rank)


def _near_medoid(rows: list[int], likeness: Floats, sizes: Floats) -> list[list[int]]:
    """Rows that stand near their medoid, and what is left over clustered by itself in the same way."""
    done: list[list[int]] = []
    left = rows
    while left:
        medoid = _medoid_row(left, likeness, sizes)
        near = [row for row in left if row == medoid or likeness[row, medoid] >= MEDOID_LIKENESS]
        # Taking the far ones off may move the medoid; repeat until it stays.
        while True:
            again = _medoid_row(near, likeness, sizes)
            nearer = [row for row in near if row == again or likeness[row, again] >= MEDOID_LIKENESS]
            if len(nearer) == len(near):
                break
            near = nearer
        done.append(near)
        left = [row for row in left if row not in near]
    return done


def _medoid_row(rows: list[int], likeness: Floats, sizes: Floats) -> int:
    block = likeness[np.ix_(rows, rows)]
    means = block @ sizes[rows]
    return rows[int(np.argmax(means))]


def _hold_apart(
    found: list[Cluster[Key]], apart: list[frozenset[Key]], rank: Mapping[Key, float]
) -> list[Cluster[Key]]:
    """Take one of two platforms that must not stand together out of the group: the one most often in the way."""
    if not apart:
        return found
    kept: list[Cluster[Key]] = []
    for cluster in found:
        inside = set(cluster.members)
        broken = [pair for pair in apart if len(pair) == 2 and pair <= inside]
        while broken:
            counts: dict[Key, int] = {}
            for pair in broken:
                for one in pair:
                    counts[one] = counts.get(one, 0) + 1
            out = max(counts, key=lambda one: (counts[one], one != cluster.medoid, -rank.get(one, 0.0), one))
            inside.discard(out)
            broken = [pair for pair in broken if out not in pair]
        if len(inside) > 1:
            medoid = cluster.medoid
            if medoid not in inside:
                medoid = min(inside, key=lambda one: (-rank.get(one, 0.0), one))
            kept.append(Cluster(tuple(sorted(inside)), medoid))
    return kept


def match_ids(
    old: Mapping[str, frozenset[str]], new: Sequence[frozenset[str]], taken: Iterable[str] = ()
) -> list[str | None]:
    """Which old group each new one continues: the greatest overlap first, each id once; None for a new group."""
    shares = []
    for place, members in enumerate(new):
        for key, before in old.items():
            shared = len(members & before)
            if shared:
                shares.append((shared / len(members | before), key, place))
    shares.sort(key=lambda one: (-one[0], one[1], one[2]))
    given: list[str | None] = [None] * len(new)
    used = set(taken)
    for _share, key, place in shares:
        if key not in used and given[place] is None:
            given[place] = key
            used.add(key)
    return given
