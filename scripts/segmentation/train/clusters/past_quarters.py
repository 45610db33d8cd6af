"""Trains the clusters of past quarters that have none published."""

from collections.abc import Callable
from datetime import date

from segmentation.profiles import Profile
from segmentation.train.clusters.errors import (
    HistoryTooShortError,
    TooFewCustomersError,
)
from segmentation.train.clusters.source import read_panel
from segmentation.train.clusters.train import ClusterTraining, Later, train_panel
from segmentation.train.quarters import quarter_end_before


def backfill(
    profile: Profile,
    newest: ClusterTraining,
    advance: Callable[[str], None] = lambda _: None,
) -> tuple[ClusterTraining, ...]:
    """Train every quarter end before a training, from the last one back.

    A quarter that has a version keeps it: its names were reviewed. It ends where the
    panel does, and at the first quarter that the gate refuses: ids of older clusters
    would hang on nothing.

    Returns:
        The trainings with clusters, the newest first.

    Raises:
        SegmentationError: The warehouse does not open, or a seed cannot be read.
    """
    trained, version = [newest], newest.version
    published = {
        row.version
        for row in newest.parameters
        if (row.dataset, row.set_name) == (newest.dataset, newest.set_name)
    }
    while trained[-1].matched:
        day = quarter_end_before(date.fromisoformat(version))
        if day.isoformat() in published:
            version = day.isoformat()
            continue
        try:
            panel = read_panel(profile, newest.set_name, day)
        except (HistoryTooShortError, TooFewCustomersError):
            break
        if panel.dates[2] != day:
            break
        found = train_panel(
            panel,
            newest.dataset,
            newest.set_name,
            profile.project_dir,
            newest.settings,
            advance,
            Later(trained[-1].parameters, trained[-1].labels, version),
        )
        if not found.matched:
            break
        trained.append(found)
        version = found.version
    return tuple(trained)
