"""What was measured."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from segmentation.train.arrays import Floats
from segmentation.train.power.layers import Layer
from segmentation.train.power.origins import Origin

# A layer may explain the future this much better than the past, by chance and season.
LEAK_MARGIN = 0.05


@dataclass(frozen=True)
class Estimate:
    """A figure with the bounds of its 95% interval."""

    value: float
    low: float
    high: float

    @classmethod
    def of_draws(cls, draws: Floats) -> "Estimate | None":
        """Take the first draw as the estimate and the spread of the others around it.

        A draw repeats people, which adds the noise of learned means a second time and
        lowers all draws a little; their mean is put where the estimate is.

        Returns:
            Nothing where the estimate, or one draw in twenty, is no number.
        """
        others = draws[1:][np.isfinite(draws[1:])]
        if not np.isfinite(draws[0]) or len(others) < 0.95 * len(draws[1:]):
            return None
        low, high = np.quantile(others, (0.025, 0.975)) - others.mean() + draws[0]
        return cls(float(draws[0]), float(low), float(high))


@dataclass(frozen=True)
class Judged:
    """An origin with the number of people behind it.

    Attributes:
        origin: Its periods.
        learned_people: Buyers of the earlier date, of whom was learned.
        people: Buyers of the date, who were judged.
        cap: Spend of the earlier period above which spend is counted as this much.
    """

    origin: Origin
    learned_people: int
    people: int
    cap: Decimal


@dataclass(frozen=True)
class LayerPower:
    """Share of the variance of later spend that a layer explains.

    Attributes:
        layer: The layer.
        codes: Number of codes that buyers hold at the last origin.
        by_origin: One figure per origin; nothing where it was not judged.
        overall: All judged origins together.
        observed: The same among buyers of whom the layer says something, where it does
            not of all: what it tells beyond whether something is known.
        lead: How much more it explains of the period after a date than of the one
            before, one per origin. What is known at a date was made by the past, so
            that a clear lead means that it contains what it should predict.
        reason: Why there is no figure, where there is none.
        is_undated: Whether it rests on values that do not say from when they hold.
    """

    layer: Layer
    codes: int
    by_origin: tuple[Estimate | None, ...]
    overall: Estimate | None
    observed: Estimate | None
    lead: tuple[Estimate | None, ...]
    reason: str
    is_undated: bool = False

    @property
    def looks_ahead(self) -> bool:
        """Whether it knows what it should predict."""
        return any(lead is not None and lead.low > LEAK_MARGIN for lead in self.lead)


@dataclass(frozen=True)
class Addition:
    """What behaviour adds to the value tier in explaining another outcome.

    Attributes:
        name: The outcome, in words.
        people: Customers judged, one number per origin.
        by_origin: Share of what the tier leaves unexplained, one per origin.
        tier: Share of variance that the tier explains alone, all origins together.
        overall: Share of the rest that behaviour explains, all origins together.
        reason: Why there is no figure, where there is none.
    """

    name: str
    people: tuple[int, ...]
    by_origin: tuple[Estimate | None, ...]
    tier: Estimate | None
    overall: Estimate | None
    reason: str


@dataclass(frozen=True)
class Power:
    """All that was measured.

    Attributes:
        origins: Dates, the oldest first.
        layers: Layers and baselines, those that explain most first.
        ratio: Value tiers divided by the published RFM grid.
        difference: Value tiers minus plain tiers of last-90-day spend.
        additions: What behaviour adds to the tier.
    """

    origins: tuple[Judged, ...]
    layers: tuple[LayerPower, ...]
    ratio: Estimate | None
    difference: Estimate | None
    additions: tuple[Addition, ...] = ()

    def of(self, name: str) -> LayerPower | None:
        """Return the layer of this name."""
        return next((row for row in self.layers if row.layer.name == name), None)
