"""`segment why` against what hand-made records, weights and graphs say."""

import json
import random
import shutil
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from math import log2
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from click.testing import CliRunner, Result
from scipy.sparse import coo_array
from scipy.sparse.csgraph import shortest_path as scipy_shortest_path

from dbt_project import DbtProject
from segmentation.cli import cli
from segmentation.identity.tables import IdentityTables
from segmentation.identity.why.answers import Record
from segmentation.identity.why.paths import (
    connecting_path,
    read_network,
    shortest_path,
    told_steps,
)
from shop import Shop, shop_project

SELECTED = ("--select", "+identity__customer_map")
# Bits against strangers and against housemates; what is not named weighs nothing.
WEIGHTS = {
    ("prior", 0): ("-14", "-0.5"),
    ("first_name", 0): ("-6", "-6"),
    ("first_name", 4): ("7", "7"),
    ("last_name", 2): ("8.5", "0.25"),
    ("birth_date", 0): ("-13", "-12.5"),
    ("address", 4): ("13", "-0.25"),
    ("email", 2): ("30", "4"),
    ("email_shared", 0): ("1.5", "3"),
    ("phone", 2): ("29", "3.25"),
    ("phone_shared", 0): ("1.25", "1"),
    ("name_frequency", 1): ("1.25", "-0.25"),
}
THRESHOLD = 0.8
ALL_TABLES = ("components", "clusters", "edges", "contested_pairs")


def people() -> Shop:
    """Return records whose reasons to be one person can be told by hand."""
    shop = Shop()

    def record(name: str, **columns: str) -> None:
        shop.add("customer_records", source_customer_id=name, **columns)

    # A browser that gave an e-mail address, a mailing list, a till.
    berg = {"first_name": "Anna", "last_name": "Berg"}
    record("web/17", email="anna@post.invalid")
    record("mailing-4", **berg, email="Anna@Post.invalid", phone="+49 151 2345671")
    record("till-9", **berg, phone="0151 2345671")
    # Two people who share a telephone.
    kern = {"last_name": "Kern", "phone": "+49 151 7654321"}
    record("otto", first_name="Otto", birth_date="1980-02-03", **kern)
    record("lisa", first_name="Lisa", birth_date="1975-11-28", **kern)
    # Somebody between two who are not one person: a telephone here, an inbox there.
    home = {"street_address": "Weg 1", "city": "Ulm", "postal_code": "89073"}
    home["last_name"] = "Wolf"
    record("karl", first_name="Karl", phone="+49 151 1212129", **home)
    record("between", email="wolf@post.invalid", phone="+49 151 1212129")
    record("edith", first_name="Edith", email="wolf@post.invalid", **home)
    # Nobody owns this inbox.
    record("clerk", first_name="Udo", email="info@firm.invalid")
    record("buyer", first_name="Inge", email="info@firm.invalid")
    for name in ("device-1", "device-2", "device-3"):
        shop.add("identifiers", source_customer_id=name, identifier_value="L-7")
    return shop


