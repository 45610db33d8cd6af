"""What replicated experiments show of the models that judge them.

Bounds are those within which a perfect method falls: of 1,000 intervals of 95% 930 to
970 hold, of 200 of them 182 to 198; a rate of 5% gives at most 17 alarms in 200.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
from scipy.stats import binom

from experiment_worlds import (
    METRICS,
    MODELS,
    NOTHING,
    SMALLEST,
    UNEVEN,
    ExperimentWarehouse,
    Truth,
    replicated,
    truths,
)

LOOKS = 10
COVERAGE = {1_000: (0.930, 0.970), 200: (0.910, 0.990)}
WIDEST, WIDEST_SEQUENCE = 1.15, 1.8


@dataclass(frozen=True)
class Figure:
    """A number and what is demanded of it."""

    name: str
    value: float
    low: float = -np.inf
    high: float = np.inf

    @property
    def holds(self) -> bool:
        """Whether the number lies within its bounds."""
        return bool(self.low <= self.value <= self.high)


def most(rate: float, count: int) -> float:
    """Return the share of alarms that so many at a rate exceed once in 60 times."""
    return float(binom.ppf(0.985, count, rate)) / count


def planted_figures(
    warehouse: ExperimentWarehouse, count: int, people: int
) -> Iterator[Figure]:
    """Yield coverage, widths and what is found, where only the best respond."""
    warehouse.give_people(replicated(UNEVEN, count, people, seed=7))
    warehouse.run()
    known = truths(UNEVEN, people)
    estimates = warehouse.rows("int_measurement__experiment_estimates")
    for metric in METRICS:
        for name, codes in {"all": ("all",), "smallest third": SMALLEST}.items():
            parts = {code: _rows(estimates, metric, code) for code in codes}
            yield from _coverage(f"{metric}, {name}", metric, parts, known, count)
    rows, truth = _rows(estimates, "margin", "all"), known["margin", "all"]
    narrowed = (rows.adjusted_high - rows.adjusted_low) / (
        rows.effect_high - rows.effect_low
    )
    yield Figure(
        "margin, all: narrowing by the past over sqrt(1 - rho^2)",
        float(np.median(narrowed) / np.sqrt(1 - truth.correlation**2)),
        *(0.95, 1.05),
    )
    yield Figure("margin, all: planted effect seen", rows.is_different.mean(), 0.8)
    best = _rows(estimates, "ordered", "best")
    yield Figure("ordered, best: planted effect seen", best.is_different.mean(), 0.8)
    tests = warehouse.rows("int_measurement__experiment_heterogeneity")
    ordered = tests[tests.metric == "ordered"]
    seen = (ordered.heterogeneity_p <= 0.05).mean()
    yield Figure("ordered: planted difference of segments seen", seen, 0.7)
    kept = ordered.replicated_gap.mean() / (known["ordered", "best"].effect)
    yield Figure(
        "ordered: gap of chosen segments in the other half, over the true",
        kept,
        0.7,
        1.1,
    )


def null_figures(
    warehouse: ExperimentWarehouse, count: int, people: int
) -> Iterator[Figure]:
    """Yield how often something is seen where nothing is."""
    warehouse.give_people(replicated(NOTHING, count, people, seed=8))
    warehouse.run()
    highest = most(0.05, count)
    samples = warehouse.rows("int_measurement__experiment_samples")
    ratio = samples.sample_ratio_p
    yield Figure("sample ratio below .05", (ratio < 0.05).mean(), high=highest)
    yield Figure(
        "sample ratio alarms, below .001",
        (ratio < 0.001).mean(),
        high=most(0.001, count),
    )
    tests = warehouse.rows("int_measurement__experiment_heterogeneity")
    estimates = warehouse.rows("int_measurement__experiment_estimates")
    for metric in ("ordered", "revenue"):
        mine = tests[tests.metric == metric]
        yield Figure(
            f"{metric}: segments said to differ",
            (mine.heterogeneity_p <= 0.05).mean(),
            high=highest,
        )
    for metric in METRICS:
        rows = _rows(estimates, metric, "all")
        yield Figure(f"{metric}, all: effects", rows.is_different.mean(), high=highest)
        of_segments = estimates[
            (estimates.metric == metric) & (estimates.shown_segment != "all")
        ]
        any_segment = of_segments.groupby("experiment_code").is_different.any()
        yield Figure(
            f"{metric}: effects on any segment", any_segment.mean(), high=highest
        )


def sequence_figures(
    warehouse: ExperimentWarehouse, count: int, people: int
) -> Iterator[Figure]:
    """Yield how often an interval holds at each of ten looks."""
    frame = replicated(UNEVEN, count, people, seed=9).assign(primary_segment="best")
    warehouse.give_people(frame, LOOKS)
    warehouse.run(*[name for name in MODELS if not name.endswith("heterogeneity")])
    known = truths(UNEVEN, people)
    estimates = warehouse.rows("int_measurement__experiment_estimates")
    code = estimates.experiment_code.str.split("/", expand=True)
    estimates = estimates.assign(experiment_code=code[0], look=code[1].astype(int))
    for metric in METRICS:
        rows, truth = _rows(estimates, metric, "all"), known[metric, "all"]
        for kind in ("sequence", "adjusted"):
            low, high = rows[f"{kind}_low"], rows[f"{kind}_high"]
            # Of too few people nothing is told yet.
            held = ((low <= truth.effect) & (truth.effect <= high)) | low.isna()
            share = held.groupby(rows.experiment_code).all().mean()
            if kind == "sequence":
                yield Figure(f"{metric}: always-valid, at all looks", share, 0.930)
            else:
                yield Figure(f"{metric}: fixed one looked at ten times", share)
        last = rows[rows["look"] == LOOKS]
        yield Figure(
            f"{metric}: always-valid over fixed width at the last look",
            float(
                np.median(
                    (last.sequence_high - last.sequence_low)
                    / (last.adjusted_high - last.adjusted_low)
                )
            ),
            high=WIDEST_SEQUENCE,
        )


def _rows(estimates: pd.DataFrame, metric: str, code: str) -> pd.DataFrame:
    is_mine = (estimates.metric == metric) & (estimates.shown_segment == code)
    return estimates[is_mine]


def _coverage(
    name: str,
    metric: str,
    parts: Mapping[str, pd.DataFrame],
    known: Mapping[tuple[str, str], Truth],
    count: int,
) -> Iterator[Figure]:
    for kind in ("effect", "adjusted"):
        held, widths = [], []
        for code, rows in parts.items():
            truth = known[metric, code]
            error = truth.error if kind == "effect" else truth.adjusted_error
            low, high = rows[f"{kind}_low"], rows[f"{kind}_high"]
            held.append((low <= truth.effect) & (truth.effect <= high))
            widths.append((high - low) / (2 * 1.959964 * error))
        covered, width = np.concatenate(held).mean(), np.median(np.concatenate(widths))
        yield Figure(f"{name}: {kind} covers", float(covered), *COVERAGE[count])
        yield Figure(f"{name}: {kind} width over oracle's", float(width), high=WIDEST)
