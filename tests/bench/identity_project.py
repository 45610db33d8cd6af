"""Build the made-up company with dbt, and measure the models of its identities."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from measured import measured

REPOSITORY = Path(__file__).resolve().parents[2]
IDENTITY = "models/identity"
# A view of no account to speak of: what remains is dbt itself.
SMALLEST = "stg_omni_crm__accounts"
_VARS = {"segmentation_dataset": "omnichannel"}


class NothingBuilt(RuntimeError):
    """dbt ran no model of the identities."""

    def __init__(self, artifacts: Path) -> None:
        super().__init__(
            f"Found no model under {IDENTITY} in {artifacts}/run_results.json; "
            f"expected all of them. Check that `dbt ls --select path:{IDENTITY}` "
            "lists them."
        )


@dataclass(frozen=True)
class Cost:
    """What an answer cost.

    Attributes:
        seconds: Time of the work itself. Of the project, the sum of the times of its
            models; of a rival, from the open warehouse to the customers.
        wall_seconds: Time of its process, which starts Python and imports.
        peak_megabytes: Largest resident memory of its process, in MiB.
        started_megabytes: What that was before the work: of the project with dbt
            loaded and the project parsed, of a rival with its imports done.
    """

    seconds: float
    wall_seconds: float
    peak_megabytes: float
    started_megabytes: float

    @property
    def work_megabytes(self) -> float:
        """Memory of the work itself, in MiB."""
        return self.peak_megabytes - self.started_megabytes


def environment(warehouse: Path) -> dict[str, str]:
    """Return the environment of everything that reads or writes this warehouse."""
    return {
        **os.environ,
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "0",
        "DBT_PROJECT_DIR": str(REPOSITORY),
        "DBT_PROFILES_DIR": str(REPOSITORY),
        "DBT_TARGET": "duckdb",
        "SEGMENTATION_WAREHOUSE": str(warehouse),
    }


def build_company(folder: Path, customers: int, seed: int) -> tuple[Path, Cost]:
    """Load a company and build it up to its identities.

    Args:
        folder: Where the warehouse and dbt's artifacts go.
        customers: How many persons to make up.
        seed: Another seed is another company.

    Returns:
        The warehouse, and the cost of the models from input to the map of customers.

    Raises:
        CommandFailed: A command did not end with 0.
        NothingBuilt: dbt ran no model of the identities.
    """
    warehouse = folder / "company.duckdb"
    variables = environment(warehouse)
    segment = str(Path(sys.executable).parent / "segment")
    size = ["--customers", str(customers), "--seed", str(seed)]
    measured([segment, "demo", "load", "omnichannel", *size], variables)
    own = f"path:{IDENTITY}"
    _dbt(folder, variables, "--select", f"+{own}", "--exclude", own)
    _, started_megabytes = _dbt(folder, variables, "--select", SMALLEST)
    # What describes and examines customers, a rival does not do either.
    wall_seconds, peak_megabytes = _dbt(
        folder, variables, "--select", f"{own},+identity__customer_map"
    )
    return warehouse, Cost(
        _model_seconds(folder), wall_seconds, peak_megabytes, started_megabytes
    )


def _dbt(
    folder: Path, variables: Mapping[str, str], *selection: str
) -> tuple[float, float]:
    command = [sys.executable, "-m", "dbt.cli.main", "--quiet", "build"]
    command += ["--exclude-resource-type", "test"]
    command += ["--exclude-resource-type", "unit_test"]
    command += ["--target-path", str(folder), "--log-path", str(folder)]
    command += ["--vars", json.dumps(_VARS), *selection]
    run = measured(command, variables)
    return run.wall_seconds, run.peak_megabytes


def _model_seconds(artifacts: Path) -> float:
    nodes = json.loads((artifacts / "manifest.json").read_text())["nodes"]
    results = json.loads((artifacts / "run_results.json").read_text())["results"]
    seconds = [
        float(result["execution_time"])
        for result in results
        if nodes[result["unique_id"]]["original_file_path"].startswith(IDENTITY)
    ]
    if not seconds:
        raise NothingBuilt(artifacts)
    return sum(seconds)
