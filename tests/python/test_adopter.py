"""A company installs the package, maps one file and gets its segments."""

import re
import runpy
import shutil
from pathlib import Path

import duckdb
import pytest
import yaml

from dbt_project import NO_UNIT_TESTS, REPOSITORY, DbtProject, DbtResult
from segmentation.doctor.mapping import mapped_columns
from teahouse import (
    EXAMPLE,
    build,
    built_teahouse,
    change_settings,
    segment,
    teahouse_copy,
)

GUIDE = (REPOSITORY / "docs" / "connect-your-data.md").read_text()
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", GUIDE, flags=re.DOTALL | re.MULTILINE)
PUBLIC, SEGMENTS = "main_crm", "segmentation_segments"


def block(words: str) -> str:
    """Return the one block of the guide that contains the words."""
    [found] = [text for _, text in BLOCKS if words in text]
    return str(found)


# The till of the teahouse's first branch abroad, with names, zone and currency of its
# own. The guide's rates are 1.02 in 2023 and 0.95 from 2024 on.
TILL_FILE = """Bon;Karte;Zeit;Summe
1;T1;2023-03-01T10:00:00+01:00;100.00
2;T1;2024-03-01T10:00:00+01:00;100.00
3;T2;2024-06-30T23:30:00-05:00;10.01
"""
TILL_MODEL = """
{%- set till -%}
read_csv('data/till.csv', header = true, auto_detect = false, delim = ';', quote = '"',
columns = {'Bon': 'varchar', 'Karte': 'varchar', 'Zeit': 'varchar', 'Summe': 'varchar'})
{%- endset -%}
{{ segmentation.map_entity('orders', till, {
    'order_id': 'Bon',
    'source_customer_id': 'Karte',
    'ordered_at': 'Zeit',
    'net_amount': 'Summe',
    'currency_code': "'CHF'",
    'channel': "'store'",
}) }}
"""
OWN_MODEL = """
{{ config(materialized='table') }}
select error('own model fails') from {{ ref('segments__customers') }}
"""


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> tuple[DbtProject, DbtResult]:
    """Return a teahouse that changed all it may change, and its first build."""
    project = teahouse_copy(tmp_path_factory.mktemp("grown"))
    folder = project.project_dir
    (folder / "data" / "till.csv").write_text(TILL_FILE)
    (folder / "models" / "staging" / "till").mkdir()
    staging = folder / "models" / "staging" / "till" / "stg_till__orders.sql"
    staging.write_text(TILL_MODEL)
    (folder / "seeds").mkdir()
    (folder / "seeds" / "currency_rates.csv").write_text(block("CHF,EUR"))
    (folder / "seeds" / "segment_content.csv").write_text(own_copy())
    (folder / "models" / "own.sql").write_text(OWN_MODEL)
    change_settings(
        folder,
        **yaml.safe_load(block("orders: [webshop, till]")),
        **yaml.safe_load(block("code: asleep")),
        segmentation_schema_public="crm",
        segmentation_history_months=4,
    )
    replace_seeds(folder, block("currency_rates: {+enabled"))
    replace_seeds(folder, block("segment_content: {+enabled"))
    # Training asks for a warehouse, not for a whole build.
    assert build(project, "--select", "currency_rates").success
    trained = segment(project, "train", "value")
    assert block("value_nodes: {+enabled").endswith(trained.output.split("\n\n")[-1])
    refused = build(project, "--select", "value_nodes")
    assert "The seed value_nodes is in teahouse and in the package" in refused.log
    replace_seeds(folder, block("value_nodes: {+enabled"))
    return project, build(project, *NO_UNIT_TESTS)


