"""What the settings forbid is told in words before any model runs."""

import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import pytest
import yaml
from dbt.cli.main import dbtRunner

from dbt_project import REPOSITORY, DbtProject
from shop import Row, served_bytes, shop_project

DECLARED = yaml.safe_load((REPOSITORY / "dbt_project.yml").read_text())["vars"]
PRIMARY: list[Row] = DECLARED["segmentation_segments"]
MORE: list[Row] = [
    {
        "code": f"orders_{number}",
        "priority": 100 + number,
        "when": [{"feature": "order_count", "at_least": number}],
    }
    for number in range(9)
]
# Any node will do: the check comes before the first one.
ANY_SEED = ("--select", "cut_points")
PROFILE = """
shop:
  target: duckdb
  outputs:
    duckdb:
      type: duckdb
      path: "{{ env_var('SEGMENTATION_WAREHOUSE') }}"
      schema: main
      %s
"""


POSTGRES_PROFILE = """
shop:
  target: postgres
  outputs:
    postgres:
      type: postgres
      host: "{{ env_var('SEGMENTATION_PG_HOST') }}"
      port: 5432
      user: postgres
      password: ""
      dbname: postgres
      schema: main
      threads: 2
"""


EXPERIMENT = {
    "kind": "message",
    "channel": "post",
    "layer": "post",
    "arms": [{"code": "offer", "share": 0.5}, {"code": "holdout", "share": 0.5}],
    "when": [{"feature": "order_count", "at_least": 1}],
    "starts_on": "2024-01-01",
    "ends_on": "2024-06-30",
    "owner": "crm",
    "hypothesis": "It pays.",
}
AUDIENCE = {"code": "S02", "kind": "include", "channel": "post", "owner": "crm"}


def segmentation(**settings: Any) -> dict[str, Any]:
    """Name the variables of the project."""
    return {f"segmentation_{name}": value for name, value in settings.items()}


def behavior(*conditions: object) -> dict[str, Any]:
    """Declare one behavior with these conditions."""
    return segmentation(rules_behavior=[{"code": "a", "when": list(conditions)}])


@pytest.fixture(scope="module")
def shop(
    shop_project_dir: Path, shop_release: Path, tmp_path_factory: pytest.TempPathFactory
) -> DbtProject:
    """A released shop for all tests here: no refused run changes it."""
    folder = shutil.copytree(shop_release, tmp_path_factory.mktemp("shop") / "released")
    return shop_project(shop_project_dir, folder / "shop.duckdb")


@pytest.fixture(scope="module")
def manifest(shop: DbtProject) -> Any:
    """The parse of the shop as it should be."""
    return shop.dbt("parse").value


@pytest.fixture
def checked(
    shop: DbtProject, manifest: Any, monkeypatch: pytest.MonkeyPatch
) -> DbtProject:
    """The shop without a parse of its own for each set of settings.

    What the check at the start of a run finds depends on the settings alone; what
    parsing finds has tests of its own.
    """
    monkeypatch.setattr("dbt_project.dbtRunner", partial(dbtRunner, manifest=manifest))
    return shop


def refusal(project: DbtProject, settings: Mapping[str, Any]) -> str:
    """Start a build that must not run a single model, and return what it says."""
    before = served_bytes(project)
    result = replace(project, vars=settings).build(*ANY_SEED)
    assert result.exit_code == 2, result.log
    assert not result.results
    assert served_bytes(project) == before
    return result.log


