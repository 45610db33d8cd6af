"""Figures in words, the same in the table, the model card and the report."""

from segmentation.train.power.results import Estimate, LayerPower, Power

RATIO_TARGET = 1.5
DIFFERENCE_TARGET = -0.01
NOTHING = "–"


def share(estimate: Estimate | None) -> str:
    """Write a share of variance with its interval."""
    if estimate is None:
        return NOTHING
    return f"{value(estimate)} ({interval(estimate)})"


def value(estimate: Estimate | None) -> str:
    """Write the figure alone."""
    return NOTHING if estimate is None else signed(estimate.value)


def interval(estimate: Estimate | None) -> str:
    """Write the interval alone."""
    if estimate is None:
        return NOTHING
    return f"{signed(estimate.low)} to {signed(estimate.high)}"


def signed(number: float, decimals: int = 3) -> str:
    """Write a number; zero has no sign."""
    text = f"{number:.{decimals}f}"
    return text.replace("-", "") if float(text) == 0 else text.replace("-", "−")


def layer_name(row: LayerPower) -> str:
    """Write the name of a layer with a mark where its values have no history."""
    return f"{row.layer.label} *" if row.is_undated else row.layer.label


def targets(power: Power) -> tuple[str, ...]:
    """Say how value tiers compare with what they must beat."""
    lines = []
    if power.ratio is not None:
        met = _met(power.ratio.value >= RATIO_TARGET)
        lines.append(
            f"Value tiers explain {_spread(power.ratio, 2)} times as much as the "
            f"published RFM grid; expected {RATIO_TARGET:g} or more: {met}."
        )
    if power.difference is not None:
        met = _met(power.difference.value >= DIFFERENCE_TARGET)
        lines.append(
            f"They explain {_spread(power.difference, 3)} more than as many and as "
            "large tiers of last-90-day spend; expected "
            f"{signed(DIFFERENCE_TARGET, 2)} or more: {met}."
        )
    return tuple(lines)


def _spread(estimate: Estimate, decimals: int) -> str:
    figures = (estimate.value, estimate.low, estimate.high)
    middle, low, high = (signed(figure, decimals) for figure in figures)
    return f"{middle} ({low} to {high})"


def _met(is_met: bool) -> str:
    return "met" if is_met else "not met"
