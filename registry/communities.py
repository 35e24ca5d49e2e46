"""Communities of a weighted graph by the Louvain method (Blondel et al. 2008), at a stated resolution.

Nodes are visited in an order drawn from a seed, so the same graph gives the same communities.
"""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence


def communities(graph: Mapping[str, Mapping[str, float]], resolution: float, seed: int) -> list[set[str]]:
    """The Louvain communities of a symmetric weighted graph; every node is in exactly one."""
    chance = random.Random(seed)
    parts: dict[str, set[str]] = {node: {node} for node in sorted(graph)}
    level: dict[str, dict[str, float]] = {node: dict(near) for node, near in graph.items()}
    while True:
        home = _moved(level, resolution, chance)
        if len(set(home.values())) == len(level):
            return [parts[node] for node in sorted(parts)]
        merged: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        together: dict[str, set[str]] = defaultdict(set)
        for node, near in level.items():
            together[home[node]] |= parts[node]
            for other, weight in near.items():
                merged[home[node]][home[other]] += weight
        level = {node: dict(near) for node, near in merged.items()}
        for node in together:
            level.setdefault(node, {})
        parts = dict(together)


def modularity(graph: Mapping[str, Mapping[str, float]], groups: Sequence[set[str]], resolution: float) -> float:
    """Newman's modularity of a division, with resolution; both directions of an edge are in the graph."""
    total = sum(sum(near.values()) for near in graph.values()) or 1.0
    found = 0.0
    for group in groups:
        inside = sum(weight for node in group for other, weight in graph[node].items() if other in group)
        degree = sum(sum(graph[node].values()) for node in group)
        found += inside / total - resolution * (degree / total) ** 2
    return found


def _moved(level: Mapping[str, Mapping[str, float]], resolution: float, chance: random.Random) -> dict[str, str]:
    """Move nodes to the neighbouring community that gains most until none gains."""
    home = {node: node for node in level}
    degree = {node: sum(near.values()) for node, near in level.items()}
    total = sum(degree.values()) or 1.0
    weight = dict(degree)
    order = sorted(level)
    chance.shuffle(order)
    again = True
    while again:
        again = False
        for node in order:
            links: dict[str, float] = defaultdict(float)
            for other, trips in level[node].items():
                if other != node:
                    links[home[other]] += trips
            weight[home[node]] -= degree[node]
            stay = links.get(home[node], 0.0) - resolution * degree[node] * weight[home[node]] / total
            best, gain = home[node], stay
            for community in sorted(links):
                value = links[community] - resolution * degree[node] * weight[community] / total
                if value > gain + 1e-9:
                    best, gain = community, value
            weight[best] += degree[node]
            if best != home[node]:
                home[node], again = best, True
    return home
