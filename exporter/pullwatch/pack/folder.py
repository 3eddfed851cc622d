"""A folder of rendered files, written all or nothing.

What is there already is replaced whole if every file in it is one that is written now or could be; a folder that holds anything else is
somebody's work, and refused.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path


class ForeignFilesError(Exception):
    """The folder is not one to replace; the text says why."""


def write(folder: Path, files: Mapping[str, bytes], *, replacing: Collection[str] = ()) -> None:
    """Write the files below the folder, by relative path. Raises ForeignFilesError and OSError, and has then changed nothing.

    `replacing` are paths that another run may have written; what lies there goes away.
    """
    folder = folder.resolve()
    _refuse_foreign(folder, {*files, *replacing})
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Beside the folder, since a rename cannot cross file systems. What was there before goes with it at the end.
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as beside:
        fresh, former = Path(beside) / "new", Path(beside) / "old"
        for name, content in files.items():
            file = fresh / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        _swap(folder, fresh=fresh, former=former)


def _refuse_foreign(folder: Path, files: Collection[str]) -> None:
    if folder.exists() and not folder.is_dir():
        raise ForeignFilesError(f"{folder} is a file: name a folder")
    # A shell that stands in a folder which was replaced sees nothing any more.
    if Path.cwd().is_relative_to(folder):
        raise ForeignFilesError(f"{folder} is where you are, and would be replaced: name a folder below it, such as pack")
    for path in sorted(folder.rglob("*")) if folder.exists() else []:
        name = path.relative_to(folder).as_posix()
        ours = not path.is_symlink() and (name in files if path.is_file() else path.is_dir())
        if not ours:
            raise ForeignFilesError(f"{folder} holds {name}, which is not written here: name another folder, or move that file away")


def _swap(folder: Path, *, fresh: Path, former: Path) -> None:
    """Put the fresh folder in the place of the former one, which comes back should that fail."""
    if not folder.exists():
        fresh.rename(folder)
        return
    folder.rename(former)
    try:
        fresh.rename(folder)
    except OSError:
        former.rename(folder)
        raise
