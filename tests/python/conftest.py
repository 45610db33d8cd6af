"""Fixtures for every test: a clean environment, a PostgreSQL server, a shop."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from dbt.cli.main import dbtRunner

import shared_folder
from complete_journey import built_journey
from dbt_project import NO_UNIT_TESTS, REPOSITORY, DbtProject
from postgres_server import ServerMissingError, find_binaries, running_server
from shared_folder import made_once
from shop import company, shop_project

LEAKING_PREFIXES = ("DBT_", "SEGMENTATION_")
KEPT_PREFIX = "SEGMENTATION_REQUIRE_"
# A worker takes the next file that is left: one of minutes at the end would keep it at
# work alone. Longest first; all others follow in the order of their names.
LONGEST = (
    *("test_complete_journey", "test_invariants", "test_soak", "test_source_audit"),
    *("test_adopter", "test_bad_input", "test_diff_identity", "test_nights"),
    *("test_omnichannel_families", "test_postgres", "test_identity_febrl"),
    *("test_omnichannel_staging", "test_doctor", "test_identity_engines"),
    *("test_identity_quality", "test_refresh", "test_faults_sources"),
    *("test_faults_disk", "test_schedules", "test_clusters"),
    *("test_train_value_command", "test_published_memberships", "test_golden_record"),
    *("test_identity_properties", "test_engagement", "test_input_contract"),
    *("test_configuration", "test_train_identity", "test_value_sql"),
    *("test_diff_rules_seeds", "test_diff_rules", "test_what_if"),
    "test_platform_rules",
)


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder that the workers of this run share, before they start."""
    if not hasattr(config, "workerinput"):
        folder = tempfile.TemporaryDirectory(prefix="segmentation_tests_")
        os.environ[shared_folder.VARIABLE] = folder.name
        config.add_cleanup(folder.cleanup)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first, whole."""

    def place(item: pytest.Item) -> int:
        name = item.path.stem
        return LONGEST.index(name) if name in LONGEST else len(LONGEST)

    items.sort(key=place)


@pytest.fixture(scope="session", autouse=True)
def _clean_environment() -> Iterator[None]:
    """Hide the developer's own dbt and project settings from every test."""
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.startswith(LEAKING_PREFIXES) and not name.startswith(KEPT_PREFIX):
                patch.delenv(name)
        patch.setenv("DBT_SEND_ANONYMOUS_USAGE_STATS", "0")
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[dict[str, str]]:
    """Yield the connection to a private PostgreSQL 15, as environment variables.

    Without one installed the tests skip, or fail if SEGMENTATION_REQUIRE_POSTGRES=1.
    """
    try:
        binaries = find_binaries()
    except ServerMissingError as missing:
        if os.environ.get("SEGMENTATION_REQUIRE_POSTGRES") == "1":
            pytest.fail(str(missing))
        pytest.skip(str(missing))
    with running_server(binaries) as connection:
        yield connection


@pytest.fixture(scope="session")
def shop_project_dir() -> Path:
    """Return a copy of the shop's dbt project with the package installed (shop.py)."""
    return made_once("shop", install_shop) / "project"


def install_shop(parent: Path) -> None:
    folder = parent / "project"
    shutil.copytree(Path(__file__).parent / "shop_project", folder)
    (folder / "packages.yml").write_text(f"packages: [{{local: {REPOSITORY}}}]")
    command = ["deps", "--project-dir", str(folder), "--profiles-dir", str(folder)]
    outcome = dbtRunner().invoke([*command, "--log-path", str(folder), "--quiet"])
    assert outcome.success, outcome.exception


@pytest.fixture(scope="session")
def shop_release(shop_project_dir: Path) -> Path:
    """Return a folder with the shop's first release, to be copied: shop.duckdb."""

    def release(folder: Path) -> None:
        project = shop_project(shop_project_dir, folder / "shop.duckdb", company())
        result = project.build(*NO_UNIT_TESTS)
        assert result.exit_code == 0, result.log
        assert "released: " in result.log

    return made_once("shop_release", release)


@pytest.fixture
def released_shop(
    shop_project_dir: Path, shop_release: Path, tmp_path: Path
) -> DbtProject:
    """Return the shop as its first release left it, in a warehouse of its own."""
    for file in shop_release.glob("*.duckdb"):
        shutil.copy(file, tmp_path)
    return shop_project(shop_project_dir, tmp_path / "shop.duckdb")


@pytest.fixture(scope="session")
def complete_journey(tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    """Return the demo data, built on DuckDB once; who changes them takes a copy."""
    return built_journey(tmp_path_factory.mktemp("complete_journey"))
