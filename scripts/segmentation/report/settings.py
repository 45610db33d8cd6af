"""Constants of the report, in one frozen place."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ReportSettings:
    """What the page publishes and when it refuses to conclude.

    Attributes:
        smallest_cell: A cell with fewer people than this is not published.
        count_step: Published people counts are rounded to a multiple of this.
        least_buyers: Below this many buyers the page states no finding.
        least_days: Below this many days of data the page states no finding.
        comparison_days: Movement compares the current date with the latest month end
            at least this many days earlier, so that it always spans a month.
        outcome_days: Later outcomes follow labels at least this many days old.
        least_difference: A standardised difference below this is not worth telling.
        curve_steps: Most points on the revenue curve.
    """

    smallest_cell: int = 10
    count_step: int = 5
    least_buyers: int = 500
    least_days: int = 180
    comparison_days: int = 28
    outcome_days: int = 90
    least_difference: float = 0.20
    curve_steps: int = 50


DEFAULTS = ReportSettings()
