"""What the latest experiments brought."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from segmentation.report.disclosure import Cell
from segmentation.report.effects import (
    MEASURES,
    Compared,
    effect_text,
    extent_of,
    points_text,
    range_text,
)
from segmentation.report.numbers import WITHHELD, spaced
from segmentation.report.serving import Serving
from segmentation.report.settings import ReportSettings
from segmentation.report.statistics import Interval

_RESULTS = "measurement__experiment_results"
_RESULT_COLUMNS = (
    *("experiment_code", "arm", "other_arm", "verdict", "boundary_advice"),
    *("customer_count", "other_customer_count"),
    *("adjusted_effect", "adjusted_low", "adjusted_high"),
    *("sequence_low", "sequence_high", "heterogeneity_p"),
)
_EXPERIMENTS = "measurement__experiments"
_COLUMNS = (
    *("experiment_code", "experiment_label", "status", "customer_count"),
    *("detectable_difference", "starts_on", "first_date"),
)
_LATEST = 6
_VERDICTS = {
    "sample_ratio_mismatch": "not to be trusted: arms are not as large as drawn",
    "running": "still running",
    "not_evaluable": "cannot be judged",
    "no_difference_seen": "no difference seen",
    "difference_seen": "difference seen",
}


@dataclass(frozen=True)
class Experiment:
    """An experiment, and how many ordered in each of its arms against another.

    Attributes:
        code: Its code.
        label: Hypothesis, or name of the campaign.
        status: Planned, running or complete.
        people: Who takes part.
        detectable: Difference that it can show.
        day: First day.
        rows: Its contrasts.
    """

    code: str
    label: str
    status: str
    people: str
    detectable: str
    day: date | None
    rows: tuple[Compared, ...]


@dataclass(frozen=True)
class Experiments:
    """The latest experiments, the newest first, and what an older file lacks."""

    latest: tuple[Experiment, ...]
    missing: tuple[str, ...]


def load_experiments(serving: Serving, settings: ReportSettings) -> Experiments:
    """Read the latest experiments; all numbers are shared ones already."""
    needed = {_RESULTS: (*_RESULT_COLUMNS, "metric", "segment_code")}
    if missing := serving.lacks(needed | {_EXPERIMENTS: _COLUMNS}):
        return Experiments((), missing)
    results: dict[str, list[dict[str, Any]]] = {}
    for values in serving.rows(
        f"select {', '.join(_RESULT_COLUMNS)} from {_RESULTS} "
        "where metric = 'ordered' and segment_code = 'all' "
        "order by experiment_code, arm, other_arm"
    ):
        row = dict(zip(_RESULT_COLUMNS, values, strict=True))
        results.setdefault(row["experiment_code"], []).append(row)
    rows = [
        dict(zip(_COLUMNS, values, strict=True))
        for values in serving.rows(
            f"select {', '.join(_COLUMNS)} from {_EXPERIMENTS} "
            "order by coalesce(first_date, starts_on) desc nulls last, experiment_code "
            f"limit {_LATEST}"
        )
    ]
    shown = [
        result for row in rows for result in results.get(row["experiment_code"], [])
    ]
    extent = extent_of(_bounds(result) for result in shown)
    return Experiments(
        tuple(
            _experiment(row, results.get(row["experiment_code"], []), extent, settings)
            for row in rows
        ),
        (),
    )


def _bounds(row: dict[str, Any]) -> Interval | None:
    """Return the interval that may be told: of a running experiment the sequence."""
    if row["adjusted_low"] is not None:
        return Interval(
            row["adjusted_low"], row["adjusted_effect"], row["adjusted_high"]
        )
    if row["sequence_low"] is None:
        return None
    low, high = row["sequence_low"], row["sequence_high"]
    return Interval(low, (low + high) / 2, high)


def _experiment(
    row: dict[str, Any],
    results: Sequence[dict[str, Any]],
    extent: float,
    settings: ReportSettings,
) -> Experiment:
    detectable = row["detectable_difference"]
    return Experiment(
        code=row["experiment_code"],
        label=row["experiment_label"] or row["experiment_code"],
        status=row["status"],
        people=_people(row["customer_count"], settings),
        detectable=WITHHELD if detectable is None else points_text(detectable),
        day=row["first_date"] or row["starts_on"],
        rows=tuple(_contrast(result, extent, settings) for result in results),
    )


def _contrast(row: dict[str, Any], extent: float, settings: ReportSettings) -> Compared:
    bounds, has_estimate = _bounds(row), row["adjusted_low"] is not None
    return Compared(
        code=f"{row['experiment_code']} {row['arm']} {row['other_arm']}",
        name=f"{spaced(row['arm'])} against {spaced(row['other_arm'])}",
        measure=MEASURES["ordered"],
        people=" and ".join(
            _people(row[name], settings)
            for name in ("customer_count", "other_customer_count")
        ),
        effect=bounds,
        has_estimate=has_estimate,
        extent=extent,
        text=effect_text(row["adjusted_effect"], "ordered")
        if has_estimate
        else "not told",
        range_text=range_text(bounds, "ordered"),
        note=_note(row),
    )


def _note(row: dict[str, Any]) -> str:
    words = [_VERDICTS.get(row["verdict"], spaced(row["verdict"]))]
    if row["boundary_advice"]:
        words.append(f"{row['boundary_advice']} the boundary")
    chance = row["heterogeneity_p"]
    if chance is not None:
        differs = "differs" if chance <= 0.05 else "not seen to differ"
        words.append(f"{differs} between segments (p {chance:.2f})")
    return "; ".join(words)


def _people(count: int | None, settings: ReportSettings) -> str:
    return Cell(count, "shown", settings.smallest_cell).text
