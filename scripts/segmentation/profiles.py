"""Read the profile that dbt would use, without importing dbt (over a second)."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import yaml

from segmentation.errors import (
    ProfileMissingError,
    ProfileUnreadableError,
    ProjectMissingError,
)

# dbt keeps a rendered value as text unless its expression ends in one of these.
_CONVERSION = re.compile(r"\|\s*as_(?:number|bool|native)\s*-?\}\}\s*$")
_MISSING = object()


@dataclass(frozen=True)
class Profile:
    """One target of a dbt profile, its values rendered.

    Attributes:
        project_dir: Folder of the dbt project; relative paths start here, as in dbt.
        name: Name of the profile.
        target: Name of the target.
        output: The target's values: type, path or host, schema, settings.
        profiles_dir: Folder of the profiles.yml that it comes from.
    """

    project_dir: Path
    name: str
    target: str
    output: Mapping[str, Any]
    profiles_dir: Path

    @property
    def adapter(self) -> str:
        """Type of the target: duckdb, postgres or any other that dbt knows."""
        return str(self.output.get("type", ""))

    def plugin_config(self, module: str) -> Mapping[str, Any]:
        """Return the config of a dbt-duckdb plugin; empty when it has none."""
        for plugin in self.output.get("plugins") or []:
            if plugin.get("module") == module:
                return plugin.get("config") or {}
        return {}


def load_profile(
    project_dir: Path | None = None,
    profiles_dir: Path | None = None,
    target: str | None = None,
) -> Profile:
    """Return the target that dbt would use with these options.

    Each option falls back to dbt's environment variable. A project is looked for from
    the working folder upwards; profiles.yml in the working folder, in the project and
    in ~/.dbt.

    Raises:
        ProjectMissingError: no dbt_project.yml.
        ProfileMissingError: no profiles.yml, profile or target of that name.
        ProfileUnreadableError: bad YAML, or an environment variable is not set.
    """
    folder = _project_dir(project_dir)
    project_file = folder / "dbt_project.yml"
    name = str(_render(_read(project_file).get("profile"), str(project_file)))
    file = _profiles_file(profiles_dir, folder)
    profiles = _read(file)
    if not isinstance(profiles.get(name), Mapping):
        raise ProfileMissingError(f"the profile '{name}'", str(file), profiles)
    where = f"profile '{name}' of {file}"
    profile = profiles[name]
    given = target or os.environ.get("DBT_TARGET")
    chosen = given or str(_render(profile.get("target", "default"), where))
    outputs = profile.get("outputs") or {}
    if chosen not in outputs:
        raise ProfileMissingError(f"the target '{chosen}'", where, outputs)
    # The values of other targets may need variables that are not set here.
    output = {key: _render(value, where) for key, value in outputs[chosen].items()}
    return Profile(folder, name, chosen, output, file.parent.resolve())


def _project_dir(given: Path | None) -> Path:
    if given is None and "DBT_PROJECT_DIR" in os.environ:
        given = Path(os.environ["DBT_PROJECT_DIR"])
    start = (given or Path.cwd()).resolve()
    candidates = [start] if given is not None else [start, *start.parents]
    for folder in candidates:
        if (folder / "dbt_project.yml").is_file():
            return folder
    raise ProjectMissingError(start)


def _profiles_file(given: Path | None, project_dir: Path) -> Path:
    if given is None and "DBT_PROFILES_DIR" in os.environ:
        given = Path(os.environ["DBT_PROFILES_DIR"])
    defaults = [Path.cwd(), project_dir, Path.home() / ".dbt"]
    folders = [given] if given is not None else defaults
    for folder in folders:
        if (folder / "profiles.yml").is_file():
            return folder / "profiles.yml"
    looked = ", ".join(str(folder) for folder in dict.fromkeys(folders))
    raise ProfileMissingError("profiles.yml", looked, [])


def _read(file: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ProfileUnreadableError(str(file), str(error)) from error
    if not isinstance(content, dict):
        raise ProfileUnreadableError(str(file), "it holds no names with values")
    return content


def _render(value: object, where: str) -> object:
    """Render the Jinja of every text in the value, as dbt does for a profile."""
    if isinstance(value, Mapping):
        return {key: _render(item, where) for key, item in value.items()}
    if isinstance(value, list):
        return [_render(item, where) for item in value]
    if not isinstance(value, str) or "{" not in value:
        return value
    try:
        text = _JINJA.from_string(value).render()
    except (jinja2.TemplateError, LookupError) as error:
        raise ProfileUnreadableError(where, f"{value}: {error}") from error
    return yaml.safe_load(text) if _CONVERSION.search(value) else text


def _env_var(name: str, default: object = _MISSING) -> object:
    if name in os.environ:
        return os.environ[name]
    if default is _MISSING:
        raise LookupError(f"the environment variable {name} is not set")
    return default


def _var(name: str, default: object = _MISSING) -> object:
    if default is _MISSING:
        raise LookupError(f"the variable {name} has no default")
    return default


def _same(value: object) -> object:
    return value


def _jinja() -> jinja2.Environment:
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)
    environment.globals.update(env_var=_env_var, var=_var)
    for kind in ("number", "bool", "native", "text"):
        environment.filters[f"as_{kind}"] = _same
    return environment


_JINJA = _jinja()
