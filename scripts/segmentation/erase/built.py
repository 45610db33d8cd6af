"""What dbt built, as its manifest tells: tables, entities of input, raw sources."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from segmentation.erase.errors import NotBuiltError
from segmentation.fingerprint import quoted
from segmentation.warehouse_tables import Query

PACKAGE = "segmentation"
_TABLES = frozenset({"model", "seed"})
RECORD = ("source_system", "source_customer_id")


@dataclass(frozen=True)
class Entity:
    """An entity of input whose rows are about a record of a source.

    Attributes:
        name: Such as orders.
        relation: Quoted table with every delivered row.
        personal: Columns that say who somebody is or where they are reached.
        key: Columns of texts that tell its rows apart, beside the source.
        staging: Quoted view of each source's rows, by source.
        raw: Raw tables that each view reads, by source.
    """

    name: str
    relation: str
    personal: tuple[str, ...]
    key: tuple[str, ...]
    staging: Mapping[str, str]
    raw: Mapping[str, tuple[str, ...]]

    @property
    def has_orders(self) -> bool:
        """Whether its rows are orders or parts of them."""
        return "order_id" in self.key


class Built:
    """The graph of the last build.

    Args:
        manifest: dbt's manifest.
        query: Reads the warehouse that was built.
    """

    def __init__(self, manifest: Mapping[str, Any], query: Query) -> None:
        self._nodes: Mapping[str, Any] = manifest["nodes"]
        self._sources: Mapping[str, Any] = manifest["sources"]
        self._query = query

    def relation(self, model: str) -> str:
        """Quoted name of what a model of the package built.

        Raises:
            NotBuiltError: There is no such table.
        """
        node = self._named.get(model)
        if node is None or not self._exists(node):
            raise NotBuiltError(model)
        return _name(node)

    def has(self, model: str) -> bool:
        """Whether the table of a model is there."""
        node = self._named.get(model)
        return node is not None and self._exists(node)

    @cached_property
    def entities(self) -> list[Entity]:
        """Entities of input that are about records."""
        found = []
        for unique_id, node in self._nodes.items():
            entity = node["name"].removeprefix("input__")
            if unique_id != f"model.{PACKAGE}.input__{entity}":
                continue
            if RECORD[1] in node["columns"] and self.has(f"int_input__{entity}"):
                found.append(self._entity(entity, node))
        return sorted(found, key=lambda each: each.name)

    @cached_property
    def schemas(self) -> list[str]:
        """Schemas that models and seeds are built in, and those of stored failures."""
        named = {
            node["schema"]
            for node in self._nodes.values()
            if node["resource_type"] in {"model", "seed", "snapshot"}
        }
        return sorted({*named, *(f"{name}_dbt_test__audit" for name in named)})

    @cached_property
    def raw_schemas(self) -> list[str]:
        """Schemas of raw tables, which are the company's own."""
        return sorted({source["schema"] for source in self._sources.values()})

    @cached_property
    def parameter_seeds(self) -> dict[str, str]:
        """Seeds of trained parameters, by name with their quoted tables."""
        return {
            node["name"]: _name(node)
            for node in self._nodes.values()
            if node["resource_type"] == "seed"
            and "trained_through" in node["columns"]
            and self._exists(node)
        }

    def _entity(self, entity: str, node: Mapping[str, Any]) -> Entity:
        columns = node["columns"]
        staging, raw = {}, {}
        own = self._named[f"int_input__{entity}"]
        for parent in own["depends_on"]["nodes"]:
            view = self._nodes.get(parent)
            if view is None or not view["name"].startswith("stg_"):
                continue
            source_system = view["name"].removeprefix("stg_").split("__")[0]
            staging[source_system] = _name(view)
            raw[source_system] = tuple(
                f"{self._sources[each]['schema']}.{self._sources[each]['identifier']}"
                for each in view["depends_on"]["nodes"]
                if each in self._sources
            )
        return Entity(
            entity,
            _name(own),
            tuple(
                name
                for name, column in columns.items()
                if (column["config"].get("meta") or {}).get("pii")
            ),
            tuple(
                name
                for name in node["config"]["meta"]["key"]
                if name != RECORD[0] and columns[name]["data_type"] == "string"
            ),
            staging,
            raw,
        )

    def _exists(self, node: Mapping[str, Any]) -> bool:
        return (node["schema"], node["alias"]) in self._found

    @cached_property
    def _named(self) -> dict[str, Mapping[str, Any]]:
        """Models and seeds by name, those of the package before an adopter's own."""
        made = [n for n in self._nodes.values() if n["resource_type"] in _TABLES]
        ours = [node for node in made if node["package_name"] == PACKAGE]
        return {node["name"]: node for node in [*made, *ours]}

    @cached_property
    def _found(self) -> set[tuple[str, str]]:
        return {
            (str(schema), str(name))
            for schema, name in self._query(
                "select table_schema, table_name from information_schema.tables "
                "where table_catalog = current_database()"
            )
        }


def _name(node: Mapping[str, Any]) -> str:
    return quoted(node["schema"], node["alias"])
