"""People whom campaigns reached, planted, and what is made of them, as compiled."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd  # type: ignore[import-untyped]

from model_warehouse import ModelWarehouse, compiled

# In the order in which one reads another.
MODELS = {
    "int_measurement__campaign_segments": "main_restricted",
    "int_measurement__campaign_shifts": "main_restricted",
    "measurement__campaign_changes": "main",
    "measurement__campaign_performance": "main",
}
BUDGET_MODELS = {
    "int_measurement__response_pieces": "main_internal",
    "int_measurement__budget_limits": "main_internal",
    "measurement__budget_allocation": "main",
}
VARIABLES = {"segmentation_as_of": "2025-12-15", "segmentation_dataset": "omnichannel"}
SETS = (
    *("primary_segment", "value_tier", "rfm", "lifecycle", "behavior"),
    *("demographic", "psychographic", "recency"),
)
MEASURES = ("delivered", "opened", "clicked", "responded", "ordered")
Booleans = npt.NDArray[np.bool_]


def people(
    campaign: str,
    segments: npt.NDArray[np.str_],
    sent: date = date(2025, 6, 1),
    revenue: npt.NDArray[np.float64] | None = None,
    **did: Booleans,
) -> pd.DataFrame:
    """Return people of one campaign, in the same segment of every set.

    Args:
        campaign: Its id.
        segments: Code of each person.
        sent: Day of the send.
        revenue: Money of each; nothing without it.
        did: Who did what, by measure; nobody did what is not given.
    """
    count = len(segments)
    nobody = np.zeros(count, dtype=bool)
    return pd.DataFrame(
        {
            "campaign_id": campaign,
            "customer_id": [f"{campaign}-{i}" for i in range(count)],
            "channel": "email",
            **dict.fromkeys(SETS, segments),
            **{f"is_{name}": did.get(name, nobody) for name in MEASURES},
            "revenue_amount": np.zeros(count) if revenue is None else revenue,
            "sent_date": sent,
            "window_end_date": sent + timedelta(days=14),
        }
    )


def statements() -> Path:
    """Return the folder of the models of campaigns and of the budget, compiled once."""
    return compiled("campaigns_and_budget", [*MODELS, *BUDGET_MODELS], VARIABLES)


class CampaignWarehouse(ModelWarehouse):
    """The models of campaigns over people that a test hands in."""

    def __init__(self) -> None:
        super().__init__(statements(), MODELS)

    def build(
        self, reached: pd.DataFrame, series: Mapping[str, str] | None = None
    ) -> None:
        """Build all models; campaigns of one series are held against each other."""
        ids = reached["campaign_id"].unique()
        known = series or {}
        campaigns = pd.DataFrame(
            {
                "campaign_id": ids,
                "campaign_name": ids,
                "targeting": "broadcast",
                "campaign_series": [known.get(name, name) for name in ids],
            }
        )
        self.give("main_restricted.int_measurement__campaign_people", reached)
        self.give("main_internal.int_measurement__campaigns", campaigns)
        self.run()
