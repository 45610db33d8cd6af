"""A dry run lists what a change of rules would do, and leaves no trace.

The teahouse opens a till of nine records. Built with the package's rules:

    ann1, ann2    one telephone line, one name: one customer, 100.00 + 50.00
    bert, carla   one line, two names: two customers, 30.00 + 20.00
    dora          alone, 250.00
    eve1, eve2    one loyalty card of the till, no orders
    finn, gus     a line each
"""

import csv
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import chdir
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from dbt_project import DbtProject
from segmentation.fingerprint import Fingerprint, fingerprints
from segmentation.identity.diff.cases import Case, Link, cases, causes_of
from segmentation.identity.diff.compare import compare
from teahouse import (
    EXAMPLE,
    build,
    built_teahouse,
    change_settings,
    postgres_teahouse,
    segment,
    teahouse_copy,
)

pytestmark = pytest.mark.slow

PEOPLE = """(values
    ('ann1', 'Ann', 'Berg', '+49 151 11111111'),
    ('ann2', 'Ann', 'Berg', '0151 11111111'),
    ('bert', 'Bert', 'Kohl', '+49 151 22222222'),
    ('carla', 'Carla', 'Wirth', '+49 151 22222222'),
    ('dora', 'Dora', 'Lang', null),
    ('eve1', 'Eve', 'Roth', null),
    ('eve2', null, null, null),
    ('finn', 'Finn', 'Kern', '+49 151 33333333'),
    ('gus', 'Gus', 'Lenz', '+49 151 44444444')
) as people (no, first_name, last_name, phone)"""
CARDS = "(values ('eve1', 'K7'), ('eve2', 'K7')) as cards (no, card)"
# An older version, a cancelled order and a deleted one count for nothing.
ORDERS = """(values
    ('ann1', 't1', '100.00', null, 'false'),
    ('ann2', 't2', '50.00', null, 'false'),
    ('bert', 't3', '999.00', '2025-05-02 09:00:00', 'false'),
    ('bert', 't3', '30.00', '2025-05-03 09:00:00', 'false'),
    ('carla', 't4', '20.00', null, 'false'),
    ('carla', 't5', '500.00', null, 'false'),
    ('carla', 't6', '70.00', '2025-05-03 09:00:00', 'true'),
    ('dora', 't7', '250.00', null, 'false')
) as orders (no, bon, total, changed, gone)"""
CANCELLED = "(values ('carla', 't5')) as changes (no, bon)"
MODELS = {
    "customer_records": (
        PEOPLE,
        {
            "source_customer_id": "no",
            "first_name": "first_name",
            "last_name": "last_name",
            "phone": "phone",
            "country_code": "'DE'",
            "created_at": "'2025-01-02 09:00:00'",
        },
    ),
    "identifiers": (
        CARDS,
        {
            "source_customer_id": "no",
            "identifier_type": "'loyalty_card'",
            "identifier_value": "card",
            "observed_at": "'2025-01-02 09:00:00'",
        },
    ),
    "orders": (
        ORDERS,
        {
            "source_customer_id": "no",
            "order_id": "bon",
            "ordered_at": "'2025-05-01 09:00:00'",
            "net_amount": "total",
            "updated_at": "changed",
            "is_deleted": "gone",
        },
    ),
    "order_changes": (
        CANCELLED,
        {
            "source_customer_id": "no",
            "order_id": "bon",
            "changed_at": "'2025-05-04 09:00:00'",
            "change_type": "'cancelled'",
        },
    ),
}
SERVED = ("serving.duckdb", "activation.duckdb")
HEADER = "rule_code,priority,comparison,at_least,at_most\n"
WEAKER = (
    HEADER
    + "phone_and_name,1,phone,2,\nphone_and_name,1,first_name,3,\n"
    + "phone,2,phone,2,\n"
)
STRICTER = HEADER + "email,1,email,2,\n"
# One line joins people of different first names, and no others.
ANOTHER = HEADER + "phone,1,phone,2,\nphone,1,first_name,,0\n"
BROKEN = HEADER + "phone,2,phone,two,\n"


