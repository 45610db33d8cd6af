"""Who may be contacted, against an independent look at random histories."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from contact_expected import CHANNELS, Contact
from contact_rows import PURPOSES, drawn_shop
from dbt_project import NO_TESTS, DbtProject
from shop import shop_project

SEED, PEOPLE = 7, 240
REASONS = 9
SELECTED = ("--select", "+contact__reachability")
IDENTITY, RESTRICTED = "main_identity", "main_restricted"


@pytest.fixture(scope="module")
def project(
    shop_project_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> DbtProject:
    warehouse = tmp_path_factory.mktemp("contact") / "shop.duckdb"
    project = shop_project(shop_project_dir, warehouse, drawn_shop(SEED, PEOPLE))
    result = project.build(*SELECTED, *NO_TESTS)
    assert result.success, result.ending
    return project


@pytest.fixture(scope="module")
def contact(project: DbtProject) -> Contact:
    found = project.query(
        f"select source_customer_id, customer_id from {IDENTITY}.identity__customer_map"
    )
    return Contact(drawn_shop(SEED, PEOPLE), dict(found))


def rows(project: DbtProject, columns: str, table: str) -> list[tuple[Any, ...]]:
    return project.query(f"select {columns} from {RESTRICTED}.{table}")


def test_the_consent_in_force_is_the_last_word(
    project: DbtProject, contact: Contact
) -> None:
    columns = "customer_id, channel, purpose, is_granted, cast(changed_at as text)"
    found = rows(
        project, columns, "contact__consents where channel in ('email', 'ads')"
    )
    expected = {
        (customer, channel, purpose, row["is_granted"] == "true", row["changed_at"])
        for customer in contact.customer_of.values()
        for channel in ("email", "ads")
        for purpose in (*PURPOSES, "research")
        if (row := contact.statement(customer, channel, purpose)) is not None
    }
    assert len(found) == len(set(found)) > 200
    assert set(found) == expected


def test_nobody_is_reached_against_anybodys_word(
    project: DbtProject, contact: Contact
) -> None:
    found = rows(
        project,
        "customer_id, channel, identifier_hash, reason, is_reachable, "
        "message_count_7d, message_count_30d",
        "contact__reachability where channel in ('email', 'sms', 'ads')",
    )
    out = {channel: contact.addresses_out(channel) for channel in CHANNELS}
    bounced = {channel: contact.addresses_bounced(channel) for channel in CHANNELS}
    people = {channel: contact.people_out(channel) for channel in CHANNELS}
    reasons: Counter[str] = Counter()
    for customer, channel, chosen, reason, is_reachable, *sent in found:
        usable = contact.usable(customer, channel)
        free = usable - out[channel] - bounced[channel]
        assert (chosen in (free or usable)) if usable else chosen is None
        assert sent == contact.sent(customer, channel)
        weekly, monthly = CHANNELS[channel][2]
        bounds = {
            "no_identifier": chosen is None,
            "bounced": chosen in bounced[channel],
            "consent_withdrawn": contact.is_withdrawn(customer, channel),
            "no_consent": not contact.is_allowed(customer, channel),
            "person_suppressed": customer in people[channel],
            "identifier_suppressed": chosen in out[channel],
            "cap_7d": weekly is not None and sent[0] >= weekly,
            "cap_30d": monthly is not None and sent[1] >= monthly,
            "reachable": True,
        }
        assert reason == next(name for name, applies in bounds.items() if applies)
        assert is_reachable == (reason == "reachable")
        reasons[reason] += 1
    assert len(found) == 3 * len(set(contact.customer_of.values()))
    assert len(reasons) == REASONS
    assert min(reasons.values()) > 2, reasons


def test_suppressions_are_those_of_persons_and_addresses(
    project: DbtProject, contact: Contact
) -> None:
    found = set(rows(project, "kind, subject_id, channel", "contact__suppressions"))
    expected = set()
    for channel in CHANNELS:
        addresses = contact.addresses_out(channel) | contact.addresses_bounced(channel)
        for kind, subjects in (
            ("person", contact.people_out(channel)),
            ("identifier", addresses),
        ):
            expected |= {(kind, subject, channel) for subject in subjects}
    assert {each for each in found if each[2] in CHANNELS} == expected
