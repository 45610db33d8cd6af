"""Builds of the engaged shop, and their feature tables as dictionaries.

engaged = engaged_builds(shop_project_dir)
engaged.panel(engaged.later, "features__engagement")[date(2025, 1, 31), "c1"]
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

import duckdb

from dbt_project import DbtProject
from shared_folder import made_once
from shop import Shop, shop_project
from shop_engaged import engaged_shop

ZONE = "America/New_York"
PAST, LATER = date(2024, 9, 30), date(2025, 1, 31)
ONLY = (
    *("--select", "+int_segments__layer_codes"),
    *("--resource-type", "model", "--resource-type", "seed"),
)

Table = dict[tuple[date, str], dict[str, Any]]


@dataclass(frozen=True)
class Engaged:
    """Builds of the shop.

    Attributes:
        shop: All rows.
        past: As of September, from the rows of then.
        later: As of January, with a history of 13 months.
        later_alone: The same without history.
    """

    shop: Shop
    past: DbtProject
    later: DbtProject
    later_alone: DbtProject

    def panel(self, build: DbtProject, table: str) -> Table:
        """Return the rows of a feature table by date and customer."""
        with duckdb.connect(str(build.warehouse), read_only=True) as connection:
            reader = connection.execute(
                f"""
                select customers.anchor_source_customer_id, found.*
                from {table} as found
                inner join main_identity.identity__customers as customers
                    on found.customer_id = customers.customer_id
                """
            )
            names = [column[0] for column in reader.description][1:]
            rows = reader.fetchall()
        found: Table = {}
        for name, *values in rows:
            row = dict(zip(names, values, strict=True))
            # Whoever was first seen in the browser is named after it.
            found[row["as_of_date"], name.replace("browser", "c")] = row
        return found


@cache
def engaged_builds(shop_project_dir: Path) -> Engaged:
    """Build the shop as of September and January, once per session."""
    shop = engaged_shop(seed=7)
    builds = {}
    for name, as_of, months in (
        ("past", PAST, 2),
        ("later", LATER, 13),
        ("later_alone", LATER, 0),
    ):
        settings = {
            "segmentation_as_of": as_of.isoformat(),
            "segmentation_timezone": ZONE,
            "segmentation_history_months": months,
        }
        rows = until(shop, as_of) if as_of < LATER else shop
        build = partial(_build, shop_project_dir, rows, settings)
        warehouse = made_once(f"engaged_{name}", build) / "shop.duckdb"
        builds[name] = shop_project(shop_project_dir, warehouse, vars=settings)
    return Engaged(shop, **builds)


def _build(
    shop_project_dir: Path, rows: Shop, settings: dict[str, Any], folder: Path
) -> None:
    warehouse = folder / "shop.duckdb"
    project = shop_project(shop_project_dir, warehouse, rows, vars=settings)
    result = project.build(*ONLY)
    assert result.success, result.ending


def until(shop: Shop, day: date) -> Shop:
    """Return the rows that nothing dates after a day, by the clock of Greenwich."""
    end = f"{day + timedelta(days=1)} 04:00:00"  # summer time of New York
    times = (
        *("occurred_at", "opened_at", "responded_at", "changed_at", "observed_at"),
        *("ordered_at", "created_at", "updated_at"),
    )
    kept = shop.copy()
    for entity, rows in kept.rows.items():
        kept.rows[entity] = [
            row for row in rows if all(str(row.get(time) or "") < end for time in times)
        ]
    return kept
