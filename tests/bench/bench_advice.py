"""How often advice and candidates are wrong, and whether what is planted is found.

python tests/bench/bench_advice.py --replicates 200

Segments of a made-up company are planted anew in each replicate and go through the
models as compiled (tests/python/advice_warehouse.py); candidates are judged on
customers drawn for them (tests/python/candidate_worlds.py). Exits with 1 when a demand
does not hold.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
from rich.console import Console
from rich.progress import track
from rich.table import Table

from advice_warehouse import AdviceWarehouse, characters, four_kinds, raised
from candidate_worlds import world
from segmentation.candidates.measure import judge


@dataclass(frozen=True)
class Scene:
    """What is planted, and how it is counted.

    Attributes:
        name: In words.
        happens: Whether the replicate of a seed shows it.
        is_wanted: Whether it should, else it is an error.
        share: Of the replicates that are drawn.
    """

    name: str
    happens: Callable[[int], bool]
    is_wanted: bool
    share: float = 1.0


def _advice(rows: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    warehouse = AdviceWarehouse()
    warehouse.plant(rows, people)
    warehouse.run()
    return warehouse.advice()


def other_than_keep(seed: int) -> bool:
    """Return whether segments that differ, by nothing else, are to be changed."""
    rows = four_kinds(600, seed)
    return set(_advice(rows, characters(rows["customer_id"], seed))["action"]) != {
        "keep"
    }


def _halved(rows: pd.DataFrame, seed: int) -> pd.DataFrame:
    random = np.random.default_rng([seed, 9])
    is_twin = (rows["primary_segment"] == "steady") & (random.random(len(rows)) < 0.5)
    return rows.assign(
        primary_segment=rows["primary_segment"].mask(is_twin, "deal_seekers")
    )


def twins_merged(seed: int) -> bool:
    """Return whether a segment that was cut in two at random is put together."""
    rows = _halved(four_kinds(3000, seed), seed)
    found = _advice(rows, characters(rows["customer_id"], seed))
    return dict(found["item"][found["action"] == "merge"]) == {
        "deal_seekers": "steady",
        "steady": "deal_seekers",
    }


def unlike_merged(seed: int) -> bool:
    """Return whether halves that differ by .2 in one outcome are put together."""
    rows = _halved(four_kinds(3000, seed), seed)
    is_twin = rows["primary_segment"] == "deal_seekers"
    within = rows["primary_segment"].isin(["steady", "deal_seekers"])
    spread = rows.loc[within, "discount"].std()
    rows = rows.assign(discount=rows["discount"] + np.where(is_twin, 0.2 * spread, 0.0))
    found = _advice(rows, characters(rows["customer_id"], seed))
    return bool((found["action"] == "merge").any())


def hidden_split(seed: int) -> bool:
    """Return whether two kinds in one segment are told apart by the right feature."""
    rows = four_kinds(1500, seed)
    people = characters(rows["customer_id"], seed)
    high = people["private_label_share"] >= people["private_label_share"].median()
    who = high.to_numpy() & (rows["primary_segment"] == "slipping")
    found = _advice(raised(rows, who, "category_3", 0.7), people)
    split = found[found["action"] == "split"]
    return dict(split["item"]) == {"slipping": "private_label_share"}


def candidate_in_null(seed: int) -> bool:
    """Return whether a candidate is found that tells nothing."""
    return any(row.is_found for row in judge(world(1000 + seed)).candidates)


def candidate_hidden(seed: int) -> bool:
    """Return whether the hidden feature is the first that is found."""
    first = judge(world(2000 + seed, hidden=0.4)).candidates[0]
    return first.is_found and first.name == "hidden"


SCENES = (
    Scene("segments that differ: advice other than keep", other_than_keep, False),
    Scene("halves that differ by .2: merged", unlike_merged, False, 0.5),
    Scene("twins: merged", twins_merged, True, 0.25),
    Scene("two kinds in one: split by the right feature", hidden_split, True, 0.25),
    Scene("candidates, nothing to find: found", candidate_in_null, False),
    Scene("candidates, a hidden one: found first", candidate_hidden, True, 0.5),
)


def main() -> int:
    """Draw, count and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=200)
    arguments = parser.parse_args()
    table = Table("what", "replicates", "happened", "demanded")
    holds = True
    for scene in SCENES:
        count = max(1, round(scene.share * arguments.replicates))
        seeds = track(range(count), scene.name, console=Console(stderr=True))
        happened = sum(scene.happens(seed) for seed in seeds)
        # A true rate of 5% stays at or under 17 of 200; 80% is the usual power.
        if scene.is_wanted:
            holds &= happened >= 0.8 * count
        else:
            holds &= happened <= max(1, 17 / 200 * count)
        demanded = "at least 80%" if scene.is_wanted else "at most 8.5%"
        table.add_row(scene.name, str(count), str(happened), demanded)
    Console().print(table)
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
