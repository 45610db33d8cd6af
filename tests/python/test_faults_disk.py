"""Disks that are full, read-only, damaged or lost: the release stays, in words."""

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import duckdb
import pytest
from click.testing import CliRunner, Result

from dbt_project import DbtProject
from publishing import (
    digest,
    finished_run,
    import_path,
    make_warehouse,
    publish_again,
    publish_files,
    query,
    recorded,
    settings,
)
from publishing_toy import toy_project
from segmentation.cli import cli
from segmentation.cli_options import Commands
from segmentation.release.ledger import LedgerLostError
from segmentation.release.publish import Outcome

# A table of the adopter's that takes some megabytes, and one that a release rests on.
BIG_MODEL = """
select
    i as spend,
    md5(cast(i as varchar)) || md5(cast(i + 1 as varchar)) as customer_id
from range(cast('{{ env_var("TOY_ROWS", "1") }}' as integer)) as numbers (i)
"""
SERVED = "{{ config(meta={'serving': 'serving'}) }}"
# Rights that root has beside those of an owner.
AS_OWNER = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]


@dataclass(frozen=True)
class Company:
    """The toy project, the environment of its commands and what they serve."""

    project: DbtProject
    environment: dict[str, str]

    @property
    def folder(self) -> Path:
        """Where the warehouse and the served files lie."""
        return self.project.warehouse.parent

    def refresh(self, *words: str, **toy: str) -> dict[str, Any]:
        """Refresh, and return what it says of itself."""
        result = self.run("refresh", "--no-report", "--json", *words, **toy)
        assert "Traceback" not in result.stderr, result.stderr
        told: dict[str, Any] = json.loads(result.stdout)
        assert told["exit_code"] == result.exit_code
        return told

    def run(self, command: str, *words: str, **toy: str) -> Result:
        """Run a command in this process."""
        return CliRunner().invoke(
            cli,
            [*command.split(), "--project-dir", str(self.project.project_dir), *words],
            env={
                **self.environment,
                **{f"TOY_{name.upper()}": value for name, value in toy.items()},
            },
        )

    def refresh_as_owner(self) -> dict[str, Any]:
        """Refresh in a process whose user owns the files and has no other rights."""
        command = ["refresh", "--no-report", "--json"]
        done = subprocess.run(
            [*as_owner(), sys.executable, "-m", "segmentation.cli", *command],
            cwd=self.project.project_dir,
            env={**import_path(), **self.environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        told: dict[str, Any] = json.loads(done.stdout)
        return told

    def served(self) -> list[str]:
        """What readers have, as hashes."""
        return [digest(self.folder / f"{n}.duckdb") for n in ("serving", "activation")]


@pytest.fixture(scope="module")
def parsed_once(tmp_path_factory: pytest.TempPathFactory) -> Company:
    project = toy_project(tmp_path_factory.mktemp("disk"))
    (project.project_dir / "models" / "big.sql").write_text(SERVED + BIG_MODEL)
    return Company(
        project,
        {
            **project.environment,
            "DBT_PROFILES_DIR": str(project.project_dir),
            "DBT_TARGET_PATH": str(project.artifacts),
            "DBT_LOG_PATH": str(project.artifacts),
            "DBT_LOG_LEVEL_FILE": "none",
        },
    )


@pytest.fixture
def company(parsed_once: Company) -> Company:
    """The toy company after its first release."""
    for file in parsed_once.folder.glob("*.duckdb*"):
        file.unlink()
    shutil.rmtree(parsed_once.folder / "kept_releases", ignore_errors=True)
    assert parsed_once.refresh()["outcome"] == "released"
    return parsed_once


def as_owner() -> list[str]:
    """What leaves root no right that an owner lacks; nothing for anybody else."""
    if os.geteuid() != 0:
        return []
    if not shutil.which("setpriv"):
        pytest.skip("needs setpriv, as root may write everywhere")
    return AS_OWNER


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """Let no file grow beyond a size, in bytes, in this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of four megabytes, which only root can mount."""
    folder = tmp_path / "disk"
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", "size=4m", "none"]
    mounted = subprocess.run(
        ["mount", *options, folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("needs the right to mount, as root has")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_warehouse_that_cannot_grow_is_refused_and_goes_on_afterwards(
    company: Company,
) -> None:
    before = company.served()
    # The toy takes two megabytes, the rows some twenty.
    with file_size_limit(8_000_000):
        told = company.refresh(rows="300000")
    assert (told["outcome"], told["exit_code"]) == ("refused", 1)
    assert {"big"} <= {failure["name"] for failure in told["failures"]}
    assert "File too large" in json.dumps(told["failures"])
    assert "The last good release is untouched" in told["message"]
    assert company.served() == before
    told = company.refresh(rows="300000")
    assert told["outcome"] == "released"
    assert query(company.folder / "serving.duckdb", "select count(*) from big") == [
        (300000,)
    ]


def test_a_full_disk_keeps_the_release_that_is_served(
    tmp_path: Path, small_disk: Path
) -> None:
    paths = settings(
        tmp_path,
        serving=str(small_disk / "serving.duckdb"),
        activation=str(small_disk / "activation.duckdb"),
    )
    with make_warehouse(tmp_path) as connection:
        publish_files(connection, paths, finished_run())
        before = [digest(file) for file in sorted(small_disk.glob("*.duckdb"))]
        connection.execute(
            "insert into segments__customers "
            "select i, md5(cast(i as varchar)), 1 from range(300000) as t(i)"
        )
        with pytest.raises(duckdb.Error, match="No space left"):
            publish_files(connection, paths, finished_run("run-2"))
        assert [digest(file) for file in sorted(small_disk.glob("*.duckdb"))] == before
        assert not list(small_disk.glob("*.next-*"))
        assert recorded(connection) == ["run-1"]
        connection.execute("delete from segments__customers where version = 1")
        connection.execute("insert into segments__customers values (5, 'b', 2)")
        again = publish_files(connection, paths, finished_run("run-3"))
    assert again.outcome is Outcome.RELEASED


def test_memory_that_does_not_suffice_is_refused_and_goes_on_afterwards(
    company: Company,
) -> None:
    before = company.served()
    profile = company.project.project_dir / "profiles.yml"
    text = profile.read_text()
    # Less than the aggregate needs, and no disk to move it to.
    limits = "memory_limit: 20MB, temp_directory: ''"
    zone = "settings: {TimeZone: Pacific/Apia"
    assert zone in text
    model = company.project.project_dir / "models" / "big.sql"
    sql = model.read_text()
    profile.write_text(text.replace(zone, f"{zone}, {limits}"))
    model.write_text(sql.replace("select\n", "select distinct\n"))
    try:
        told = company.refresh(rows="2000000")
        assert (told["outcome"], told["exit_code"]) == ("refused", 1)
        assert {failure["name"] for failure in told["failures"]} == {"big"}
        assert "Out of Memory" in json.dumps(told["failures"])
        assert company.served() == before
    finally:
        profile.write_text(text)
    assert company.refresh(rows="20")["outcome"] == "released"
    model.write_text(sql)


def test_a_read_only_folder_is_said_and_leaves_everything(company: Company) -> None:
    before = company.served(), digest(company.project.warehouse)
    company.folder.chmod(0o555)
    try:
        told = company.refresh_as_owner()
    finally:
        company.folder.chmod(0o755)
    assert (told["outcome"], told["exit_code"]) == ("refused", 1)
    assert "Permission denied" in json.dumps(told["failures"])
    assert (company.served(), digest(company.project.warehouse)) == before


def test_a_warehouse_that_may_not_be_written_is_said(company: Company) -> None:
    before = company.served()
    company.project.warehouse.chmod(0o444)
    try:
        told = company.refresh_as_owner()
    finally:
        company.project.warehouse.chmod(0o644)
    assert (told["outcome"], told["exit_code"]) == ("error", 2)
    assert f"{company.project.warehouse} does not open: " in told["message"]
    assert "Permission denied" in told["message"]
    assert company.served() == before


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            OSError(28, "No space left on device", "a.csv"),
            "Error: a.csv: No space left",
        ),
        (duckdb.IOException("Could not write file"), "Error: Could not write file. "),
    ],
    ids=["Python", "DuckDB"],
)
def test_any_command_says_what_the_disk_did(error: Exception, message: str) -> None:
    @click.group(cls=Commands)
    def group() -> None:
        """Commands of which one meets a disk that is full."""

    @group.command()
    def write() -> None:
        raise error

    result = CliRunner().invoke(group, ["write"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(message)
    assert "Expected files and folders that this user may read" in result.stderr


def test_a_ledger_without_a_place_to_go_says_so(company: Company) -> None:
    (company.folder / "a file").touch()
    result = company.run("ledger export", str(company.folder / "a file" / "inside"))
    assert result.exit_code == 1
    assert "a file/inside: Not a directory. Expected" in result.stderr


def damaged(content: bytes, how: str) -> bytes:
    """Flip a byte of the first header, cut the file in half, or empty it of sense."""
    if how == "flipped":
        return content[:5000] + bytes([content[5000] ^ 1]) + content[5001:]
    return content[: len(content) // 2] if how == "cut" else b"no database"


@pytest.mark.parametrize("how", ["flipped", "cut", "replaced"])
def test_a_damaged_warehouse_is_said_with_what_to_do(
    company: Company, how: str
) -> None:
    before = company.served()
    warehouse = company.project.warehouse
    whole = warehouse.read_bytes()
    warehouse.write_bytes(damaged(whole, how))
    told = company.refresh()
    assert told["exit_code"] in (1, 2)
    assert company.served() == before
    if how != "cut":
        assert told["message"].startswith(f"{warehouse} is damaged: ")
        assert "segment ledger import" in told["message"]
    warehouse.write_bytes(whole)
    assert company.refresh()["outcome"] == "unchanged"


def test_a_damaged_served_file_is_written_anew(company: Company) -> None:
    file = company.folder / "serving.duckdb"
    content = file.read_bytes()
    for how in ("flipped", "cut"):
        file.write_bytes(damaged(content, how))
        assert company.refresh()["outcome"] == "restored"
        assert query(file, "select count(*) from segments__customers") == [(3,)]


def test_a_lost_ledger_is_noticed_before_anything_is_released(tmp_path: Path) -> None:
    make_warehouse(tmp_path).close()
    for number in (1, 2, 3):
        publish_again(tmp_path, f"run-{number}", with_row=number)
    served = digest(tmp_path / "serving.duckdb")
    kept = sorted((tmp_path / "kept_releases").iterdir())
    lost = (tmp_path / "warehouse.duckdb").rename(tmp_path / "lost.duckdb")

    make_warehouse(tmp_path).close()
    with pytest.raises(LedgerLostError, match=r"holds release run-2 of 20.*import"):
        publish_again(tmp_path, "run-4", with_row=4)
    assert digest(tmp_path / "serving.duckdb") == served
    assert sorted((tmp_path / "kept_releases").iterdir()) == kept

    # The warehouse is found again.
    lost.replace(tmp_path / "warehouse.duckdb")
    publish_again(tmp_path, "run-5", with_row=5)
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        assert recorded(connection) == ["run-1", "run-2", "run-3", "run-5"]


def test_an_older_copy_of_the_warehouse_is_noticed(tmp_path: Path) -> None:
    make_warehouse(tmp_path).close()
    warehouse = tmp_path / "warehouse.duckdb"
    publish_again(tmp_path, "run-1", with_row=1)
    copy = warehouse.read_bytes()
    publish_again(tmp_path, "run-2", with_row=2)
    publish_again(tmp_path, "run-3", with_row=3)
    warehouse.write_bytes(copy)
    with pytest.raises(LedgerLostError, match="holds release run-2 of 20"):
        publish_again(tmp_path, "run-4", with_row=4)
    # Who has nothing better says so, and what is served is recorded.
    (tmp_path / "kept_releases").rename(tmp_path / "away")
    publish_again(tmp_path, "run-5", with_row=5)
    with duckdb.connect(str(warehouse)) as connection:
        assert recorded(connection) == ["run-1", "run-3", "run-5"]