def own_copy() -> str:
    """Return the guide's lines, and further ones for the segments of the guide."""
    given = block("asleep,email_subject").splitlines()
    package = (REPOSITORY / "seeds" / "segment_content.csv").read_text().splitlines()
    slots = {line.split(",")[1] for line in package if line.startswith("best,")}
    own = [rule["code"] for rule in yaml.safe_load(block("code: asleep"))[SEGMENTS]]
    lines = {
        f"{code},{slot},": f"{code},{slot},{code}_{slot}_v1,{slot} of {code},2025-06-01"
        for code in (*own, "otherwise")
        for slot in (*sorted(slots), "crm_value_proposition")
    }
    lines |= {line: line for line in package if line.startswith("default,")}
    for line in given[1:]:
        lines[line[: line.index(",", line.index(",") + 1) + 1]] = line
    return "\n".join((given[0], *lines.values())) + "\n"


def replace_seeds(folder: Path, lines: str) -> None:
    """Add lines of the guide to dbt_project.yml, under what is there."""
    path = folder / "dbt_project.yml"
    content = yaml.safe_load(path.read_text())
    seeds = content.setdefault("seeds", {}).setdefault("segmentation", {})
    seeds.update(yaml.safe_load(lines)["seeds"]["segmentation"])
    path.write_text(yaml.safe_dump(content))


