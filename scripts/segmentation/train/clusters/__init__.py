"""Learns clusters of customers, and refuses those that chance would show too."""

from segmentation.train.clusters.drift import check, check_clusters
from segmentation.train.clusters.page import print_check, print_clusters
from segmentation.train.clusters.past_quarters import backfill
from segmentation.train.clusters.settings import BEHAVIOR, PSYCHOGRAPHIC
from segmentation.train.clusters.train import (
    ClusterTraining,
    publish,
    train_clusters,
)

__all__ = [
    "BEHAVIOR",
    "PSYCHOGRAPHIC",
    "ClusterTraining",
    "backfill",
    "check",
    "check_clusters",
    "print_check",
    "print_clusters",
    "publish",
    "train_clusters",
]
