"""Reads the customers of the last build at three dates."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from segmentation.connections import warehouse_name
from segmentation.fingerprint import quoted
from segmentation.profiles import Profile
from segmentation.train.arrays import Floats
from segmentation.train.clusters.errors import (
    HistoryTooShortError,
    InputsMissingError,
    TooFewCustomersError,
)
from segmentation.train.clusters.panel import Panel, Period
from segmentation.train.clusters.scaling import logarithms
from segmentation.warehouse_tables import Query, find_columns, find_schemas, open_query

FEATURES = "features__customers"
KEYS = ("customer_id", "as_of_date")
# What a quarter shows of a customer; a date is at least its length after another.
QUARTER_DAYS = 90
OUTCOMES = (
    "revenue_90d",
    "order_count_90d",
    "session_count_90d",
    "product_use_count_90d",
    "message_click_count_90d",
)
MIN_CUSTOMERS = 100


def inputs_table(set_name: str) -> str:
    """Return the name of the view whose columns are the inputs of a set."""
    return f"int_segments__{set_name}_inputs"


def read_panel(profile: Profile, set_name: str, through: date | None = None) -> Panel:
    """Read inputs and outcomes, ordered by customer.

    Args:
        profile: Of the warehouse.
        set_name: Set whose codes the clusters become.
        through: Last date of the panel that may enter; the newest by default.

    Raises:
        SegmentationError: The warehouse does not open, or has too little.
    """
    inputs = inputs_table(set_name)
    with open_query(profile) as query:
        schemas = find_schemas(query, (inputs, FEATURES), profile) if query else {}
        lacking = [table for table in (inputs, FEATURES) if table not in schemas]
        if query is None or lacking:
            raise InputsMissingError(warehouse_name(profile), lacking)
        tables = {table: quoted(schema, table) for table, schema in schemas.items()}
        features = sorted(find_columns(query, schemas[inputs], inputs) - set(KEYS))
        dates = training_dates(
            [
                row[0]
                for row in query(
                    f"select distinct as_of_date from {tables[FEATURES]} "
                    "order by as_of_date"
                )
                if through is None or row[0] <= through
            ]
        )
        earlier, before = (
            _period(query, tables[inputs], tables[FEATURES], features, *span)
            for span in (dates[:2], dates[1:])
        )
        now = _rows(query, tables[inputs], tables[FEATURES], features, *dates[2:] * 2)
    fewest = min(len(earlier.logs), len(before.logs), len(now))
    if fewest < MIN_CUSTOMERS:
        raise TooFewCustomersError(fewest, MIN_CUSTOMERS)
    width = len(features)
    spend = np.nan_to_num(now[:, width])
    return Panel(
        tuple(features), dates, earlier, before, logarithms(now[:, :width]), spend
    )


def read_inputs(
    profile: Profile, set_name: str, features: Sequence[str]
) -> dict[date, Floats]:
    """Return logarithms of inputs by date, each of shape (customers, features).

    Raises:
        SegmentationError: The warehouse does not open, or has too little.
    """
    inputs = inputs_table(set_name)
    with open_query(profile) as query:
        schemas = find_schemas(query, (inputs,), profile) if query else {}
        if query is None or not schemas:
            raise InputsMissingError(warehouse_name(profile), [inputs])
        known = find_columns(query, schemas[inputs], inputs)
        if lacking := sorted(set(features) - set(known)):
            names = [f"{inputs}.{name}" for name in lacking]
            raise InputsMissingError(warehouse_name(profile), names)
        columns = ", ".join(quoted(name) for name in features)
        table = quoted(schemas[inputs], inputs)
        found: dict[date, list[Sequence[float]]] = {}
        for day, *values in query(
            f"select as_of_date, {columns} from {table} "
            "order by customer_id, as_of_date"
        ):
            found.setdefault(day, []).append(values)
    fewest = len(found[max(found)]) if found else 0
    if fewest < MIN_CUSTOMERS:
        raise TooFewCustomersError(fewest, MIN_CUSTOMERS)
    return {
        day: logarithms(np.array(rows, dtype=np.float64)) for day, rows in found.items()
    }


def training_dates(panel: Sequence[date]) -> tuple[date, date, date]:
    """Return the newest date, and twice the newest that is a quarter before.

    Raises:
        HistoryTooShortError: There are no three such dates.
    """
    found: list[date] = []
    for day in reversed(panel):
        if not found or day <= found[0] - timedelta(days=QUARTER_DAYS):
            found.insert(0, day)
    if len(found) < 3:
        raise HistoryTooShortError(panel, QUARTER_DAYS)
    earlier, before, newest = found[-3:]
    return earlier, before, newest


def _period(
    query: Query, inputs: str, features: str, names: Sequence[str], *dates: date
) -> Period:
    rows = _rows(query, inputs, features, names, *dates)
    width = len(names)
    outcomes = np.nan_to_num(np.maximum(rows[:, width:], 0))
    # As for inputs: a few large customers would decide what predicts the rest.
    if len(outcomes):
        outcomes = np.minimum(outcomes, np.quantile(outcomes, 0.99, axis=0))
    return Period(logarithms(rows[:, :width]), np.log1p(outcomes))


def _rows(
    query: Query,
    inputs: str,
    features: str,
    names: Sequence[str],
    *dates: date,
) -> Floats:
    columns = [f"inputs.{quoted(name)}" for name in names]
    columns += [f"cast(later.{name} as double precision)" for name in OUTCOMES]
    rows = query(
        f"select {', '.join(columns)} from {inputs} as inputs "
        f"inner join {features} as later on inputs.customer_id = later.customer_id "
        "where inputs.as_of_date = ? and later.as_of_date = ? "
        # Who objects today is learned from no more, whatever held on the date.
        f"and inputs.customer_id not in (select customer_id from {features} where not "
        f"is_profiled and as_of_date = (select max(as_of_date) from {features})) "
        "order by inputs.customer_id",
        *dates,
    )
    values = np.array(rows, dtype=np.float64)
    return values.reshape(len(rows), len(columns))
