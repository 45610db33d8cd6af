"""The features of Complete Journey, computed a second time with pandas.

Written from what the YAML files and docs/complete_journey.md say the columns mean, and
from the package's own files, so that an error would have to be made twice. Money is
whole cents, days are whole numbers since 1970, and what the warehouse rounds to nine
decimals before it compares is rounded here too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]

ZONE = "America/New_York"
FIRST_DAY = date(2017, 1, 1)
CENSORED_DAYS = 60
FIFTHS = (0.2, 0.4, 0.6, 0.8)

# The column that each score cuts; the two of a year grow until the data cover one.
SCORED = {
    "recency_score": "days_since_last_order",
    "frequency_score": "orders_of_a_year",
    "monetary_score": "revenue_of_a_year",
    "discount_score": "discount_share",
    "basket_score": "average_order_value",
    "variety_score": "category_entropy",
}
OF_A_YEAR = ("orders_of_a_year", "revenue_of_a_year")
PARTS_OF_DAY = {
    "morning": range(5, 11),
    "afternoon": range(11, 17),
    "evening": range(17, 22),
    "night": (22, 23, 0, 1, 2, 3, 4),
}
ATTRIBUTES = {
    "age_band": "age",
    "income_band": "income",
    "home_ownership": "home_ownership",
    "marital_status": "marital_status",
    "household_size": "household_size",
    "household_composition": "household_comp",
    "children_count": "kids_count",
}

Frames = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Purchases:
    """Receipts in local days and whole cents.

    Attributes:
        baskets: household, basket, day, hour, net, discount; a row is one basket.
        lines: household, day, product_id, category, is_private, net, is_order; a row
            is one line, and `is_order` says whether its basket has a value.
    """

    baskets: pd.DataFrame
    lines: pd.DataFrame


def epoch_day(day: date) -> int:
    """Return the days since 1970."""
    return (day - date(1970, 1, 1)).days


def quarter_ends(days: Sequence[date]) -> list[date]:
    """Return those of the days that end a quarter."""
    return [day for day in days if pd.Timestamp(day).is_quarter_end]


def cents(dollars: pd.Series) -> pd.Series:
    """Return dollars as whole cents."""
    return (dollars * 100).round().astype("int64")


def read_purchases(frames: Frames) -> Purchases:
    """Bring `transactions` and `products`, as delivered, into cents and local time."""
    delivered, products = frames["transactions"], frames["products"]
    moments = delivered["transaction_timestamp"].drop_duplicates()
    local = moments.dt.tz_localize("UTC").dt.tz_convert(ZONE).dt.tz_localize(None)
    clock = pd.DataFrame(
        {
            "day": (local.dt.normalize() - pd.Timestamp(0)).dt.days.to_numpy(),
            "hour": local.dt.hour.to_numpy(),
        },
        index=moments.to_numpy(),
    )
    at = clock.loc[delivered["transaction_timestamp"].to_numpy()]
    product = products.set_index("product_id")
    product_id = delivered["product_id"]
    lines = pd.DataFrame(
        {
            "household": delivered["household_id"],
            "basket": delivered["basket_id"],
            "product_id": product_id,
            "day": at["day"].to_numpy(),
            "hour": at["hour"].to_numpy(),
            "net": cents(delivered["sales_value"]),
            "discount": cents(
                delivered["retail_disc"] + delivered["coupon_match_disc"]
            ),
            "category": product_id.map(product["product_category"]).fillna("unknown"),
            "is_private": product_id.map(product["brand"]).eq("Private"),
        }
    )
    lines["is_order"] = lines.groupby("basket")["net"].transform("sum") > 0
    baskets = lines.groupby(["household", "basket", "day", "hour"], as_index=False)[
        ["net", "discount"]
    ].sum()
    return Purchases(baskets, lines)


def features_at(purchases: Purchases, as_of: date) -> pd.DataFrame:
    """Return the features of every buyer at one date; unknown is missing."""
    today = epoch_day(as_of)
    seen = purchases.baskets[purchases.baskets["day"] <= today]
    orders = seen[seen["net"] > 0]
    household, days = orders["household"], orders.groupby("household")["day"]
    found = pd.DataFrame(
        {
            "order_count": days.size(),
            "first_order_date": days.min(),
            "last_order_date": days.max(),
        }
    )
    found["tenure_days"] = today - found["first_order_date"]
    found["days_since_last_order"] = today - found["last_order_date"]
    start = found["first_order_date"] - epoch_day(FIRST_DAY)
    found["is_tenure_censored"] = start < CENSORED_DAYS
    is_weekend = (orders["day"] + 3) % 7 >= 5  # 1970 began on a Thursday
    found["weekend_order_share"] = is_weekend.groupby(household).mean()
    for part, hours in PARTS_OF_DAY.items():
        is_part = orders["hour"].isin(list(hours))
        found[f"{part}_order_share"] = is_part.groupby(household).mean()
    found["online_order_share"] = 0.0
    found["store_order_share"] = 1.0
    for channel in ("web", "app", "phone", "other"):
        found[f"{channel}_order_share"] = 0.0
    _add_money(found, seen)
    _add_windows(found, orders, today)
    _add_gaps(found, orders)
    _add_categories(found, purchases.lines[purchases.lines["day"] <= today])
    return found.round(9)


def _add_money(found: pd.DataFrame, seen: pd.DataFrame) -> None:
    sums = seen.groupby("household")[["net", "discount"]].sum()
    found["revenue"] = found["historical_value"] = sums["net"]
    found["discount_amount"] = sums["discount"]
    found["gross_amount"] = sums["net"] + sums["discount"]
    found["discount_share"] = sums["discount"] / found["gross_amount"]
    found["average_order_value"] = sums["net"] / 100 / found["order_count"]


def _add_windows(found: pd.DataFrame, orders: pd.DataFrame, today: int) -> None:
    """Sum orders over the last days, today included; missing until data cover them."""
    covered = today - epoch_day(FIRST_DAY) + 1

    def window(days: int, end: int) -> pd.DataFrame:
        inside = orders[orders["day"].between(end - days + 1, end)]
        sums = inside.groupby("household")["net"].agg(["size", "sum"])
        return sums.reindex(found.index, fill_value=0)

    for days in (30, 90, 365):
        sums, is_covered = window(days, today), covered >= days
        found[f"order_count_{days}d"] = sums["size"] if is_covered else np.nan
        found[f"revenue_{days}d"] = sums["sum"] if is_covered else np.nan
        status = "observed" if is_covered else "window_not_observed"
        found[f"window_status_{days}d"] = status
    before = window(90, today - 90)["sum"] * (1 if covered >= 180 else np.nan)
    found["revenue_previous_90d"] = before
    change = (found["revenue_90d"] - before) / before
    found["revenue_trend_90d"] = change.where(before > 0)
    found[list(OF_A_YEAR)] = window(365, today)


def _add_gaps(found: pd.DataFrame, orders: pd.DataFrame) -> None:
    days = orders[["household", "day"]].drop_duplicates()
    days = days.sort_values(["household", "day"])
    gaps = days.groupby("household")["day"].diff().groupby(days["household"])
    found["gap_count"], found["gap_days"] = gaps.count(), gaps.sum()
    found["mean_gap_days"] = gaps.mean()
    found["gap_variation"] = gaps.std(ddof=0) / gaps.mean()


def _add_categories(found: pd.DataFrame, lines: pd.DataFrame) -> None:
    bought = lines[lines["is_order"]].groupby("household")["product_id"]
    found["product_count"] = bought.nunique()
    spent = lines.groupby(["household", "category"])["net"].sum()
    spent = spent[spent > 0].reset_index()
    total = spent.groupby("household")["net"].sum()
    share = spent["net"] / spent["household"].map(total)
    terms = (-share * np.log(share)).groupby(spent["household"])
    found["category_count"], found["category_entropy"] = terms.size(), terms.sum()
    spent = spent.sort_values(["net", "category"], ascending=[False, True])
    top = spent.drop_duplicates("household").set_index("household")
    found["top_category"] = top["category"]
    found["top_category_share"] = top["net"] / total
    everybody = lines.groupby("category")["net"].sum().clip(lower=0)
    # Whole thousandths, halves up, at least one.
    parts = np.floor(1000 * everybody / everybody.sum() + 0.5).clip(lower=1)
    spent["share"] = (spent["net"] / spent["household"].map(total)).round(9)
    usual = spent["household"].map(total) * spent["category"].map(parts)
    spent["liking"] = (1000 * spent["net"] / usual).round(9)
    spent["place"] = spent.groupby("household").cumcount()
    for place, name in ((1, "second"), (2, "third")):
        other = spent[spent["place"] == place].set_index("household")
        found[f"{name}_category"] = other["category"]
        found[f"{name}_category_share"] = other["share"]
    liked = spent[spent["place"] < 3].sort_values(
        ["liking", "place"], ascending=[False, True]
    )
    liked = liked.drop_duplicates("household").set_index("household")
    found["affinity_category"] = liked["category"]
    found["category_affinity"] = liked["liking"]
    private = lines[lines["is_private"]].groupby("household")["net"].sum()
    found["private_label_share"] = private.reindex(found.index, fill_value=0) / total


def panel(purchases: Purchases, as_of_dates: Sequence[date]) -> pd.DataFrame:
    """Return features and scores of every buyer at every date.

    Args:
        purchases: The receipts.
        as_of_dates: Dates of the panel, with each quarter end that one refers to.

    Returns:
        A row per date and household; money in cents, dates in days since 1970.
    """
    at = {day: features_at(purchases, day) for day in as_of_dates}
    ends = quarter_ends(as_of_dates)
    for day, found in at.items():
        quarter = at[max(end for end in ends if end <= day)]
        is_full_year = (day - FIRST_DAY).days + 1 >= 365
        for score, column in SCORED.items():
            is_filling = column in OF_A_YEAR and not is_full_year
            buyers = (found if is_filling else quarter)[column]
            is_reversed = score == "recency_score"
            found[score] = scores(found[column], cuts(buyers, FIFTHS), is_reversed)
        found["cut_basis"] = "derived" if is_full_year else "same_date"
        both = found["frequency_score"] + found["monetary_score"]
        found["rfm_total"] = found["recency_score"] + both
        found["frequency_monetary_score"] = (both + 1) // 2
        [median_gap] = cuts(quarter["mean_gap_days"].dropna(), (0.5,))
        gaps = found["gap_days"] + np.floor(10 * median_gap + 0.5) / 10
        found["expected_gap_days"] = (gaps / (found["gap_count"] + 1)).round(9)
        late = found["days_since_last_order"] / found["expected_gap_days"]
        found["overdue_ratio"] = late.round(9)
        found["growth_potential_amount"] = growth(found) if is_full_year else np.nan
        # Of a month that begins in the first 60 days the newcomers are not all known.
        months = pd.to_datetime(found["first_order_date"], unit="D").dt.to_period("M")
        opened = (months.dt.start_time - pd.Timestamp(0)).dt.days - epoch_day(FIRST_DAY)
        is_censored = found["is_tenure_censored"] | (opened < CENSORED_DAYS)
        unknown = np.where(is_censored, "tenure_censored", "cost_unknown")
        found["acquisition_cost_basis"] = unknown
    return pd.concat(at, names=["as_of_date", "household"]).sort_index()


def growth(found: pd.DataFrame) -> pd.Series:
    """Return the cents up to the upper quartile of peers, in whole dollars."""
    is_long = found["is_tenure_censored"] | (found["tenure_days"] > 365)
    band = np.where(is_long, 3, np.where(found["tenure_days"] > 90, 2, 1))
    own = found["revenue_of_a_year"]
    upper = own.groupby([found["monetary_score"], band]).transform(
        lambda peers: cuts(peers, (0.75,))[0]
    )
    return (100 * np.floor(upper / 100 + 0.5) - own).clip(lower=0)


def cuts(values: pd.Series, shares: Sequence[float]) -> list[Any]:
    """Return, for each share, the smallest value that so many buyers do not exceed."""
    ordered = np.sort(values.to_numpy())
    places = [int(np.ceil(round(share * len(ordered), 6))) for share in shares]
    return [ordered[max(place, 1) - 1] for place in places]


def scores(values: pd.Series, at: Sequence[Any], is_reversed: bool) -> pd.Series:
    """Return 1 and one more for each cut that a value is better than, not equal to."""
    passed = [values < cut if is_reversed else values > cut for cut in at]
    return 1 + sum(each.astype("int64") for each in passed)


def demographics(frames: Frames, households: pd.Index) -> pd.DataFrame:
    """Return the stated attributes of each household, `unknown` where nobody said."""
    stated = frames["demographics"].set_index("household_id").reindex(households)
    named = {name: stated[column] for name, column in ATTRIBUTES.items()}
    return pd.DataFrame(named).fillna("unknown")
