"""`segment doctor` says what is mapped, what is missing and what that costs."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import yaml

from dbt_project import REPOSITORY, DbtProject
from segmentation.doctor.checks import profile_problems
from segmentation.doctor.features import (
    available_inputs,
    blocked_rules,
    unmapped_features,
)
from segmentation.doctor.mapping import mapped_columns
from segmentation.doctor.messages import sentences
from segmentation.doctor.project import TRAINED_SEEDS, read_project
from segmentation.profiles import load_profile
from teahouse import built_teahouse, change_settings, segment, teahouse_copy

HOLD = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1])
print("open", flush=True)
sys.stdin.read()
"""
COUNTED = ("row", "kept", "duplicate", "corrected", "excluded", "quarantined")
YEAR = ("2017-01-01", "2017-12-31")
EXTRA_MODEL = "select 1 as order_id"


def contract(name: str, folder: str = "features") -> list[str]:
    path = REPOSITORY / "models" / folder / f"{name}.yml"
    [model] = yaml.safe_load(path.read_text())["models"]
    return [column["name"] for column in model["columns"]]


FEATURES = contract("features__customers")[2:]


def needs_of_features() -> dict[str, list[list[str]]]:
    """Return `meta.needs` of each feature."""
    path = REPOSITORY / "models" / "features" / "features__customers.yml"
    [model] = yaml.safe_load(path.read_text())["models"]
    return {
        column["name"]: column["config"]["meta"]["needs"]
        for column in model["columns"]
        if column["name"] in FEATURES
    }


NEEDS = needs_of_features()


def examined(project: DbtProject, exit_code: int = 0) -> dict[str, Any]:
    """Return what `segment doctor --json` says."""
    result = segment(project, "doctor", "--json")
    assert result.exit_code == exit_code, result.output
    assert "Traceback" not in result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@contextmanager
def postgres_session(environment: dict[str, str]) -> Iterator[Any]:
    """Yield a cursor that commits each statement."""
    connection = psycopg2.connect(
        host=environment["SEGMENTATION_PG_HOST"],
        port=environment["SEGMENTATION_PG_PORT"],
        user=environment["SEGMENTATION_PG_USER"],
        password=environment["SEGMENTATION_PG_PASSWORD"],
        dbname=environment["SEGMENTATION_PG_DATABASE"],
    )
    connection.autocommit = True
    try:
        yield connection.cursor()
    finally:
        connection.close()


@pytest.fixture(scope="module")
def healthy() -> dict[str, Any]:
    """Return the findings on the teahouse after its build."""
    return examined(built_teahouse())


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    """Return a teahouse that was never built, for one fault after the other."""
    return teahouse_copy(tmp_path_factory.mktemp("patient"))


@pytest.fixture(scope="module")
def unbuilt(patient: DbtProject) -> dict[str, Any]:
    """Return the findings on a teahouse before its first build."""
    return examined(patient)


def test_every_missing_entity_is_listed_with_what_its_yaml_says(
    healthy: dict[str, Any],
) -> None:
    said = {}
    for path in (REPOSITORY / "models" / "input").glob("input__*.yml"):
        [model] = yaml.safe_load(path.read_text())["models"]
        if "without" in model["config"]["meta"]:
            effect = model["config"]["meta"]["without"].strip()
            said[model["name"].removeprefix("input__")] = effect
    del said["orders"]
    assert len(said) == 18
    assert {item["entity"]: item["effect"] for item in healthy["missing"]} == said


def test_after_a_build_it_counts_rows_and_knows_the_release(
    healthy: dict[str, Any],
) -> None:
    [orders] = healthy["mapped"]
    assert orders["counts"]["rows"] == 4330
    assert orders["counts"]["quarantined"] == orders["counts"]["duplicates"] == 0
    assert healthy["data_starts"] == {"orders of webshop": "2022-07-17"}
    assert all(window["is_observed"] for window in healthy["windows"])
    assert healthy["release"]["is_current"] is True
    assert healthy["release"]["as_of_date"] == "2025-06-30"


