"""The toy project with memberships and aliases that a test writes, to publish both."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from click.testing import CliRunner, Result

from dbt_project import REPOSITORY, DbtProject, DbtResult
from publishing_toy import toy_project
from segmentation.cli import cli

VIEWS = (
    "measurement__servings",
    "int_measurement__published_versions",
    "measurement__memberships_as_published",
    "measurement__restatements",
)
CODES = (
    "primary_segment, value_tier, rfm, lifecycle, behavior, demographic, "
    "psychographic, behavior_origin"
)
# Customer and date with the primary segment; the other codes follow from it.
State = Mapping[tuple[str, str], str]
SEEDS = """
seeds:
  - name: membership_rows
    config: {column_types: {customer_id: text, code: text, as_of_date: date}}
  - name: identity_aliases
    config: {column_types: {alias_customer_id: text, customer_id: text}}
"""
MEMBERSHIPS = """
{{ config(meta={'serving': 'serving'}) }}
select
    customer_id,
    as_of_date,
    code as primary_segment,
    case when code = 'best' then 'gold' else 'basic' end as value_tier,
    'r_' || code as rfm,
    'active' as lifecycle,
    'balanced' as behavior,
    'senior' as demographic,
    'not_observed' as psychographic,
    'rule' as behavior_origin
from {{ ref('membership_rows') }}
"""
ALIASES = "select alias_customer_id, customer_id from {{ ref('identity_aliases') }}"


def memberships_project(folder: Path) -> DbtProject:
    """Copy the toy project, with the real views on releases, into a folder."""
    toy = toy_project(folder)
    models = toy.project_dir / "models"
    for view in VIEWS:
        for suffix in ("sql", "yml"):
            file = REPOSITORY / "models" / "measurement" / f"{view}.{suffix}"
            (models / file.name).write_text(file.read_text())
    long = "segments__memberships_long.sql"
    text = (REPOSITORY / "models" / "segments" / long).read_text()
    (models / long).write_text(
        text.replace("{{ config(contract={'enforced': true}) }}", "")
    )
    (models / "segments__memberships.sql").write_text(MEMBERSHIPS)
    (models / "identity__aliases.sql").write_text(ALIASES)
    (toy.project_dir / "seeds" / "seeds.yml").write_text(SEEDS)
    sets = REPOSITORY / "macros" / "rules" / "segment_sets.sql"
    (toy.project_dir / "macros" / sets.name).write_text(sets.read_text())
    name = "integrity_published_memberships_add_up.sql"
    adds_up = REPOSITORY / "tests" / "integrity" / name
    (toy.project_dir / "tests" / name).write_text(adds_up.read_text())
    return toy


def write_state(
    project: DbtProject, state: State, aliases: Iterable[tuple[str, str]] = ()
) -> None:
    """Write what the next build says: memberships, and old ids with today's."""
    rows = [f"{customer},{code},{day}" for (customer, day), code in state.items()]
    lines = ["customer_id,code,as_of_date", *rows]
    seeds = project.project_dir / "seeds"
    (seeds / "membership_rows.csv").write_text("\n".join(lines) + "\n")
    pairs = [f"{old},{new}" for old, new in aliases]
    lines = ["alias_customer_id,customer_id", *pairs]
    (seeds / "identity_aliases.csv").write_text("\n".join(lines) + "\n")


def build_and_publish(project: DbtProject, as_of_date: str) -> str:
    """Build as of a date and publish, on either engine; return what that said."""
    dated = {**project.extra_env, "TOY_AS_OF": as_of_date}
    result: DbtResult = replace(project, extra_env=dated).build()
    assert result.exit_code == 0, result.log
    if project.target != "postgres":
        words = ("released: ", "unchanged: ", "restored: ")
        [line] = [line for line in result.log.splitlines() if line.startswith(words)]
        return line
    published = segment(project, "publish", "--target-path", str(project.artifacts))
    assert published.exit_code == 0, published.output
    return published.output


def segment(project: DbtProject, *words: str) -> Result:
    """Run a command of `segment` on the toy project, as a shell would."""
    command = [*words, "--project-dir", str(project.project_dir)]
    command += ["--profiles-dir", str(project.project_dir)]
    if project.target is not None:
        command += ["--target", project.target]
    return CliRunner().invoke(cli, command, env=environment(project))


def environment(project: DbtProject) -> dict[str, str]:
    """Environment in which a command finds the project's warehouse and artifacts."""
    return {**project.environment, "DBT_TARGET_PATH": str(project.artifacts)}
