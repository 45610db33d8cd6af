"""`segment train power` judges layers on people and a period they did not see."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date

import duckdb
import numpy as np
import pytest

from power_panel import (
    DATES,
    TIERS,
    Known,
    Row,
    changed,
    fill,
    make_rows,
    open_panel,
    share_by_customer,
    table_rows,
)
from segmentation.train.errors import TrainingRefusedError
from segmentation.train.power import LayerPower, Power, measure_power
from segmentation.train.power.additive import both_of, first_of
from segmentation.train.power.grid import GRID
from segmentation.train.power.origins import (
    Origin,
    Period,
    TimeOverlapError,
    find_origins,
)
from segmentation.train.power.publish import check_power
from segmentation.train.power.variance import (
    Drawn,
    by_code,
    by_nothing,
    errors_of,
)


def drawn(spend: dict[str, list[float]], codes: Sequence[str] = ()) -> Drawn:
    """Return the sums of one draw."""
    found = [np.array(spend.get(code, [])) for code in codes or sorted(spend)]
    return Drawn(
        np.array([[float(len(values)) for values in found]]),
        np.array([[(values**2).sum() for values in found]]),
        np.array([[[values.sum()] for values in found]]),
    )


def test_share_equals_a_calculation_by_hand() -> None:
    codes = ("a", "b", "new")
    learned = drawn({"a": [10, 20], "b": [40]}, codes)
    applied = drawn({"a": [12, 18], "b": [50], "new": [30]}, codes)
    errors = errors_of(learned, applied, by_code, by_nothing)
    # Means 15, 40 and, for who is new, 70/3: 9 + 9 + 100 + (20/3)^2 = 1462/9.
    assert errors.model[0] == pytest.approx(1462 / 9)
    # All from 70/3: (34^2 + 16^2 + 80^2 + 20^2) / 9 = 8212/9.
    assert errors.reference[0] == pytest.approx(8212 / 9)
    assert errors.explained[0] == pytest.approx(1 - 1462 / 8212)


def test_in_one_period_it_is_the_r2_of_least_squares_on_dummies() -> None:
    random_ = np.random.default_rng(3)
    first, second = random_.integers(0, 4, 400), random_.integers(0, 3, 400)
    outcome = np.stack([first * 2.0 + second**2, second - first], axis=1)
    outcome = outcome + random_.normal(0, 2, outcome.shape)

    def left(*codes: np.ndarray) -> float:
        dummies = [np.ones((400, 1)), *(code[:, None] == range(4) for code in codes)]
        design = np.hstack(dummies)
        fitted = design @ np.linalg.lstsq(design, outcome, rcond=None)[0]
        return float(((outcome - fitted) ** 2).sum())

    pairs = tuple((str(a), str(b)) for a in range(4) for b in range(3))
    cells = [(first == int(a)) & (second == int(b)) for a, b in pairs]
    sums = Drawn(
        np.array([[float(cell.sum()) for cell in cells]]),
        np.array([[(outcome[cell] ** 2).sum() for cell in cells]]),
        np.array([[outcome[cell].sum(axis=0) for cell in cells]]),
    )
    tier = errors_of(sums, sums, first_of(pairs), by_nothing)
    both = errors_of(sums, sums, both_of(pairs), first_of(pairs))
    assert tier.explained[0] == pytest.approx(1 - left(first) / left())
    assert both.explained[0] == pytest.approx(1 - left(first, second) / left(first))


def test_a_behaviour_that_was_never_seen_is_predicted_by_its_tier() -> None:
    pairs = (("gold", "a"), ("gold", "b"), ("gold", "new"), ("basic", "a"))
    sums = Drawn(
        np.array([[2.0, 2.0, 0.0, 4.0]]),
        np.zeros((1, 4)),
        np.array([[[20.0], [40.0], [0.0], [12.0]]]),
    )
    predicted = both_of(pairs)(sums)[0, :, 0]
    # Gold buys for 10 with a and 20 with b, basic with a for 3.
    assert predicted == pytest.approx([10, 20, 15, 3])


def test_quarters_are_walked_back_from_the_last_month_end() -> None:
    ends = [date(2024, 12, 31), date(2024, 11, 30), date(2024, 10, 31)]
    ends += [date(2024, 9, 30), date(2024, 6, 30), date(2024, 7, 31)]
    # 2 April is 89 days before 30 June.
    ends += [date(2024, 4, 2), date(2024, 3, 31)]
    assert find_origins(ends) == (
        Origin(
            Period(date(2024, 3, 31), date(2024, 6, 30)),
            Period(date(2024, 6, 30), date(2024, 9, 30)),
        ),
        Origin(
            Period(date(2024, 6, 30), date(2024, 9, 30)),
            Period(date(2024, 9, 30), date(2024, 12, 31)),
        ),
    )
    assert find_origins(ends[:4]) == ()


def test_what_is_learned_must_be_over_when_judging_starts() -> None:
    early = Period(date(2024, 3, 31), date(2024, 6, 30))
    with pytest.raises(TimeOverlapError, match="expected one that is over by then"):
        Origin(early, Period(date(2024, 6, 29), date(2024, 9, 30)))
    with pytest.raises(TimeOverlapError, match="an end after the start"):
        Period(date(2024, 6, 30), date(2024, 6, 30))


def test_the_published_grid_has_eleven_names_for_all_cells() -> None:
    assert set(GRID) == {f"{r}{fm}" for r in range(1, 6) for fm in range(1, 6)}
    assert len(set(GRID.values())) == 11
    # Corners of the chart.
    assert [GRID[cell] for cell in ("55", "51", "15", "11")] == [
        "champions",
        "recent_customers",
        "cannot_lose_them",
        "lost",
    ]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return make_rows()


@pytest.fixture(scope="module")
def measure(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Power]:
    """Return the function that measures a panel of rows; further SQL comes before."""
    folder = tmp_path_factory.mktemp("panel")

    def measured(rows: Sequence[Row], *further: str) -> Power:
        with duckdb.connect() as connection:
            fill(connection, table_rows(rows), folder)
            for sql in further:
                connection.execute(sql)
            return measure_power(open_panel(connection))

    return measured


@pytest.fixture(scope="module")
def power(measure: Callable[..., Power], rows: list[Row]) -> Power:
    return measure(rows)


def layer(power: Power, name: str) -> LayerPower:
    found = power.of(name)
    assert found is not None
    return found


def expected_share(
    rows: Iterable[Row], code: Callable[[Row], str], *, is_observed: bool = False
) -> float:
    """Calculate the share over both origins customer by customer."""
    known: dict[date, Known] = defaultdict(dict)
    for row in rows:
        is_judged = row.customer_type == "buyer" and row.is_profiled
        if is_observed and code(row) == "not_observed":
            is_judged = False
        name = code(row) if is_judged else None
        is_buyer = row.customer_type == "buyer" and row.is_profiled
        known[row.as_of_date][row.customer_id] = (name, is_buyer, row.revenue)
    return share_by_customer(known, DATES)


def test_layers_equal_a_calculation_customer_by_customer(
    power: Power, rows: list[Row]
) -> None:
    codes: dict[str, Callable[[Row], str]] = {
        "value_tier": lambda row: row.value_tier,
        "primary": lambda row: row.primary_segment,
        "lifecycle": lambda row: row.lifecycle,
        "demographic": lambda row: row.demographic,
        "rfm_grid": lambda row: GRID[
            f"{row.recency_score}{row.frequency_monetary_score}"
        ],
    }
    found = {}
    for name, code in codes.items():
        estimate = layer(power, name).overall
        assert estimate is not None
        assert estimate.value == pytest.approx(expected_share(rows, code)), name
        assert estimate.low < estimate.value < estimate.high
        found[name] = estimate.value
    observed = layer(power, "demographic").observed
    assert observed is not None
    assert observed.value == pytest.approx(
        expected_share(rows, codes["demographic"], is_observed=True)
    )
    assert layer(power, "lifecycle").observed is None
    assert power.ratio is not None
    assert power.ratio.value == pytest.approx(found["value_tier"] / found["rfm_grid"])
    assert [row.people for row in power.origins] == [1130, 1130]


def test_random_codes_explain_nothing(power: Power) -> None:
    for name in ("psychographic", "behavior"):
        null = layer(power, name)
        assert len(null.by_origin) == 2
        for estimate in (null.overall, *null.by_origin):
            assert estimate is not None
            assert abs(estimate.value) < 0.02
            assert estimate.low < 0 < estimate.high


def test_codes_that_mean_something_are_told_from_nothing(power: Power) -> None:
    estimate = layer(power, "value_tier").overall
    assert estimate is not None
    assert estimate.low > 0.4


def test_a_feature_that_contains_the_outcome_is_caught(
    measure: Callable[..., Power], rows: list[Row]
) -> None:
    bounds = np.quantile([row.later for row in rows], [0.2, 0.4, 0.6, 0.8])

    def leak(row: Row) -> str:
        return f"later_{np.searchsorted(bounds, row.later)}"

    found = measure(changed(rows, demographic=leak))
    leaking = layer(found, "demographic")
    assert leaking.looks_ahead
    # It would have led by far.
    assert expected_share(changed(rows, demographic=leak), leak_code) > 0.5
    assert leaking.overall is None
    assert leaking.by_origin == (None, None)
    assert leaking.reason == "knows what it should predict"
    honest = [row.layer.name for row in found.layers if not row.looks_ahead]
    assert len(honest) == len(found.layers) - 1
    with pytest.raises(TrainingRefusedError, match="a layer 'demographic'"):
        check_power(found)


def leak_code(row: Row) -> str:
    return row.demographic


def test_honest_layers_pass(power: Power) -> None:
    assert not [row.layer.name for row in power.layers if row.looks_ahead]
    check_power(power)


def test_newcomers_make_no_honest_layer_suspicious(
    measure: Callable[..., Power], rows: list[Row]
) -> None:
    """Half come on the last day of a quarter, of which their spend says nothing."""
    came = DATES[1]
    grown = [
        replace(row, revenue=1.0, revenue_90d=1.0)
        if row.as_of_date == came and int(row.customer_id[1:]) % 2
        else row
        for row in rows
        if row.as_of_date >= came or int(row.customer_id[1:]) % 2 == 0
    ]
    fewer = [row for row in rows if row.as_of_date == came]
    bounds = np.quantile([row.pace for row in fewer], [0.2, 0.4, 0.6, 0.8])
    stated = changed(
        [*grown, *more_buyers(grown)],
        demographic=lambda row: f"class_{np.searchsorted(bounds, row.pace)}",
    )
    found = layer(measure(stated), "demographic")
    assert not found.looks_ahead
    assert found.overall is not None


def more_buyers(rows: Sequence[Row]) -> list[Row]:
    """Return as many customers again, that the first date has enough of them."""
    return changed(rows, customer_id=lambda row: f"d{row.customer_id[1:]}")


def test_baseline_tiers_are_as_large_as_value_tiers(
    measure: Callable[..., Power], rows: list[Row]
) -> None:
    """Whatever value tiers are cut by, a feature is cut into as many of their sizes."""
    shuffled = random.Random(5)

    def deal(row: Row) -> str:
        # A tier that is empty on one date must not shift those beneath it.
        silver = 0 if row.as_of_date == DATES[1] else 15
        return shuffled.choices(TIERS, [5, 10, silver, 20, 25, 25])[0]

    dealt = changed(rows, value_tier=deal)
    buyers = [r for r in dealt if r.customer_type == "buyer" and r.is_profiled]

    def places(amount: Callable[[Row], float]) -> dict[tuple[date, str], str]:
        found = {}
        for day in DATES:
            here = [row for row in buyers if row.as_of_date == day]
            sizes = Counter(row.value_tier for row in here)
            here.sort(key=lambda row: -amount(row))
            held = [tier for tier in TIERS if sizes[tier]]
            ends = np.cumsum([sizes[tier] for tier in held])
            least = [amount(here[end - 1]) for end in ends]
            for row in here:
                found[day, row.customer_id] = next(
                    tier
                    for tier, cut in zip(held, least, strict=True)
                    if amount(row) >= cut
                )
        return found

    power = measure(
        dealt,
        "alter table features__customers add column expected_revenue_90d "
        "numeric(18, 2)",
        "update features__customers set expected_revenue_90d = revenue",
    )
    for name, amount in (
        ("spend_tiers", lambda row: row.revenue_90d),
        ("expected_tiers", lambda row: row.revenue),
    ):
        found = layer(power, name)
        assert found.codes == len(TIERS)
        assert found.overall is not None
        known = places(amount)

        def place(row: Row, known: dict[tuple[date, str], str] = known) -> str:
            return known[row.as_of_date, row.customer_id]

        assert found.overall.value == pytest.approx(expected_share(buyers, place))


def test_dates_scored_with_what_was_learned_later_are_left_out(
    measure: Callable[..., Power], rows: list[Row], power: Power
) -> None:
    found = measure(
        rows,
        "create table features__value as select customer_id, as_of_date, "
        f"as_of_date = date '{DATES[0]}' as is_in_sample from features__customers",
    )
    for name in ("value_tier", "primary"):
        now, before = layer(found, name), layer(power, name)
        assert now.by_origin == (None, before.by_origin[1])
        assert now.overall == before.by_origin[1]
    assert layer(found, "lifecycle") == layer(power, "lifecycle")
    every = measure(
        rows,
        "create table features__value as select customer_id, as_of_date, "
        "true as is_in_sample from features__customers",
    )
    assert layer(every, "value_tier").reason == "scored with later parameters"
    assert every.ratio is None


def test_values_without_a_history_are_marked(power: Power) -> None:
    stated = next(row.layer for row in power.layers if row.layer.name == "demographic")
    with duckdb.connect() as connection:
        for is_dated in (True, False):
            connection.execute(
                "create or replace table measurement__source_audit as select "
                "'customer_attributes' as entity, true as is_mapped, "
                f"{is_dated} as is_point_in_time"
            )
            assert open_panel(connection).is_undated(stated) == (not is_dated)


def test_the_order_of_rows_changes_nothing(
    measure: Callable[..., Power], rows: list[Row], power: Power
) -> None:
    shuffled = list(rows)
    random.Random(2).shuffle(shuffled)
    assert measure(shuffled) == power


def test_a_layer_of_one_code_and_a_short_or_small_panel_are_said(
    measure: Callable[..., Power], rows: list[Row], power: Power
) -> None:
    assert layer(power, "rfm").reason == "one code for all"
    short = measure(
        rows,
        f"delete from features__as_of_dates where as_of_date < date '{DATES[2]}'",
    )
    small = measure([row for row in rows if int(row.customer_id[1:]) < 520])
    for empty in (short, small):
        assert empty.origins == ()
        with pytest.raises(TrainingRefusedError, match="no date to judge at"):
            check_power(empty)
