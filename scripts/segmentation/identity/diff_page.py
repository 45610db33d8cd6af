"""Shows a difference as a compact page of tables, or as JSON."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

from segmentation.identity.diff_cases import MERGE, Case, Record
from segmentation.identity.diff_compare import Difference

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

SHOWN_RECORDS = 8


def difference_json(difference: Difference) -> str:
    """Return the difference as JSON."""
    values = {
        **asdict(difference),
        "customer_share": difference.customer_share,
        "revenue_share": difference.revenue_share,
    }
    return json.dumps(values, indent=2, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value))


def print_difference(difference: Difference, console: "Console") -> None:
    """Print the difference; the list comes last."""
    for line in _summary(difference):
        console.print(line, highlight=False, markup=False)
    for note in difference.notes:
        console.print(f"[yellow]Note:[/] {note}", highlight=False)
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
    console.print(_cases(difference))
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


def _cases(difference: Difference) -> "Table":
    table = _table("By revenue", "kind")
    table.add_column(f"revenue, {difference.currency}", justify="right")
    table.add_column("records; | parts customers")
    table.add_column("cause")
    for case in difference.cases:
        table.add_row(
            case.kind, f"{case.revenue:,.2f}", _records(case), "\n".join(case.causes)
        )
    return table


def _records(case: Case) -> str:
    """Return the records, apart by the side on which the case has more customers."""

    def customer(record: Record) -> str:
        return record.before if case.kind == MERGE else record.after or ""

    left = SHOWN_RECORDS
    parts = []
    for _, group in groupby(sorted(case.records, key=customer), key=customer):
        names = [f"{item.source_system} {item.source_customer_id}" for item in group]
        shown = names[: max(left, 1)]
        left -= len(shown)
        more = len(names) - len(shown)
        parts.append(", ".join([*shown, *([f"{more:,} more"] if more else [])]))
    return " | ".join(parts)


def _table(title: str, *columns: str) -> "Table":
    from rich import box
    from rich.table import Table

    return Table(
        *columns, title=title, title_justify="left", title_style="bold", box=box.SIMPLE
    )
