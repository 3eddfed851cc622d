"""A `pullwatch serve` somewhere: its JSON about images and running pulls, each failure as one line.

Only read. Every text in an answer is cleaned here, as it comes from a cluster or from whoever else listens at that address.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self, TypeVar

import aiohttp
import msgspec
import yarl

from pullwatch.pulls import breakdown, observed, underway
from pullwatch.pulls.breakdown import ImagesDocument
from pullwatch.pulls.underway import RunningDocument
from pullwatch.sources import connections, errors

TIMEOUT = aiohttp.ClientTimeout(total=30, sock_connect=5, sock_read=10)

MOST_BYTES = 64 * 1024 * 1024
"""Largest answer that is read: 20,000 images without their layers have some 20 MB."""

EXAMPLE = "expected the address of pullwatch serve, such as http://127.0.0.1:9436"

SCHEMA = 1

_Document = TypeVar("_Document", ImagesDocument, RunningDocument)


class RemoteError(errors.SourceError):
    """The address is not one, nothing answers there, or what answers is no pullwatch."""


class NotThere(RemoteError):
    """A pullwatch answers and does not know this path, or knows nothing of this kind."""


class _Names(msgspec.Struct, frozen=True):
    """Of the images only their names: the rest of a long list is skipped, not built."""

    image: str | None = None


class _NamesDocument(msgspec.Struct, frozen=True):
    images: tuple[_Names, ...] = ()


class Remote:
    """One exporter as long as the context is open."""

    def __init__(self, url: str) -> None:
        """Take its address; raises RemoteError where it is none."""
        try:
            self._url = yarl.URL(url)
        except ValueError as error:
            raise RemoteError(f"--server is no URL ({error}): {EXAMPLE}") from error
        if self._url.scheme not in {"http", "https"} or not self._url.host:
            # Not repeated: where a password stands in such a text is not known.
            raise RemoteError(f"--server is no http or https URL: {EXAMPLE}")
        self._session: aiohttp.ClientSession

    @property
    def shown(self) -> str:
        """The address without user and password."""
        return observed.clean(str(self._url.with_user(None))).rstrip("/")

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=TIMEOUT)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._session.close()

    async def images(self, reference: str, **parameters: str) -> ImagesDocument:
        """Return what is known of an image; no image at all where it is unknown. Raises RemoteError."""
        document = await self._document("api/v1/images", ImagesDocument, image=reference, **parameters)
        if not all(map(breakdown.is_sound, document.images)):
            raise RemoteError(f"{self.shown}/api/v1/images: a size in the answer is none: {EXAMPLE}")
        return document

    async def names(self) -> list[str]:
        """Return the names of all images that are known. Raises RemoteError."""
        where, body = await self._get("api/v1/images", {})
        try:
            found = msgspec.json.decode(body, type=_NamesDocument)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise RemoteError(f"{where}: the answer is not pullwatch's: {EXAMPLE}") from error
        return [observed.clean(one.image) for one in found.images if one.image]

    async def running(self) -> RunningDocument:
        """Return the pulls that run now. Raises RemoteError."""
        document = await self._document("api/v1/running", RunningDocument)
        if not underway.is_sound(document):
            raise RemoteError(f"{self.shown}/api/v1/running: a figure in the answer is none: {EXAMPLE}")
        return document

    async def running_json(self) -> Any:
        """Return the same as plain JSON with all its keys, also those of a newer server. Raises RemoteError."""
        where, body = await self._get("api/v1/running", {})
        _decoded(where, body, RunningDocument)
        return _cleaned(msgspec.json.decode(body))

    async def _document(self, path: str, kind: type[_Document], **parameters: str) -> _Document:
        where, body = await self._get(path, parameters)
        return _decoded(where, body, kind)

    async def _get(self, path: str, parameters: dict[str, str]) -> tuple[str, bytes]:
        where = f"{self.shown}/{path}"
        try:
            async with self._session.get(self._url / path, params=parameters) as response:
                body = await _limited(response, where)
                status = response.status
        except TimeoutError as error:
            raise RemoteError(f"{where}: no answer in time; check that pullwatch serve runs there") from error
        except aiohttp.ClientConnectorError as error:
            raise RemoteError(
                f"{where}: no connection ({connections.why(error)}); name the address of a running pullwatch serve with --server"
            ) from error
        except (aiohttp.ClientError, ValueError, OSError) as error:
            raise RemoteError(f"{where}: no answer ({connections.why(error)}); {EXAMPLE}") from error
        if status == 200:
            return where, body
        said = observed.clean(" ".join(body[:1000].decode("utf-8", "replace").split()))[:200]
        if status == 404:
            raise NotThere(f"{where}: {said or 'answered 404'}")
        raise RemoteError(f"{where}: answered {status}{f' ({said})' if said and '<' not in said else ''}: {EXAMPLE}")


async def _limited(response: aiohttp.ClientResponse, where: str) -> bytes:
    """Read an answer, also one that was compressed, as long as it is small enough."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(1 << 20):
        body += chunk
        if len(body) > MOST_BYTES:
            raise RemoteError(f"{where}: the answer has more than {MOST_BYTES >> 20} MiB")
    return bytes(body)


def _decoded(where: str, body: bytes, kind: type[_Document]) -> _Document:
    try:
        document = msgspec.convert(_cleaned(msgspec.json.decode(body)), type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, OverflowError) as error:
        raise RemoteError(f"{where}: the answer is not pullwatch's: {EXAMPLE}") from error
    if document.schema != SCHEMA:
        raise RemoteError(f"{where}: its schema is {document.schema}, this pullwatch reads {SCHEMA}: take one of the server's version")
    return document


def _cleaned(value: Any) -> Any:
    """Return JSON with every text in it cleaned."""
    if isinstance(value, str):
        return observed.clean(value)
    if isinstance(value, list):
        return [_cleaned(inner) for inner in value]
    if isinstance(value, dict):
        return {key: _cleaned(inner) for key, inner in value.items()}
    return value
