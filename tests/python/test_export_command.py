"""`segment export` as a shell runs it, on both engines, and on what the models make."""

import json
from collections.abc import Mapping
from hashlib import md5
from pathlib import Path

import duckdb
import psycopg2.errors
import pytest
from click.testing import CliRunner, Result

from activation_warehouse import (
    MODELS,
    VARIABLES,
    ActivationWarehouse,
    Company,
    Record,
    member_hash,
)
from dbt_project import DbtProject
from export_toy import RELEASE, TABLES, Person, ToyRelease, hashed, lines_of
from memberships_toy import segment
from model_warehouse import compiled
from publishing_postgres import execute, make_database
from segmentation.cli import cli
from segmentation.export.released import open_release
from segmentation.profiles import load_profile
from segmentation.release.decision import RELEASES

PEOPLE = [Person("ann"), Person("ben", "phone", fields={"first_name": "=1"})]
MANIFEST = {
    "nodes": {
        "model.toy.releases": {
            "resource_type": "model",
            "name": RELEASES,
            "config": {
                "meta": {
                    "served_schemas": {"serving": "bi", "activation": "for_exports"}
                }
            },
        }
    }
}


@pytest.fixture
def toy(tmp_path: Path) -> ToyRelease:
    """Return a release that a project in a folder finds."""
    (tmp_path / "dbt_project.yml").write_text("name: toy\nprofile: toy\n")
    (tmp_path / "profiles.yml").write_text(
        "toy: {target: toy, outputs: {toy: {type: duckdb, path: w.duckdb}}}"
    )
    toy = ToyRelease(tmp_path)
    toy.audience("S01", ["google_ads", "meta"])
    toy.audience("S02", ["meta"])
    toy.night({(code, "meta"): PEOPLE for code in ("S01", "S02")})
    reason = "its rule rests on health"
    toy.audience("S02", ["meta"], status="blocked", reason=reason)
    toy.night({("S01", "meta"): PEOPLE[:1], ("S01", "google_ads"): PEOPLE})
    toy.publish()
    return toy


def run(toy: ToyRelease, *words: str) -> Result:
    """Run the command in the project."""
    folder = str(toy.folder)
    command = ["export", *words, "--project-dir", folder, "--profiles-dir", folder]
    if "--check" not in words:
        command += ["--to", str(toy.exports)]
    return CliRunner().invoke(cli, command)


def test_all_audiences_are_exported_or_named(toy: ToyRelease) -> None:
    result = run(toy)
    assert result.exit_code == 0, result.output
    assert result.output.replace(str(toy.exports), "TO").splitlines() == (
        """\
S01 google_ads: written (2 members of 2 people, eligible): TO/S01_google_ads_full_run-1
S01 meta: written (1 members of 1 people, eligible): TO/S01_meta_full_run-1
S02 meta: not exported (blocked, its rule rests on health)
Release run-1, as of 2024-03-31. Next time: --changes --since 2
""".splitlines()
    )
    again = run(toy, "--full")
    assert again.output == result.output.replace(": written", ": unchanged")


def test_changes_are_what_was_told_since(toy: ToyRelease) -> None:
    result = run(toy, "--changes", "--since", "1")
    assert result.exit_code == 0, result.output
    output = result.output.replace(str(toy.exports), "TO")
    assert output.replace(": TO/", "\nTO/").splitlines() == (
        """\
S01 google_ads: written (2 to add, 0 to remove, eligible)
TO/S01_google_ads_changes-since-1_run-1
S01 meta: written (0 to add, 1 to remove, eligible)
TO/S01_meta_changes-since-1_run-1
S02 meta: written (0 to add, 2 to remove, blocked, its rule rests on health)
TO/S02_meta_changes-since-1_run-1
Release run-1, as of 2024-03-31. Next time: --changes --since 2
""".splitlines()
    )


@pytest.mark.parametrize(
    "words", [[], ["S01"], ["--changes", "--since", "0"], ["email"]]
)
def test_a_dry_run_prints_the_same_and_writes_nothing(
    toy: ToyRelease, words: list[str]
) -> None:
    before = {path: path.stat().st_mtime_ns for path in toy.folder.rglob("*")}
    planned = run(toy, *words, "--dry-run")
    assert planned.exit_code == 0, planned.output
    after = {path: path.stat().st_mtime_ns for path in toy.folder.rglob("*")}
    assert after == before
    assert not toy.exports.exists()
    done = run(toy, *words)
    assert planned.output == done.output.replace(": written", ": would be written")
    assert ": written" in done.output


def test_a_folder_is_checked_by_hand(toy: ToyRelease) -> None:
    assert run(toy, "S01", "--platform", "meta").exit_code == 0
    folder = toy.exports / "S01_meta_full_run-1"
    good = run(toy, "--check", str(folder))
    assert good.exit_code == 0, good.output
    assert "members-001.csv: 1 rows, members, " in good.output
    assert good.output.endswith("S01 meta: complete, full, release run-1\n")
    (folder / "members-001.csv").write_text("EMAIL\n")
    bad = run(toy, "--check", str(folder))
    assert bad.exit_code == 1
    assert "members-001.csv" in bad.output


