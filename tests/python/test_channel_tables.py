"""What e-mail, website and CRM get, against the raw rows and the reviewed copy."""

import csv
import json
import re
import shutil
from collections import Counter
from dataclasses import replace
from hashlib import md5
from pathlib import Path
from typing import Any

import duckdb
import pytest

from channel_rows import channel_shop
from contact_expected import Contact
from dbt_project import NO_TESTS, REPOSITORY, DbtProject, DbtResult
from shop import shop_project

TABLES = ("activation__email", "activation__web_personalization", "activation__crm")
COPY = REPOSITORY / "seeds" / "segment_content.csv"
WEB = ("content", "navigation", "call_to_action")
TELLS_WHO = re.compile(r"@|\+?\d[\d ()-]{6,}\d")  # an address or a telephone number
Row = dict[str, Any]


@pytest.fixture(scope="module")
def project(
    shop_project_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> DbtProject:
    warehouse = tmp_path_factory.mktemp("channels") / "shop.duckdb"
    project = shop_project(shop_project_dir, warehouse, channel_shop())
    selected = [f"+{table}" for table in TABLES]
    result = project.build("--select", *selected, *NO_TESTS)
    assert result.success, result.ending
    return project


@pytest.fixture(scope="module")
def contact(project: DbtProject) -> Contact:
    found = project.query(
        "select source_customer_id, customer_id "
        "from main_identity.identity__customer_map"
    )
    return Contact(channel_shop(), dict(found))


@pytest.fixture
def spoilt(project: DbtProject, tmp_path: Path) -> DbtProject:
    """Return the project with a warehouse of its own, whose copy tests may spoil."""
    shutil.copy(project.warehouse, tmp_path / "shop.duckdb")
    return replace(project, warehouse=tmp_path / "shop.duckdb")


def rows(project: DbtProject, table: str) -> list[Row]:
    with duckdb.connect(str(project.warehouse), read_only=True) as connection:
        found = connection.execute(f"select * from main_restricted.{table}")
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def reachable(project: DbtProject, channel: str) -> set[tuple[str, str]]:
    return set(
        project.query(
            "select customer_id, identifier_hash from "
            "main_restricted.contact__reachability "
            f"where channel = '{channel}' and is_reachable"
        )
    )


def segments(project: DbtProject) -> dict[str, str]:
    query = "select customer_id, primary_segment from main.segments__customers"
    return dict(project.query(query))


def reviewed() -> dict[tuple[str, str], tuple[str, str]]:
    """Return name and text by segment and slot, as the file has them."""
    with COPY.open(newline="") as file:
        return {
            (row["segment_code"], row["slot"]): (row["text_id"], row["text"])
            for row in csv.DictReader(file)
        }


def test_whoever_gets_mail_agreed_to_it_and_nobody_objected(
    project: DbtProject, contact: Contact
) -> None:
    found = rows(project, "activation__email")
    out = contact.addresses_out("email") | contact.addresses_bounced("email")
    people = contact.people_out("email")
    for row in found:
        customer = row["customer_id"]
        agreed = contact.consents(customer, "email")
        assert all(each and each["is_granted"] == "true" for each in agreed)
        named = [
            f"direct_marketing=shop/{each['consent_id']}" for each in agreed if each
        ]
        assert row["consent_references"] == ", ".join(named)
        assert customer not in people
        assert row["identifier_hash"] in contact.usable(customer, "email") - out
    written = [(row["customer_id"], row["identifier_hash"]) for row in found]
    assert len(written) == len(set(written)) > 20
    assert set(written) == reachable(project, "email")


def test_mail_has_the_reviewed_copy_and_the_hour_of_the_next_day(
    project: DbtProject, contact: Contact
) -> None:
    texts, codes = reviewed(), segments(project)
    bases: Counter[str] = Counter()
    for row in rows(project, "activation__email"):
        code = row["segment_code"]
        assert code == codes[row["customer_id"]]
        for slot in ("subject", "block", "offer"):
            assert (row[f"{slot}_id"], row[slot]) == texts[code, f"email_{slot}"]
        sent = f"2024-07-01 {row['send_hour_local']:02d}:00:00"
        assert str(row["next_send_at"]) == sent
        profile = contact.statement(row["customer_id"], "email", "profiling")
        if profile is not None and profile["is_granted"] == "false":
            assert (code, row["send_hour_basis"]) == ("otherwise", "everyone")
            bases["objector"] += 1
        bases[row["send_hour_basis"]] += 1
    assert bases["objector"] > 2
    assert bases["segment"] > 2
    assert bases["customer"] > 0


def test_the_website_knows_logins_of_those_who_let_it_and_one_stranger(
    project: DbtProject, contact: Contact
) -> None:
    texts, codes = reviewed(), segments(project)
    people, expected = dict(reachable(project, "web")), {}
    for customer in set(contact.customer_of.values()):
        profile = contact.statement(customer, "web", "profiling")
        is_granted = profile is not None and profile["is_granted"] == "true"
        assert is_granted or customer not in people
    for row in contact.shop.rows["identifiers"]:
        customer = contact.customer_of[row["source_customer_id"]]
        if row["identifier_type"] == "login" and customer in people:
            login = f"login:{row['identifier_value']}"
            expected[md5(login.encode()).hexdigest()] = codes[customer]
    found = {row["visitor_key"]: row for row in rows(project, TABLES[1])}
    assert found.keys() == expected.keys() | {"default"}
    assert len(rows(project, TABLES[1])) == len(people) + 1 > 30
    for key, code in (expected | {"default": "default"}).items():
        for slot in WEB:
            name, text = texts[code, f"web_{slot}"]
            assert found[key][slot] == text
            assert found[key][f"{slot}_key"] == md5(name.encode()).hexdigest()[:12]
        neutral = f"S{md5(code.encode()).hexdigest()[:4].upper()}"
        assert found[key]["segment_key"] == (code if code == "default" else neutral)


def test_the_website_is_told_of_nobody(project: DbtProject) -> None:
    customers = set(segments(project))
    codes = set(segments(project).values())
    for row in rows(project, TABLES[1]):
        assert set(row) == {
            *("visitor_key", "segment_key", *WEB),
            *(f"{slot}_key" for slot in WEB),
        }
        assert not customers & set(row.values())
        assert not any(TELLS_WHO.search(row[slot]) for slot in WEB)
        for name in ("segment_key", *(f"{slot}_key" for slot in WEB)):
            assert not any(code in row[name] for code in codes)


def test_a_rep_sees_each_record_and_account_once(
    project: DbtProject, contact: Contact
) -> None:
    texts, codes, found = reviewed(), segments(project), rows(project, TABLES[2])
    kept = [record for record in contact.customer_of if not contact.is_deleted(record)]
    firms = ["F0", "F1", "F2", "F3", "F5"]
    keys = [f"contact/shop/{record}" for record in kept]
    keys += [f"account/shop/{firm}" for firm in firms]
    assert sorted(row["crm_key"] for row in found) == sorted(keys)
    by_channel = {
        name: {customer for customer, _ in reachable(project, name)}
        for name in ("email", "sms", "push", "post")
    }
    for row in found:
        customer, code = row["customer_id"], row["segment_code"]
        assert code == codes.get(customer, "otherwise")
        if row["record_kind"] == "contact":
            assert customer == contact.customer_of[row["record_id"]]
        for slot in ("talking_point", "objection", "answer", "next_action"):
            assert (row[f"{slot}_id"], row[slot]) == texts[code, f"crm_{slot}"]
        assert row["value_proposition"]
        version = md5(row["value_proposition"].encode()).hexdigest()[:8]
        assert row["value_proposition_id"] == f"{code}_crm_value_proposition_{version}"
        allowed = [name for name, who in by_channel.items() if customer in who]
        assert row["may_contact_by"] == (", ".join(sorted(allowed)) or None)
        for channel in set(allowed) & {"email", "sms"}:
            assert contact.is_allowed(customer, channel)
            assert f"{channel}: direct_marketing=shop/k" in row["consent_references"]
    assert sum(row["may_contact_by"] is not None for row in found) > 20


def test_an_account_is_as_its_most_valuable_contact(
    project: DbtProject, contact: Contact
) -> None:
    spent = dict(
        project.query(
            "select customer_id, sum(revenue) from main.features__customers "
            "where as_of_date = '2024-06-30' and is_profiled group by 1"
        )
    )
    found = {
        row["record_id"]: row
        for row in rows(project, TABLES[2])
        if row["record_kind"] == "account"
    }
    for firm in ("F0", "F1", "F2", "F3"):
        people = {
            contact.customer_of[record]
            for record in contact.customer_of
            if not contact.is_deleted(record)
            and contact.versions(record)[-1]["account_id"] == firm
        }
        profiled = people & spent.keys()
        leader = min(profiled, key=lambda customer: (-spent[customer], customer))
        assert found[firm]["customer_id"] == leader
        assert found[firm]["segment_basis"] == "revenue"
        assert len(profiled) > 2
    assert found["F5"]["customer_id"] is None
    assert found["F5"]["segment_basis"] == "no_contact"


def spoil(project: DbtProject, *statements: str) -> DbtResult:
    """Change the copy as it lies in the warehouse and build what reads it."""
    with duckdb.connect(str(project.warehouse)) as connection:
        for statement in statements:
            connection.execute(statement)
    nodes = ("int_activation__content", *TABLES)
    unit_tests = ("--exclude-resource-type", "unit_test")
    return project.build(
        "--select", *nodes, "--indirect-selection", "eager", *unit_tests
    )


def test_a_segment_without_a_text_stops_the_build(spoilt: DbtProject) -> None:
    seed = "main_internal.segment_content"
    result = spoil(
        spoilt,
        f"delete from {seed} where segment_code = 'best' and slot = 'crm_answer'",
        f"update {seed} set text = ' ' where text_id = 'new_email_offer_v1'",
        f"update {seed} set reviewed_on = null where text_id = 'new_web_content_v1'",
        f"update {seed} set text_id = null where text_id = 'default_web_navigation_v1'",
        f"update {seed} set text_id = 'steady_email_block_v1' "
        "where text_id = 'best_email_block_v1'",
        f"insert into {seed} from {seed} where text_id = 'best_email_subject_v1'",
        f"insert into {seed} values ('best', 'email_subjekt', 'x', 'X', '2024-01-01')",
    )
    assert result.exit_code == 1
    told = sorted(re.findall(r"^ERROR  (.+?)[;.,] ", result.log, re.MULTILINE))
    assert told == [
        "Segment best has 2 texts for email_subject in the seed segment_content",
        "Segment best has no reviewed text for crm_answer",
        "Segment default has no reviewed text for web_navigation",
        "Segment new has no reviewed text for email_offer",
        "The seed segment_content has the slot email_subjekt for best",
        "The text_id steady_email_block_v1 names 2 texts in the seed segment_content",
    ]
    assert "for email_offer, web_content. Every segment" in result.log
    skipped = result.with_status("skipped")
    assert {f"model.segmentation.{table}" for table in TABLES} <= set(skipped)


def test_a_row_for_the_website_fits_into_a_cookie(spoilt: DbtProject) -> None:
    seed = "main_internal.segment_content"
    [(code,)] = spoilt.query(
        "select primary_segment from main.segments__customers inner join "
        "main_restricted.contact__reachability using (customer_id) "
        "where channel = 'web' and is_reachable order by 1 limit 1"
    )
    row = next(
        row
        for row in sorted(rows(spoilt, TABLES[1]), key=lambda each: each["visitor_key"])
        if row["content"] == reviewed()[code, "web_content"][1]
    )

    def size(text: str) -> int:
        dumped = json.dumps(
            row | {"content": text}, ensure_ascii=False, separators=(",", ":")
        )
        return len(dumped.encode())

    odd = 'Größe "1" \\ 2\n東京 '
    text = odd + "x" * (4096 - size(odd))
    assert size(text) == 4096
    said = f"The row {row['visitor_key']} of activation__web_personalization has 4097 b"
    for ending, is_told in (("", False), ("y", True)):
        result = spoil(
            spoilt,
            f"update {seed} set text = '{text}{ending}' "
            f"where text_id = '{code}_web_content_v1'",
        )
        assert result.exit_code == int(is_told), result.log
        assert (said in result.log) == is_told
        assert ("bytes as JSON" in result.log) == is_told
