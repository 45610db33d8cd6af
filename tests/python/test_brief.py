"""A brief says what the served tables say, and what of it nobody has looked at."""

import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest
import yaml
from click.testing import CliRunner, Result

from dbt_project import NO_TESTS, DbtProject
from segmentation.brief.brief import read_briefs
from segmentation.brief.page import page
from segmentation.cli import cli
from segmentation.report.briefs import Brief, Item
from segmentation.report.numbers import money_text
from shared_steps import step

CODES = ["prospect", "new", "lapsed", "slipping", "best", "deal_seekers", "steady"]
OLD_PLAYBOOK = """segment_set,segment_code,segment_label,description,recommended_action
primary,best,Best,Those who spend most.,Thank them.
"""


def served(project: DbtProject) -> Path:
    return project.warehouse.with_name("serving.duckdb")


def brief(project: DbtProject, folder: Path, *words: str) -> Result:
    where = ["--project-dir", str(project.project_dir)]
    where += ["--serving", str(served(project)), "--output", str(folder)]
    return CliRunner().invoke(cli, ["brief", *words, *where])


def section(text: str, title: str) -> str:
    found = re.search(rf"^## {title}\n\n(.*?)(?=\n## |\Z)", text, re.S | re.M)
    assert found is not None, title
    return found[1].strip()


def test_a_page_per_primary_segment_with_the_numbers_of_the_marts(
    complete_journey: DbtProject, tmp_path: Path
) -> None:
    result = brief(complete_journey, tmp_path)
    assert result.exit_code == 0, result.output
    assert f"Briefs: {len(CODES)} in {tmp_path}." in result.output
    assert {path.stem for path in tmp_path.glob("*.md")} == set(CODES)

    with duckdb.connect(str(served(complete_journey)), read_only=True) as connection:
        customers = (
            "from segments__customers inner join features__customers "
            "using (customer_id, as_of_date) where primary_segment = 'best'"
        )
        [(count, expected, revenue, *largest, spend, orders)] = connection.execute(
            "select count(*), avg(expected_revenue_365d), avg(revenue_90d), "
            "max(expected_revenue_365d), max(revenue_90d), max(revenue), "
            f"max(order_count), sum(revenue), sum(order_count) {customers}"
        ).fetchall()
        [words] = connection.execute(
            "select value_proposition, message_theme, to_do, to_avoid, offer, owner, "
            "next_test from segments__playbook "
            "where segment_set = 'primary' and segment_code = 'best'"
        ).fetchall()
    text = (tmp_path / "best.md").read_text()
    assert section(text, "How many").startswith(f"{5 * round(count / 5):,} customers,")
    value = section(text, "Value")
    for title, mean, most, people in (
        ("in the next year", expected, largest[0], count),
        ("of the last 90 days", revenue, largest[1], count),
        (
            "Value of an order",
            spend / orders,
            max(largest[2], spend / orders * largest[3]),
            orders,
        ),
    ):
        size = step(float(most) / people)
        told = money_text(size * round(float(mean) / size))
        if float(mean) < 100:
            told = f"{size * round(float(mean) / size):,.2f}"
        assert f"{title} | {told} |" in value
    for words_of_one in words:
        assert words_of_one in text
    for title in (
        *("Who", "How many", "Value", "What sets them apart", "Channels", "Themes"),
        *("What they buy more than others", "Do", "Do not", "Offer", "Owner"),
        *("Next test", "Review"),
    ):
        for told in ("best", "steady", "deal_seekers", "slipping", "lapsed"):
            found = section((tmp_path / f"{told}.md").read_text(), title)
            assert found
            assert found != "Nothing that may be told.", (told, title)


def test_six_fields_of_each_large_segment_are_filled(
    complete_journey: DbtProject,
) -> None:
    topics = ("characteristic", "differentiator", "value", "channel", "theme")
    for found in read_briefs(served(complete_journey)):
        if found.code != "prospect":  # everybody has ordered
            assert all(found.of(topic) for topic in (*topics, "affinity")), found.code


def test_one_code_or_the_list_of_those_there_are(
    complete_journey: DbtProject, tmp_path: Path
) -> None:
    assert brief(complete_journey, tmp_path, "new").exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["new.md"]
    unknown = brief(complete_journey, tmp_path, "gold")
    assert unknown.exit_code == 1
    assert (
        "Found no primary segment 'gold' in the last release; expected one of prosp"
        in (unknown.output)
    )


def example(review: date | None, *items: Item) -> Brief:
    copy = dict.fromkeys(("to_do", "to_avoid", "offer", "owner", "next_test"))
    described = ("best", "Best", "Those who spend most.", "value tier is gold", None)
    return Brief(*described, copy, review, date(2024, 6, 30), items)


@pytest.mark.parametrize(
    ("review", "told"),
    [
        (None, "Nobody has decided yet."),
        (date(2024, 6, 30), "By 30 June 2024."),
        (date(2024, 6, 20), "By 20 June 2024. **Overdue by 10 days: read this page"),
    ],
)
def test_an_overdue_review_is_said(review: date | None, told: str) -> None:
    assert section(page(example(review)), "Review").startswith(told)


def test_what_is_withheld_and_what_nobody_decided_is_said() -> None:
    hidden = Item(
        *("value", "customer", "revenue_90d", "mean", "money", "suppressed"),
        *(None, None, None, None, None, None, None),
    )
    text = page(example(None, hidden))
    assert section(text, "How many") == "Fewer than 10 customers."
    assert "| Revenue of the last 90 days | withheld | | |" in text
    assert section(text, "Channels") == "Nothing that may be told."
    assert section(text, "Offer") == "Nobody has decided yet."


def test_a_file_without_profiles_and_postgres_are_refused_in_words(
    complete_journey: DbtProject, tmp_path: Path
) -> None:
    old = tmp_path / "old.duckdb"
    shutil.copy(served(complete_journey), old)
    with duckdb.connect(str(old)) as connection:
        connection.execute("drop table segments__profiles")
    where = ["--project-dir", str(complete_journey.project_dir)]
    result = CliRunner().invoke(cli, ["brief", *where, "--serving", str(old)])
    assert result.exit_code == 1
    assert (
        f"Found no segments__profiles in {old}; expected the profiles" in result.output
    )
    result = CliRunner().invoke(cli, ["brief", *where, "--target", "postgres"])
    assert result.exit_code == 1
    assert "is of type postgres; this command works with a DuckDB file" in result.output


def test_a_playbook_of_an_older_version_is_refused_in_words(
    released_shop: DbtProject, tmp_path: Path
) -> None:
    folder = shutil.copytree(released_shop.project_dir, tmp_path / "own", symlinks=True)
    (folder / "seeds" / "segment_playbook.csv").write_text(OLD_PLAYBOOK)
    settings = yaml.safe_load((folder / "dbt_project.yml").read_text())
    seeds = settings.setdefault("seeds", {})
    seeds.setdefault("segmentation", {})["segment_playbook"] = {"+enabled": False}
    seeds.setdefault("shop", {})["segment_playbook"] = {"+schema": "internal"}
    (folder / "dbt_project.yml").write_text(yaml.safe_dump(settings))
    project = replace(released_shop, project_dir=folder)
    result = project.build(
        *NO_TESTS,
        "--full-refresh",
        "--select",
        "segment_playbook",
        "segments__playbook",
    )
    assert result.exit_code == 1, result.log
    assert (
        "Found the seed segment_playbook without value_proposition, message_theme, "
        "to_do, to_avoid, offer, owner, next_test, review_date; expected the columns"
    ) in result.log
