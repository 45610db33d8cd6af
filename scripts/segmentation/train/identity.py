"""Trains the weights of identity resolution, without labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from segmentation.profiles import Profile
from segmentation.train.card import card_text
from segmentation.train.expectation import (
    MAX_ITERATIONS,
    STARTS,
    Fit,
    Start,
    fit_all,
)
from segmentation.train.files import CARDS, write_files
from segmentation.train.gates import check_patterns, check_training
from segmentation.train.patterns import Patterns
from segmentation.train.priors import find_priors
from segmentation.train.results import Training
from segmentation.train.seed_file import SEED, published_weights, seed_text
from segmentation.train.source import read_patterns
from segmentation.train.weights import expect, make_weights


@dataclass(frozen=True)
class Difference:
    """The largest difference between two sets of weights.

    Attributes:
        comparison: Where it is.
        level: Level of the comparison.
        published: Bits that are published; a missing row adds none.
        trained: Bits that the data give now.
        of: Against whom these weights count: stranger or household.
    """

    comparison: str
    level: int
    published: float
    trained: float
    of: str

    @property
    def bits(self) -> float:
        """Size of the difference."""
        return abs(self.trained - self.published)


def train_identity(profile: Profile, dataset: str) -> Training:
    """Read the pattern counts of the last build and learn from them; write nothing.

    Raises:
        SegmentationError: There are no counts, or a gate refuses.
    """
    patterns, as_of = read_patterns(profile)
    return train(patterns, dataset, as_of)


def train(
    patterns: Patterns,
    dataset: str,
    as_of: date | None,
    starts: Sequence[Start] = STARTS,
    max_iterations: int = MAX_ITERATIONS,
) -> Training:
    """Learn from pattern counts.

    Raises:
        TrainingRefusedError: A gate refuses.
    """
    check_patterns(patterns)
    fits: tuple[Fit, ...] = fit_all(patterns, starts, max_iterations)
    priors = find_priors(patterns, fits[0])
    weights = make_weights(patterns, fits[0], priors)
    expectations = expect(patterns, weights)
    check_training(patterns, fits[0], priors, weights, expectations)
    return Training(dataset, as_of, patterns, fits, priors, weights, expectations)


def publish(training: Training, project_dir: Path) -> tuple[Path, Path]:
    """Write the seed and the model card; return both.

    Raises:
        SegmentationError: The seed is not one of this version, or nothing can be
            written; then both are as they were.
    """
    seed = project_dir / SEED
    card = project_dir / CARDS / f"identity_{training.dataset}.md"
    text = seed_text(seed, training.dataset, training.weights)
    write_files({seed: text, card: card_text(training)})
    return seed, card


def compare(training: Training, project_dir: Path) -> Difference:
    """Return the largest difference from the published weights.

    Raises:
        SegmentationError: There are none, or they cannot be read.
    """
    published = published_weights(project_dir / SEED, training.dataset)
    trained = {
        (row.comparison, row.level): (row.against_stranger, row.against_household)
        for row in training.weights
        if row.against_stranger is not None and row.against_household is not None
    }
    nothing = (0.0, 0.0)
    differences = [
        Difference(*key, before, now, of)
        for key in [*trained, *(key for key in published if key not in trained)]
        for of, before, now in zip(
            ("stranger", "household"),
            published.get(key, nothing),
            trained.get(key, nothing),
            strict=True,
        )
    ]
    return max(differences, key=lambda difference: difference.bits)