@pytest.mark.parametrize(
    ("words", "exit_code", "said"),
    [
        (["S02"], 1, "blocked, its rule rests on health"),
        (["S99"], 1, "Found no audience S99 in the release; it has S01, S02."),
        (["--platform", "myspace"], 1, "no platform myspace"),
        (["--changes", "--since", "-1"], 1, "from 0, which means all"),
        (["--changes", "--since", "3"], 1, "to 2, the last one"),
        (["--changes"], 2, "go together"),
        (["--since", "1"], 2, "go together"),
        (["--full", "--since", "1"], 2, "go together"),
        (["email", "--platform", "meta"], 2, "no platforms"),
        (["email", "--changes", "--since", "1"], 2, "no change sets"),
        (["--changes", "--since", "x"], 2, "not a valid integer"),
        (["--check", "nowhere"], 2, "does not exist"),
    ],
)
def test_a_refusal_says_why(
    toy: ToyRelease, words: list[str], exit_code: int, said: str
) -> None:
    result = run(toy, *words)
    assert result.exit_code == exit_code, result.output
    assert said in " ".join(result.output.split())
    assert not toy.exports.exists()


def test_what_no_page_of_the_vendor_says_is_named(toy: ToyRelease) -> None:
    toy.audience("S03", ["linkedin", "meta", "tiktok", "x"])
    toy.publish()
    said = run(toy, "S03", "--dry-run").output.splitlines()
    doubted = {line.split()[1] for line in said if "columns not verified" in line}
    assert doubted == {"linkedin:", "tiktok:", "x:"}


def test_without_audiences_it_says_so(toy: ToyRelease) -> None:
    empty = ToyRelease(toy.folder)
    empty.publish()
    result = run(empty)
    assert result.exit_code == 0
    assert "No audience is sent to a platform." in result.output


def test_a_served_schema_gives_the_same_bytes(
    toy: ToyRelease, postgres: Mapping[str, str]
) -> None:
    make_database(postgres)
    toy.rows["activation__email"] = [
        (name, "h", "best", "-20%", "a=s/1", 20, "2024-03-31", "2024-04-01 18:00:00")
        for name in ("b", "B", "a", "é")
    ]
    toy.publish()
    served_by(postgres, toy, "for_exports", "run-1")
    served_by(postgres, ToyRelease(toy.folder), "bi", "run-1")
    (toy.folder / "target").mkdir()
    (toy.folder / "target" / "manifest.json").write_text(json.dumps(MANIFEST))
    for words in ([], ["--changes", "--since", "1"], ["email"]):
        assert run(toy, *words).exit_code == 0
    on_duckdb = tree(toy.exports)
    toy.exports.rename(toy.folder / "on_duckdb")
    (toy.folder / "profiles.yml").write_text(
        "toy: {target: toy, outputs: {toy: {type: postgres, schema: main, "
        f"host: {postgres['SEGMENTATION_PG_HOST']}, "
        f"port: {postgres['SEGMENTATION_PG_PORT']}, "
        "dbname: warehouse, user: exports}}}"
    )
    # The role reads the schema of exports and nothing else.
    execute(postgres, 'grant usage on schema "for_exports" to exports')
    refused = run(toy)
    assert refused.exit_code == 1
    assert "permission denied" in refused.output
    execute(postgres, 'grant select on all tables in schema "for_exports" to exports')
    for words in ([], ["--changes", "--since", "1"], ["email"]):
        result = run(toy, *words)
        assert result.exit_code == 0, result.output
    assert tree(toy.exports) == on_duckdb
    # As long as it reads, no publishing can put other tables in place of some.
    profile = load_profile(toy.folder, toy.folder)
    with (
        open_release(profile, None),
        pytest.raises(psycopg2.errors.LockNotAvailable),
    ):
        execute(
            postgres,
            "set lock_timeout = '100ms'; alter table for_exports.activation__crm "
            "set schema bi",
        )
    # Who reads both is told when they differ.
    execute(postgres, "grant usage on schema bi to exports")
    execute(postgres, "grant select on all tables in schema bi to exports")
    assert run(toy).exit_code == 0
    execute(postgres, "update bi._release set run_id = 'run-2'")
    differing = run(toy)
    assert differing.exit_code == 1
    assert "one was killed" in " ".join(differing.output.split())
    execute(postgres, 'drop table "for_exports"._release')
    assert "Found no release in schema" in run(toy).output


