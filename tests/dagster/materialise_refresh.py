"""Materialises the asset of examples/schedules/dagster on the teahouse, for real.

python tests/dagster/materialise_refresh.py --segment .venv/bin/segment

Runs in the environment of Dagster; the command and dbt come from that of the project.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
EXAMPLE = REPOSITORY / "examples" / "adopter"
ASSET = REPOSITORY / "examples" / "schedules" / "dagster"
# The teahouse's first builds; what it left beside its files is no part of the example.
LEFT_OUT = ("target", "logs", "dbt_packages", "package-lock.yml", ".venv", "*.duckdb*")


def main() -> None:
    """Materialise a good night, and one that is refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--segment", type=Path, required=True)
    command = parser.parse_args().segment.absolute()
    # Of the caller: they would lead to another project.
    for name in [name for name in os.environ if name.startswith("DBT_")]:
        del os.environ[name]
    with tempfile.TemporaryDirectory(prefix="segmentation_dagster_") as temporary:
        project = installed_teahouse(Path(temporary), command)
        os.environ["SEGMENTATION_PROJECT"] = str(project)
        os.environ["SEGMENTATION_COMMAND"] = str(command)
        os.environ["DAGSTER_HOME"] = temporary
        os.environ["DAGSTER_DISABLE_TELEMETRY"] = "yes"
        check(project)


def installed_teahouse(folder: Path, command: Path) -> Path:
    """Copy the example and install the package in it, as its README says."""
    project = folder / "teahouse"
    shutil.copytree(EXAMPLE, project, ignore=shutil.ignore_patterns(*LEFT_OUT))
    (project / "packages.yml").write_text(f"packages: [{{local: {REPOSITORY}}}]")
    subprocess.run(
        [command.with_name("dbt"), "deps", "--quiet"], cwd=project, check=True
    )
    return project


def check(project: Path) -> None:
    """Say what a night became, and exit with 1 where it is not what it has to be."""
    import dagster as dg

    sys.path.insert(0, str(ASSET))
    from definitions import definitions, segments

    dg.Definitions.validate_loadable(definitions)
    instance = dg.DagsterInstance.ephemeral()
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}

    good = dg.materialize([segments], instance=instance, run_config=quiet)
    [event] = good.get_asset_materialization_events()
    metadata = event.materialization.metadata
    assert metadata["outcome"].value == "released", metadata
    assert metadata["as_of_date"].value == "2025-06-30", metadata
    run_id = metadata["summary"].value["release_run_id"]
    assert run_id in (project / "report.html").read_text()
    print(f"materialised: released {run_id}", flush=True)

    served = (project / "serving.duckdb").read_bytes()
    orders = project / "data" / "orders.csv"
    lines = orders.read_text().splitlines(keepends=True)
    orders.write_text("".join(lines[: len(lines) // 2]))
    bad = dg.materialize(
        [segments], instance=instance, run_config=quiet, raise_on_error=False
    )
    [failure] = bad.filter_events(lambda event: event.is_step_failure)
    said = failure.step_failure_data.user_failure_data
    assert not bad.success
    assert said.description == "refused: input_volume_holds", said.description
    assert said.metadata["summary"].value["exit_code"] == 1
    assert (project / "serving.duckdb").read_bytes() == served
    print(f"failed: {said.description}", flush=True)


if __name__ == "__main__":
    main()
