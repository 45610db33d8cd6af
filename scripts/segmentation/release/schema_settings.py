"""Where PostgreSQL serves: one schema per role, and the database roles that read it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from segmentation.release.decision import RELEASES
from segmentation.release.served import ROLES
from segmentation.release.settings import NoPlaceToPublishError

SCHEMAS_VARIABLE = "segmentation_served_schemas"
READERS_VARIABLE = "segmentation_readers"
NEXT_SUFFIX = "_next"
KEPT_SUFFIX = "_kept_"
# Names that BI can type without quotes; with a suffix and a number at most 63 bytes.
_NAME = re.compile(r"^(?!pg_)[a-z_][a-z0-9_]{0,49}$")


class ReadersUnclearError(NoPlaceToPublishError):
    """The setting of who may read cannot be followed."""


@dataclass(frozen=True)
class ServedSchema:
    """A schema that publishing owns.

    Attributes:
        name: Its name in the database.
        readers: Database roles that may read it.
    """

    name: str
    readers: tuple[str, ...] = ()

    @property
    def next_name(self) -> str:
        """Schema in which the next version is written."""
        return self.name + NEXT_SUFFIX

    def kept_name(self, number: int) -> str:
        """Schema in which an earlier version is kept."""
        return f"{self.name}{KEPT_SUFFIX}{number}"


@dataclass(frozen=True)
class SchemaSettings:
    """The two variables of dbt about serving, as the run was given them.

    Attributes:
        schemas: Value of `segmentation_served_schemas`.
        readers: Value of `segmentation_readers`.
    """

    schemas: Any = field(default_factory=dict)
    readers: Any = field(default_factory=dict)

    @classmethod
    def from_manifest(cls, manifest: Mapping[str, Any]) -> "SchemaSettings":
        """Read what the model of the ledger keeps of the run's variables."""
        for node in manifest["nodes"].values():
            if node["resource_type"] == "model" and node["name"] == RELEASES:
                return cls.from_meta(node["config"].get("meta") or {})
        return cls()

    @classmethod
    def from_meta(cls, meta: Mapping[str, Any]) -> "SchemaSettings":
        """Read the `meta` of that model."""
        return cls(meta.get("served_schemas"), meta.get("readers"))

    def served(self) -> dict[str, ServedSchema]:
        """Return the schema of each role.

        Raises:
            NoPlaceToPublishError: A schema is missing or cannot be served.
            ReadersUnclearError: The readers are not one list per role.
        """
        given = self.schemas if isinstance(self.schemas, Mapping) else {}
        names = {role: given.get(role) for role in ROLES}
        for role, name in names.items():
            if not isinstance(name, str) or not _NAME.match(name):
                raise NoPlaceToPublishError(
                    f"not released: {SCHEMAS_VARIABLE} is {self.schemas!r}, expected "
                    f"a schema for {role}: at most 50 small letters, digits and "
                    f"underscores. Set it in dbt_project.yml, such as "
                    f"{SCHEMAS_VARIABLE}: {{serving: serving, activation: activation}}"
                    ", and run `dbt build` again"
                )
        readers = self._readers()
        served = {
            role: ServedSchema(str(name), readers[role]) for role, name in names.items()
        }
        used = [n for each in served.values() for n in (each.name, each.next_name)]
        if len(set(used)) < len(used):
            raise NoPlaceToPublishError(
                f"not released: {SCHEMAS_VARIABLE} needs the schemas "
                f"{', '.join(used)}, expected four different ones. Change one of the "
                "two names"
            )
        return served

    def _readers(self) -> dict[str, tuple[str, ...]]:
        given = {} if self.readers is None else self.readers
        lists = given.values() if isinstance(given, Mapping) else [given]
        if not set(given).issubset(ROLES) or not all(map(_is_list_of_names, lists)):
            raise ReadersUnclearError(
                f"not released: {READERS_VARIABLE} is {self.readers!r}, expected lists "
                "of database roles under serving and activation. Correct it in "
                f"dbt_project.yml, such as {READERS_VARIABLE}: {{serving: [bi], "
                "activation: [exports]}, and run `dbt build` again"
            )
        return {role: tuple(given.get(role) or ()) for role in ROLES}


def _is_list_of_names(value: object) -> bool:
    return value is None or (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and all(isinstance(name, str) and name for name in value)
    )
