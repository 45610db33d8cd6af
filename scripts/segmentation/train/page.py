"""Shows on the console what training found."""

from typing import TYPE_CHECKING

from segmentation.train.results import Training

if TYPE_CHECKING:
    from rich.console import Console

    from segmentation.train.identity import Difference


def print_training(training: Training, console: "Console") -> None:
    """Print a summary: the main figures, and the weights of the extreme levels."""
    from rich import box
    from rich.table import Table

    best = training.best
    console.print(
        f"Data set {training.dataset}: {len(training.patterns.blocks)} blocks, "
        f"{len(training.fits)} searches, the best in {best.iterations} steps with log "
        f"likelihood {best.log_likelihood:,.2f}",
        highlight=False,
        markup=False,
    )
    console.print()
    figures = Table(box=None, show_header=False, pad_edge=False)
    figures.add_column()
    figures.add_column(justify="right")
    for name, value in training.facts:
        figures.add_row(name, value)
    console.print(figures)
    console.print()
    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    table.add_column("comparison")
    for title in ("exact", "different", "exact, household", "different, household"):
        table.add_column(title, justify="right")
    for comparison in training.patterns.comparisons:
        rows = [row for row in training.weights if row.comparison == comparison.name]
        ends = (rows[-1], rows[0])
        table.add_row(
            comparison.name,
            *(f"{row.against_stranger:+.1f}" for row in ends),
            *(f"{row.against_household:+.1f}" for row in ends),
        )
    console.print(table)
    console.print("Weights in bits.", highlight=False)


def print_difference(difference: "Difference", console: "Console") -> None:
    """Print the largest difference from the published weights."""
    console.print(
        f"Largest difference: {difference.bits:.4f} bits, {difference.comparison} "
        f"level {difference.level} against {difference.of} (published "
        f"{difference.published:+.4f}, trained {difference.trained:+.4f})",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
