"""Reads what the build knows of pairs of records."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from segmentation.identity.answers import Edge, Identifier, Pair, Record
from segmentation.identity.tables import OVERRIDES, IdentityTables

Key = tuple[int, int]

# Both directions, so that a table of pairs is read by its own order.
_ASKED = """
    with asked as (

        select
            unnest(cast(? as bigint[])) as node_a,
            unnest(cast(? as bigint[])) as node_b

    )
"""
_EDGES = """
    select
        edges.node_a,
        edges.node_b,
        edges.rule_code,
        edges.match_probability,
        edges.is_exact
    from asked
    inner join {int_identity__edges} as edges
        on asked.node_a = edges.node_a and asked.node_b = edges.node_b
"""
_CANDIDATES = """
    select
        candidates.node_a,
        candidates.node_b,
        candidates.pattern_code
    from asked
    inner join {int_identity__candidate_pairs} as candidates
        on asked.node_a = candidates.node_a and asked.node_b = candidates.node_b
"""
_IDENTIFIERS = """,

    -- Only records that are asked for, before any values are compared.
    held as (

        select
            records.record_number,
            identifiers.identifier_type,
            identifiers.identifier_key
        from {int_identity__records} as records
        inner join {int_identity__identifiers} as identifiers
            on
                records.source_system = identifiers.source_system
                and records.source_customer_id = identifiers.source_customer_id
        where
            records.record_number = any(?)
            and identifiers.identifier_key is not null

    )

    select distinct
        asked.node_a,
        asked.node_b,
        one.identifier_type,
        one.identifier_key,
        dropped.drop_reason
    from asked
    inner join held as one on asked.node_a = one.record_number
    inner join held as two
        on
            asked.node_b = two.record_number
            and one.identifier_type = two.identifier_type
            and one.identifier_key = two.identifier_key
    left join {identity__dropped_identifiers} as dropped
        on
            one.record_number = dropped.record_number
            and one.identifier_type = dropped.identifier_type
            and one.identifier_key = dropped.identifier_key
    where asked.node_a < asked.node_b
"""
_DECISIONS = """
    select
        overrides.node_a,
        overrides.node_b,
        overrides.decision,
        overrides.reason
    from asked
    inner join {int_identity__overrides} as overrides
        on asked.node_a = overrides.node_a and asked.node_b = overrides.node_b
"""


def read_pairs(
    tables: IdentityTables, ends: Sequence[tuple[Record, Record]]
) -> list[Pair]:
    """Return what is known of each pair, in the order given."""
    keys = [(one.record_number, two.record_number) for one, two in ends]
    nodes_a, nodes_b = zip(*keys, strict=True)
    asked = ([*nodes_a, *nodes_b], [*nodes_b, *nodes_a])
    edges: defaultdict[Key, list[Edge]] = defaultdict(list)
    for a, b, *edge in tables.rows(_ASKED + _EDGES, *asked):
        edges[_key(a, b)].append(Edge(*edge))
    patterns: Mapping[Key, str] = {
        _key(a, b): code for a, b, code in tables.rows(_ASKED + _CANDIDATES, *asked)
    }
    identifiers: defaultdict[Key, list[Identifier]] = defaultdict(list)
    numbers = sorted(set(asked[0]))
    for a, b, *values in tables.rows(_ASKED + _IDENTIFIERS, *asked, numbers):
        identifiers[_key(a, b)].append(Identifier(*values))
    decisions: defaultdict[Key, list[tuple[str, str]]] = defaultdict(list)
    if OVERRIDES in tables.schemas:
        for a, b, decision, reason in tables.rows(_ASKED + _DECISIONS, *asked):
            decisions[_key(a, b)].append((decision, reason))
    return [
        Pair(
            one=one,
            two=two,
            edges=tuple(
                sorted(edges[key], key=lambda edge: (not edge.is_exact, edge.rule_code))
            ),
            identifiers=tuple(
                sorted(
                    identifiers[key],
                    key=lambda held: (held.identifier_type, held.identifier_key),
                )
            ),
            pattern_code=patterns.get(key),
            decisions=tuple(sorted(decisions[key])),
        )
        for one, two in ends
        for key in [_key(one.record_number, two.record_number)]
    ]


def _key(node: int, other: int) -> Key:
    return (node, other) if node < other else (other, node)
