"""Shows scores as one table, or as JSON."""

import json
from typing import TYPE_CHECKING

from segmentation.demo.score.results import Scores, Value

if TYPE_CHECKING:
    from rich.console import Console

FIRST_SETTINGS = ("customers", "seed", "world")


def scores_json(scores: Scores) -> str:
    """Return the scores as JSON: truth, contestants and notes by section."""
    return json.dumps(
        {
            "warehouse": scores.warehouse,
            "settings": dict(scores.settings),
            "sections": {
                section.name: {
                    "truth": {
                        name.replace(" ", "_"): size
                        for name, size in section.truth.items()
                    },
                    "contestants": {
                        name: {
                            measure.name: values.get(measure.name)
                            for measure in section.measures
                        }
                        for name, values in section.values.items()
                    },
                    "notes": list(section.notes),
                }
                for section in scores.sections
            },
        },
        indent=2,
    )


def print_scores(scores: Scores, console: "Console") -> None:
    """Print the scores: a row per measure, a column per contestant."""
    from rich import box
    from rich.table import Table

    console.print(f"Warehouse: {scores.warehouse}", highlight=False, markup=False)
    console.print(f"Company: {_company(scores)}", highlight=False, markup=False)
    for section in scores.sections:
        if not section.truth:
            continue
        sizes = ", ".join(f"{size:,} {name}" for name, size in section.truth.items())
        console.print(f"Truth of {section.name}: {sizes}", highlight=False)
    console.print()
    names = list(
        dict.fromkeys(name for section in scores.sections for name in section.values)
    )
    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    table.add_column("measure", overflow="fold")
    for name in names:
        table.add_column(name, justify="right", overflow="fold")
    for section in scores.sections:
        table.add_row(f"[bold]{section.name}[/]")
        for measure in section.measures:
            cells = [
                _cell(section.values.get(name, {}).get(measure.name)) for name in names
            ]
            table.add_row(measure.label, *cells)
        table.add_section()
    console.print(table)
    for section in scores.sections:
        for note in section.notes:
            console.print(f"Note: {note}", highlight=False, markup=False)


def _company(scores: Scores) -> str:
    first = [name for name in FIRST_SETTINGS if name in scores.settings]
    others = [name for name in scores.settings if name not in FIRST_SETTINGS]
    return ", ".join(
        f"{name.replace('_', ' ')} {scores.settings[name]}"
        for name in [*first, *others]
    )


def _cell(value: Value) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:.4f}"
