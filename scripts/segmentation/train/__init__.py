"""Learns weights from the data of a build and publishes them: `segment train`."""

from segmentation.train.dataset import find_dataset
from segmentation.train.identity import compare, publish, train_identity
from segmentation.train.page import print_difference, print_training
from segmentation.train.results import Training

__all__ = [
    "Training",
    "compare",
    "find_dataset",
    "print_difference",
    "print_training",
    "publish",
    "train_identity",
]
