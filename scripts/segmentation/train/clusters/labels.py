"""Keeps the ids of clusters over trainings, and gives new ones a neutral name."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from segmentation.train.arrays import Floats, Integers
from segmentation.train.clusters.agreement import crossed, overlaps
from segmentation.train.clusters.parameters import LabelRow

MIN_OVERLAP = 0.5
# In standard deviations; less than that says nothing about a cluster.
MIN_DIFFERENCE = 0.25
NAMED_FEATURES = 2


@dataclass(frozen=True)
class Matched:
    """Ids of new clusters.

    Attributes:
        ids: Id of each new cluster.
        overlaps: Its Jaccard overlap with the cluster whose id it keeps; zero where it
            has an id of its own.
    """

    ids: tuple[int, ...]
    overlaps: tuple[float, ...]


def match_ids(
    old: Integers,
    old_ids: Sequence[int],
    new: Integers,
    count: int,
    used: Sequence[int],
) -> Matched:
    """Give each new cluster the id of the old one it overlaps with, one to one.

    Args:
        old: Old cluster of each customer from 0, -1 for none.
        old_ids: Ids of the old clusters.
        new: New cluster of the same customers, -1 for none.
        count: Number of new clusters.
        used: Every id that was ever given.
    """
    kept: dict[int, tuple[int, float]] = {}
    both = (old >= 0) & (new >= 0)
    if old_ids and both.any():
        from scipy.optimize import linear_sum_assignment

        shares = overlaps(crossed(old[both], new[both], len(old_ids), count))
        for one, other in zip(*linear_sum_assignment(-shares), strict=True):
            if shares[one, other] >= MIN_OVERLAP:
                kept[int(other)] = (old_ids[one], float(shares[one, other]))
    next_id = max([0, *used]) + 1
    ids, found = [], []
    for cluster in range(count):
        cluster_id, overlap = kept.get(cluster, (next_id, 0.0))
        next_id += cluster_id == next_id
        ids.append(cluster_id)
        found.append(overlap)
    return Matched(tuple(ids), tuple(found))


def update_labels(
    labels: Sequence[LabelRow],
    new: Sequence[LabelRow],
    in_use: Collection[int],
    version: str,
) -> list[LabelRow]:
    """Add the clusters that are new, and retire those that are gone.

    Args:
        labels: Labels of the set, as a reviewer may have edited them.
        new: Labels that the new clusters would get.
        in_use: Ids of the new version.
        version: The new version.
    """
    known = {row.cluster_id for row in labels}
    kept = [
        row
        if row.retired_version or int(row.cluster_id) in in_use
        else replace(row, retired_version=version)
        for row in labels
    ]
    return kept + [row for row in new if row.cluster_id not in known]


def add_earlier_labels(
    labels: Sequence[LabelRow],
    new: Sequence[LabelRow],
    in_use: Collection[int],
    version: str,
    later: str,
) -> list[LabelRow]:
    """Add the clusters of a version that is older than the one they are named after.

    Args:
        labels: Labels of the set.
        new: Labels of the clusters that the later version no longer has.
        in_use: Ids of the older version.
        version: The older version.
        later: The later one, by which the new ones have retired.
    """
    known = {row.cluster_id for row in labels}
    kept = [
        replace(row, first_version=min(row.first_version, version))
        if int(row.cluster_id) in in_use
        else row
        for row in labels
    ]
    gone = [replace(row, retired_version=later) for row in new]
    return kept + [row for row in gone if row.cluster_id not in known]


def name_cluster(
    centroid: Floats, weight: Floats, features: Sequence[str], taken: Collection[str]
) -> tuple[str, str]:
    """Return a code and a label from what sets the cluster apart most.

    Args:
        centroid: Weighted coordinates, shape (features,).
        weight: Weight of each feature.
        features: Their names.
        taken: Codes that others have.
    """
    order = np.argsort(-np.abs(centroid), kind="stable")
    telling = [c for c in order if abs(centroid[c]) >= MIN_DIFFERENCE * weight[c]]
    words = [
        ("high" if centroid[column] > 0 else "low", _word(features[column]))
        for column in telling
    ]
    for count in range(NAMED_FEATURES, len(words) + 1):
        code = "_".join("_".join(word) for word in words[:count])
        if code not in taken:
            return code, _label(words[:count])
    code = "_".join("_".join(word) for word in words[:NAMED_FEATURES]) or "average"
    number = next(
        n for n in range(1, len(taken) + 2) if _numbered(code, n) not in taken
    )
    label = _label(words[:NAMED_FEATURES]) or "Average"
    return _numbered(code, number), label if number == 1 else f"{label} ({number})"


def _numbered(code: str, number: int) -> str:
    return code if number == 1 else f"{code}_{number}"


def _label(words: Sequence[tuple[str, str]]) -> str:
    text = ", ".join(f"{word} {feature.replace('_', ' ')}" for word, feature in words)
    return text[:1].upper() + text[1:]


def _word(feature: str) -> str:
    return re.sub(r"_\d+d$", "", feature)
