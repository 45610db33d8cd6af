"""Earlier releases served again on DuckDB: what is kept and what crashes leave."""

import stat
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from publishing import digest, make_warehouse, query
from publishing_memberships import (
    kill,
    publish_codes,
    recorded_memberships,
    roll_back_files,
)
from segmentation.release.kept_files import FOLDER, kept_files
from segmentation.release.publish import Outcome
from segmentation.release.rollback import NoKeptReleaseError, UnknownReleaseError
from segmentation.release.served import KEPT_RELEASES

FILES = ("serving", "activation")


def released(folder: Path, count: int) -> Path:
    """A warehouse with releases run-1 ... whose only customer has the run's number."""
    make_warehouse(folder).close()
    for number in range(1, count + 1):
        publish_codes(folder, f"run-{number}", {"a": f"code {number}"})
    return folder


def held(folder: Path) -> list[str]:
    """Releases that the two files hold."""
    return [
        query(folder / f"{name}.duckdb", "select run_id from _release")[0][0]
        for name in FILES
    ]


def served_code(folder: Path) -> str:
    [(code,)] = query(
        folder / "serving.duckdb", "select primary_segment from segments__memberships"
    )
    return str(code)


def kept_runs(folder: Path, name: str = "serving") -> list[str]:
    return [file.run_id for file in kept_files(folder / f"{name}.duckdb")]


