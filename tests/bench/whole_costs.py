"""Builds a company of a stated size, and the script on its raw rows, and measures both.

Each runs in a process of its own; the company's files stay in a folder.
"""

import json
import pickle
import shutil
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

from bound_agreement import disagreements
from companies import OMNICHANNEL
from identity_project import environment
from measured import Run, measured
from nightly_costs import Build, Costs
from nightly_rows import Nights
from segmentation.demo import omnichannel
from segmentation.demo.raw_data import RawData
from whole_build import WholeBuild

AS_OF = date(2025, 12, 16)
# As good as none: what its build costs is what dbt costs.
FEW = 100
BENCH = Path(__file__).parent


@dataclass(frozen=True)
class Company:
    """A company on disk, and how it is built.

    Attributes:
        folder: Where the files of companies stay.
        customers: Persons; about a hundred raw rows each.
        months: Of history.
        memory: Limit of DuckDB, such as 2GB.
    """

    folder: Path
    customers: int
    months: int
    memory: str

    @property
    def warehouse(self) -> Path:
        """DuckDB file of the project."""
        return self._place / f"history_{self.months}" / "company.duckdb"

    @property
    def segments(self) -> Path:
        """DuckDB file of the script."""
        return self._place / "segments.duckdb"

    @property
    def raw_rows(self) -> int:
        """Rows of all raw tables."""
        return self.raw.row_count

    @cached_property
    def raw(self) -> RawData:
        """The raw tables as files, made up by the first to ask."""
        made = self._place / "raw.pickle"
        if not made.exists():
            files = self._place / "files"
            shutil.rmtree(files, ignore_errors=True)
            files.mkdir(parents=True)
            person = omnichannel.Company(customers=self.customers)
            raw, _ = omnichannel.generate(person, files, lambda *_: None)
            made.write_bytes(pickle.dumps(raw))
        found: RawData = pickle.loads(made.read_bytes())
        return found

    @property
    def _place(self) -> Path:
        return self.folder / str(self.customers)


@dataclass(frozen=True)
class Bound:
    """What the script cost.

    Attributes:
        run: Of its process.
        steps: CPU seconds by step.
    """

    run: Run
    steps: dict[str, float]

    @property
    def of_date(self) -> float:
        """CPU seconds of what another date would need again."""
        return sum(
            seconds for name, seconds in self.steps.items() if name.startswith("date")
        )


@dataclass(frozen=True)
class Built:
    """What a build of the project cost: its process, and what it says of its parts."""

    run: Run
    build: WholeBuild


@dataclass(frozen=True)
class Measured:
    """Costs of one company at one length of history.

    Attributes:
        company: Which.
        bound: The script.
        full: Everything anew.
        again: The same once more, without new rows.
        night: One night's rows, where nights were asked for.
        differing: Columns of the script that say something else, with how many rows.
        compared: Values that were compared.
        raw_rows: Raw rows that each node of the full refresh scanned, if counted.
        all_raw_rows: Rows of all raw tables, if counted.
    """

    company: Company
    bound: Bound
    full: Built
    again: Built
    night: Built | None
    differing: dict[str, int]
    compared: int
    raw_rows: dict[str, int]
    all_raw_rows: int


def fixed_cost(folder: Path, memory: str) -> float:
    """Return the CPU seconds of a build without news of an almost empty company."""
    company = Company(folder, FEW, 0, memory)
    _deliver(company, Nights(company.raw, OMNICHANNEL), AS_OF)
    _build(company, AS_OF)
    return _build(company, AS_OF).run.cpu_seconds


def measure(company: Company, *, nights: bool, scans: bool) -> Measured:
    """Run the script and the project on the same raw rows.

    Args:
        company: Which; an earlier warehouse of it goes.
        nights: Whether two nights are built before, of which the second is measured:
            the first goes on from a build that could not know where raw tables end.
        scans: Whether the queries of the full refresh are run again, to count raw rows.

    Raises:
        CommandFailed: The script or a build did not end well.
    """
    deliveries, night = Nights(company.raw, OMNICHANNEL), None
    shutil.rmtree(company.warehouse.parent, ignore_errors=True)
    if nights:
        for days in (2, 1):
            day = AS_OF - timedelta(days=days)
            _deliver(company, deliveries, day)
            _build(company, day)
    _deliver(company, deliveries, AS_OF)
    bound = _bound(company)
    if nights:
        night = _build(company, AS_OF)
    full = _build(company, AS_OF, "--full-refresh")
    again = _build(company, AS_OF)
    raw_rows: dict[str, int] = {}
    total = 0
    if scans:
        costs = Costs(company.warehouse, company.months, company.raw.schema)
        raw_rows, total = costs.raw_rows(Build(queries=full.build.queries))
    found = list(disagreements(company.warehouse, company.segments, AS_OF))
    return Measured(
        company,
        bound,
        full,
        again,
        night,
        {column: differing for column, _, differing in found if differing},
        sum(compared for _, compared, _ in found),
        raw_rows,
        total,
    )


def _deliver(company: Company, nights: Nights, day: date) -> None:
    if company.customers == FEW:
        shutil.rmtree(company.warehouse.parent, ignore_errors=True)
    company.warehouse.parent.mkdir(parents=True, exist_ok=True)
    nights.deliver(company.warehouse, until=day)


def _bound(company: Company) -> Bound:
    words = [str(company.warehouse), "--as-of", AS_OF.isoformat()]
    words += ["--memory", company.memory, "--to", str(company.segments)]
    run = _python(company, "lower_bound.py", words)
    return Bound(run, json.loads(run.output.splitlines()[-1]))


def _build(company: Company, day: date, *options: str) -> Built:
    words = [str(company.warehouse), "--months", str(company.months)]
    words += ["--as-of", day.isoformat(), *options]
    run = _python(company, "whole_build.py", words)
    return Built(run, WholeBuild(**json.loads(run.output.splitlines()[-1])))


def _python(company: Company, script: str, words: list[str]) -> Run:
    settings = environment(company.warehouse)
    settings["SEGMENTATION_MEMORY_LIMIT"] = company.memory
    settings["PYTHONPATH"] = ":".join(path for path in sys.path if path)
    return measured([sys.executable, str(BENCH / script), *words], settings)
