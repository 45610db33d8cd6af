"""Weights learned on one made-up company resolve another, and rules do without them."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner
from scipy.stats import spearmanr

from dbt_project import REPOSITORY, DbtProject
from segmentation.cli import cli
from thresholds import f1_by_threshold

pytestmark = pytest.mark.slow

# The published weights come from seed 1.
CUSTOMERS, SEED = "6000", "23"
DATASET = {"segmentation_dataset": "omnichannel"}
IDENTITY = (
    *("--select", "+identity__customers", "+identity__aliases"),
    *("--exclude-resource-type", "test", "unit_test"),
)

TRAITS = (
    *("price_consciousness", "quality_focus", "brand_consciousness"),
    *("novelty_seeking", "convenience", "sustainability"),
)

Values = dict[str, Any]


def segment(project: DbtProject, *arguments: str) -> str:
    """Run `segment demo` on the project's warehouse and return what it prints."""
    result = CliRunner().invoke(
        cli,
        [
            *("demo", *arguments),
            *("--project-dir", str(REPOSITORY)),
            *("--profiles-dir", str(REPOSITORY)),
        ],
        env=dict(project.environment),
    )
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    """Return a project with the company loaded and its identities built."""
    folder = tmp_path_factory.mktemp("identity_quality")
    project = DbtProject(REPOSITORY, folder / "warehouse.duckdb", vars=DATASET)
    segment(project, "load", "omnichannel", "--customers", CUSTOMERS, "--seed", SEED)
    select, *rest = IDENTITY
    result = project.build(select, "+int_features__traits", *rest)
    assert result.success, result.ending
    return project


def scored(project: DbtProject) -> dict[str, Values]:
    """Return the measures of the project and of joining equal keys."""
    sections = json.loads(segment(project, "score", "--json"))["sections"]
    found: dict[str, Values] = sections["identity"]["contestants"]
    return found


def test_published_weights_resolve_a_company_they_never_saw(
    company: DbtProject,
) -> None:
    found = scored(company)

    assert found["project"]["pairwise_precision"] >= 0.985
    assert found["project"]["pairwise_recall"] >= found["exact keys"]["pairwise_recall"]
    assert found["project"]["largest_customer_record_count"] < 100


def test_every_record_belongs_to_one_customer(company: DbtProject) -> None:
    [(records, mapped, customers)] = company.query(
        "select (select count(*) from main_internal.int_identity__records), "
        "(select count(distinct (source_system, source_customer_id)) "
        "from main_identity.identity__customer_map), "
        "(select count(*) from main_identity.identity__customer_map)"
    )
    assert records == mapped == customers


JUDGED = """
    select
        weights.match_probability as predicted,
        cast(one.person_id = two.person_id as integer) as is_match
    from main_identity.int_identity__candidate_pairs as pairs
    inner join main_internal.int_identity__pattern_weights as weights
        on pairs.pattern_code = weights.pattern_code
    inner join main_internal.int_identity__records as left_record
        on pairs.node_a = left_record.record_number
    inner join main_internal.int_identity__records as right_record
        on pairs.node_b = right_record.record_number
    inner join truth.records as one
        on
            left_record.source_system = one.source_system
            and left_record.source_customer_id = one.source_customer_id
    inner join truth.records as two
        on
            right_record.source_system = two.source_system
            and right_record.source_customer_id = two.source_customer_id
"""


def test_probabilities_are_as_often_right_as_they_say(company: DbtProject) -> None:
    """Bins above one half with pairs enough for a figure of two digits."""
    bins = company.query(
        f"""
        select ceil(predicted * 10), avg(predicted), avg(is_match), count(*)
        from ({JUDGED})
        where predicted > 0.5
        group by 1
        having count(*) >= 400
        """
    )
    assert bins
    for _, predicted, observed, _ in bins:
        assert abs(float(predicted) - observed) <= 0.05


@pytest.mark.parametrize("trait", TRAITS)
def test_stated_traits_follow_the_planted_ones(trait: str, company: DbtProject) -> None:
    found = company.query(
        f"""
        with persons as (
            select map.customer_id, min(records.person_id) as person_id
            from main_identity.identity__customer_map as map
            inner join truth.records as records
                using (source_system, source_customer_id)
            group by map.customer_id
            having count(distinct records.person_id) = 1
        )
        select stated.{trait}, planted.{trait}
        from main_internal.int_features__traits as stated
        inner join persons using (customer_id)
        inner join truth.persons as planted using (person_id)
        where stated.as_of_date = '2025-12-31'
            and stated.answer_count >= 3 and stated.{trait} is not null
        """
    )

    assert len(found) > 300
    assert spearmanr(found).statistic >= 0.6


def copied(project: DbtProject, folder: Path) -> DbtProject:
    """Return a project with a copy of the warehouse."""
    copy = DbtProject(REPOSITORY, folder / "warehouse.duckdb", vars=DATASET)
    copy.warehouse.write_bytes(project.warehouse.read_bytes())
    return copy


def test_no_other_threshold_is_much_better(company: DbtProject, tmp_path: Path) -> None:
    def f1(project: DbtProject) -> float:
        return float(scored(project)["project"]["pairwise_f1"])

    others = f1_by_threshold(copied(company, tmp_path), f1)

    # A threshold makes a difference.
    assert min(others.values()) < f1(company) - 0.02
    assert max(others.values()) <= f1(company) + 0.01


def test_rules_resolve_it_without_weights(company: DbtProject, tmp_path: Path) -> None:
    copy = copied(company, tmp_path)
    with duckdb.connect(str(copy.warehouse)) as connection:
        connection.execute(
            "delete from main_internal.identity_weights where dataset = 'omnichannel'"
        )
    result = copy.dbt(
        "run", "--select", "int_identity__pattern_weights+,+identity__customers"
    )
    assert result.success, result.ending

    found = scored(copy)

    assert found["project"]["pairwise_precision"] >= 0.93
    assert found["project"]["pairwise_recall"] >= found["exact keys"]["pairwise_recall"]


def test_a_value_on_too_many_records_joins_none_and_says_so(
    company: DbtProject, tmp_path: Path
) -> None:
    """One login on 1,200 browsers: no component may change but theirs."""
    copy = copied(company, tmp_path)
    with duckdb.connect(str(copy.warehouse)) as connection:
        connection.execute(
            """
            insert into raw_omnichannel.web_logins
            select 'hub' || number, 'hub-account', 1735689600000, 1735689600000
            from range(1200) as numbers (number)
            """
        )
    before = set(copy.query("select * from main_identity.identity__customer_map"))
    result = copy.build(*IDENTITY)
    assert result.success, result.ending

    after = set(copy.query("select * from main_identity.identity__customer_map"))
    dropped = copy.query(
        "select drop_reason, count(*) from main_identity.identity__dropped_identifiers "
        "where identifier_key = 'hub-account' group by drop_reason"
    )

    assert len(after - before) == 1_200
    assert dropped == [
        ("more records than a person has: 1200 records, limit 1000", 1_200)
    ]
