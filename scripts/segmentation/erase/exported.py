"""Takes people out of folders that exports and exports of the ledger wrote."""

import csv
import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from segmentation.erase.files import Rewritten
from segmentation.erase.residue import BETWEEN
from segmentation.export.cells import line
from segmentation.export.errors import NoExportError
from segmentation.export.folder import exports_in
from segmentation.export.manifest import MANIFEST, Manifest, read_manifest
from segmentation.ledger.export import export_ledger
from segmentation.profiles import Profile
from segmentation.release.files import flush, replace_text

_NEXT = ".erased"
_BETWEEN = re.compile(BETWEEN)


def clean_exports(parents: Iterable[Path], values: frozenset[str]) -> list[Rewritten]:
    """Remove rows that hold a value from every export in some folders.

    The manifest of each says what is left. What is no whole export is left to the scan.

    Args:
        parents: Folders that exports were written into.
        values: Hashes, ids and addresses.
    """
    found = []
    for parent in parents:
        if not parent.is_dir():
            continue
        with exports_in(parent):
            for folder in sorted(each for each in parent.iterdir() if each.is_dir()):
                found += _clean(folder, values)
    return found


def export_ledgers_anew(profile: Profile, folders: Iterable[Path]) -> list[str]:
    """Write exports of the ledger anew: they are no beginning of it any more."""
    written = []
    for folder in folders:
        if folder.is_dir():
            next_folder = folder.with_name(f"{folder.name}{_NEXT}")
            shutil.rmtree(next_folder, ignore_errors=True)
            export_ledger(profile, next_folder)
            shutil.rmtree(folder)
            next_folder.rename(folder)
        else:
            export_ledger(profile, folder)
        flush(folder.parent)
        written.append(str(folder))
    return written


def _clean(folder: Path, values: frozenset[str]) -> list[Rewritten]:
    _end_what_was_begun(folder)
    try:
        manifest = read_manifest(folder)
    except NoExportError:
        return []
    found, files = [], []
    for file in manifest.files:
        path = folder / file.name
        if not path.is_file():
            files.append(file)
            continue
        before = path.stat().st_size
        text, removed = _without(path, values)
        if removed:
            replace_text(path.with_name(f"{path.name}{_NEXT}"), text)
            found.append(
                Rewritten(
                    f"{folder.name}/{file.name}", before, len(text.encode()), removed
                )
            )
        left = sha256(text.encode()).hexdigest() if removed else file.sha256
        files.append(replace(file, rows=file.rows - removed, sha256=left))
    if found:
        _write(folder, replace(manifest, files=tuple(files)))
    return found


def _write(folder: Path, manifest: Manifest) -> None:
    """Put new files in place; once their manifest is there a rerun can end it."""
    replace_text(folder / f"{MANIFEST}{_NEXT}", manifest.text())
    _end_what_was_begun(folder)


def _end_what_was_begun(folder: Path) -> None:
    intended = folder / f"{MANIFEST}{_NEXT}"
    for path in sorted(folder.glob(f"*{_NEXT}")):
        if path == intended:
            continue
        if intended.exists():
            path.replace(path.with_name(path.name.removesuffix(_NEXT)))
        else:
            path.unlink()
    if intended.exists():
        intended.replace(folder / MANIFEST)
    flush(folder)


def _without(path: Path, values: frozenset[str]) -> tuple[str, int]:
    """Return the text of a file without rows of which a cell has a value in it."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    left = [row for row in rows if values.isdisjoint(_words(row))]
    return "".join(line(row) for row in left), len(rows) - len(left)


def _words(row: Sequence[str]) -> set[str]:
    """Cells, and their parts: one may list consents."""
    return {*row, *(word for cell in row for word in _BETWEEN.split(cell))}
