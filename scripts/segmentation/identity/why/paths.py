"""Finds the shortest path between two records of a component."""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from segmentation.identity.tables import IdentityTables
from segmentation.identity.why.answers import Component, Edge, Record

# Bounds the time of an answer; nobody reads the steps between.
STEPS_AT_EACH_END = 100

Key = tuple[int, int]


@dataclass(frozen=True)
class Network:
    """The component that holds two records.

    Attributes:
        clusters: Cluster of each record number; null where none was taken apart.
        edges: What joins two records, smaller number first.
    """

    clusters: Mapping[int, int | None]
    edges: Mapping[Key, tuple[Edge, ...]]


def read_network(tables: IdentityTables, one: Record, two: Record) -> Network | None:
    """Return the component of both records; null when there is none."""
    if one.component is None or one.component != two.component:
        return None
    members = tables.rows(
        """
        select
            components.node,
            clusters.cluster
        from {int_identity__components} as components
        left join {int_identity__clusters} as clusters
            on components.node = clusters.node
        where components.label = ?
        """,
        one.component,
    )
    edges: defaultdict[Key, tuple[Edge, ...]] = defaultdict(tuple)
    for node, other, *edge in tables.rows(
        """
        select
            edges.node_a,
            edges.node_b,
            edges.rule_code,
            edges.match_probability,
            edges.is_exact
        from {int_identity__components} as components
        inner join {int_identity__edges} as edges on components.node = edges.node_a
        where components.label = ?
        """,
        one.component,
    ):
        edges[ordered(node, other)] += (Edge(*edge),)
    return Network(dict(members), edges)


def connecting_path(
    tables: IdentityTables, network: Network, one: Record, two: Record
) -> list[int]:
    """Return the record numbers on the shortest path, both ends included.

    The path stays within the customer where both records are one. Average linkage may
    join by pairs that are no edges: they count where edges do not connect.

    Returns:
        Of several shortest paths the one with the smallest numbers, counted from the
        record with the smaller one; empty when nothing connects the two.
    """
    pairs: Sequence[Key] = list(network.edges)
    ends = (one.record_number, two.record_number)
    if one.cluster != two.cluster:
        return _path_both_ways(pairs, ends)

    def within(pairs: Iterable[Key]) -> list[Key]:
        sides = network.clusters
        return [
            (a, b)
            for a, b in pairs
            if sides.get(a) == one.cluster and sides.get(b) == one.cluster
        ]

    pairs = within(pairs)
    path = _path_both_ways(pairs, ends)
    if path or one.cluster is None:
        return path
    positive = tables.rows(
        """
        select
            pairs.node_a,
            pairs.node_b
        from {int_identity__clusters} as clusters
        inner join {int_identity__contested_pairs} as pairs
            on clusters.node = pairs.node_a
        where clusters.cluster = ? and pairs.evidence > 0
        """,
        one.cluster,
    )
    return _path_both_ways([*pairs, *within(positive)], ends)


def shared_component(
    tables: IdentityTables, network: Network, one: Record, two: Record
) -> Component:
    """Return how large the component is, and what stands between the two records."""
    pairs = evidence = 0
    if one.cluster != two.cluster:
        ends = (one.cluster, two.cluster)
        [(pairs, evidence)] = tables.rows(
            """
            select
                count(*),
                coalesce(sum(pairs.evidence), 0)
            from {int_identity__contested_pairs} as pairs
            inner join {int_identity__clusters} as one on pairs.node_a = one.node
            inner join {int_identity__clusters} as two on pairs.node_b = two.node
            where
                (one.cluster = ? and two.cluster = ?)
                or (one.cluster = ? and two.cluster = ?)
            """,
            *ends,
            *ends[::-1],
        )
    return Component(
        record_count=len(network.clusters),
        customer_count=len(set(network.clusters.values())),
        pair_count=pairs,
        evidence=int(evidence),
    )


def shortest_path(pairs: Iterable[Key], start: int, end: int) -> list[int]:
    """Return the nodes from start to end, breadth first; empty when nothing connects.

    Neighbours are visited in their order, so that of several shortest paths the first
    in order is found.
    """
    neighbours: defaultdict[int, set[int]] = defaultdict(set)
    for node, other in pairs:
        neighbours[node].add(other)
        neighbours[other].add(node)
    came_from = {start: start}
    waiting = deque([start])
    while waiting and end not in came_from:
        node = waiting.popleft()
        for other in sorted(neighbours[node]):
            if other not in came_from:
                came_from[other] = node
                waiting.append(other)
    if end not in came_from:
        return []
    path = [end]
    while path[-1] != start:
        path.append(came_from[path[-1]])
    return path[::-1]


def told_steps(path: Sequence[int]) -> dict[int, Key]:
    """Return the steps of a path by their place, both ends of one that is very long."""
    steps = dict(enumerate(pairwise(path), start=1))
    last = len(steps) - STEPS_AT_EACH_END
    return {
        place: step
        for place, step in steps.items()
        if place <= STEPS_AT_EACH_END or place > last
    }


def ordered(node: int, other: int) -> Key:
    """Return a pair with the smaller number first, as tables have it."""
    return (node, other) if node < other else (other, node)


def _path_both_ways(pairs: Iterable[Key], ends: Key) -> list[int]:
    path = shortest_path(pairs, *ordered(*ends))
    return path if ends == ordered(*ends) else path[::-1]
