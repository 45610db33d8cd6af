"""What each layer of segments explains of the next period: `segment train power`."""

from segmentation.train.power.measure import measure_power
from segmentation.train.power.page import print_power
from segmentation.train.power.panel import Panel
from segmentation.train.power.publish import publish_card, train_power
from segmentation.train.power.results import Estimate, LayerPower, Power

__all__ = [
    "Estimate",
    "LayerPower",
    "Panel",
    "Power",
    "measure_power",
    "print_power",
    "publish_card",
    "train_power",
]
