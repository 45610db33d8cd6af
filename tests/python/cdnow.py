"""Purchases of 23,570 customers of CDNOW, as the PyPI package `lifetimes` holds them.

Fader, Hardie and Lee (2005) fit their model to them: first purchases in the first
quarter of 1997, calibration to 1997-09-30, holdout to 1998-06-30.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import duckdb
import numpy as np
from numpy.typing import NDArray

CALIBRATED_TO = "1997-09-30"


@dataclass(frozen=True)
class Shoppers:
    """What customers did up to a day; all arrays have shape (customers,).

    Attributes:
        frequency: Days with a purchase after the first.
        recency_days: Days from the first to the last.
        age_days: Days from the first to the day.
        amount: Dollars spent.
        repeat_amount: Without those of the first day.
    """

    frequency: NDArray[np.int64]
    recency_days: NDArray[np.int64]
    age_days: NDArray[np.int64]
    amount: NDArray[np.float64]
    repeat_amount: NDArray[np.float64]


def purchases_file() -> str:
    """Return the path of the file: customer, day, units and dollars."""
    return str(files("lifetimes") / "datasets" / "CDNOW_master.txt")


@cache
def shoppers(until: str = CALIBRATED_TO) -> Shoppers:
    """Return the histories of all customers up to a day, by customer."""
    with duckdb.connect() as connection:
        lines = connection.read_csv(purchases_file(), all_varchar=True, header=False)
        found = connection.sql(
            f"""
            with words as (
                select string_split_regex(trim(column0), '\\s+') as word
                from lines
                where column0 not like '%customer%'
            ),
            days as (
                select
                    word[1] as customer,
                    strptime(word[2], '%Y%m%d')::date as day,
                    sum(word[4]::decimal(12, 2)) as amount
                from words
                group by all
            )
            select
                count(*) - 1 as frequency,
                max(day) - min(day) as recency_days,
                date '{until}' - min(day) as age_days,
                sum(amount)::double as amount,
                (sum(amount) - arg_min(amount, day))::double as repeat_amount
            from days
            where day <= date '{until}'
            group by customer
            order by customer
            """
        ).fetchnumpy()
        assert lines is not None
    return Shoppers(**found)
