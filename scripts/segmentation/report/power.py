"""What each layer explains of later spend, measured as `segment train power` does."""

from dataclasses import dataclass

from segmentation.report.disclosure import Cell, publish_one
from segmentation.report.numbers import decimal_text, share_text
from segmentation.report.serving import Serving
from segmentation.report.settings import ReportSettings
from segmentation.report.statistics import Interval
from segmentation.train.power import Estimate, LayerPower, Panel, Power, measure_power
from segmentation.train.power.layers import VALUE_TIER


@dataclass(frozen=True)
class Bar:
    """A layer with its share of the variance of later spend.

    Attributes:
        row: What was measured.
        share: The share and its interval, nothing below zero; or nothing, for a reason.
    """

    row: LayerPower
    share: Interval | None

    @property
    def is_baseline(self) -> bool:
        """Whether it is no layer of the project."""
        return self.row.layer.column is None


@dataclass(frozen=True)
class Explained:
    """Everything about the power of layers that the page shows."""

    power: Power
    bars: tuple[Bar, ...]
    people: tuple[Cell, ...]

    def leader(self) -> Bar | None:
        """The layer of the project that explains most."""
        return next((b for b in self.bars if b.share and not b.is_baseline), None)


def load_power(serving: Serving, settings: ReportSettings) -> Explained | None:
    """Measure the layers; nothing where the panel is too short or too small."""
    panel = Panel(
        lambda sql, *values: serving.rows(sql, values),
        {table: table for table in serving.columns},
        serving.columns,
    )
    power = measure_power(panel)
    if not power.origins:
        return None
    bars = tuple(Bar(row, _interval(row.overall)) for row in power.layers)
    people = tuple(publish_one(row.people, settings) for row in power.origins)
    return Explained(power, bars, people)


def title(found: Explained | None) -> str:
    """Title of the layers: the one that explains most, and its lead where clear."""
    leader = found.leader() if found else None
    if found is None or leader is None or leader.share is None:
        return "What layers explain of later spend cannot be measured yet"
    text = (
        f"{leader.row.layer.label} explain {share_text(leader.share.middle)} of the "
        "differences in what buyers spend next"
    )
    ratio = found.power.ratio
    if leader.row.layer.name != VALUE_TIER or ratio is None or ratio.low <= 1:
        return text
    return f"{text}, {decimal_text(ratio.value)} times what the usual RFM grid does"


def _interval(estimate: Estimate | None) -> Interval | None:
    if estimate is None:
        return None
    figures = (estimate.low, estimate.value, estimate.high)
    return Interval(*(max(value, 0.0) for value in figures))