def test_one_message_names_all_that_is_wrong(checked: DbtProject) -> None:
    wrong = segmentation(
        currency="usd",
        quarantine_max_share="1%",
        volume_drop_max_share=2,
        exclude=[{"email_like": "%@staff"}, {"source_system": "x", "reason": "y"}],
        sources={"orders": ["shop"], "order": ["shop"]},
        passthrough={"orders": ["net_amount", "a b"], "receipts": ["x"]},
        value_tiers=[
            {"code": "dormant", "top_share": 0.3},
            {"code": "gold", "top_share": 0.2},
            {"code": "gold", "top_share": "half"},
            {"code": "top'; --", "top_share": 0.5},
        ],
        segments=[
            PRIMARY[0] | {"when": [{"feature": "revenu", "at_least": 1}]},
            PRIMARY[1],
            PRIMARY[2] | {"priority": 10},
        ],
        purposes=["service", "Direct Marketing", "service"],
        channels=[
            "email",
            {"code": "sms", "identifiers": "phone", "purposes": []},
            {
                "code": "post",
                "identifiers": ["street address"],
                "purposes": ["marketing"],
                "cap_7d": "one",
                "cap_30": 2,
            },
            {"code": "post", "identifiers": ["address"], "purposes": ["service"]},
        ],
        served_schemas={"serving": "BI reports"},
        readers={"serving": "bi"},
        segment_size={
            "least_customers": 1.5,
            "least_share": 0,
            "most_share": 2,
            "detectable_difference": "small",
        },
        attractiveness={
            "revenue_potential": 0.5,
            "growth": 0.2,
            "competition": 0.2,
            "acquisition_cost": 0.2,
            "retention": 0,
        },
        payback_months=13,
        least_reach_share=None,
        assumed_margin_rate=30,
        service_tiers=[{"code": "first class", "top_share": 0.1}, {"code": "rest"}],
        experiments=[
            "offer",
            EXPERIMENT | {"code": "again", "slots": [0, 500]},
            EXPERIMENT | {"code": "again", "slots": [400, 600]},
            EXPERIMENT | {"code": "other", "layer": "b", "slots": [700, 800]},
            EXPERIMENT
            | {
                "code": "Wrong",
                "kind": "test",
                "channel": "fax",
                "slots": [5, 2000],
                "arms": [{"code": "a", "share": 0.5}, {"code": "b", "share": 0.4}],
                "when": [{"feature": "revenue"}],
                "starts_on": "2024-02-01",
                "ends_on": "2024-01-01",
                "hypothesis": "",
            },
        ],
        audiences=[
            {"code": "S01", "kind": "include"},
            {
                "code": "slipping",
                "kind": "list",
                "channel": "fax",
                "platforms": "meta",
                "when": "all",
                "owner": "",
                "size_floor": 3,
                "expires_on": "soon",
                "arm": "offer",
            },
            AUDIENCE | {"when": [{"feature": "revenu", "above": 1}]},
            AUDIENCE
            | {
                "value": "region",
                "experiment": "again",
                "arm": "holdout",
                "when": [{"feature": "is_unlikely_first_buyer", "equals": "yes"}],
            },
        ],
        forgone_first_orders=2,
        questions={
            "cap_7d": -1,
            "cap_30d": "three",
            "cool_down_days": True,
            "declined_days": 0,
            "fewest_respondents": 5,
            "most_refused_share": 0,
            "purposes": ["surveys"],
            "surfaces": [
                "web",
                {"code": "web", "channel": "fax"},
                {"code": "web", "channel": "post"},
            ],
        },
        sensitive_overrides=[
            "top_category",
            {
                "feature": "top_category",
                "pattern": "% wine %",
                "topic": "health",
                "lawful_basis": " ",
                "decided_at": "2024-01-01",
                "until": "2024-02-30",
                "reason": "x",
            },
            {
                "topic": "health",
                "lawful_basis": "consent",
                "decided_by": "dpo",
                "decided_at": "2024-01-02",
                "until": "2024-01-01",
            },
        ],
    )
    message = refusal(checked, wrong)
    told = {line for line in message.splitlines() if line.startswith("    - ")}
    problems = (
        "segmentation_currency is 'usd'; use three capital letters",
        "segmentation_quarantine_max_share is '1%'; use a share from 0 to 1",
        "segmentation_volume_drop_max_share is '2'; use a share from 0 to 1",
        'segmentation_exclude has {"email_like": "%@staff"}; each entry needs reason',
        'segmentation_exclude has {"source_system": "x", "reason": "y"}; each',
        "segmentation_sources names 'order', which is not an entity. Entities are cust",
        "segmentation_passthrough.orders lists 'net_amount', which is already",
        "segmentation_passthrough.orders lists 'a b', which cannot be a column name",
        "segmentation_passthrough names 'receipts', which is not an entity",
        "segmentation_value_tiers: code 'dormant' is reserved",
        "segmentation_value_tiers: code 'gold' is declared twice",
        "segmentation_value_tiers: code 'top'; --' must be lower case letters",
        "top_share of 'gold' is 0.2; shares must rise from tier to tier",
        "top_share of 'gold' is half; shares must rise from tier to tier",
        "segmentation_segments declares 3 primary segments; 4 to 8 can be told apart",
        "two segments share a priority in [10, 20, 10]",
        "'prospect' of the set 'primary' names the unknown feature 'revenu'. Valid are",
        "segmentation_channels: 'email' is no channel; write {code: email, identif",
        "segmentation_channels: 'sms' has no list of identifiers; name the kinds",
        "segmentation_channels: 'sms' has no list of purposes; without one nothing",
        "segmentation_channels: 'post' has cap_30; a channel has code, identifiers,",
        "segmentation_channels: 'post' reaches people by 'street address'; kinds of",
        "segmentation_channels: 'post' needs the purpose 'marketing', which segmentat",
        "segmentation_channels: 'post' has the cap_7d 'one'; use a whole number of mes",
        "segmentation_purposes has 'Direct Marketing'; use lower case letters",
        "segmentation_purposes has 'service' twice",
        "segmentation_channels has 'post' twice",
        'segmentation_served_schemas has no usable schema for serving: {"serving": ',
        "segmentation_served_schemas has no usable schema for activation: ",
        'segmentation_readers is {"serving": "bi"}; use lists of database roles',
        "segmentation_segment_size.least_customers is '1.5'; use a whole number",
        "segmentation_segment_size.least_share is '0'; use a share above 0",
        "segmentation_segment_size.most_share is '2'; use a share above 0",
        "segmentation_segment_size.detectable_difference is 'small'; use a share",
        "segmentation_attractiveness has the weights 0.5, 0.2, 0.2, 0.2, 0, which",
        "segmentation_payback_months is '13'; use more than 0 and at most 12 months",
        "segmentation_least_reach_share is 'None'; use a share above 0 and at most 1.",
        "segmentation_assumed_margin_rate is '30'; use a share above 0 and at most 1,",
        "segmentation_service_tiers has the code 'first class'; use lower case",
        "segmentation_experiments: 'offer' is \"offer\"; an experiment has code, kind,",
        "segmentation_experiments has 'again' twice.",
        "'again' and 'again' run at the same time in the layer 'post' with slots in",
        "'again' and 'other' run at the same time on the channel 'post' in two layers",
        "segmentation_experiments: 'Wrong' has the code 'Wrong'; use lower case lett",
        "segmentation_experiments: 'Wrong' is of the kind 'test'; use message, or",
        "segmentation_experiments: 'Wrong' has the channel 'fax'; segmentation_chann",
        "segmentation_experiments: 'Wrong' has the slots [5, 2000]; write the first",
        "segmentation_experiments: 'Wrong' has the arms [",
        'segmentation_experiments: \'Wrong\' has {"feature": "revenue"}, which needs',
        "segmentation_experiments: 'Wrong' ends on 2024-01-01, before it starts on",
        "segmentation_experiments: 'Wrong' has no hypothesis; say it in words",
        "segmentation_forgone_first_orders is '2'; use a share above 0",
        'segmentation_audiences: \'S01\' is {"code": "S01", "kind": "include"}; an aud',
        "segmentation_audiences: 'slipping' has a code that platforms would see; use",
        "segmentation_audiences: 'slipping' is of the kind 'list'; use include, exclu",
        "segmentation_audiences: 'slipping' has the channel 'fax'; segmentation_chan",
        "segmentation_audiences: 'slipping' has the platforms \"meta\"; write a list",
        "segmentation_audiences: 'slipping' has no owner; say who answers for it",
        "segmentation_audiences: 'slipping' has the size_floor '3'; use a whole numb",
        "segmentation_audiences: 'slipping' has expires_on 'soon'; write a day such as",
        "segmentation_audiences: 'slipping' names an experiment or an arm; name both",
        "segmentation_audiences: 'slipping' has no list of conditions under `when`",
        "segmentation_audiences has 'S02' twice.",
        "The audience 'S02' names the unknown feature 'revenu'. Valid are",
        "The audience 'S02' compares is_unlikely_first_buyer with yes; it needs true",
        "The audience 'S02' has the value 'region', which is no feature with a number",
        "The audience 'S02' is for the arm 'holdout' of the experiment 'again'; segm",
        "segmentation_questions: cap_7d is '-1'; use a whole number of questions, 0 or",
        "segmentation_questions: cap_30d is 'three'; use a whole number of questions",
        "segmentation_questions: cool_down_days is 'True'; use a whole number of days",
        "declined_days is '0'; use a whole number of days, 1 or more, or null for ever",
        "segmentation_questions: fewest_respondents is '5'; use a whole number of peop",
        "segmentation_questions: most_refused_share is '0'; use a share above 0 and at",
        "segmentation_questions: it needs the purpose 'surveys', which segmentation_pu",
        'segmentation_questions: the surface "web" needs a code in lower case and a ch',
        "segmentation_questions: the surface 'web' has the channel 'fax'; segmentation",
        "segmentation_questions: the surface 'web' is there twice.",
        "segmentation_sensitive_overrides: entry 1 is top_category; write {feature: ",
        "entry 2 has reason; an override has feature or pattern, topic, lawful_basis, ",
        "entry 2 has both feature and pattern; name the feature of the rule, or a ",
        "entry 2 has   as lawful_basis; write it as text",
        "entry 2 has nothing as decided_by; write it as text",
        "entry 2 has '2024-02-30' as until; write a day as 2026-06-30",
        "entry 3 has neither feature nor pattern; name the feature of the rule, or a",
        "entry 3 ends on 2024-01-01, before it was decided on 2024-01-02; correct one",
    )
    for problem in problems:
        assert problem in message
    assert len(told) == len(problems)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"cap_7d": 4}, "cap_7d is 4 and cap_30d 3; the cap of the month must not be"),
        ({"cap_7_days": 1}, "write all of cap_7d, cap_30d, cool_down_days, declined"),
        ({"surfaces": []}, "surfaces are []; write a list, such as [{code: web, chann"),
        ({"purposes": "profiling"}, 'purposes are "profiling"; write a list, such as'),
    ],
)
def test_questions_have_whole_settings(
    checked: DbtProject, changed: Row, told: str
) -> None:
    questions = DECLARED["segmentation_questions"] | changed
    assert told in refusal(checked, segmentation(questions=questions))


