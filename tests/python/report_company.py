"""A served file of a made-up company, deterministic, for tests of the report."""

from pathlib import Path

import duckdb

from report_answers import ANSWER_TABLES, ANSWERS

HOSTILE = "<script>alert('x')</script> & \"quoted\""

SCHEMA = """
create table _release (
    run_id text, released_at timestamp, as_of_date date, content_hash text,
    versions text
);
create table features__as_of_dates (
    as_of_date date, is_current boolean, is_month_end boolean
);
create table features__customers (
    customer_id text, as_of_date date, customer_type text, is_profiled boolean,
    first_seen_date date, tenure_days bigint, first_order_date date,
    last_order_date date, days_since_last_order bigint, order_count bigint,
    order_count_90d bigint, revenue decimal(18, 2), revenue_30d decimal(18, 2),
    revenue_90d decimal(18, 2), revenue_365d decimal(18, 2),
    window_status_30d text, window_status_90d text, window_status_365d text,
    average_order_value decimal(18, 2), discount_share double, refund_rate double,
    mean_gap_days double, overdue_ratio double, revenue_trend_90d double,
    online_order_share double, weekend_order_share double,
    product_count bigint, category_count bigint,
    age_band text, income_band text, region text,
    recency_score integer, frequency_score integer
);
create table segments__definitions (
    segment_set text, segment_code text, segment_label text, priority integer,
    value_order integer, rule_text text, origin text, definition_version text,
    sensitive_basis text, is_sensitive boolean
);
create table segments__playbook (
    segment_set text, segment_code text, segment_label text, description text,
    recommended_action text, to_do text, to_avoid text, offer text, owner text,
    next_test text, review_date date
);
create table segments__memberships (
    customer_id text, as_of_date date, primary_segment text, value_tier text
);
create table segments__gates (
    gate text, segment_set text, segment_code text, status text, observed double,
    bound double, message text
);
create table measurement__source_audit (
    entity text, source_system text, is_mapped boolean, row_count bigint,
    kept_count bigint, duplicate_count bigint, corrected_count bigint,
    excluded_count bigint, quarantined_count bigint, first_event_date date,
    last_event_date date, effect_when_missing text
);
"""

