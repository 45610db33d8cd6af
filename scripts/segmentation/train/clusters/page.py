"""Shows on the console what the training of clusters found."""

from typing import TYPE_CHECKING

from segmentation.train.clusters.card import verdict_text
from segmentation.train.clusters.drift import Check
from segmentation.train.clusters.train import ClusterTraining

if TYPE_CHECKING:
    from rich.console import Console


def print_check(found: Check, console: "Console") -> None:
    """Print what a refit moves, and which inputs are distributed otherwise."""
    lines = [
        f"{each.name}: {each.found:.3f}, by chance up to {each.bound:.3f}"
        for each in found.movements
    ]
    lines += [
        f"{each.feature}: stability index {each.psi:.3f}, "
        f"chance {each.chance:.4f}{', shifted' if each.is_alarm else ''}"
        for each in found.shifts
    ]
    season = "" if found.is_season_known else "; season unknown"
    since = f"inputs since {found.base}{season}" if found.base else "no earlier inputs"
    lines.insert(0, f"Version {found.version} at {found.as_of}, {since}.")
    for line in lines:
        console.print(line, highlight=False, markup=False)


def print_clusters(training: ClusterTraining, console: "Console") -> None:
    """Print the verdict, what each number of clusters shows, and who moves."""
    from rich import box
    from rich.table import Table

    decision = training.decision
    console.print(
        f"Data set {training.dataset}, set {training.set_name}: "
        f"{len(decision.panel.logs):,} customers at {training.version}, "
        f"{len(decision.panel.features)} inputs count.",
        highlight=False,
        markup=False,
    )
    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    for title in ("clusters", "held out", "resamples", "refused because"):
        table.add_column(title)
    for candidate in decision.candidates:
        verdict = candidate.verdict
        table.add_row(
            str(verdict.count),
            f"{candidate.held_out:.3f}",
            f"{verdict.stability.ari:.3f}",
            "; ".join(verdict.failures),
        )
    console.print(table)
    if training.before and training.matched:
        console.print(
            f"{training.movers:,} customers are in another cluster than version "
            f"{training.before} gives them; they spent {training.mover_spend:,.2f} in "
            "the last 90 days.",
            highlight=False,
            markup=False,
        )
    console.print(verdict_text(training), highlight=False, markup=False)
