"""Compare what the project costs with a script written by hand, on the same raw rows.

python tests/bench/bench_whole.py --customers 100000 1000000 --nights

Makes up a company, runs the script `lower_bound.sql.jinja` and the project on its raw
tables, each in a process of its own and within the same memory, and prints what it took
beside what is demanded. Exits with 1 where a demand does not hold.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from whole_costs import Company, Measured, fixed_cost, measure
from whole_report import Demand, show

# CPU of the project as multiples of the script's, and of other builds of its own.
MOST_TO_MEMBERSHIPS, MOST_WHOLE = 2.0, 8.0
MOST_OF_REFRESH = {0: 0.25, 12: 0.10}
MOST_WITHOUT_NEWS = 0.01
MOST_FIXED = 15.0
MOST_MEGABYTES = 2048.0
# Publishing: wall seconds, the second for each million rows of a wide table.
MOST_REPLACING, MOST_COPYING = 0.1, 1.5


def demands(measured: Measured, fixed: float) -> list[Demand]:
    """Return what is demanded of one company at one length of history."""
    company, bound, full = measured.company, measured.bound, measured.full
    refresh = full.run.cpu_seconds
    found = []
    if company.months == 0:
        found += [
            Demand(
                "staging to memberships / script",
                full.build.to_memberships / bound.run.cpu_seconds,
                MOST_TO_MEMBERSHIPS,
            ),
            Demand("whole graph / script", refresh / bound.run.cpu_seconds, MOST_WHOLE),
            Demand("peak memory, MiB", full.run.peak_megabytes, MOST_MEGABYTES),
            Demand("replacing a served file, s", full.build.replaced, MOST_REPLACING),
            Demand(
                "copying the slowest served table, s",
                max(full.build.copied.values(), default=0.0),
                MOST_COPYING * max(1.0, company.customers / 1e6),
            ),
        ]
    if measured.night is not None and company.months in MOST_OF_REFRESH:
        share = measured.night.run.cpu_seconds / refresh
        found.append(
            Demand("night / full refresh", share, MOST_OF_REFRESH[company.months])
        )
    beyond = (measured.again.run.cpu_seconds - fixed) / refresh
    found.append(
        Demand("no news, beyond fixed / full refresh", beyond, MOST_WITHOUT_NEWS)
    )
    return found


def demands_on_history(several: Sequence[Measured]) -> list[Demand]:
    """Return what is demanded of each month that is kept."""
    by_months = {measured.company.months: measured for measured in several}
    found = []
    for months, measured in by_months.items():
        if months and 0 in by_months:
            more = measured.full.run.cpu_seconds - by_months[0].full.run.cpu_seconds
            found.append(
                Demand(
                    f"a kept month of {months}, CPU s",
                    more / months,
                    measured.bound.of_date,
                )
            )
    return found


def demands_on_size(several: Sequence[Measured]) -> list[Demand]:
    """Return what is demanded of a company beside the next smaller one."""
    current = [measured for measured in several if measured.company.months == 0]
    found = []
    for less, more in pairwise(current):
        name = f"{more.company.customers:,} customers / {less.company.customers:,}"
        rows = more.company.raw_rows / less.company.raw_rows
        cpu = more.full.run.cpu_seconds / less.full.run.cpu_seconds
        customers = more.company.customers / less.company.customers
        memory = more.full.run.peak_megabytes / less.full.run.peak_megabytes
        found.append(Demand(f"CPU, {name}", cpu, rows))
        found.append(Demand(f"memory, {name}", memory, customers))
    return found


def main() -> None:
    """Print the costs and the demands; exit with 1 where one does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, nargs="+", default=[100_000])
    parser.add_argument("--history", type=int, nargs="+", default=[0])
    parser.add_argument("--memory", default="2GB", help="limit of DuckDB")
    parser.add_argument("--nights", action="store_true", help="build nights too")
    parser.add_argument("--scans", action="store_true", help="count raw rows scanned")
    parser.add_argument("--folder", type=Path, help="keep companies here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="segmentation_bench_") as temporary:
        folder = options.folder or Path(temporary)
        fixed = fixed_cost(folder, options.memory)
        several, found = [], [Demand("fixed, CPU s", fixed, MOST_FIXED)]
        for customers in sorted(options.customers):
            of_size = []
            for months in options.history:
                company = Company(folder, customers, months, options.memory)
                measured = measure(company, nights=options.nights, scans=options.scans)
                show(measured)
                of_size.append(measured)
                found += demands(measured, fixed)
            found += demands_on_history(of_size)
            several += of_size
        found += demands_on_size(several)
    for demand in found:
        print(demand)
    sys.exit(0 if all(demand.holds for demand in found) else 1)


if __name__ == "__main__":
    main()
