"""`segment demo score` compares answers with the truth of a made-up company.

The example: ten records that name somebody, of four persons in two households.

person  household  records        project's customers      rival's customers
ada     h1, twin   a1 a2 a3       x: a1 a2, y: a3          all that the truth says
bob     h1, twin   b1 b2          y: b1 b2                 but for d4, which is
cleo    h2         c1             z: c1                    missing from the file
dan     h2         d1 d2 d3 d4    w: d1 d2 d3; d4 missing
"""

import json
import random
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from click.testing import CliRunner, Result

from segmentation.cli import cli
from segmentation.demo.score import SCORERS, score
from segmentation.demo.score.exact_keys import components
from segmentation.demo.score.results import Measure, Section
from segmentation.profiles import load_profile

PERSONS = {"ada": "a1 a2 a3", "bob": "b1 b2", "cleo": "c1", "dan": "d1 d2 d3 d4"}
TRUTH = {record: person for person, all_ in PERSONS.items() for record in all_.split()}
HOMES = {"ada": ("h1", True), "bob": ("h1", True), "cleo": ("h2", False)}
HOMES |= {"dan": ("h2", False)}
FOUND = dict.fromkeys(("a1", "a2"), "x") | dict.fromkeys(("a3", "b1", "b2"), "y")
FOUND |= {"c1": "z"} | dict.fromkeys(("d1", "d2", "d3"), "w")
# Visitors who name nobody, of whom the project says what it likes.
VISITORS = {"v1": "ada", "v2": None}
HEADER = "source_system,source_customer_id,customer_id\n"

Clusters = Mapping[str, str]


def write_truth(
    warehouse: Path,
    truth: Mapping[str, str | None],
    homes: Mapping[str, tuple[str | None, bool]],
) -> None:
    """Write schema `truth`; records of VISITORS do not name anybody."""
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            """
            create schema truth;
            create table truth.settings (name varchar, value varchar);
            create table truth.persons (
                person_id varchar, household_id varchar, is_twin boolean
            );
            create table truth.records (
                source_system varchar,
                source_customer_id varchar,
                person_id varchar,
                names_somebody boolean
            );
            insert into truth.settings values
                ('world', 'standard'), ('customers', '4'), ('seed', '7');
            """
        )
        rows = [
            ["shop", id_, person, id_ not in VISITORS] for id_, person in truth.items()
        ]
        connection.executemany("insert into truth.records values (?, ?, ?, ?)", rows)
        people = [[person, *home] for person, home in homes.items()]
        connection.executemany("insert into truth.persons values (?, ?, ?)", people)


def write_map(warehouse: Path, answer: Clusters, schema: str = "main_identity") -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(f"create schema if not exists {schema}")
        connection.execute(
            f"create or replace table {schema}.identity__customer_map ("
            "customer_id varchar, source_system varchar, source_customer_id varchar)"
        )
        connection.executemany(
            f"insert into {schema}.identity__customer_map values (?, 'shop', ?)",
            [[customer, record] for record, customer in answer.items()],
        )


def write_rival(file: Path, answer: Iterable[tuple[str, str]]) -> Path:
    lines = (f"shop,{record},{customer}\n" for record, customer in answer)
    file.write_text(HEADER + "".join(lines))
    return file


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project's folder, without a warehouse, and work in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dbt_project.yml").write_text("name: shop\nprofile: shop\n")
    (tmp_path / "profiles.yml").write_text(
        """
        shop:
          target: file
          outputs:
            file: {type: duckdb, path: shop.duckdb, schema: main}
            server: {type: postgres, host: /nowhere, dbname: shop}
        """
    )
    return tmp_path


@pytest.fixture
def company(project: Path) -> Path:
    """Return the folder of the example, not built."""
    write_truth(project / "shop.duckdb", TRUTH | VISITORS, HOMES)
    return project


@pytest.fixture
def built(company: Path) -> Path:
    """Return the folder of the example with the project's answer."""
    strangers = {"v1": "x", "v2": "y", "nobody knows": "q"}
    write_map(company / "shop.duckdb", FOUND | strangers)
    return company


def run(folder: Path, *words: str | Path) -> Result:
    general = ["--project-dir", str(folder), "demo", "score"]
    return CliRunner().invoke(cli, [*general, *(str(word) for word in words)])


