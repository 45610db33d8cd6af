"""Shows what a change of rules does as a page of tables, or as JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

from segmentation.json_values import plain
from segmentation.rules.definitions import DefinitionChange
from segmentation.rules.difference import Difference
from segmentation.rules.movers import Mover

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


def difference_json(difference: Difference) -> str:
    """Return the difference as JSON, the movers of every date among it."""
    values = {
        **asdict(difference),
        "customer_share": difference.customer_share,
        "revenue_share": difference.revenue_share,
    }
    return json.dumps(values, indent=2, default=plain)


def print_difference(
    difference: Difference, console: "Console", *, all_dates: bool
) -> None:
    """Print the difference; of earlier dates the sums, or all movers."""
    for line in _head(difference):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    for note in difference.notes:
        console.print(f"[yellow]Note:[/] {note}", highlight=False, soft_wrap=True)
    if not difference.movers:
        console.print("[bold green]No customer changes a code at any date.[/]")
    else:
        now = [m for m in difference.movers if m.as_of_date == difference.as_of_date]
        earlier = difference.movers[len(now) :]
        console.print()
        _print_movers(difference, now, console)
        console.print(_sizes(difference))
        if all_dates:
            for _, some in groupby(earlier, key=lambda mover: mover.as_of_date):
                _print_movers(difference, list(some), console)
        elif earlier:
            console.print(_by_date(difference, earlier))
            console.print("--all lists the movers of each date.", highlight=False)
    for gate in difference.failed_gates:
        when = "" if gate.is_new else " It fails in the last build too."
        console.print(
            f"[red]Gate:[/] {gate.gate} of {gate.segment_set} fails.{when}",
            highlight=False,
        )


def _head(difference: Difference) -> Iterator[str]:
    yield (
        f"Before: the last build, {difference.as_of_date}. After: its customers by the "
        "rules as they stand."
    )
    if not difference.definitions:
        yield "Definitions: none changed."
    for change in difference.definitions:
        yield from _definition(change)
    share = difference.revenue_share
    revenue = "" if share is None else f" with {share:.2%} of the revenue of 90 days"
    yield (
        f"Customers whose code of some set changes: {difference.total.moved:,}, "
        f"{difference.customer_share:.2%} of {difference.total.customers:,}{revenue}."
    )


def _definition(change: DefinitionChange) -> Iterator[str]:
    also = f" ({', '.join(change.also)})" if change.also else ""
    yield f"{change.kind}: {change.segment_set}.{change.code}{also}"
    if change.before == change.after:
        return
    for word, text in (("was", change.before), ("is", change.after)):
        if text is not None:
            yield f"    {word}: {text}"


def _print_movers(
    difference: Difference, some: list[Mover], console: "Console"
) -> None:
    if not some:
        console.print(f"Nobody moves at {difference.as_of_date}.", highlight=False)
        return
    table = _table(f"Who moves at {some[0].as_of_date}", "set", "before", "after")
    _numbers(table, difference)
    for mover in some:
        words = (mover.segment_set, mover.before, mover.after)
        table.add_row(*words, *_shown([mover]))
    console.print(table)


def _by_date(difference: Difference, earlier: Sequence[Mover]) -> "Table":
    table = _table("Who moves at earlier dates", "date", "set")
    _numbers(table, difference)
    for (day, name), some in groupby(
        earlier, key=lambda mover: (mover.as_of_date, mover.segment_set)
    ):
        table.add_row(str(day), name, *_shown(list(some)))
    return table


def _sizes(difference: Difference) -> "Table":
    table = _table(f"Sizes at {difference.as_of_date}", "set", "code")
    for name in ("before", "after", "change"):
        table.add_column(name, justify="right")
    moved = {mover.segment_set for mover in difference.movers}
    for size in difference.sizes:
        if size.as_of_date == difference.as_of_date and size.segment_set in moved:
            numbers = (f"{size.before:,}", f"{size.after:,}")
            change = f"{size.after - size.before:+,}" if len(set(numbers)) > 1 else ""
            table.add_row(size.segment_set, size.code, *numbers, change)
    return table


def _numbers(table: "Table", difference: Difference) -> None:
    for name in (
        "customers",
        f"revenue 90d, {difference.currency}",
        f"expected 365d, {difference.currency}",
    ):
        table.add_column(name, justify="right")


def _shown(some: list[Mover]) -> list[str]:
    return [
        f"{sum(mover.customers for mover in some):,}",
        _sum([mover.revenue_90d for mover in some]),
        _sum([mover.expected_revenue_365d for mover in some]),
    ]


def _sum(amounts: Sequence[Decimal | None]) -> str:
    known = [amount for amount in amounts if amount is not None]
    return f"{sum(known, Decimal(0)):,.2f}" if known else "unknown"


def _table(title: str, *columns: str) -> "Table":
    from rich import box
    from rich.table import Table

    return Table(
        *columns, title=title, title_justify="left", title_style="bold", box=box.SIMPLE
    )
