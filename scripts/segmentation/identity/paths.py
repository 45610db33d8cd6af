"""Finds the shortest path between two records of a component."""

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence

from segmentation.identity.answers import Component, Record
from segmentation.identity.tables import IdentityTables

# Records are in a cluster only where their component was taken apart; 0 is no cluster.
_WITHIN = """
    select distinct
        pairs.node_a,
        pairs.node_b
    from {{int_identity__components}} as components
    inner join {{{table}}} as pairs on components.node = pairs.node_a
    left join {{int_identity__clusters}} as one on pairs.node_a = one.node
    left join {{int_identity__clusters}} as two on pairs.node_b = two.node
    where components.label = ? {condition}
"""
_IN_CLUSTER = "and coalesce(one.cluster, 0) = ? and coalesce(two.cluster, 0) = ?"
_EDGES = "int_identity__edges"


def connecting_path(tables: IdentityTables, one: Record, two: Record) -> list[int]:
    """Return the record numbers on the shortest path, both ends included.

    The path stays within the customer where both records are one. Average linkage may
    join by pairs that are no edges: they count where edges do not connect.

    Returns:
        Of several shortest paths the one with the smallest numbers, counted from the
        record with the smaller one; empty when nothing connects the two.
    """
    if one.component is None or one.component != two.component:
        return []
    if one.cluster != two.cluster:
        edges = tables.rows(_WITHIN.format(table=_EDGES, condition=""), one.component)
        return _ordered_path(edges, one, two)
    values = (one.component, one.cluster or 0, one.cluster or 0)
    edges = tables.rows(_WITHIN.format(table=_EDGES, condition=_IN_CLUSTER), *values)
    path = _ordered_path(edges, one, two)
    if path or one.cluster is None:
        return path
    positive = _WITHIN.format(
        table="int_identity__contested_pairs",
        condition=f"{_IN_CLUSTER} and pairs.evidence > 0",
    )
    return _ordered_path([*edges, *tables.rows(positive, *values)], one, two)


def shared_component(
    tables: IdentityTables, one: Record, two: Record
) -> Component | None:
    """Return the component that holds both records; null when there is none."""
    if one.component is None or one.component != two.component:
        return None
    [(records, clusters)] = tables.rows(
        """
        select
            count(*),
            count(distinct coalesce(clusters.cluster, 0))
        from {int_identity__components} as components
        left join {int_identity__clusters} as clusters
            on components.node = clusters.node
        where components.label = ?
        """,
        one.component,
    )
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
    return Component(records, clusters, pairs, int(evidence))


def shortest_path(pairs: Iterable[Sequence[int]], start: int, end: int) -> list[int]:
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


def _ordered_path(
    pairs: Iterable[Sequence[int]], one: Record, two: Record
) -> list[int]:
    start, end = sorted((one.record_number, two.record_number))
    path = shortest_path(pairs, start, end)
    return path if start == one.record_number else path[::-1]
