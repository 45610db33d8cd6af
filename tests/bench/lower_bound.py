"""Run the hand-written script on the raw tables of a company, and print its costs.

python tests/bench/lower_bound.py raw.duckdb --as-of 2025-12-16 --to segments.duckdb
"""

import argparse
import json
import time
from datetime import date
from pathlib import Path

import duckdb
from jinja2 import Environment

# Whatever else is imported would count as the script's.
SCRIPT = Path(__file__).with_suffix(".sql.jinja")
SEEDS = Path(__file__).resolve().parents[2] / "seeds"
SCHEMA = "raw_omnichannel"


def run(warehouse: Path, as_of: date, memory: str, segments: Path) -> dict[str, float]:
    """Write the table `segments` to a file of its own.

    Args:
        warehouse: DuckDB file with the raw tables; it is not changed.
        as_of: Date of the features.
        memory: Limit of the engine, such as 2GB.
        segments: File to write, which must not be there.

    Returns:
        CPU seconds of each step, by its name.
    """
    # Its path names the script's repeated columns, no data.
    script = Environment(autoescape=False).from_string(SCRIPT.read_text()).render()
    seconds: dict[str, float] = {}
    with duckdb.connect(str(segments)) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute("set preserve_insertion_order = false")
        connection.execute(f"set memory_limit = '{memory}'")
        connection.execute(f"attach '{warehouse}' as company (read_only)")
        connection.execute(f"set variable as_of = date '{as_of}'")
        connection.execute(f"set variable seeds = '{SEEDS}'")
        script = script.replace(f"{SCHEMA}.", f"company.{SCHEMA}.")
        for step in script.split("-- step: ")[1:]:
            name, statements = step.split("\n", maxsplit=1)
            before = time.process_time()
            connection.execute(statements)
            seconds[name] = time.process_time() - before
    return seconds


def main() -> None:
    """Print the seconds of each step as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("warehouse", type=Path)
    parser.add_argument("--as-of", type=date.fromisoformat, required=True)
    parser.add_argument("--memory", default="2GB")
    parser.add_argument("--to", type=Path, required=True)
    options = parser.parse_args()
    options.to.unlink(missing_ok=True)
    seconds = run(options.warehouse, options.as_of, options.memory, options.to)
    print(json.dumps(seconds))


if __name__ == "__main__":
    main()
