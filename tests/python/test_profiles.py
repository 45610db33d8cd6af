"""The profile that `segment` reads is the one that dbt reads."""

from argparse import Namespace
from pathlib import Path

import pytest
from dbt.config.profile import read_profile
from dbt.config.renderer import ProfileRenderer
from dbt.flags import set_from_args
from dbt_common.context import set_invocation_context

from dbt_project import REPOSITORY
from segmentation.errors import (
    ProfileMissingError,
    ProfileUnreadableError,
    ProjectMissingError,
)
from segmentation.profiles import load_profile

PROFILES = """
shop:
  target: "{{ env_var('SHOP_TARGET', 'file') }}"
  outputs:
    file:
      type: duckdb
      path: "{{ env_var('SHOP_FOLDER') }}/shop.duckdb"
      threads: "{{ env_var('SHOP_THREADS', '3') | as_number }}"
      extensions: [icu, "{{ var('extension', 'json') }}"]
      settings: {memory_limit: "{{ env_var('SHOP_MEMORY', '2GB') }}"}
    server:
      type: postgres
      host: "{{ env_var('SHOP_HOST') }}"
      port: "{{ env_var('SHOP_PORT', '5432') | as_number }}"
      password: "{{ env_var('SHOP_PASSWORD', '007') }}"
      keepalive: "{{ env_var('SHOP_KEEPALIVE', 'True') | as_bool }}"
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a project with a profile of two targets, and work there."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dbt_project.yml").write_text("name: shop\nprofile: shop\n")
    (tmp_path / "profiles.yml").write_text(PROFILES)
    return tmp_path


@pytest.mark.parametrize("target", ["file", "server"])
def test_values_are_those_that_dbt_renders(
    shop: Path, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = {"SHOP_FOLDER": "data", "SHOP_HOST": "db.example.org"}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    set_from_args(Namespace(PROFILES_DIR=str(shop)), None)
    set_invocation_context(environment)
    raw = read_profile(str(shop))["shop"]["outputs"][target]

    profile = load_profile(shop, target=target)

    assert profile.output == ProfileRenderer({}).render_data(raw)


def test_the_projects_own_profile_loads_without_any_setting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(REPOSITORY)
    profile = load_profile(REPOSITORY)

    assert (profile.name, profile.target) == ("segmentation", "duckdb")
    assert profile.output["path"] == "warehouse.duckdb"
    assert load_profile(REPOSITORY, target="postgres").output["port"] == 5432


def test_target_comes_from_the_option_then_dbt_target_then_the_profile(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_FOLDER", "data")
    monkeypatch.setenv("SHOP_HOST", "db.example.org")
    assert load_profile(shop).target == "file"
    monkeypatch.setenv("SHOP_TARGET", "server")
    assert load_profile(shop).target == "server"
    monkeypatch.setenv("DBT_TARGET", "file")
    assert load_profile(shop).target == "file"
    assert load_profile(shop, target="server").target == "server"


def test_project_is_found_from_a_folder_inside_it(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_FOLDER", "data")
    (shop / "models" / "staging").mkdir(parents=True)
    monkeypatch.chdir(shop / "models" / "staging")

    assert load_profile().project_dir == shop.resolve()


def test_profile_is_found_in_the_home_folder(
    shop: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = tmp_path_factory.mktemp("home")
    (home / ".dbt").mkdir()
    (shop / "profiles.yml").rename(home / ".dbt" / "profiles.yml")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("SHOP_FOLDER", "data")

    assert load_profile().output["path"] == "data/shop.duckdb"


def test_missing_variable_is_named_only_when_its_target_is_used(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ProfileUnreadableError, match="SHOP_FOLDER is not set"):
        load_profile(shop)
    monkeypatch.setenv("SHOP_FOLDER", "data")
    assert load_profile(shop).target == "file"


def test_unknown_target_lists_the_known_ones(shop: Path) -> None:
    with pytest.raises(ProfileMissingError, match=r"Found file, server .*'spark'"):
        load_profile(shop, target="spark")


def test_folder_without_a_project_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProjectMissingError, match=r"no dbt_project\.yml"):
        load_profile(tmp_path)


def test_broken_yaml_names_the_file(shop: Path) -> None:
    (shop / "profiles.yml").write_text("shop: [")
    with pytest.raises(ProfileUnreadableError, match=r"profiles\.yml cannot be read"):
        load_profile(shop)
