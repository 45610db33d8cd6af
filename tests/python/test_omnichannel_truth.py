"""What was planted can be recovered from the true tables: the generator is right.

Each expectation is computed here from the definition of the process, never by the code
that drew it. Bounds are four standard errors: chance fails one test in 16,000.
"""

import math

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest

from omnichannel import Generated, generated

FIRST, LAST = pd.Timestamp("2024-01-01"), pd.Timestamp("2025-12-31")
DRIFT = pd.Timestamp("2025-10-01")
TRAITS = (
    "price_consciousness",
    "quality_focus",
    "brand_consciousness",
    "novelty_seeking",
    "convenience",
    "sustainability",
)


@pytest.fixture(scope="module")
def company() -> Generated:
    return generated()


def planted(company: Generated, quantity: str) -> dict[str, float]:
    frame = company.truth("planted")
    frame = frame[frame["quantity"] == quantity]
    return dict(zip(frame["detail"], frame["value"], strict=True))


def assert_share(hits: float, trials: float, expected: float) -> None:
    """Assert that a binomial count agrees with its probability."""
    error = math.sqrt(expected * (1 - expected) / trials)
    assert hits / trials == pytest.approx(expected, abs=4 * error)


@pytest.mark.parametrize(
    ("arm", "matches", "quantity", "detail"),
    [
        ("segmented", True, "uplift_segmented", "own theme"),
        ("segmented", False, "uplift_segmented", "other theme"),
        ("generic", True, "uplift_generic", "all"),
        ("generic", False, "uplift_generic", "all"),
    ],
)
def test_effects_of_campaigns(
    company: Generated, arm: str, matches: bool, quantity: str, detail: str
) -> None:
    drawn = company.truth("campaign_outcomes")
    drawn = drawn[(drawn["arm"] == arm) & (drawn["matches_affinity"] == matches)]
    expected = planted(company, quantity)[detail]

    assert_share(drawn["responded"].sum(), len(drawn), expected)
    column = f"uplift_{arm}"
    assert drawn[column].to_numpy() == pytest.approx(expected)


def test_nobody_orders_because_of_a_mailing_they_did_not_get(
    company: Generated,
) -> None:
    drawn = company.truth("campaign_outcomes").query("arm == 'no_contact'")

    assert len(drawn) > 20_000
    assert not drawn["responded"].any()


def test_effects_differ_by_affinity_and_not_by_recency(company: Generated) -> None:
    drawn = company.truth("campaign_outcomes").query("arm == 'segmented'")
    rates = drawn.groupby(["matches_affinity", "is_recent"])["responded"].agg(
        ["mean", "count"]
    )

    def gap(one: tuple[bool, bool], other: tuple[bool, bool]) -> float:
        first, second = rates.loc[one], rates.loc[other]
        error = math.sqrt(
            first["mean"] * (1 - first["mean"]) / first["count"]
            + second["mean"] * (1 - second["mean"]) / second["count"]
        )
        return float((first["mean"] - second["mean"]) / error)

    for matches in (True, False):
        assert abs(gap((matches, True), (matches, False))) < 4
    for is_recent in (True, False):
        assert gap((True, is_recent), (False, is_recent)) > 8


def test_arms_are_drawn_by_chance(company: Generated) -> None:
    drawn = company.truth("campaign_outcomes").query("arm != 'broadcast'")
    persons = company.truth("persons").set_index("person_id")
    for arm, share in (("segmented", 0.4), ("generic", 0.4), ("no_contact", 0.2)):
        assert_share((drawn["arm"] == arm).sum(), len(drawn), share)
        of_arm = persons.loc[drawn.loc[drawn["arm"] == arm, "person_id"]]
        rest = persons.loc[drawn.loc[drawn["arm"] != arm, "person_id"]]
        for trait in ("engagement", *TRAITS):
            gap = of_arm[trait].mean() - rest[trait].mean()
            error = of_arm[trait].std() * math.sqrt(1 / len(of_arm) + 1 / len(rest))
            assert abs(gap) < 4 * error


