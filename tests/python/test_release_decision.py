"""What a run has to look like for its tables to be released."""

from dataclasses import replace

import pytest

from publishing import PACKAGE, data_test, finished_run, model
from segmentation.release.decision import Decision, Verdict, decide
from segmentation.release.run import Node, Run


def decision_with(*nodes: Node) -> Decision:
    return decide(finished_run("run-1", *nodes))


def test_a_run_in_which_everything_passed_is_released() -> None:
    assert decide(finished_run()) == Decision(Verdict.RELEASE)


@pytest.mark.parametrize("status", ["error", "skipped", "partial success", None])
def test_a_served_model_that_did_not_pass_refuses(status: str | None) -> None:
    node = model("segments__sizes", "segments__customers", serving="serving")
    decision = decision_with(replace(node, status=status))
    assert decision.verdict is Verdict.REFUSED
    assert f"segments__sizes ({status or 'skipped'})" in decision.message
    assert "last good release is untouched" in decision.message


@pytest.mark.parametrize("tested", ["segments__customers", "stg_shop__orders"])
@pytest.mark.parametrize("status", ["fail", "error", "skipped"])
def test_a_failing_test_on_a_served_model_or_an_ancestor_refuses(
    tested: str, status: str
) -> None:
    decision = decision_with(data_test("values", tested, status=status))
    assert decision.verdict is Verdict.REFUSED
    assert f"values ({status})" in decision.message


def test_a_warning_counts_as_passed() -> None:
    warned = data_test("values", "segments__customers", status="warn")
    assert decision_with(warned).verdict is Verdict.RELEASE


def test_a_failing_ancestor_refuses_and_is_named_before_what_it_skipped() -> None:
    decision = decision_with(
        replace(model("stg_shop__orders"), status="error"),
        replace(model("segments__sizes", serving="serving"), status="skipped"),
    )
    assert decision.verdict is Verdict.REFUSED
    assert "1 did not: stg_shop__orders (error); 1 skipped" in (decision.message)


def test_an_ancestor_that_was_skipped_refuses() -> None:
    staging = replace(model("stg_shop__orders"), status="skipped")
    assert decision_with(staging).verdict is Verdict.REFUSED


def test_at_most_five_failing_nodes_are_named() -> None:
    failing = [
        data_test(f"values_{number}", "segments__customers", status="fail")
        for number in range(7)
    ]
    message = decision_with(*failing).message
    assert "values_4 (fail) and 2 more" in message
    assert "values_5" not in message


def test_a_run_that_left_something_out_is_partial_even_when_something_failed() -> None:
    contacts = model("activation__contacts", serving="activation")
    untested = data_test("unique_customer", "segments__customers")
    decision = decision_with(
        replace(contacts, is_selected=False, status=None),
        replace(untested, is_selected=False, status=None),
        replace(model("stg_shop__orders"), status="error"),
    )
    assert decision.verdict is Verdict.PARTIAL
    assert "left out 1 of 9 models and 1 of 2 tests" in decision.message


def test_an_ancestor_may_be_left_out_when_its_tests_ran() -> None:
    staging = replace(model("stg_shop__orders"), is_selected=False, status=None)
    assert decision_with(staging).verdict is Verdict.RELEASE


def test_an_ephemeral_ancestor_has_no_result_and_is_looked_through() -> None:
    between = replace(
        model("int_orders", "stg_shop__orders"), is_ephemeral=True, status=None
    )
    customers = model("segments__customers", "int_orders", serving="serving")
    assert decision_with(between, customers).verdict is Verdict.RELEASE
    failed = data_test("not_null_order", "stg_shop__orders", status="fail")
    assert decision_with(between, customers, failed).verdict is Verdict.REFUSED


