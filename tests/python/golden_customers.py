"""Made-up customers and what published parameters say of them, to 40 digits.

python tests/python/golden_customers.py

writes `golden_customers.csv` anew from the seeds. Do so when a version is added or
meant to change, and read the difference.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

from mpmath import exp, log, mp, mpf

from exact_value import DIGITS, ExactValue
from value_stand_ins import INPUTS

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
FILE = Path(__file__).with_suffix(".csv")
# Returns, days from the first order to the last, days to date, revenue.
BUYERS = {
    "of today": (0, 0, 0, 25.0),
    "once, lately": (0, 0, 20, 80.0),
    "once, long ago": (0, 0, 700, 80.0),
    "back once": (1, 30, 90, 61.5),
    "regular": (12, 350, 365, 900.0),
    "regular, silent": (12, 120, 365, 900.0),
    # Nodes are chosen for who is seen at training, of 58 days at most (omnichannel),
    # and for two quarters more.
    "every week": (52, 364, 365, 2080.25),
    "refunded": (2, 40, 200, -5.0),
}
VALUES = (
    *("probability_alive", "order_probability_90d", "expected_orders_90d"),
    *("expected_orders_180d", "expected_orders_365d", "discounted_orders_365d"),
    "expected_order_value",
)
PROSPECTS = {
    "unheard of": (0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    "new and keen": (5, 4, 4, 31, 0, 2, 1, 1, 1, 0),
    "old and silent": (1200, 0, 0, 0, 0, 0, 0, 0, 1, 400),
    "uses the product": (90, 0, 1, 2, 250, 0, 0, 1, 1, 60),
}
FIRST = "first_order_probability_90d"
HEADER = ("dataset", "version", "customer_id", *VALUES, FIRST)


def seed(name: str) -> list[dict[str, str]]:
    """Return the rows of a published seed."""
    with (SEEDS / f"{name}.csv").open(newline="") as lines:
        return list(csv.DictReader(lines))


def rows() -> Iterator[tuple[str, ...]]:
    """Yield what each version says of each customer, empty where it says nothing."""
    trained = seed("prospect_parameters")
    for parameters in seed("value_parameters"):
        key = (parameters["dataset"], parameters["version"])
        exact = ExactValue(parameters)
        for name, history in BUYERS.items():
            yield (*key, name, *map(_text, _of_buyer(exact, *history)), "")
        own = [row for row in trained if (row["dataset"], row["version"]) == key]
        for name, counts in PROSPECTS.items() if own else ():
            yield (*key, name, *[""] * len(VALUES), _text(_of_prospect(own, counts)))


def _of_buyer(
    exact: ExactValue, x: int, recency: int, age: int, amount: float
) -> Iterator[mpf]:
    alive = exact.alive(x, recency, age)
    yield alive
    yield alive * exact.next_order(x, age, 90)
    for days in (90, 180, 365):
        yield alive * exact.orders_if_alive(x, age, days)
    yield alive * exact.discounted_orders(x, age)
    yield exact.order_value(x + 1, amount)


def _of_prospect(parameters: list[dict[str, str]], counts: tuple[int, ...]) -> mpf:
    mp.dps = DIGITS
    odds = mpf(0)
    for row in parameters:
        if row["feature"] == "intercept":
            odds += mpf(row["coefficient"])
        else:
            logarithm = log(1 + mpf(counts[INPUTS.index(row["feature"])]))
            step = (logarithm - mpf(row["mean"])) / mpf(row["scale"])
            odds += mpf(row["coefficient"]) * step
    return 1 / (1 + exp(-odds))


def _text(value: mpf) -> str:
    return repr(float(value))


if __name__ == "__main__":
    with FILE.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(rows())
