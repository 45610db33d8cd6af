"""Finds the clusters of a panel, or says why there are none."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from segmentation.train.arrays import Floats, Integers
from segmentation.train.clusters.gate import Verdict, judge
from segmentation.train.clusters.kmeans import cold_start, nearest, one_thread
from segmentation.train.clusters.outcomes import held_out_shares, learn_weights
from segmentation.train.clusters.panel import Panel, Period, every_so_many
from segmentation.train.clusters.scaling import (
    Scaling,
    fit_scaling,
    known_enough,
    usable,
)
from segmentation.train.clusters.settings import DECIMALS, Settings


@dataclass(frozen=True)
class Candidate:
    """A number of clusters.

    Attributes:
        verdict: What the gate says.
        held_out: Share of later outcomes that it explains, on average over folds.
        error: Standard error of that mean.
        centroids: As they would be published, shape (clusters, features).
    """

    verdict: Verdict
    held_out: float
    error: float
    centroids: Floats


@dataclass(frozen=True)
class Decision:
    """What training found.

    Attributes:
        panel: Customers with the features that count.
        scaling: What makes points of them; null without two features that count.
        candidates: Every number of clusters that was tried.
        chosen: The one to publish; null when the gate refuses all.
        labels: Cluster of each customer of the panel, from 0; -1 where too little is
            known. Empty when the gate refuses.
        left_out: Features that do not count, with the reason.
    """

    panel: Panel
    scaling: Scaling | None
    candidates: tuple[Candidate, ...]
    chosen: Candidate | None
    labels: Integers
    left_out: tuple[tuple[str, str], ...]


def decide(
    panel: Panel, settings: Settings, advance: Callable[[str], None] = lambda _: None
) -> Decision:
    """Find clusters and judge them.

    Weights are learned on the earlier of two quarters; the number of clusters is judged
    on the later one.
    """
    panel, weight, left_out = _weigh(panel)
    nobody = np.zeros(0, dtype=np.int64)
    if len(panel.features) < 2:
        return Decision(panel, None, (), None, nobody, left_out)
    known = panel.logs[known_enough(panel.logs)]
    logs = known[every_so_many(len(known), settings.max_rows)]
    scaling = fit_scaling(logs, weight)
    points = scaling.points(logs)
    before = _known(panel.before, settings.max_rows)
    with one_thread():
        candidates = _candidates(points, scaling, before, settings, advance)
    chosen = choose(candidates)
    labels = nobody
    if chosen:
        labels = nearest(scaling.points(panel.logs), chosen.centroids)
        labels[~known_enough(panel.logs)] = -1
    return Decision(panel, scaling, tuple(candidates), chosen, labels, left_out)


def _candidates(
    points: Floats,
    scaling: Scaling,
    before: Period,
    settings: Settings,
    advance: Callable[[str], None],
) -> list[Candidate]:
    candidates = []
    for count in settings.cluster_counts:
        if count * 2 > len(points) or count * 2 > len(before.logs):
            continue
        random = np.random.default_rng([settings.seed, count])
        earlier = cold_start(
            scaling.points(before.logs), count, settings.starts, random
        )
        shares = held_out_shares(earlier, before, settings.folds)
        cold = cold_start(points, count, settings.starts, random)
        advance(f"{count} clusters")
        verdict = judge(
            points, scaling.weight, cold, earlier.centroids, settings, random
        )
        candidates.append(
            Candidate(
                verdict,
                float(shares.mean()),
                float(shares.std(ddof=1) / np.sqrt(len(shares))),
                _in_order(cold.centroids),
            )
        )
    return candidates


def choose(candidates: list[Candidate]) -> Candidate | None:
    """Return the fewest clusters within a standard error of the best that passed."""
    passed = [candidate for candidate in candidates if not candidate.verdict.failures]
    if not passed:
        return None
    best = max(passed, key=lambda candidate: candidate.held_out)
    enough = [c for c in passed if c.held_out >= best.held_out - best.error]
    return min(enough, key=lambda candidate: candidate.verdict.count)


def _weigh(panel: Panel) -> tuple[Panel, Floats, tuple[tuple[str, str], ...]]:
    reasons = {}
    shown = usable(panel.logs) & usable(panel.earlier.logs) & usable(panel.before.logs)
    for column in np.flatnonzero(~shown):
        reasons[panel.features[column]] = (
            "not known of half of the customers, or constant"
        )
    kept = panel.only(np.flatnonzero(shown).tolist())
    if not kept.features:
        return kept, np.zeros(0), tuple(reasons.items())
    ones = np.ones(len(kept.features))
    weight = learn_weights(
        fit_scaling(kept.earlier.logs, ones).points(kept.earlier.logs), kept.earlier
    )
    weight = np.round(weight, DECIMALS)
    for column in np.flatnonzero(weight == 0):
        reasons[kept.features[column]] = "says nothing about the next quarter"
    counted = np.flatnonzero(weight > 0).tolist()
    return kept.only(counted), weight[counted], tuple(reasons.items())


def _known(period: Period, most: int) -> Period:
    known = known_enough(period.logs)
    taken = every_so_many(int(known.sum()), most)
    return Period(period.logs[known][taken], period.outcomes[known][taken])


def _in_order(centroids: Floats) -> Floats:
    """Round as published, the largest first coordinate first."""
    rounded = np.round(centroids, DECIMALS)
    order = np.lexsort(tuple(-column for column in rounded.T[::-1]))
    ordered: Floats = rounded[order]
    return ordered
