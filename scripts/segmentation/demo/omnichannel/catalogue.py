"""What the company sells and where."""

import numpy as np

from segmentation.demo.omnichannel.frames import Array, Frame, Random, pick

CATEGORIES = (
    "Coffee",
    "Garden",
    "Kitchen",
    "Books",
    "Textiles",
    "Outdoor",
    "Lighting",
    "Stationery",
)
_GOODS = (
    ("Espresso", "Filter coffee", "Grinder", "Cups"),
    ("Seeds", "Planter", "Secateurs", "Hose"),
    ("Pan", "Knife", "Baking tin", "Scales"),
    ("Cookbook", "Novel", "Atlas", "Calendar"),
    ("Towel", "Blanket", "Cushion", "Apron"),
    ("Tent", "Bottle", "Lantern", "Backpack"),
    ("Lamp", "Candle", "String lights", "Bulb"),
    ("Notebook", "Pen", "Paper", "Folder"),
)
BRANDS = ("Nordlicht", "Alpina", "Berg & Tal", "Halden", "Private")
STORES = ("HH-01", "B-01", "M-01", "K-01", "W-01", "ZH-01")
SWISS_STORE = 5
PER_CATEGORY = 60
PRODUCTS = len(CATEGORIES) * PER_CATEGORY
# Categories without regard to anybody's taste.
POPULARITY = (0.2, 0.14, 0.16, 0.12, 0.12, 0.1, 0.08, 0.08)


def draw_products(rng: Random) -> Frame:
    """Return the articles: price in cents, what they cost, their names."""
    number = np.arange(PRODUCTS)
    category = number // PER_CATEGORY
    price = np.exp(rng.normal(3.0, 0.75, PRODUCTS))
    brand = pick(rng, PRODUCTS, (0.2, 0.2, 0.2, 0.2, 0.2))
    goods = np.array(_GOODS, dtype=object)[category, number % 4]
    price = np.rint(np.clip(price, 2, 400) * 100).astype(np.int64)
    share = rng.uniform(0.45, 0.7, PRODUCTS) - np.where(brand == 4, 0.1, 0)
    return {
        "product": number,
        "price": price,
        "cost": np.rint(price * share).astype(np.int64),
        "title": goods,
        "category": np.array(CATEGORIES, dtype=object)[category],
        "brand": np.array(BRANDS, dtype=object)[brand],
    }


def choose_products(affinity: Array, focus: Array, rng: Random) -> Array:
    """Return a product per line: from the favourite category, or any.

    Args:
        affinity: Favourite category by line.
        focus: Probability by line that it is from the favourite.
        rng: Random numbers.
    """
    category = np.where(
        rng.random(len(affinity)) < focus,
        affinity,
        pick(rng, len(affinity), POPULARITY),
    )
    # Few products of a category make most of its sales.
    place = (PER_CATEGORY * rng.random(len(affinity)) ** 1.8).astype(np.int64)
    return category * PER_CATEGORY + place
