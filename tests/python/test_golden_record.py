"""The golden record against elimination in Python, and against the known truth."""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from dbt_project import REPOSITORY, DbtProject
from golden_reference import (
    ADDRESS,
    COLUMNS,
    FIELDS,
    PATTERNS,
    Rule,
    random_records,
    survivors,
)
from segmentation.cli import cli
from segmentation.demo.omnichannel import Company
from segmentation.demo.omnichannel.chunk import random_for
from segmentation.demo.omnichannel.contacts import draw_contacts
from segmentation.demo.omnichannel.people import draw_people

pytestmark = pytest.mark.slow

RECORDS = "main_internal.input__customer_records"
MAP = "main_identity.identity__customer_map"
SEED, BLOCKED = "main_internal.survivorship", "main_internal.blocked_identifiers"
GOLDEN = "main_identity.identity__golden_records"
SOURCES = "main_identity.identity__golden_record_sources"
MODELS = "int_identity__current_records int_identity__field_values"
MODELS += " int_identity__judged_values identity__golden_record_sources"
MODELS += " identity__golden_records"
AS_OF = {"segmentation_as_of": "2024-06-30", "segmentation_timezone": "Europe/Berlin"}
TYPES = {"birth_date": "date", "is_deleted": "boolean", "rule_order": "integer"}
TYPES |= {"created_at": "timestamp", "updated_at": "timestamp"}
CUSTOMERS = 4_000


def shipped() -> list[Rule]:
    """Return the rules that the project ships."""
    with (REPOSITORY / "seeds" / "survivorship.csv").open(encoding="utf-8") as file:
        return [
            (row["field"], int(row["rule_order"]), row["rule"], row["argument"] or None)
            for row in csv.DictReader(file)
        ]


def own() -> list[Rule]:
    """Return rules of a company that trusts its till for names, its CRM for the rest.

    Their orders have gaps, and the rows are not sorted by them.
    """
    rules: list[Rule] = [
        ("address", 4, "longest", None),
        ("address", 2, "most_frequent", None),
        ("address", 1, "source_priority", "shop"),
    ]
    for field in FIELDS:
        first, second = ("till", "crm") if field.endswith("_name") else ("crm", "till")
        rules += [
            (field, 9, "most_recent", None),
            (field, 7, "source_priority", second),
            (field, 3, "source_priority", first),
            (field, 8, "longest", None),
        ]
    return rules


def write(
    project: DbtProject,
    table: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
) -> None:
    """Replace a table; columns are text unless `TYPES` says otherwise."""
    typed = ", ".join(f"{name} {TYPES.get(name, 'text')}" for name in columns)
    values = ", ".join(f"({', '.join(map(literal, row))})" for row in rows)
    statements = f"""
        create schema if not exists {table.split(".", maxsplit=1)[0]};
        drop table if exists {table} cascade;
        create table {table} ({typed});
        insert into {table} values {values}
    """
    if project.target == "postgres":
        with project.connection() as connection:
            with connection.cursor() as cursor:
                cursor.execute(statements)
            connection.commit()
    else:
        with duckdb.connect(
            str(project.warehouse), config={"storage_compatibility_version": "v1.5.0"}
        ) as connection:
            connection.execute(statements)