def test_a_feature_is_called_empty_exactly_if_a_build_would_leave_it_so(
    unbuilt: dict[str, Any], healthy: dict[str, Any]
) -> None:
    values = ", ".join(
        f"count(distinct case when cast({name} as text) <> 'unknown' then {name} end)"
        for name in FEATURES
    )
    [row] = built_teahouse().query(
        f"select {values} from main.features__customers "
        "where as_of_date = date '2025-06-30'"
    )
    alike = {name for name, count in zip(FEATURES, row, strict=True) if count < 2}
    # The same for everybody, and that is what they say.
    always = {name for name, need in NEEDS.items() if not need}
    assert {item["feature"] for item in unbuilt["empty_features"]} == alike - always
    assert healthy["empty_features"] == unbuilt["empty_features"]


def test_nobody_is_in_a_segment_whose_rule_cannot_be_evaluated(
    healthy: dict[str, Any],
) -> None:
    blocked = {(rule["segment_set"], rule["code"]) for rule in healthy["blocked_rules"]}
    assert ("primary", "deal_seekers") in blocked
    assert ("behavior", "promotion_led") in blocked
    assert ("primary", "best") not in blocked
    members = built_teahouse().query(
        "select distinct segment_set, segment_code from main.segments__memberships_long"
    )
    assert not blocked & set(members)
    [reason] = [
        rule["reason"]
        for rule in healthy["blocked_rules"]
        if rule["code"] == "promotion_led"
    ]
    assert reason == (
        "discount_score needs orders.discount_amount or orders.gross_amount"
    )


def test_before_the_first_build_it_reads_the_project_and_creates_nothing(
    patient: DbtProject, unbuilt: dict[str, Any]
) -> None:
    [orders] = unbuilt["mapped"]
    assert (orders["entity"], orders["source"]) == ("orders", "webshop")
    assert sorted(orders["mapped"]) == [
        *("net_amount", "order_id", "ordered_at", "source_customer_id"),
    ]
    general = {"source_system", "updated_at", "is_deleted", "loaded_at"}
    own = set(contract("input__orders", "input")) - general
    assert {*orders["mapped"], *orders["unmapped"]} == own
    assert orders["counts"] is None
    assert unbuilt["release"]["message"] == "Nothing was released yet: run `dbt build`."
    assert unbuilt["settings"]["as_of"] == "2025-06-30"
    assert not patient.warehouse.exists()
    page = segment(patient, "doctor").output
    assert "not built yet" in page
    assert "It can build." in page


@pytest.fixture(scope="module")
def changed(patient: DbtProject) -> dict[str, Any]:
    """Return the findings on a release that lost its file, and on other settings."""
    built = built_teahouse()
    settings = patient.project_dir / "dbt_project.yml"
    before = settings.read_text()
    shutil.copy(built.warehouse, patient.warehouse)
    change_settings(
        patient.project_dir,
        segmentation_as_of="2025-07-31",
        segmentation_value_tiers=[{"code": "top", "top_share": 0.2}],
        segmentation_currency="Euro",
        segmentation_passthrough={"order": ["store_id"]},
    )
    try:
        return examined(patient, exit_code=1)
    finally:
        settings.write_text(before)
        patient.warehouse.unlink()


def test_a_release_is_not_current_once_rules_the_date_or_the_file_have_changed(
    changed: dict[str, Any],
) -> None:
    assert changed["release"]["is_current"] is False
    for reason in (
        "what BI reads is missing",
        "the as-of date is now 2025-07-31",
        "the definitions of segments have changed",
    ):
        assert reason in changed["release"]["message"]


def test_what_the_config_check_refuses_is_a_problem_each(
    changed: dict[str, Any],
) -> None:
    currency, passthrough = changed["problems"]
    assert currency.startswith("segmentation_currency is 'Euro'; use three capital")
    assert passthrough.startswith(
        "segmentation_passthrough names 'order', which is not"
    )


def test_a_misspelt_source_is_named_with_the_model_it_asks_for(
    patient: DbtProject,
) -> None:
    settings = patient.project_dir / "dbt_project.yml"
    before = settings.read_text()
    change_settings(patient.project_dir, segmentation_sources={"orders": ["webshp"]})
    try:
        [problem] = examined(patient, exit_code=1)["problems"]
    finally:
        settings.write_text(before)
    assert problem == (
        "segmentation_sources.orders names 'webshp', and there is no model "
        "stg_webshp__orders in use. Correct the name, or write that model."
    )