def test_channels_of_ones_own_need_no_surfaces(checked: DbtProject) -> None:
    calls = {"code": "calls", "identifiers": ["phone"], "purposes": ["service"]}
    settings = segmentation(channels=[calls], purposes=["service"], payback_months=13)
    assert "segmentation_questions" not in refusal(checked, settings)


def test_two_segments_are_not_one_to_outsiders(checked: DbtProject) -> None:
    # Both MD5 begin with aa65.
    codes = ("loyal_members", "quiet_savers")
    segments = [
        rule | {"code": code} for rule, code in zip(PRIMARY, codes, strict=False)
    ]
    message = refusal(checked, segmentation(segments=segments + PRIMARY[2:]))
    assert "'loyal_members' and 'quiet_savers' would both be SAA65 to others" in message


@pytest.mark.parametrize(
    ("count", "limits", "refused"),
    [
        (3, {}, "declares 3 primary segments"),
        (4, {}, None),
        (8, {}, None),
        (9, {}, "declares 9 primary segments"),
        (9, {"at_most": 9, "reason": "two countries"}, None),
        (9, {"at_most": 9}, "departs from 4 to 8 without a reason"),
        (4, {"at_least": 5, "reason": "x"}, "declares 4 primary segments; 5 to 8"),
    ],
)
def test_four_to_eight_primary_segments_or_a_reason(
    checked: DbtProject, count: int, limits: dict[str, Any], refused: str | None
) -> None:
    settings = segmentation(
        segments=(PRIMARY + MORE)[:count],
        segment_count={"at_least": 4, "at_most": 8, "reason": None} | limits,
    )
    if refused is None:
        result = replace(checked, vars=settings).build(*ANY_SEED)
        assert result.exit_code == 0, result.log
    else:
        assert refused in refusal(checked, settings)


