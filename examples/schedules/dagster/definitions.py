"""The release as an asset of Dagster, made every night by `segment refresh`.

Dagster lives in an environment of its own and calls the command as a shell does, which
leaves each its own versions.

    SEGMENTATION_PROJECT=/srv/segmentation dagster dev -f definitions.py
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import dagster as dg

PROJECT = Path(os.environ.get("SEGMENTATION_PROJECT", "/srv/segmentation"))
COMMAND = os.environ.get("SEGMENTATION_COMMAND", str(PROJECT / ".venv/bin/segment"))
# Its exit code when another refresh runs: worth another attempt.
LOCKED = 3


@dg.asset(
    group_name="segmentation",
    description="What BI and exports read: the served files and the report.",
)
def segments(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """Refresh, and show what came of it; whatever is not good fails the run."""
    done = subprocess.run(
        [COMMAND, "refresh", "--json"],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=sys.stderr,
        text=True,
        check=False,
    )
    if done.returncode < 0 or not done.stdout:
        raise dg.Failure(f"killed by signal {-done.returncode}: run it again")
    told: dict[str, Any] = json.loads(done.stdout)
    context.log.info(told["message"])
    if done.returncode == LOCKED:
        raise dg.RetryRequested(max_retries=3, seconds_to_wait=600)
    if done.returncode:
        failed = ", ".join(end["name"] for end in told["failures"])
        raise dg.Failure(
            f"{told['outcome']}: {failed or told['message']}",
            metadata={"summary": dg.MetadataValue.json(told)},
            allow_retries=False,
        )
    return dg.MaterializeResult(
        data_version=dg.DataVersion(told["release_run_id"]),
        metadata={
            "outcome": told["outcome"],
            "as_of_date": told["as_of_date"],
            "warned": told["warned"],
            "seconds": told["seconds"],
            "summary": dg.MetadataValue.json(told),
        },
    )


definitions = dg.Definitions(
    assets=[segments],
    schedules=[
        dg.ScheduleDefinition(
            name="every_night",
            target=segments,
            # UTC: the day before has to be over in segmentation_timezone.
            cron_schedule="30 2 * * *",
            default_status=dg.DefaultScheduleStatus.RUNNING,
        )
    ],
)
