"""Shows a grid of cut-offs as a table per code, or as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING

from segmentation.json_values import plain
from segmentation.rules.conditions import plain_number
from segmentation.rules.surface import Tally
from segmentation.rules.what_if import WhatIf

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

Key = tuple[str, str]


def what_if_json(found: WhatIf) -> str:
    """Return the grid as JSON, every code of the sets concerned among it."""
    return json.dumps(asdict(found), indent=2, default=plain)


def print_what_if(found: WhatIf, console: "Console", *, all_codes: bool) -> None:
    """Print a table for each code whose condition varies, and for each that changes."""
    console.print(
        f"As of {found.as_of_date}; in and out are against the rules as they stand.",
        highlight=False,
    )
    for each in found.varied:
        console.print(f"varied: {each.condition}", highlight=False, markup=False)
    for key in _shown(found, all_codes=all_codes):
        console.print()
        console.print(_table(found, key))


def _shown(found: WhatIf, *, all_codes: bool) -> list[Key]:
    """Return the codes to show, those whose conditions vary first."""
    own = [(each.condition.segment_set, each.condition.code) for each in found.varied]
    tallies = [tally for point in found.points for tally in point.tallies]
    tallies += found.standing
    others = {
        (tally.segment_set, tally.code)
        for tally in tallies
        if all_codes or tally.entering or tally.leaving
    }
    return [*dict.fromkeys(own), *sorted(others - set(own))]


def _table(found: WhatIf, key: Key) -> "Table":
    from rich import box
    from rich.table import Table

    table = Table(
        title=".".join(key), title_justify="left", title_style="bold", box=box.SIMPLE
    )
    features = [each.condition.feature for each in found.varied]
    money = f"revenue 90d, {found.currency}", f"expected 365d, {found.currency}"
    reach = (f"by {channel}" for channel in found.channels)
    for name in (*features, "customers", "in", "out", *money, *reach):
        table.add_column(name, justify="right")
    stands = [f"{plain_number(each.condition.value)} (now)" for each in found.varied]
    _add_row(table, found, stands, _find(found.standing, key))
    table.add_section()
    for point in found.points:
        values = [plain_number(value) for value in point.values]
        _add_row(table, found, values, _find(point.tallies, key))
    return table


def _find(tallies: Sequence[Tally], key: Key) -> Tally:
    same = (tally for tally in tallies if (tally.segment_set, tally.code) == key)
    return next(same, Tally(*key))


def _add_row(
    table: "Table", found: WhatIf, values: Sequence[str], tally: Tally
) -> None:
    table.add_row(
        *values,
        f"{tally.customers:,}",
        f"{tally.entering:,}",
        f"{tally.leaving:,}",
        _amount(tally.revenue_90d, tally),
        _amount(tally.expected_revenue_365d, tally),
        *(f"{tally.reachable.get(channel, 0):,}" for channel in found.channels),
    )


def _amount(value: Decimal | None, tally: Tally) -> str:
    return "unknown" if value is None and tally.customers else f"{value or 0:,.2f}"
