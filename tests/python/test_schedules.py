"""The files of examples/schedules, run as cron, systemd and a runner run them."""

import configparser
import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from dbt_project import REPOSITORY
from publishing_toy import toy_project
from teahouse import teahouse_copy

SCHEDULES = REPOSITORY / "examples" / "schedules"
FOLDER = "/srv/segmentation"
CRON_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LOGNAME": "segmentation"}
# The file system as ProtectSystem=strict shows it, with the folder where it belongs.
AS_SYSTEMD = """
set -e
mount -t tmpfs none /srv
mkdir {folder}
mount --bind "$1" {folder}
mount -t tmpfs -o mode=1777 none /tmp
for point in $(cut -d ' ' -f 5 /proc/self/mountinfo | sort -u); do
    case "$point" in
        /proc*|/sys*|/dev*|/tmp|{writable}) ;;
        *) mount -o remount,bind,ro "$point" ;;
    esac
done
cd {folder}
shift
exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
"""


@pytest.fixture
def company(tmp_path: Path) -> Path:
    """A small company as the files expect it, with its environment."""
    project = toy_project(tmp_path)
    profile = yaml.safe_load((project.project_dir / "profiles.yml").read_text())
    output = profile["publishing"]["outputs"]["duckdb"]
    output["path"] = "warehouse.duckdb"
    del profile["publishing"]["outputs"]["postgres"]
    (project.project_dir / "profiles.yml").write_text(yaml.safe_dump(profile))
    (project.project_dir / ".venv").symlink_to(sys.prefix)
    return project.project_dir


def in_folder(text: str, folder: Path) -> str:
    """Put a folder in the place of the documented one."""
    assert FOLDER in text
    return text.replace(FOLDER, str(folder))


def without_report(text: str) -> str:
    """The toy has too few tables for a report."""
    assert "segment refresh " in text
    return text.replace("segment refresh ", "segment refresh --no-report ")


def sections(name: str) -> configparser.ConfigParser:
    """Read a unit, none of which has a key twice."""
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read_string((SCHEDULES / name).read_text())
    return unit


def cron_line() -> str:
    """The command of the crontab."""
    [line] = [
        line
        for line in (SCHEDULES / "crontab").read_text().splitlines()
        if line and line[0].isdigit()
    ]
    # cron makes line ends of them.
    assert "%" not in line
    return line.split(maxsplit=5)[5]


def run_line(line: str) -> subprocess.CompletedProcess[str]:
    """Run a line as cron does, in a folder that is not the project's."""
    return subprocess.run(
        ["/bin/sh", "-c", line],
        cwd="/",
        env=CRON_ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_the_line_of_cron_runs_with_nothing_but_its_environment(company: Path) -> None:
    line = without_report(in_folder(cron_line(), company))
    first = run_line(line)
    assert (first.returncode, first.stdout) == (0, ""), first.stderr
    assert "released: tables as of" in first.stderr

    (company / "profiles.yml").unlink()
    broken = run_line(line)
    assert broken.returncode == 2
    assert broken.stderr.startswith("Error: Found nothing in ")
    # A night's line of JSON after the other.
    lines = (company / "refresh.jsonl").read_text().splitlines()
    outcomes = [json.loads(each)["outcome"] for each in lines]
    assert outcomes == ["released", "error"]


@pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed"
)
def test_systemd_finds_nothing_wrong_with_the_units(
    company: Path, tmp_path: Path
) -> None:
    units = []
    for file in sorted(SCHEDULES.glob("segment-refresh.*")):
        units.append(tmp_path / file.name)
        text = file.read_text()
        if file.suffix == ".service":
            text = in_folder(text, company)
        units[-1].write_text(text)
    assert [unit.suffix for unit in units] == [".service", ".timer"]
    found = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (found.returncode, found.stderr) == (0, "")


def test_the_timer_starts_the_service_that_runs_the_command() -> None:
    service, timer = (
        sections("segment-refresh.service"),
        sections("segment-refresh.timer"),
    )
    assert "Unit" not in timer["Timer"]  # so it starts the service of its own name
    assert timer["Install"]["WantedBy"] == "timers.target"
    assert service["Service"]["WorkingDirectory"] == FOLDER
    assert service["Service"]["ReadWritePaths"] == FOLDER
    assert service["Service"]["ExecStart"].startswith(f"{FOLDER}/.venv/bin/segment ")


