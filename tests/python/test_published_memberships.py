"""What releases said of customers, read back after later merges and late rows."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from dbt_project import REPOSITORY, DbtProject
from memberships_toy import (
    CODES,
    State,
    build_and_publish,
    memberships_project,
    write_state,
)
from publishing import make_warehouse
from publishing_memberships import (
    JUNE,
    kill,
    publish_codes,
    recorded_memberships,
)
from publishing_postgres import make_database
from segmentation.release import memberships
from segmentation.release.publish import Outcome

APRIL, MAY = "2025-04-30", "2025-05-31"


def panel(days: tuple[str, ...], **codes: str) -> dict[tuple[str, str], str]:
    """Each customer with one code at all of these dates."""
    return {(customer, day): code for customer, code in codes.items() for day in days}


@dataclass(frozen=True)
class Night:
    """What one build finds, and how many rows its release adds to the ledger."""

    as_of_date: str
    state: State
    added: int = 0
    changed: int = 0
    removed: int = 0
    aliases: tuple[tuple[str, str], ...] = ()

    @property
    def row_count(self) -> int:
        return self.added + self.changed + self.removed


START = panel((APRIL, MAY), a="best", b="steady", c="new")
JUNE_1 = {**START, **panel(("2025-06-01",), a="best", b="steady", c="steady")}
JUNE_2 = {**START, **panel(("2025-06-02",), a="best", b="steady", c="steady")}
LATE = {**JUNE_2, ("a", APRIL): "new", ("d", MAY): "new", ("d", "2025-06-02"): "new"}
MERGED = {key: code for key, code in LATE.items() if key[0] != "b"}
SHORT = {key: code for key, code in MERGED.items() if key[1] != APRIL}
LONG = {**MERGED, ("c", APRIL): "best"}
BACK = {key: code for key, code in LONG.items() if key[1] <= MAY}
NIGHTS = {
    "first": Night(MAY, START, added=6),
    # May is a past date now; of the customers one has another code.
    "next day": Night("2025-06-01", JUNE_1, added=3, changed=1),
    "nobody changes": Night("2025-06-02", JUNE_2),
    "late rows": Night("2025-06-02", LATE, added=2, changed=1),
    "b becomes a": Night("2025-06-02", MERGED, removed=3, aliases=(("b", "a"),)),
    "April leaves": Night("2025-06-02", SHORT, aliases=(("b", "a"),)),
    "April is back": Night("2025-06-02", LONG, changed=1, aliases=(("b", "a"),)),
    # Again as of May: what stood at June now stands there, where c was new.
    "an earlier date": Night(MAY, BACK, changed=1, aliases=(("b", "a"),)),
    "June again": Night("2025-06-02", LONG, changed=1, aliases=(("b", "a"),)),
    "b is back": Night("2025-06-02", {**LONG, **panel((MAY,), b="best")}, added=1),
}


# Built and not published: c has another id, d is gone, e came late, a's April changed.
UNPUBLISHED = {
    ("a", APRIL): "steady",
    ("a", MAY): "best",
    ("a", "2025-06-02"): "best",
    ("b", MAY): "best",
    ("z", APRIL): "best",
    ("z", MAY): "new",
    ("z", "2025-06-02"): "lapsed",
    ("e", MAY): "new",
}
BUILT_ALONE = (
    "membership_rows",
    "identity_aliases",
    "segments__memberships",
    "segments__memberships_long",
    "identity__aliases",
    # PostgreSQL drops a view with the table that it reads.
    "measurement__restatements",
)


@dataclass
class Story:
    """A project after all nights, and what each release said when it came."""

    project: DbtProject
    said: dict[str, list[Any]] = field(default_factory=dict)
    runs: dict[str, str] = field(default_factory=dict)
    restatements: dict[str, dict[Any, Any]] = field(default_factory=dict)

    @property
    def ledger(self) -> str:
        return "publishing_ledger" if self.project.target else "main_ledger"

    def live(self, name: str, night: Night) -> None:
        write_state(self.project, night.state, night.aliases)
        assert build_and_publish(self.project, night.as_of_date).startswith("released:")
        schema = "serving" if self.project.target else "main"
        self.said[name] = self.project.query(
            f"select customer_id, as_of_date, {CODES} "
            f"from {schema}.segments__memberships order by 1, 2"
        )
        [(self.runs[name],)] = self.project.query(
            f"select run_id from {self.ledger}.measurement__servings where is_served"
        )
        self.restatements[name] = self.restated()

    def build_without_publishing(self) -> None:
        write_state(self.project, UNPUBLISHED, [("c", "z")])
        environment = {**self.project.extra_env, "TOY_AS_OF": "2025-06-02"}
        project = replace(self.project, extra_env=environment)
        result = project.build("--select", *BUILT_ALONE)
        assert result.exit_code == 0, result.log
        self.restatements["unpublished"] = self.restated()

    def restated(self) -> dict[tuple[str | None, str, str], list[Any]]:
        """Primary codes at first, at last, now, and the difference."""
        rows = self.project.query(
            "select published_customer_id, customer_id, as_of_date, first_code, "
            "last_code, current_code, difference "
            f"from {self.ledger}.measurement__restatements "
            "where segment_set = 'primary'"
        )
        return {(old, now, str(day)): rest for old, now, day, *rest in rows}


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def story(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Story:
    project = memberships_project(tmp_path_factory.mktemp("memberships"))
    if request.param == "postgres":
        server: Mapping[str, str] = request.getfixturevalue("postgres")
        make_database(server)
        environment = {**server, "SEGMENTATION_PG_DATABASE": "warehouse"}
        project = replace(project, target="postgres", extra_env=environment)
    story = Story(project)
    for name, night in NIGHTS.items():
        story.live(name, night)
    story.build_without_publishing()
    return story


@pytest.mark.parametrize("night", NIGHTS)
def test_each_release_is_read_back_row_by_row(story: Story, night: str) -> None:
    assert len(story.said[night]) == len(NIGHTS[night].state)
    assert story.said[night] == story.project.query(
        f"select customer_id, as_of_date, {CODES} "
        f"from {story.ledger}.measurement__memberships_as_published "
        f"where run_id = '{story.runs[night]}' order by 1, 2"
    )


@pytest.mark.parametrize("night", NIGHTS)
def test_a_release_costs_as_many_rows_as_it_changed(story: Story, night: str) -> None:
    found = dict(
        story.project.query(
            f"select change_type, count(*) from {story.ledger}."
            f"measurement__published_memberships where run_id = '{story.runs[night]}' "
            "group by 1"
        )
    )
    expected = NIGHTS[night]
    assert found == {
        name: count
        for name, count in vars(expected).items()
        if name in {"added", "changed", "removed"} and count
    }


def test_one_query_tells_what_was_served_at_a_moment(story: Story) -> None:
    analysis = (REPOSITORY / "analyses" / "published_on.sql").read_text()
    for view in ("measurement__memberships_as_published", "measurement__servings"):
        analysis = analysis.replace(
            f"{{{{ ref('{view}') }}}}", f"{story.ledger}.{view}"
        )
    analysis = analysis.replace("{{ dbt.type_timestamp() }}", "timestamp")
    moments = story.project.query(
        f"select run_id, served_from from {story.ledger}.measurement__servings"
    )
    names = {run_id: name for name, run_id in story.runs.items()}
    assert {names[run_id] for run_id, _ in moments} == set(NIGHTS)
    for run_id, moment in moments:
        rows = story.project.query(
            analysis.replace("2025-07-01 09:00:00", moment.isoformat(" "))
        )
        assert {run for *_, run in rows} == {run_id}
        said = [row[:-1] for row in story.said[names[run_id]]]
        assert [row[:-1] for row in rows] == said


def test_a_merged_customer_is_told_with_both_ids(story: Story) -> None:
    restated = story.restatements["b becomes a"]
    assert restated["b", "a", APRIL] == ["steady", "steady", "new", "id_changed"]
    assert restated["b", "a", MAY] == ["steady", "steady", "best", "id_changed"]
    # The late row of April was published a night before.
    assert restated["a", "a", APRIL] == ["best", "new", "new", "restated"]
    assert restated["c", "c", MAY] == ["new", "new", "new", "unchanged"]
    # Nobody has another code for 1 June, which is no date of the panel any more.
    assert {day for _, _, day in restated} == {APRIL, MAY, "2025-06-02"}


def test_what_is_true_now_is_compared_with_all_releases(story: Story) -> None:
    today = "2025-06-02"
    assert story.restatements["unpublished"] == {
        ("a", "a", APRIL): ["best", "new", "steady", "changed"],
        ("a", "a", MAY): ["best", "best", "best", "unchanged"],
        ("a", "a", today): ["best", "best", "best", "unchanged"],
        ("b", "b", APRIL): ["steady", "steady", None, "gone"],
        ("b", "b", MAY): ["steady", "best", "best", "restated"],
        ("b", "b", today): ["steady", "steady", None, "gone"],
        ("c", "z", APRIL): ["new", "best", "best", "id_changed"],
        ("c", "z", MAY): ["new", "new", "new", "id_changed"],
        ("c", "z", today): ["steady", "steady", "lapsed", "id_changed"],
        ("d", "d", MAY): ["new", "new", None, "gone"],
        ("d", "d", today): ["new", "new", None, "gone"],
        (None, "e", MAY): [None, None, "new", "added"],
    }


def test_an_as_of_date_that_goes_back_keeps_what_was_said_last(story: Story) -> None:
    # May was a past date, then the date the release stood at, then a past date again.
    assert story.restatements["June again"]["c", "c", MAY] == [
        "new",
        "new",
        "new",
        "unchanged",
    ]


@pytest.mark.parametrize("point", ["activation", "ledger"])
def test_a_killed_release_gets_its_memberships_from_what_was_served(
    tmp_path: Path, point: str
) -> None:
    make_warehouse(tmp_path).close()
    publish_codes(tmp_path, "run-1", {"a": "best", "b": "new"})
    assert kill(tmp_path, point, "publish_codes", "run-2", {"a": "best", "b": "steady"})
    before = [("run-1", "a", "added", "best"), ("run-1", "b", "added", "new")]
    assert recorded_memberships(tmp_path) == before
    # The warehouse has moved on when the next run heals.
    publish_codes(tmp_path, "run-3", {"b": "lapsed"})
    assert recorded_memberships(tmp_path) == [
        *before,
        ("run-2", "b", "changed", "steady"),
        ("run-3", "a", "removed", None),
        ("run-3", "b", "changed", "lapsed"),
    ]
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        assert connection.execute(
            "select run_id, customer_count, as_of_date from "
            "measurement__published_dates order by 1"
        ).fetchall() == [("run-1", 2, JUNE), ("run-2", 2, JUNE), ("run-3", 1, JUNE)]


def test_a_release_killed_before_it_is_served_leaves_no_memberships(
    tmp_path: Path,
) -> None:
    make_warehouse(tmp_path).close()
    publish_codes(tmp_path, "run-1", {"a": "best"})
    assert kill(tmp_path, "serving", "publish_codes", "run-2", {"a": "new"})
    publish_codes(tmp_path, "run-3", {"a": "steady"})
    assert recorded_memberships(tmp_path) == [
        ("run-1", "a", "added", "best"),
        ("run-3", "a", "changed", "steady"),
    ]


def test_a_release_and_its_memberships_are_recorded_together_or_not_at_all(
    tmp_path: Path,
) -> None:
    with make_warehouse(tmp_path) as connection:
        connection.execute("alter table measurement__published_memberships drop rfm")
    with pytest.raises(duckdb.Error, match="rfm"):
        publish_codes(tmp_path, "run-1", {"a": "best"})
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        for table in ("releases", "release_sources", "published_dates"):
            assert connection.execute(f"from measurement__{table}").fetchall() == []
        connection.execute(
            "alter table measurement__published_memberships add rfm text"
        )
    publish_codes(tmp_path, "run-2", {"a": "new"})
    assert recorded_memberships(tmp_path) == [
        ("run-1", "a", "added", "best"),
        ("run-2", "a", "changed", "new"),
    ]


def test_a_served_file_from_elsewhere_is_not_recorded(tmp_path: Path) -> None:
    for name in ("own", "other"):
        (tmp_path / name).mkdir()
        make_warehouse(tmp_path / name).close()
    publish_codes(tmp_path / "other", "other-1", {"x": "best"})
    publish_codes(tmp_path / "own", "run-1", {"a": "best"})
    shutil.copy(tmp_path / "other" / "serving.duckdb", tmp_path / "own")
    publication = publish_codes(tmp_path / "own", "run-2", {"a": "new"})
    assert publication.outcome is Outcome.RELEASED
    assert [row[:2] for row in recorded_memberships(tmp_path / "own")] == [
        ("run-1", "a"),
        ("run-2", "a"),
    ]


def test_every_column_of_memberships_is_recorded() -> None:
    def columns(model: str) -> list[str]:
        layer = model.split("__", maxsplit=1)[0]
        file = REPOSITORY / "models" / layer / f"{model}.yml"
        [found] = yaml.safe_load(file.read_text())["models"]
        return [column["name"] for column in found["columns"]]

    keys = ["customer_id", "as_of_date"]
    assert columns("segments__memberships") == [*keys, *memberships.CODES]
    recorded = columns("measurement__published_memberships")
    assert [name for name in recorded if name in memberships.CODES] == [
        *memberships.CODES
    ]
