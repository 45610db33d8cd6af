"""Shows a difference as a compact page of tables, or as JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING

from segmentation.identity.diff.cases import Record
from segmentation.identity.diff.compare import Difference
from segmentation.json_values import plain

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

SHOWN_CUSTOMERS = 5
SHOWN_RECORDS = 6


def difference_json(difference: Difference) -> str:
    """Return the difference as JSON."""
    values = {
        **asdict(difference),
        "customer_share": difference.customer_share,
        "revenue_share": difference.revenue_share,
    }
    return json.dumps(values, indent=2, default=plain)


def print_difference(difference: Difference, console: "Console") -> None:
    """Print the difference; the list comes last."""
    for line in _summary(difference):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    for note in difference.notes:
        console.print(f"[yellow]Note:[/] {note}", highlight=False, soft_wrap=True)
    if not difference.case_count:
        console.print("[bold green]No customer changes.[/]")
        return
    console.print()
    console.print(_totals(difference))
    share = difference.revenue_share
    revenue = "" if share is None else f" and {share:.2%} of all revenue"
    console.print(
        f"Customers that change: {difference.customers_changed:,}, "
        f"{difference.customer_share:.2%} of those before{revenue}.",
        highlight=False,
    )
    console.print()
    for line in _cases(difference):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    left = difference.case_count - len(difference.cases)
    if left:
        console.print(f"... and {left:,} more; --all lists them.", highlight=False)


def _summary(difference: Difference) -> Iterator[str]:
    before = difference.before_as_of or "of unknown date"
    yield (
        f"Before: the last build, {before}. After: the project as it stands, "
        f"{difference.after_as_of}."
    )
    yield (
        f"Records: {difference.records_both:,} in both, "
        f"{difference.records_before:,} before alone, "
        f"{difference.records_after:,} after alone; "
        f"{difference.records_moved:,} get another customer id."
    )
    yield (
        f"Customers: {difference.customers_before:,} before, "
        f"{difference.customers_after:,} after."
    )


def _totals(difference: Difference) -> "Table":
    table = _table("What changes", "kind")
    for name in ("cases", "before", "after", "records"):
        table.add_column(name, justify="right")
    table.add_column(f"revenue, {difference.currency}", justify="right")
    for total in difference.totals:
        counts = (total.cases, total.before, total.after, total.records)
        numbers = [f"{number:,}" for number in counts]
        table.add_row(total.kind, *numbers, f"{total.revenue:,.2f}")
    return table


def _cases(difference: Difference) -> Iterator[str]:
    yield (
        "By revenue. A line below a case is a customer after; + stands between "
        "customers before."
    )
    for case in difference.cases:
        revenue = f"{case.revenue:,.2f} {difference.currency}"
        yield f"{case.kind}, {revenue}, {'; '.join(case.causes)}"
        yield from (f"    {line}" for line in _customers(case.records))


def _customers(records: Sequence[Record]) -> Iterator[str]:
    """Yield a line for each customer after, those of most records first."""
    after: dict[str, list[Record]] = {}
    for record in records:
        after.setdefault(record.after or "", []).append(record)
    largest = sorted(after.items(), key=lambda item: (-len(item[1]), item[0]))
    for _, of_customer in largest[:SHOWN_CUSTOMERS]:
        shown = of_customer[:SHOWN_RECORDS]
        parts = [
            ", ".join(
                f"{item.source_system} {item.source_customer_id}" for item in part
            )
            for _, part in groupby(shown, key=lambda item: item.before)
        ]
        left = len(of_customer) - len(shown)
        yield " + ".join(parts) + (f" and {left:,} more records" if left else "")
    if len(largest) > SHOWN_CUSTOMERS:
        yield f"and {len(largest) - SHOWN_CUSTOMERS:,} more customers"


def _table(title: str, *columns: str) -> "Table":
    from rich import box
    from rich.table import Table

    return Table(
        *columns, title=title, title_justify="left", title_style="bold", box=box.SIMPLE
    )
