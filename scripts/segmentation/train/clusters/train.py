"""Trains the clusters of a set from a build, and publishes what the gate lets pass."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from segmentation.profiles import Profile
from segmentation.train.arrays import Integers
from segmentation.train.clusters.decision import Decision, decide
from segmentation.train.clusters.kmeans import nearest
from segmentation.train.clusters.labels import (
    Matched,
    add_earlier_labels,
    match_ids,
    name_cluster,
    update_labels,
)
from segmentation.train.clusters.panel import Panel
from segmentation.train.clusters.parameters import (
    LABELS,
    PARAMETERS,
    LabelRow,
    ParameterRow,
    Parameters,
    newest_parameters,
    parameter_rows,
    read_labels,
    read_parameters,
    seed_text,
)
from segmentation.train.clusters.scaling import known_enough
from segmentation.train.clusters.settings import Settings
from segmentation.train.clusters.source import read_panel
from segmentation.train.files import CARDS, write_files


@dataclass(frozen=True)
class ClusterTraining:
    """Clusters to publish, or the reasons for none.

    Attributes:
        dataset: Data set they are for.
        set_name: Set whose codes they become.
        settings: What was demanded.
        decision: What was found.
        matched: Ids of the clusters; null when the gate refuses.
        before: Version that was published before, null if none.
        movers: Customers in another cluster than that version gives them.
        mover_spend: Their spend of the last 90 days.
        parameters: Rows of the seed, of all data sets.
        labels: Rows of the seed of labels, of all data sets.
    """

    dataset: str
    set_name: str
    settings: Settings
    decision: Decision
    matched: Matched | None
    before: str | None
    movers: int
    mover_spend: float
    parameters: tuple[ParameterRow, ...]
    labels: tuple[LabelRow, ...]

    @property
    def version(self) -> str:
        """Version of the parameters: the date they are trained through."""
        return self.decision.panel.dates[2].isoformat()

    @property
    def own_labels(self) -> list[LabelRow]:
        """Labels of this data set and set, retired ones too."""
        key = (self.dataset, self.set_name)
        return [row for row in self.labels if (row.dataset, row.set_name) == key]


@dataclass(frozen=True)
class Later:
    """Seeds that clusters of an older date are added to.

    Attributes:
        parameters: Rows of the seed, of all data sets.
        labels: Rows of the seed of labels, of all data sets.
        version: The next later version, whose clusters the older ones are named after.
    """

    parameters: tuple[ParameterRow, ...]
    labels: tuple[LabelRow, ...]
    version: str


def train_clusters(
    profile: Profile,
    dataset: str,
    set_name: str,
    settings: Settings | None = None,
    advance: Callable[[str], None] = lambda _: None,
) -> ClusterTraining:
    """Read the last build and look for clusters; write nothing.

    Raises:
        SegmentationError: The build has too little, or a seed cannot be read.
    """
    panel = read_panel(profile, set_name)
    return train_panel(
        panel, dataset, set_name, profile.project_dir, settings or Settings(), advance
    )


def train_panel(
    panel: Panel,
    dataset: str,
    set_name: str,
    project_dir: Path,
    settings: Settings,
    advance: Callable[[str], None] = lambda _: None,
    later: Later | None = None,
) -> ClusterTraining:
    """Look for clusters and name them after those that the project has published.

    Args:
        panel: Customers.
        dataset: Data set they are of.
        set_name: Set whose codes the clusters become.
        project_dir: Where the seeds are.
        settings: What is demanded.
        advance: Told of each step.
        later: What these clusters are added to, when they are older. Where the gate
            refuses, it stays as it is.

    Raises:
        ParametersUnreadableError: A seed cannot be read.
    """
    file = project_dir / PARAMETERS
    rows = list(later.parameters) if later else read_parameters(file)
    labels = list(later.labels) if later else read_labels(project_dir / LABELS)
    named_after = [row for row in rows if not later or row.version == later.version]
    old = newest_parameters(named_after, dataset, set_name, file)
    decision = decide(panel, settings, advance)
    version = panel.dates[2].isoformat()
    key = (dataset, set_name)
    own = [row for row in labels if (row.dataset, row.set_name) == key]
    others = [row for row in labels if (row.dataset, row.set_name) != key]
    old_labels = _score(panel, old)
    matched: Matched | None = None
    new_rows: list[ParameterRow] = []
    new_labels: list[LabelRow] = []
    movers = np.zeros(len(panel.logs), dtype=bool)
    if decision.chosen and decision.scaling:
        centroids = decision.chosen.centroids
        matched = match_ids(
            old_labels,
            old.cluster_ids if old else (),
            decision.labels,
            len(centroids),
            [int(row.cluster_id) for row in own],
        )
        order = np.argsort(matched.ids)
        parameters = Parameters(
            version,
            decision.panel.features,
            decision.scaling,
            tuple(matched.ids[place] for place in order),
            centroids[order],
        )
        new_rows = parameter_rows(*key, parameters)
        new_labels = _named(own, key, parameters)
        if old:
            was = np.append(old.cluster_ids, -1)[old_labels]
            movers = was != np.append(matched.ids, -1)[decision.labels]
    in_use = matched.ids if matched else ()
    # Without clusters rules fill the set, at all dates.
    kept = [
        row
        for row in rows
        if (row.dataset, row.set_name) != key
        or ((matched or later) and row.version != version)
    ]
    own_labels = (
        add_earlier_labels(own, new_labels, in_use, version, later.version)
        if later
        else update_labels(own, new_labels, in_use, version)
    )
    return ClusterTraining(
        dataset,
        set_name,
        settings,
        replace(decision, panel=replace(decision.panel, spend=panel.spend)),
        matched,
        old.version if old else None,
        int(movers.sum()),
        float(panel.spend[movers].sum()),
        (*kept, *new_rows),
        (*others, *own_labels),
    )


def publish(
    training: ClusterTraining, project_dir: Path, oldest: ClusterTraining | None = None
) -> tuple[Path, ...]:
    """Write both seeds and the model card; return them.

    Args:
        training: What the card is about.
        project_dir: Where the files go.
        oldest: The last training of a backfill, with all rows of the seeds.

    Raises:
        FilesUnwritableError: One cannot be written; then all are as they were.
    """
    from segmentation.train.clusters.card import card_text

    card = CARDS / f"clusters_{training.set_name}_{training.dataset}.md"
    texts = {
        project_dir / PARAMETERS: seed_text(
            (oldest or training).parameters, ParameterRow
        ),
        project_dir / LABELS: seed_text((oldest or training).labels, LabelRow),
        project_dir / card: card_text(training),
    }
    write_files(texts)
    return tuple(texts)


def _score(panel: Panel, old: Parameters | None) -> Integers:
    """Return the old cluster of each customer from 0, -1 for none."""
    nobody = np.full(len(panel.logs), -1, dtype=np.int64)
    if old is None or not set(old.features) <= set(panel.features):
        return nobody
    columns = [panel.features.index(feature) for feature in old.features]
    logs = panel.logs[:, columns]
    return np.where(
        known_enough(logs), nearest(old.scaling.points(logs), old.centroids), nobody
    )


def _named(
    own: list[LabelRow], key: tuple[str, str], parameters: Parameters
) -> list[LabelRow]:
    """Return labels for the clusters that have none."""
    taken = {row.segment_code for row in own}
    known = {row.cluster_id for row in own}
    rows = []
    for cluster_id, centroid in zip(
        parameters.cluster_ids, parameters.centroids, strict=True
    ):
        if str(cluster_id) in known:
            continue
        code, label = name_cluster(
            centroid, parameters.scaling.weight, parameters.features, taken
        )
        taken.add(code)
        rows.append(
            LabelRow(*key, str(cluster_id), code, label, parameters.version, "")
        )
    return rows
