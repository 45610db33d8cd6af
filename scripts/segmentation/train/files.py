"""Where model cards lie, and how training writes its files: all of them or none."""

from collections.abc import Mapping
from pathlib import Path

from segmentation.train.errors import FilesUnwritableError

CARDS = Path("docs", "models")


def write_files(texts: Mapping[Path, str]) -> None:
    """Write files whole: each beside its place first, then all put there.

    Raises:
        FilesUnwritableError: One cannot be written.
    """
    beside = {}
    for file, text in texts.items():
        beside[file] = file.with_name(f"{file.name}.new")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            beside[file].write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            for written in beside.values():
                written.unlink(missing_ok=True)
            reason = error.strerror or str(error)
            raise FilesUnwritableError(file, reason) from error
    for file, new in beside.items():
        new.replace(file)