def test_a_missing_file_and_a_model_that_nobody_lists_are_named(
    patient: DbtProject,
) -> None:
    orders = patient.project_dir / "data" / "orders.csv"
    staging = patient.project_dir / "models" / "staging" / "webshop"
    extra = staging / "stg_till__orders.sql"
    orders.rename(orders.with_suffix(".away"))
    extra.write_text(EXTRA_MODEL)
    try:
        found = examined(patient, exit_code=1)
    finally:
        orders.with_suffix(".away").rename(orders)
        extra.unlink()
    [problem] = found["problems"]
    assert "stg_webshop__orders reads the source webshop.orders" in problem
    assert 'No files found that match the pattern "data/orders.csv"' in problem
    assert "_webshop__sources.yml" in problem
    [note] = found["notes"]
    assert note == (
        "stg_till__orders is not read, because segmentation_sources.orders does not "
        "list till."
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "'webshop', 'orders'",
            "'webshop', 'ordrs'",
            "models/staging/webshop/stg_webshop__orders.sql reads the source webshop.o",
        ),
        (
            "'order_id'",
            "'channel'",
            "stg_webshop__orders maps no order_id, which 'orders' requires.",
        ),
        (
            "'net_amount'",
            "'netto'",
            "stg_webshop__orders maps netto, which 'orders' does not have.",
        ),
    ],
)
def test_a_broken_mapping_is_named_as_the_build_would(
    patient: DbtProject, old: str, new: str, said: str
) -> None:
    staging = patient.project_dir / "models" / "staging" / "webshop"
    model = staging / "stg_webshop__orders.sql"
    code = model.read_text()
    model.write_text(code.replace(old, new))
    try:
        [problem] = examined(patient, exit_code=1)["problems"]
    finally:
        model.write_text(code)
    assert problem.startswith(said)


def test_a_warehouse_open_elsewhere_is_a_problem_and_names_the_holder(
    patient: DbtProject,
) -> None:
    command = [sys.executable, "-c", HOLD, str(patient.warehouse)]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        try:
            [problem] = examined(patient, exit_code=1)["problems"]
        finally:
            holder.communicate()
    patient.warehouse.unlink()
    assert f"process {holder.pid}" in problem
    assert "lets one process write at a time" in problem


def test_profile_lines_are_those_that_the_build_asks_for(patient: DbtProject) -> None:
    profile = load_profile(patient.project_dir, patient.project_dir)
    bare = {name: profile.output[name] for name in ("type", "path", "schema")}
    assert not list(profile_problems(profile))
    [problem] = profile_problems(replace(profile, output=bare))

    macro = REPOSITORY / "macros" / "config" / "check_session.sql"
    asked = re.findall(r"lines\.append\('(\w+): ?(.+)'\)", macro.read_text())
    assert len(asked) == 3
    for block, line in asked:
        words = line.replace("\\n", "").strip(" {}-")
        assert f"{block}: " in problem
        assert words in problem


def test_without_dbt_deps_it_says_what_to_run(patient: DbtProject) -> None:
    packages = patient.project_dir / "dbt_packages"
    packages.rename(patient.project_dir / "away")
    try:
        [problem] = examined(patient, exit_code=1)["problems"]
    finally:
        (patient.project_dir / "away").rename(packages)
    assert "dbt deps" in problem


