"""`segment refresh`: what it leaves behind, what it prints and how it exits."""

import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from dbt_project import DbtProject
from publishing import digest, finished_run, import_path, query
from publishing_postgres import make_database
from publishing_toy import toy_project
from segmentation.cli import cli
from segmentation.profiles import Profile, load_profile
from segmentation.refresh import refresh as steps
from segmentation.refresh.build import Build, Published
from segmentation.refresh.lock import exclusive
from segmentation.refresh.server_lock import exclusive_on_server
from segmentation.refresh.summary import Outcome, Summary
from segmentation.refresh.verdict import judge
from segmentation.release.publish import Outcome as PublishedAs
from segmentation.release.publish import Publication, ReleaseRefusedError
from segmentation.release.served import Release
from segmentation.report import ReportSummary

# Built after the customers and before the release: it waits until a pipe is written to.
WAITING_MODEL = """
{{ config(enabled=env_var('TOY_PIPE', '') != '') }}
select line
from read_csv(
    '{{ env_var("TOY_PIPE", "") }}',
    columns = {'line': 'varchar'}, auto_detect = false, header = false
)
where exists (select * from {{ ref('segments__customers') }})
"""
# No report, for which the toy has too few tables. Other variables are another parse.
OPTIONS = ("--no-report", "--vars", "{night: 1}")
REFUSED = {"newcomer": "d", "least_spend": "6", "tag": "gold"}
PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def parsed_once(tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    project = toy_project(tmp_path_factory.mktemp("refresh"))
    (project.project_dir / "models" / "waiting.sql").write_text(WAITING_MODEL)
    return project


@pytest.fixture
def project(parsed_once: DbtProject) -> DbtProject:
    """The toy project before its first build."""
    for file in parsed_once.warehouse.parent.glob("*.duckdb*"):
        file.unlink()
    return parsed_once


def environment(project: DbtProject, **toy: str) -> dict[str, str]:
    return {
        **project.environment,
        "DBT_PROFILES_DIR": str(project.project_dir),
        "DBT_TARGET_PATH": str(project.artifacts),
        "DBT_LOG_PATH": str(project.artifacts),
        "DBT_LOG_LEVEL_FILE": "none",
        **{f"TOY_{name.upper()}": value for name, value in toy.items()},
    }


def refresh(project: DbtProject, *words: str, **toy: str) -> Result:
    command = ["refresh", "--project-dir", str(project.project_dir), *OPTIONS, *words]
    return CliRunner().invoke(cli, command, env=environment(project, **toy))


def profile_of(project: DbtProject, monkeypatch: pytest.MonkeyPatch) -> Profile:
    for name, value in environment(project).items():
        monkeypatch.setenv(name, value)
    return load_profile(project.project_dir)


def served(project: DbtProject, sql: str) -> list[Any]:
    return query(project.warehouse.with_name("serving.duckdb"), sql)


def served_bytes(project: DbtProject) -> list[str]:
    folder = project.warehouse.parent
    return [digest(folder / f"{name}.duckdb") for name in ("serving", "activation")]


def lock_file(project: DbtProject) -> Path:
    return project.warehouse.with_name("warehouse.duckdb.refresh.lock")


def matched(pattern: str, result: Result) -> str:
    """Return the group of a pattern that all of standard output must match."""
    found = re.fullmatch(pattern, result.stdout)
    assert found, result.output
    return found[1]


def test_nights_release_stay_unchanged_and_are_refused(project: DbtProject) -> None:
    first = refresh(project)
    assert first.exit_code == 0, first.output
    run_id = matched(
        r"segment refresh: outcome=released as_of=2024-06-30 run=([0-9a-f-]{36}) "
        r"passed=28 warned=0 failed=0 skipped=0 seconds=\d+\.\d\n",
        first,
    )
    assert served(project, "select run_id from _release") == [(run_id,)]
    assert first.stderr == (
        "Building 28 models, seeds and tests\n"
        "released: tables as of 2024-06-30, 4 in serving.duckdb and 1 in "
        f"activation.duckdb (run {run_id})\n"
    )
    assert lock_file(project).read_bytes() == b""

    before = served_bytes(project)
    second = refresh(project, "--json", "--full-refresh")
    assert second.exit_code == 0, second.output
    told = json.loads(matched(r"(\{.*\})\n", second))
    given = json.loads((project.artifacts / "run_results.json").read_text())["args"]
    assert (given["full_refresh"], given["vars"]) == (True, {"night": 1})
    assert re.fullmatch("[0-9a-f-]{36}", told.pop("run_id"))
    assert told.pop("seconds") > 0
    age = datetime.now(UTC) - datetime.fromisoformat(told.pop("started_at"))
    assert timedelta(0) < age < timedelta(seconds=PATIENCE_SECONDS)
    disk = told.pop("disk")
    assert disk.pop("free_bytes") > 0
    folder = project.warehouse.parent
    sizes = {
        name: (folder / f"{name}.duckdb").stat().st_size
        for name in ("warehouse", "serving", "activation")
    }
    assert disk == {
        "warehouse_bytes": sizes["warehouse"],
        "served_bytes": sizes["serving"] + sizes["activation"],
        "kept_bytes": 0,
        "log_bytes": 0,
    }
    assert told == {
        "format": 1,
        "outcome": "unchanged",
        "exit_code": 0,
        "as_of_date": "2024-06-30",
        "release_run_id": run_id,
        "passed": 28,
        "warned": 0,
        "failed": 0,
        "skipped": 0,
        "failures": [],
        "warnings": [],
        "report": None,
        "report_error": None,
        "message": f"unchanged: nothing differs from release {run_id}",
    }

    # Of 28 one fails, one warns, and four read what the failing test speaks of.
    third = refresh(project, "--json", **REFUSED)
    assert third.exit_code == 1, third.output
    told = json.loads(matched(r"(\{.*\})\n", third))
    assert (told["outcome"], told["release_run_id"]) == ("refused", None)
    counts = [told[name] for name in ("passed", "warned", "failed", "skipped")]
    assert counts == [22, 1, 1, 4]
    [warned], [failed] = told["warnings"], told["failures"]
    assert warned["name"].startswith("accepted_values_segments__customers_tag")
    assert failed.pop("message").startswith("Got 1 result")
    assert failed == {
        "kind": "test",
        "name": "integrity_spend_reaches_least",
        "status": "fail",
    }
    lines = third.stderr.splitlines()
    assert len(lines) == 4
    assert lines[1].startswith("WARN test accepted_values_segments__customers_tag")
    assert lines[2].startswith("FAIL test integrity_spend_reaches_least: Got 1 result")
    assert lines[3].startswith("Error: not released: a release needs all")
    assert served_bytes(project) == before

    (project.warehouse.parent / "activation.duckdb").unlink()
    restored = refresh(project)
    assert restored.exit_code == 0
    assert restored.stdout.startswith("segment refresh: outcome=restored as_of=2024")


def test_a_failing_model_of_the_adopter_is_counted_and_stops_nothing(
    project: DbtProject,
) -> None:
    result = refresh(project, adopter_fails="yes")
    assert result.exit_code == 0
    assert "outcome=released" in result.stdout
    assert "passed=25 warned=0 failed=1 skipped=2" in result.stdout
    assert "ERROR model adopter__report: " in result.stderr


def test_a_killed_run_leaves_nothing_that_stops_the_next(
    project: DbtProject, tmp_path: Path
) -> None:
    assert refresh(project).exit_code == 0
    before = served_bytes(project)
    with waiting_refresh(project, tmp_path / "pipe", newcomer="d") as other:
        locked = refresh(project)
        assert locked.exit_code == 3
        matched(
            r"(segment refresh: outcome=locked as_of=- run=- passed=0 warned=0 "
            r"failed=0 skipped=0 seconds=0\.\d)\n",
            locked,
        )
        command = (
            f"cli.py refresh --project-dir {project.project_dir} --no-report --vars "
            "'{night: 1}'"
        )
        assert re.fullmatch(
            rf"Error: Found {lock_file(project)} locked by process {other.pid} on "
            rf"{re.escape(os.uname().nodename)} since "
            rf"\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00 \(`{re.escape(command)}`\); "
            r"expected no other refresh of this warehouse\. Nothing was run\. "
            r"Let that one end .*",
            locked.stderr.strip(),
        )
        waited = refresh(project, "--wait", "0.5", "--json")
        assert waited.exit_code == 3
        assert json.loads(waited.stdout)["outcome"] == "locked"
        assert json.loads(waited.stdout)["seconds"] >= 0.5
        assert waited.stderr.startswith(
            f"Waiting 0.5 s at most for process {other.pid} on "
        )
        assert "and waited 0.5 s in vain" in waited.stderr
        os.kill(other.pid, signal.SIGKILL)
        assert other.wait(PATIENCE_SECONDS) == -signal.SIGKILL
    # It died in the middle: its customers are in the warehouse and were not served.
    assert project.query("select count(*) from segments__customers") == [(4,)]
    assert served_bytes(project) == before

    rerun = refresh(project, newcomer="d")
    assert rerun.exit_code == 0, rerun.output
    assert "outcome=released" in rerun.stdout
    assert served(project, "select count(*) from segments__customers") == [(4,)]


@contextmanager
def waiting_refresh(
    project: DbtProject, pipe: Path, *words: str, **toy: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Yield a refresh in another process that stands in the middle of its build.

    What it prints is in a file beside the pipe. It goes on after the block.
    """
    os.mkfifo(pipe)
    command = ["refresh", "--project-dir", str(project.project_dir), *OPTIONS, *words]
    toy_environment = environment(project, pipe=str(pipe), **toy)
    with (
        pipe.with_suffix(".out").open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-m", "segmentation.cli", *command],
            env={**import_path(), **toy_environment},
            stdout=output,
            stderr=subprocess.DEVNULL,
        ) as child,
    ):
        try:
            writer = opened_for_writing(pipe, child)
            yield child
            os.close(writer)
            child.wait(PATIENCE_SECONDS)
        finally:
            child.kill()


def opened_for_writing(pipe: Path, child: subprocess.Popen[bytes]) -> int:
    """Open a pipe as soon as the child reads it, which then waits for a line."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            time.sleep(0.05)
    pytest.fail("the refresh did not come to the model that waits")


def test_a_lock_that_somebody_removed_lets_no_second_build_in(
    project: DbtProject, tmp_path: Path
) -> None:
    assert refresh(project).exit_code == 0
    pipe = tmp_path / "pipe"
    with waiting_refresh(project, pipe, "--json", newcomer="d") as other:
        lock_file(project).unlink()
        second = refresh(project, "--json", newcomer="e")
        told = json.loads(second.stdout)
        assert (second.exit_code, told["outcome"]) == (2, "error")
        assert f"process {other.pid}" in told["message"]
    assert json.loads(pipe.with_suffix(".out").read_text())["outcome"] == "released"
    assert served(project, "select max(customer_id) from segments__customers") == [
        ("d",)
    ]


def test_what_a_scheduler_ends_says_so_and_leaves_the_release(
    project: DbtProject, tmp_path: Path
) -> None:
    assert refresh(project).exit_code == 0
    before = served_bytes(project)
    pipe = tmp_path / "pipe"
    with waiting_refresh(project, pipe, "--json", newcomer="d") as other:
        other.send_signal(signal.SIGTERM)
    told = json.loads(pipe.with_suffix(".out").read_text())
    assert (other.returncode, told["exit_code"], told["outcome"]) == (2, 2, "error")
    assert told["message"] == "The build was interrupted. Run the command again"
    assert told["started_at"] <= datetime.now(UTC).isoformat()
    assert served_bytes(project) == before
    with exclusive(lock_file(project), "next"):
        pass


def test_a_refresh_waits_for_another_and_then_releases(project: DbtProject) -> None:
    let_go = threading.Event()
    holds = threading.Event()

    def hold() -> None:
        with exclusive(lock_file(project), "the other"):
            holds.set()
            let_go.wait(PATIENCE_SECONDS)

    other = threading.Thread(target=hold)
    other.start()
    assert holds.wait(PATIENCE_SECONDS)
    threading.Timer(0.5, let_go.set).start()
    result = refresh(project, "--wait", str(PATIENCE_SECONDS))
    other.join()
    assert result.exit_code == 0, result.output
    assert f"Waiting {PATIENCE_SECONDS} s at most for process " in result.stderr
    assert "(`the other`)" in result.stderr
    assert "outcome=released" in result.stdout


def test_what_keeps_it_from_running_is_exit_code_2(
    project: DbtProject, tmp_path: Path
) -> None:
    def is_refused(message: str, *words: str, **toy: str) -> None:
        result = refresh(project, *words, **toy)
        assert result.exit_code == 2, result.output
        assert result.stdout.startswith("segment refresh: outcome=error as_of=- run=")
        assert len(result.stdout.splitlines()) == 1
        assert message in result.stderr

    is_refused("expected the target 'spark'", "--target", "spark")
    is_refused("No such option", "--select", "segments__sizes")
    is_refused("'soon' is not a valid float", "--wait", "soon")
    is_refused("is not valid YAML. Expected what dbt takes", "--vars", "{a: [")

    nowhere = replace(project, warehouse=tmp_path / "nowhere" / "warehouse.duckdb")
    result = refresh(nowhere)
    assert result.exit_code == 2
    assert "warehouse.duckdb.refresh.lock cannot be locked: No such" in result.stderr

    usage = refresh(project, "--select", "segments__sizes", "--json")
    told = json.loads(usage.stdout)
    assert (usage.exit_code, told["exit_code"], told["outcome"]) == (2, 2, "error")
    assert told["message"] == "No such option '--select'."

    broken = project.project_dir / "models" / "broken.sql"
    broken.write_text("select * from {{ ref('nothing') }}")
    try:
        is_refused("depends on a node named 'nothing' which was not found")
    finally:
        broken.unlink()
    assert not project.warehouse.with_name("serving.duckdb").exists()


def test_a_warehouse_open_elsewhere_is_said_and_not_refused(
    project: DbtProject,
) -> None:
    code = (
        "import duckdb, sys\n"
        f"held = duckdb.connect({str(project.warehouse)!r})\n"
        "print('open', flush=True)\n"
        "sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"
        result = refresh(project)
        other.communicate()
    assert result.exit_code == 2
    assert re.search(r"outcome=error as_of=- run=[0-9a-f-]{36} ", result.stdout)
    assert f", process {other.pid}" in result.stderr
    assert "DuckDB lets one process write at a time" in result.stderr


def test_a_default_selector_that_leaves_nodes_out_is_exit_code_2(
    project: DbtProject,
) -> None:
    selectors = project.project_dir / "selectors.yml"
    selectors.write_text(
        "selectors: [{name: few, default: true, definition: {method: fqn, "
        "value: segments__definitions}}]"
    )
    try:
        result = refresh(project)
    finally:
        selectors.unlink()
    assert result.exit_code == 2
    assert "outcome=error as_of=2024-06-30" in result.stdout
    assert "not released (partial): " in result.stderr
    assert "look for a default selector" in result.stderr


def test_a_release_that_cannot_be_written_is_exit_code_2(project: DbtProject) -> None:
    assert refresh(project).exit_code == 0
    before = served_bytes(project)
    in_the_way = project.warehouse.with_name("serving.duckdb.next-folder")
    in_the_way.mkdir()
    try:
        result = refresh(project, newcomer="d")
    finally:
        in_the_way.rmdir()
    assert result.exit_code == 2
    assert "outcome=error as_of=2024-06-30" in result.stdout
    assert "passed=28 warned=0 failed=0 skipped=0" in result.stdout
    assert "Error: not released: the release was not written. " in result.stderr
    assert served_bytes(project) == before


def test_a_mistake_of_the_command_itself_is_not_taken_for_a_refusal(
    project: DbtProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(steps, "run_build", fail)
    result = refresh(project)
    assert result.exit_code == 2
    assert result.stdout.startswith("segment refresh: outcome=error ")
    assert "Traceback" in result.stderr
    assert result.stderr.endswith("Error: ZeroDivisionError: by zero\n")
    interrupted = judge(
        Build(None, (), (), None, KeyboardInterrupt()), profile_of(project, monkeypatch)
    )
    assert interrupted.outcome is Outcome.ERROR
    assert "interrupted" in interrupted.message


def test_the_report_follows_the_served_release(
    project: DbtProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Path] = []

    def night(result: Publication | Exception, *words: str) -> Result:
        """Refresh with a build that published so, instead of one of dbt."""

        def render(serving: Path, output: Path) -> ReportSummary:
            assert serving == project.warehouse.with_name("serving.duckdb")
            assert isinstance(result, Publication)
            assert result.release is not None
            output.write_text(f"<p>Release {result.release.run_id}</p>")
            written.append(output)
            return ReportSummary(output, "", None, "10", "Headline.", False, 2_000)

        build = Build("run", (), (), Published(finished_run().as_of_date, result), None)
        monkeypatch.setattr(steps, "run_build", lambda *_, **__: build)
        monkeypatch.setattr(steps, "render_report", render)
        command = ["refresh", "--project-dir", str(project.project_dir), *words]
        return CliRunner().invoke(cli, command, env=environment(project))

    monkeypatch.chdir(tmp_path)
    page = tmp_path / "report.html"
    first, second = published("run-1"), published("run-2")

    result = night(first, "--json")
    assert written == [page]
    assert json.loads(result.stdout)["report"] == str(page)
    assert f"Report: {page}" in result.stderr

    unchanged = replace(first, outcome=PublishedAs.UNCHANGED)
    night(unchanged)
    night(second, "--no-report")
    assert written == [page]
    page.unlink()
    night(ReleaseRefusedError("not released: a test failed"))
    assert not page.exists()
    night(unchanged)
    assert written == [page] * 2
    # The night before was killed between its release and its report.
    night(replace(second, outcome=PublishedAs.UNCHANGED))
    assert written == [page] * 3
    assert "run-2" in page.read_text()
    night(second, "--output", "other.html")
    assert written[3:] == [tmp_path / "other.html"]

    result = night(second, "--output", "report.html/page.html", "--json")
    told = json.loads(result.stdout)
    assert result.exit_code == told["exit_code"] == 2
    assert (told["outcome"], told["report"]) == ("released", None)
    assert "Not a directory" in told["report_error"]
    assert "Error: no report: " in result.stderr


def published(run_id: str) -> Publication:
    release = Release(
        run_id, datetime(2024, 7, 1, tzinfo=UTC), date(2024, 6, 30), "hash", "{}"
    )
    return Publication(PublishedAs.RELEASED, "released: tables", release)


def test_a_terminal_sees_how_many_nodes_are_done(
    project: DbtProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = profile_of(project, monkeypatch)
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, width=80)
    steps.refresh(profile, steps.Request("segment refresh", OPTIONS[-1]), console)
    # One of the toy's models is ephemeral: nothing is built for it.
    done = re.findall(r"(\d+)/28\b", shown.getvalue())
    assert max(map(int, done)) == 28
    assert "Building" not in shown.getvalue()


def test_on_postgresql_it_publishes_too(
    project: DbtProject, postgres: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_database(postgres)
    monkeypatch.setenv("SEGMENTATION_PG_DATABASE", "warehouse")
    for name, value in postgres.items():
        if name != "SEGMENTATION_PG_DATABASE":
            monkeypatch.setenv(name, value)
    words = ("--target", "postgres")
    ends = [refresh(project, *words), refresh(project, *words)]
    ends.append(refresh(project, *words, **REFUSED))
    assert [end.exit_code for end in ends] == [0, 0, 1], ends[0].output
    for end, outcome in zip(ends, ("released", "unchanged", "refused"), strict=True):
        assert f"segment refresh: outcome={outcome} as_of=" in end.stdout
    assert "as_of=2024-06-30" in ends[1].stdout
    assert "passed=28 warned=0 failed=0 skipped=0" in ends[1].stdout
    with exclusive(project.artifacts / "publishing.postgres.refresh.lock", "other"):
        assert refresh(project, *words).exit_code == 3
    # On another machine, or after somebody has removed the file.
    for name, value in environment(project).items():
        monkeypatch.setenv(name, value)
    profile = load_profile(project.project_dir, target="postgres")
    with exclusive_on_server(profile):
        locked = refresh(project, *words, "--wait", "0.5", "--json")
        told = json.loads(locked.stdout)
        assert (locked.exit_code, told["outcome"]) == (3, "locked")
        host = re.escape(os.uname().nodename)
        assert re.match(
            r"Found PostgreSQL database warehouse at .*, schema publishing, locked by "
            rf"server process \d+ of \w+ since .* \(segment refresh on {host}\); ",
            told["message"],
        )
        assert re.match("Waiting 0.5 s at most for server process", locked.stderr)
    assert "outcome=unchanged" in refresh(project, *words).stdout


def test_what_a_killed_holder_wrote_does_not_stop_the_next(tmp_path: Path) -> None:
    path = tmp_path / "refresh.lock"
    path.write_text('{"pid": 1, "host": "gone", "since": "then", "command": "killed"}')
    with exclusive(path, "next"):
        held = json.loads(path.read_text())
        assert (held["pid"], held["command"]) == (os.getpid(), "next")
    assert path.read_text() == ""


def test_the_line_and_its_json_say_the_same() -> None:
    summary = Summary(
        outcome=Outcome.RELEASED,
        message="released",
        started_at=datetime(2024, 7, 1, 2, 30, tzinfo=UTC),
        seconds=12.3456,
        as_of_date=date(2024, 6, 30),
        run_id="run-2",
        release_run_id="run-2",
        passed=20,
        warned=3,
        failed=2,
        skipped=1,
        report=Path("/srv/report.html"),
    )
    assert summary.line() == (
        "segment refresh: outcome=released as_of=2024-06-30 run=run-2 passed=20 "
        "warned=3 failed=2 skipped=1 seconds=12.3"
    )
    assert summary.json() == (
        '{"format": 1, "outcome": "released", "exit_code": 0, '
        '"started_at": "2024-07-01T02:30:00+00:00", "as_of_date": "2024-06-30", '
        '"run_id": "run-2", "release_run_id": "run-2", "passed": 20, "warned": 3, '
        '"failed": 2, "skipped": 1, "failures": [], "warnings": [], "seconds": 12.346, '
        '"disk": null, "report": "/srv/report.html", "report_error": null, '
        '"message": "released"}'
    )
    codes = {outcome.value: outcome.exit_code for outcome in Outcome}
    assert codes == {
        "released": 0,
        "restored": 0,
        "unchanged": 0,
        "refused": 1,
        "error": 2,
        "locked": 3,
    }
