"""Files and standard input as streams of bytes: gzip is recognised by its first bytes, and what cannot be read says why."""

from __future__ import annotations

import contextlib
import gzip
import io
import stat
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, cast

from pullwatch.pulls import observed
from pullwatch.sources.errors import RecordedError

STDIN = "-"
BLOCK = 1024 * 1024
EXPECTED = "kubectl get events,pods,nodes -A -o json"
"""The command whose output is always right."""

_GZIP = b"\x1f\x8b"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Input:
    """A stream that knows its name for people and how far it has been read."""

    def __init__(self, name: str, raw: BinaryIO) -> None:
        self.name = name
        self._counted = _Counted(raw)
        buffered = io.BufferedReader(self._counted, BLOCK)
        with self._explained():
            head = buffered.peek(2)[:2]
        packed = head == _GZIP
        if name.endswith(".gz") and head and not packed:
            raise RecordedError(f"{name}: not gzip data although its name ends in .gz: rename it, or pack it anew")
        if head in _UTF16:
            raise RecordedError(f"{name}: UTF-16 text; write it as UTF-8 (in PowerShell: | Out-File -Encoding utf8)")
        self._stream = cast("BinaryIO", gzip.GzipFile(fileobj=buffered)) if packed else buffered

    @property
    def consumed(self) -> int:
        """Bytes read of the file, packed ones where it is packed."""
        return self._counted.count

    def block(self) -> bytes:
        """Return the next bytes, nothing at the end; raises `RecordedError`."""
        with self._explained():
            return self._stream.read(BLOCK)

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except EOFError as error:
            raise RecordedError(f"{self.name}: the gzip data ends in the middle: copy the whole file") from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise RecordedError(f"{self.name}: damaged gzip data ({error}): copy or pack it anew") from error
        except (OSError, ValueError) as error:
            raise RecordedError(_unreadable(self.name, error)) from error


@contextlib.contextmanager
def opened(path: str, *, stdin: BinaryIO) -> Iterator[Input]:
    """Open a path, `-` for standard input; raises `RecordedError`."""
    if path == STDIN:
        yield Input("standard input", stdin)
        return
    name = observed.clean(path)
    try:
        file = Path(path).open("rb")  # noqa: SIM115  # closed below; errors of the reader's work must not be caught here
    except (OSError, ValueError) as error:
        raise RecordedError(_unreadable(name, error)) from error
    with file:
        yield Input(name, file)


def total_bytes(paths: Sequence[str]) -> int | None:
    """Return the size of all files, None where one is no regular file or cannot be asked."""
    try:
        infos = [Path(path).stat() for path in paths if path != STDIN]
    except (OSError, ValueError):
        return None
    if len(infos) < len(paths) or not all(stat.S_ISREG(info.st_mode) for info in infos):
        return None
    return sum(info.st_size for info in infos)


def _unreadable(name: str, error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return f"{name}: no such file: check the path, or give - to read standard input"
    if isinstance(error, IsADirectoryError):
        return f"{name}: a directory: name the files in it"
    if isinstance(error, PermissionError):
        return f"{name}: no permission to read it: check its owner and mode"
    why = error.strerror if isinstance(error, OSError) else str(error)
    return f"{name}: cannot be read ({why or type(error).__name__}): check the path"


class _Counted(io.RawIOBase):
    """Counts what is read, and leaves the stream below open."""

    def __init__(self, raw: BinaryIO) -> None:
        super().__init__()
        self._raw = raw
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, target: bytearray | memoryview) -> int:  # type: ignore[override]  # the buffers that io gives
        block = self._raw.read(len(target))
        target[: len(block)] = block
        self.count += len(block)
        return len(block)