def literal(value: object) -> str:
    """Return a value as both engines read it."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value)
    return "'{}'".format(str(value).replace("'", "''"))


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def project(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> DbtProject:
    """Return the repository on an empty warehouse; texts there follow a language."""
    environment: Mapping[str, str] = {}
    if request.param == "postgres":
        environment = request.getfixturevalue("postgres")
        server = DbtProject(REPOSITORY, Path("none"), environment, target="postgres")
        with server.connection() as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(
                    "create database golden template template0 encoding 'UTF8' "
                    "locale_provider icu icu_locale 'en-US'"
                )
        environment = {**environment, "SEGMENTATION_PG_DATABASE": "golden"}
    warehouse = tmp_path_factory.mktemp("golden") / "golden.duckdb"
    return DbtProject(REPOSITORY, warehouse, environment, AS_OF, request.param)


@pytest.mark.parametrize("rules", [shipped(), own()], ids=["shipped", "own"])
def test_what_survives_is_what_elimination_leaves(
    project: DbtProject, rules: list[Rule]
) -> None:
    rows, owners = random_records(seed=7)
    written = [[row[name] for name in COLUMNS] for row in rows]
    write(project, RECORDS, COLUMNS, written)
    mapped = [[owner, *record] for record, owner in owners.items()]
    key = ("customer_id", "source_system", "source_customer_id")
    write(project, MAP, key, mapped)
    write(project, SEED, ("field", "rule_order", "rule", "argument"), rules)
    patterns = [(kind, pattern, "shared") for kind, pattern in PATTERNS]
    columns = ("identifier_type", "value_pattern", "reason")
    write(project, BLOCKED, columns, patterns)
    expected = survivors(rows, owners, rules)

    result = project.dbt("run", "--select", *MODELS.split())

    assert result.success, result.ending
    found = project.query(
        "select customer_id, field, value, source_system, source_customer_id, "
        "decided_by, record_count, rival_value_count, blocked_value_count "
        f"from {SOURCES}"
    )
    assert len(found) == len(expected)
    for customer, field, *rest in found:
        one = expected[customer, field]
        record = one.record or {}
        whence = (record.get("source_system"), record.get("source_customer_id"))
        counts = (one.records, one.rivals, one.blocked)
        assert rest == [one.value, *whence, one.decided_by, *counts], (customer, field)
    reasons = Counter(one.decided_by for one in expected.values())
    used = {rule for _, _, rule, _ in rules if rule != "never"}
    print(reasons)
    assert used | {"only_value", "nothing_usable"} <= reasons.keys()
    listed = ", ".join(("customer_id", *FIELDS, *ADDRESS))
    golden = {
        row[0]: row[1:] for row in project.query(f"select {listed} from {GOLDEN}")
    }
    assert golden.keys() == set(owners.values())
    assert not any(golden["visitor"])
    for customer, values in golden.items():
        alone = [expected.get((customer, field)) for field in FIELDS]
        assert [str(value) if value else None for value in values[: len(FIELDS)]] == [
            one and one.value for one in alone
        ]
        address = expected.get((customer, "address"))
        record = (address and address.record) or {}
        assert list(values[len(FIELDS) :]) == [record.get(name) for name in ADDRESS]


def test_a_wrong_seed_is_refused_in_words(project: DbtProject) -> None:
    rules: list[Rule] = [rule for rule in shipped() if rule[0] != "gender"]
    rules += [
        ("fist_name", 1, "most_recent", None),
        ("email", 3, "newest", None),
        ("email", 4, "source_priority", "crm"),
        ("phone", 3, "never", None),
        ("phone", 4, "longest", "shop"),
        ("phone", 5, "most_recent", None),
        ("phone", 6, "most_complete", None),
        ("last_name", 6, "source_priority", "omni_crm"),
        ("last_name", 7, "longest", None),
        ("last_name", 8, "source_priority", "omni_shop"),
    ]
    write(project, SEED, ("field", "rule_order", "rule", "argument"), rules)
    company = replace(project, vars={"segmentation_dataset": "omnichannel"})

    result = company.dbt("test", "--select", "identity_survivorship_is_known")

    assert result.exit_code == 1
    told = [line for line in result.log.splitlines() if line.startswith("ERROR  ")]
    problems = (
        "field fist_name, rule_order 1: there is no such field. Fields are account_id",
        "field email, rule_order 3: the rule is 'newest'. Rules are source_priority,",
        "field email, rule_order 4: no source of customer_records is called 'crm'",
        "Sources are omni_shop, omni_till, omni_crm, omni_mailing, omni_helpdesk",
        "field phone, rule_order 3: never needs the value as its argument",
        "field phone, rule_order 4: longest takes no argument and has 'shop'",
        "field phone: most_recent stands 2 times",
        "field phone, rule_order 6: most_complete orders addresses",
        "field last_name, rule_order 7: longest stands between rows of source_priority",
        "has no rule that orders the values of field gender. Add one, such as gender,1",
    )
    for problem in problems:
        assert any(problem in line for line in told), problem
    assert len(told) == len(problems) - 1


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    """Return golden records of the company, each person one customer."""
    warehouse = tmp_path_factory.mktemp("company") / "company.duckdb"
    settings = {"segmentation_dataset": "omnichannel"}
    project = DbtProject(REPOSITORY, warehouse, vars=settings)
    words = ["--project-dir", str(REPOSITORY), "demo", "load", "omnichannel"]
    words += ["--customers", str(CUSTOMERS), "--seed", "11"]
    loaded = CliRunner().invoke(cli, words, env=project.environment)
    assert loaded.exit_code == 0, loaded.output
    no_tests = ("--exclude-resource-type", "test", "unit_test")
    read = project.build("--select", "+input__customer_records", *no_tests)
    assert read.success, read.ending
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create schema if not exists main_identity")
        connection.execute(
            f"create table {MAP} as select person_id as customer_id, source_system, "
            "source_customer_id from truth.records where person_id is not null"
        )
    seeds = ("survivorship", "blocked_identifiers")
    made = project.build("--select", *seeds, *MODELS.split(), *no_tests)
    assert made.success, made.ending
    return project


@pytest.fixture(scope="module")
def true_values() -> dict[str, tuple[str, date]]:
    """Return first name and birth date of each person, as they were drawn."""
    settings = Company(customers=CUSTOMERS, seed=11)
    people = draw_people(settings.planted, 0, CUSTOMERS, random_for(settings, 0, 0))
    contacts = draw_contacts(people, random_for(settings, 0, 1))
    return {
        f"P{number:08d}": (given, date(1970, 1, 1) + timedelta(days=int(birth)))
        for number, given, birth in zip(
            people.number, contacts.given, contacts.birth, strict=True
        )
    }


@pytest.mark.parametrize(("place", "field"), [(0, "first_name"), (1, "birth_date")])
def test_more_is_true_than_in_any_single_record(
    company: DbtProject,
    true_values: Mapping[str, tuple[Any, ...]],
    place: int,
    field: str,
) -> None:
    def true_share(values: Sequence[tuple[Any, ...]]) -> float:
        right: int = sum(
            true_values[person][place] == value for person, value in values
        )
        return right / known

    latest = f"""
        select customer_id, {field} from main_identity.int_identity__current_records
        inner join main_identity.identity__customer_map
            using (source_system, source_customer_id)
        where {{}}
        qualify row_number() over (
            partition by customer_id
            order by stated_at desc nulls last, source_system, source_customer_id
        ) = 1
    """
    filled = company.query(latest.format(f"{field} is not null"))
    known = len(filled)
    newest = company.query(latest.format("true"))
    golden = company.query(f"select customer_id, {field} from {GOLDEN}")
    if field == "birth_date":
        filled = [(one, date.fromisoformat(day)) for one, day in filled]
        newest = [(one, day and date.fromisoformat(day)) for one, day in newest]

    shares = [true_share(values) for values in (golden, filled, newest)]

    print(
        f"{field} of {known} persons: golden {shares[0]:.4f}, latest value "
        f"{shares[1]:.4f}, latest record {shares[2]:.4f}"
    )
    assert known > CUSTOMERS / 2
    assert shares[0] > shares[1] > shares[2]
