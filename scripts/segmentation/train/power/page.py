"""Shows on the console what was measured."""

from typing import TYPE_CHECKING

from segmentation.train.power.results import Power
from segmentation.train.power.words import interval, layer_name, targets, value

if TYPE_CHECKING:
    from rich.console import Console


def print_power(power: Power, console: "Console") -> None:
    """Print the layers, what value tiers must beat, and what behaviour adds."""
    from rich import box
    from rich.table import Table

    dates = [row.origin.judged.start.isoformat() for row in power.origins]
    people = ", ".join(f"{row.people:,}" for row in power.origins)
    console.print(
        f"Spend of the next period, judged at {', '.join(dates)} ({people} buyers): "
        "share of variance that each layer explains",
        highlight=False,
        markup=False,
    )
    console.print()
    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    table.add_column("layer")
    for title in ("explained", "95% interval", *dates):
        table.add_column(title, justify="right")
    for row in power.layers:
        table.add_row(
            layer_name(row),
            value(row.overall),
            row.reason or interval(row.overall),
            *map(value, row.by_origin),
        )
    console.print(table)
    if any(row.is_undated for row in power.layers):
        console.print("* values of today at every date", highlight=False, markup=False)
    for line in targets(power):
        console.print(line, highlight=False, markup=False)
    console.print()
    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    table.add_column("beside the tier")
    for title in ("people", "tier explains", "behaviour adds", "95% interval"):
        table.add_column(title, justify="right")
    for addition in power.additions:
        table.add_row(
            addition.name,
            ", ".join(f"{people:,}" for people in addition.people),
            value(addition.tier),
            value(addition.overall),
            addition.reason or interval(addition.overall),
        )
    if power.additions:
        console.print(table)