def test_the_reversal(company: Generated) -> None:
    drawn = company.truth("campaign_outcomes").query("arm == 'broadcast'")
    by_group = drawn.groupby(["is_recent", "campaign_id"])["responded"].mean()
    total = drawn.groupby("campaign_id")["responded"].mean()
    clicks = planted(company, "reversal_click")

    assert set(total.index) == {201, 202}
    for is_recent, group in ((True, "recent"), (False, "others")):
        # Each group clicks more than the month before ...
        assert by_group[is_recent, 202] > by_group[is_recent, 201]
        for campaign, wave in ((201, "first"), (202, "second")):
            of_group = drawn["is_recent"] == is_recent
            sent = drawn[of_group & (drawn["campaign_id"] == campaign)]
            # Three in five hundred mails bounce, and nobody clicks on those.
            expected = clicks[f"{group}, {wave}"] * (1 - 0.006)
            assert_share(sent["responded"].sum(), len(sent), expected)
    # ... and all together less.
    assert total[202] < 0.9 * total[201]


def daily_demand(company: Generated) -> pd.DataFrame:
    """Return the demand by day, for the price-conscious and for others."""
    days = pd.date_range(FIRST, LAST)
    month, weekday = (
        planted(company, quantity)
        for quantity in ("demand_of_month", "demand_of_weekday")
    )
    base = np.array([month[str(d.month)] * weekday[str(d.weekday())] for d in days])
    drift = planted(company, "drift_of_demand")
    return pd.DataFrame(
        {
            group: base * np.where(days >= DRIFT, drift[group], 1.0)
            for group in ("price-conscious", "others")
        },
        index=days,
    )


def exposures(company: Generated, demand: pd.DataFrame) -> pd.DataFrame:
    """Return by group and day how many repeat orders are expected, and how many came.

    The sum of rates of who is active has the same mean as the orders that follow, on
    every day (the compensator of a counting process).
    """
    lifetimes = company.truth("lifetimes").merge(company.truth("persons"), "left")
    own = company.truth("orders").query("caused_by.isna()")
    own = own.merge(lifetimes[["person_id", "price_consciousness", "first_order_at"]])
    found = []
    for group, of_group in lifetimes.groupby(lifetimes["price_consciousness"] > 0.5):
        name = "price-conscious" if group else "others"
        begins = (of_group["first_order_at"] - FIRST) / pd.Timedelta(days=1)
        ends = (of_group["dropped_out_at"] - FIRST) / pd.Timedelta(days=1)
        ends = ends.fillna(len(demand))
        day = np.arange(len(demand))[:, None]
        # The part of each day on which each person is active.
        active = np.clip(
            np.minimum(ends.to_numpy(), day + 1) - np.maximum(begins.to_numpy(), day),
            0,
            1,
        )
        expected = active @ of_group["weekly_rate"].to_numpy() / 7 * demand[name]
        orders = own.loc[(own["price_consciousness"] > 0.5) == group]
        is_repeat = (
            orders["ordered_at"].dt.normalize()
            != orders["first_order_at"].dt.normalize()
        )
        came = orders.loc[is_repeat, "ordered_at"].dt.normalize().value_counts()
        found.append(
            pd.DataFrame(
                {
                    "group": name,
                    "day": demand.index,
                    "expected": expected.to_numpy(),
                    "came": came.reindex(demand.index, fill_value=0).to_numpy(),
                }
            )
        )
    return pd.concat(found)


def ratio(frame: pd.DataFrame) -> tuple[float, float]:
    """Return orders over expected orders, and the standard error of that."""
    expected = frame["expected"].sum()
    return frame["came"].sum() / expected, 1 / math.sqrt(expected)


def test_rates_of_orders(company: Generated) -> None:
    found, error = ratio(exposures(company, daily_demand(company)))

    assert found == pytest.approx(1, abs=4 * error)
    assert error < 0.01


