"""The command `segment` chooses a profile, calls and prints."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import segmentation.report
from segmentation.cli import cli
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
