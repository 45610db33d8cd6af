"""How much more the chosen questions tell than the same ones in random order.

Half of the people who answered everything are forgotten: answers, codes and tiers. The
models, as compiled, then choose question after question for each of them, and their own
answers come back one at a time. Beside them stand a random order of the questions that
the models were free to choose from, and, where only traits are asked, the best next
question by a model of all answers at once, which SQL does not have. What is told is the
gain in log2 of the probability of the code that all answers lead to, as models of
tests/bench/question_posterior.py see it.
"""

import argparse
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from question_asking import (
    LED,
    TARGETS,
    Asking,
    Orders,
    People,
    built,
    tables,
    whole_people,
)
from question_posterior import Answers, LeadingTrait, Posterior, Regression

DEMANDED = 1.5
ROUNDS = (3, 9)  # what the default caps allow in a month and in a quarter
ORDERS = 3
# A ratio to next to nothing says nothing.
LEAST_BITS = 0.01


@dataclass(frozen=True)
class Told:
    """Bits per question about a code.

    Attributes:
        chosen: By the questions that the models chose.
        chance: By as many in random order.
        best: By those that a model of all answers would choose; None where not tried.
    """

    chosen: float
    chance: float
    best: float | None = None

    @property
    def ratio(self) -> float | None:
        """Chosen over random; None where random tells next to nothing."""
        return self.chosen / self.chance if self.chance > LEAST_BITS else None


def random_orders(people: People, names: list[str], seed: int) -> Orders:
    """Return the questions that each could be asked, shuffled."""
    random = np.random.default_rng(seed)
    return {
        name: random.permutation(sorted(people.answers[name])).tolist()
        for name in names
    }


def gains(
    people: People, orders: Orders, judges: Mapping[str, Posterior], asked: Orders
) -> dict[tuple[str, int], NDArray[np.float64]]:
    """Return the bits that each person's first questions told.

    Args:
        people: Their answers and codes.
        orders: Questions of each.
        judges: By set.
        asked: Who is asked how many: as many as the models asked.

    Returns:
        Set and number of questions to the gain per person, 0 where no code is known.
    """
    found = {(each, count): [] for each in judges for count in ROUNDS}  # type: ignore[var-annotated]
    for name, order in orders.items():
        for target, judge in judges.items():
            code = people.codes[name].get(target)
            for count in ROUNDS:
                first = order[: min(count, len(asked[name]))]
                known: Answers = {each: people.answers[name][each] for each in first}
                gain = 0.0
                if code is not None:
                    gain = float(
                        np.log2(judge.probability(known, code))
                        - np.log2(judge.probability({}, code))
                    )
                found[target, count].append(gain)
    return {key: np.array(values) for key, values in found.items()}


def judges_of(people: People, names: list[str], seed: int) -> dict[str, Posterior]:
    """Learn from those who are remembered."""
    scores = [
        {each: float(people.answers[name][each]) for each in people.traits}
        for name in names
    ]
    found: dict[str, Posterior] = {
        "psychographic": LeadingTrait(scores, people.traits, LED, seed)
    }
    for target in TARGETS[1:]:
        known = [name for name in names if target in people.codes[name]]
        found[target] = Regression(
            [people.answers[name] for name in known],
            [people.codes[name][target] for name in known],
            seed,
        )
    return found


def best_orders(
    people: People, asked: Orders, judge: LeadingTrait
) -> dict[str, list[str]]:
    """Return the trait questions that the judge itself would ask, as many."""
    found: dict[str, list[str]] = {}
    for name, order in asked.items():
        own = people.answers[name]
        found[name] = []
        for _ in order:
            known = {code: own[code] for code in found[name]}
            found[name].append(judge.next_question(known))
    return found


def compare(data: Mapping[str, pd.DataFrame], seed: int) -> dict[tuple[str, int], Told]:
    """Return what is told of each code by so many questions."""
    people = whole_people(data)
    remembered, hidden = people.halves(seed)
    judges = judges_of(people, remembered, seed)
    asked = Asking(data, people, hidden).ask(max(ROUNDS))
    chosen = gains(people, asked, judges, asked)
    shuffled = [
        gains(people, random_orders(people, hidden, seed + n), judges, asked)
        for n in range(ORDERS)
    ]
    best = None
    judge = judges["psychographic"]
    if set(data["catalogue"].question_code) == set(people.traits):
        assert isinstance(judge, LeadingTrait)
        best = gains(people, best_orders(people, asked, judge), judges, asked)
    found: dict[tuple[str, int], Told] = {}
    for count in ROUNDS:
        questions = sum(min(count, len(order)) for order in asked.values())
        for target in TARGETS:
            drawn = [float(each[target, count].sum()) for each in shuffled]
            found[target, count] = Told(
                float(chosen[target, count].sum()) / questions,
                float(np.mean(drawn)) / questions,
                float(best[target, count].sum()) / questions
                if best and target == "psychographic"
                else None,
            )
        found["all three", count] = Told(
            sum(found[target, count].chosen for target in TARGETS),
            sum(found[target, count].chance for target in TARGETS),
        )
    return found


def show(title: str, found: Mapping[tuple[str, int], Told]) -> None:
    """Print a table."""
    table = Table(title=title)
    headings = (
        "told of",
        "questions",
        "chosen",
        "random",
        "ratio",
        "best by all answers",
    )
    for heading in headings:
        table.add_column(heading)
    for (target, count), told in found.items():
        figures = [f"{told.chosen:.3f}", f"{told.chance:.3f}"]
        figures += ["-" if told.ratio is None else f"{told.ratio:.2f}"]
        figures += ["" if told.best is None else f"{told.best / told.chance:.2f}"]
        table.add_row(target, str(count), *figures)
    Console().print(table)


def main() -> int:
    """Run the benchmark; return 1 if the demand does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[11, 12])
    arguments = parser.parse_args()
    holds = True
    for seed in arguments.seeds:
        with tempfile.TemporaryDirectory() as folder:
            data = tables(built(Path(folder), arguments.customers, seed))
        catalogue = data["catalogue"]
        is_trait = catalogue.question_code.isin(data["scale"].question_code)
        for name, asked in (("all", catalogue), ("traits", catalogue[is_trait])):
            found = compare({**data, "catalogue": asked}, seed)
            show(f"Bits per question, seed {seed}, questions: {name}", found)
            if name == "all":
                ratios = [found["all three", count].ratio for count in ROUNDS]
                holds &= all(each and each >= DEMANDED for each in ratios)
    word = "holds" if holds else "DOES NOT HOLD"
    Console().print(f"All questions, all three codes: {DEMANDED} times, {word}.")
    return int(not holds)


if __name__ == "__main__":
    sys.exit(main())
