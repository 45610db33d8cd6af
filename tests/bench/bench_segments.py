"""Time the segment layer on a million customers.

python tests/bench/bench_segments.py --customers 1000000

Builds a small made-up company, copies each of its customers under other ids in every
table that the layer reads, and builds the layer again. A copy has the features of its
original, so codes, shares and cut points stay as they are. What dbt costs whatever the
size is the same build before. Exits with 1 when a demand does not hold.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from dbt_project import NO_TESTS, REPOSITORY, DbtProject
from identity_project import environment
from measured import measured

LIMIT_SECONDS = 20.0
PERSONS = 3_000
LAYER = ("--select", "path:models/segments", "--full-refresh", *NO_TESTS)
# History 0: the current date and what it is compared with.
VARIABLES = {"segmentation_dataset": "omnichannel", "segmentation_history_months": 0}


@dataclass(frozen=True)
class Cost:
    """What a build of the layer took, in seconds.

    Attributes:
        wall: From start to end of the command.
        cpu: Of this process, both cores.
        models: Of each model, from start to end.
    """

    wall: float
    cpu: float
    models: dict[str, float]


def cpu_seconds() -> float:
    """Return what this process has used of all cores so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def succeed(project: DbtProject, *words: str) -> None:
    """Run dbt and stop where it fails."""
    result = project.dbt(*words)
    if not result.success:
        sys.exit(result.ending)


def build_layer(project: DbtProject) -> Cost:
    """Build every model of the layer anew."""
    started, used = time.perf_counter(), cpu_seconds()
    succeed(project, "build", *LAYER)
    wall, cpu = time.perf_counter() - started, cpu_seconds() - used
    results = json.loads((project.artifacts / "run_results.json").read_text())
    models = {
        result["unique_id"].rsplit(".", 1)[1]: result["execution_time"]
        for result in results["results"]
        if result["unique_id"].startswith("model.")
    }
    return Cost(wall, cpu, models)


def tables_read(project: DbtProject) -> list[str]:
    """Return the relations of other layers that the layer reads, quoted."""
    manifest = json.loads((project.artifacts / "manifest.json").read_text())
    nodes = manifest["nodes"]
    layer = {
        name
        for name, node in nodes.items()
        if node["resource_type"] == "model"
        and node["original_file_path"].startswith("models/segments/")
    }
    read = {parent for name in layer for parent in manifest["parent_map"][name]}
    return sorted(
        f'"{nodes[name]["schema"]}"."{nodes[name]["alias"]}"'
        for name in read - layer
        if name.startswith("model.") and nodes[name]["config"]["materialized"] != "view"
    )


def multiply_customers(warehouse: Path, tables: list[str], customers: int) -> int:
    """Copy the customers of each table until there are so many.

    Returns:
        How many customers there are then.
    """
    with duckdb.connect(str(warehouse)) as connection:

        def count() -> int:
            row = connection.execute(
                "select count(distinct customer_id) from main.features__customers"
            ).fetchone()
            return 0 if row is None else int(row[0])

        copies = -(-customers // count())
        for table in tables:
            columns = connection.execute(f"select * from {table} limit 0").description
            if "customer_id" not in {column[0] for column in columns or []}:
                continue
            # The first copy keeps its ids: other tables name them.
            connection.execute(
                f"insert into {table} select held.* replace "
                "(md5(held.customer_id || '/' || copy.number) as customer_id) "
                f"from {table} as held cross join range(1, {copies}) as copy(number)"
            )
        connection.execute("checkpoint")
        return count()


def print_costs(small: Cost, large: Cost, customers: int) -> None:
    """Print the costs of both builds, and the models that cost most."""
    table = Table(title="The segment layer, built anew")
    table.add_column("customers")
    for heading in ("wall s", "CPU s", "sum of models s"):
        table.add_column(heading, justify="right")
    for name, cost in (("as generated", small), (f"{customers:,}", large)):
        figures = (cost.wall, cost.cpu, sum(cost.models.values()))
        table.add_row(name, *(f"{figure:.1f}" for figure in figures))
    console = Console()
    console.print(table)
    dearest = sorted(large.models.items(), key=lambda item: -item[1])[:12]
    for name, seconds in dearest:
        console.print(f"{seconds:7.2f} s  {name}")


def main() -> None:
    """Build the company, multiply its customers, and time the layer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Path(folder) / "warehouse.duckdb"
        load = [str(Path(sys.executable).with_name("segment")), "demo", "load"]
        size = ["--customers", str(PERSONS), "--seed", "1"]
        measured([*load, "omnichannel", *size], environment(warehouse))
        project = DbtProject(REPOSITORY, warehouse, vars=VARIABLES)
        succeed(project, "build", *NO_TESTS)
        small = build_layer(project)
        tables = tables_read(project)
        customers = multiply_customers(warehouse, tables, arguments.customers)
        large = build_layer(project)
    print_costs(small, large, customers)
    beyond = large.wall - small.wall
    print(f"{beyond:.1f} s beyond what dbt costs; at most {LIMIT_SECONDS:.0f} s.")
    sys.exit(beyond > LIMIT_SECONDS)


if __name__ == "__main__":
    main()
