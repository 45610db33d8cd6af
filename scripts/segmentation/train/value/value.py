"""What `segment train value` does: train, publish or compare."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segmentation.profiles import Profile
from segmentation.train.seed_file import write_files
from segmentation.train.value.card import CARDS, card_text
from segmentation.train.value.errors import DriftError
from segmentation.train.value.forecast import ValueModel
from segmentation.train.value.seed_files import published, seed_texts
from segmentation.train.value.training import (
    Advance,
    Settings,
    Version,
    train_versions,
)
from segmentation.train.value.worlds import open_worlds

HORIZON_DAYS = 90
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
    """Write both seeds and the model card; return their paths.

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
    old = ValueModel(
        before.purchases, before.order_values, before.nodes, before.yearly_discount_rate
    )
    now = version.model.orders(version.world, HORIZON_DAYS)
    then = old.orders(version.world, HORIZON_DAYS)
    return Drift(
        before.version,
        version.parameters.version,
        float(np.abs(now - then).sum() / now.sum()),
    )


def check(drift: Drift) -> None:
    """Refuse parameters that are too far from what the data say.

    Raises:
        DriftError: They are.
    """
    if drift.orders > MAX_DRIFT:
        raise DriftError(drift.orders, MAX_DRIFT)
