"""The made-up company looks like a retailer: its marginals beside public figures.

docs/omnichannel.md names the sources of the bounds.
"""

from collections.abc import Mapping

import pytest

from omnichannel import Generated, generated

# What is measured, between which values it must lie, and how.
MARGINALS: Mapping[str, tuple[float, float, str]] = {
    "share of buyers with one order": (
        0.40,
        0.60,
        """
        with buyers as (
            select person_id, count(*) as orders from truth.orders group by person_id
        )

        select avg(cast(orders = 1 as integer)) from buyers
        """,
    ),
    "median days between orders": (
        10,
        40,
        """
        with gaps as (
            select
                date_diff('day', lag(ordered_at) over (
                    partition by person_id order by ordered_at
                ), ordered_at) as days
            from truth.orders
        )

        select median(days) from gaps
        """,
    ),
    "variation of days between orders": (
        1.0,
        2.0,
        """
        with gaps as (
            select
                date_diff('day', lag(ordered_at) over (
                    partition by person_id order by ordered_at
                ), ordered_at) as days
            from truth.orders
        )

        select stddev(days) / avg(days) from gaps
        """,
    ),
    "standard deviation of the logarithm of baskets": (
        0.8,
        1.23,
        "select stddev(ln(net_eur)) from truth.orders where net_eur > 0",
    ),
    "share of revenue of the top fifth": (
        0.5,
        0.7,
        """
        with buyers as (
            select person_id, sum(net_eur) as spent from truth.orders group by person_id
        ),

        ranked as (
            select spent, percent_rank() over (order by spent desc) as place from buyers
        )

        select sum(spent) filter (place < 0.2) / sum(spent) from ranked
        """,
    ),
    "share of orders in stores": (
        0.3,
        0.7,
        "select avg(cast(source_system = 'omni_till' as integer)) from truth.orders",
    ),
    "share of online orders sent back": (
        0.08,
        0.18,
        """
        select
            (select count(*) from raw.shop_refunds where kind = 'RETURN')
            / (select count(distinct order_no) from raw.shop_orders)
        """,
    ),
    "open rate, programs included": (
        0.30,
        0.45,
        """
        with mails as (
            select
                max(cast("action" = 'O' as integer)) as is_opened
            from raw.mailing_activity
            group by subscriber, campaign
            having max(cast("action" = 'S' as integer)) = 1
        )

        select avg(is_opened) from mails
        """,
    ),
    "click rate": (
        0.015,
        0.03,
        """
        select
            count(distinct (subscriber, campaign)) filter ("action" = 'C')
            / count(distinct (subscriber, campaign)) filter ("action" = 'S')
        from raw.mailing_activity
        """,
    ),
    "unsubscribe rate": (
        0.0015,
        0.0040,
        """
        select
            count(*) filter ("action" = 'U') / count(*) filter ("action" = 'S')
        from raw.mailing_activity
        """,
    ),
    "bounce rate": (
        0.003,
        0.011,
        """
        select
            count(*) filter ("action" = 'B') / count(*) filter ("action" = 'S')
        from raw.mailing_activity
        """,
    ),
    "share of visits with one page": (
        0.25,
        0.55,
        """
        with visits as (
            select count(distinct event_key) as pages from raw.web_events group by visit
        )

        select avg(cast(pages = 1 as integer)) from visits
        """,
    ),
    "share of events on phones": (
        0.5,
        0.7,
        "select avg(cast(device = 'm' as integer)) from raw.web_events",
    ),
    "share of browsers that never say who they are": (
        0.75,
        0.97,
        """
        select 1 - avg(cast(records.source_customer_id in (
            select anon_id from raw.web_logins
        ) as integer))
        from truth.records
        where records.source_system = 'omni_web'
        """,
    ),
    "satisfaction on five stars": (
        3.6,
        4.5,
        "select avg(stars) from raw.helpdesk_tickets",
    ),
    "share of the invited who answer the survey": (
        0.1,
        0.6,
        """
        select
            count(distinct respondent) filter (outcome = 'done')
            / count(distinct respondent)
        from raw.survey_prompts
        """,
    ),
    "share that agrees to marketing by e-mail": (
        0.6,
        0.9,
        """
        select avg(cast(granted = 'yes' as integer)) from raw.survey_consents
        where channel = 'e' and purpose = 'marketing'
        """,
    ),
}


@pytest.fixture(scope="module")
def company() -> Generated:
    return generated()


@pytest.mark.parametrize("marginal", MARGINALS)
def test_marginals_are_those_of_a_retailer(company: Generated, marginal: str) -> None:
    lowest, highest, sql = MARGINALS[marginal]

    found = company.query(sql).iloc[0, 0]

    assert lowest <= found <= highest
    print(f"{marginal}: {found:.4f}")
