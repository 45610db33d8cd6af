"""Shows on the console what was measured."""

from typing import TYPE_CHECKING

from segmentation.train.power.results import Power
from segmentation.train.power.words import layer_name, share, targets

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
    table.add_column("codes", justify="right")
    for title in ("all origins", *dates):
        table.add_column(title, justify="right")
    for row in power.layers:
        table.add_row(
            layer_name(row),
            str(row.codes),
            row.reason or share(row.overall),
            *(share(estimate) for estimate in row.by_origin),
        )
    console.print(table)
    if any(row.is_undated for row in power.layers):
        console.print("* values of today at every date", highlight=False, markup=False)
    for line in targets(power):
        console.print(line, highlight=False, markup=False)
    console.print()
    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    table.add_column("behaviour beside the value tier")
    for title in ("people", "tier alone", "behaviour adds"):
        table.add_column(title, justify="right")
    for addition in power.additions:
        table.add_row(
            addition.name,
            ", ".join(f"{people:,}" for people in addition.people),
            share(addition.tier),
            addition.reason or share(addition.overall),
        )
    console.print(table)
