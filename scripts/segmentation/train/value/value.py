"""What `segment train value` does: train, publish or compare."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segmentation.profiles import Profile
from segmentation.train.arrays import Integers
from segmentation.train.files import CARDS, write_files
from segmentation.train.value.card import card_text
from segmentation.train.value.errors import DriftError, ParametersMissingError
from segmentation.train.value.first_orders import HORIZON_DAYS
from segmentation.train.value.seed_files import published, seed_texts
from segmentation.train.value.seed_rows import ValueParameters
from segmentation.train.value.tiers import tiers_of
from segmentation.train.value.training import (
    Advance,
    Settings,
    Version,
    model_of,
    train_versions,
)
from segmentation.train.value.worlds import open_worlds

# As much as the total of a quarter's expected orders may be off (docs/value.md).
MAX_DRIFT = 0.10


@dataclass(frozen=True)
class Drift:
    """How far published parameters are from what the data say now.

    Attributes:
        published: Version that is published.
        trained: Version that was trained beside it.
        orders: Sum of the absolute differences of expected orders in 90 days over
            their sum.
    """

    published: str
    trained: str
    orders: float


@dataclass(frozen=True)
class Movers:
    """Buyers whose value tier at the cut-off is another than published parameters say.

    Attributes:
        published: Version that is published.
        buyers: All buyers.
        up: Those who move to a higher tier.
        down: Those who move to a lower one.
        spend: What all spent in the last 90 days, in the reporting currency.
        spend_up: What those spent who move up.
        spend_down: What those spent who move down.
    """

    published: str
    buyers: int
    up: int
    down: int
    spend: float
    spend_up: float
    spend_down: float


def train_value(
    profile: Profile, settings: Settings, advance: Advance
) -> tuple[Version, ...]:
    """Train the versions, the newest first; write nothing.

    Raises:
        SegmentationError: A world does not build, or has too few buyers.
    """
    variables = {"segmentation_dataset": settings.dataset}
    with open_worlds(profile, variables) as worlds:
        return train_versions(worlds, settings, advance)


def publish(versions: Sequence[Version], project_dir: Path) -> tuple[Path, ...]:
    """Write the seeds and the model card; return their paths.

    Raises:
        SegmentationError: A seed is not one of this version, or nothing can be written;
            then all are as they were.
    """
    dataset = versions[0].parameters.dataset
    texts = dict(seed_texts(project_dir, [each.parameters for each in versions]))
    texts[project_dir / CARDS / f"value_{dataset}.md"] = card_text(versions)
    write_files(texts)
    return tuple(texts)


def compare(version: Version, project_dir: Path) -> Drift:
    """Return what the published parameters expect of the same customers.

    Raises:
        SegmentationError: There are none, or they cannot be read.
    """
    before = published(project_dir, version.parameters.dataset, version.world.as_of)
    now = version.model.orders(version.world, HORIZON_DAYS)
    then = model_of(before).orders(version.world, HORIZON_DAYS)
    return Drift(
        before.version,
        version.parameters.version,
        float(np.abs(now - then).sum() / now.sum()),
    )


def movers(version: Version, project_dir: Path) -> Movers | None:
    """Return who changes tier; null with nothing published or no 90 days of orders.

    Raises:
        SegmentationError: What is published cannot be read.
    """
    world = version.world
    try:
        before = published(project_dir, version.parameters.dataset, world.as_of)
    except ParametersMissingError:
        return None
    if not world.is_observed_90d:
        return None
    # Tiers are numbered from the highest.
    step = _tiers(version, before) - _tiers(version, version.parameters)
    spend = world.revenue_90d
    return Movers(
        before.version,
        step.size,
        int((step > 0).sum()),
        int((step < 0).sum()),
        math.fsum(spend),
        math.fsum(spend[step > 0]),
        math.fsum(spend[step < 0]),
    )


def _tiers(version: Version, parameters: ValueParameters) -> Integers:
    """Return the tier of each buyer at the cut-off under some parameters."""
    world = version.world
    measure = model_of(parameters).measures(world)[parameters.tier_measure]
    return tiers_of(measure, world.revenue_90d <= 0, version.top_shares)


def check(drift: Drift) -> None:
    """Refuse parameters that are too far from what the data say.

    Raises:
        DriftError: They are.
    """
    if drift.orders > MAX_DRIFT:
        raise DriftError(drift.orders, MAX_DRIFT)
