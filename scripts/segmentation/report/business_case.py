"""The case for segmented messages: what they bring over others and over none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentation.report.disclosure import Cell
from segmentation.report.effects import (
    MEASURES,
    Compared,
    effect_text,
    extent_of,
    level_text,
    range_text,
)
from segmentation.report.numbers import decimal_text, plural
from segmentation.report.serving import Serving
from segmentation.report.settings import ReportSettings
from segmentation.report.statistics import Interval

_TABLE = "measurement__business_case"
_COLUMNS = (
    *("treatment", "other_treatment", "metric", "evidence", "experiment_count"),
    *("customer_count", "seen_mean", "other_seen_mean"),
    *("uplift", "uplift_low", "uplift_high"),
)
_PAIRS = (("segmented", "none"), ("generic", "none"), ("segmented", "generic"))


@dataclass(frozen=True)
class BusinessCase:
    """Every comparison and measure, and what an older file lacks."""

    rows: tuple[Compared, ...]
    missing: tuple[str, ...]

    @property
    def by_measure(self) -> dict[str, list[Compared]]:
        """The comparisons of each measure, in order."""
        found: dict[str, list[Compared]] = {}
        for row in self.rows:
            found.setdefault(row.measure, []).append(row)
        return found


def load_case(serving: Serving, settings: ReportSettings) -> BusinessCase:
    """Read the business case; all numbers are shared ones already."""
    if missing := serving.lacks({_TABLE: _COLUMNS}):
        return BusinessCase((), missing)
    found = serving.rows(f"select {', '.join(_COLUMNS)} from {_TABLE}")
    by_key = {row[:3]: dict(zip(_COLUMNS, row, strict=True)) for row in found}
    rows = [
        row
        for metric in MEASURES
        for row in _of_metric(
            [by_key[*pair, metric] for pair in _PAIRS if (*pair, metric) in by_key],
            settings,
        )
    ]
    return BusinessCase(tuple(rows), ())


def title(case: BusinessCase) -> str:
    """State what segmented messages bring, and no more than was drawn."""
    if case.missing:
        return "What experiments brought is not in this file"
    effects = {row.code: row.effect for row in case.rows}
    over_none = effects.get("segmented none ordered")
    over_generic = effects.get("segmented generic ordered")
    if over_none is None:
        return "What messages bring is not known: no experiment has shown it"
    if over_none.low <= 0:
        return "Experiments show no difference yet between segmented messages and none"
    more = decimal_text(100 * over_none.middle)
    found = f"Of 100 customers {more} more order when sent what suits their segment"
    if over_generic is None:
        return found
    clearly = "" if over_generic.low > 0 else "not clearly "
    return f"{found}, {clearly}more than when all are sent the same"


def _of_metric(
    rows: Sequence[dict[str, Any]], settings: ReportSettings
) -> list[Compared]:
    effects = [
        None
        if row["uplift"] is None
        else Interval(row["uplift_low"], row["uplift"], row["uplift_high"])
        for row in rows
    ]
    extent = extent_of(effects)
    return [
        Compared(
            code=f"{row['treatment']} {row['other_treatment']} {row['metric']}",
            name=f"{row['treatment']} against {row['other_treatment']}",
            measure=MEASURES[row["metric"]],
            people=_people(row, settings),
            effect=effect,
            has_estimate=effect is not None,
            extent=extent,
            text=effect_text(effect.middle, row["metric"]) if effect else "not known",
            range_text=range_text(effect, row["metric"]),
            note=_evidence(row),
        )
        for row, effect in zip(rows, effects, strict=True)
    ]


def _people(row: dict[str, Any], settings: ReportSettings) -> str:
    if row["customer_count"] is None and row["evidence"] == "no_evidence":
        return "nobody"
    return Cell(row["customer_count"], "shown", settings.smallest_cell).text


def _evidence(row: dict[str, Any]) -> str:
    if row["evidence"] == "randomised":
        return f"drawn, {plural(row['experiment_count'], 'experiment')}"
    seen = [
        f"{name} {level_text(value, row['metric'])}"
        for name, value in (
            (row["treatment"], row["seen_mean"]),
            (row["other_treatment"], row["other_seen_mean"]),
        )
        if value is not None
    ]
    return f"association, no effect: {', '.join(seen)}" if seen else "no evidence"
