"""Night after night against all at once: the answer must not depend on the way to it.

Raw rows come over many nights, each followed by a build; some builds are killed and
run again. Then the warehouse must equal one that was given the same rows at once, and
itself after a full refresh; building again must change nothing; and the past as known
then must be what was built then.
"""

import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from derived import (
    derived_relations,
    differences,
    hashes,
    left_behind,
    lost_rows,
    recorded_relations,
    unquoted,
)
from nightly import Nightly
from scenario import Scenario

NIGHTLY = "the warehouse built every night"
SHOWN_PROBLEMS = 12
Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """What a soak does beside building every night.

    Args:
        kills: Builds that are killed, in nights drawn at random.
        kept_nights: Nights whose warehouse is kept, to be compared with what
            `segmentation_known_at` says of them later.
        releases: Whether the last build runs the data tests and must release.
        built_before: Options of a build on a warehouse that was built before, such as
            to leave out what cannot change.
    """

    kills: int
    kept_nights: Sequence[int] = ()
    releases: bool = True
    built_before: tuple[str, ...] = ()


@dataclass
class Soak:
    """One soak: a scenario, played in a warehouse.

    Attributes:
        scenario: What is delivered when.
        nightly: The project on the warehouse, in a folder of its own.
        plan: What else happens.
        say: Called with each step and how long it took.
        seconds: How long each night's build took.
        problems: What was found, in words.
    """

    scenario: Scenario
    nightly: Nightly
    plan: Plan
    say: Say
    seconds: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def run(self) -> list[str]:
        """Play all nights and compare.

        Returns:
            What was found to differ, in words; nothing is as it should be.

        Raises:
            BuildFailedError: A build failed that nobody killed.
        """
        self._play_nights()
        self._build_again()
        self._compare_all_at_once()
        self._compare_known_at()
        self._compare_full_refresh()
        return self.problems

    @property
    def warehouse(self) -> Path:
        """The DuckDB file that is built every night."""
        return self.nightly.project.warehouse

    @property
    def relations(self) -> dict[str, tuple[str, ...]]:
        """The derived relations that were built, with columns to leave out."""
        return derived_relations(self.nightly.manifest, self._built)

    def _play_nights(self) -> None:
        draws = random.Random(self.scenario.seed)
        nights = range(1, self.scenario.nights + 1)
        killed = set(draws.sample(nights, self.plan.kills))
        self._built: set[str] = set()
        for night in range(self.scenario.nights + 1):
            with self._raw(self.warehouse) as connection:
                came = self.scenario.append(connection, night)
            day = self.scenario.as_of(night)
            options = self.plan.built_before if night else ()
            told = f"night {night}, {day}: {came:,} rows"
            if night in killed:
                patience = draws.random() * self.seconds[-1]
                in_time = self.nightly.kill_build(day, patience, *options)
                ending = "killed" if in_time else "finished before it was killed"
                told += f", {ending} after {patience:.1f} s"
            last = night == self.scenario.nights
            result, seconds = self.nightly.build(
                day, *options, with_tests=last and self.plan.releases
            )
            self._built |= result.results.keys()
            self.seconds.append(seconds)
            self.say(f"{told}, built in {seconds:.1f} s")
            if night in self.plan.kept_nights:
                shutil.copyfile(self.warehouse, self._kept(night))
            if last and self.plan.releases and "released: " not in result.log:
                self.problems.append(f"The last night released nothing:\n{result.log}")
        self.problems += left_behind(self.warehouse, self.nightly.manifest)

    def _build_again(self) -> None:
        """Build once more: nothing may change, nor be recorded, nor released."""
        compared = {**self.relations, **dict.fromkeys(self._recorded(), ())}
        before = hashes(self.warehouse, compared)
        served = self._served()
        result, seconds = self.nightly.build(
            self.scenario.as_of(self.scenario.nights),
            *self.plan.built_before,
            with_tests=self.plan.releases,
        )
        after = hashes(self.warehouse, compared)
        for name in compared:
            if before[name] != after[name]:
                self.problems.append(
                    f"{unquoted(name)} changed in a second build without new rows: "
                    f"{before[name].row_count} rows before, "
                    f"{after[name].row_count} after"
                )
        if served != self._served():
            self.problems.append("A second build without new rows was released")
        if self.plan.releases and "unchanged: " not in result.log:
            self.problems.append(f"A second build was not unchanged:\n{result.log}")
        self.say(f"built again in {seconds:.1f} s")

    def _compare_all_at_once(self) -> None:
        """Give a new warehouse all rows at once, and the same ledger."""
        other = self.nightly.elsewhere(self._folder("at_once") / self.warehouse.name)
        with self._raw(other.project.warehouse) as connection:
            self.scenario.replace(connection, self.scenario.nights, "at once")
            _copy_tables(connection, self.warehouse, self._recorded())
        _, seconds = other.build(self.scenario.as_of(self.scenario.nights))
        self.say(f"all rows at once, built in {seconds:.1f} s")
        self.problems += differences(
            (self.warehouse, other.project.warehouse),
            (NIGHTLY, "one built at once"),
            self.relations,
        )

    def _compare_known_at(self) -> None:
        """Ask what was known in kept nights; views on deliveries show later ones."""
        relations = {
            name: without
            for name, without in self.relations.items()
            if '."stg_' not in name
        }
        for night in self.plan.kept_nights:
            file = self._folder(f"known_{night}") / self.warehouse.name
            shutil.copyfile(self.warehouse, file)
            day, known_at = self.scenario.as_of(night), self.scenario.opening(night)
            _, seconds = self.nightly.elsewhere(file).build(
                day, *self.plan.built_before, known_at=known_at
            )
            self.say(f"as known in night {night}, built in {seconds:.1f} s")
            self.problems += differences(
                (self._kept(night), file),
                (f"what night {night} built", f"what is known at {known_at} of it"),
                relations,
            )
            self.problems += lost_rows((self._kept(night), file), self._recorded())
            shutil.rmtree(file.parent)

    def _compare_full_refresh(self) -> None:
        before = self.warehouse.with_name("before_refresh.duckdb")
        shutil.copyfile(self.warehouse, before)
        _, seconds = self.nightly.build(
            self.scenario.as_of(self.scenario.nights),
            *self.plan.built_before,
            "--full-refresh",
        )
        self.say(f"full refresh in {seconds:.1f} s")
        self.problems += differences(
            (before, self.warehouse),
            (NIGHTLY, "its own full refresh"),
            self.relations,
        )
        self.problems += lost_rows((before, self.warehouse), self._recorded())

    def _recorded(self) -> list[str]:
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            there = connection.execute(
                "select table_schema, table_name from information_schema.tables"
            ).fetchall()
        built = {f'"{schema}"."{name}"' for schema, name in there}
        return [x for x in recorded_relations(self.nightly.manifest) if x in built]

    def _served(self) -> list[bytes]:
        files = sorted(self.warehouse.parent.glob("*.duckdb"))
        return [
            file.read_bytes()
            for file in files
            if file.name in ("serving.duckdb", "activation.duckdb")
        ]

    def _kept(self, night: int) -> Path:
        return self._folder("kept") / f"night_{night}.duckdb"

    def _folder(self, name: str) -> Path:
        folder = self.warehouse.parent / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @contextmanager
    def _raw(self, warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
        warehouse.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(
            str(warehouse), config={"storage_compatibility_version": "v1.5.0"}
        ) as connection:
            yield connection


def in_words(problems: Sequence[str]) -> str:
    """Return the first problems, from which the others mostly follow."""
    more = len(problems) - SHOWN_PROBLEMS
    shown = [*problems[:SHOWN_PROBLEMS], *([f"and {more} more"] if more > 0 else [])]
    return "\n\n".join(shown)


def _copy_tables(
    connection: duckdb.DuckDBPyConnection, source: Path, tables: Sequence[str]
) -> None:
    connection.execute(f"attach '{source}' as source (read_only)")
    for table in tables:
        connection.execute(f"create schema if not exists {table.split('.')[0]}")
        connection.execute(f"create table {table} as from source.{table}")
    connection.execute("detach source")