def add_till(project: DbtProject, *others: str) -> None:
    """Map the till beside the sources that deliver orders already."""
    folder = project.project_dir / "models" / "staging" / "till"
    folder.mkdir()
    for entity, (relation, mapping) in MODELS.items():
        arguments = f'"{entity}", """{relation}""", {mapping}'
        (folder / f"stg_till__{entity}.sql").write_text(
            f"{{{{ segmentation.map_entity({arguments}) }}}}"
        )
    sources = {entity: ["till"] for entity in MODELS}
    sources["orders"] += others
    change_settings(project.project_dir, segmentation_sources=sources)


def use_rules(project: DbtProject, rules: str) -> None:
    """Put rules of the project in the place of the package's."""
    (project.project_dir / "seeds").mkdir(exist_ok=True)
    (project.project_dir / "seeds" / "identity_rules.csv").write_text(rules)
    path = project.project_dir / "dbt_project.yml"
    content = yaml.safe_load(path.read_text())
    content["seeds"] = {"segmentation": {"identity_rules": {"+enabled": False}}}
    path.write_text(yaml.safe_dump(content))


def resolve(project: DbtProject) -> None:
    result = build(
        project,
        *("--select", "+identity__customer_map"),
        *("--exclude-resource-type", "test", "unit_test"),
    )
    assert result.success, result.log


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    """Return a teahouse with a release, whose till came later."""
    project = teahouse_copy(tmp_path_factory.mktemp("till"))
    teahouse = built_teahouse()
    for name in ("warehouse.duckdb", *SERVED):
        shutil.copy(teahouse.warehouse.with_name(name), project.warehouse.parent)
    add_till(project, "webshop")
    resolve(project)
    path = project.project_dir / "dbt_project.yml"
    # Of the project's own, and no part of a dry run.
    recorded = "create table main.recorded as select 1 as run"
    path.write_text(f"{path.read_text()}\non-run-end: {recorded}\n")
    return project


@pytest.fixture
def project(released: DbtProject) -> Iterator[DbtProject]:
    """Return the project as it was built; what a test changes is undone."""
    folder = released.project_dir
    settings = (folder / "dbt_project.yml").read_text()
    yield released
    (folder / "dbt_project.yml").write_text(settings)
    for name in ("seeds", "macros"):
        shutil.rmtree(folder / name, ignore_errors=True)


def everything(project: DbtProject) -> tuple[dict[str, Fingerprint], list[bytes]]:
    """Return all that a dry run must leave alone: tables, and what is served."""
    with (
        chdir(project.project_dir),  # a view reads the file of orders
        duckdb.connect(str(project.warehouse), read_only=True) as connection,
    ):
        schemas = [
            schema
            for (schema,) in connection.execute(
                "select schema_name from information_schema.schemata"
                " where catalog_name = current_catalog() order by all"
            ).fetchall()
        ]
        tables = fingerprints(connection, schemas)
    assert "main.segments__customers" in tables
    assert not [name for name in schemas if "diff" in name], schemas
    served = [project.warehouse.with_name(name) for name in SERVED]
    run = [project.artifacts / name for name in ("manifest.json", "run_results.json")]
    return tables, [file.read_bytes() for file in (*served, *run)]


def run(project: DbtProject, *options: str) -> dict[str, Any]:
    result = segment(project, "diff", "identity", "--json", *options)
    assert result.exit_code == 0, result.output
    values: dict[str, Any] = json.loads(result.stdout)
    return values


def revenue_of_all() -> Decimal:
    with (EXAMPLE / "data" / "orders.csv").open() as file:
        return Decimal("450.00") + sum(
            Decimal(row["Total"]) for row in csv.DictReader(file)
        )


def records(case: Mapping[str, Any]) -> list[str]:
    return [record["source_customer_id"] for record in case["records"]]


def test_without_a_change_no_customer_changes(project: DbtProject) -> None:
    before = everything(project)
    nothing = ("--max-revenue-share", "0", "--max-customer-share", "0")
    result = segment(project, "diff", "identity", *nothing)
    assert result.exit_code == 0, result.output
    assert "No customer changes." in result.stdout
    assert everything(project) == before


