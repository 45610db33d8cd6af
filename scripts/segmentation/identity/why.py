"""Answers why two records are the same customer, or not; reads and writes nothing."""

from itertools import pairwise

from segmentation.identity.answers import Answer, Pair
from segmentation.identity.pairs import read_pairs
from segmentation.identity.paths import connecting_path, shared_component
from segmentation.identity.patterns import read_patterns
from segmentation.identity.records import (
    named_records,
    numbered_records,
    without_comparison,
)
from segmentation.identity.tables import open_identity
from segmentation.profiles import Profile


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
    with open_identity(profile) as tables:
        one, two = named_records(tables, (name, other_name))
        if one == two:
            return Answer(Pair(one, two), (), {}, None, None, (), weights_differ=False)
        numbers = connecting_path(tables, one, two)
        records = numbered_records(tables, numbers, (one, two))
        steps = [(records[a], records[b]) for a, b in pairwise(numbers)]
        pair, *path = read_pairs(tables, [(one, two), *steps])
        codes = [known.pattern_code for known in (pair, *path) if known.pattern_code]
        patterns, published, weights_differ = read_patterns(tables, codes)
        lacking = without_comparison(tables, (one, two))
        return Answer(
            pair=pair,
            path=tuple(path),
            patterns=patterns,
            threshold=published.threshold if published else None,
            component=shared_component(tables, one, two),
            lacking=lacking,
            weights_differ=weights_differ,
        )