@pytest.fixture(scope="module")
def spare(tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    """Return a project whose file tests may spoil, released once."""
    project = teahouse_copy(tmp_path_factory.mktemp("spare"))
    built = built_teahouse()
    for name in ("warehouse.duckdb", "serving.duckdb", "activation.duckdb"):
        shutil.copy(built.warehouse.with_name(name), project.warehouse.with_name(name))
    return project


@pytest.fixture
def orders(spare: DbtProject) -> Path:
    """Return the file of orders of the spare project, as the example ships it."""
    path = spare.project_dir / "data" / "orders.csv"
    shutil.copy(EXAMPLE / "data" / "orders.csv", path)
    return path


def test_one_mapped_file_gives_every_customer_a_primary_segment() -> None:
    project = built_teahouse()
    delivered = duckdb.read_csv(
        str(EXAMPLE / "data" / "orders.csv"), dtype={"Total": "decimal(18, 2)"}
    )
    [expected] = delivered.aggregate(
        'count(distinct "Customer"), sum("Total")'
    ).fetchall()
    assert delivered.shape[0] > 4000

    assert project.query(
        """
        select count(*), sum(features.revenue)
        from main.segments__customers as customers
        inner join main.features__customers as features
            using (customer_id, as_of_date)
        where customers.primary_segment is not null
        """
    ) == [expected]
    codes = "select distinct primary_segment from main.segments__customers"
    assert {code for (code,) in project.query(codes)} == {
        *("best", "lapsed", "new", "slipping", "steady"),
    }


def test_the_example_is_large_and_long_enough_to_judge_its_segments() -> None:
    found = built_teahouse().query(
        "select distinct gate, status from main.segments__gates "
        "where segment_set = 'primary' and status <> 'not_evaluable'"
    )
    judged = {gate for gate, _ in found}
    assert {"size", "distinctness", "stability", "drift"} <= judged
    # What stops a first release.
    shares = ["otherwise_customer_share", "otherwise_revenue_share"]
    for gate in (*shares, "value_order_past", "value_order_later"):
        assert [status for name, status in found if name == gate] == ["pass"]


def test_days_are_days_of_the_configured_zone() -> None:
    # The file has Berlin's wall time; around midnight UTC has another date.
    [counts] = built_teahouse().query(
        """
        select
            count(*),
            count(*) filter (where (ordered_at at time zone 'UTC')
                at time zone 'Europe/Berlin' = strptime("Date", '%Y-%m-%d %H:%M')),
            count(*) filter (where cast(ordered_at as date) <> cast("Date" as date))
        from main_internal.input__orders
        inner join read_csv('%s') as file on order_id = "Order No"
        """.replace("'%s'", f"'{EXAMPLE / 'data' / 'orders.csv'}', all_varchar = true")
    )
    total, same_wall_time, other_utc_day = counts
    assert total == same_wall_time
    assert other_utc_day > 0


def test_the_demo_is_not_built_in_an_adopters_project() -> None:
    tables = built_teahouse().query("select table_name from information_schema.tables")
    names = {name for (name,) in tables}
    assert "stg_webshop__orders" in names
    assert not {name for name in names if "complete_journey" in name}


def test_segment_finds_the_profile_in_the_project_and_writes_the_report(
    tmp_path: Path,
) -> None:
    page = tmp_path / "report.html"

    result = segment(built_teahouse(), "report", "--output", str(page))

    assert result.exit_code == 0, result.output
    assert "as of 2025-06-30" in result.output
    assert "<html" in page.read_text()


def test_the_made_up_file_is_what_its_script_writes(tmp_path: Path) -> None:
    script = shutil.copy(EXAMPLE / "data" / "make_orders.py", tmp_path)
    runpy.run_path(str(script), run_name="__main__")

    shipped = EXAMPLE / "data" / "orders.csv"
    assert (tmp_path / "orders.csv").read_bytes() == shipped.read_bytes()
    assert shipped.stat().st_size < 200_000


def test_a_second_source_is_one_file_and_one_line(
    grown: tuple[DbtProject, DbtResult],
) -> None:
    project, _ = grown
    assert project.query(
        f"select source_system, kept_count from {PUBLIC}.measurement__source_audit "
        "where entity = 'orders' order by 1"
    ) == [("till", 3), ("webshop", 4330)]


def test_an_adopters_rates_replace_the_seed_of_the_package(
    grown: tuple[DbtProject, DbtResult],
) -> None:
    project, _ = grown
    # 100.00 at 1.02 and at 0.95, 10.01 at 0.95 = 9.5095.
    assert project.query(
        "select order_id, cast(net_amount as text), cast(ordered_at as text) "
        "from main_internal.input__orders where source_system = 'till' order by 1"
    ) == [
        ("1", "102.00", "2023-03-01 09:00:00"),
        ("2", "95.00", "2024-03-01 09:00:00"),
        ("3", "9.51", "2024-07-01 04:30:00"),
    ]


def test_orders_alone_reach_trained_values(
    grown: tuple[DbtProject, DbtResult],
) -> None:
    project, _ = grown
    # Trained through the last quarter end before the as-of date.
    assert project.query(
        f"""
        select distinct value_version, is_in_sample, probability_alive > 0,
            expected_orders_365d > expected_orders_90d, discounted_value_365d >= 0
        from {PUBLIC}.features__customers
        where as_of_date = date '2025-06-30'
        """
    ) == [("2025-03-31", False, True, True, True)]


def test_an_adopters_segments_replace_the_list_whole(
    grown: tuple[DbtProject, DbtResult],
) -> None:
    project, _ = grown
    own = {"asleep", "regular", "occasional", "once"}
    declared = project.query(
        f"select segment_code from {PUBLIC}.segments__definitions "
        "where segment_set = 'primary'"
    )
    assert {code for (code,) in declared} == {*own, "otherwise"}
    reached = project.query(
        f"select distinct primary_segment from {PUBLIC}.segments__customers"
    )
    assert {code for (code,) in reached} == own


def test_an_adopters_copy_replaces_the_seed_of_the_package(
    grown: tuple[DbtProject, DbtResult],
) -> None:
    project, _ = grown
    content = "main_internal.int_activation__content where segment_code = 'asleep'"
    assert project.query(f"select email_subject, crm_answer from {content}") == [
        ("Is anything wrong?", "crm_answer of asleep")
    ]


def test_an_adopters_failing_model_does_not_hold_up_the_release(
    grown: tuple[DbtProject, DbtResult],
) -> None:
    project, result = grown
    assert result.exit_code == 1
    assert result.with_status("error", "fail") == ["model.teahouse.own"]
    assert "released: tables as of 2025-06-30" in result.log
    with duckdb.connect(str(project.warehouse.with_name("serving.duckdb"))) as served:
        [(rows,)] = served.execute(
            "select count(*) from segments__customers"
        ).fetchall()
    assert rows > 600


def test_public_tables_lie_in_the_schema_that_the_adopter_names(
    grown: tuple[DbtProject, DbtResult],
) -> None:
    project, _ = grown
    tables = project.query(
        "select table_schema, table_name from information_schema.tables"
    )
    schemas = {name: schema for schema, name in tables}
    assert schemas["segments__customers"] == PUBLIC
    assert schemas["features__customers"] == PUBLIC
    assert [name for name, schema in schemas.items() if schema == "main"] == [
        "own"
    ] or ("main" not in schemas.values())


def test_a_truncated_file_stops_the_build_and_names_its_line(
    spare: DbtProject, orders: Path
) -> None:
    served = spare.warehouse.with_name("serving.duckdb")
    before = served.read_bytes()
    whole = orders.read_text().splitlines(keepends=True)
    orders.write_text("".join(whole[:3000]) + whole[3000][:20])

    result = build(spare, *NO_UNIT_TESTS)

    assert result.exit_code == 1
    assert "data/orders.csv" in result.log
    assert "CSV Error on Line: 3001" in result.log
    assert "not released" in result.log
    assert served.read_bytes() == before


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("14330,", "14330,,", "CSV Error on Line: 4331"),
        (
            "Order No,Customer",
            "Customer,Order No",
            "data/orders.csv has 0 header lines",
        ),
        ("Total", "Gross", "data/orders.csv has 0 header lines"),
    ],
)
def test_a_ragged_file_or_another_header_stops_the_build(
    spare: DbtProject, orders: Path, old: str, new: str, said: str
) -> None:
    orders.write_text(orders.read_text().replace(old, new, 1))
    result = build(spare, "--select", "+int_input__orders")
    assert result.exit_code == 1
    assert said in result.log


