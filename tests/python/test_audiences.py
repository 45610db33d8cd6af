"""Audiences and their change sets, on histories of consent that hypothesis draws.

What must hold is judged from the drawn history, not from the models: a customer may
be sent where the last word of their records on each purpose is a consent, and an
address is out for all who share it as soon as one of them took a consent back.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from activation_warehouse import (
    MODELS,
    PLATFORMS,
    PURPOSES,
    VARIABLES,
    ActivationWarehouse,
    Company,
    Record,
    applied,
    member_hash,
)
from model_warehouse import compiled

EMAILS = ("ann@x.org", "ben@x.org", "cat@x.org", "dan@x.org")
NAMES = ("r0", "r1", "r2", "r3", "r4")
HISTORIES = 40
records = st.builds(
    Record,
    emails=st.lists(st.sampled_from(EMAILS), max_size=2, unique=True).map(tuple),
    order_count=st.integers(0, 1),
    days_since_last_order=st.sampled_from((3, 100)),
    revenue=st.sampled_from((0.0, 250.0)),
    is_profiled=st.booleans() | st.just(True),
)
names = st.sampled_from(NAMES)
events = st.one_of(
    st.tuples(st.just("consent"), names, st.sampled_from(PURPOSES), st.booleans()),
    st.tuples(st.just("consent"), names, st.sampled_from(PURPOSES), st.booleans()),
    st.tuples(st.just("merge"), names, names),
    st.tuples(st.just("unsubscribe"), names),
    st.tuples(st.just("erase"), names),
    st.tuples(st.just("object"), names),
    st.tuples(st.just("order"), names),
)
days = st.lists(st.lists(events, max_size=4), min_size=1, max_size=6)


@pytest.fixture
def warehouse() -> ActivationWarehouse:
    return ActivationWarehouse(compiled("activation", MODELS, VARIABLES))


def happen(company: Company, event: tuple[Any, ...]) -> None:
    """Let something happen to records that are there."""
    kind, name, *more = event
    if name not in company.records:
        return
    if kind == "consent":
        company.consents.append((name, *more))
    elif kind == "merge" and more[0] in company.records:
        company.merge(name, more[0])
    elif kind == "unsubscribe":
        company.unsubscribed.append((name, len(company.consents)))
    elif kind == "erase":
        company.erase(name)
    elif kind == "object":
        company.records[name].is_profiled = False
    elif kind == "order":
        company.records[name].order_count = 1
        company.records[name].days_since_last_order = 0


def last_words(company: Company) -> dict[tuple[str, str], tuple[int, bool]]:
    """Return place and meaning of the last word of each customer on each purpose."""
    found = {}
    for place, (name, purpose, is_granted) in enumerate(company.consents):
        found[company.customer_of[name], purpose] = (place, is_granted)
    return found


def addresses_out(company: Company) -> set[str]:
    """Return the addresses that somebody who uses them took a consent back for."""
    words = last_words(company)
    return {
        email
        for name, record in company.records.items()
        for email in record.emails
        if any(
            not words.get((company.customer_of[name], purpose), (0, True))[1]
            for purpose in PURPOSES
        )
    }


def keys_of(rows: Any) -> set[tuple[str, str, str]]:
    """Return platform, audience and hash of rows."""
    columns = ["platform", "audience_code", "member_hash"]
    return set(rows[columns].itertuples(index=False, name=None))


def holders(company: Company) -> Iterator[tuple[str, str]]:
    """Yield each address with a customer who has it."""
    for name, record in company.records.items():
        for email in record.emails:
            yield email, company.customer_of[name]


@pytest.mark.slow
@settings(
    max_examples=HISTORIES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.generate],
)
@given(
    people=st.lists(records, min_size=len(NAMES), max_size=len(NAMES)),
    consenting=st.lists(st.booleans(), min_size=len(NAMES), max_size=len(NAMES)),
    history=days,
)
def test_no_history_sends_anybody_who_must_not_be(
    people: list[Record], consenting: list[bool], history: list[list[tuple[Any, ...]]]
) -> None:
    warehouse = ActivationWarehouse(compiled("activation", MODELS, VARIABLES))
    company = Company()
    for name, record, is_granted in zip(NAMES, people, consenting, strict=True):
        company.add(name, record, is_granted)
    held: set[tuple[str, str, str]] = set()
    for day in ([], *history):
        for event in day:
            happen(company, event)
        changes = warehouse.night(company)
        members = warehouse.rows("activation__platform_members")
        keys = keys_of(members)
        # All change sets in order give the members exactly, this one the difference.
        assert applied(warehouse.rows("activation__audience_changes")) == keys
        assert held - keys == keys_of(changes[changes.change_type == "removed"])
        held = keys
        words = last_words(company)
        customers_of: dict[str, set[str]] = {}
        for email, customer in holders(company):
            customers_of.setdefault(member_hash(email), set()).add(customer)
        for row in members.itertuples():
            assert row.person_id in customers_of[row.member_hash]
            # A valid consent for each purpose, and the row names it.
            for purpose in PURPOSES:
                place, is_granted = words[row.person_id, purpose]
                assert is_granted
                assert f"{purpose}=shop/{place}" in row.consent_references.split(", ")
        assert not {member_hash(email) for email in addresses_out(company)} & set(
            members.member_hash
        )
        for platform in PLATFORMS:
            kinds = members[members.platform == platform].groupby("audience_kind")
            sent = {kind: set(rows.member_hash) for kind, rows in kinds}
            assert not sent.get("include", set()) & sent.get("exclude", set())


def two_customers(**more: Any) -> Company:
    """Return two customers with consent, and an address each."""
    company = Company()
    company.add("r0", Record(("ann@x.org",), **more))
    company.add("r1", Record(("ben@x.org",), **more))
    return company


def changed(changes: Any) -> set[tuple[str, str, str]]:
    """Return audience, address and type of the changes on one platform."""
    email_of = {member_hash(email): email for email in EMAILS}
    mine = changes[changes.platform == "meta"]
    return {
        (row.audience_code, email_of[row.member_hash], row.change_type)
        for row in mine.itertuples()
    }


def test_a_merge_alone_changes_nothing(warehouse: ActivationWarehouse) -> None:
    company = two_customers()
    company.add("r2", Record((), order_count=0), is_granted=False)
    first = warehouse.night(company)
    assert changed(first) == {
        ("S01", "ann@x.org", "added"),
        ("S01", "ben@x.org", "added"),
    }
    assert first.is_first_sync.all()
    company.merge("r0", "r1")
    company.merge("r1", "r2")
    assert len(set(company.customer_of.values())) == 1
    assert warehouse.night(company).empty
    assert len(warehouse.rows("activation__memberships")) == 1


def test_a_withdrawal_is_a_removal_and_growth_is_no_first_sync(
    warehouse: ActivationWarehouse,
) -> None:
    company = two_customers()
    warehouse.night(company)
    company.consents.append(("r1", "ad_personalization", False))
    company.add("r2", Record(("cat@x.org",)))
    changes = warehouse.night(company)
    assert changed(changes) == {
        ("S01", "ben@x.org", "removed"),
        ("S01", "cat@x.org", "added"),
    }
    assert set(changes.change_number) == {2}
    assert not changes.is_first_sync.any()
    # Nothing new, nothing said; the same night again neither.
    assert warehouse.night(company).empty


def test_exclusions_take_out_whoever_shares_the_address(
    warehouse: ActivationWarehouse,
) -> None:
    company = two_customers(revenue=250.0)
    company.add("r2", Record(("ben@x.org", "dan@x.org")), is_granted=False)
    company.records["r2"].days_since_last_order = 1
    changes = warehouse.night(company)
    # Cannot be sent herself, and Ben reads what is sent to the address they share.
    assert changed(changes) == {
        ("S01", "ann@x.org", "added"),
        ("L01", "ann@x.org", "added"),
        ("L01", "ben@x.org", "added"),
    }
    seeds = warehouse.rows("activation__platform_members").query(
        "audience_code == 'L01'"
    )
    assert set(seeds.member_value) == {250}


def test_an_arm_is_exported_and_a_holdout_left_alone(
    warehouse: ActivationWarehouse,
) -> None:
    company = two_customers(revenue=250.0)
    company.add("r2", Record(("cat@x.org",)))
    company.add("r3", Record(("dan@x.org",)))
    company.arms = [("r0", "offer"), ("r1", "holdout"), ("r2", "offer")]
    assert changed(warehouse.night(company)) == {
        *(("E01", email, "added") for email in ("ann@x.org", "cat@x.org")),
        *(("S01", e, "added") for e in ("ann@x.org", "cat@x.org", "dan@x.org")),
        ("L01", "ann@x.org", "added"),
    }
    # One person after all, of both arms: of no use to the experiment, and counted.
    company.merge("r1", "r2")
    assert changed(warehouse.night(company)) == {
        ("E01", "cat@x.org", "removed"),
        ("S01", "ben@x.org", "added"),
        *(("L01", email, "added") for email in ("ben@x.org", "cat@x.org")),
    }
    arms = warehouse.rows("activation__experiment_arms").set_index("customer_id")
    assert arms.arm.to_dict() == {"r0": "offer", "r1": "several"}
    assert arms.assignment_count.to_dict() == {"r0": 1, "r1": 2}


def test_what_is_sensitive_is_not_sent_at_all(warehouse: ActivationWarehouse) -> None:
    company = two_customers()
    warehouse.night(company)
    warehouse.connection.execute(
        "insert into main_internal.int_segments__sensitive_uses "
        "values ('audience', 'S01', 'health'), ('rule', 'X01', 'health')"
    )
    assert changed(warehouse.night(company)) == {
        ("S01", "ann@x.org", "removed"),
        ("S01", "ben@x.org", "removed"),
    }
    audiences = warehouse.rows("activation__audiences").set_index("audience_id")
    assert audiences.loc[
        "S01", ["status", "status_reason", "person_count"]
    ].tolist() == [
        "blocked",
        "its rule rests on health",
        0,
    ]
    assert warehouse.rows("activation__memberships").empty


def test_an_audience_that_was_synced_stays_as_retired(
    warehouse: ActivationWarehouse,
) -> None:
    company = two_customers()
    warehouse.night(company)
    for name, statement in warehouse.statements.items():
        warehouse.statements[name] = statement.replace("'S01'", "'S99'")
    changes = warehouse.night(company)
    assert changed(changes) == {
        *(("S01", email, "removed") for email in ("ann@x.org", "ben@x.org")),
        *(("S99", email, "added") for email in ("ann@x.org", "ben@x.org")),
    }
    # New to the platform, where the one before was known.
    assert changes.groupby("audience_code").is_first_sync.all().to_dict() == {
        "S01": False,
        "S99": True,
    }
    audiences = warehouse.rows("activation__audiences").set_index("audience_id")
    assert audiences.loc["S01", ["status", "audience_kind"]].tolist() == [
        "retired",
        "include",
    ]