def test_postgres_names_missing_tables_and_counts_what_was_built(
    postgres: dict[str, str], tmp_path: Path
) -> None:
    environment = {**postgres, "SEGMENTATION_PG_DATABASE": "doctor"}
    project = DbtProject(
        REPOSITORY,
        tmp_path / "none.duckdb",
        extra_env={**environment, "DBT_TARGET": "postgres"},
        target="postgres",
    )
    with postgres_session(postgres) as session:
        session.execute("create database doctor")

    found = examined(project, exit_code=1)

    assert found["warehouse"].startswith("PostgreSQL database doctor")
    assert len(found["mapped"]) == 7
    assert found["release"]["message"] == (
        "Nothing was released yet: run `dbt build` and `segment publish`."
    )
    tables = [re.findall(r"table (\S+) in", problem) for problem in found["problems"]]
    assert len(tables) == 6
    assert all("segment demo load" in problem for problem in found["problems"])

    with postgres_session(environment) as session:
        session.execute("create schema raw_complete_journey")
        for [table] in tables:
            session.execute(f"create table {table} (id bigint)")
        columns = ", ".join(f"{name}_count bigint" for name in COUNTED)
        session.execute(
            "create schema main; create table main.measurement__source_audit "
            f"(entity text, source_system text, {columns}, "
            "first_event_date date, last_event_date date)"
        )
        session.execute(
            "insert into main.measurement__source_audit values ('products', "
            f"'complete_journey', 9, 5, 1, 1, 1, 1, '{YEAR[0]}', '{YEAR[1]}')"
        )
        release = (
            "(run_id text, released_at timestamp, as_of_date date, content_hash text, "
            "versions text)"
        )
        session.execute(
            "create schema main_ledger; create schema serving; "
            f"create table main_ledger.measurement__releases {release}; "
            f"create table serving._release {release}"
        )
        for table, run_id in (
            ("main_ledger.measurement__releases", "a"),
            ("serving._release", "b"),
        ):
            session.execute(
                f"insert into {table} "
                f"values ('{run_id}', '{YEAR[1]}', '{YEAR[1]}', '', '{{}}')"
            )
    found = examined(project)
    assert "what BI reads is another release" in found["release"]["message"]
    counts = {item["entity"]: item["counts"] for item in found["mapped"]}
    assert counts["orders"] is None
    assert list(counts["products"].values()) == [9, 5, 1, 1, 1, 1, *YEAR]
    [note] = found["notes"]
    assert "1 of 9 rows were quarantined" in note


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("{{ segmentation.map_entity('orders', x, {'a': 'b'}) }}", {"a"}),
        (
            "{% do f() %}{{ map_entity('orders', x, mapping={'a': 1, 'b': 2}) }}",
            {"a", "b"},
        ),
        ("{{ segmentation.map_entity('products', x, {'a': 'b'}) }}", None),
        ("{{ segmentation.map_entity('orders', x, mapping) }}", None),
        ("select 1 as order_id", None),
        ("{{ map_entity('orders', x, {", None),
    ],
)
def test_mapped_columns_are_read_from_code_or_left_open(
    code: str, expected: set[str] | None
) -> None:
    assert mapped_columns(code, "orders") == expected


def test_every_need_is_a_feature_and_names_columns_of_the_contract() -> None:
    assert list(NEEDS) == FEATURES
    for item in {item for need in NEEDS.values() for items in need for item in items}:
        if item in TRAINED_SEEDS:
            continue
        entity, _, column = item.partition(".")
        columns = contract(f"input__{entity}", "input")
        assert not column or column in columns


def test_needs_list_only_what_is_lacking() -> None:
    available = available_inputs(
        {"orders": ["net_amount"], "order_lines": ["product_id"]}
    )
    reasons = {
        item.feature: item.reason for item in unmapped_features(NEEDS, available)
    }
    assert reasons["category_entropy"] == "needs products.category"
    assert "product_count" not in reasons
    assert "order_count" not in reasons
    nothing = {item.feature for item in unmapped_features(NEEDS, available_inputs({}))}
    assert {"order_count", "product_count", "revenue_90d"} <= nothing
    assert "customer_type" not in nothing


def test_parameters_count_where_they_were_trained_on_the_data_set(
    patient: DbtProject,
) -> None:
    project = read_project(load_profile(patient.project_dir, patient.project_dir))
    assert project.trained("complete_journey") == {"value_parameters"}
    assert project.trained("teahouse") == set()
    value = {"expected_orders_90d": NEEDS["expected_orders_90d"]}
    orders = {"orders": ["net_amount"]}
    [untrained] = unmapped_features(value, available_inputs(orders))
    assert untrained.reason == "needs value_parameters"
    trained = available_inputs(orders, ["value_parameters"])
    assert not list(unmapped_features(value, trained))


def test_lines_give_the_discount_of_orders_without_amounts_only() -> None:
    lines = {"order_lines": ["discount_amount"]}
    bare = available_inputs({"orders": ["order_id"], **lines})
    with_amounts = available_inputs({"orders": ["net_amount"], **lines})
    discounts = {"discount_share": NEEDS["discount_share"]}
    assert not list(unmapped_features(discounts, bare))
    assert list(unmapped_features(discounts, with_amounts))


