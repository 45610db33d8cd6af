"""What it costs to assign clusters, and how often customers go and come back.

Speed: the statement of int_segments__behavior_clusters on a million customers in twelve
dimensions with eight clusters, whole and up to the nearest cluster, which is all that
scikit-learn beside it finds. Nights: the same on 56 consecutive
nights of Complete Journey, in one build whose panel has these dates, with six clusters
that were published whatever the gate says of them.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
from rich.console import Console
from sklearn.cluster import KMeans

from cluster_warehouse import INPUTS, NODES, Warehouse, compile_nodes
from cluster_worlds import Floats
from complete_journey import load
from dbt_project import NO_TESTS, REPOSITORY, DbtProject
from segmentation.profiles import load_profile
from segmentation.train.clusters.kmeans import one_thread
from segmentation.train.clusters.parameters import Parameters, parameter_rows
from segmentation.train.clusters.scaling import Scaling, logarithms
from segmentation.train.clusters.settings import Settings
from segmentation.train.clusters.source import read_panel
from segmentation.train.clusters.train import publish, train_panel

CUSTOMERS, CLUSTERS = 1_000_000, 8
MAX_SECONDS = 0.35
NOW = date(2024, 2, 15)
NIGHTS, LAST_NIGHT = 56, date(2017, 12, 31)
MAX_RETURNS, MIN_AGREEMENT = 0.015, 0.93
ANY = Settings(
    cluster_counts=(6,),
    bootstraps=1,
    nulls=1,
    min_ari=0.0,
    min_excess=-1.0,
    min_jaccard=0.0,
    min_share=0.0,
    min_size=0,
    min_warm_ari=0.0,
    max_warm_inertia=2.0,
)
PANEL_DATES = """
{%% macro panel_dates() %%}
    {%%- set rows = [] -%%}
    {%%- for text in [%s] -%%}
        {%%- set parse = modules.datetime.datetime.strptime -%%}
        {%%- set day = parse(text, '%%Y-%%m-%%d').date() -%%}
        {%%- do rows.append({
            'date': day, 'quarter_end': segmentation.last_quarter_end(day),
            'is_reference': false
        }) -%%}
    {%%- endfor -%%}
    {{ return(rows) }}
{%% endmacro %%}
"""


def main() -> int:
    """Run the benchmark; return 1 if a demand does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=["speed", "nights"])
    arguments = parser.parse_args()
    console = Console()
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        if arguments.only != "nights":
            failures += speed(Path(folder) / "speed", console)
        if arguments.only != "speed":
            failures += nights(Path(folder) / "nights", console)
    return 1 if failures else 0


def speed(folder: Path, console: Console) -> int:
    """Time the statement on one date; return how many demands do not hold."""
    folder.mkdir()
    compiled = compile_nodes(DbtProject(REPOSITORY, folder / "warehouse.duckdb"))
    random = np.random.default_rng(1)
    values = random.gamma(1.0, 5.0, (CUSTOMERS, len(INPUTS)))
    logs = logarithms(values)
    ones = np.ones(len(INPUTS))
    scaling = Scaling(
        0 * ones, 4 * ones, logs.mean(axis=0).round(9), logs.std(axis=0).round(9), ones
    )
    points = scaling.points(logs)
    with one_thread():
        model = KMeans(CLUSTERS, n_init=1, random_state=1).fit(points[:20_000])
    model.cluster_centers_ = model.cluster_centers_.round(9)
    ids = tuple(range(CLUSTERS))
    parameters = Parameters("2024-01-31", INPUTS, scaling, ids, model.cluster_centers_)
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        warehouse = Warehouse(connection, compiled)
        rows = parameter_rows("complete_journey", "behavior", parameters)
        warehouse.give(rows, {("c", NOW): [1.0] * len(INPUTS)}, NOW)
        _fill(connection, values)
        statement = compiled[NODES[0]]
        whole = min(_timed(connection, statement) for _ in range(3))
        # Without the second, the margin, the month ends before and the names.
        ends = statement.rsplit("select * from final", 2)
        ends[0] += "select customer_id, first_slot from ranked"
        alone = ends[0] + "select * from final".join(ends[1:])
        seconds = min(_timed(connection, alone) for _ in range(3))
        _timed(connection, statement)
        found = connection.execute(
            "select nearest_cluster_id from assigned order by customer_id"
        ).fetchnumpy()["nearest_cluster_id"]
    started = time.perf_counter()
    expected = model.predict(points)
    rival = time.perf_counter() - started
    equal = float((found == expected).mean())
    console.print(
        f"{CUSTOMERS:,} customers, {len(INPUTS)} inputs, {CLUSTERS} clusters: "
        f"nearest {seconds:.2f} s, {seconds / rival:.0f} times the {rival:.3f} s of "
        f"scikit-learn, {equal:.4%} equal; the whole statement {whole:.2f} s",
        highlight=False,
    )
    return (equal < 1) + (seconds > MAX_SECONDS)


