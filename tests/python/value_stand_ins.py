"""Tables that stand in for what the models of value read, on either engine."""

from collections.abc import Iterable, Sequence
from datetime import date

from dbt_project import REPOSITORY, DbtProject
from segmentation.connections import open_duckdb, open_postgres
from segmentation.profiles import load_profile
from segmentation.train.value.seed_files import SEEDS
from segmentation.train.value.seed_rows import Rows

INPUTS = (
    *("days_since_first_seen", "session_count_30d", "session_count_90d"),
    *("page_count_90d", "product_use_count_90d", "message_open_count_90d"),
    *("message_click_count_90d", "has_message", "has_visited"),
    "days_since_last_visit",
)
TEXTS = {"dataset", "version", "purchase_model", "order_value_model"}
TEXTS |= {"tier_measure", "seed_fingerprint", "feature"}
TYPES = {"trained_through": "date", "node_number": "int", "node_count": "int"}


def run(project: DbtProject, stand_ins: Iterable[str], selected: Sequence[str]) -> None:
    """Build models on what stands in for what they read."""
    profile = load_profile(REPOSITORY, REPOSITORY, project.target)
    if project.target == "postgres":
        with open_postgres(profile) as connection:
            for statement in stand_ins:
                connection.cursor().execute(statement)
    else:
        with open_duckdb(profile) as session:
            for statement in stand_ins:
                session.execute(statement)
    result = project.dbt("run", "--select", *selected)
    assert result.success, result.ending


def seeds_and_dates(rows: Sequence[Rows], days: Sequence[date]) -> Iterable[str]:
    """Stand in for the seeds, whose rows are in their order, and the dates."""
    yield "drop schema if exists main_internal cascade"
    yield "create schema main_internal"
    for (seed, header), seeded in zip(SEEDS.items(), rows, strict=True):
        columns = ", ".join(
            f"{c} {'text' if c in TEXTS else TYPES.get(c, 'double precision')}"
            for c in header
        )
        yield f"create table main_internal.{seed.stem} ({columns})"
        values = ", ".join(
            "(" + ", ".join(f"'{v}'" if v else "null" for v in row) + ")"
            for row in seeded
        )
        if values:
            yield f"insert into main_internal.{seed.stem} values {values}"
    yield "create schema if not exists main"
    yield "drop table if exists main.features__as_of_dates"
    listed = ", ".join(f"(date '{day}')" for day in days)
    for schema, prefix in (("main", ""), ("main_internal", "int_")):
        yield (
            f"create table {schema}.{prefix}features__as_of_dates as "
            f"select d as as_of_date from (values {listed}) as v (d)"
        )


def buyers(people: Iterable[tuple[str, int, int, int, float]]) -> Iterable[str]:
    """Stand in for purchases at each date: name, returns, recency, age and revenue."""
    rows = ", ".join(
        f"('{name}', {x}, {recency}, {age}, {amount:.2f})"
        for name, x, recency, age, amount in people
    )
    yield (
        "create table main_internal.int_features__purchases as select "
        "cast(c as varchar(40)) as customer_id, as_of_date, "
        "cast(x as bigint) as gap_count, cast(t as bigint) as gap_days, "
        "cast(age as bigint) as tenure_days, cast(m as numeric(18, 2)) as net_amount, "
        "cast(m as numeric(18, 2)) as net_amount_90d, 1 as order_count, "
        "cast(null as numeric(18, 2)) as margin_amount "
        f"from (values {rows}) as v (c, x, t, age, m) "
        "cross join main_internal.int_features__as_of_dates"
    )
    yield (
        "create table main_internal.int_features__purchase_sums as "
        "select * from main_internal.int_features__purchases"
    )
    yield (
        "create table main_internal.int_features__population as "
        "select customer_id, as_of_date, true as is_profiled "
        "from main_internal.int_features__purchases"
    )


def prospects(people: Iterable[tuple[str, Sequence[int | None]]]) -> Iterable[str]:
    """Stand in for prospects at each date: name and inputs."""
    rows = ", ".join(
        "("
        + ", ".join([f"'{name}'", *("null" if i is None else str(i) for i in counts)])
        + ")"
        for name, counts in people
    )
    columns = ", ".join(f"cast({name} as bigint) as {name}" for name in INPUTS)
    yield (
        "create table main_internal.int_features__prospects as select "
        f"cast(c as varchar(40)) as customer_id, as_of_date, {columns} "
        f"from (values {rows}) as v (c, {', '.join(INPUTS)}) "
        "cross join main_internal.int_features__as_of_dates"
    )
