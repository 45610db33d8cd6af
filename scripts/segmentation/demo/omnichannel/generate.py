"""Write the company as Parquet files: one folder per table, one file per chunk."""

import math
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from segmentation.demo.errors import FolderInUseError
from segmentation.demo.omnichannel import truth
from segmentation.demo.omnichannel.catalogue import draw_products
from segmentation.demo.omnichannel.chunk import CHUNK_PERSONS, draw_chunk, random_for
from segmentation.demo.omnichannel.frames import Frame, Random
from segmentation.demo.omnichannel.shapes import open_shaper, register
from segmentation.demo.omnichannel.systems import (
    crm,
    helpdesk,
    mailing,
    product,
    shop,
    social,
    survey,
    till,
    web,
)
from segmentation.demo.omnichannel.tables import RAW, TRUTH
from segmentation.demo.omnichannel.world import Company
from segmentation.demo.raw_data import RawData, RawTable

RAW_SCHEMA, TRUTH_SCHEMA = "raw_omnichannel", "truth"
RELEASE = "segmentation"
# Rows of all tables together, for each customer; for the progress bar only.
ROWS_PER_CUSTOMER = 113

Advance = Callable[[str, float], None]
Shapes = tuple[tuple[str, str], ...]
Counts = dict[str, int]


def expected_rows(company: Company) -> int:
    """Return about how many rows there will be."""
    return company.customers * ROWS_PER_CUSTOMER


def generate(
    company: Company, folder: Path, advance: Advance
) -> tuple[RawData, RawData]:
    """Write the raw tables of the company, and apart from them what is true of it.

    Equal companies give equal bytes, on any number of processors.

    Args:
        company: What to generate.
        folder: Folder that exists; `raw_omnichannel` and `truth` appear in it.
        advance: Called with the name of a step and the number of rows just written.

    Returns:
        The raw tables and the true ones, ready to load.

    Raises:
        FolderInUseError: The folder holds a company already.
    """
    for schema in (RAW_SCHEMA, TRUTH_SCHEMA):
        if (folder / schema).exists():
            raise FolderInUseError(folder / schema)
    for schema, tables in ((RAW_SCHEMA, RAW), (TRUTH_SCHEMA, TRUTH)):
        for table in tables:
            (folder / schema / table).mkdir(parents=True)
    totals = dict.fromkeys([*RAW, *TRUTH], 0)
    chunks = math.ceil(company.customers / CHUNK_PERSONS)
    for done, counts in enumerate(_written(company, folder, chunks)):
        for table, count in counts.items():
            totals[table] += count
        advance(f"part {done} of {chunks}", sum(counts.values()))
    raw = tuple(RawTable(name, RAW[name], totals[name], f"{name}/*") for name in RAW)
    true = tuple(
        RawTable(name, TRUTH[name], totals[name], f"{name}/*") for name in TRUTH
    )
    return (
        RawData(RAW_SCHEMA, folder / RAW_SCHEMA, raw, RELEASE),
        RawData(TRUTH_SCHEMA, folder / TRUTH_SCHEMA, true, RELEASE),
    )


def _written(company: Company, folder: Path, chunks: int) -> Iterator[Counts]:
    yield _write_common(company, folder)
    workers = min(chunks, os.cpu_count() or 1)
    if workers == 1:
        for number in range(chunks):
            yield _write_chunk(company, folder, number)
        return
    # A forked copy of a process with DuckDB's threads may hang.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        futures = [
            pool.submit(_write_chunk, company, folder, number)
            for number in range(chunks)
        ]
        for future in as_completed(futures):
            yield future.result()


def _write_common(company: Company, folder: Path) -> Counts:
    """Write what belongs to no person: articles, mailings, ad costs, settings."""
    rng = random_for(company, 0, 5)
    frames = {
        "products": draw_products(rng),
        "campaigns": mailing.common_frame(company.customers),
        "costs": web.common_frame(company, random_for(company, 0, 6)),
        **truth.common_frames(company),
    }
    shapes = (
        shop.COMMON_SHAPE,
        mailing.COMMON_SHAPE,
        web.COMMON_SHAPE,
        *truth.COMMON_SHAPES,
    )
    return _write(folder, "common", frames, shapes)


def _write_chunk(company: Company, folder: Path, number: int) -> Counts:
    chunk = draw_chunk(company, number)
    total: Counts = {}

    def write(name: str, frames: dict[str, Frame], shapes: Shapes) -> None:
        file = f"{number:05d}-{name}"
        for table, count in _write(folder, file, frames, shapes).items():
            total[table] = total.get(table, 0) + count

    def random(topic: int) -> Random:
        return random_for(company, number, topic)

    mailed = mailing.frames(chunk, random(10))
    write("mailing", mailed, mailing.SHAPES)
    visited = web.frames(chunk, mailed.pop("clicks"), random(11))
    write("web", visited, web.SHAPES)
    for topic, system in enumerate(
        (shop, till, crm, product, helpdesk, social, survey)
    ):
        name = system.__name__.rsplit(".", 1)[1]
        write(name, system.frames(chunk, random(20 + topic)), system.SHAPES)
    write("truth", truth.frames(chunk), truth.SHAPES)
    return total


def _write(folder: Path, file: str, frames: dict[str, Frame], shapes: Shapes) -> Counts:
    """Shape frames into tables and write each as a file; return rows by table."""
    counts: Counts = {}
    with open_shaper() as connection:
        register(connection, frames)
        for table, sql in shapes:
            schema, columns = (
                (RAW_SCHEMA, RAW[table])
                if table in RAW
                else (TRUTH_SCHEMA, TRUTH[table])
            )
            typed = ", ".join(
                f'cast("{name}" as {kind}) as "{name}"'
                for name, kind in columns.items()
            )
            path = str(folder / schema / table / f"{file}.parquet").replace("'", "''")
            (count,) = connection.execute(
                f"copy (select {typed} from ({sql})) to '{path}' "
                "(format parquet, compression zstd)"
            ).fetchall()[0]
            counts[table] = counts.get(table, 0) + count
    return counts