COMPANY = """
insert into _release values (
    'run-7', timestamp '2018-01-02 04:05:06', date '2017-12-31', 'abc', '{}'
);
insert into features__as_of_dates
select day, day = date '2017-12-31', true
from (
    select last_day(date '2017-12-01' - interval (m) month) as day
    from range(:months) as months (m)
);
create temp table people as
select
    printf('c%05d', i) as customer_id,
    (hash(i * 7 + 1) % 1000) / 1000.0 as pace,
    (hash(i * 7 + 2) % 1000) / 1000.0 as taste,
    (hash(i * 7 + 3) % 1000) / 1000.0 as luck,
    i % 32 = 5 as is_prospect,
    case
        when hash(i * 7 + 4) % 10 < 8 then 0 else hash(i * 7 + 5) % 330
    end as start_day,
    case
        when hash(i * 7 + 6) % 10 < 7 then 400 else hash(i * 7 + 8) % 365
    end as end_day
from range(:customers) as numbers (i);
create temp table orders as
select
    customer_id,
    date '2017-01-01' + cast(d as integer) as order_date,
    cast(
        (4 + 60 * pace * pace + 12 * taste)
        * (0.4 + (hash(customer_id, d, 'size') % 1000) / 800.0)
        as decimal(18, 2)
    ) as amount,
    hash(customer_id, d, 'web') % 1000 < 1000 * taste * taste as is_online,
    hash(customer_id, d, 'sku') % 97 as product,
    taste
from people, range(365) as days (d)
where not is_prospect
    and d >= start_day
    and d < end_day
    and (hash(customer_id, d, 'order') % 1000) / 1000.0 < 0.005 + 0.16 * pace * pace;
create temp table panel as
select
    dates.as_of_date,
    people.customer_id,
    count(orders.order_date) as order_count,
    min(order_date) as first_order_date,
    max(order_date) as last_order_date,
    coalesce(sum(amount), 0) as revenue,
    coalesce(sum(amount) filter (order_date > as_of_date - 30), 0) as revenue_30d,
    coalesce(sum(amount) filter (order_date > as_of_date - 90), 0) as revenue_90d,
    count(order_date) filter (order_date > as_of_date - 90) as order_count_90d,
    avg(cast(is_online as integer)) as online_order_share,
    avg(cast(isodow(order_date) > 5 as integer)) as weekend_order_share,
    count(distinct product) as product_count,
    any_value(people.taste) as taste,
    any_value(people.luck) as luck,
    any_value(is_prospect) as is_prospect,
    any_value(date '2017-01-01' + cast(start_day as integer)) as start_date
from features__as_of_dates as dates
cross join people
left join orders
    on people.customer_id = orders.customer_id and orders.order_date <= as_of_date
group by all
having count(orders.order_date) > 0 or (is_prospect and start_date <= as_of_date);
insert into features__customers
select
    customer_id, as_of_date,
    case when order_count > 0 then 'buyer' else 'prospect' end,
    hash(customer_id) % 90 <> 0,
    start_date, as_of_date - start_date, first_order_date, last_order_date,
    as_of_date - last_order_date, order_count, order_count_90d, revenue, revenue_30d,
    revenue_90d,
    case when as_of_date >= date '2017-12-31' then revenue end,
    'observed', 'observed',
    case
        when as_of_date >= date '2017-12-31' then 'observed'
        else 'window_not_observed'
    end,
    case when order_count > 0 then cast(revenue / order_count as decimal(18, 2)) end,
    0.05 + 0.3 * luck, 0.0,
    case
        when order_count > 1
            then (last_order_date - first_order_date) / (order_count - 1)
    end,
    null,
    case when revenue > 0 then revenue_90d / revenue - 0.4 end,
    online_order_share, weekend_order_share, product_count, product_count // 9,
    case hash(customer_id, 'age') % 4
        when 0 then 'unknown' when 1 then '19-24' when 2 then '35-44' else '65+'
    end,
    'unknown', 'unknown',
    case
        when order_count > 0 then 5 - cast(
            least((as_of_date - last_order_date) // 12, 4) as integer
        )
    end,
    case
        when order_count > 0
            then 1 + cast(least(order_count_90d // 3, 4) as integer)
    end
from panel;
insert into segments__memberships
select
    customer_id, as_of_date,
    case
        when customer_type = 'prospect' then 'prospect'
        when days_since_last_order > 90 then 'lapsed'
        when as_of_date - first_order_date < 30 and hash(customer_id) % 4 = 0
            then 'new'
        when frequency_score = 5 and revenue_90d > 250 then 'best'
        when days_since_last_order > 45 then 'slipping'
        when discount_share > 0.25 then 'deal_seekers'
        when order_count_90d > 2 then 'steady'
        else 'otherwise'
    end,
    case
        when customer_type = 'prospect' then 'no_orders'
        when revenue_90d = 0 then 'dormant'
        when place <= 0.05 then 'platinum'
        when place <= 0.15 then 'gold'
        when place <= 0.30 then 'silver'
        when place <= 0.50 then 'bronze'
        else 'basic'
    end
from (
    select
        *,
        percent_rank() over (
            partition by as_of_date order by revenue_90d desc, customer_id
        ) as place
    from features__customers
);
"""

COPY = """
insert into segments__definitions (
    segment_set, segment_code, segment_label, priority, value_order, rule_text
) values
('primary', 'best', 'Best', 10, 1,
    'frequency score is 5 and revenue 90d is above 250'),
('primary', 'steady', 'Steady', 60, 2, 'behavior is regular'),
('primary', 'deal_seekers', :hostile, 50, 3, 'discount share is above 0.25'),
('primary', 'new', 'New', 20, 4, 'tenure days is below 30'),
('primary', 'slipping', 'Slipping', 40, 5, 'days since last order is above 45'),
('primary', 'lapsed', 'Lapsed', 30, 6, 'days since last order is above 90'),
('primary', 'prospect', 'Prospect', 5, 7, 'customer type is prospect'),
('primary', 'otherwise', 'Everybody else', 999, 8, 'no rule above holds'),
('behavior', 'regular', 'Regular', 1, 1, 'order count 90d is above 2'),
('value_tier', 'platinum', 'Platinum', 1, 1, 'top 5% of buyers by spend'),
('value_tier', 'gold', 'Gold', 2, 2, 'next 10%'),
('value_tier', 'silver', 'Silver', 3, 3, 'next 15%'),
('value_tier', 'bronze', 'Bronze', 4, 4, 'next 20%'),
('value_tier', 'basic', 'Basic', 5, 5, 'the rest that spent'),
('value_tier', 'dormant', 'Dormant', 6, 6, 'spent nothing'),
('value_tier', 'no_orders', 'No orders', 7, 7, 'never ordered'),
('value_tier', 'not_profiled', 'Not profiled', 8, 8, 'objected to profiling');
update segments__definitions set
    origin = case when segment_code = 'otherwise' then 'reserved' else 'rule' end,
    is_sensitive = false;
insert into segments__playbook (
    segment_set, segment_code, segment_label, description, recommended_action
) values
('primary', 'best', 'Best', 'Shop weekly and spend most.', 'Thank, never discount.'),
('primary', 'steady', 'Steady', 'Come back regularly.', 'Suggest one category more.'),
('primary', 'deal_seekers', 'Deals', :hostile, 'Offer bundles instead of cuts.'),
('primary', 'slipping', 'Slipping', 'Ordered often, now quiet.', 'Ask why.'),
('primary', 'lapsed', 'Lapsed', 'No order for a quarter.', 'One win-back, then rest.');
insert into segments__gates values
('partition', 'primary', null, 'pass', 0, 0, 'every customer has one code'),
('size_share', 'primary', 'new', 'warn', .002, .03, 'at least 3% of customers'),
('otherwise_share', 'primary', 'otherwise', 'fail', .4, .3, 'at most 30% left over'),
('value_order_later', 'primary', '2', 'pass', 210, 690, 'spend falls by place'),
('stability', 'primary', null, 'not_evaluable', null, null, 'needs two versions');
insert into measurement__source_audit values
('orders', 'shop', true, 61234, 61200, 20, 3, 7, 12, '2017-01-01', '2017-12-31', null),
('products', 'shop', true, 97, 97, 0, 0, 0, 0, null, null, ''),
('events', 'none', false, 0, 0, 0, 0, 0, 0, null, null, 'No web behaviour.'),
('consents', 'none', false, 0, 0, 0, 0, 0, 0, null, null, 'No export is allowed.');
"""

