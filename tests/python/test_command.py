"""The command `segment` chooses a profile, calls and prints."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import duckdb
import pytest
from click.testing import CliRunner, Result

import segmentation.report
from segmentation import cli_demo
from segmentation.cli import cli
from segmentation.demo.omnichannel import WORLDS
from segmentation.demo.raw_data import RawData, RawTable
from segmentation.report import ReportSummary


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a project with two targets, and work elsewhere."""
    folder, elsewhere = tmp_path / "shop", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    (folder / "dbt_project.yml").write_text("name: shop\nprofile: shop\n")
    (folder / "profiles.yml").write_text(
        """
        shop:
          target: file
          outputs:
            file: {type: duckdb, path: data/shop.duckdb}
            named:
              type: duckdb
              path: data/shop.duckdb
              plugins:
                - module: segmentation.dbt_plugin
                  config: {serving: public/bi.duckdb}
            server: {type: postgres, host: /nowhere, dbname: shop}
        """
    )
    monkeypatch.chdir(elsewhere)
    return folder


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, Path]]:
    """Return the paths that the report is asked for, instead of rendering it."""
    calls: list[tuple[Path, Path]] = []

    def render_report(serving: Path, output: Path) -> ReportSummary:
        calls.append((serving, output))
        return ReportSummary(output, "run", None, "10", "Headline.", False, 2_000)

    monkeypatch.setattr(segmentation.report, "render_report", render_report)
    return calls


def segment(*words: str | Path, **environment: str) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words], env=environment)


def test_report_reads_the_served_file_beside_the_warehouse(
    shop: Path, rendered: list[tuple[Path, Path]]
) -> None:
    result = segment("report", "--project-dir", shop)

    assert result.exit_code == 0, result.output
    assert "2 kB" in result.output
    assert rendered == [(shop / "data" / "serving.duckdb", Path("report.html"))]


def test_report_follows_the_profiles_plugin_and_the_option_before_it(
    shop: Path, rendered: list[tuple[Path, Path]]
) -> None:
    words = ("--target", "named", "report", "--project-dir", shop, "--output", "x.html")
    segment(*words)
    segment(*words, "--serving", "other.duckdb")

    assert rendered == [
        (shop / "public" / "bi.duckdb", Path("x.html")),
        (Path("other.duckdb"), Path("x.html")),
    ]


def test_options_count_before_and_after_the_command(
    shop: Path, rendered: list[tuple[Path, Path]]
) -> None:
    segment("--project-dir", shop, "--target", "server", "report", "--target", "named")

    assert rendered[0][0] == shop / "public" / "bi.duckdb"


def test_report_from_postgres_is_refused_in_words(shop: Path) -> None:
    result = segment("report", "--project-dir", shop, "--target", "server")

    assert result.exit_code == 1
    assert "is of type postgres; this command works with a DuckDB file" in result.output


def test_publish_without_a_run_is_refused_in_words(shop: Path) -> None:
    (shop / "data").mkdir()
    result = segment("publish", "--project-dir", shop)

    assert result.exit_code == 1
    assert result.output.startswith("Error: not released: ")


def test_unknown_target_is_one_message_and_exit_code_1(shop: Path) -> None:
    result = segment("report", "--project-dir", shop, "--target", "spark")

    assert result.exit_code == 1
    assert result.output.startswith(
        "Error: Found file, named, server in profile 'shop'"
    )
    assert len(result.output.splitlines()) == 1


def test_unreachable_warehouses_are_named(shop: Path) -> None:
    missing = segment("demo", "load", "complete_journey", "--project-dir", shop)
    assert missing.exit_code == 1
    assert f"{shop}/data/shop.duckdb does not open" in missing.output

    words = ("demo", "load", "complete_journey", "--project-dir", shop)
    refused = segment(*words, "--target", "server")
    assert refused.exit_code == 1
    assert "PostgreSQL database shop at /nowhere does not open" in refused.output


@dataclass(frozen=True)
class Company:
    """What `omnichannel` is asked for, as its own class takes it."""

    customers: int
    seed: int
    world: str
    separation: float


