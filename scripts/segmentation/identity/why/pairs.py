"""Reads what the build knows of pairs of records."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from segmentation.identity.tables import IdentityTables
from segmentation.identity.why.answers import Edge, Identifier, Pair, Record
from segmentation.identity.why.paths import Key, ordered

# Type and normalised value of an identifier.
Value = tuple[str, str]

_ASKED = """
    with asked as (

        select
            unnest(cast(? as bigint[])) as node_a,
            unnest(cast(? as bigint[])) as node_b

    )
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
_DECISIONS = """
    select
        overrides.node_a,
        overrides.node_b,
        overrides.decision,
        overrides.reason
    from asked
    inner join {int_identity__overrides} as overrides
        on asked.node_a = overrides.node_a and asked.node_b = overrides.node_b
    order by overrides.decision
"""
_HELD = """
    with records as (

        select
            unnest(cast(? as bigint[])) as record_number,
            unnest(cast(? as text[])) as source_system,
            unnest(cast(? as text[])) as source_customer_id

    )

    select
        records.record_number,
        identifiers.identifier_type,
        identifiers.identifier_key,
        dropped.drop_reason
    from records
    inner join {int_identity__identifiers} as identifiers
        on
            records.source_system = identifiers.source_system
            and records.source_customer_id = identifiers.source_customer_id
    left join {identity__dropped_identifiers} as dropped
        on
            records.record_number = dropped.record_number
            and identifiers.identifier_type = dropped.identifier_type
            and identifiers.identifier_key = dropped.identifier_key
    where identifiers.identifier_key is not null
"""


def read_pairs(
    tables: IdentityTables,
    ends: Sequence[tuple[Record, Record]],
    edges: Mapping[Key, tuple[Edge, ...]],
) -> list[Pair]:
    """Return what is known of each pair, in the order given."""
    keys = [ordered(one.record_number, two.record_number) for one, two in ends]
    asked = [list(nodes) for nodes in zip(*keys, strict=True)]
    patterns = {
        (a, b): code for a, b, code in tables.rows(_ASKED + _CANDIDATES, *asked)
    }
    decisions: defaultdict[Key, tuple[tuple[str, str], ...]] = defaultdict(tuple)
    for a, b, decision, reason in tables.rows(_ASKED + _DECISIONS, *asked):
        decisions[a, b] += ((decision, reason),)
    held = _held(tables, {record for pair in ends for record in pair})
    return [
        Pair(
            one=one,
            two=two,
            edges=tuple(
                sorted(
                    edges.get(key, ()),
                    key=lambda edge: (not edge.is_exact, edge.rule_code),
                )
            ),
            identifiers=_in_common(held[one.record_number], held[two.record_number]),
            pattern_code=patterns.get(key),
            decisions=decisions[key],
        )
        for (one, two), key in zip(ends, keys, strict=True)
    ]


def _held(
    tables: IdentityTables, records: set[Record]
) -> Mapping[int, Mapping[Value, str | None]]:
    """Return the identifiers of each record, and why one links nothing."""
    held: defaultdict[int, dict[Value, str | None]] = defaultdict(dict)
    for number, kind, key, reason in tables.rows(
        _HELD,
        [record.record_number for record in records],
        [record.source_system for record in records],
        [record.source_customer_id for record in records],
    ):
        held[number][kind, key] = reason
    return held


def _in_common(
    held: Mapping[Value, str | None], others: Mapping[Value, str | None]
) -> tuple[Identifier, ...]:
    return tuple(
        Identifier(*value, held[value] or others[value])
        for value in sorted(held.keys() & others.keys())
    )