def scored(folder: Path, *words: str | Path) -> dict[str, Any]:
    result = run(folder, "--json", *words)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def contestants(folder: Path, *words: str | Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = scored(folder, *words)["sections"]["identity"][
        "contestants"
    ]
    return found


def refusal(folder: Path, *words: str | Path) -> str:
    result = run(folder, *words)
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output
    return " ".join(result.output.split())


# Unordered pairs of the project. True: ada 3, bob 1, dan 6 = 10. Joined: x 1, y 3,
# w 3 = 7. Both: a1-a2, b1-b2, three of d1 d2 d3 = 5.
# B-cubed precision by record: a1 a2 1, a3 1/3, b1 b2 2/3, c1 1, d1 to d4 1, together
# 26/3. Recall: a1 a2 2/3, a3 1/3, b1 b2 1, c1 1, d1 d2 d3 3/4, d4 1/4, together 43/6.
PROJECT = {
    "pairwise_precision": 5 / 7,
    "pairwise_recall": 5 / 10,
    "pairwise_f1": 10 / 17,
    "bcubed_precision": 26 / 30,
    "bcubed_recall": 43 / 60,
    "bcubed_f1": 2 * (52 / 60) * (43 / 60) / (95 / 60),
    "persons_exact_share": 1 / 4,  # cleo
    "household_members_apart_share": 2 / 4,  # cleo and dan
    "twins_apart_share": 0 / 2,
    "customer_count": 5,  # x, y, z, w and d4
    "largest_customer_record_count": 3,
    "missing_record_count": 1,
    "unknown_record_count": 1,
}


def test_measures_are_those_calculated_by_hand(built: Path) -> None:
    assert contestants(built)["project"] == pytest.approx(PROJECT, abs=1e-12)


def test_perfect_answer_and_worst_answers(built: Path) -> None:
    perfect = write_rival(built / "perfect.csv", TRUTH.items())
    one = write_rival(built / "one.csv", ((record, "all") for record in TRUTH))
    found = contestants(built, "--identities", perfect, "--identities", one)

    assert set(list(found["perfect"].values())[:9]) == {1.0}
    assert list(found["perfect"].values())[9:] == [4, 4, 0, 0]
    # All 45 pairs are joined, 10 of them true. By record 3, 2, 1 or 4 of the 10 are of
    # its person, on average (9 + 4 + 1 + 16) / 10 of 10.
    assert found["one"] == pytest.approx(
        {
            "pairwise_precision": 10 / 45,
            "pairwise_recall": 1,
            "pairwise_f1": 20 / 55,
            "bcubed_precision": 0.3,
            "bcubed_recall": 1,
            "bcubed_f1": 0.6 / 1.3,
            "persons_exact_share": 0,
            "household_members_apart_share": 0,
            "twins_apart_share": 0,
            "customer_count": 1,
            "largest_customer_record_count": 10,
            "missing_record_count": 0,
            "unknown_record_count": 0,
        }
    )
    # No pair is joined, so pairwise precision is of nothing. Each record sees itself
    # alone: one of its person's 3, 2, 1 or 4, which is 4 / 10 on average.
    singletons = found["singletons"]
    assert singletons["pairwise_precision"] is None
    assert singletons["pairwise_recall"] == singletons["pairwise_f1"] == 0
    assert singletons["bcubed_precision"] == 1
    assert singletons["bcubed_recall"] == pytest.approx(4 / 10)
    assert singletons["persons_exact_share"] == 1 / 4
    assert singletons["twins_apart_share"] == 1
    assert singletons["customer_count"] == 10


def brute_force(truth: Clusters, answer: Clusters) -> dict[str, float]:
    """Go through all pairs and all records, as the definitions say."""
    true, joined, both = set(), set(), set()
    for pair in combinations(sorted(truth), 2):
        if truth[pair[0]] == truth[pair[1]]:
            true.add(pair)
        if answer[pair[0]] == answer[pair[1]]:
            joined.add(pair)
    both = true & joined
    precision, recall = [], []
    for record in truth:
        own = {other for other in truth if truth[other] == truth[record]}
        customer = {other for other in truth if answer[other] == answer[record]}
        precision.append(len(own & customer) / len(customer))
        recall.append(len(own & customer) / len(own))
    people = {frozenset(r for r in truth if truth[r] == p) for p in truth.values()}
    customers = {frozenset(r for r in truth if answer[r] == c) for c in answer.values()}
    bcubed = sum(precision) / len(precision), sum(recall) / len(recall)
    return {
        "pairwise_precision": len(both) / len(joined),
        "pairwise_recall": len(both) / len(true),
        "bcubed_precision": bcubed[0],
        "bcubed_recall": bcubed[1],
        "bcubed_f1": 2 * bcubed[0] * bcubed[1] / sum(bcubed),
        "persons_exact_share": len(people & customers) / len(people),
        "customer_count": len(customers),
        "largest_customer_record_count": max(map(len, customers)),
    }


def apart(truth: Clusters, answer: Clusters, homes: Mapping[str, Any]) -> float:
    """Return the share of members of shared homes who share no customer there."""
    seen = set(truth.values())
    members = [
        person
        for person in seen
        if any(homes[p][0] == homes[person][0] for p in seen - {person})
    ]
    mixed = {
        person
        for one, other in combinations(truth, 2)
        if answer[one] == answer[other]
        and truth[one] != truth[other]
        and homes[truth[one]][0] == homes[truth[other]][0]
        for person in (truth[one], truth[other])
    }
    return 1 - len(mixed) / len(members)


@pytest.mark.parametrize("seed", range(6))
def test_measures_equal_a_count_over_all_pairs(project: Path, seed: int) -> None:
    draw = random.Random(seed)
    truth = {f"r{number}": f"p{draw.randrange(15)}" for number in range(60)}
    homes = {person: (f"h{draw.randrange(5)}", False) for person in truth.values()}
    answers = [
        {record: f"c{draw.randrange(size)}" for record in truth} for size in (5, 15, 40)
    ]
    # Close to the truth: every tenth record went astray.
    answers.append(
        truth | {record: "astray" for record in truth if draw.random() < 0.1}
    )
    write_truth(project / "shop.duckdb", truth, homes)
    files = [
        write_rival(project / f"rival{number}.csv", answer.items())
        for number, answer in enumerate(answers)
    ]
    found = contestants(
        project, *(word for file in files for word in ("--identities", file))
    )

    for number, answer in enumerate(answers):
        expected = brute_force(truth, answer)
        expected["household_members_apart_share"] = apart(truth, answer, homes)
        measured = {name: found[f"rival{number}"][name] for name in expected}
        assert measured == pytest.approx(expected, abs=1e-12)


def test_json_names_the_company_the_truth_and_every_measure(built: Path) -> None:
    found = scored(built)

    assert list(found) == ["warehouse", "settings", "sections"]
    assert found["warehouse"] == str(built / "shop.duckdb")
    assert found["settings"] == {"customers": "4", "seed": "7", "world": "standard"}
    identity = found["sections"]["identity"]
    assert identity["truth"] == {
        "records": 10,
        "persons": 4,
        "records_of_the_largest_person": 4,
        "household_members": 4,
        "twins": 2,
    }
    assert list(identity["contestants"]) == ["project", "singletons"]
    for values in identity["contestants"].values():
        assert list(values) == list(PROJECT)
    assert identity["notes"] == [
        "The baseline 'exact keys' needs a build of omnichannel."
    ]


def test_table_has_a_row_per_measure_and_a_column_per_contestant(built: Path) -> None:
    rival = write_rival(built / "other.csv", TRUTH.items())
    result = run(built, "--identities", rival)
    lines = [" ".join(line.split()) for line in result.output.splitlines()]

    assert "Company: customers 4, seed 7, world standard" in lines
    assert "measure project other singletons" in lines
    assert "identity" in lines
    assert "pairwise precision 0.7143 1.0000 –" in lines
    assert "twins kept apart 0.0000 1.0000 1.0000" in lines
    assert "customers 5 4 10" in lines


def test_rival_works_without_a_build_as_csv_and_parquet(company: Path) -> None:
    answer = {record: person for record, person in TRUTH.items() if record != "d4"}
    extra = [*answer.items(), ("unheard", "of"), ("a1", "ada")]
    csv = write_rival(company / "text.csv", extra)
    duckdb.read_csv(str(csv)).write_parquet(str(company / "Lake.PARQUET"))
    words = ("--identities", csv, "--identities", company / "Lake.PARQUET")
    found = scored(company, *words)["sections"]["identity"]

    assert list(found["contestants"]) == ["text", "Lake", "singletons"]
    text = found["contestants"]["text"]
    assert text == found["contestants"]["Lake"]
    # The twice delivered row counts once, d4 is a customer of its own.
    assert text["pairwise_recall"] == 7 / 10
    assert text["pairwise_precision"] == 1
    assert (text["missing_record_count"], text["unknown_record_count"]) == (1, 1)
    assert text["customer_count"] == 5
    warehouse = company / "shop.duckdb"
    assert found["notes"][0] == (
        "The project is left out: found no table identity__customer_map in "
        f"{warehouse}."
    )


def test_ids_of_a_csv_stay_text(project: Path) -> None:
    truth = {"1.50": "p", "1.5": "q", "2.5": "p"}
    homes = {"p": (None, False), "q": (None, False)}
    write_truth(project / "shop.duckdb", truth, homes)
    rival = write_rival(project / "r.csv", [("1.50", "1"), ("1.5", "2"), ("2.5", "1")])
    found = contestants(project, "--identities", rival)["r"]

    assert found["pairwise_f1"] == found["persons_exact_share"] == 1
    assert found["customer_count"] == 2
    assert found["household_members_apart_share"] is None


def test_own_sections_can_be_added(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prices(*_: object) -> Section:
        measures = (Measure("error", "mean error"),)
        return Section("prices", {"buyers": 3}, measures, {"project": {"error": 0.5}})

    monkeypatch.setitem(SCORERS, "prices", prices)
    assert scored(built)["sections"]["prices"]["contestants"] == {
        "project": {"error": 0.5}
    }
    lines = [" ".join(line.split()) for line in run(built).output.splitlines()]
    assert "mean error 0.5000 –" in lines


def write_input(warehouse: Path, rows: Sequence[tuple[str, str, str]]) -> None:
    """Write the input tables: rows of record, kind and value; all of source shop."""
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            """
            create schema main_internal;
            create table main_internal.input__customer_records (
                source_system varchar, source_customer_id varchar,
                email varchar, phone varchar
            );
            create table main_internal.input__identifiers (
                source_system varchar, source_customer_id varchar,
                identifier_type varchar, identifier_value varchar
            );
            """
        )
        for record, kind, value in rows:
            table = "input__identifiers"
            values: list[str | None] = [kind, value]
            if kind in {"email", "phone"}:
                table = "input__customer_records"
                values = [value, None] if kind == "email" else [None, value]
            connection.execute(
                f"insert into main_internal.{table} values ('shop', ?, ?, ?)",
                [record, *values],
            )


def test_exact_keys_join_whatever_is_equal(built: Path) -> None:
    rows = [
        ("a1", "email", "Ada@Example.org "),
        ("a2", "email", "ada@example.org"),
        ("a2", "phone", "+49 30 / 123"),
        ("a3", "phone", "4930123"),
        ("b1", "email", " "),  # empty keys join nobody
        ("b2", "email", ""),
        ("b2", "phone", "no number"),
        ("c1", "phone", "-"),
        # The same text of another kind is another key; a visitor joins d1 and d2.
        ("c1", "card", "L1"),
        ("d1", "login", "L1"),
        ("v2", "login", "l1"),
        ("v2", "device", "D"),
        ("d2", "device", "d"),
    ]
    write_input(built / "shop.duckdb", rows)
    identity = scored(built)["sections"]["identity"]
    keys = identity["contestants"]["exact keys"]

    # a1 a2 a3 and d1 d2 are joined: 4 of 10 true pairs, none wrong; ada and cleo are
    # found; d3 and d4 have no key.
    assert keys["pairwise_precision"] == 1
    assert keys["pairwise_recall"] == 4 / 10
    assert keys["persons_exact_share"] == 2 / 4
    assert keys["customer_count"] == 7
    assert keys["unknown_record_count"] == 0
    assert identity["notes"] == []


@pytest.mark.parametrize("edges", [0, 30, 60, 200])
def test_components_are_those_of_a_search(edges: int) -> None:
    draw = random.Random(edges)
    pairs = [(draw.randrange(100), draw.randrange(100)) for _ in range(edges)]
    neighbours: dict[int, set[int]] = defaultdict(set)
    for one, other in pairs:
        neighbours[one].add(other)
        neighbours[other].add(one)
    expected: dict[int, int] = {}
    for start in range(100):
        todo = [start]
        while todo:
            node = todo.pop()
            if node not in expected:
                expected[node] = start
                todo += neighbours[node]

    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    found = components(ends[:, 0], ends[:, 1], 100)
    assert found.tolist() == [expected[node] for node in range(100)]


def test_components_of_a_long_chain_in_any_order() -> None:
    order = np.random.default_rng(1).permutation(200_000)
    started = time.process_time()
    assert not components(order[:-1], order[1:], 200_000).any()
    assert time.process_time() - started < 10


def test_a_million_records_take_seconds(project: Path) -> None:
    """Persons of four records; the project splits every tenth and merges couples."""
    with duckdb.connect(str(project / "shop.duckdb")) as connection:
        connection.execute(
            """
            create schema truth;
            create schema main_identity;
            create schema main_internal;
            create table truth.settings (name varchar, value varchar);
            create table truth.persons as
            select
                md5(cast(number as varchar)) as person_id,
                md5(cast(number // 2 as varchar)) as household_id,
                number % 50 < 2 as is_twin
            from range(250000) as numbers (number);
            create table truth.records as
            select
                ['shop', 'till', 'crm', 'mailing'][number % 4 + 1] as source_system,
                md5(cast(number as varchar)) as source_customer_id,
                md5(cast(number // 4 as varchar)) as person_id,
                true as names_somebody
            from range(1000000) as numbers (number);
            create table main_identity.identity__customer_map as
            select
                source_system,
                source_customer_id,
                sha256(cast(case
                    when number % 40 = 0 then number + 10000000
                    when number // 4 % 50 < 2 then number // 8
                    else number // 4 + 20000000
                end as varchar)) as customer_id
            from range(1000000) as numbers (number)
            positional join truth.records;
            create table main_internal.input__customer_records as
            select source_system, source_customer_id, person_id as email,
                cast(null as varchar) as phone
            from truth.records;
            create table main_internal.input__identifiers as
            select source_system, source_customer_id, 'login' as identifier_type,
                source_customer_id as identifier_value
            from truth.records;
            """
        )
    started = time.process_time()
    section, *_ = score(load_profile(project)).sections
    seconds = time.process_time() - started

    # Persons 0, 10, 20, ... lost a record; twins are 0 and 1 of every fifty, both in
    # one customer. So of fifty persons five and number 1 are not found exactly.
    found = section.values["project"]
    assert found["twins_apart_share"] == 0
    assert found["household_members_apart_share"] == pytest.approx(0.96)
    assert found["persons_exact_share"] == pytest.approx(44 / 50)
    assert section.values["exact keys"]["pairwise_f1"] == 1
    assert seconds < 30  # of CPU, on a busy and slow machine too


def test_without_truth_it_names_the_data_set_to_load(project: Path) -> None:
    warehouse = project / "shop.duckdb"
    said = (
        f"in {warehouse}; expected the truth of the data set omnichannel, the only one "
        "whose truth is known. Load it with `segment demo load omnichannel`, build, "
        "then score."
    )
    assert refusal(project) == f"Error: Found no schema truth {said}"
    assert not warehouse.exists()

    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create table records as select 1 as source_system")
    missing = "truth.settings, truth.records, truth.persons"
    assert refusal(project) == f"Error: Found no {missing} {said}"

    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("drop table records")
    write_truth(warehouse, VISITORS, HOMES)
    assert refusal(project) == f"Error: Found no record that names somebody {said}"


def test_without_any_answer_it_says_what_to_build(company: Path) -> None:
    warehouse = company / "shop.duckdb"
    rest = (
        "; expected the identities of a build of omnichannel. Run `dbt build --vars "
        "'{segmentation_dataset: omnichannel}'`, or name a rival's answer with "
        "--identities."
    )
    assert refusal(company) == (
        f"Error: Found no table identity__customer_map in {warehouse}{rest}"
    )
    write_map(warehouse, {"household 1": "c"})
    assert refusal(company) == (
        "Error: Found no record of the truth in identity__customer_map, which was "
        f"built of other data{rest}"
    )


def test_map_is_found_in_any_schema_and_two_are_told_apart(company: Path) -> None:
    warehouse = company / "shop.duckdb"
    write_map(warehouse, FOUND, "people")
    alone = contestants(company)["project"]
    assert alone == pytest.approx({**PROJECT, "unknown_record_count": 0})

    write_map(warehouse, TRUTH, "main_identity")
    assert contestants(company)["project"]["pairwise_f1"] == 1

    write_map(warehouse, TRUTH, "main_pii")
    assert refusal(company) == (
        "Error: Found identity__customer_map in the schemas main_identity, main_pii, "
        "people; expected one. Drop those that no build writes any more, or choose "
        "another target with --target."
    )


def test_postgres_is_refused_in_words(built: Path) -> None:
    assert refusal(built, "--target", "server") == (
        "Error: The profile's target is of type postgres; this command works with a "
        "DuckDB file. Choose another target with --target."
    )


def test_tables_of_another_version_are_refused_in_words(built: Path) -> None:
    with duckdb.connect(str(built / "shop.duckdb")) as connection:
        connection.execute("alter table truth.records drop names_somebody")
    said = refusal(built)
    assert said.startswith(f"Error: {built / 'shop.duckdb'} could not be scored: ")
    assert "names_somebody" in said
    assert "Load omnichannel and build again" in said


READABLE = "Expected a file *.csv or *.parquet with the columns source_system"
COLUMNS = "source_system, source_customer_id and customer_id"
MISSING = (
    "Found the columns source_system, record, customer_id in {file}; expected "
    f"{COLUMNS}, in any order. Rename or add them."
)
EMPTY = (
    "Found no rows in {file}; expected one per source record, with the columns "
    f"{COLUMNS}. Write the rival's answer to it."
)
CONFLICT = (
    "Found 2 records with more than one customer_id in {file}, such as record a1 of "
    "shop with x, y; expected one customer per record. Decide for one, or give the "
    "customers the same id."
)
FOREIGN = (
    "Found no record of the truth in {file}: it has records such as 17 of store; "
    "expected records such as a1 of shop. Use the same source names and record ids, of "
    "the company that was loaded last."
)
NOISE = bytes(range(256)) * 9
UNREADABLE = "Found no readable CSV or Parquet in {file}: "
CONFLICTING = HEADER + "shop,b1,x\nshop,a1,y\nshop,a1,x\nshop,b1,z\nshop,c1,x\n"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("gone.csv", None, UNREADABLE + "there is no such file. " + READABLE),
        ("answer.xlsx", b"x", UNREADABLE + "its name ends in '.xlsx'. " + READABLE),
        ("answer.parquet", NOISE, UNREADABLE + "No magic bytes found"),
        ("answer.csv", NOISE, UNREADABLE + "Error when sniffing file"),
        ("answer.csv", b"", EMPTY),
        ("answer.csv", HEADER.encode(), EMPTY),
        (
            "answer.csv",
            b"source_system,record,customer_id\nshop,a1,x\n",
            MISSING,
        ),
        ("answer.csv", CONFLICTING.encode(), CONFLICT),
        ("answer.csv", HEADER.encode() + b"store,17,x\n", FOREIGN),
    ],
)
def test_unusable_file_of_a_rival_is_refused_in_words(
    built: Path, name: str, content: bytes | None, said: str
) -> None:
    file = built / name
    if content is not None:
        file.write_bytes(content)
    assert said.format(file=file) in refusal(built, "--identities", file)


@pytest.mark.parametrize("name", ["project.csv", "singletons.csv", "rival.csv"])
def test_contestants_need_names_of_their_own(built: Path, name: str) -> None:
    (built / "other").mkdir()
    files = [
        write_rival(built / "rival.csv", TRUTH.items()),
        write_rival(built / "other" / name, TRUTH.items()),
    ]
    said = refusal(built, "--identities", files[0], "--identities", files[1])
    stem = name.removesuffix(".csv")
    assert said == (
        f"Error: Found two contestants named '{stem}'; expected a name for each, which "
        "for a rival is the name of its file. Rename the file."
    )


def test_scoring_changes_nothing(built: Path) -> None:
    before = (built / "shop.duckdb").read_bytes()
    # Beside an open reader DuckDB refuses who could write.
    with duckdb.connect(str(built / "shop.duckdb"), read_only=True):
        contestants(built)
    assert (built / "shop.duckdb").read_bytes() == before
    assert sorted(path.name for path in built.iterdir()) == [
        "dbt_project.yml",
        "profiles.yml",
        "shop.duckdb",
    ]