@pytest.fixture(scope="module")
def ruled(
    shop_project_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> DbtProject:
    """Return the shop resolved by rules."""
    warehouse = tmp_path_factory.mktemp("ruled") / "shop.duckdb"
    project = shop_project(shop_project_dir, warehouse, people())
    result = project.build(*SELECTED, "--exclude-resource-type", "test", "unit_test")
    assert result.success, result.ending
    return project


@pytest.fixture(scope="module")
def weighed(ruled: DbtProject, tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    """Return the shop resolved by the weights above."""
    warehouse = tmp_path_factory.mktemp("weighed") / "shop.duckdb"
    shutil.copy(ruled.warehouse, warehouse)
    project = DbtProject(ruled.project_dir, warehouse, vars=ruled.vars)
    with duckdb.connect(str(warehouse)) as connection:
        add = (
            "insert into main_internal.identity_weights by name "
            "select 'shop' as dataset"
        )
        connection.execute(
            f"{add}, 'threshold' as comparison, 0 as level, "
            f"{THRESHOLD} as match_probability"
        )
        for (comparison, level), (strangers, housemates) in WEIGHTS.items():
            connection.execute(
                f"{add}, '{comparison}' as comparison, {level} as level, "
                f"{strangers} as weight_stranger, {housemates} as weight_household"
            )
    result = project.dbt("run", *SELECTED)
    assert result.success, result.ending
    return project


@pytest.fixture
def changed(weighed: DbtProject, tmp_path: Path) -> DbtProject:
    """Return a copy of the resolved shop whose tables may change."""
    shutil.copy(weighed.warehouse, tmp_path / "shop.duckdb")
    return DbtProject(weighed.project_dir, tmp_path / "shop.duckdb")


def change(project: DbtProject, statement: str) -> None:
    with duckdb.connect(str(project.warehouse)) as connection:
        connection.execute(statement)


def ask(project: DbtProject, one: str, two: str, *options: str) -> Result:
    folder = str(project.project_dir)
    words = ["--project-dir", folder, "--profiles-dir", folder, "why", one, two]
    return CliRunner().invoke(cli, [*words, *options], env=project.environment)


def page(project: DbtProject, one: str, two: str) -> str:
    result = ask(project, f"shop/{one}", f"shop/{two}")
    assert result.exit_code == 0, result.output
    return result.output


def answer(project: DbtProject, one: str, two: str) -> Any:
    result = ask(project, f"shop/{one}", f"shop/{two}", "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def steps(found: Any) -> list[list[str]]:
    return [[name.partition("/")[2] for name in x["records"]] for x in found["path"]]


def sums(*levels: tuple[str, int]) -> tuple[float, float]:
    """Add weights, the prior among them."""
    asked = [WEIGHTS[level] for level in (("prior", 0), *levels)]
    strangers, housemates = zip(*asked, strict=True)
    return float(sum(map(Decimal, strangers))), float(sum(map(Decimal, housemates)))


# The inbox anna@ says a first name, and two of ten records are an Anna Berg by chance.
ANNA_BY_EMAIL = (("first_name", 4), ("email", 2), ("email_shared", 0))
ANNA_BY_PHONE = (
    *(("first_name", 4), ("last_name", 2)),
    *(("phone", 2), ("phone_shared", 0), ("name_frequency", 1)),
)
OTTO_AND_LISA = (("first_name", 0), ("last_name", 2), ("birth_date", 0), ("phone", 2))


def test_a_chain_is_told_step_by_step(weighed: DbtProject) -> None:
    found = answer(weighed, "web/17", "till-9")

    assert found["is_same_customer"]
    assert steps(found) == [["web/17", "mailing-4"], ["mailing-4", "till-9"]]
    assert found["step_count"] == 2
    for step, levels, kind, key in zip(
        found["path"],
        (ANNA_BY_EMAIL, ANNA_BY_PHONE),
        ("email", "phone"),
        ("anna@post.invalid", "1512345671"),
        strict=True,
    ):
        [edge], [held] = step["edges"], step["identifiers"]
        assert edge["rule_code"] == "probability"
        assert held == {
            "identifier_type": kind,
            "identifier_key": key,
            "drop_reason": None,
        }
        pattern = found["patterns"][step["pattern_code"]]
        of_levels = [(x["comparison"], x["level"]) for x in pattern["levels"]]
        strangers, housemates = sums(*levels)
        assert of_levels == list(levels)
        assert pattern["total"] == {"strangers": strangers, "housemates": housemates}
        probability = 1 / (1 + 2**-strangers + 2**-housemates)
        assert edge["match_probability"] == pytest.approx(probability, abs=1e-9)
        assert not step["is_cut"]
    # The browser has no telephone, the till no e-mail address.
    assert found["pair"]["pattern_code"] is None
    assert found["pair"]["edges"] == []
    assert found["threshold"] == THRESHOLD
    assert found["component"]["record_count"] == 3


def test_weights_of_each_level_add_up_to_the_sum(weighed: DbtProject) -> None:
    found = answer(weighed, "otto", "lisa")
    [pattern] = found["patterns"].values()
    for side in ("strangers", "housemates"):
        parts = [pattern["prior"], *(level["weights"] for level in pattern["levels"])]
        total = sum(Decimal(str(part[side])) for part in parts)
        assert float(total) == pattern["total"][side]
    # -14 - 6 + 8.5 - 13 + 29
    assert pattern["total"]["strangers"] == 4.5
    # -0.5 - 6 + 0.25 - 12.5 + 3.25
    assert pattern["total"]["housemates"] == -15.5


def test_the_path_back_is_the_same_path(weighed: DbtProject) -> None:
    there = answer(weighed, "web/17", "till-9")
    back = answer(weighed, "till-9", "web/17")
    assert steps(back) == [step[::-1] for step in steps(there)[::-1]]
    assert back["records"] == there["records"][::-1]


def test_two_people_who_share_a_telephone_stay_two(weighed: DbtProject) -> None:
    text = page(weighed, "otto", "lisa")
    assert "shop/otto and shop/lisa are different customers" in text
    assert "Both hold the phone 1517654321." in text
    # Odds of 1 to 2^-4.5 + 2^15.5.
    assert "Compared: probability 0.000021579, below the threshold of 0.8." in text
    assert "Nothing connects them" in text
    rows = [line.split() for line in text.splitlines()]
    assert ["first_name", "different", "-6.0000", "-6.0000"] in rows
    assert ["birth_date", "different", "-13.0000", "-12.5000"] in rows
    assert ["last_name", "equal", "+8.5000", "+0.2500"] in rows
    assert ["sum", "bits", "+4.5000", "-15.5000"] in rows


def test_an_exact_identifier_joins_by_its_value(weighed: DbtProject) -> None:
    # A value joins its holders as a star, around whichever has the smallest number.
    [(centre,)] = weighed.query(
        "select distinct source_customer_id "
        "from main_internal.int_identity__edges "
        "inner join main_internal.int_identity__records on node_a = record_number "
        "where rule_code = 'login'"
    )
    one, two = sorted({"device-1", "device-2", "device-3"} - {centre})
    found = answer(weighed, one, two)
    held = {"identifier_type": "login", "identifier_key": "L-7", "drop_reason": None}
    assert found["is_same_customer"]
    assert steps(found) == [[one, centre], [centre, two]]
    for step in found["path"]:
        [edge] = step["edges"]
        assert (edge["rule_code"], edge["is_exact"]) == ("login", True)
        assert step["identifiers"] == [held]
        assert step["pattern_code"] is None
    assert found["pair"]["identifiers"] == [held]
    text = page(weighed, centre, two)
    assert "Shortest path: 1 step\n" in text
    assert "Both hold the login L-7, which joins them: it is an exact" in text


def test_what_the_guard_took_apart_shows_the_path_that_it_cut(
    weighed: DbtProject,
) -> None:
    found = answer(weighed, "karl", "edith")
    assert not found["is_same_customer"]
    assert steps(found) == [["karl", "between"], ["between", "edith"]]
    assert [step["is_cut"] for step in found["path"]] == [True, False]
    assert all(step["edges"] for step in found["path"])
    component = found["component"]
    assert (component["record_count"], component["customer_count"]) == (3, 2)
    # Karl and Edith against, Karl and the record between them for one person.
    apart = sums(("first_name", 0), ("last_name", 2), ("address", 4))
    joined = sums(("phone", 2), ("phone_shared", 0))
    evidence = sum(
        round(-1000 * log2(2**-strangers + 2**-housemates))
        for strangers, housemates in (apart, joined)
    )
    assert (component["pair_count"], component["evidence"]) == (2, evidence)
    text = page(weighed, "karl", "edith")
    assert "Shortest path, now cut: 2 steps" in text
    assert "1. shop/karl and shop/between, of different customers" in text
    assert "taken apart into 2 customers" in text
    assert f"evidence of 2 pairs, on average {evidence / 2000:+.4f} bits." in text
    assert answer(weighed, "between", "edith")["is_same_customer"]


def test_strangers_and_records_without_anything_to_compare(weighed: DbtProject) -> None:
    text = page(weighed, "otto", "till-9")
    assert "Not compared: they agree on no blocking key" in text
    assert "Nothing connects them" in text
    text = page(weighed, "otto", "device-1")
    assert "Not compared: shop/device-1 has no name and no identifier" in text


def test_a_blocked_value_joins_nobody_and_says_why(weighed: DbtProject) -> None:
    text = page(weighed, "clerk", "buyer")
    assert "are different customers" in text
    assert "Both hold the email info@firm.invalid, which joins nobody: shared" in text


def test_rules_name_the_conditions_that_a_pair_meets(ruled: DbtProject) -> None:
    found = answer(ruled, "web/17", "till-9")
    codes = [edge["rule_code"] for step in found["path"] for edge in step["edges"]]
    assert codes == ["email_and_name", "phone_and_name"]
    first = found["patterns"][found["path"][0]["pattern_code"]]
    assert first["conditions"] == [
        {"comparison": "email", "at_least": 2, "at_most": None},
        {"comparison": "first_name", "at_least": 3, "at_most": None},
    ]
    assert first["total"] is None
    assert found["threshold"] is None
    text = page(ruled, "mailing-4", "till-9")
    assert (
        "Compared: the rule phone_and_name joins them (first_name at least 'similar', "
        "phone at least 'equal')." in text
    )
    assert "against strangers" not in text
    assert "Compared: no rule joins them." in page(ruled, "otto", "lisa")


def test_an_include_joins_whole_customers(changed: DbtProject) -> None:
    """Karl and Edith, whom the guard took apart, and the record between them."""
    change(
        changed,
        "insert into main_internal.identity_overrides values "
        "('include', 'shop', 'karl', 'shop', 'edith', 'he became she')",
    )
    result = changed.dbt("run", *SELECTED)
    assert result.success, result.ending

    customers = changed.query(
        "select customer_id, count(*) from main_identity.identity__customer_map "
        "where source_customer_id in ('karl', 'between', 'edith') group by all"
    )

    assert [count for _, count in customers] == [3]
    assert "Joined by hand: he became she." in page(changed, "karl", "edith")


def test_decisions_by_hand_are_told_with_their_reason(changed: DbtProject) -> None:
    numbers = dict(
        changed.query(
            "select source_customer_id, record_number "
            "from main_internal.int_identity__records"
        )
    )
    a, b = sorted((numbers["otto"], numbers["lisa"]))
    table = "main_internal.int_identity__overrides"
    change(
        changed,
        f"create or replace table {table} as select {a} as node_a, {b} as node_b, "
        "'exclude' as decision, 'twins' as reason",
    )
    assert "Kept apart by hand: twins." in page(changed, "otto", "lisa")
    change(changed, f"update {table} set decision = 'include', reason = 'one man'")
    assert "Joined by hand: one man." in page(changed, "lisa", "otto")
    assert "by hand" not in page(changed, "otto", "till-9")


def test_weights_published_after_the_build_are_not_passed_off_as_its_own(
    changed: DbtProject,
) -> None:
    change(
        changed,
        "update main_internal.identity_weights set weight_stranger = 1 "
        "where comparison = 'email' and level = 2",
    )
    found = answer(changed, "web/17", "mailing-4")
    [pattern] = found["patterns"].values()
    assert found["weights_differ"]
    assert {level["weights"] for level in pattern["levels"]} == {None}
    assert pattern["total"]["strangers"] == sums(*ANNA_BY_EMAIL)[0]
    assert "identity_weights changed" in page(changed, "web/17", "mailing-4")


def test_a_record_is_itself(weighed: DbtProject) -> None:
    text = page(weighed, "otto", "otto")
    assert text.startswith("shop/otto is one record, of customer ")
    found = answer(weighed, "otto", "otto")
    assert found["is_same_record"]
    assert found["path"] == []


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("till-9", "Found 'till-9' as a record; expected SOURCE/ID"),
        ("shop/", "Found 'shop/' as a record; expected SOURCE/ID"),
        ("crm/till-9", "Found no source 'crm' in the last build; expected one of shop"),
        ("shop/Till9", "Found no record 'Till9' of shop in the last build"),
        ("shop/Till9", "expected one that it holds, such as shop/till-9"),
        ("shop/o'neil-and-sons", "expected one that it holds. Correct the id"),
    ],
)
def test_an_unknown_record_is_refused_with_what_is_known(
    weighed: DbtProject, name: str, told: str
) -> None:
    for pair in ((name, "shop/otto"), ("shop/otto", name)):
        result = ask(weighed, *pair)
        assert result.exit_code == 1
        assert told in result.output


def test_without_a_build_the_message_says_what_to_run(
    changed: DbtProject, tmp_path: Path
) -> None:
    change(changed, "drop table main_internal.int_identity__edges")
    unbuilt = DbtProject(changed.project_dir, tmp_path / "none.duckdb")
    for project in (changed, unbuilt):
        result = ask(project, "shop/otto", "shop/lisa")
        assert result.exit_code == 1
        assert "int_identity__edges" in result.output
        assert "Run `dbt build`" in result.output
    assert not unbuilt.warehouse.exists()


def test_a_table_in_two_schemas_is_refused(changed: DbtProject) -> None:
    change(
        changed,
        "create schema main_old; create table main_old.int_identity__edges as "
        "from main_internal.int_identity__edges",
    )
    result = ask(changed, "shop/otto", "shop/lisa")
    assert result.exit_code == 1
    assert "int_identity__edges in the schemas main_internal, main_old" in result.output


def test_nothing_is_written(weighed: DbtProject) -> None:
    before = weighed.warehouse.read_bytes()
    page(weighed, "web/17", "till-9")
    assert weighed.warehouse.read_bytes() == before


def graph(seed: int) -> tuple[int, list[tuple[int, int]]]:
    generator = random.Random(seed)
    size = generator.randint(2, 40)
    return size, [
        (generator.randrange(size), generator.randrange(size))
        for _ in range(generator.randint(0, 2 * size))
    ]


def lengths(size: int, edges: Sequence[tuple[int, int]]) -> Any:
    ends = np.array(edges, dtype=int).reshape(-1, 2)
    matrix = coo_array(
        (np.ones(len(ends)), (ends[:, 0], ends[:, 1])), (size, size)
    ).tocsr()
    return scipy_shortest_path(matrix, directed=False, unweighted=True)


def test_paths_are_as_short_as_those_of_scipy() -> None:
    for seed in range(60):
        size, edges = graph(seed)
        known, joined = lengths(size, edges), {frozenset(edge) for edge in edges}
        for start in range(size):
            path = shortest_path(edges, start, size - 1)
            if not path:
                assert np.isinf(known[start, size - 1])
                continue
            assert len(path) - 1 == known[start, size - 1]
            assert (path[0], path[-1]) == (start, size - 1)
            assert all(frozenset(step) in joined for step in pairwise(path))


def test_of_shortest_paths_the_first_in_order_is_found() -> None:
    edges = [(1, 5), (5, 9), (1, 3), (3, 8), (8, 9), (4, 9), (1, 4)]
    for seed in range(10):
        random.Random(seed).shuffle(edges)
        assert shortest_path(edges, 1, 9) == [1, 4, 9]


def test_of_a_very_long_path_both_ends_are_told() -> None:
    steps = told_steps(range(10_000, 20_000))
    assert list(steps) == [*range(1, 101), *range(9_900, 10_000)]
    assert steps[100] == (10_099, 10_100)
    assert steps[9_999] == (19_998, 19_999)
    assert list(told_steps(range(201))) == list(range(1, 201))
    assert told_steps([]) == {}


def records_of(path: Sequence[tuple[int, int | None]]) -> list[Record]:
    return [
        Record(number, "shop", str(number), "c", 1, cluster) for number, cluster in path
    ]


def network_tables(*statements: str) -> IdentityTables:
    connection = duckdb.connect()
    for statement in statements:
        connection.execute(statement)
    return IdentityTables(
        query=lambda sql, *values: connection.execute(sql, values or None).fetchall(),
        schemas=dict.fromkeys((f"int_identity__{x}" for x in ALL_TABLES), "main"),
        edit_distance="levenshtein",
    )


def test_linkage_joins_by_pairs_that_are_no_edges() -> None:
    """Records 1, 2 and 3 are one cluster; by edges 3 hangs on record 4 of another."""
    tables = network_tables(
        "create table int_identity__components as select * from "
        "(values (1, 1), (2, 1), (3, 1), (4, 1)) as x (node, label)",
        "create table int_identity__clusters as select * from "
        "(values (1, 1), (2, 1), (3, 1), (4, 4)) as x (node, cluster)",
        "create table int_identity__edges as select *, 'probability' as rule_code, "
        "0.9 as match_probability, false as is_exact from "
        "(values (1, 2), (1, 4), (3, 4)) as x (node_a, node_b)",
        "create table int_identity__contested_pairs as select * from (values "
        "(1, 2, 3000), (1, 4, 3000), (3, 4, 3000), (2, 3, 900), (1, 3, -500), "
        "(2, 4, -9000)) as x (node_a, node_b, evidence)",
    )
    one, three, four = records_of([(1, 1), (3, 1), (4, 4)])
    network = read_network(tables, one, three)
    assert network is not None
    assert connecting_path(tables, network, one, three) == [1, 2, 3]
    assert connecting_path(tables, network, three, one) == [3, 2, 1]
    assert connecting_path(tables, network, one, four) == [1, 4]
