"""Rows of the three seeds that the warehouse scores customers with."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from segmentation.train.value.first_orders import FirstOrderFit
from segmentation.train.value.gamma_gamma import OrderValueFit
from segmentation.train.value.nodes import Nodes
from segmentation.train.value.purchase_models import PurchaseFit
from segmentation.train.value.tiers import TierMeasure

PARAMETERS_HEADER = (
    "dataset",
    "version",
    "trained_through",
    "purchase_model",
    "r",
    "alpha",
    "a",
    "b",
    "order_value_model",
    "order_value_p",
    "order_value_q",
    "order_value_v",
    "margin_share",
    "yearly_discount_rate",
    "tier_measure",
    "node_count",
    "seed_fingerprint",
)
NODES_HEADER = (
    "dataset",
    "version",
    "trained_through",
    "node_number",
    "place",
    "log_remainder",
    "log_weight",
    "seed_fingerprint",
)
PROSPECTS_HEADER = (
    "dataset",
    "version",
    "trained_through",
    "feature",
    "mean",
    "scale",
    "coefficient",
    "feature_count",
    "seed_fingerprint",
)
INTERCEPT = "intercept"
# Neither a logarithm of zero nor a division by it; no sum notices.
SMALLEST_PLACE = 1e-18
LARGEST_PLACE = 1 - 2.0**-52
SMALLEST_WEIGHT = 1e-300

Rows = list[tuple[str, ...]]


@dataclass(frozen=True)
class ValueParameters:
    """All that a version of the seeds says.

    Attributes:
        dataset: Data set it is for.
        trained_through: Last day it was learned from; its version is named after it.
        purchases: How customers order and leave.
        order_values: What an order is worth.
        margin_share: Margin over revenue; null where value is revenue.
        yearly_discount_rate: What a year's wait costs.
        tier_measure: What the tiers cut.
        nodes: Nodes of the parameters of leaving.
        first_orders: Of who never ordered; null where nothing was learned.
    """

    dataset: str
    trained_through: date
    purchases: PurchaseFit
    order_values: OrderValueFit
    margin_share: float | None
    yearly_discount_rate: float
    tier_measure: TierMeasure
    nodes: Nodes
    first_orders: FirstOrderFit | None = None

    @property
    def version(self) -> str:
        """Name of the version."""
        return self.trained_through.isoformat()


def seed_rows(parameters: ValueParameters) -> tuple[Rows, Rows, Rows]:
    """Return the rows of `value_parameters`, `value_nodes` and `prospect_parameters`.

    Numbers are written with the fewest digits that read back as the same number.
    """
    key = (parameters.dataset, parameters.version, parameters.version)
    fit, values = parameters.purchases, parameters.order_values
    share = parameters.margin_share
    row = (
        *key,
        fit.model.value,
        *(repr(value) for value in fit.parameters),
        values.model.value,
        *(repr(value) for value in (values.p, values.q, values.v)),
        "" if share is None else repr(share),
        repr(parameters.yearly_discount_rate),
        parameters.tier_measure.value,
        str(len(parameters.nodes.places)),
    )
    places = np.clip(parameters.nodes.places, SMALLEST_PLACE, LARGEST_PLACE)
    weights = np.maximum(parameters.nodes.weights, SMALLEST_WEIGHT)
    nodes = [
        (*key, str(number), *(repr(float(value)) for value in values))
        for number, values in enumerate(
            zip(places, np.log1p(-places), np.log(weights), strict=True), start=1
        )
    ]
    prospects = [(*key, *rest) for rest in _first_order_rows(parameters.first_orders)]
    mark = fingerprint([row, *nodes, *prospects])
    return (
        [(*row, mark)],
        [(*node, mark) for node in nodes],
        [(*prospect, mark) for prospect in prospects],
    )


def _first_order_rows(fit: FirstOrderFit | None) -> Rows:
    if fit is None:
        return []
    columns = (fit.means, fit.scales, fit.coefficients)
    numbers = zip(*(column.tolist() for column in columns), strict=True)
    rows = [(INTERCEPT, 0.0, 1.0, fit.intercept)]
    rows += [(name, *each) for name, each in zip(fit.names, numbers, strict=True)]
    return [(name, *map(repr, values), str(len(rows))) for name, *values in rows]


def fingerprint(rows: Sequence[tuple[str, ...]]) -> str:
    """Return what tells the rows of a version from those of another training."""
    text = "\n".join(",".join(row) for row in rows)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
