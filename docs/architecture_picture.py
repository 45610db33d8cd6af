"""Draws how data flows through the layers, from the manifest of `dbt parse`.

python docs/architecture_picture.py          # writes it into docs/architecture.md
python docs/architecture_picture.py --check  # exits with 1 where the page differs
"""

import argparse
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent
PAGE = DOCS / "architecture.md"
MANIFEST = DOCS.parent / "target" / "manifest.json"
BLOCK = re.compile(r"(?<=<!-- picture -->\n).*?(?=<!-- /picture -->)", re.DOTALL)
LAYERS = (
    *("staging", "input", "identity", "features", "contact"),
    *("segments", "activation", "measurement"),
)
# Who opens what is served, by `meta.serving`, and what builds record for good.
PLACES = {
    "serving": "[(serving.duckdb)]",
    "activation": "[(activation.duckdb)]",
    "recorded": "[(ledger)]",
}
READERS = {
    "serving": "bi([BI tools, report.html])",
    "activation": "tools([e-mail, website, CRM, ads])",
}


def main() -> None:
    """Write the picture into the page, or say that the page has another one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    drawn = picture(json.loads(MANIFEST.read_text(encoding="utf-8")))
    page = PAGE.read_text(encoding="utf-8")
    renewed, found = BLOCK.subn(lambda _: drawn, page)
    if found != 1:
        sys.exit(f"Found {found} places for the picture in {PAGE.name}, expected 1")
    if options.check and renewed != page:
        sys.exit(f"Found another flow of layers than {PAGE.name} shows: make picture")
    if not options.check:
        PAGE.write_text(renewed, encoding="utf-8")


def picture(manifest: Mapping[str, Any]) -> str:
    """Return the flow as a Mermaid chart.

    Args:
        manifest: The project's, as `dbt parse` writes it.

    Returns:
        One arrow from each layer to the next that reads it; what is also read by a way
        round has none of its own.
    """
    layers = {
        name: node["path"].split("/", maxsplit=1)[0]
        for name, node in manifest["nodes"].items()
        if node["resource_type"] == "model"
    }
    reads = defaultdict(set)
    places = set()
    for name, layer in layers.items():
        node = manifest["nodes"][name]
        for parent in node["depends_on"]["nodes"]:
            if layers.get(parent, layer) != layer:
                reads[layers[parent]].add(layer)
        meta = node["config"]["meta"]
        if "serving" in meta:
            places.add((layer, meta["serving"]))
        if meta.get("recorded"):
            places.add((layer, "recorded"))
    lines = ["```mermaid", "flowchart LR", "    raw[(raw tables)] --> staging"]
    lines += [f"    {one} --> {other}" for one, other in _nearest(reads)]
    shown = set()
    for layer, place in sorted(places, key=lambda it: (LAYERS.index(it[0]), it[1])):
        text = f"{place}_file{PLACES[place]}" if place not in shown else f"{place}_file"
        lines.append(f"    {layer} -.-> {text}")
        shown.add(place)
    lines += [f"    {place}_file --> {reader}" for place, reader in READERS.items()]
    return "\n".join([*lines, "```", ""])


def _nearest(reads: Mapping[str, Iterable[str]]) -> list[tuple[str, str]]:
    """Leave out arrows that longer ways stand for."""

    def reached(layer: str) -> set[str]:
        below = set(reads.get(layer, ()))
        return below.union(*(reached(each) for each in below))

    return [
        (layer, other)
        for layer in LAYERS
        for other in LAYERS
        if other in reads.get(layer, ())
        and not any(other in reached(way) for way in reads[layer] if way != other)
    ]


if __name__ == "__main__":
    main()