@pytest.mark.parametrize(
    "node",
    [
        replace(model("adopter__report", "segments__customers"), status="error"),
        data_test("report_values", "adopter__report", status="fail"),
        data_test(
            "report_customers",
            "adopter__report",
            "segments__customers",
            status="fail",
        ),
        data_test(
            "report_totals",
            "segments__customers",
            "adopter__report",
            attached_node=None,
            status="skipped",
        ),
        data_test(
            "source_quality", "segments__customers", severity="warn", status=None
        ),
        data_test(
            "left_out", "segments__customers", severity="warn", is_selected=False
        ),
    ],
    ids=lambda node: node.name,
)
def test_what_a_release_does_not_rest_on_has_no_influence(node: Node) -> None:
    assert decision_with(node).verdict is Verdict.RELEASE


def test_a_singular_test_of_released_tables_counts() -> None:
    totals = data_test(
        "integrity_totals",
        "segments__customers",
        "stg_shop__orders",
        attached_node=None,
        status="fail",
    )
    assert decision_with(totals).verdict is Verdict.REFUSED


@pytest.mark.parametrize(
    ("package", "status", "verdict"),
    [
        ("segmentation", "fail", Verdict.REFUSED),
        ("segmentation", "skipped", Verdict.RELEASE),
        ("adopter", "fail", Verdict.RELEASE),
    ],
)
def test_a_singular_test_that_reads_beyond_the_release_must_not_fail(
    package: str, status: str, verdict: Verdict
) -> None:
    totals = data_test(
        "integrity_totals",
        "segments__customers",
        "restricted__totals",
        unique_id=f"test.{package}.integrity_totals",
        attached_node=None,
        status=status,
    )
    assert decision_with(totals).verdict is verdict


def test_a_test_of_the_quarantine_counts_though_nothing_served_reads_it() -> None:
    share = data_test(
        "input_quarantine_share", "input__quarantine", attached_node=None, status="fail"
    )
    decision = decision_with(model("input__quarantine", "stg_shop__orders"), share)
    assert decision.verdict is Verdict.REFUSED


def test_a_test_attached_to_a_served_model_counts_whatever_it_reads() -> None:
    crossing = data_test(
        "relationships_to_report",
        "segments__customers",
        "adopter__report",
        status="fail",
    )
    assert decision_with(crossing).verdict is Verdict.REFUSED


def test_a_test_of_a_source_counts() -> None:
    source = "source.segmentation.shop.orders"
    staging = replace(model("stg_shop__orders"), depends_on=(source,))
    tested = replace(
        data_test("source_rows", "stg_shop__orders", status="fail"),
        attached_node=None,
        depends_on=(source,),
    )
    assert decision_with(staging, tested).verdict is Verdict.REFUSED


@pytest.mark.parametrize(
    ("status", "verdict"),
    [(None, Verdict.RELEASE), ("pass", Verdict.RELEASE), ("fail", Verdict.REFUSED)],
)
def test_a_unit_test_may_be_left_out_and_must_not_fail(
    status: str | None, verdict: Verdict
) -> None:
    unit_test = Node(
        "unit_test.segmentation.segments__customers.ties_break_by_key",
        "unit_test",
        depends_on=(PACKAGE + "segments__customers",),
        is_selected=status is not None,
        status=status,
    )
    decision = decision_with(unit_test)
    assert decision.verdict is verdict
    if status == "fail":
        assert "ties_break_by_key (fail)" in decision.message


@pytest.mark.parametrize("name", ["measurement__releases", "measurement__source_audit"])
def test_what_a_release_records_has_to_be_built_too(name: str) -> None:
    assert decision_with(replace(model(name), status="error")).verdict is (
        Verdict.REFUSED
    )


def test_a_run_that_left_rows_out_is_partial() -> None:
    decision = decide(replace(finished_run(), is_sample=True))
    assert decision.verdict is Verdict.PARTIAL
    assert "--empty" in decision.message


def test_a_project_that_serves_nothing_has_nothing_to_release() -> None:
    run = finished_run()
    private = Run(
        run.run_id,
        run.command,
        run.as_of_date,
        run.is_sample,
        tuple(replace(node, serving=None) for node in run.nodes),
    )
    assert decide(private).verdict is Verdict.NOTHING
