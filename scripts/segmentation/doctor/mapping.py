"""Reads which columns a staging model maps from its code, without running it."""

from functools import cache

import jinja2
from jinja2 import nodes

MAP_ENTITY = "map_entity"
MAPPING_POSITION = 2


def mapped_columns(code: str, entity: str) -> frozenset[str] | None:
    """Return the columns that the model's `map_entity` names for the entity.

    Args:
        code: Code of a staging model, with its Jinja.
        entity: Entity that it delivers.

    Returns:
        Names of the columns, or null when the code does not tell: it maps by hand,
        builds the mapping elsewhere or uses Jinja of a kind that dbt alone knows.
    """
    try:
        tree = _jinja().parse(code)
    except jinja2.TemplateError:
        return None
    for call in tree.find_all(nodes.Call):
        if _name(call.node) == MAP_ENTITY and _constant(call.args[:1]) == entity:
            return _keys(call)
    return None


def _keys(call: nodes.Call) -> frozenset[str] | None:
    named = {keyword.key: keyword.value for keyword in call.kwargs}
    mapping = named.get("mapping")
    if mapping is None and len(call.args) > MAPPING_POSITION:
        mapping = call.args[MAPPING_POSITION]
    if not isinstance(mapping, nodes.Dict):
        return None
    keys = [_constant([pair.key]) for pair in mapping.items]
    return frozenset(key for key in keys if key is not None)


def _name(node: nodes.Node) -> str:
    """Return the last part of `segmentation.map_entity` or `map_entity`."""
    if isinstance(node, nodes.Getattr):
        return node.attr
    return node.name if isinstance(node, nodes.Name) else ""


def _constant(found: list[nodes.Expr]) -> str | None:
    if found and isinstance(found[0], nodes.Const) and isinstance(found[0].value, str):
        return found[0].value
    return None


@cache
def _jinja() -> jinja2.Environment:
    # Parsed only, never rendered.
    return jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=True)
