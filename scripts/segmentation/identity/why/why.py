"""Answers why two records are the same customer, or not; reads and writes nothing."""

from segmentation.identity.tables import open_identity
from segmentation.identity.why.answers import Answer, Pair
from segmentation.identity.why.pairs import read_pairs
from segmentation.identity.why.paths import (
    connecting_path,
    read_network,
    shared_component,
    told_steps,
)
from segmentation.identity.why.patterns import read_patterns
from segmentation.identity.why.records import (
    named_records,
    numbered_records,
    without_comparison,
)
from segmentation.profiles import Profile

_TABLES = (
    "identity__customer_map",
    "identity__dropped_identifiers",
    "identity_rules",
    "identity_weights",
    "int_identity__candidate_pairs",
    "int_identity__clusters",
    "int_identity__compared_records",
    "int_identity__components",
    "int_identity__contested_pairs",
    "int_identity__edges",
    "int_identity__identifiers",
    "int_identity__overrides",
    "int_identity__pattern_levels",
    "int_identity__pattern_verdicts",
    "int_identity__pattern_weights",
    "int_identity__records",
)


def why(profile: Profile, name: str, other_name: str) -> Answer:
    """Answer from the tables of the last build.

    Args:
        profile: Says where the warehouse is.
        name: A record, as SOURCE/ID.
        other_name: Another record.

    Raises:
        SegmentationError: A record or a table does not exist, or the warehouse does
            not open.
    """
    with open_identity(profile, _TABLES) as tables:
        one, two = named_records(tables, (name, other_name))
        if one == two:
            return Answer(Pair(one, two))
        network = read_network(tables, one, two)
        numbers, component = [], None
        if network is not None:
            numbers = connecting_path(tables, network, one, two)
            component = shared_component(tables, network, one, two)
        steps = told_steps(numbers)
        nodes = {node for step in steps.values() for node in step}
        records = numbered_records(tables, nodes, (one, two))
        ends = [(records[a], records[b]) for a, b in steps.values()]
        edges = network.edges if network else {}
        pair, *path = read_pairs(tables, [(one, two), *ends], edges)
        codes = [known.pattern_code for known in (pair, *path) if known.pattern_code]
        patterns, published, weights_differ = read_patterns(tables, codes)
        lacking = () if pair.pattern_code else without_comparison(tables, (one, two))
        return Answer(
            pair=pair,
            path=dict(zip(steps, path, strict=True)),
            step_count=max(len(numbers) - 1, 0),
            patterns=patterns,
            threshold=published.threshold if published else None,
            component=component,
            lacking=lacking,
            weights_differ=weights_differ,
        )