def test_a_weaker_rule_merges_and_the_gate_says_so(project: DbtProject) -> None:
    before = everything(project)
    use_rules(project, WEAKER)
    gates = ("--max-revenue-share", "0.5", "--max-customer-share", "0.001")
    result = segment(project, "diff", "identity", "--json", *gates)
    assert result.exit_code == 1
    assert "of the customers before with customers that change" in result.stderr
    found = json.loads(result.stdout)
    [case] = found["cases"]
    assert (case["kind"], case["revenue"]) == ("merge", 50.0)
    assert sorted(records(case)) == ["bert", "carla"]
    assert case["causes"] == ["new: phone (1)"]
    assert (len(case["before"]), len(case["after"])) == (2, 1)
    assert found["records_moved"] == 1
    assert found["customers_after"] == found["customers_before"] - 1
    assert found["revenue"] == float(revenue_of_all())
    assert found["revenue_share"] == pytest.approx(50 / float(revenue_of_all()))
    assert found["customer_share"] == 2 / found["customers_before"]
    assert everything(project) == before


def test_a_stricter_rule_splits(project: DbtProject) -> None:
    before = everything(project)
    use_rules(project, STRICTER)
    result = segment(project, "diff", "identity")
    assert result.exit_code == 0, result.output
    assert "split, 150.00 EUR, gone: phone_and_name (1)" in result.stdout
    listed = [line.strip() for line in result.stdout.splitlines()]
    assert {"till ann1", "till ann2"} < set(listed)
    share = 150 / float(revenue_of_all())
    assert f"and {share:.2%} of all revenue." in result.stdout
    assert everything(project) == before


def test_another_date_and_lost_records_are_said(project: DbtProject) -> None:
    change_settings(project.project_dir, segmentation_as_of="2025-05-31")
    path = project.project_dir / "dbt_project.yml"
    content = yaml.safe_load(path.read_text())
    content["vars"]["segmentation_sources"]["identifiers"] = []
    content["vars"]["segmentation_sources"]["orders"] = ["till"]
    path.write_text(yaml.safe_dump(content))
    found = run(project)
    assert "stands at 2025-06-30, the project at 2025-05-31" in found["notes"][0]
    assert "are in the last build alone" in found["notes"][1]
    kinds = {total["kind"]: total["before"] for total in found["totals"]}
    webshop = project.query(
        "select count(*) from main_identity.identity__customer_map"
        " where source_system = 'webshop'"
    )
    assert kinds == {"split": 1, "gone": webshop[0][0]}
    [card] = [case for case in found["cases"] if case["kind"] == "split"]
    assert (records(card), card["causes"]) == (
        ["eve1", "eve2"],
        ["gone: loyalty_card (1)"],
    )


def test_a_run_that_fails_or_was_killed_leaves_nothing(project: DbtProject) -> None:
    before = everything(project)
    with duckdb.connect(str(project.warehouse)) as connection:
        connection.execute("create schema segmentation_apart_main_internal")
        connection.execute(
            "create table segmentation_apart_main_internal.t as select 1"
        )
    use_rules(project, BROKEN)
    result = segment(project, "diff", "identity")
    assert result.exit_code == 1
    assert "identity_rules" in result.stderr
    assert "two" in result.stderr
    assert everything(project) == before


def test_a_table_that_would_lie_among_those_of_a_build_is_refused(
    project: DbtProject,
) -> None:
    before = everything(project)
    (project.project_dir / "macros").mkdir()
    (project.project_dir / "macros" / "schemas.sql").write_text(
        """{% macro generate_schema_name(name, node=none) %}
        {%- if node and node.name == 'stg_till__orders' -%}main_internal
        {%- else -%}{{ target.schema ~ ('_' ~ name if name else '') }}
        {%- endif -%}
        {% endmacro %}"""
    )
    result = segment(project, "diff", "identity")
    assert result.exit_code == 1
    assert "Found stg_till__orders in the schema main_internal" in result.stderr
    assert everything(project) == before


def test_nothing_built_says_what_to_run_first(tmp_path: Path) -> None:
    result = segment(teahouse_copy(tmp_path), "diff", "identity")
    assert result.exit_code == 1
    assert "Run `dbt build`, then this command." in result.stderr