def served_by(
    server: Mapping[str, str], toy: ToyRelease, schema: str, run_id: str
) -> None:
    """Fill a schema of the server as the files are filled."""
    execute(server, f'create schema "{schema}"')
    execute(server, f'create table "{schema}"._release ({RELEASE})')
    execute(
        server,
        f"insert into \"{schema}\"._release values ('{run_id}', "
        "'2024-04-01 04:00:00', '2024-03-31', 'c', '{}')",
    )
    for name, rows in toy.rows.items():
        execute(server, f'create table "{schema}".{name} ({TABLES[name]})')
        for row in rows:
            values = ", ".join(
                "null" if value is None else f"'{value}'" for value in row
            )
            execute(server, f'insert into "{schema}".{name} values ({values})')


def tree(folder: Path) -> dict[str, bytes]:
    """Return the bytes of each file under a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def drawn_arm(customer_id: str) -> str:
    """Return the arm by the lines of docs/experiments.md, both of half the slots."""
    text = f"arm offer/{customer_id}"
    return (
        "offer"
        if int(md5(text.encode()).hexdigest()[:15], 16) % 1000 < 500
        else "holdout"
    )


def publish(warehouse: ActivationWarehouse, toy: ToyRelease, run_id: str) -> None:
    """Serve what the models made."""
    toy.publish(run_id)
    toy.profile.project_dir.joinpath("activation.duckdb").unlink()
    path = toy.folder / "activation.duckdb"
    connection = warehouse.connection
    connection.execute(f"attach '{path}' as served")
    connection.execute(f"create table served._release ({RELEASE})")
    connection.execute(
        "insert into served._release values (?, timestamp '2024-04-01 04:00:00', "
        "date '2024-03-31', 'c', '{}')",
        [run_id],
    )
    for name in TABLES:
        if name in MODELS:
            connection.execute(
                f"create table served.{name} as from main_restricted.{name}"
            )
    connection.execute("detach served")


def sent(toy: ToyRelease, folder: str, file: str) -> set[str]:
    """Return the hashes of a file of Google, whichever column they are in."""
    lines = lines_of(toy.exports / folder / file)[1:]
    return {line[0] for line in lines}


def test_what_is_exported_is_the_arm_night_by_night(toy: ToyRelease) -> None:
    warehouse = ActivationWarehouse(compiled("activation", MODELS, VARIABLES))
    company = Company()
    for number in range(60):
        company.add(f"c{number}", Record((f"{number}@x.org",)))
    company.arms = [(name, drawn_arm(name)) for name in company.records]
    arm = {f"{n}@x.org" for n in range(60) if drawn_arm(f"c{n}") == "offer"}
    assert 15 < len(arm) < 45
    warehouse.night(company)
    publish(warehouse, toy, "run-1")
    first = run(toy, "E01", "--platform", "google_ads")
    assert first.exit_code == 0, first.output
    members = "members-001.csv"
    held = sent(toy, "E01_google_ads_full_run-1", members)
    assert held == {member_hash(email) for email in arm}
    # One withdraws, one is new, two are one person in both arms.
    gone = next(name for name, drawn in company.arms if drawn == "offer")
    company.consents.append((gone, "ad_user_data", False))
    treated, control = (
        next(n for n, a in reversed(company.arms) if a == wanted)
        for wanted in ("offer", "holdout")
    )
    company.merge(treated, control)
    company.add("c60", Record(("60@x.org",)))
    company.arms.append(("c60", "offer"))
    warehouse.night(company)
    publish(warehouse, toy, "run-2")
    second = run(toy, "E01", "--platform", "google_ads", "--changes", "--since", "1")
    assert second.exit_code == 0, second.output
    folder = "E01_google_ads_changes-since-1_run-2"
    removed = sent(toy, folder, "remove-001.csv")
    added = sent(toy, folder, "add-001.csv")
    assert removed == {hashed(f"{n[1:]}@x.org") for n in (gone, treated)}
    assert added == {hashed("60@x.org")}
    assert run(toy, "E01", "--platform", "google_ads").exit_code == 0
    everybody = sent(toy, "E01_google_ads_full_run-2", members)
    assert everybody == held - removed | added


def test_a_built_release_is_exported(released_shop: DbtProject, tmp_path: Path) -> None:
    exports = tmp_path / "exports"
    result = segment(released_shop, "export", "--to", str(exports))
    assert result.exit_code == 0, result.output
    for name, table, key in (
        ("email", "activation__email", "customer_id"),
        ("crm", "activation__crm", "crm_key"),
        ("web", "activation__web_personalization", "visitor_key"),
    ):
        result = segment(released_shop, "export", name, "--to", str(exports))
        assert result.exit_code == 0, result.output
        [folder] = exports.glob(f"{name}_*")
        checked = segment(released_shop, "export", "--check", str(folder))
        assert checked.exit_code == 0, checked.output
        with duckdb.connect(
            str(released_shop.warehouse.with_name("activation.duckdb")), read_only=True
        ) as served:
            keys = served.execute(f"select {key} from {table}").fetchall()
        found = [line[0] for line in lines_of(folder / "rows-001.csv")[1:]]
        assert sorted(found) == sorted(value for (value,) in keys)
        assert found or name == "email"
