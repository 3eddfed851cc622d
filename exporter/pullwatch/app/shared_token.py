"""A secret that two processes share in a file each, read again when it is replaced."""

from __future__ import annotations

import contextlib
import hmac
import re
from typing import TYPE_CHECKING

from pullwatch.app.wrong import Wrong

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 4096

_TOKEN = re.compile(rb"[\x21-\x7e]{16,}\Z")


class SharedToken:
    """The token in a file; raises Wrong where there is none at the start."""

    def __init__(self, file: Path, *, setting: str) -> None:
        self._file = file
        try:
            self._value = self._read()
        except OSError as error:
            raise Wrong(f"{file}: {error.strerror}: {setting} names a file with a token") from error
        except ValueError as error:
            raise Wrong(f"{file}: no token: {setting} names a file with at least 16 characters in one line") from error

    def matches(self, authorization: str) -> bool:
        """Tell whether a header bears the token; how long that takes tells nothing about it."""
        scheme, _, given = authorization.partition(" ")
        right = hmac.compare_digest(given.strip().encode("utf-8", "replace"), self._current())
        return right and scheme.lower() == "bearer"

    @property
    def authorization(self) -> str:
        """The header that bears the token."""
        return f"Bearer {self._current().decode('ascii')}"

    def _current(self) -> bytes:
        # While it is being replaced, the old one holds.
        with contextlib.suppress(OSError, ValueError):
            self._value = self._read()
        return self._value

    def _read(self) -> bytes:
        with self._file.open("rb") as opened:
            value = opened.read(MOST_BYTES).strip()
        if not _TOKEN.match(value):
            raise ValueError("not a token")
        return value
