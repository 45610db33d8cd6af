"""What advertising brings: curves that are planted, and an experiment that tries them.

No order of the raw tables comes from advertising. The curves are true of an experiment
alone, in which regions were drawn for spends; its cells are what the seed
`response_curves` was fitted to (docs/omnichannel.md).
"""

from dataclasses import dataclass

import numpy as np

from segmentation.demo.omnichannel.frames import Array, Frame

# Cells of each channel, and what they spend: shares of the scale of its curve.
CELLS = 24
TRIED = (0.25, 0.5, 1.0, 1.5, 2.0, 3.0)
# Spread of a cell's margin around its curve, as a share of it.
NOISE = 0.15
# Keeps the draws of the experiment apart from those of the company.
TOPIC = 7


@dataclass(frozen=True)
class AdCurve:
    """Margin of a month by spend: most * (1 - exp(-spend / scale)), in euros.

    Attributes:
        most: What no spend exceeds.
        scale: Spend that brings 63% of it.
    """

    most: float
    scale: float

    def margin(self, spend: Array) -> Array:
        """Return the margin of each spend of a month."""
        return self.most * -np.expm1(-spend / self.scale)


# The same in a company of any size: at 20,000 customers search is spent too little on,
# social too much.
CURVES = {
    "search": AdCurve(most=6_000, scale=2_500),
    "social": AdCurve(most=3_000, scale=2_500),
    "display": AdCurve(most=2_500, scale=900),
}


def spend_cells(seed: int) -> dict[str, Frame]:
    """Return the cells of the experiment by channel: spend and margin, in euros.

    Each cell is a region and month at the spend of a whole month, drawn by lot.
    """
    rng = np.random.default_rng([seed, TOPIC])
    cells = {}
    for channel, curve in CURVES.items():
        spend = curve.scale * np.resize(TRIED, CELLS)
        noise = rng.standard_normal(CELLS) * NOISE
        cells[channel] = {"spend": spend, "margin": curve.margin(spend) * (1 + noise)}
    return cells
