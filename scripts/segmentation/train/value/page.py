"""Shows on the console what value training found."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from segmentation.train.value.card import backtest_facts, facts, first_order_facts
from segmentation.train.value.training import Version

if TYPE_CHECKING:
    from rich.console import Console

    from segmentation.train.value.value import Drift, Movers


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
        rows += first_order_facts(version.first_orders)
        for name, value in rows:
            figures.add_row(name, value)
        console.print(figures)
        reason = version.first_orders.reason
        if reason:
            _say(console, f"No parameters of prospects, as {reason}")
        console.print()


def print_drift(drift: "Drift", console: "Console") -> None:
    """Print how far the published version is from the trained one."""
    _say(
        console,
        f"Expected orders of 90 days differ by {drift.orders:.2%} between the "
        f"published version {drift.published} and one trained through {drift.trained}",
    )


def print_movers(movers: "Movers", console: "Console") -> None:
    """Print who changes value tier with the parameters that are about to be written."""
    _say(
        console,
        f"{movers.up + movers.down:,} of {movers.buyers:,} buyers change value tier "
        f"against the published version {movers.published}: {movers.up:,} move up, who "
        f"spent {movers.spend_up:,.2f} in the last 90 days, {movers.down:,} down, who "
        f"spent {movers.spend_down:,.2f}, of {movers.spend:,.2f} in all",
    )


def _say(console: "Console", text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)
