"""Tables that advice reads, planted, and its models as compiled."""

from collections.abc import Mapping

import numpy as np
import pandas as pd  # type: ignore[import-untyped]

from drift_worlds import ADVICE as MODELS
from drift_worlds import COMPILED
from model_warehouse import ModelWarehouse, compiled
from profile_warehouse import ATTRIBUTES, features
from scorecard_warehouse import CATEGORIES, NOW, PAST, Segment, outcomes


def characters(customers: pd.Series, seed: int) -> pd.DataFrame:
    """Return features that have nothing to do with what anybody does."""
    random = np.random.default_rng([seed, 1])
    count = len(customers)
    return pd.DataFrame(
        {
            "customer_id": customers.to_numpy(),
            "as_of_date": pd.Timestamp(PAST).date(),
            **{name: random.beta(1, 3, count).round(6) for name in features()},
            **{name: random.choice(["a", "b", "c"], count) for name in ATTRIBUTES},
        }
    )


def raised(rows: pd.DataFrame, who: pd.Series, outcome: str, by: float) -> pd.DataFrame:
    """Return outcomes in which some customers have more of one, in deviations."""
    spread = rows[outcome].std()
    return rows.assign(**{outcome: rows[outcome] + np.where(who, by * spread, 0.0)})


class AdviceWarehouse(ModelWarehouse):
    """What the models of advice read, and these models."""

    def __init__(self) -> None:
        super().__init__(compiled(*COMPILED), MODELS)
        self.give(
            "main_internal.int_segments__leading_categories",
            pd.DataFrame(
                {
                    "category_rank": range(1, CATEGORIES + 1),
                    "category": [f"shelf {i}" for i in range(1, CATEGORIES + 1)],
                }
            ),
        )
        self.connection.execute(
            "create table main.features__as_of_dates as "
            f"select date '{NOW}' as as_of_date, true as is_current "
            f"union all select date '{PAST}', false"
        )
        self.connection.execute(
            "create table main_internal.int_features__value_versions as "
            f"select date '{PAST}' as as_of_date, false as is_in_sample"
        )

    def plant(
        self,
        rows: pd.DataFrame,
        people: pd.DataFrame,
        verdicts: Mapping[str, Mapping[str, object]] | None = None,
        failing: Mapping[int, str] | None = None,
        drifting: Mapping[str, bool] | None = None,
    ) -> None:
        """Fill the tables.

        Args:
            rows: As `int_segments__outcomes`.
            people: As `features__customers`.
            verdicts: Columns of the scorecard that differ from a good one.
            failing: Place in the value order, and the gate that it fails.
            drifting: Segments with an alarm, and whether the season is unknown.
        """
        codes = sorted(set(rows["primary_segment"]) - {"otherwise"})
        self.give("main_internal.int_segments__outcomes", rows)
        self.give("main.features__customers", people)
        self.give(
            "main.segments__definitions",
            pd.DataFrame(
                {
                    "segment_set": "primary",
                    "segment_code": codes,
                    "origin": "rule",
                    "value_order": range(1, len(codes) + 1),
                }
            ),
        )
        card = {
            "customer_count": 400,
            "size_verdict": "viable",
            "distinctness_verdict": "distinct",
            "stability_verdict": "stable",
            "stability_kappa": 0.8,
            "nearest_segment": None,
            "distinct_difference": 0.5,
        }
        self.give(
            "main.segments__scorecard",
            pd.DataFrame(
                [
                    {"segment_code": code, **card, **(verdicts or {}).get(code, {})}
                    for code in codes
                ]
            ).astype({"nearest_segment": "string"}),
        )
        self.connection.execute(
            "create or replace table main.segments__gates "
            "(gate text, segment_set text, segment_code text, status text)"
        )
        for place, gate in (failing or {}).items():
            self.connection.execute(
                "insert into main.segments__gates values (?, 'primary', ?, 'fail')",
                [gate, str(place)],
            )
        self.connection.execute(
            "create or replace table main.measurement__drift (segment_set text, "
            "segment_code text, is_alarm boolean, is_season_unknown boolean)"
        )
        for code, is_season_unknown in (drifting or {}).items():
            self.connection.execute(
                "insert into main.measurement__drift values ('primary', ?, true, ?)",
                [code, is_season_unknown],
            )

    def advice(self) -> pd.DataFrame:
        """Return the advice by segment."""
        found = self.rows("measurement__advice")
        return found[found["is_advised"]].set_index("segment_code")


def four_kinds(size: int = 900, seed: int = 1) -> pd.DataFrame:
    """Return outcomes of four segments that differ from each other."""
    return outcomes(
        {
            "best": Segment(size, spend=7.0, order_rate=0.95),
            "steady": Segment(size, spend=5.5, order_rate=0.8),
            "slipping": Segment(size, spend=4.0, order_rate=0.65),
            "lapsed": Segment(size, spend=2.5, order_rate=0.5),
        },
        seed,
    )