@pytest.mark.parametrize(
    ("settings", "problems"),
    [
        pytest.param(
            segmentation(sources={"orders": ["shop", "shpo"]}),
            ["'stg_shpo__orders' which was not found"],
            id="misspelt source",
        ),
        pytest.param(
            segmentation(sources={"orders": "shop"}),
            ["segmentation_sources.orders is 'shop'; write a list of sources"],
            id="text instead of sources",
        ),
        pytest.param(
            segmentation(channels=[], purposes="service"),
            [
                "segmentation_channels is []; write a list with one entry or more.",
                'segmentation_purposes is "service"; write a list with one entry',
            ],
            id="no channels",
        ),
        pytest.param(
            segmentation(
                segment_size={"least": 5},
                attractiveness={"growth": 1},
                service_tiers=[
                    {"code": "a", "top_share": 0.5},
                    {"code": "b", "top_share": 0.5},
                    {"code": "c"},
                ],
            ),
            [
                'segmentation_segment_size is {"least": 5}; write all of {least_custo',
                'segmentation_attractiveness is {"growth": 1}; give a weight to each',
                "the last entry is for everybody else and has none, and one may say",
            ],
            id="scorecard",
        ),
        pytest.param(
            segmentation(
                timezone="Europe/Berln",
                history_months="ten",
                as_of="x",
                response_days=0,
            ),
            [
                "segmentation_response_days is '0'; use a whole number from 1 to 90.",
                "segmentation_timezone is 'Europe/Berln'; use a name of the IANA",
                "segmentation_history_months is 'ten'; use a whole number from 0",
                "segmentation_as_of is 'x'; write a day as 2017-12-31.",
            ],
            id="clock",
        ),
        pytest.param(
            segmentation(as_of="2017-02-29", known_at="2017-13-01 00:00:00"),
            [
                "segmentation_as_of is '2017-02-29'; write a day as 2017-12-31.",
                "segmentation_known_at is '2017-13-01 00:00:00'; write a day as",
            ],
            id="no such day",
        ),
        pytest.param(
            behavior({"feature": "revenue", "atleast": 1}),
            [
                "Rules of the set 'behavior': 'a': {\"feature\": \"revenue\", ",
                "uses the unknown operator 'atleast'; operators are equals, not_equ",
            ],
            id="unknown operator",
        ),
        pytest.param(
            behavior(
                {"feature": "region"},
                {"feature": "revenue; drop table x", "equals": 1},
                {"feature": "region", "in": "North"},
                {"any": [{"feature": "region", "not_in": []}]},
                {"feature": "region", "is_null": False},
                {"feature": "region", "equals": None},
                {"any": [{"feature": "region", "equals": "x"}], "feature": "gender"},
                "revenue > 5",
            ),
            [
                '{"feature": "region"} needs one feature and one operator',
                "names 'revenue; drop table x', which cannot be a column",
                '"in": "North"} needs a list of values after in',
                '"not_in": []} needs a list of values after not_in',
                '"is_null": false} needs true after is_null',
                '"equals": null} needs one value after equals',
                '"feature": "gender"} needs a list of conditions under any, and noth',
                '"revenue > 5" needs one feature and one operator',
            ],
            id="conditions",
        ),
        pytest.param(
            segmentation(
                segments=[
                    *PRIMARY,
                    {"code": "best", "priority": 80, "when": "revenue > 5"},
                    {"code": "otherwise", "when": []},
                    {"code": "no_orders", "priority": 90, "when": {"feature": "x"}},
                    {"code": "Top 1%'; --", "priority": 91, "when": 7},
                    {"priority": 92},
                ]
            ),
            [
                "code 'best' is declared twice",
                "'best' has no list of conditions under `when`",
                "code 'otherwise' is reserved",
                "'otherwise' has no number as priority",
                "code 'no_orders' is reserved",
                "'no_orders' has no list of conditions",
                "code 'Top 1%'; --' must be lower case letters",
                "code 'None' must be lower case letters",
            ],
            id="rules",
        ),
        pytest.param(
            segmentation(schema_ledger="ledger'; drop table x; --"),
            ["segmentation_schema_ledger is 'ledger'; drop table x; --', which cannot"],
            id="SQL as a schema",
        ),
    ],
)
def test_parsing_stops_at_settings_that_models_are_made_of(
    shop: DbtProject, settings: dict[str, Any], problems: list[str]
) -> None:
    message = refusal(shop, settings)
    for problem in problems:
        assert problem in message


