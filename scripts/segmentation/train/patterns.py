"""The counts of pairs by pattern of agreement, all that training reads."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isqrt
from typing import Any

import numpy as np

from segmentation.comparisons import COMPARISONS, Comparison
from segmentation.train.arrays import Floats, Integers
from segmentation.train.errors import PatternsUnreadableError

RANDOM = "random"
CANDIDATES = "candidates"
ALL = "all"
COLUMNS = ("block_code", *(c.name for c in COMPARISONS), "pair_count")


@dataclass(frozen=True)
class PatternCounts:
    """Pairs of one block, counted by pattern.

    Attributes:
        levels: By comparison, the level of each pattern; one above the highest level
            where it is not observed. Shape (patterns,).
        counts: Pairs of each pattern, shape (patterns,).
    """

    levels: Mapping[str, Integers]
    counts: Floats

    @property
    def total(self) -> int:
        """Number of pairs."""
        return round(float(self.counts.sum()))

    def observed(self, comparison: Comparison) -> bool:
        """Whether any pair has a level of the comparison."""
        seen = self.levels[comparison.name] < comparison.missing
        return bool((self.counts[seen] > 0).any())

    def by_level(self, comparison: Comparison, weights: Floats | None = None) -> Floats:
        """Count pairs by level, each pattern times its weight if there are any."""
        counts = self.counts if weights is None else self.counts * weights
        levels = self.levels[comparison.name]
        sums = np.bincount(levels, counts, comparison.size + 1)[: comparison.size]
        return sums.astype(np.float64)


@dataclass(frozen=True)
class Patterns:
    """All pattern counts of a build.

    Attributes:
        random: Random pairs of records.
        blocks: Pairs that agree on the key of a block, by block.
        candidates: All distinct candidate pairs.
        pair_total: Number of pairs of records, whether compared or not.
    """

    random: PatternCounts
    blocks: Mapping[str, PatternCounts]
    candidates: PatternCounts
    pair_total: int

    @property
    def record_count(self) -> int:
        """Number N of records, from N (N - 1) / 2 pairs."""
        return (1 + isqrt(1 + 8 * self.pair_total)) // 2

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """Comparisons that the blocks observe, and the random pairs unless a flag."""
        return tuple(
            comparison
            for comparison in COMPARISONS
            if (comparison.is_flag or self.random.observed(comparison))
            and any(block.observed(comparison) for block in self.blocks.values())
        )


def patterns_from_rows(rows: Sequence[Sequence[Any]]) -> Patterns:
    """Sort the rows of the table into blocks.

    Args:
        rows: Values in the order of `COLUMNS`; a null level is not observed.

    Raises:
        PatternsUnreadableError: A level is unknown, or the number of pairs missing.
    """
    by_block: dict[str, list[Sequence[Any]]] = defaultdict(list)
    for block, *values in rows:
        by_block[str(block)].append(values)
    total = by_block.pop(ALL, [])
    if len(total) != 1 or int(total[0][-1]) < 1:
        found = f"{len(total)} rows of block '{ALL}'"
        raise PatternsUnreadableError(found, "one, with the number of pairs of records")
    random = _counts(by_block.pop(RANDOM, []))
    candidates = _counts(by_block.pop(CANDIDATES, []))
    blocks = {block: _counts(by_block[block]) for block in sorted(by_block)}
    return Patterns(random, blocks, candidates, int(total[0][-1]))


def _counts(rows: Sequence[Sequence[Any]]) -> PatternCounts:
    """Return the counts; rows hold a level per comparison and the count of pairs."""
    levels = {
        comparison.name: np.array(
            [_level(comparison, row[place]) for row in rows], dtype=np.int64
        )
        for place, comparison in enumerate(COMPARISONS)
    }
    counts = np.array([int(row[-1]) for row in rows], dtype=np.float64)
    return PatternCounts(levels, counts)


def _level(comparison: Comparison, value: int | None) -> int:
    if value is None:
        return comparison.missing
    if not 0 <= value < comparison.size:
        raise PatternsUnreadableError(
            f"level {value} of {comparison.name}",
            f"levels from 0 to {comparison.size - 1}",
        )
    return value
