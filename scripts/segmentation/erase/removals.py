"""Files with which platforms are told whom to remove, until they were told."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from segmentation.erase.receipt import Removal
from segmentation.export.cells import line
from segmentation.export.platform_files import PLATFORM_FILES
from segmentation.release.files import replace_text

FOLDER = "removals"


def write_removals(
    folder: Path, removals: Sequence[tuple[str, str, str]]
) -> list[Removal]:
    """Write a file for each audience and platform, as `segment export --changes` does.

    Args:
        folder: Folder of the erasure.
        removals: Audience, platform and hash.
    """
    remove_removals(folder)
    hashes: dict[tuple[str, str], list[str]] = {}
    for audience, platform, member_hash in removals:
        hashes.setdefault((audience, platform), []).append(member_hash)
    if hashes:
        (folder / FOLDER).mkdir(mode=0o700)
    return [_write(folder, *key, held) for key, held in sorted(hashes.items())]


def remove_removals(folder: Path) -> None:
    """Remove the files: they hold hashes of addresses."""
    shutil.rmtree(folder / FOLDER, ignore_errors=True)


def _write(folder: Path, audience: str, platform: str, hashes: list[str]) -> Removal:
    file = PLATFORM_FILES.get(platform)
    columns = list(file.identifiers.values()) if file else ["member_hash"]
    header = [line(columns)] if file is None or file.has_header else []
    name = f"{FOLDER}/{audience}_{platform}.csv"
    # As in changes, no column knows whether it was an address or a number.
    rows = [line([each] * len(columns)) for each in hashes]
    replace_text(folder / name, "".join([*header, *rows]))
    return Removal(audience, platform, len(hashes), name)
