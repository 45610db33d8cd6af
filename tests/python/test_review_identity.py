"""`segment review identity` asks about pairs and takes the answers."""

import csv
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import duckdb
import pytest
import yaml
from click.testing import CliRunner, Result

from segmentation.cli import cli
from segmentation.connections import open_postgres
from segmentation.profiles import load_profile

SEED = Path("seeds", "identity_overrides.csv")
HEADER = (
    "decision,source_system,source_customer_id,"
    "other_source_system,other_source_customer_id,reason\n"
)
# Of record `guest` nobody has written down anything, an order gives its address.
TABLES = """
    create schema {schema}_identity; create schema {schema}_internal;
    create table {schema}_identity.identity__review_pairs as
    select * from (values
        ('shop', '007', 'till', '8', 'a', 'b', 0.5, 2, 30.00, false),
        ('shop', '007', 'shop', 'guest', 'a', 'a', 0.9, 1, 40.00, true),
        ('till', '8', 'shop', 'guest', 'b', 'a', 0.1, 3, 0.00, false)
    ) as pairs (
        source_system, source_customer_id, other_source_system,
        other_source_customer_id, customer_id, other_customer_id, match_probability,
        review_rank, revenue_at_stake, is_joined
    );
    create table {schema}_internal.int_identity__records as
    select * from (values ('shop', '007', 1), ('shop', 'guest', 2), ('till', '8', 3))
    as records (source_system, source_customer_id, record_number);
    create table {schema}_identity.int_identity__compared_records as
    select * from (values
        (1, 'anna@mail.example', null), (2, 'guest@mail.example', null), (3, null, '49')
    ) as compared (record_number, email, phone);
    create table {schema}_identity.int_identity__current_records as
    select * from (values
        (
            'shop', '007', 'Anna', '=HYPERLINK("x")', '1980-01-02', 'Weg 1, Ulm',
            'Anna@Mail.example', null
        ),
        ('till', '8', 'Anne', null, null, null, null, '+49 1')
    ) as records (
        source_system, source_customer_id, first_name, last_name, birth_date, address,
        email, phone
    )
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project's folder with a review band of three pairs, and work in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dbt_project.yml").write_text("name: shop\nprofile: shop\n")
    describe(tmp_path, {"type": "duckdb", "path": "shop.duckdb", "schema": "main"})
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as connection:
        connection.execute(TABLES.format(schema="main"))
    return tmp_path


@pytest.fixture
def on_server(project: Path, postgres: Mapping[str, str]) -> Iterator[Path]:
    """Return the project with its tables on PostgreSQL."""
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    names["dbname"] = "DATABASE"
    server = {key: postgres[f"SEGMENTATION_PG_{name}"] for key, name in names.items()}
    describe(project, {"type": "postgres", "schema": "reviewed", **server})
    with open_postgres(load_profile(project)) as connection:
        connection.cursor().execute(TABLES.format(schema="reviewed"))
    yield project
    with open_postgres(load_profile(project)) as connection:
        for schema in ("reviewed_identity", "reviewed_internal"):
            connection.cursor().execute(f"drop schema {schema} cascade")


def describe(folder: Path, output: Mapping[str, str]) -> None:
    outputs = {"shop": {"target": "here", "outputs": {"here": dict(output)}}}
    (folder / "profiles.yml").write_text(yaml.safe_dump(outputs))


def run(folder: Path, *words: str) -> Result:
    general = ["--project-dir", str(folder), "review", "identity"]
    return CliRunner().invoke(cli, [*general, *words])


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def asked(folder: Path, *words: str) -> list[dict[str, str]]:
    result = run(folder, "--output", "asked.csv", *words)
    assert result.exit_code == 0, result.output
    return rows_of(folder / "asked.csv")


def answer(folder: Path, *decisions: tuple[str, str]) -> Result:
    """Fill in the three pairs in order and hand the file in."""
    file = folder / "asked.csv"
    rows = rows_of(file) if file.exists() else asked(folder)
    for row, (decision, reason) in zip(rows, decisions, strict=True):
        row.update(decision=decision, reason=reason)
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return run(folder, "--answers", "asked.csv")


@pytest.mark.parametrize("where", ["project", "on_server"])
def test_questions_show_both_records_in_order_of_rank(
    where: str, request: pytest.FixtureRequest
) -> None:
    folder: Path = request.getfixturevalue(where)
    first, second, _ = asked(folder)

    assert [first["source_customer_id"], first["other_source_customer_id"]] == [
        "007",
        "guest",
    ]
    assert second["source_customer_id"] == "007"
    assert [second["first_name"], second["other_first_name"]] == ["Anna", "Anne"]
    assert second["birth_date"] == "1980-01-02"
    assert second["address"] == "Weg 1, Ulm"
    assert second["email"] == "Anna@Mail.example"
    assert first["other_email"] == "guest@mail.example"
    assert (first["revenue_at_stake"], first["is_joined"]) == ("40.00", "True")
    assert {row["decision"] + row["reason"] for row in (first, second)} == {""}


def test_a_spreadsheet_runs_nothing_that_a_customer_wrote(project: Path) -> None:
    second = asked(project)[1]

    assert second["last_name"] == '\'=HYPERLINK("x")'
    assert second["other_phone"] == "'+49 1"


def test_only_the_owner_reads_the_questions(project: Path) -> None:
    asked(project)
    mode = (project / "asked.csv").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_the_limit_keeps_the_first(project: Path) -> None:
    assert [row["revenue_at_stake"] for row in asked(project, "--limit", "1")] == [
        "40.00"
    ]


def test_a_file_that_may_hold_answers_is_kept(project: Path) -> None:
    (project / "asked.csv").write_text("mine")
    result = run(project, "--output", "asked.csv")
    assert result.exit_code == 1
    assert "which may hold answers" in result.output
    assert (project / "asked.csv").read_text() == "mine"


@pytest.mark.parametrize("where", ["project", "on_server"])
def test_answers_become_the_seed_of_the_project(
    where: str, request: pytest.FixtureRequest
) -> None:
    folder: Path = request.getfixturevalue(where)
    result = answer(
        folder, (" Exclude ", "father, and son"), ("", ""), ("include", "same till")
    )
    assert result.exit_code == 0, result.output
    assert "Added 2 answers" in result.output
    assert "1 pairs are undecided" in result.output
    assert (folder / SEED).read_text() == (
        HEADER
        + 'exclude,shop,007,shop,guest,"father, and son"\n'
        + "include,till,8,shop,guest,same till\n"
    )


def test_answers_join_those_given_before_and_are_taken_once(project: Path) -> None:
    (project / "seeds").mkdir()
    old = "include,till,9,till,10,phoned\n"
    # The pair of the second question, the other way round.
    turned = "include,till,8,shop,007,phoned\n"
    (project / SEED).write_text(HEADER + old + turned)
    decisions = (("exclude", "two"), ("include", "again"), ("", "ask Otto"))
    result = answer(project, *decisions)
    assert result.exit_code == 0, result.output
    assert "Added 1 answers" in result.output
    assert "1 were there" in result.output
    # Sorted as text: 8 before 9.
    expected = HEADER + "exclude,shop,007,shop,guest,two\n" + turned + old
    assert (project / SEED).read_text() == expected

    result = answer(project, *decisions)
    assert result.exit_code == 0, result.output
    assert "Added 0 answers" in result.output
    assert (project / SEED).read_text() == expected


def test_every_wrong_answer_is_named_and_none_is_taken(project: Path) -> None:
    (project / "seeds").mkdir()
    before = HEADER + "exclude,till,8,shop,guest,other name\n"
    (project / SEED).write_text(before)
    (project / "answers.csv").write_text(
        HEADER
        + "include,shop,007,till,8,fine\n"
        + 'maybe,shop,007,shop,guest,"on two\nlines"\n'
        + "include,shop,007,shop,guest,\n"
        + "include,shop,7,till,8,sure\n"
        + "exclude,till,8,shop,007,sure\n"
        + "include,shop,guest,till,8,sure\n"
        + "include,till,8,till,8,sure\n"
    )
    result = run(project, "--answers", "answers.csv")
    assert result.exit_code == 1
    lines = [line for line in result.output.splitlines() if line.startswith("- ")]
    found = [line[2:].partition(";")[0] for line in lines]
    assert found == [
        "Line 3: Found the decision 'maybe'",
        "Line 5: Found no reason",
        "Line 6: Found no record shop 7 in the last build",
        "Line 7: Found exclude for a pair that line 2 says to include",
        "Line 8: Found include for a pair that the seed says to exclude (other name)",
        "Line 9: Found one record twice",
    ]
    assert (project / SEED).read_text() == before


def write(text: str) -> Callable[[Path], object]:
    return lambda file: file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (write(""), "Found the columns of an empty file"),
        (write(HEADER.replace(",", ";")), "Found the columns decision;source_system"),
        (
            write(f"{HEADER}exclude,shop,007,till,8,not, her\n"),
            "Found 7 values on line",
        ),
        (write(f"{HEADER}exclude,shop,007,till,8\n"), "Found 5 values on line 2"),
        (write(f'{HEADER}exclude,shop,007,till,8,"her\n'), "unexpected end of data"),
        (lambda file: file.write_bytes(b"M\xfcller"), "Found no text in UTF-8"),
        (lambda _: None, "Found No such file or directory"),
    ],
)
def test_a_file_of_another_form_is_refused(
    project: Path, make: Callable[[Path], object], found: str
) -> None:
    make(project / "answers.csv")
    result = run(project, "--answers", "answers.csv")
    assert result.exit_code == 1
    assert found in result.output
    assert not (project / SEED).exists()


def test_a_seed_of_another_form_is_kept(project: Path) -> None:
    (project / "seeds").mkdir()
    (project / SEED).write_text(HEADER.replace("reason", "reason,by"))
    result = answer(project, ("exclude", "two"), ("", ""), ("", ""))
    assert result.exit_code == 1
    assert "Found the columns decision, " in result.output
    assert (project / SEED).read_text() == HEADER.replace("reason", "reason,by")


def test_a_spreadsheet_may_mark_the_encoding(project: Path) -> None:
    text = f"{HEADER}exclude,shop,007,till,8,Müller\n"
    (project / "answers.csv").write_text(text, encoding="utf-8-sig")
    result = run(project, "--answers", "answers.csv")
    assert result.exit_code == 0, result.output
    assert (project / SEED).read_text(encoding="utf-8") == text


def test_a_warehouse_without_the_band_is_refused(project: Path) -> None:
    with duckdb.connect(str(project / "shop.duckdb")) as connection:
        connection.execute("drop table main_identity.identity__review_pairs")
    result = run(project, "--output", "asked.csv")
    assert result.exit_code == 1
    assert "Found no identity__review_pairs" in result.output
    assert not (project / "asked.csv").exists()


@pytest.mark.parametrize("words", [[], ["--output", "a.csv", "--answers", "b.csv"]])
def test_questions_and_answers_are_two_commands(
    project: Path, words: list[str]
) -> None:
    result = run(project, *words)
    assert result.exit_code == 2
    assert "Expected either --output or --answers." in result.output
