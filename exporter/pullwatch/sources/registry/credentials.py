"""Users and passwords from one Docker config file, each bound to the one host that its entry names.

Only `auths` is read. A helper program is never run, and a file that relies on one is refused rather than read in part.
"""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from pullwatch.pulls import observed
from pullwatch.sources.errors import SourceError

MAX_BYTES = 1 << 20
LOOK_SECONDS = 10.0
"""Time between two looks whether the file was replaced; cloud registries' passwords live for half a day."""

_DOCKER_KEYS = frozenset({"index.docker.io", "registry-1.docker.io", "docker.io"})


class CredentialsError(SourceError):
    """The file is none that can be used; the text says why."""


class _Entry(msgspec.Struct):
    auth: str = ""
    username: str = ""
    password: str = ""
    identitytoken: str = ""
    registrytoken: str = ""


class _Config(msgspec.Struct, rename="camel"):
    auths: dict[str, _Entry] | None = None
    creds_store: str | None = None
    cred_helpers: dict[str, str] | None = None


def read(file: Path) -> Mapping[str, str]:
    """Return the value of a Basic `Authorization` by host, as hosts stand in images. Raises CredentialsError."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise CredentialsError(f"{file}: {error.strerror}: --docker-config names a Docker config file") from error
    if len(content) > MAX_BYTES:
        raise CredentialsError(f"{file}: more than {MAX_BYTES >> 20} MiB: --docker-config names a Docker config file")
    try:
        config = msgspec.json.decode(content, type=_Config)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        # Its text is not repeated, which may hold a part of a password.
        raise CredentialsError(f"{file}: no Docker config: expected JSON with auths, as docker login writes it") from error
    if config.creds_store or config.cred_helpers:
        raise CredentialsError(
            f"{file}: credsStore and credHelpers run programs, which pullwatch does not: write auths with user and password"
        )
    return {_host(key, file): _basic(key, entry, file) for key, entry in (config.auths or {}).items()}


class Credentials:
    """The file's entries, read again when it is replaced; one that cannot be read then leaves the old ones."""

    def __init__(
        self, file: Path | None, *, monotonic: Callable[[], float] = time.monotonic, on_unread: Callable[[], None] = lambda: None
    ) -> None:
        """Read the file; raises CredentialsError."""
        self._file = file
        self._monotonic = monotonic
        self._on_unread = on_unread
        self._looked_at = monotonic()
        self._mark = _mark(file)
        self.missing = file is not None and self._mark is None and file.parent.is_dir()
        """Whether the file is not there yet: an optional secret leaves an empty folder. Registries are asked anonymously until it is."""
        self._entries = {} if file is None or self.missing else read(file)

    def of(self, host: str) -> str | None:
        """Return the `Authorization` for a host, None where the file has none."""
        self._look()
        return self._entries.get(host)

    def _look(self) -> None:
        if self._file is None or self._monotonic() < self._looked_at + LOOK_SECONDS:
            return
        self._looked_at = self._monotonic()
        mark = _mark(self._file)
        if mark == self._mark:
            return
        self._mark = mark
        try:
            self._entries = read(self._file)
        except CredentialsError:
            self._on_unread()


def _mark(file: Path | None) -> tuple[int, int, int] | None:
    """Return what changes when the file is replaced."""
    try:
        found = file.stat() if file is not None else None
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino) if found else None


def _host(key: str, file: Path) -> str:
    host, _, path = key.removeprefix("https://").removeprefix("http://").partition("/")
    if path.strip("/") not in {"", "v1", "v2"} or "*" in host or not host:
        raise CredentialsError(f"{file}: {observed.clean(key)[:255]!r} in auths is no single host: write one as in images, such as ghcr.io")
    return "docker.io" if host.lower() in _DOCKER_KEYS else host.lower()


def _basic(key: str, entry: _Entry, file: Path) -> str:
    shown = observed.clean(key)[:255]
    if entry.identitytoken or entry.registrytoken:
        raise CredentialsError(f"{file}: {shown} has a token of a login, which is not supported: write auth, of user and password")
    if not entry.auth:
        entry.auth = base64.b64encode(f"{entry.username}:{entry.password}".encode()).decode()
    try:
        decoded = base64.b64decode(entry.auth, validate=True)
    except (binascii.Error, ValueError):
        decoded = b""
    user, colon, _ = decoded.partition(b":")
    if not colon or not user:
        raise CredentialsError(f"{file}: auth of {shown} is not base64 of USER:PASSWORD")
    return f"Basic {base64.b64encode(decoded).decode()}"
