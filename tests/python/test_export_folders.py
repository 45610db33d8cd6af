"""Folders of exports are whole or not there, never change, and say what they hold."""

import fcntl
import json
import os
import signal
import stat
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from export_toy import Person, ToyRelease
from publishing import TESTS, import_path
from segmentation.export.errors import (
    DamagedExportError,
    ExportRunningError,
    FolderInTheWayError,
    NoExportError,
    NothingReleasedError,
    ReleasesDifferError,
    ReleaseUnreadableError,
    TableNotReleasedError,
    UnsafeNameError,
)
from segmentation.export.export import Outcome, Request, export
from segmentation.export.manifest import check_export
from segmentation.export.released import open_release

NAME = "S01_meta_full_run-1"
PEOPLE = [Person(str(number)) for number in range(50)]


@pytest.fixture
def toy(tmp_path: Path) -> ToyRelease:
    """Return a release with one audience."""
    toy = ToyRelease(tmp_path)
    toy.audience("S01", ["meta"])
    toy.night({("S01", "meta"): PEOPLE})
    toy.publish()
    return toy


def exported(toy: ToyRelease, name: str | None = None) -> Outcome:
    """Export all members of the audience."""
    [outcome] = export(toy.profile, Request(name, None, None, toy.exports)).outcomes
    return outcome


def content(folder: Path) -> dict[str, bytes]:
    """Return the bytes of each file."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_manifest_says_what_there_is(toy: ToyRelease) -> None:
    folder = exported(toy).folder
    assert folder == toy.exports / NAME
    manifest = json.loads((folder / "manifest.json").read_text())
    files = manifest.pop("files")
    assert manifest == {
        "format": "segmentation export 1",
        "release_id": "run-1",
        "as_of_date": "2024-03-31",
        "audience": "S01",
        "platform": "meta",
        "table": None,
        "kind": "include",
        "status": "active",
        "mode": "full",
        "since": None,
        "change_number": 1,
        "is_first_sync": True,
    }
    assert {file.pop("name"): file for file in files} == {
        name: {
            "content": kind,
            "has_header": True,
            "rows": 50,
            "sha256": sha256((folder / name).read_bytes()).hexdigest(),
        }
        for name, kind in (
            ("members-001.csv", "members"),
            ("members-001.consents.csv", "consents"),
        )
    }
    assert check_export(folder).release_id == "run-1"


def test_only_the_owner_reads_it(toy: ToyRelease) -> None:
    before = os.umask(0)
    try:
        folder = exported(toy).folder
    finally:
        os.umask(before)
    assert folder is not None
    for path in (toy.exports, folder):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["members-001.csv", "members-001.consents.csv"])
def test_a_file_that_was_changed_is_found(toy: ToyRelease, name: str) -> None:
    folder = exported(toy).folder
    assert folder is not None
    path = folder / name
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"1", b"2", 1))
    with pytest.raises(DamagedExportError, match=f"SHA-256 .*{name}"):
        check_export(folder)
    path.write_bytes(whole[:-80])
    with pytest.raises(DamagedExportError, match="SHA-256"):
        check_export(folder)
    path.unlink()
    with pytest.raises(DamagedExportError, match="no file"):
        check_export(folder)
    path.write_bytes(whole)
    (folder / "more.csv").touch()
    with pytest.raises(DamagedExportError, match=r"more\.csv"):
        check_export(folder)


def test_a_manifest_that_counts_wrongly_is_found(toy: ToyRelease) -> None:
    folder = exported(toy).folder
    assert folder is not None
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"rows": 50', '"rows": 49'))
    with pytest.raises(DamagedExportError, match="Found 50 rows"):
        check_export(folder)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "{",
        "[]",
        "{}",
        '{"format": "segmentation ledger 1"}',
        '{"format": "segmentation export 1"}',
        "name outside",
    ],
)
def test_without_a_valid_manifest_it_is_no_export(
    toy: ToyRelease, text: str | None
) -> None:
    folder = exported(toy).folder
    assert folder is not None
    manifest = folder / "manifest.json"
    if text == "name outside":
        text = manifest.read_text().replace("members-001.csv", "../activation.duckdb")
    if text is None:
        manifest.unlink()
    else:
        manifest.write_text(text)
    with pytest.raises(NoExportError):
        check_export(folder)


def test_the_same_export_again_changes_nothing(toy: ToyRelease, tmp_path: Path) -> None:
    first = exported(toy)
    assert (first.outcome, first.folder) == ("written", toy.exports / NAME)
    assert first.folder is not None
    held = content(first.folder)
    times = {path: path.stat().st_mtime_ns for path in first.folder.iterdir()}
    again = exported(toy, "S01")
    assert (again.outcome, again.folder) == ("unchanged", first.folder)
    assert {path: path.stat().st_mtime_ns for path in first.folder.iterdir()} == times
    # Rows in another order make the same bytes elsewhere.
    other = ToyRelease(tmp_path / "other")
    other.folder.mkdir()
    other.audience("S01", ["meta"])
    other.night({("S01", "meta"): PEOPLE})
    other.held["S01", "meta"] = dict(reversed(other.held["S01", "meta"].items()))
    other.publish()
    elsewhere = exported(other).folder
    assert elsewhere is not None
    assert content(elsewhere) == held


@pytest.mark.parametrize("found", ["another", "a cut one", "empty", "a file", "a link"])
def test_what_has_its_name_stays_as_it_is(
    toy: ToyRelease, tmp_path: Path, found: str
) -> None:
    goal = toy.exports / NAME
    if found in {"another", "a cut one"}:
        exported(toy)
        if found == "another":
            (goal / "members-001.csv").write_text("other")
        else:
            (goal / "manifest.json").unlink()
    else:
        toy.exports.mkdir()
        (tmp_path / "elsewhere").mkdir()
        if found == "empty":
            goal.mkdir()
        elif found == "a file":
            goal.touch()
        else:
            goal.symlink_to(tmp_path / "elsewhere")
    before = content(goal) if goal.is_dir() else None
    with pytest.raises(FolderInTheWayError, match=NAME):
        exported(toy)
    assert (content(goal) if goal.is_dir() else None) == before
    assert [path.name for path in toy.exports.iterdir()] == [NAME]


def test_a_file_instead_of_the_folder_is_refused(toy: ToyRelease) -> None:
    toy.exports.touch()
    with pytest.raises(FolderInTheWayError, match="a file"):
        exported(toy)


def test_two_exports_into_one_folder_are_refused(toy: ToyRelease) -> None:
    toy.exports.mkdir()
    other = os.open(toy.exports, os.O_RDONLY)
    try:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(ExportRunningError):
            exported(toy)
        assert not list(toy.exports.iterdir())
    finally:
        os.close(other)
    assert exported(toy).outcome == "written"


# The files of members and consents, the manifest, the folder; then its name is final.
STEPS = 5


@pytest.mark.parametrize("step", range(1, STEPS + 1))
def test_a_killed_export_leaves_no_folder_of_its_name(
    toy: ToyRelease, step: int
) -> None:
    code = f"""
