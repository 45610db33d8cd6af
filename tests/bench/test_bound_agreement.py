"""The script that the project is measured against says what the project says."""

from datetime import date
from pathlib import Path

import pytest

from bound_agreement import disagreements
from companies import OMNICHANNEL
from dbt_project import NO_TESTS, REPOSITORY, DbtProject
from lower_bound import run
from nightly_rows import Nights
from omnichannel import generated

AS_OF = date(2025, 12, 16)
SETTINGS = {
    "segmentation_dataset": "omnichannel",
    "segmentation_history_months": 0,
    "segmentation_as_of": AS_OF.isoformat(),
}
UP_TO_FEATURES = ("--select", "+features__customers", *NO_TESTS)


@pytest.mark.slow
def test_customers_of_one_record_have_the_features_of_the_project(
    tmp_path: Path,
) -> None:
    warehouse, segments = tmp_path / "company.duckdb", tmp_path / "segments.duckdb"
    Nights(generated(customers=600).raw, OMNICHANNEL).deliver(warehouse, until=AS_OF)
    run(warehouse, AS_OF, "500MB", segments)
    project = DbtProject(REPOSITORY, warehouse, vars=SETTINGS)
    result = project.build(*UP_TO_FEATURES)
    assert result.success, result.ending

    found = list(disagreements(warehouse, segments, AS_OF))

    assert [compared for _, compared, _ in found if not compared] == []
    assert {column: differing for column, _, differing in found if differing} == {}