def test_seasons(company: Generated) -> None:
    demand = daily_demand(company)
    by_month = planted(company, "demand_of_month")
    flat = demand / np.array([[by_month[str(d.month)]] for d in demand.index])
    orders = exposures(company, flat)
    for month, expected in by_month.items():
        found, error = ratio(orders[orders["day"].dt.month == int(month)])
        assert found == pytest.approx(expected, abs=4 * error * expected)
    assert max(by_month.values()) > 1.3
    assert min(by_month.values()) < 0.9


@pytest.mark.parametrize("group", ["price-conscious", "others"])
def test_drift_of_the_last_quarter(company: Generated, group: str) -> None:
    drift = planted(company, "drift_of_demand")[group]
    demand = daily_demand(company)
    demand.loc[demand.index >= DRIFT, group] /= drift
    orders = exposures(company, demand).query("group == @group")

    found, error = ratio(orders[orders["day"] >= DRIFT])
    before, error_before = ratio(orders[orders["day"] < DRIFT])

    assert found == pytest.approx(drift, abs=4 * error * drift)
    assert before == pytest.approx(1, abs=4 * error_before)
    assert abs(drift - 1) > 0.09


def test_drop_out(company: Generated) -> None:
    """After each order a person stops with the own probability, the last one too."""
    lifetimes = company.truth("lifetimes")
    # Of others, the orders before the first day are not delivered.
    whole = lifetimes[lifetimes["first_order_at"] >= FIRST].copy()
    whole["stopped"] = whole["dropped_out_at"].notna()
    whole["tenth"] = pd.qcut(whole["dropout_probability"], 10, labels=False)
    for _, tenth in whole.groupby("tenth"):
        p = tenth["dropout_probability"].to_numpy()
        n = tenth["order_count"].to_numpy()
        error = math.sqrt(np.sum(n * p * (1 - p)))
        assert tenth["stopped"].sum() == pytest.approx(np.sum(n * p), abs=4 * error)
    stopped = lifetimes[lifetimes["dropped_out_at"].notna()]
    assert (stopped["dropped_out_at"] == stopped["last_order_at"]).all()


def test_first_orders_of_prospects(company: Generated) -> None:
    prospects = company.truth("prospects")
    end = LAST + pd.Timedelta(days=1)
    waited = prospects["first_order_at"].fillna(end) - prospects["known_at"]
    days = waited / pd.Timedelta(days=1)
    prospects["expected"] = prospects["daily_hazard"] * days
    prospects["came"] = prospects["first_order_at"].notna()
    prospects["half"] = pd.qcut(prospects["daily_hazard"], 4, labels=False)
    for _, part in prospects.groupby("half"):
        found, error = ratio(part)
        assert found == pytest.approx(1, abs=4 * error)


def test_order_values(company: Generated) -> None:
    """List prices of orders have the mean of their person, in euros."""
    values = company.query("""
        select
            orders.person_id,
            any_value(shop.subtotal_cents / 100.0 / rates.value) as listed
        from raw.shop_orders as shop
        inner join truth.orders as orders
            on orders.source_system = 'omni_shop' and shop.order_no = orders.order_id
        inner join truth.planted as rates
            on rates.quantity = 'units_per_euro' and shop.currency = rates.detail
        where shop.changed_at = shop.placed_at
        group by orders.person_id, shop.order_no
    """).merge(company.truth("lifetimes"))
    relative = values["listed"] / values["mean_order_value"]

    assert relative.mean() == pytest.approx(
        1, abs=4 * relative.std() / math.sqrt(len(relative))
    )
    assert relative.std() > 0.8


@pytest.mark.parametrize("trait", TRAITS)
def test_answers_tell_the_trait(company: Generated, trait: str) -> None:
    answers = company.query(f"""
        select
            records.person_id,
            avg(case when question like '%4' then 6 - points else points end) as told
        from raw.survey_answers as answers
        inner join truth.records as records
            on
                records.source_system = 'omni_survey'
                and answers.respondent = records.source_customer_id
        where question like upper('{trait[:3]}_')
        group by records.person_id
        having count(distinct question) >= 3
    """).merge(company.truth("persons"))

    ranks = answers[["told", trait]].rank()
    assert len(answers) > 1_000
    assert ranks["told"].corr(ranks[trait]) > 0.75