import os, pathlib, signal
from export_toy import ToyRelease
from segmentation.export.export import Request, export

flush, done = os.fsync, []

def flush_or_die(descriptor):
    done.append(descriptor)
    if len(done) == {step}:
        os.kill(os.getpid(), signal.SIGKILL)
    flush(descriptor)

os.fsync = flush_or_die
toy = ToyRelease(pathlib.Path({str(toy.folder)!r}))
export(toy.profile, Request(None, None, None, toy.exports))
"""
    killed = subprocess.run(
        [sys.executable, "-c", code], env=import_path(TESTS), check=False
    )
    assert killed.returncode == -signal.SIGKILL
    names = [path.name for path in toy.exports.iterdir()]
    assert len(names) == 1
    if step < STEPS:
        assert names[0].startswith(".segment-export-")
        [left] = toy.exports.iterdir()
        assert stat.S_IMODE(left.stat().st_mode) == 0o700
    else:
        assert names == [NAME]
        check_export(toy.exports / NAME)
    again = exported(toy)
    assert again.outcome == ("written" if step < STEPS else "unchanged")
    assert [path.name for path in toy.exports.iterdir()] == [NAME]
    check_export(toy.exports / NAME)


def test_an_export_that_fails_leaves_nothing(
    toy: ToyRelease, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            exported(toy)
    assert not list(toy.exports.iterdir())


@pytest.mark.parametrize("missing", ["activation", "serving"])
def test_without_a_release_nothing_is_exported(toy: ToyRelease, missing: str) -> None:
    (toy.folder / f"{missing}.duckdb").unlink()
    with pytest.raises(NothingReleasedError, match=f"{missing}.duckdb"):
        exported(toy)
    assert not toy.exports.exists()


def test_two_releases_are_refused(toy: ToyRelease) -> None:
    toy.publish("run-2", serving="run-3")
    with pytest.raises(ReleasesDifferError, match=r"run-2 in .* run-3 in"):
        exported(toy)
    assert not toy.exports.exists()


def test_a_release_that_is_replaced_meanwhile_is_read_to_its_end(
    toy: ToyRelease, tmp_path: Path
) -> None:
    following = ToyRelease(tmp_path / "following")
    following.folder.mkdir()
    following.audience("S01", ["meta"])
    following.publish("run-2")
    with open_release(toy.profile, None) as released:
        for name in ("serving.duckdb", "activation.duckdb"):
            (following.folder / name).replace(toy.folder / name)
        members = released.table("activation__platform_members")
        assert list(released.rows(f"select count(*) from {members}")) == [(50,)]
        assert released.release.run_id == "run-1"
    with open_release(toy.profile, None) as released:
        assert released.release.run_id == "run-2"


def test_what_is_no_database_is_refused(toy: ToyRelease) -> None:
    (toy.folder / "activation.duckdb").write_text("no database, however long it may be")
    with pytest.raises(ReleaseUnreadableError, match=r"activation\.duckdb"):
        exported(toy)


def test_a_release_of_another_version_is_refused(toy: ToyRelease) -> None:
    del toy.rows["activation__email"]
    toy.publish()
    with pytest.raises(TableNotReleasedError, match="no activation__email"):
        exported(toy, "email")


@pytest.mark.parametrize("run_id", ["../run", "a/b", ".hidden", "a b", ""])
def test_a_name_that_leads_elsewhere_is_refused(toy: ToyRelease, run_id: str) -> None:
    toy.publish(run_id)
    with pytest.raises(UnsafeNameError):
        exported(toy)
    assert not toy.exports.exists()


def test_an_audience_that_leads_elsewhere_is_refused(toy: ToyRelease) -> None:
    toy.audience("../S01", ["meta"])
    toy.publish()
    with pytest.raises(UnsafeNameError):
        exported(toy)
