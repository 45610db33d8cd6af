"""Prints what a company cost, beside the script, and what was demanded."""

from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from whole_costs import Measured

COSTLIEST = 12


@dataclass(frozen=True)
class Demand:
    """A figure and the largest value that it may have."""

    name: str
    found: float
    at_most: float

    @property
    def holds(self) -> bool:
        """Whether it is small enough."""
        return self.found <= self.at_most

    def __str__(self) -> str:
        """Return a line to print."""
        verdict = "holds" if self.holds else "DOES NOT HOLD"
        return (
            f"{self.name:<48} {self.found:>10.3f}, at most {self.at_most:.3f}: "
            f"{verdict}"
        )


def show(measured: Measured) -> None:
    """Print runs, folders, the costliest nodes and what publishing took."""
    company, console = measured.company, Console()
    console.print(
        f"{company.customers:,} customers, {company.raw_rows:,} raw rows, history "
        f"{company.months} months, DuckDB limited to {company.memory}"
    )
    console.print(_runs(measured))
    console.print(_steps(measured))
    console.print(_folders(measured))
    console.print(_nodes(measured))
    copied = measured.full.build.copied
    for name in sorted(copied, key=copied.__getitem__, reverse=True)[:COSTLIEST]:
        console.print(f"copied {name} in {copied[name]:.2f} s")
    _show_scans(console, measured)
    console.print(
        f"{measured.compared:,} values of the script compared with the project's, "
        f"different: {measured.differing or 'none'}"
    )


def _runs(measured: Measured) -> Table:
    table = _table("", "CPU s", "wall s", "peak MiB", "CPU / script")
    runs = {
        "script": measured.bound.run,
        "full refresh": measured.full.run,
        "night": measured.night.run if measured.night else None,
        "no news": measured.again.run,
    }
    for name, run in runs.items():
        if run is not None:
            figures = (run.cpu_seconds, run.wall_seconds, run.peak_megabytes)
            ratio = run.cpu_seconds / measured.bound.run.cpu_seconds
            table.add_row(
                name, *(f"{figure:.1f}" for figure in figures), f"{ratio:.2f}"
            )
    return table


def _steps(measured: Measured) -> Table:
    table = _table("step of the script", "CPU s")
    for name, seconds in measured.bound.steps.items():
        table.add_row(name, f"{seconds:.2f}")
    return table


def _folders(measured: Measured) -> Table:
    table = _table("CPU s", "full refresh", "/ script", "night", "no news")
    full = measured.full.build.by_folder
    night = measured.night.build.by_folder if measured.night else {}
    rows = {name: full[name] for name in sorted(full, key=full.__getitem__)[::-1]}
    rows["staging to memberships"] = measured.full.build.to_memberships
    for name, seconds in rows.items():
        table.add_row(
            name,
            f"{seconds:.1f}",
            f"{seconds / measured.bound.run.cpu_seconds:.2f}",
            f"{night[name]:.1f}" if name in night else "",
            f"{measured.again.build.by_folder.get(name, 0):.1f}",
        )
    return table


def _nodes(measured: Measured) -> Table:
    table = _table("costliest nodes", "full refresh", "night")
    full = measured.full.build.by_node
    night = measured.night.build.by_node if measured.night else {}
    for name in sorted(full, key=full.__getitem__, reverse=True)[:COSTLIEST]:
        shown = f"{night[name]:.1f}" if name in night else ""
        table.add_row(name, f"{full[name]:.1f}", shown)
    return table


def _show_scans(console: Console, measured: Measured) -> None:
    if not measured.all_raw_rows:
        return
    scanned = measured.raw_rows
    rows = sum(scanned.values())
    times = rows / measured.all_raw_rows
    console.print(f"{rows:,} raw rows scanned, all of them {times:.2f} times")
    for name in sorted(scanned, key=scanned.__getitem__)[: -COSTLIEST - 1 : -1]:
        console.print(f"{scanned[name]:>14,} {name}")


def _table(*headings: str) -> Table:
    table = Table()
    for heading in headings:
        table.add_column(heading, justify="left" if heading == headings[0] else "right")
    return table
