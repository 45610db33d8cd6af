"""What must hold before weights are published."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from segmentation.comparisons import Comparison
from segmentation.train.errors import Refusal, TrainingRefusedError
from segmentation.train.expectation import Fit
from segmentation.train.likelihood import STRANGER
from segmentation.train.patterns import Patterns
from segmentation.train.priors import Priors
from segmentation.train.weights import (
    ENOUGH_PAIRS,
    Expectations,
    Weight,
    matches_by_level,
)

MIN_RANDOM_PAIRS = 1000
MIN_CANDIDATES = 100
MIN_MATCHES_PER_RECORD = 0.001
MAX_MATCHES_PER_RECORD = 50
MIN_PRECISION = 0.5
# Levels of likeness need not be in strict order, but eightfold odds are no accident.
ORDER_TOLERANCE_BITS = 3.0
STANDARD_ERRORS = 2


def check_patterns(patterns: Patterns) -> None:
    """Refuse counts that are too few to learn from.

    Raises:
        TrainingRefusedError: There are too few pairs, or nothing is compared.
    """
    refusals = []
    for pairs, block, least in (
        (patterns.random, "random pairs", MIN_RANDOM_PAIRS),
        (patterns.candidates, "candidate pairs", MIN_CANDIDATES),
    ):
        if pairs.total < least:
            refusals.append(
                Refusal(
                    f"{pairs.total:,} {block}",
                    f"{least:,} or more",
                    "Build on more customer records; until then the rules and the "
                    "weights of before decide.",
                )
            )
    if not patterns.comparisons:
        refusals.append(
            Refusal(
                "no comparison that blocks leave free",
                "two blocks of different fields or more, such as email and "
                "last_name_birth_date",
                "Map more columns of customer_records.",
            )
        )
    if refusals:
        raise TrainingRefusedError(refusals)


def check_training(
    patterns: Patterns,
    fit: Fit,
    priors: Priors,
    weights: Sequence[Weight],
    expectations: Expectations,
) -> None:
    """Refuse weights that contradict what they are for.

    Raises:
        TrainingRefusedError: One or more gates do not pass.
    """
    refusals = [
        *_convergence(fit),
        *_exact_levels(patterns, fit),
        *_order(patterns, fit, priors, weights),
        *_matches(patterns, priors),
        *_precision(expectations),
    ]
    if refusals:
        raise TrainingRefusedError(refusals)


def _convergence(fit: Fit) -> Iterator[Refusal]:
    if not fit.has_converged:
        yield Refusal(
            f"a likelihood that still rises after {fit.iterations} steps",
            "one that settles",
            "Look for records that are copies of each other in the blocks with the "
            "most pairs, and build again.",
        )


def _exact_levels(patterns: Patterns, fit: Fit) -> Iterator[Refusal]:
    matches, _, strangers = fit.classes
    for comparison in patterns.comparisons:
        match = float(matches[comparison.name][-1])
        stranger = float(strangers[comparison.name][-1])
        if not comparison.is_flag and match <= stranger:
            yield Refusal(
                f"exact agreement in {comparison.name} with probability {match:.6f} "
                f"for one person and {stranger:.6f} for strangers",
                "more for one person",
                f"Look at how {comparison.name} is mapped: a default value in many "
                "records does this.",
            )


def _order(
    patterns: Patterns, fit: Fit, priors: Priors, weights: Sequence[Weight]
) -> Iterator[Refusal]:
    """Compare neighbours among the levels that matches and random strangers show."""
    expected = matches_by_level(patterns, fit, priors)
    strangers = fit.classes[STRANGER]
    for comparison in patterns.comparisons:
        if not comparison.is_ordered:
            continue
        observed = patterns.random.by_level(comparison).sum()
        counts = np.stack(
            [expected[comparison.name], strangers[comparison.name] * observed]
        )
        bits = _bits(comparison, weights)
        enough = [
            int(level)
            for level in np.flatnonzero((counts >= ENOUGH_PAIRS).all(axis=0))
            if level != comparison.unordered_level
        ]
        for below, above in pairwise(enough):
            error = np.sqrt((1 / counts[:, [below, above]]).sum()) / np.log(2)
            fall = bits[below] - bits[above]
            if fall > ORDER_TOLERANCE_BITS + STANDARD_ERRORS * error:
                yield Refusal(
                    f"{comparison.name} '{comparison.levels[above]}' to weigh "
                    f"{fall:.1f} bits less than '{comparison.levels[below]}'",
                    f"{ORDER_TOLERANCE_BITS:g} bits at most, beyond sampling error",
                    f"Look at how {comparison.name} is mapped and what its values are.",
                )


def _bits(comparison: Comparison, weights: Sequence[Weight]) -> dict[int, float]:
    return {
        row.level: row.against_stranger
        for row in weights
        if row.comparison == comparison.name and row.against_stranger is not None
    }


def _matches(patterns: Patterns, priors: Priors) -> Iterator[Refusal]:
    per_record = priors.match * patterns.record_count
    if not MIN_MATCHES_PER_RECORD <= per_record <= MAX_MATCHES_PER_RECORD:
        yield Refusal(
            f"{per_record:.6f} expected matches per record",
            f"{MIN_MATCHES_PER_RECORD:g} to {MAX_MATCHES_PER_RECORD:g}",
            "Look whether the records are of the kind that should be joined: a source "
            "with no person in common has too few, a value in all records too many.",
        )


def _precision(expectations: Expectations) -> Iterator[Refusal]:
    precision = expectations.precision
    if precision is None or precision < MIN_PRECISION:
        found = "no pair to merge" if precision is None else f"{precision:.4f}"
        yield Refusal(
            f"an expected precision of {found}" if precision is not None else found,
            f"{MIN_PRECISION:g} or more at the threshold",
            "Map more columns that tell persons apart, such as birth_date.",
        )
