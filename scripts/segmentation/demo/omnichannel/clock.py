"""The calendar of the company: its two years, the local day, the pull of the seasons.

Times are whole seconds since 1970, UTC. Demand is a Poisson process in *trading time*,
which runs faster on days with more demand: one unit of it is one average day.
"""

from datetime import UTC, date, datetime, timedelta

import numpy as np

from segmentation.demo.omnichannel.frames import Array
from segmentation.demo.omnichannel.world import World

FIRST_DAY = date(2024, 1, 1)
LAST_DAY = date(2025, 12, 31)
DAYS = (LAST_DAY - FIRST_DAY).days + 1
# Customers of the year before are known; what they did then is not delivered.
DAYS_BEFORE = 365
DRIFT_FROM = date(2025, 10, 1)
DAY = 86_400
START = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp())
# The last day ends in Berlin, an hour before it does in UTC.
CLOSING = DAYS - 1 / 24
END = START + DAYS * DAY - 3_600

# Demand of a month over that of an average one: retail peaks before Christmas.
MONTHS = (0.88, 0.86, 0.94, 0.97, 1.0, 0.96, 0.92, 0.94, 0.97, 1.02, 1.22, 1.32)
# Monday to Sunday.
WEEKDAYS = (0.94, 0.92, 0.95, 1.0, 1.12, 1.15, 0.92)
# What drift does to the demand of the price-conscious, and of all others.
DRIFT_PRICE_CONSCIOUS = 0.55
DRIFT_OTHERS = 1.1
# Hours at which Berlin's clocks change, UTC, and when summer time holds.
_SUMMER = tuple(
    tuple(int(datetime(*day, 1, tzinfo=UTC).timestamp()) for day in year)
    for year in (
        ((2023, 3, 26), (2023, 10, 29)),
        ((2024, 3, 31), (2024, 10, 27)),
        ((2025, 3, 30), (2025, 10, 26)),
    )
)


def seconds(day: date) -> int:
    """Return the start of a UTC day."""
    return START + (day - FIRST_DAY).days * DAY


def local_to_utc(local: Array) -> Array:
    """Return UTC seconds of wall times in Berlin.

    The hour that is skipped in spring counts as the one after it; of the hour that
    comes twice in autumn the second is meant.
    """
    utc = local - 3600
    for begins, ends in _SUMMER:
        utc = utc - np.where((utc >= begins) & (utc < ends), 3600, 0)
    return utc


def demand_of_weekdays(world: World) -> tuple[float, ...]:
    """Return the demand of Monday to Sunday over that of an average day."""
    return WEEKDAYS if world.has_seasons else (1.0,) * 7


def demand_of_months(world: World) -> dict[int, float]:
    """Return the demand by month over an average month."""
    return {
        month: factor if world.has_seasons else 1.0
        for month, factor in enumerate(MONTHS, start=1)
    }


def _daily_demand(world: World, drift: float) -> Array:
    first = FIRST_DAY - timedelta(days=DAYS_BEFORE)
    by_month, by_weekday = demand_of_months(world), demand_of_weekdays(world)
    demand = np.empty(DAYS_BEFORE + DAYS)
    for number in range(len(demand)):
        day = first + timedelta(days=number)
        demand[number] = by_month[day.month]
        demand[number] *= by_weekday[day.weekday()]
        if world.has_drift and day >= DRIFT_FROM:
            demand[number] *= drift
    return demand


class TradingTime:
    """Turns trading time into days and back.

    Args:
        world: Has seasons or not.
        drift: Factor on the demand of the drift quarter.
    """

    def __init__(self, world: World, drift: float) -> None:
        """Sum the demand of each day."""
        demand = _daily_demand(world, drift)
        self._units = np.concatenate(([0.0], np.cumsum(demand)))
        self._days = np.arange(len(self._units), dtype=float) - DAYS_BEFORE

    def of_days(self, days: Array) -> Array:
        """Return trading time at days since `FIRST_DAY`; fractions are times of day."""
        return np.interp(days, self._days, self._units)

    def to_days(self, units: Array) -> Array:
        """Return days since `FIRST_DAY`; beyond the last day they stay past it."""
        days = np.interp(units, self._units, self._days)
        return np.where(units >= self._units[-1], np.inf, days)