def test_no_setting_stands_between_quotes_of_its_own() -> None:
    # One that may hold any text comes by rule_literal or text_literal.
    folders = [REPOSITORY / name for name in ("macros", "models", "tests", "analyses")]
    found = []
    for file in (file for folder in folders for file in folder.rglob("*.sql")):
        text = file.read_text()
        named = re.findall(r"set (\w+) = var\(", text)
        if re.search(rf"'\{{\{{-?\s*(var\(|({'|'.join(named) or 'var'})\b)", text):
            found.append(file.name)
    assert found == []


def test_personal_data_must_not_lie_among_public_tables(shop: DbtProject) -> None:
    message = refusal(shop, segmentation(schema_identity=None))
    assert (
        "identity__customer_map holds personal data and would share the schema 'main' "
        "with public tables; give segmentation_schema_identity and" in message
    )


def test_the_message_prints_the_profile_lines_that_are_missing(
    checked: DbtProject, tmp_path: Path
) -> None:
    profile = tmp_path / "profiles.yml"
    profile.write_text(PROFILE % "settings: {TimeZone: Asia/Tokyo}")
    project = replace(checked, profiles_dir=tmp_path)
    message = refusal(project, {})
    title = re.escape("paste under the output 'duckdb' in profiles.yml:\n")
    printed = re.search(title + r"((?: {8}.*\n)+)", message)
    assert printed, message
    profile.write_text(PROFILE % indent(dedent(printed[1]), " " * 6).strip())
    assert "TimeZone: UTC" in profile.read_text()
    result = project.build(*ANY_SEED)
    assert result.exit_code == 0, result.log
    assert "not released (partial)" in result.log


@pytest.mark.slow
def test_the_message_prints_how_drops_take_turns_on_postgres(
    shop_project_dir: Path, postgres: Mapping[str, str], tmp_path: Path
) -> None:
    folder = shutil.copytree(shop_project_dir, tmp_path / "project")
    (folder / "profiles.yml").write_text(POSTGRES_PROFILE)
    project = shop_project(folder, tmp_path / "shop.duckdb", extra_env=postgres)
    refused = project.build(*ANY_SEED)
    assert refused.exit_code == 2, refused.log
    title = re.escape("paste into dbt_project.yml:\n")
    printed = re.search(title + r"((?: {6}.*\n?)+)", refused.log)
    assert printed, refused.log
    with (folder / "dbt_project.yml").open("a") as settings:
        settings.write(dedent(printed[1]))
    result = project.build(*ANY_SEED)
    assert result.exit_code == 0, result.log
