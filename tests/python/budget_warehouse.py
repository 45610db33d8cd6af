"""Channels with spend, limits and curves, handed in, and the budget as compiled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pandas as pd  # type: ignore[import-untyped]

from campaign_warehouse import BUDGET_MODELS, statements
from model_warehouse import ModelWarehouse

STATED, LAST_MONTH = date(2025, 7, 1), date(2025, 11, 1)
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Channel:
    """One channel: last month's cents, its curve, and the people it can reach.

    Attributes:
        name: Channel.
        cents: What was spent in the last month.
        points: Spend and return of points, or of a saturating curve its one pair;
            nothing for a channel without evidence.
        form: saturating or points.
        reach_cents: People times the cost per person; nothing where it is not stated.
    """

    name: str
    cents: int
    points: Sequence[tuple[float, float]] = ()
    form: str = "saturating"
    reach_cents: int | None = None
    relative_error: float = 0.05

    def returns(self, cents: Floats | float) -> Floats:
        """Return what cents bring, by the definition of the curve."""
        spend = np.asarray(cents, dtype=float) / 100
        if self.form == "saturating":
            [(scale, most)] = self.points
            return np.asarray(most * (1 - np.exp(-spend / scale)))
        x = [0.0, *(point[0] for point in self.points)]
        y = [0.0, *(point[1] for point in self.points)]
        return np.asarray(np.interp(spend, x, y))


class BudgetWarehouse(ModelWarehouse):
    """The models of the budget over channels that a test hands in."""

    def __init__(self) -> None:
        super().__init__(statements(), BUDGET_MODELS)
        self.connection.execute(
            "create schema main_internal; create schema main_restricted;"
            "create table main_internal.response_curves (dataset text, channel text,"
            " form text, spend_amount double, return_amount double,"
            " relative_error double, stated_on date, source text);"
            "create table main_internal.budget_inputs (dataset text, channel text,"
            " measure text, value double, stated_on date, source text);"
            "create table main_restricted.int_measurement__channel_months"
            " (channel text, calendar_month date, ad_spend_amount decimal(18, 2),"
            " campaign_cost_amount decimal(18, 2));"
            "create table main_restricted.contact__reachability"
            " (customer_id text, channel text, is_reachable boolean)"
        )

    def split(
        self,
        channels: Sequence[Channel],
        total: Decimal | None = None,
        most_move: float | None = 0.2,
    ) -> pd.DataFrame:
        """Return the proposed split, by channel."""
        run = self.connection.execute
        for table in ("response_curves", "budget_inputs"):
            run(f"delete from main_internal.{table}")
        run("delete from main_restricted.int_measurement__channel_months")

        def state(channel: str | None, measure: str, value: float) -> None:
            run(
                "insert into main_internal.budget_inputs"
                " values (?, ?, ?, ?, ?, 'test')",
                ["omnichannel", channel, measure, value, STATED],
            )

        if total is not None:
            state(None, "total_budget", float(total))
        if most_move is not None:
            state(None, "most_move_share", most_move)
        for channel in channels:
            run(
                "insert into main_restricted.int_measurement__channel_months"
                " values (?, ?, ?, 0)",
                [channel.name, LAST_MONTH, Decimal(channel.cents) / 100],
            )
            if channel.reach_cents is not None:
                state(channel.name, "reachable_people", channel.reach_cents)
                state(channel.name, "cost_per_person", 0.01)
            for spend, returned in channel.points:
                run(
                    "insert into main_internal.response_curves"
                    " values (?, ?, ?, ?, ?, ?, ?, 'test')",
                    [
                        *("omnichannel", channel.name, channel.form, spend, returned),
                        *(channel.relative_error, STATED),
                    ],
                )
        self.run()
        return self.rows("measurement__budget_allocation").set_index("channel")
