"""No model reads a table more often than is stated here.

A model may read all rows of each table below it once. Whoever reads one more often is
listed, with the number of times; once more, or less, fails and is named. Rows are those
that the engine scanned, whatever the SQL seems to ask for.
"""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from dbt_project import DbtProject
from scanned_rows import scanned_rows
from shop_engaged_builds import engaged_builds

# The key of each delivered row, then the rows whose key came again, then all others.
DELIVERED = (
    *("customer_records", "events", "identifiers", "messages", "order_changes"),
    *("orders", "social_interactions", "support_tickets", "survey_responses"),
)
# Model and table: how often it reads the table, where that is not once.
PASSES = {
    **{(f"int_input__{entity}", entity): 3 for entity in DELIVERED},
    # First days of visits and of product use.
    ("int_features__data_starts", "int_features__event_days"): 2,
    # A version of an order comes, and goes when the next one does; so does an answer.
    ("int_features__purchase_movements", "int_features__order_versions"): 2,
    ("int_features__trait_partials", "int_features__trait_answers"): 2,
    # Components of contested pairs, then their records.
    ("int_identity__contests", "int_identity__components"): 2,
    # Records of either end.
    ("int_identity__overrides", "int_identity__records"): 2,
    # DuckDB counts the conditions of a rule apart.
    ("int_identity__pattern_rules", "identity_rules"): 2,
    # When rows happened, and when the undated ones were loaded.
    ("int_identity__sightings", "int_input__customer_records"): 2,
    ("int_identity__sightings", "int_input__identifiers"): 2,
}
# Of a table with so many columns all models together read so many times its rows.
WIDE = 30
READERS = {
    "features__customers": 1,
    "features__engagement": 1,
    "features__purchases": 1,
    "features__value": 2,
    "int_features__event_days": 4,
    "int_features__message_days": 3,
    "int_features__purchase_partials": 1,
    "int_features__purchase_sums": 11,
}
# A table with fewer rows may be answered from statistics.
FEWEST_ROWS = 20

Passes = Mapping[tuple[str, str], int]


@pytest.fixture(scope="module")
def built(shop_project_dir: Path) -> DbtProject:
    """A full refresh without history, up to the codes of the layers."""
    return engaged_builds(shop_project_dir).later_alone


@pytest.fixture(scope="module")
def passes(built: DbtProject) -> Passes:
    """How often each model reads all rows of each table, rounded up."""
    return passes_of(built)


def passes_of(project: DbtProject) -> Passes:
    """Run the SQL of every model again and divide what it scans by what there is."""
    found = {}
    with duckdb.connect(str(project.warehouse)) as connection:
        connection.execute("set timezone = 'UTC'")
        sizes = {
            f"{schema}.{table}": rows
            for schema, table, rows in connection.execute(
                "select schema_name, table_name, estimated_size from duckdb_tables()"
            ).fetchall()
        }
        for model, query in queries_of(project).items():
            for table, rows in scanned_rows(connection, query).items():
                if sizes[table] >= FEWEST_ROWS:
                    found[model, table.split(".")[1]] = -(-rows // sizes[table])
    return found


def queries_of(project: DbtProject) -> dict[str, str]:
    """Return the SQL of the models of the last run that are no views, by name."""
    run = json.loads((project.artifacts / "run_results.json").read_text())
    manifest = json.loads((project.artifacts / "manifest.json").read_text())
    nodes = manifest["nodes"]
    return {
        nodes[result["unique_id"]]["name"]: result["compiled_code"]
        for result in run["results"]
        if result["unique_id"].startswith("model.")
        and result["compiled_code"]
        and nodes[result["unique_id"]]["config"]["materialized"] != "view"
    }


def test_no_model_reads_a_table_more_often_than_stated(passes: Passes) -> None:
    assert len(passes) > 120
    assert {key: times for key, times in passes.items() if times > 1} == PASSES


def test_wide_tables_have_the_readers_that_are_stated(
    built: DbtProject, passes: Passes
) -> None:
    wide = {
        table
        for (table,) in built.query(
            f"select table_name from duckdb_tables() where column_count >= {WIDE}"
        )
    }
    found: Counter[str] = Counter()
    for (_, table), times in passes.items():
        if table in wide:
            found[table] += times
    assert dict(found) == READERS