def rollbacks(folder: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        return connection.execute(
            "select run_id, previous_run_id, reason from measurement__rollbacks "
            "order by rolled_back_at"
        ).fetchall()


def releases(folder: Path) -> list[str]:
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        rows = connection.execute(
            "select run_id from measurement__releases order by released_at"
        ).fetchall()
    return [run_id for (run_id,) in rows]


def test_an_earlier_release_is_served_byte_for_byte_and_recorded(
    tmp_path: Path,
) -> None:
    released(tmp_path, 2)
    files = [tmp_path / f"{name}.duckdb" for name in FILES]
    second = [digest(file) for file in files]
    publish_codes(tmp_path, "run-3", {"a": "code 3"})
    done = roll_back_files(tmp_path)
    assert (done.run_id, done.previous_run_id) == ("run-2", "run-3")
    assert [digest(file) for file in files] == second
    assert rollbacks(tmp_path) == [("run-2", "run-3", "wrong prices")]
    assert releases(tmp_path) == ["run-1", "run-2", "run-3"]


def test_a_build_after_a_rollback_is_compared_with_what_is_served(
    tmp_path: Path,
) -> None:
    released(tmp_path, 3)
    roll_back_files(tmp_path)
    same = publish_codes(tmp_path, "run-4", {"a": "code 2"})
    assert same.outcome is Outcome.UNCHANGED
    assert same.message == "unchanged: nothing differs from release run-2"
    again = publish_codes(tmp_path, "run-5", {"a": "code 3"})
    assert again.outcome is Outcome.RELEASED
    assert releases(tmp_path) == ["run-1", "run-2", "run-3", "run-5"]
    # Run 5 says what run 3, the release before it, had said.
    assert [row[0] for row in recorded_memberships(tmp_path)] == [
        "run-1",
        "run-2",
        "run-3",
    ]
    assert held(tmp_path) == ["run-5", "run-5"]


def test_rollbacks_go_back_further_and_forward_by_name(tmp_path: Path) -> None:
    released(tmp_path, 3)
    assert roll_back_files(tmp_path).run_id == "run-2"
    assert roll_back_files(tmp_path).run_id == "run-1"
    assert roll_back_files(tmp_path, "run-3").run_id == "run-3"
    assert served_code(tmp_path) == "code 3"
    # Before run 3 was returned to, run 1 was served.
    assert roll_back_files(tmp_path).run_id == "run-1"
    publish_codes(tmp_path, "run-4", {"a": "code 4"})
    assert roll_back_files(tmp_path).run_id == "run-1"
    assert [run for run, *_ in rollbacks(tmp_path)] == [
        "run-2",
        "run-1",
        "run-3",
        "run-1",
        "run-1",
    ]


def test_the_last_releases_are_kept_in_links_that_cost_nothing(tmp_path: Path) -> None:
    released(tmp_path, 5)
    assert KEPT_RELEASES == 3
    for name in FILES:
        assert kept_runs(tmp_path, name) == ["run-4", "run-3", "run-2"]
    roll_back_files(tmp_path, "run-2")
    for name in FILES:
        # The served one lies there under a second name, and is not counted.
        assert kept_runs(tmp_path, name) == ["run-5", "run-4", "run-3", "run-2"]
        kept = {f.run_id: f for f in kept_files(tmp_path / f"{name}.duckdb")}
        assert kept["run-2"].path.samefile(tmp_path / f"{name}.duckdb")
    publish_codes(tmp_path, "run-6", {"a": "code 6"})
    # In the order in which they were served last.
    assert kept_runs(tmp_path) == ["run-2", "run-5", "run-4"]
    assert roll_back_files(tmp_path).run_id == "run-2"


def test_kept_files_are_as_private_as_the_served_ones(tmp_path: Path) -> None:
    released(tmp_path, 1)
    (tmp_path / "serving.duckdb").chmod(0o640)
    publish_codes(tmp_path, "run-2", {"a": "code 2"})
    assert stat.S_IMODE((tmp_path / FOLDER).stat().st_mode) == 0o700
    (tmp_path / "serving.duckdb").chmod(0o644)
    roll_back_files(tmp_path)
    modes = {
        name: stat.S_IMODE((tmp_path / f"{name}.duckdb").stat().st_mode)
        for name in FILES
    }
    assert modes == {"serving": 0o644, "activation": 0o600}
    [kept, *_] = kept_files(tmp_path / "activation.duckdb")
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600


def test_without_hard_links_files_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("Operation not supported")

    monkeypatch.setattr("os.link", refuse)
    released(tmp_path, 3)
    assert roll_back_files(tmp_path).run_id == "run-2"
    assert (held(tmp_path), served_code(tmp_path)) == (["run-2"] * 2, "code 2")
    mode = stat.S_IMODE((tmp_path / "activation.duckdb").stat().st_mode)
    assert mode == 0o600


def test_what_cannot_be_served_again_is_explained(tmp_path: Path) -> None:
    released(tmp_path, 1)
    with pytest.raises(NoKeptReleaseError, match="no earlier release is kept"):
        roll_back_files(tmp_path)
    publish_codes(tmp_path, "run-2", {"a": "code 2"})
    with pytest.raises(UnknownReleaseError, match=r"run-9 is not kept.* one of run-1 "):
        roll_back_files(tmp_path, "run-9")
    with pytest.raises(UnknownReleaseError, match="run-2 is the one that is served"):
        roll_back_files(tmp_path, "run-2")
    assert (held(tmp_path), rollbacks(tmp_path)) == (["run-2"] * 2, [])
    [kept] = kept_files(tmp_path / "serving.duckdb")
    kept.path.write_bytes(b"damaged")
    with pytest.raises(NoKeptReleaseError):
        roll_back_files(tmp_path)


def test_a_rollback_is_later_than_all_else_when_the_clock_was_set_back(
    tmp_path: Path,
) -> None:
    released(tmp_path, 2)
    long_ago = datetime.fromisoformat("2020-01-01")
    roll_back_files(tmp_path, clock=lambda: long_ago)
    same = publish_codes(tmp_path, "run-3", {"a": "code 1"})
    assert same.outcome is Outcome.UNCHANGED


@pytest.mark.parametrize("step", range(1, 10))
def test_a_rollback_killed_before_any_step_is_completed_by_the_next_run(
    tmp_path: Path, step: int
) -> None:
    released(tmp_path, 3)
    assert kill(tmp_path, step, "roll_back_files", "run-2", "bad night")
    # Recovering from an earlier one is the first step, writing it down the second.
    was_begun = step > 2
    publication = publish_codes(tmp_path, "run-4", {"a": "code 3"})
    if was_begun:
        assert rollbacks(tmp_path) == [("run-2", "run-3", "bad night")]
        assert publication.outcome is Outcome.RELEASED
        assert held(tmp_path) == ["run-4", "run-4"]
        assert kept_runs(tmp_path) == ["run-2", "run-3", "run-1"]
        assert roll_back_files(tmp_path).run_id == "run-2"
    else:
        assert rollbacks(tmp_path) == []
        assert publication.outcome is Outcome.UNCHANGED
        assert held(tmp_path) == ["run-3", "run-3"]
    assert not list(tmp_path.rglob("*.next-*"))
    assert not list(tmp_path.rglob("rollback.json*"))


@pytest.mark.parametrize("step", range(1, 8))
def test_a_release_killed_before_any_step_loses_nothing_that_is_kept(
    tmp_path: Path, step: int
) -> None:
    released(tmp_path, 3)
    assert kill(tmp_path, step, "publish_codes", "run-4", {"a": "code 4"})
    publication = publish_codes(tmp_path, "run-5", {"a": "code 4"})
    is_replaced = step > 4
    assert publication.outcome is not Outcome.RELEASED or not is_replaced
    now = "run-4" if is_replaced else "run-5"
    assert held(tmp_path) == [now, now]
    assert releases(tmp_path) == ["run-1", "run-2", "run-3", now]
    assert roll_back_files(tmp_path).run_id == "run-3"
    assert (held(tmp_path), served_code(tmp_path)) == (["run-3"] * 2, "code 3")
    assert not list(tmp_path.rglob("*.next-*"))
