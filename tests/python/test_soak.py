"""A few nights on little data; `make soak` plays sixty on more (tests/soak)."""

from pathlib import Path

from soak import Plan, Soak, in_words
from soaks import nightly, scenario

# What reads deliveries by batches, and what customers are made of it. A build that
# leaves out a table with state is none that the next can go on from.
UP_TO_INTERVALS = (
    *("--select", "+segments__intervals", "+identity__changes"),
    *("+identity__golden_records", "int_input__delivered_days"),
    *("+identity__customer_health", "+int_measurement__source_customers"),
    "+contact__reachability",
)
# Views on raw tables, and seeds, are the same every night.
UNCHANGING = ("--exclude", "path:models/staging", "resource_type:seed")


def test_seven_nights_and_two_kills_end_where_one_build_does(tmp_path: Path) -> None:
    nights = scenario("omnichannel", customers=60, nights=7, seed=3, folder=tmp_path)
    project = nightly("omnichannel", tmp_path, *UP_TO_INTERVALS, months=1)
    plan = Plan(kills=2, kept_nights=[3], releases=False, built_before=UNCHANGING)
    soak = Soak(nights, project, plan, print)

    problems = soak.run()

    assert not problems, in_words(problems)
    assert len(soak.relations) > 100
    assert len(soak.seconds) == 8
    went_on = "select count(*) from main_internal.int_input__runs where is_continued"
    assert project.project.query(went_on) == [(8,)]  # and once more without rows
