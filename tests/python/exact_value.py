"""Customer value to 40 digits, from the published formulas, independent of the code."""

from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from math import floor

from mpmath import hyp2f1, mp, mpf

DIGITS = 40


class ExactValue:
    """What a model expects of a customer; parameters are taken as exact.

    Args:
        parameters: A row of `value_parameters` by column.
    """

    def __init__(self, parameters: Mapping[str, object]) -> None:
        mp.dps = DIGITS
        names = ("r", "alpha", "a", "b")
        self.r, self.alpha, self.a, self.b = (mpf(parameters[n]) for n in names)
        self.p, self.q, self.v = (mpf(parameters[f"order_value_{n}"]) for n in "pqv")
        self.rate = mpf(parameters["yearly_discount_rate"])
        # MBG/NBD may leave after the first order too: as if it had come back once more.
        self.extra = 1 if parameters["purchase_model"] == "mbg_nbd" else 0
        self.orders_if_alive = cache(self._orders_if_alive)

    def alive(self, x: int, recency_days: int, age_days: int) -> mpf:
        """Fader, Hardie and Lee (2008); Batislam et al. (2007), equation 9."""
        if x + self.extra == 0:
            return mpf(1)
        age, recency = mpf(age_days) / 7, mpf(recency_days) / 7
        ratio = ((self.alpha + age) / (self.alpha + recency)) ** (self.r + x)
        return 1 / (1 + self.a / (self.b + x + self.extra - 1) * ratio)

    def _orders_if_alive(self, x: int, age_days: int, days: int) -> mpf:
        """Fader, Hardie and Lee (2005), equation 10, without the probability alive."""
        age, weeks = mpf(age_days) / 7, mpf(days) / 7
        a, b = self.a, self.b + x + self.extra
        scale = self.alpha + age
        power = (scale / (scale + weeks)) ** (self.r + x)
        function = hyp2f1(self.r + x, b, a + b - 1, weeks / (scale + weeks))
        return (a + b - 1) / (a - 1) * (1 - power * function)

    def next_order(self, x: int, age_days: int, days: int) -> mpf:
        """Of who is alive; nobody leaves before the next order."""
        scale = self.alpha + mpf(age_days) / 7
        return 1 - (scale / (scale + mpf(days) / 7)) ** (self.r + x)

    def order_value(self, orders: int, amount: float) -> mpf:
        """Fader and Hardie (2013), equation 5."""
        total = mpf(amount)
        count = orders if total > 0 else 0
        return self.p * (self.v + max(total, 0)) / (self.p * count + self.q - 1)

    def discounted_orders(self, x: int, age_days: int) -> mpf:
        """Of who is alive: the orders of each of twelve months, paid at its end."""
        total, before = mpf(0), mpf(0)
        for month in range(1, 13):
            days = floor(365 * Fraction(month, 12) + Fraction(1, 2))  # the nearest
            orders = self.orders_if_alive(x, age_days, days)
            total += (orders - before) * (1 + self.rate) ** (-mpf(month) / 12)
            before = orders
        return total
