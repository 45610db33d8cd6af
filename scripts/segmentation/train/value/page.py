"""Shows on the console what value training found."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from segmentation.train.value.card import backtest_facts, facts
from segmentation.train.value.training import Version

if TYPE_CHECKING:
    from rich.console import Console

    from segmentation.train.value.value import Drift


def print_versions(versions: Sequence[Version], console: "Console") -> None:
    """Print the figures of each version, the newest first."""
    from rich.table import Table

    for version in versions:
        console.print(
            f"Data set {version.parameters.dataset}, version "
            f"{version.parameters.version}",
            highlight=False,
            markup=False,
        )
        figures = Table(box=None, show_header=False, pad_edge=False)
        figures.add_column()
        figures.add_column(justify="right")
        rows = facts(version)
        if version.backtest is not None:
            rows += backtest_facts(version.backtest)
        for name, value in rows:
            figures.add_row(name, value)
        console.print(figures)
        console.print()


def print_drift(drift: "Drift", console: "Console") -> None:
    """Print how far the published version is from the trained one."""
    console.print(
        f"Expected orders of 90 days differ by {drift.orders:.2%} between the "
        f"published version {drift.published} and one trained through {drift.trained}",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