def test_a_rule_is_blocked_by_one_condition_or_by_all_alternatives() -> None:
    empty = {"age_band": "needs birth dates", "revenue_90d": "needs orders"}
    old, rich = {"feature": "age_band", "equals": "65+"}, {"feature": "x", "above": 1}

    def blocked(*when: object) -> bool:
        rules = {"primary": [{"code": "code", "when": when}]}
        return bool(list(blocked_rules(rules, empty, ["rfm"])))

    assert blocked(rich, old)
    assert not blocked(rich)
    assert not blocked({"any": [rich, old]})
    assert blocked({"any": [old, old]})
    assert not blocked({"feature": "age_band", "is_null": True})
    assert not blocked({"feature": "age_band", "in": ["unknown", "65+"]})
    assert blocked({"feature": "age_band", "is_not_null": True})
    assert blocked({"feature": "value_tier", "in": ["gold"]})
    assert not blocked({"feature": "value_tier", "equals": "no_orders"})


def test_a_blocked_code_blocks_the_primary_rule_that_rests_on_it_alone() -> None:
    rules = {
        "behavior": [
            {"code": "promotion_led", "when": [{"feature": "x", "equals": 5}]},
            {"code": "balanced", "when": [{"feature": "y", "above": 0}]},
        ],
        "primary": [
            {"code": "one", "when": [{"feature": "behavior", "in": ["promotion_led"]}]},
            {
                "code": "two",
                "when": [{"feature": "behavior", "in": ["promotion_led", "balanced"]}],
            },
        ],
    }
    found = list(blocked_rules(rules, {"x": "needs discounts"}, ["behavior"]))
    assert [(rule.segment_set, rule.code) for rule in found] == [
        ("behavior", "promotion_led"),
        ("primary", "one"),
    ]
    assert found[1].reason == "behavior cannot be promotion_led"


@pytest.mark.parametrize("indent", ["  ", "    "])
def test_a_list_of_problems_becomes_one_sentence_each(indent: str) -> None:
    said = f"""Compilation Error in macro refuse (macros/config/refuse.sql)
  The configuration cannot work, nothing was run:
{indent}- One is
{indent}  wrong.
{indent}- Two

  > in macro refuse (macros/config/refuse.sql)
  > called by macro as_of_value (macros/time/as_of_date.sql)"""
    assert list(sentences(said)) == ["One is wrong.", "Two."]


@pytest.mark.parametrize(
    ("adapter", "package"),
    [("postgres", "segmentation[postgres]"), ("spark", "dbt-spark")],
)
def test_a_missing_adapter_is_named_with_what_to_install(
    adapter: str, package: str
) -> None:
    said = f"Runtime Error\n  Could not find adapter type {adapter}!"
    [sentence] = sentences(said)
    assert f"`pip install {package}`" in sentence


def test_families_are_told_by_the_mapping_before_a_build_and_by_the_audit_after(
    unbuilt: dict[str, Any], healthy: dict[str, Any]
) -> None:
    before = {item["family"]: item for item in unbuilt["families"]}
    after = {item["family"]: item for item in healthy["families"]}
    assert before["transactions"]["state"] == "not built yet"
    assert before["transactions"]["mapped"] == ["orders"]
    assert before["transactions"]["unmapped"] == [
        *("products", "order_changes", "order_lines"),
    ]
    others = {"crm", "web", "email", "social", "service"}
    assert {name for name, item in before.items() if item["state"] == "absent"} == (
        others
    )
    assert {name for name, item in after.items() if item["state"] == "absent"} == others
    buyers = built_teahouse().query(
        "select count(distinct customer_id) from main.features__purchases "
        "where as_of_date = date '2025-06-30' and order_count > 0"
    )
    transactions = after["transactions"]
    assert (transactions["state"], transactions["finding"]) == ("live", "none")
    assert [(transactions["customers"],)] == buyers
    assert transactions["rows"] == 4330
    assert unbuilt["layers"] == unbuilt["gaps"] == []
    assert [layer["layer"] for layer in healthy["layers"]] == [
        *("demographic", "behavioral", "psychographic", "value"),
    ]
    everybody = healthy["layers"][-1]["customers"]
    ages = [gap for gap in healthy["gaps"] if gap["feature"] == "age_band"]
    assert {gap["customers"] for gap in ages} == {everybody}


def test_the_page_shows_families_layers_and_the_dearest_gaps() -> None:
    page = segment(built_teahouse(), "doctor").output
    for title in ("Source families", "Layers", "Rules left open, by revenue at stake"):
        assert title in page
    assert "young_adult" in page