def test_a_file_that_lost_lines_is_not_released(
    spare: DbtProject, orders: Path
) -> None:
    orders.write_text("".join(orders.read_text().splitlines(keepends=True)[:3000]))
    result = build(spare, "--select", "+input_volume_holds")
    assert result.exit_code == 1
    assert "orders of source webshop: 2999 rows now, 4330 in the last release" in (
        result.log
    )


def test_the_guide_shows_the_files_of_the_example() -> None:
    shipped = {
        line.split(" #")[0].strip()
        for path in EXAMPLE.rglob("*")
        if path.suffix in {".yml", ".sql"} and "dbt_packages" not in path.parts
        for line in path.read_text().splitlines()
    }
    first_part = GUIDE[: GUIDE.index("# Part 2")]
    shown = [
        text
        for language, text in BLOCKS
        if language in {"yaml", "sql"} and text in first_part
        if not text.startswith("packages:") and "+enabled: false" not in text
    ]
    assert len(shown) == 5
    for line in "".join(shown).splitlines():
        assert line.split(" #")[0].strip() in shipped
    head = "".join((EXAMPLE / "data" / "orders.csv").open().readlines()[:3])
    assert block("10001,") == head


def test_the_mappings_of_the_guide_fit_the_contract() -> None:
    entities = []
    for language, code in BLOCKS:
        if language == "sql":
            [entity] = re.findall(r"map_entity\('(\w+)'", code)
            path = REPOSITORY / "models" / "input" / f"input__{entity}.yml"
            [model] = yaml.safe_load(path.read_text())["models"]
            metas = {
                column["name"]: column.get("config", {}).get("meta", {})
                for column in model["columns"]
            }
            mapped = mapped_columns(code, entity)
            required = {name for name, meta in metas.items() if meta.get("required")}
            assert mapped is not None
            assert required - {"source_system"} <= mapped <= metas.keys()
            entities.append(entity)
    assert len(entities) == len(set(entities)) == 7