def test_postgres_lists_the_same(tmp_path: Path, postgres: dict[str, str]) -> None:
    project = postgres_teahouse(tmp_path, postgres, "dry")
    add_till(project)
    resolve(project)
    tables = (
        "select table_schema, table_name from information_schema.tables"
        " where table_schema not in ('pg_catalog', 'information_schema') order by 1, 2"
    )
    ids = "select * from dry_identity.identity__customer_map order by 2, 3"
    before = project.query(tables), project.query(ids)
    use_rules(project, ANOTHER)
    found = run(project)
    split, merge = found["cases"]
    assert (split["kind"], split["revenue"]) == ("split", 150.0)
    assert (records(split), split["causes"]) == (
        ["ann1", "ann2"],
        ["gone: phone_and_name (1)"],
    )
    assert (merge["kind"], merge["revenue"]) == ("merge", 50.0)
    assert sorted(records(merge)) == ["bert", "carla"]
    assert merge["causes"] == ["new: phone (1)"]
    assert found["revenue"] == 450.0
    assert (project.query(tables), project.query(ids)) == before
    schemas = project.query(
        "select schema_name from information_schema.schemata"
        " where schema_name like 'segmentation_diff%'"
    )
    assert schemas == []


def test_causes_are_the_edges_that_the_other_side_lacks() -> None:
    """Before: a-b was an edge of two customers. After: c joins, and n is new.

    Numbers differ between the builds, since n comes before a.
    """
    tables = {
        "before_map": "values ('s', 'a', 'A'), ('s', 'b', 'B'), ('s', 'c', 'C')",
        "after_map": "values ('s', 'a', 'A'), ('s', 'b', 'A'), ('s', 'c', 'A'), "
        "('s', 'Z', 'A')",
        "before_records": "values ('s', 'a', 1), ('s', 'b', 2), ('s', 'c', 3)",
        "after_records": "values ('s', 'Z', 1), ('s', 'a', 2), ('s', 'b', 3), "
        "('s', 'c', 4)",
        "before_edges": "values (1, 2, 'phone')",
        "after_edges": "values (3, 2, 'phone'), (3, 4, 'email'), (1, 4, 'login')",
        "after_revenue": "values ('s', 'b', 7.00)",
    }
    columns = {
        "map": "source_system, source_customer_id, customer_id",
        "records": "source_system, source_customer_id, record_number",
        "edges": "node_a, node_b, rule_code",
        "revenue": "source_system, source_customer_id, revenue",
    }
    settings = {"as_of": "2025-06-30", "currency": "EUR"}
    with duckdb.connect() as connection:
        for name, rows in tables.items():
            named = columns[name.partition("_")[2]]
            connection.execute(f"create table {name} as from ({rows}) as t ({named})")
        found = compare(
            lambda sql, *values: connection.execute(sql, values or None).fetchall(),
            {name: name for name in tables},
            settings,
            None,
            list_all=False,
        )
    [case] = found.cases
    assert (case.kind, case.before, case.after) == ("merge", ("A", "B", "C"), ("A",))
    assert case.causes == ("new: email (1)",)
    assert (case.revenue, found.revenue_share) == (Decimal(7), 1.0)
    assert (found.records_both, found.records_after, found.records_moved) == (3, 1, 2)


def test_customers_that_swap_records_are_regrouped() -> None:
    """Old a gives a record to y; c only joins; d gets another id; e is gone."""
    links = [
        Link("a", "x", 2, Decimal(5)),
        Link("a", "y", 1, Decimal(1)),
        Link("b", "y", 1, Decimal(2)),
        Link("c", "y", 1, Decimal(0)),
        Link("d", "e", 3, Decimal(9)),
        Link("e", None, 1, Decimal(0)),
    ]
    found = [(case.kind, case.before, case.after) for case in cases(links)]
    assert found == [
        ("other id", ("d",), ("e",)),
        ("regrouped", ("a", "b", "c"), ("x", "y")),
        ("gone", ("e",), ()),
    ]


def test_a_case_without_an_edge_of_its_own_names_its_component() -> None:
    case = Case("merge", ("a", "b"), ("x",), 2, Decimal(0))
    assert causes_of(case, {}, {}) == ("other pairs of its component",)
    joined = {"x": {"phone": 2, "email": 3}, "z": {"login": 1}}
    assert causes_of(case, joined, {}) == ("new: email (3)", "new: phone (2)")