def can_mount() -> bool:
    """Whether this user may have mounts of its own."""
    words = ["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/srv"]
    try:
        done = subprocess.run(words, capture_output=True, check=False)
    except FileNotFoundError:
        return False
    return done.returncode == 0 and shutil.which("setpriv") is not None


def as_systemd(
    script: str, company: Path, run: str
) -> "subprocess.CompletedProcess[str]":
    """Run a command in the mounts that a script makes."""
    return subprocess.run(
        ["unshare", "--mount", "sh", "-c", script, "sh", str(company), "sh", "-c", run],
        env={"PATH": os.defpath, "HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.skipif(not can_mount(), reason="needs mounts of its own, as root has")
def test_what_systemd_forbids_is_not_needed(company: Path) -> None:
    service = sections("segment-refresh.service")["Service"]
    assert service["ProtectSystem"] == "strict"
    script = AS_SYSTEMD.format(
        folder=service["WorkingDirectory"], writable=service["ReadWritePaths"]
    )
    command = without_report(service["ExecStart"])
    run = f"umask {service['UMask']}; exec {command}"
    done = as_systemd(script, company, run)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["outcome"] == "released"
    modes = {
        name: stat.S_IMODE((company / f"{name}.duckdb").stat().st_mode)
        for name in ("warehouse", "serving", "activation")
    }
    assert modes == {"warehouse": 0o640, "serving": 0o640, "activation": 0o600}
    # Without the folder it could not.
    script = AS_SYSTEMD.format(folder=FOLDER, writable="/nowhere")
    refused = as_systemd(script, company, run)
    assert refused.returncode == 2
    assert "Read-only file system" in json.loads(refused.stdout)["message"]


def workflow_steps() -> list[dict[str, Any]]:
    """Steps of the workflow, after a look at what GitHub reads around them."""
    read = yaml.safe_load((SCHEDULES / "github-actions.yml").read_text())
    # YAML 1.1 takes `on` for a truth value.
    assert set(read) == {"name", True, "permissions", "concurrency", "jobs"}
    assert read[True]["schedule"] == [{"cron": "30 2 * * *"}]
    [job] = read["jobs"].values()
    assert set(job) == {"runs-on", "timeout-minutes", "defaults", "steps"}
    assert job["defaults"]["run"] == {"shell": "bash", "working-directory": FOLDER}
    steps: list[dict[str, Any]] = job["steps"]
    assert all("run" in step and "uses" not in step for step in steps)
    return steps


def run_step(script: str, folder: Path, summary: Path) -> int:
    """Run a step as a runner does that is told `shell: bash`."""
    file = folder / "step.sh"
    file.write_text(script)
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", file],
        cwd=folder,
        env={**CRON_ENVIRONMENT, "GITHUB_STEP_SUMMARY": str(summary)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    ).returncode


@pytest.mark.slow
def test_every_step_of_the_workflow_runs(company: Path, tmp_path: Path) -> None:
    refresh, tell = workflow_steps()
    summary = tmp_path / "summary.md"
    script = without_report(refresh["run"])
    assert run_step(script, company, summary) == 0
    assert run_step(tell["run"], company, summary) == 0
    assert '"outcome": "released"' in summary.read_text()

    # What fails is not hidden by the pipe, and is told all the same.
    (company / "models" / "broken.sql").write_text("select * from {{ ref('nothing') }}")
    assert tell["if"] == "always()"
    assert run_step(script, company, summary) == 2
    assert run_step(tell["run"], company, summary) == 0
    assert '"outcome": "error"' in summary.read_text()


@pytest.mark.slow
def test_the_line_of_cron_refreshes_the_teahouse_and_its_report(tmp_path: Path) -> None:
    project = teahouse_copy(tmp_path).project_dir
    (project / ".venv").symlink_to(sys.prefix)
    assert not (project / "serving.duckdb").exists()
    done = run_line(in_folder(cron_line(), project))
    assert done.returncode == 0, done.stderr
    told = json.loads((project / "refresh.jsonl").read_text())
    assert (told["outcome"], told["as_of_date"]) == ("released", "2025-06-30")
    assert told["report"] == str(project / "report.html")
    assert told["release_run_id"] in (project / "report.html").read_text()