def nights(folder: Path, console: Console) -> int:
    """Follow clusters over nights; return how many demands do not hold."""
    source = folder / "project"
    shutil.copytree(
        REPOSITORY,
        source,
        ignore=shutil.ignore_patterns(".*", "target", "logs", "*.duckdb*", "tests"),
    )
    (source / "tests").mkdir()
    shutil.copytree(REPOSITORY / "tests" / "generic", source / "tests" / "generic")
    dates = [LAST_NIGHT - timedelta(days=back) for back in range(NIGHTS)]
    ends = [date(2017, month, 1) - timedelta(days=1) for month in range(12, 5, -1)]
    _replace_dates(source, [*dates, *(day for day in ends if day not in dates)])
    project = DbtProject(source, folder / "warehouse.duckdb")
    load(project.environment)
    _run(project, "+int_segments__behavior_inputs", "+features__customers")
    profile = load_profile(source, source, None)
    profile = replace(
        profile, output={**profile.output, "path": str(project.warehouse)}
    )
    panel = read_panel(profile, "behavior")
    publish(train_panel(panel, "complete_journey", "behavior", source, ANY), source)
    _run(project, "cluster_parameters", "cluster_labels", NODES[0])
    rows = project.query(
        "select customer_id, cluster_id, nearest_cluster_id "
        f"from main_internal.{NODES[0]} where as_of_date >= date '{dates[-1]}' "
        "order by customer_id, as_of_date"
    )
    by_customer: dict[str, list[tuple[int, int]]] = {}
    for customer, cluster, nearest in rows:
        by_customer.setdefault(customer, []).append((cluster, nearest))
    whole = [seen for seen in by_customer.values() if len(seen) == NIGHTS]
    smoothed = float(np.mean([comes_back([one for one, _ in seen]) for seen in whole]))
    raw = float(np.mean([comes_back([one for _, one in seen]) for seen in whole]))
    agreement = float(np.mean([one == other for seen in whole for one, other in seen]))
    console.print(
        f"{len(whole):,} customers over {NIGHTS} nights: {smoothed:.2%} leave and come "
        f"back (unsmoothed {raw:.2%}), {agreement:.2%} of rows as unsmoothed",
        highlight=False,
    )
    is_calm = smoothed <= max(MAX_RETURNS, raw / 2)
    return (not is_calm) + (agreement < MIN_AGREEMENT)


def comes_back(clusters: Sequence[int]) -> bool:
    """Return whether a customer is again in a cluster that they had left."""
    stays = [
        cluster
        for place, cluster in enumerate(clusters)
        if place == 0 or cluster != clusters[place - 1]
    ]
    return len(set(stays)) < len(stays)


def _fill(connection: duckdb.DuckDBPyConnection, values: Floats) -> None:
    columns: dict[str, object] = {
        name: values[:, place] for place, name in enumerate(INPUTS)
    }
    columns["number"] = np.arange(len(values))
    connection.register("drawn", columns)
    connection.execute(
        "create or replace table main_internal.int_segments__behavior_inputs as "
        "select format('{:07d}', number) as customer_id, "
        f"date '{NOW}' as as_of_date, {', '.join(INPUTS)} from drawn"
    )


def _timed(connection: duckdb.DuckDBPyConnection, sql: str) -> float:
    started = time.perf_counter()
    connection.execute(f"create or replace temp table assigned as {sql}")
    return time.perf_counter() - started


def _replace_dates(source: Path, dates: Sequence[date]) -> None:
    file = source / "macros" / "features" / "panel_dates.sql"
    text = file.read_text()
    start = text.index("{% macro panel_dates")
    end = text.index("{% macro last_quarter_end")
    listed = ", ".join(f"'{day}'" for day in dates)
    file.write_text(text[:start] + PANEL_DATES % listed + text[end:])


def _run(project: DbtProject, *selected: str) -> None:
    result = project.build("--select", *selected, *NO_TESTS)
    if not result.success:
        raise SystemExit(result.log)


if __name__ == "__main__":
    sys.exit(main())