def test_usual_hour_and_channel_show_in_orders(company: Generated) -> None:
    orders = company.truth("orders").merge(company.truth("persons"))
    shop = orders[orders["source_system"] == "omni_shop"]
    local = shop["ordered_at"].dt.tz_localize("UTC").dt.tz_convert("Europe/Berlin")
    away = (local.dt.hour - shop["usual_hour"]).abs()

    # One order in five comes at any hour, the others spread by two hours and a bit.
    assert away.median() <= 2
    in_store = orders["source_system"] == "omni_till"
    by_channel = in_store.groupby(orders["preferred_channel"]).mean()
    assert by_channel["store"] > 0.6
    assert by_channel["web"] < 0.3


def test_planted_groups_lie_as_far_apart_as_asked() -> None:
    """Two centres differ in half of eight dimensions, by 2 x 3 / sqrt(2) / sqrt(8)."""
    company = generated(world="planted")
    persons = company.truth("persons").merge(company.truth("lifetimes"), "left")
    persons["rate"] = np.log(persons["weekly_rate"] / 0.17) / 0.75
    stop = persons["dropout_probability"]
    persons["loyalty"] = -0.4 - np.log(stop / (1 - stop))
    seen = ["rate", "loyalty", "engagement", "price_consciousness"]
    seen += ["quality_focus", "novelty_seeking"]
    centres = persons.groupby("archetype")[seen].mean()
    spread = persons.groupby("archetype")[seen].std()
    size = persons.groupby("archetype").size()

    assert len(centres) == 5
    assert centres.abs().to_numpy() == pytest.approx(
        0.75, abs=4 / math.sqrt(size.min() * 0.6)
    )
    assert spread.to_numpy() == pytest.approx(1, abs=0.07)


def test_null_world_has_no_effects_and_no_groups() -> None:
    company = generated(world="null")
    drawn = company.truth("campaign_outcomes")

    assert not drawn["responded"].any()
    assert company.truth("persons")["archetype"].isna().all()
    assert company.truth("orders")["caused_by"].isna().all()
    assert set(planted(company, "drift_of_demand").values()) == {1.0}


def test_stationary_world_stands_still() -> None:
    company = generated(customers=4_000, world="stationary")
    lifetimes = company.truth("lifetimes")
    orders = company.truth("orders").query("caused_by.isna()")
    months = orders["ordered_at"].dt.to_period("M")
    counts = months.value_counts().sort_index()
    expected = len(orders) * counts.index.days_in_month / 731

    assert len(counts) == 24
    # Chi-square with 23 degrees of freedom: above 49.7 once in a thousand.
    assert (((counts - expected) ** 2) / expected).sum() < 49.7
    assert lifetimes["dropped_out_at"].isna().all()
    assert (lifetimes["first_order_at"] < FIRST).all()
    assert company.truth("prospects").empty
    assert not (company.truth("campaign_outcomes")["arm"] == "broadcast").any()


def test_a_browser_names_its_person_where_they_logged_in(company: Generated) -> None:
    records = company.truth("records").set_index(
        ["source_system", "source_customer_id"]
    )
    logins = company.query("select distinct anon_id, shop_account from raw.web_logins")
    accounts = records.loc["omni_shop", "person_id"]
    named = pd.Series(
        accounts.reindex(logins["shop_account"]).to_numpy(), logins["anon_id"]
    )
    browsers = records.loc["omni_web"]
    visited_by = browsers["person_id"].reindex(named.index)
    own = set(named.index[visited_by.to_numpy() == named.to_numpy()])

    assert set(browsers.index[browsers["names_somebody"]]) == own
    # On some only others than the main visitor logged in.
    assert set(named.index) - own
