"""Writes orders.csv, the made-up orders of a teahouse: `python make_orders.py`."""

import csv
import math
import random
from datetime import datetime, timedelta
from pathlib import Path

FIRST_DAY = datetime(2022, 7, 1)  # noqa: DTZ001 - the shop writes local time
DAYS = 3 * 365 + 1
CUSTOMERS = 690
SEED = 20250630


def orders_of(customer: str, chance: random.Random) -> list[tuple[str, datetime, int]]:
    """Return one customer's orders as customer, local time and cents.

    Gaps are exponential with a mean of the customer's own, baskets scatter around the
    customer's own level. After the first order many customers never come back, after
    each later one a few.
    """
    # A growing shop: some were customers before the data begin, most came later.
    joined = DAYS * (1.15 * chance.random() ** 0.4 - 0.15)
    mean_gap = 25 + 55 * chance.random() ** 2
    leaves_later = 0.06 * chance.random() ** 2
    basket = math.exp(chance.uniform(math.log(12), math.log(70)))
    orders = []
    leaves = 0.3
    day = joined
    while day < DAYS:
        if day >= 0:
            # Few orders at night, most in the evening.
            hour = 24 * max(chance.random(), chance.random())
            placed = FIRST_DAY + timedelta(days=math.floor(day), hours=hour)
            value = basket * math.exp(chance.uniform(-0.5, 0.5))
            orders.append((customer, placed, 10 * round(10 * value)))
        if chance.random() < leaves:
            break
        leaves = leaves_later
        day += 1 - mean_gap * math.log(1 - chance.random())
    return orders


def main() -> None:
    """Write the file beside this script."""
    chance = random.Random(SEED)
    orders = [
        order
        for number in range(1, CUSTOMERS + 1)
        for order in orders_of(f"K{number:04}", chance)
    ]
    orders.sort(key=lambda order: (order[1], order[0]))
    path = Path(__file__).with_name("orders.csv")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["Order No", "Customer", "Date", "Total"])
        for number, (customer, placed, cents) in enumerate(orders, start=10_001):
            total = f"{cents // 100}.{cents % 100:02}"
            writer.writerow([number, customer, f"{placed:%Y-%m-%d %H:%M}", total])


if __name__ == "__main__":
    main()
