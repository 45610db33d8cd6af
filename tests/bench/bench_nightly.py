"""Compare what a night costs with a full refresh of the same rows.

python tests/bench/bench_nightly.py --customers 100000 --history 0 12

Loads two years of the made-up company up to a day, builds, and delivers two nights as
their load times say. The second is measured: the first goes on from a build that could
not know yet where each raw table ends. Exits with 1 where a demand does not hold.
"""

import argparse
import sys
import tempfile
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Column, Table

from companies import OMNICHANNEL
from nightly_costs import Build, Costs
from nightly_rows import Nights
from omnichannel import generated

AS_OF = date(2025, 12, 16)
# History months, and the CPU of a night in percent of the full refresh.
MOST_CPU = {0: 40, 12: 15}
MOST_ROWS = 5
# Nodes whose scans of raw tables are printed.
MOST_READERS = 12


def main() -> None:
    """Print the costs by folder; exit with 1 where one is too high."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--history", type=int, nargs="+", default=[*MOST_CPU])
    parser.add_argument("--folder", type=Path, help="keep the warehouses here")
    parser.add_argument("--nodes", type=int, default=0, help="print the costliest")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="segmentation_nightly_") as temporary:
        folder = options.folder or Path(temporary)
        nights = Nights(generated(options.customers).raw, OMNICHANNEL)
        held = [
            compared(nights, months, folder / f"history_{months}", options.nodes)
            for months in options.history
        ]
    sys.exit(0 if all(held) else 1)


def compared(nights: Nights, months: int, folder: Path, costliest: int) -> bool:
    """Build two nights and a full refresh, print what each took."""
    folder.mkdir(parents=True)
    costs = Costs(folder / "company.duckdb", months, nights.data.schema)
    nights.deliver(costs.warehouse, until=AS_OF - timedelta(days=2))
    costs.build(AS_OF - timedelta(days=2))
    nights.deliver(costs.warehouse, until=AS_OF - timedelta(days=1))
    costs.build(AS_OF - timedelta(days=1))
    nights.deliver(costs.warehouse, until=AS_OF)
    night = costs.build(AS_OF)
    read_by_node, total = costs.raw_rows(night)
    read = sum(read_by_node.values())
    full = costs.build(AS_OF, "--full-refresh")
    show(months, night, full, costliest)
    show_read(months, read_by_node)
    cpu_share = 100 * night.cpu_seconds / full.cpu_seconds
    read_share = 100 * read / total
    most_cpu = MOST_CPU.get(months, 100)
    print(
        f"history {months}: night {night.cpu_seconds:.1f} CPU s of "
        f"{full.cpu_seconds:.1f}, {cpu_share:.1f}% (at most {most_cpu}%); "
        f"{read:,} raw rows scanned of {total:,}, {read_share:.1f}% "
        f"(at most {MOST_ROWS}%)"
    )
    return cpu_share <= most_cpu and read_share <= MOST_ROWS


def show(months: int, night: Build, full: Build, costliest: int) -> None:
    """Print CPU seconds by folder of the project, and of the costliest nodes."""
    table = Table(title=f"CPU seconds, history {months}")
    for heading in ("", "night", "full refresh"):
        table.add_column(heading, justify="right" if heading else "left")
    for name in sorted(full.by_folder, key=full.by_folder.__getitem__, reverse=True):
        cells = (build.by_folder.get(name, 0.0) for build in (night, full))
        table.add_row(name, *(f"{seconds:.1f}" for seconds in cells))
    for name in sorted(night.by_node, key=night.by_node.__getitem__)[
        : -costliest - 1 : -1
    ]:
        cells = (build.by_node.get(name, 0.0) for build in (night, full))
        table.add_row(name, *(f"{seconds:.2f}" for seconds in cells))
    Console().print(table)


def show_read(months: int, read: Mapping[str, int]) -> None:
    """Print which nodes of the night scanned the most raw rows."""
    table = Table("", Column("rows", justify="right"))
    table.title = f"Raw rows scanned by the night, history {months}"
    for name in sorted(read, key=read.__getitem__, reverse=True)[:MOST_READERS]:
        table.add_row(name, f"{read[name]:,}")
    Console().print(table)


if __name__ == "__main__":
    main()
