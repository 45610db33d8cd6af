"""Sixty nights on both demo data sets: `make soak`.

python tests/soak/run_soak.py --dataset omnichannel --nights 10 --kills 3
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from soak import Plan, Soak, in_words
from soaks import SOURCES, nightly, scenario

CUSTOMERS = {"omnichannel": 400, "complete_journey": 0}


def main() -> None:
    """Play the soaks; exit with 1 where something differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", action="append", choices=[*SOURCES])
    parser.add_argument("--nights", type=int, default=60)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--customers", type=int, help="or households; 0 is all")
    parser.add_argument("--folder", type=Path, help="keep the warehouses here")
    options = parser.parse_args()
    problems = 0
    for dataset in options.dataset or [*SOURCES]:
        with tempfile.TemporaryDirectory(prefix="segmentation_soak_") as temporary:
            folder = (options.folder or Path(temporary)) / dataset
            problems += len(play(dataset, folder, options))
    sys.exit(1 if problems else 0)


def play(dataset: str, folder: Path, options: argparse.Namespace) -> list[str]:
    """Play one soak and print what it took and what it found."""
    folder.mkdir(parents=True)
    customers = options.customers
    if customers is None:
        customers = CUSTOMERS[dataset]
    nights = scenario(dataset, customers, options.nights, options.seed, folder)
    # What was known then is told by load times, and a release refused where the only
    # line of an order is in conflict with another: neither is for the real data.
    is_dated = dataset == "omnichannel"
    kept = kept_nights(options.nights) if is_dated else []
    started = time.monotonic()

    def say(step: str) -> None:
        print(f"{time.monotonic() - started:7.0f} s  {step}", flush=True)

    print(f"{dataset}, {options.nights} nights, seed {options.seed}", flush=True)
    plan = Plan(options.kills, kept, releases=is_dated)
    soak = Soak(nights, nightly(dataset, folder), plan, say)
    problems = soak.run()
    print(
        f"{dataset}: {len(soak.relations)} relations compared, a night's build took "
        f"{statistics.median(soak.seconds):.1f} s (first {soak.seconds[0]:.1f} s), all "
        f"took {time.monotonic() - started:.0f} s, {len(problems)} problems"
    )
    print(in_words(problems))
    return problems


def kept_nights(nights: int) -> list[int]:
    """Return the nights to keep: an early one, one in the middle, the last but one."""
    return sorted({nights // 6, nights // 2, nights - 1})


if __name__ == "__main__":
    main()
