"""Families of the made-up company are taken away and broken, and the audit says so."""

import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from click.testing import CliRunner

from dbt_project import NO_UNIT_TESTS, REPOSITORY, DbtProject
from segmentation.cli import cli

pytestmark = pytest.mark.slow

CUSTOMERS, SEED = "300", "1"
DATASET = {"segmentation_dataset": "omnichannel"}
# The audit and all it rests on.
AUDIT = (
    *("--select", "+measurement__layer_maturity", "+measurement__rule_gaps"),
    *("--exclude-resource-type", "test", "unit_test"),
)
FAMILIES = ("crm", "transactions", "web", "email", "social", "service")
# Two at a time: a build costs more than the proof needs.
TAKEN_AWAY = (("crm", "social"), ("transactions", "service"), ("web", "email"))
PLACEHOLDER = "noreply@mail.invalid"
FAULTS = f"""
    update crm_contacts set email = '{PLACEHOLDER}', phone = null;
    update shop_orders set currency = 'XXX' where order_no like '%3';
    delete from web_events where ts_ms > epoch_ms(timestamp '2025-09-30');
    delete from product_usage where used > '2025-09-30';
    update mailing_activity set action = 'glance' where activity % 20 = 0;
    update social_profiles set linked_mail = null;
    delete from helpdesk_tickets;
"""
FOUND = {
    "crm": ("broken", "unusable_identifiers", "customer_records", "omni_crm"),
    "transactions": ("broken", "quarantined_no_rate", "orders", "omni_shop"),
    "web": ("stale", "stale", "events", "omni_product"),
    "email": ("broken", "quarantined_unknown_code", "messages", "omni_mailing"),
    "social": ("unlinked", "unlinked", "social_interactions", "omni_social"),
    "service": ("empty", "no_rows", "support_tickets", "omni_helpdesk"),
}


def family_of(entity: str) -> str:
    """Return the family that the YAML of an entity names."""
    path = REPOSITORY / "models" / "input" / f"input__{entity}.yml"
    [model] = yaml.safe_load(path.read_text())["models"]
    family: str = model["config"]["meta"]["family"]
    return family


def rows_of(project: DbtProject, table: str, key: str) -> dict[str, dict[str, Any]]:
    """Return the rows of a table of the audit by key."""
    with project.connection() as connection:
        reader = connection.execute(f"select * from main.measurement__{table}")
        names = [column[0] for column in reader.description]
        rows = [dict(zip(names, row, strict=True)) for row in reader.fetchall()]
    return {row[key]: row for row in rows}


def built(project: DbtProject, *options: str) -> DbtProject:
    """Build a project, all of it or what the options select."""
    result = project.build(*options)
    assert result.success, result.ending
    return project


def doctor(project: DbtProject) -> dict[str, Any]:
    """Return what `segment doctor` finds."""
    words = ["--project-dir", str(REPOSITORY), "doctor", "--json"]
    words += ["--vars", json.dumps(dict(project.vars))]
    result = CliRunner().invoke(cli, words, env=project.environment)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.output)
    return found


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a warehouse with the raw tables, to be copied."""
    warehouse = tmp_path_factory.mktemp("company") / "omnichannel.duckdb"
    words = ["--project-dir", str(REPOSITORY), "demo", "load", "omnichannel"]
    words += ["--customers", CUSTOMERS, "--seed", SEED]
    environment = {"SEGMENTATION_WAREHOUSE": str(warehouse)}
    result = CliRunner().invoke(cli, words, env=environment)
    assert result.exit_code == 0, result.output
    return warehouse


@pytest.fixture(scope="module")
def whole(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    """Return the company with all its sources."""
    warehouse = tmp_path_factory.mktemp("whole") / "omnichannel.duckdb"
    shutil.copy(loaded, warehouse)
    return built(DbtProject(REPOSITORY, warehouse, vars=DATASET), *AUDIT)


def sources_of(project: DbtProject) -> dict[str, list[str]]:
    """Return which sources deliver which entity."""
    found: dict[str, list[str]] = {}
    for entity, source in project.query(
        "select entity, source_system from main.measurement__source_audit "
        "where is_mapped order by entity, source_system"
    ):
        found.setdefault(entity, []).append(source)
    return found


def test_the_company_has_every_family_and_layer(whole: DbtProject) -> None:
    families = rows_of(whole, "source_families", "family")
    assert set(families) == set(FAMILIES)
    # Some hundredths of its records hold a placeholder, as in real life.
    states = {name: row["state"] for name, row in families.items()}
    assert states.pop("crm") in {"live", "partial"}
    assert states == dict.fromkeys(states, "live")
    layers = rows_of(whole, "layer_maturity", "layer")
    assert {row["state"] for row in layers.values()} == {"live"}
    assert layers["behavioral"]["live_aspect_count"] == 5


def test_each_broken_family_has_a_finding_of_its_own(
    loaded: Path, tmp_path: Path
) -> None:
    warehouse = tmp_path / "omnichannel.duckdb"
    shutil.copy(loaded, warehouse)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("use raw_omnichannel")
        connection.execute(FAULTS)
    project = built(DbtProject(REPOSITORY, warehouse, vars=DATASET), *AUDIT)
    families = rows_of(project, "source_families", "family")
    names = ("state", "finding", "finding_entity", "finding_source_system")
    assert {
        family: tuple(row[name] for name in names) for family, row in families.items()
    } == FOUND


@pytest.mark.parametrize("taken", TAKEN_AWAY)
def test_families_taken_away_are_absent_and_the_others_deliver_what_they_did(
    taken: tuple[str, str], whole: DbtProject, loaded: Path, tmp_path: Path
) -> None:
    warehouse = tmp_path / "omnichannel.duckdb"
    shutil.copy(loaded, warehouse)
    sources = {
        entity: systems
        for entity, systems in sources_of(whole).items()
        if family_of(entity) not in taken
    }
    # With every data test: nothing else breaks, and the result is released.
    project = built(
        DbtProject(
            REPOSITORY, warehouse, vars={**DATASET, "segmentation_sources": sources}
        ),
        *NO_UNIT_TESTS,
    )
    released = "select count(*) from main_ledger.measurement__releases"
    assert project.query(released) == [(1,)]
    before = rows_of(whole, "source_families", "family")
    after = rows_of(project, "source_families", "family")
    for name in FAMILIES:
        if name in taken:
            assert (after[name]["state"], after[name]["finding"]) == (
                *("absent", "not_mapped"),
            )
        else:
            counted = ("row_count", "used_count", "days_behind", "duplicate_count")
            assert [after[name][column] for column in counted] == [
                before[name][column] for column in counted
            ]
            # Without records and logins, visits belong to nobody.
            if "crm" not in taken:
                assert after[name]["state"] == before[name]["state"]
    layers = rows_of(project, "layer_maturity", "layer")
    if "web" in taken:
        seen = doctor(project)
        states = {row["family"]: row["state"] for row in seen["families"]}
        assert states["web"] == "absent"
        # Rows that came twice are no reason to release again.
        assert seen["release"]["is_current"] is True
        # No visits, no use of the product, no messages: orders and their channel.
        assert layers["behavioral"]["live_aspect_count"] == 2
        assert layers["behavioral"]["next_family"] == "web"
    if "transactions" in taken:
        assert layers["value"]["state"] == "absent"
        assert layers["behavioral"]["live_aspect_count"] == 3
    if "crm" in taken:
        assert layers["demographic"]["state"] == "absent"
        assert layers["psychographic"]["state"] == "absent"
        assert after["web"]["state"] == "unlinked"