ONE_CUSTOMER = """
insert into _release values (
    'run-1', timestamp '2018-01-02 04:05:06', date '2017-12-31', 'abc', '{}'
);
insert into features__as_of_dates values ('2017-12-31', true, true);
insert into features__customers (
    customer_id, as_of_date, customer_type, is_profiled, first_order_date, order_count,
    order_count_90d, revenue, revenue_30d, revenue_90d, window_status_30d,
    window_status_90d, window_status_365d, recency_score, frequency_score
) values (
    'c1', '2017-12-31', 'buyer', true, '2017-12-31', 1, null, 12.5, null, null,
    'window_not_observed', 'window_not_observed', 'window_not_observed', 5, 5
);
insert into segments__memberships values ('c1', '2017-12-31', 'best', 'platinum');
"""


def write_tables(path: Path) -> Path:
    """Write a served file whose tables are all empty."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(SCHEMA)
        connection.execute(ANSWER_TABLES)
    return path


def write_one_customer(path: Path) -> Path:
    """Write a served file of one customer with one order."""
    write_tables(path)
    with duckdb.connect(str(path)) as connection:
        connection.execute(ONE_CUSTOMER)
        connection.execute(_filled(COPY))
        connection.execute("delete from measurement__source_audit")
    return path


def write_company(path: Path, months: int = 10, customers: int = 2000) -> Path:
    """Write a served file of a company at its last month ends of 2017.

    Args:
        path: File to write.
        months: Number of month ends, the last one the current date.
        customers: People who are known at the end.
    """
    write_tables(path)
    with duckdb.connect(str(path)) as connection:
        connection.execute(_filled(COMPANY, months=months, customers=customers))
        connection.execute(_filled(COPY))
        connection.execute(_filled(ANSWERS))
    return path


def write_without_consents(path: Path) -> Path:
    """Write the company's file of one month end as it is without consents."""
    write_company(path, months=1)
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "update segments__reach set status = 'no_consents', reach_rate = null, "
            "reachable_count = null, detectable_difference = null"
        )
        connection.execute(
            "update segments__scorecard set access_verdict = 'not_evaluable'"
        )
    return path


def write_older(path: Path) -> Path:
    """Write a file of one month end as a version without the last tables did."""
    write_company(path, months=1)
    with duckdb.connect(str(path)) as connection:
        for table in ("reach", "scorecard", "scorecard_factors", "profiles"):
            connection.execute(f"drop table segments__{table}")
        connection.execute("drop table activation__treatment")
        for table in (
            *("segment_months", "validation", "campaign_changes", "budget_allocation"),
            *("business_case", "experiments", "experiment_results", "drift", "advice"),
        ):
            connection.execute(f"drop table measurement__{table}")
        connection.execute("alter table segments__playbook drop column owner")
    return path


def _filled(sql: str, months: int = 0, customers: int = 0) -> str:
    quoted = HOSTILE.replace("'", "''")
    return (
        sql.replace(":months", str(months))
        .replace(":customers", str(customers))
        .replace(":hostile", f"'{quoted}'")
    )
