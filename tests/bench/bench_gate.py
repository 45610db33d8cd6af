"""How often the gate of clusters accepts what is none, and finds what was planted.

Each replicate is a company of its own at three dates, which goes through the whole
procedure: weights, scaling, clustering, nulls, choice. `--replicates` and `--only`
narrow the run.
"""

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial

import numpy as np
from rich.console import Console
from scipy.stats import beta

from cluster_worlds import NULLS, planted
from segmentation.train.clusters.decision import decide
from segmentation.train.clusters.panel import Panel
from segmentation.train.clusters.settings import Settings

REPLICATES = 200
NULL_CUSTOMERS, PLANTED_CUSTOMERS = 2000, 3600
SILHOUETTES = (0.15, 0.25, 0.35)
# A rate of 5% stays at or under this bound only if it is accepted 4 times of 200.
MAX_FALSE_RATE = 0.05
MIN_POWER = {0.35: 0.90}
SEED = 17

World = Callable[[np.random.Generator], Panel]


def main() -> int:
    """Run the benchmark; return 1 if a demand does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=REPLICATES)
    parser.add_argument("--only", action="append", choices=[*worlds()])
    arguments = parser.parse_args()
    console = Console()
    failures = 0
    for name, world in worlds().items():
        if arguments.only and name not in arguments.only:
            continue
        started = time.process_time()
        accepted = sum(
            decide(world(np.random.default_rng([SEED, number])), Settings()).chosen
            is not None
            for number in range(arguments.replicates)
        )
        seconds = time.process_time() - started
        holds, demand = judged(name, accepted, arguments.replicates)
        failures += not holds
        console.print(
            f"{name:<16} accepted {accepted:>3} of {arguments.replicates}, "
            f"{demand}, {seconds / arguments.replicates:.1f} CPU s each: "
            f"{'holds' if holds else 'DOES NOT HOLD'}",
            highlight=False,
        )
    return 1 if failures else 0


def worlds() -> dict[str, World]:
    """Return what is judged, by name."""
    found: dict[str, World] = {
        name: partial(null, NULL_CUSTOMERS) for name, null in NULLS.items()
    }
    for silhouette in SILHOUETTES:
        found[f"silhouette {silhouette}"] = partial(_planted, silhouette)
    return found


def _planted(silhouette: float, random: np.random.Generator) -> Panel:
    return planted(silhouette, PLANTED_CUSTOMERS, random)[0]


def judged(name: str, accepted: int, replicates: int) -> tuple[bool, str]:
    """Return whether the demand on a world holds, and the demand in words."""
    if name in NULLS:
        bound = upper_bound(accepted, replicates)
        return bound <= MAX_FALSE_RATE, f"upper 95% bound {bound:.1%}, at most 5%"
    least = MIN_POWER.get(float(name.split()[1]), 0.0)
    share = accepted / replicates
    return share >= least, f"power {share:.1%}, at least {least:.0%}"


def upper_bound(count: int, replicates: int) -> float:
    """Return the exact one-sided 95% bound of a rate (Clopper and Pearson, 1934)."""
    if count == replicates:
        return 1.0
    return float(beta.ppf(0.95, count + 1, replicates - count))


if __name__ == "__main__":
    sys.exit(main())
