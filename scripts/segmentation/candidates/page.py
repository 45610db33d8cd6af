"""Shows candidates and providers as tables, or as JSON."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from segmentation.candidates.levels import Added
from segmentation.candidates.measure import Found
from segmentation.json_values import plain

if TYPE_CHECKING:
    from rich.console import Console

SHOWN = 15


def candidates_json(found: Found) -> str:
    """Return everything as JSON."""
    return json.dumps(asdict(found), indent=2, default=plain)


def print_candidates(found: Found, console: "Console", *, all_rows: bool) -> None:
    """Print the candidates that are found, the best others, and the providers."""
    from rich import box
    from rich.table import Table

    console.print(
        f"{found.customers:,} customers as of {found.past}, by what they did until "
        f"{found.latest}; beyond primary segment and value tier. {found.tested} tests "
        "at 5% together (Holm), each again in the other half.",
        highlight=False,
    )
    table = Table(
        "feature", "known of", "tells of", "adds", "95%", "found", box=box.SIMPLE
    )
    rows = found.candidates if all_rows else found.candidates[:SHOWN]
    for row in rows:
        note = "yes" if row.is_found else "no"
        if row.is_found and row.describes:
            note = "yes; describes, decides nothing"
        table.add_row(
            row.name,
            f"{row.coverage:.0%}",
            row.outcome,
            *_figures(row.added),
            note,
        )
    console.print(table)
    if not found.providers:
        console.print("No values are bought: nothing of the group enrichment held.")
        return
    bought = Table(
        "provider", "known of", "tells of", "adds", "95%", "cost", box=box.SIMPLE
    )
    for provider in found.providers:
        cost = "not said"
        if provider.cost_per_customer is not None:
            cost = f"{provider.cost:,.2f}, {provider.cost_per_customer:,.2f} each"
        measured = provider.added.items() or [("", None)]
        for outcome, added in measured:
            figures = _figures(added) if added else ("too few to say", "")
            bought.add_row(
                provider.name, f"{provider.coverage:.0%}", outcome, *figures, cost
            )
    console.print(bought)


def _figures(added: Added) -> tuple[str, str]:
    return f"{added.share:+.2%}", f"{added.low:+.2%} to {added.high:+.2%}"
