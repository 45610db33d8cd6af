"""Learns clusters of customers, and refuses those that chance would show too."""

from segmentation.train.clusters.page import print_clusters
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
    "print_clusters",
    "publish",
    "train_clusters",
]
