"""Whether published clusters still are those of the customers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from segmentation.profiles import Profile
from segmentation.train.arrays import Floats
from segmentation.train.clusters.errors import (
    ClustersDriftedError,
    NotPublishedError,
    TooFewCustomersError,
)
from segmentation.train.clusters.kmeans import nearest, one_thread, warm_start
from segmentation.train.clusters.panel import every_so_many
from segmentation.train.clusters.parameters import (
    PARAMETERS,
    Parameters,
    newest_parameters,
    read_parameters,
)
from segmentation.train.clusters.scaling import known_enough
from segmentation.train.clusters.settings import Settings
from segmentation.train.clusters.shifts import Shift, find_shifts
from segmentation.train.clusters.source import MIN_CUSTOMERS, read_inputs

PAIRS = 200


@dataclass(frozen=True)
class Movement:
    """What a refit moves, beside what it may move by chance.

    Attributes:
        name: What is measured.
        found: Between the published clusters and the refit.
        bound: 99th percentile between refits of two resamples of the same customers.
    """

    name: str
    found: float
    bound: float


@dataclass(frozen=True)
class Check:
    """Published clusters beside the customers of the last build.

    Attributes:
        version: Version that is published.
        as_of: Date of the build.
        base: Date that inputs are compared with; null without an earlier one.
        movements: What a refit moves.
        shifts: Inputs, in the order of the version.
    """

    version: str
    as_of: date
    base: date | None
    movements: tuple[Movement, ...]
    shifts: tuple[Shift, ...]

    @property
    def is_season_known(self) -> bool:
        """Whether inputs are compared with the same month of another year."""
        return self.base is not None and is_same_season(self.base, self.as_of)

    @property
    def failures(self) -> list[str]:
        """What no longer holds, in words; inputs only where the season is known."""
        failures = [
            f"{each.name} {each.found:.3f} > {each.bound:.3f}"
            for each in self.movements
            if each.found > each.bound
        ]
        if self.is_season_known:
            failures += [
                f"{each.feature} shifted by {each.psi:.2f}"
                for each in self.shifts
                if each.is_alarm
            ]
        return failures


def check_clusters(profile: Profile, dataset: str, set_name: str) -> Check:
    """Compare the newest published version with the last build; write nothing.

    Raises:
        SegmentationError: Nothing is published, or the build has too little.
    """
    file = profile.project_dir / PARAMETERS
    published = published_clusters(file, dataset, set_name)
    rows = read_inputs(profile, set_name, published.features)
    as_of = max(rows)
    base = base_date(rows, as_of, date.fromisoformat(published.version))
    return compare(published, as_of, rows[as_of], base, rows[base] if base else None)


def base_date(dates: Iterable[date], as_of: date, trained: date) -> date | None:
    """Return the same month of another year, else the training date; null for neither.

    Args:
        dates: Dates of the panel.
        as_of: Date that is compared.
        trained: Training date of the published version.
    """
    earlier = [day for day in dates if day < as_of]
    in_season = [day for day in earlier if is_same_season(day, as_of)]
    return max(in_season, default=trained if trained in earlier else None)


def is_same_season(day: date, as_of: date) -> bool:
    """Return whether a day is in the same month of an earlier year."""
    return day.month == as_of.month and day.year < as_of.year


def published_clusters(file: Path, dataset: str, set_name: str) -> Parameters:
    """Return the newest version.

    Raises:
        NotPublishedError: There is none.
        ParametersUnreadableError: It is not one of one training.
    """
    found = newest_parameters(read_parameters(file), dataset, set_name, file)
    if found is None:
        raise NotPublishedError(file, dataset, set_name)
    return found


def compare(
    published: Parameters,
    as_of: date,
    logs: Floats,
    base: date | None,
    base_logs: Floats | None,
    settings: Settings | None = None,
) -> Check:
    """Refit the clusters, and measure how the inputs moved.

    Args:
        published: The published version.
        as_of: Date of the customers.
        logs: Logarithms of their inputs, shape (customers, features).
        base: Date that inputs are compared with.
        base_logs: The same at that date; null when the panel has none.
        settings: For the seed, and how many customers are refitted.

    Raises:
        TooFewCustomersError: Too few of them show enough of the inputs.
    """
    settings = settings or Settings()
    random = np.random.default_rng(settings.seed)
    known = logs[known_enough(logs)]
    if len(known) < MIN_CUSTOMERS:
        raise TooFewCustomersError(len(known), MIN_CUSTOMERS)
    taken = known[every_so_many(len(known), settings.max_rows)]
    points = published.scaling.points(taken)
    shifts: tuple[Shift, ...] = ()
    if base_logs is not None:
        shifts = find_shifts(published.features, base_logs, logs, random)
    with one_thread():
        movements = _movements(published.centroids, points, random)
    return Check(
        published.version,
        as_of,
        base if base_logs is not None else None,
        movements,
        shifts,
    )


def check(found: Check) -> None:
    """Refuse clusters that no longer hold.

    Raises:
        ClustersDriftedError: They do not.
    """
    if found.failures:
        raise ClustersDriftedError(found.version, found.as_of, found.failures)


def _movements(
    centroids: Floats, points: Floats, random: np.random.Generator
) -> tuple[Movement, ...]:
    refit = warm_start(points, centroids).centroids
    found = _moved(points, centroids, refit)
    by_chance = []
    for _ in range(PAIRS):
        # The published clusters are a sample's too: two resamples, not one.
        pair = [
            warm_start(points[random.integers(len(points), size=len(points))], refit)
            for _ in range(2)
        ]
        by_chance.append(_moved(points, pair[0].centroids, pair[1].centroids))
    bounds = np.quantile(np.array(by_chance), 0.99, axis=0)
    names = ("share of customers in another cluster", "shift of a centroid")
    return tuple(
        Movement(name, float(value), float(bound))
        for name, value, bound in zip(names, found, bounds, strict=True)
    )


def _moved(points: Floats, one: Floats, other: Floats) -> tuple[float, float]:
    share = float((nearest(points, one) != nearest(points, other)).mean())
    return share, float(np.sqrt(np.square(one - other).sum(axis=1)).max())