@pytest.fixture
def generated(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> list[tuple[Company, Path]]:
    """Return the companies that were generated: of two tables, instead of dozens."""
    calls: list[tuple[Company, Path]] = []
    (shop / "data").mkdir()

    def write(folder: Path, schema: str, name: str, rows: int) -> RawData:
        with duckdb.connect() as connection:
            connection.execute(
                f"copy (select range as number from range({rows})) "
                f"to '{folder}/{name}.parquet'"
            )
        table = RawTable(name, {"number": "BIGINT"}, rows)
        return RawData(schema, folder, (table,), "omnichannel")

    def generate(
        company: Company, folder: Path, advance: Callable[[str, float], None]
    ) -> tuple[RawData, RawData]:
        calls.append((company, folder))
        advance("orders", 1_500)
        return (
            write(folder, "raw_omnichannel", "orders", 1_500),
            write(folder, "truth", "persons", company.customers),
        )

    module = ModuleType("segmentation.demo.omnichannel")
    vars(module).update(
        Company=Company, generate=generate, expected_rows=lambda _: 1_000
    )
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return calls


def load_company(shop: Path, *words: str | Path) -> Result:
    return segment("demo", "load", "omnichannel", "--project-dir", shop, *words)


def test_omnichannel_is_generated_and_loaded_with_its_truth(
    shop: Path, generated: list[tuple[Company, Path]]
) -> None:
    result = load_company(shop)

    assert result.exit_code == 0, result.output
    [(company, folder)] = generated
    assert company == Company(20_000, 1, "standard", 3.0)
    assert not folder.exists()
    warehouse = shop / "data" / "shop.duckdb"
    assert (
        "Loaded 1 tables, 1,500 rows, into schema raw_omnichannel and 1 tables, "
        f"20,000 rows, into schema truth of {warehouse} in "
    ) in result.output
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        counted = connection.execute(
            "select (select count(*) from raw_omnichannel.orders), "
            "(select sum(number) from truth.persons)"
        ).fetchall()
    assert counted == [(1_500, 20_000 * 19_999 // 2)]


def test_omnichannel_takes_its_options(
    shop: Path, generated: list[tuple[Company, Path]]
) -> None:
    words = ("--customers", "100", "--seed", "0", "--world", "planted")
    assert load_company(shop, *words, "--separation", "0.5").exit_code == 0
    assert load_company(shop, "--world", "null").exit_code == 0

    assert [company for company, _ in generated] == [
        Company(100, 0, "planted", 0.5),
        Company(20_000, 1, "null", 3.0),
    ]


def test_omnichannel_can_be_written_to_a_folder_and_nowhere_else(
    shop: Path, generated: list[tuple[Company, Path]]
) -> None:
    result = load_company(shop, "--to", "new/files", "--customers", "300")

    assert result.exit_code == 0, result.output
    assert "Wrote 2 tables, 1,800 rows, as Parquet to new/files in " in result.output
    assert [folder for _, folder in generated] == [Path("new/files")]
    names = sorted(path.name for path in Path("new/files").iterdir())
    assert names == ["orders.parquet", "persons.parquet"]
    assert not list((shop / "data").iterdir())

    Path("file").touch()
    refused = load_company(shop, "--to", "file/folder")
    assert refused.exit_code == 1
    assert "Found no way to write to file/folder: Not a directory." in refused.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--customers", "99"), "Invalid value for '--customers'"),
        (("--seed", "-1"), "Invalid value for '--seed'"),
        (("--world", "flat"), "Invalid value for '--world'"),
        (("--world", "planted", "--separation", "0"), "Invalid value for '--sep"),
        (
            ("--separation", "3.0"),
            "Found --separation with --world standard; it belongs to --world planted.",
        ),
    ],
)
def test_impossible_options_of_omnichannel_are_refused(
    shop: Path,
    generated: list[tuple[Company, Path]],
    words: tuple[str, ...],
    said: str,
) -> None:
    result = load_company(shop, *words)

    assert result.exit_code == 2
    assert said in result.output
    assert not generated


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--customers", "20000"),
        ("--seed", "1"),
        ("--world", "standard"),
        ("--separation", "3"),
        ("--to", "files"),
    ],
)
def test_real_data_refuse_options_of_made_up_ones(
    shop: Path, option: str, value: str
) -> None:
    words = ("demo", "load", "complete_journey", option, value)
    result = segment(*words, "--project-dir", shop)

    assert result.exit_code == 2
    assert (
        f"complete_journey is real data of fixed size; {option} belongs to omnichannel."
    ) in result.output
    assert not Path("files").exists()


def test_worlds_to_choose_from_are_those_that_can_be_generated() -> None:
    assert tuple(WORLDS) == cli_demo.WORLDS


def test_unknown_data_set_is_named_before_its_options(shop: Path) -> None:
    result = segment("demo", "load", "nowhere", "--seed", "2", "--project-dir", shop)

    assert result.exit_code == 1
    assert "Found no demo data set 'nowhere'" in result.output


def test_help_imports_no_library_that_takes_time() -> None:
    program = (
        "import sys; from segmentation.cli import cli; cli(['--help'], "
        "standalone_mode=False); print(*sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert "demo" in run.stdout
    imported = set(run.stdout.splitlines()[-1].split())
    slow = {"dbt", "duckdb", "numpy", "pandas", "psycopg2", "rich"}
    assert not imported & slow


@pytest.mark.parametrize("what", ["value", "clusters"])
def test_a_check_of_past_quarters_is_refused(shop: Path, what: str) -> None:
    words = ("train", what, "--check", "--backfill", "--project-dir", shop)
    result = segment(*words)
    assert result.exit_code == 2
    assert "Found --check with --backfill" in result.stderr
