"""A dry run of rules takes parameters from seeds, and on PostgreSQL says the same."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from dbt_project import NO_TESTS, DbtProject
from rule_engine import numbers_as_floats
from teahouse import change_settings, postgres_teahouse, segment
from test_diff_identity import add_till
from test_diff_rules import codes, moves, panel, run, told

pytestmark = pytest.mark.slow

# Whoever orders twice a year is among the most frequent.
CUTS = "dataset,version,trained_through,measure,cut_share,cut_value\n" + "".join(
    f"shop,v1,2024-04-30,frequency,{share},{cut}\n"
    for share, cut in ((0.2, 0), (0.4, 0), (0.6, 0), (0.8, 1))
)
EMAIL_ALONE = (
    "rule_code,priority,comparison,at_least,at_most\nemail,1,email,2,\n"  # of defaults
)


def use_seed(project: DbtProject, name: str, rows: str, **types: str) -> None:
    """Put a seed of the project in the place of the package's."""
    folder = project.project_dir
    (folder / "seeds" / f"{name}.csv").write_text(rows)
    path = folder / "dbt_project.yml"
    content = yaml.safe_load(path.read_text())
    content["seeds"]["segmentation"][name] = {"+enabled": False}
    own = {"+schema": "internal", "+column_types": types}
    content["seeds"]["shop"][name] = own
    path.write_text(yaml.safe_dump(content))


def test_another_seed_of_parameters_moves_whom_a_build_moves(
    released_shop: DbtProject, tmp_path: Path
) -> None:
    folder = tmp_path / "project"
    shutil.copytree(released_shop.project_dir, folder, symlinks=True)
    project = replace(released_shop, project_dir=folder)
    types = {
        "dataset": "text",
        "version": "text",
        "trained_through": "date",
        "measure": "text",
        "cut_share": "numeric(9, 4)",
        "cut_value": "double precision",
    }
    use_seed(project, "cut_points", CUTS, **types)
    result = run(project, {}, "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    old, values = codes(project), numbers_as_floats(panel(project))[["revenue_90d"]]
    assert {mover["segment_set"] for mover in found["movers"]} >= {"rfm", "behavior"}

    outcome = project.build(*NO_TESTS)
    assert outcome.success, outcome.log
    assert told(found) == moves(old, codes(project), values.sort_index())

    use_seed(project, "identity_rules", EMAIL_ALONE)
    refused = run(project, {})
    assert refused.exit_code == 1
    assert "Found other rows in identity_rules than in the last build" in refused.output
    assert "`segment diff identity`" in refused.output


def test_postgres_says_the_same(tmp_path: Path, postgres: Mapping[str, str]) -> None:
    project = postgres_teahouse(tmp_path, postgres, "rules")
    folder = project.project_dir
    add_till(project)
    # Four have ordered, 90 days before, and are cut into three tiers.
    change_settings(folder, segmentation_as_of="2025-07-29")
    tiers = [{"code": "top", "top_share": 0.2}, {"code": "good", "top_share": 0.5}]
    rules = [
        {"code": "early", "when": [{"feature": "revenue", "at_least": 100}]},
        {"code": "late", "when": [{"feature": "revenue", "below": 100}]},
    ]
    change_settings(
        folder, segmentation_value_tiers=tiers, segmentation_rules_lifecycle=rules
    )
    outcome = project.build(*NO_TESTS)
    assert outcome.success, outcome.log
    tables = (
        "select table_schema, table_name from information_schema.tables"
        " where table_schema not in ('pg_catalog', 'information_schema') order by 1, 2"
    )
    read = "select * from rules.segments__memberships order by 1, 2"
    before = project.query(tables), project.query(read)

    # Ann spent 150 and Dora 250; Bert 30 and Carla 20.
    grid = segment(project, "what-if", "lifecycle.early", "revenue", "25,200", "--json")
    assert grid.exit_code == 0, grid.output
    low, high = json.loads(grid.stdout)["points"]
    assert early(low) == (3, 1, 0, 430.0)
    assert early(high) == (1, 0, 1, 250.0)

    rules[0]["when"] = [{"feature": "revenue", "at_least": 25}]
    tiers[0]["top_share"] = 0.3
    change_settings(
        folder, segmentation_value_tiers=tiers, segmentation_rules_lifecycle=rules
    )
    result = segment(project, "diff", "rules", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    now = {
        (mover["before"], mover["after"]): mover["customers"]
        for mover in found["movers"]
        if mover["segment_set"] == "lifecycle"
        and mover["as_of_date"] == found["as_of_date"]
    }
    assert now == {("late", "early"): 1}
    tiers_now = [
        (mover["before"], mover["after"], mover["customers"], mover["revenue_90d"])
        for mover in found["movers"]
        if mover["segment_set"] == "value_tier"
        and mover["as_of_date"] == found["as_of_date"]
    ]
    assert tiers_now == [("good", "top", 1, 150.0)]
    assert (project.query(tables), project.query(read)) == before

    outcome = project.build(*NO_TESTS)
    assert outcome.success, outcome.log
    for name in ("value_tier", "lifecycle", "primary_segment"):
        counted: dict[tuple[str, str], int] = {}
        for day, code, count in project.query(
            f"select as_of_date, {name}, count(*) from rules.segments__memberships "
            "group by 1, 2"
        ):
            counted[str(day), code] = count
        assert counted == {
            (size["as_of_date"], size["code"]): size["after"]
            for size in found["sizes"]
            if size["segment_set"] == name.removesuffix("_segment") and size["after"]
        }


def early(point: Mapping[str, Any]) -> tuple[int, int, int, float]:
    [tally] = [
        each
        for each in point["tallies"]
        if (each["segment_set"], each["code"]) == ("lifecycle", "early")
    ]
    counts = (tally["customers"], tally["entering"], tally["leaving"])
    return (*counts, float(tally["revenue_90d"]))
