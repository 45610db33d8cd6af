"""How often intervals and tests of experiments are right, on replicated outcomes.

A thousand experiments with planted effects, and a thousand with none, are people of one
table; the very SQL models judge all of them in one build. An oracle's interval has the
true standard error of the same difference.
"""

import argparse
import sys
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

from experiment_figures import (
    Figure,
    null_figures,
    planted_figures,
    sequence_figures,
)
from experiment_worlds import ExperimentWarehouse


def figures(count: int, people: int) -> Iterator[tuple[str, Figure]]:
    """Yield all figures with the world that each is of."""
    warehouse = ExperimentWarehouse()
    for world, found in (
        ("planted", planted_figures(warehouse, count, people)),
        ("null", null_figures(warehouse, count, people)),
        ("ten looks", sequence_figures(warehouse, count, people // 4)),
    ):
        for figure in found:
            yield world, figure


def main() -> int:
    """Print all figures; return 1 where one is out of its bounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=1_000, choices=(200, 1_000))
    parser.add_argument("--people", type=int, default=4_000)
    given = parser.parse_args()
    table = Table("world", "figure", "found", "demanded", "")
    is_good = True
    for world, figure in figures(given.replicates, given.people):
        bounds = [
            f"{bound:.3f}" if abs(bound) < 1e9 else ""
            for bound in (figure.low, figure.high)
        ]
        is_good &= figure.holds
        table.add_row(
            world,
            figure.name,
            f"{figure.value:.3f}",
            " to ".join(bounds) if any(bounds) else "",
            "" if figure.holds else "MISSED",
        )
    Console(width=110).print(table)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
