"""The same project gives the same rows on Spark with Iceberg as on DuckDB, twice."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from unittest import mock

import duckdb
import pytest

from engines import TOLERANCE, Engines
from nightly import Nightly
from segmentation.connections import open_spark
from segmentation.profiles import load_profile
from soaks import nightly, scenario
from spark_comparison import SparkComparison

# Of a night on Spark more than on any other engine is planning, not rows.
CUSTOMERS = 300
NIGHTS = 1


class SparkEngines(Engines):
    """The project on DuckDB and Spark."""

    @contextmanager
    def comparison(self) -> Iterator[SparkComparison]:
        there = self.there.project
        with mock.patch.dict(os.environ, there.environment):
            session = open_spark(load_profile(there.project_dir, target="spark"))
        with duckdb.connect() as connection:
            connection.execute(
                f"attach '{self.here.project.warehouse}' as here (read_only)"
            )
            yield SparkComparison(connection, session, self.folder, TOLERANCE)


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Engines:
    folder = tmp_path_factory.mktemp("spark")
    here = nightly("omnichannel", folder)
    environment = {"SEGMENTATION_SPARK_WAREHOUSE": str(folder / "spark"), "TZ": "UTC"}
    there = replace(here.project, extra_env=environment, target="spark")
    company = scenario("omnichannel", CUSTOMERS, NIGHTS, 7, folder)
    return SparkEngines(here, Nightly(there), company, folder)


@pytest.mark.parametrize("night", range(NIGHTS + 1))
def test_rows_are_the_same(engines: Engines, night: int) -> None:
    engines.deliver(night)
    engines.build(night)

    counts, problems = engines.compare()

    assert not problems, "\n".join(problems)
    assert sum(counts.values()) > 0
