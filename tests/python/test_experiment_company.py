"""What the mailings of the made-up company are planted to bring is found."""

from pathlib import Path

import duckdb
import pandas as pd  # type: ignore[import-untyped]
import pytest
from click.testing import CliRunner

from dbt_project import NO_TESTS, REPOSITORY, DbtProject
from segmentation.cli import cli

pytestmark = pytest.mark.slow

CUSTOMERS, SEED = "3000", "1"
TABLES = ("measurement__business_case", "measurement__experiments")
RESULTS = "measurement__experiment_results"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    """Build the company with a year of history."""
    folder: Path = tmp_path_factory.mktemp("experiments")
    project = DbtProject(
        REPOSITORY,
        folder / "warehouse.duckdb",
        vars={"segmentation_dataset": "omnichannel"},
    )
    loaded = CliRunner().invoke(
        cli,
        ["demo", "load", "omnichannel", "--customers", CUSTOMERS, "--seed", SEED],
        env=project.environment,
    )
    assert loaded.exit_code == 0, loaded.output
    selected = [f"+{name}" for name in (*TABLES, RESULTS)]
    built = project.dbt("build", "--select", *selected, *NO_TESTS)
    assert built.success, built.ending
    return project


def query(project: DbtProject, sql: str) -> pd.DataFrame:
    with duckdb.connect(str(project.warehouse), read_only=True) as connection:
        return connection.execute(sql).df()


def planted(project: DbtProject) -> pd.DataFrame:
    """Return the mean added chance of an order per campaign and arm."""
    return query(
        project,
        "select campaign_id, avg(uplift_segmented) as segmented, "
        "avg(uplift_generic) as generic from truth.campaign_outcomes group by all",
    )


def test_the_planted_uplift_is_covered(company: DbtProject) -> None:
    truth = planted(company).set_index("campaign_id")
    case = query(company, "from main.measurement__business_case where metric='ordered'")
    experiments = query(company, "from main.measurement__experiments")
    codes = experiments[experiments.kind == "message"].experiment_code
    shown = [int(code.split("/")[1]) for code in codes if "/" in code]
    assert len(shown) == 12
    mean = truth.loc[shown].mean()
    rows = case.set_index(["treatment", "other_treatment"])
    assert set(rows.evidence) == {"randomised"}
    for pair, value in {
        ("segmented", "none"): mean.segmented,
        ("generic", "none"): mean.generic,
        ("segmented", "generic"): mean.segmented - mean.generic,
    }.items():
        assert rows.uplift_low[pair] <= value <= rows.uplift_high[pair], pair
    # Both are seen at all.
    assert rows.uplift_low["segmented", "none"] > 0
    assert rows.uplift_low["generic", "none"] > 0


def test_intervals_of_single_campaigns_hold(company: DbtProject) -> None:
    truth = planted(company).set_index("campaign_id")
    results = query(
        company,
        f"from main.{RESULTS} where metric = 'ordered' and segment_code = 'all' "
        "and other_arm = 'no_contact'",
    )
    assert len(results) == 24
    campaigns = results.experiment_code.str.split("/").str[1].astype(int)
    effects = [
        truth.loc[campaign, arm]
        for campaign, arm in zip(campaigns, results.arm, strict=True)
    ]
    held = (results.adjusted_low <= effects) & (effects <= results.adjusted_high)
    # Of 24 intervals of 95% all but four hold, less than once in 500 times.
    assert held.sum() >= 20
    assert (results.sample_ratio_p > 0.001).all()
