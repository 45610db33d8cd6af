"""The toy project with forecasts and clusters that a test writes, to be sealed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

from dbt_project import REPOSITORY, DbtProject
from memberships_toy import build_and_publish, memberships_project
from segmentation.release.publish import publish

SHARED = {
    **{
        f"models/measurement/{name}.{suffix}": "models"
        for name in (
            "measurement__forecasts",
            "measurement__seals",
            "int_measurement__sealed_content",
        )
        for suffix in ("sql", "yml")
    },
    **{
        f"macros/{name}.sql": "macros"
        for name in (
            "input/row_hash",
            "measurement/forecast_hash",
            "platforms/sha256_hex",
            "identity/hash_number",
            "types/binary_order",
            "types/literals",
            "rules/condition_sql",
        )
    },
    "tests/integrity/integrity_seals_hold.sql": "tests",
    "seeds/forecast_roots.yml": "seeds",
    "seeds/cluster_labels.yml": "seeds",
}
LABELS = "dataset,set_name,cluster_id,segment_code,segment_label"
FORECASTS = (
    "customer_id,primary_segment,value_tier,order_probability,expected_orders,"
    "orders_variance,expected_revenue,revenue_variance,quarter,as_of_date,"
    "quarter_start_date,quarter_end_date,quarter_starts_at"
)
# Builds of the toy know nothing of each other.
NO_RUN = "{% macro open_run_row() %}{{ return(none) }}{% endmacro %}"
SEEDS = """
seeds:
  - name: forecast_rows
    config:
      column_types:
        {customer_id: text, primary_segment: text, value_tier: text, quarter: text,
          order_probability: double precision, expected_orders: double precision,
          orders_variance: double precision, expected_revenue: "numeric(18, 2)",
          revenue_variance: double precision, as_of_date: date,
          quarter_start_date: date, quarter_end_date: date,
          quarter_starts_at: timestamp}
"""
MADE = """
select
    *,
    {{ segmentation.forecast_hash() }} as row_hash,
    false as is_over
from (
    select *, cast('v1' as {{ dbt.type_string() }}) as value_version
    from {{ ref('forecast_rows') }}
) as made
"""
ROW = "{},best,gold,{},{},0.5,{},9.25,{},2025-03-26,{},2025-06-30,{}"


def sealing_project(folder: Path) -> DbtProject:
    """Copy the toy project, with the real forecasts and seals, into a folder."""
    toy = memberships_project(folder)
    for name, goal in SHARED.items():
        source = REPOSITORY / name
        (toy.project_dir / goal / source.name).write_text(source.read_text())
    models = toy.project_dir / "models"
    (models / "int_measurement__quarter_forecasts.sql").write_text(MADE)
    (toy.project_dir / "macros" / "open_run_row.sql").write_text(NO_RUN)
    settings = toy.project_dir / "dbt_project.yml"
    settings.write_text(settings.read_text() + "  segmentation_dataset: teahouse\n")
    seeds = toy.project_dir / "seeds"
    (seeds / "forecast_rows.yml").write_text(SEEDS)
    write_labels(toy, {1: "night_owls", 2: "early_birds"})
    write_roots(toy)
    return toy


def write_forecasts(
    project: DbtProject, quarter: str, starts: str, **expected: float
) -> None:
    """Write what the next build expects of customers in a quarter.

    Args:
        project: The toy.
        quarter: Its code.
        starts: Its first day, which begins at midnight UTC.
        expected: Orders per customer.
    """
    rows = [
        ROW.format(name, orders / 10, orders, 50 * orders, quarter, starts, starts)
        for name, orders in expected.items()
    ]
    _write(project, "forecast_rows", [FORECASTS, *rows])


def write_labels(project: DbtProject, codes: Mapping[int, str]) -> None:
    """Write the codes of clusters of the set `behavior`."""
    rows = [f"teahouse,behavior,{i},{code},Some" for i, code in codes.items()]
    _write(project, "cluster_labels", [LABELS, *rows])


def write_roots(project: DbtProject, *lines: str) -> None:
    """Write the committed roots."""
    _write(project, "forecast_roots", ["dataset,quarter,root,sealed_at", *lines])


def publish_at(project: DbtProject, as_of_date: str, moment: str) -> str:
    """Build and publish while the clock of publishing stands still."""
    at = partial(publish, clock=lambda: datetime.fromisoformat(moment))
    with (
        mock.patch("segmentation.dbt_plugin.publish", at),
        mock.patch("segmentation.release.from_artifacts.publish", at),
    ):
        return build_and_publish(project, as_of_date)


def complaints(project: DbtProject) -> list[str]:
    """What the check of seals says now."""
    name = "integrity_seals_hold"
    project.dbt("test", "--select", name)
    [path] = (project.artifacts / "compiled").glob(f"**/{name}.sql")
    return [message for (message,) in project.query(path.read_text())]


def rows(project: DbtProject, table: str, columns: Sequence[str]) -> list[Any]:
    """Columns of a recorded table, sorted."""
    schema = "publishing_ledger" if project.target else "main_ledger"
    order = ", ".join(str(i) for i, _ in enumerate(columns, 1))
    return project.query(
        f"select {', '.join(columns)} from {schema}.{table} order by {order}"
    )


def _write(project: DbtProject, seed: str, lines: Sequence[str]) -> None:
    path = project.project_dir / "seeds" / f"{seed}.csv"
    path.write_text("\n".join(lines) + "\n")
