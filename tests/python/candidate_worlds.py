"""Customers with features of which one may matter, for tests of candidates."""

from datetime import date
from typing import Any

import numpy as np

from segmentation.candidates.measure import People


def world(
    seed: int, count: int = 3000, hidden: float = 0.0, features: int = 20
) -> People:
    """Return customers of four cells, with features of which one may matter.

    Args:
        seed: Of all random numbers.
        count: How many customers.
        hidden: What `hidden` adds to later spend, in deviations.
        features: How many others there are.
    """
    random = np.random.default_rng([seed, count])
    cells = random.choice(["a/gold", "a/silver", "b/gold", "b/silver"], count)
    means = {"a/gold": 3.0, "a/silver": 2.0, "b/gold": 2.5, "b/silver": 1.0}
    values: dict[str, list[Any]] = {
        f"noise_{i}": random.normal(size=count).tolist()
        if i % 2
        else random.choice(["x", "y", "z", "unknown"], count).tolist()
        for i in range(features)
    }
    matters = random.choice(["yes", "no"], count)
    lift = np.where(matters == "yes", hidden / 2, -hidden / 2)
    bought = random.random(count) < 0.6
    useless = random.random(count) < 0.9
    whims = random.choice(["1", "2"], count)
    values |= {
        "hidden": matters.tolist(),
        "insight (acme)": [
            str(value) if known else None
            for value, known in zip(matters, bought, strict=True)
        ],
        "whim (umbra)": [
            str(value) if known else None
            for value, known in zip(whims, useless, strict=True)
        ],
    }
    return People(
        date(2025, 9, 30),
        date(2025, 12, 31),
        cells,
        random.random(count) < 0.5,
        {
            "spend": np.array([means[cell] for cell in cells])
            + lift
            + random.normal(size=count),
            "ordered": (random.random(count) < 0.4).astype(float),
        },
        values,
        {"acme": ("insight (acme)",), "umbra": ("whim (umbra)",)},
    )
