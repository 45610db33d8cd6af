"""Compare the project's identities with three rivals on companies of known truth.

python tests/bench/bench_identity.py --customers 20000 --seeds 11 12 13

Each seed is loaded and built by dbt in a temporary folder. Rivals start from the same
built input. Exits with 1 when a demand does not hold.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from identity_demands import (
    BASELINES,
    PROJECT,
    SPLINK,
    SPLINK_BEST,
    SPLINK_QUICK,
    demands,
)
from identity_project import REPOSITORY, Cost, build_company, environment
from measured import measured
from segmentation.demo.score import score
from segmentation.demo.score.results import Section, Value
from segmentation.profiles import load_profile
from splink_thresholds import write_answers

HERE = Path(__file__).resolve().parent
LEFT_OUT = ("singletons",)
# Splink's default warns of itself that it may be too small; its documentation calls ten
# million often adequate. Both take part, for the default costs less.
RANDOM_PAIRS = {SPLINK: 1e7, SPLINK_QUICK: 1e6}


def run_rival(
    script: str, warehouse: Path, *arguments: str | Path
) -> tuple[Cost, Mapping[str, float]]:
    """Run a rival in a process of its own; return its cost and its steps' seconds."""
    command = [sys.executable, str(HERE / script), *map(str, arguments)]
    run = measured(command, environment(warehouse))
    steps: dict[str, float] = json.loads(run.output)
    cost = Cost(
        steps.pop("seconds"),
        run.wall_seconds,
        run.peak_megabytes,
        steps.pop("started_megabytes"),
    )
    return cost, steps


def scored(warehouse: Path, answers: list[Path]) -> Section:
    """Return the quality of the project and of the answers."""
    os.environ.update(environment(warehouse))
    [section] = score(load_profile(REPOSITORY, REPOSITORY), answers).sections
    return section


def best_splink(
    warehouse: Path, records: Path, edges: Path, folder: Path
) -> tuple[float, Mapping[str, Value]]:
    """Return the threshold with the highest F1 by the truth, and its values."""
    folder.mkdir()
    names = write_answers(records, edges, folder)
    values = scored(warehouse, [folder / f"{name}.parquet" for name in names]).values
    best = max(names, key=lambda name: values[name]["pairwise_f1"] or 0)
    return names[best], values[best]


def compare(
    console: Console, folder: Path, customers: int, seed: int, *, with_splink: bool
) -> bool:
    """Build one company, print its table and return whether all demands hold."""
    warehouse, cost = build_company(folder, customers, seed)
    costs = {PROJECT: cost}
    answers = []
    for name in BASELINES:
        answers.append(folder / f"{name}.parquet")
        costs[name], _ = run_rival(
            "identity_baselines.py", warehouse, name, warehouse, answers[-1]
        )
    notes = []
    records = folder / "records.parquet"
    for name, pairs in RANDOM_PAIRS.items() if with_splink else ():
        answers.append(folder / f"{name}.parquet")
        files = (answers[-1], records, folder / f"{name} edges.parquet")
        costs[name], steps = run_rival(
            "splink_rival.py", warehouse, str(pairs), warehouse, *files
        )
        spent = ", ".join(f"{step} {seconds:.2f}" for step, seconds in steps.items())
        notes.append(f"Seconds of {name}, {pairs:,.0f} random pairs: {spent}.")
    section = scored(warehouse, answers)
    values = {name: v for name, v in section.values.items() if name not in LEFT_OUT}
    if with_splink:
        weight, values[SPLINK_BEST] = best_splink(
            warehouse,
            records,
            folder / f"{SPLINK} edges.parquet",
            folder / "thresholds",
        )
        notes.append(
            f"{SPLINK_BEST}: at match weight {weight}, which the truth chose; an upper "
            "bound."
        )
    sizes = ", ".join(f"{size:,} {name}" for name, size in section.truth.items())
    console.print(f"\nSeed {seed}: {sizes}", highlight=False)
    console.print(table(section, values, costs))
    for note in notes:
        console.print(note, highlight=False)
    found = demands(values, costs)
    for demand in found:
        word = {True: "holds", False: "FAILS", None: "-"}[demand.holds]
        console.print(f"{word:<6} {demand.text}", highlight=False)
    return not any(demand.holds is False for demand in found)


def table(
    section: Section,
    values: Mapping[str, Mapping[str, Value]],
    costs: Mapping[str, Cost],
) -> Table:
    """Return the table: a row per measure, a column per contestant."""
    result = Table(box=box.SIMPLE_HEAD, show_edge=False)
    result.add_column("measure")
    for name in values:
        result.add_column(name, justify="right")
    for measure in section.measures:
        cells = (of.get(measure.name) for of in values.values())
        result.add_row(measure.label, *map(_cell, cells))
    result.add_section()
    for label, field in (
        ("seconds of the work", "seconds"),
        ("seconds of the process", "wall_seconds"),
        ("memory of the work, MiB", "work_megabytes"),
        ("memory of the process, MiB", "peak_megabytes"),
    ):
        spent = (getattr(costs.get(name), field, None) for name in values)
        result.add_row(label, *("" if s is None else f"{s:,.1f}" for s in spent))
    return result


def _cell(value: Value) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:.4f}"


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[11, 12, 13])
    parser.add_argument("--without-splink", action="store_true")
    options = parser.parse_args()
    console = Console(width=120)
    with_splink = not options.without_splink
    if with_splink and find_spec("splink") is None:
        console.print(
            "Found no package splink; expected splink 5.0.0, with which the project is "
            "compared. Run `pip install -e '.[bench]'`, or leave it out with "
            "--without-splink.",
            markup=False,
        )
        return 2
    all_hold = True
    for seed in options.seeds:
        with tempfile.TemporaryDirectory() as folder:
            all_hold &= compare(
                console,
                Path(folder),
                options.customers,
                seed,
                with_splink=with_splink,
            )
    return 0 if all_hold else 1


if __name__ == "__main__":
    sys.exit(main())
