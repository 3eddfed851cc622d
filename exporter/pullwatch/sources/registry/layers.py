"""From a reference and a platform to the layers of an image.

What a registry refused or an image got wrong is remembered for an hour, so that nobody can make us ask again and again.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullwatch.pulls import image as images
from pullwatch.pulls import manifest, platforms
from pullwatch.sources.registry.flights import Flights
from pullwatch.sources.registry.refused import Refusal, RegistryError, Why

if TYPE_CHECKING:
    from collections.abc import Callable

    from pullwatch.pulls.image import Image
    from pullwatch.pulls.layers import LayerTable
    from pullwatch.sources.registry.client import Client
    from pullwatch.sources.registry.tally import Tally

MAX_DEPTH = 2
"""Indexes above a manifest: one for platforms, and one that somebody put around it."""

SECONDS = 45.0
"""For one question, which may need nine requests; whoever asks waits a little longer. What was fetched is kept for the next time."""

REMEMBER_SECONDS = 3600.0
REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Told:
    """An image's layers on one platform."""

    image: str
    """The canonical reference."""
    table: LayerTable
    index_digest: str | None
    """Of the index that the reference names; None where it names a manifest."""


@dataclass(frozen=True, slots=True)
class _Refused:
    reason: Why
    message: str
    until: float


class Layers:
    """Tells layers, each question of several askers once."""

    def __init__(self, client: Client, *, tally: Tally, monotonic: Callable[[], float], seconds: float = SECONDS) -> None:
        self._client = client
        self._tally = tally
        self._monotonic = monotonic
        self._seconds = seconds
        self._flights: Flights[tuple[str, str], Told] = Flights()
        self._refused: dict[tuple[str, str], _Refused] = {}

    async def close(self) -> None:
        await self._flights.close()

    async def of(self, reference: str, platform: manifest.Platform) -> Told:
        """Return the layers of an image. Raises RegistryError."""
        image = images.parse(reference)
        try:
            self._client.check(image)
        except RegistryError as error:
            # Nothing was asked, so nothing is remembered: names that somebody makes up would take the room of others.
            self._tally.refused[error.reason] += 1
            raise
        key = (image.label, str(platforms.normal(platform)))
        known = self._refused.get(key)
        if known is not None and self._monotonic() < known.until:
            raise RegistryError(known.reason, known.message)
        return await self._flights.join(key, lambda: self._asked(image, platform, key), name="tell layers")

    async def _asked(self, image: Image, platform: manifest.Platform, key: tuple[str, str]) -> Told:
        self._refused.pop(key, None)
        try:
            told = await self._in_time(image, platform)
        except RegistryError as error:
            self._tally.refused[error.reason] += 1
            if not error.passing:
                self._remember(key, error)
            raise
        self._tally.told += 1
        return told

    async def _in_time(self, image: Image, platform: manifest.Platform) -> Told:
        try:
            async with asyncio.timeout(self._seconds):
                return await self._told(image, platform)
        except TimeoutError as error:
            raise RegistryError(Refusal.TIMEOUT, f"{image.label}: not told in {self._seconds:g} s") from error

    async def _told(self, image: Image, platform: manifest.Platform) -> Told:
        digest = await self._client.digest_of(image)
        found = await self._client.read(image, digest)
        if isinstance(found, manifest.Manifest):
            return Told(image.label, await self._table(image, digest, found), None)
        return Told(image.label, await self._in_index(image, found, platform, path=(digest,)), digest)

    async def _in_index(self, image: Image, index: manifest.Index, platform: manifest.Platform, *, path: tuple[str, ...]) -> LayerTable:
        """Return the layers of the entry that a node takes."""
        for entry in platforms.choose(index.manifests, platform):
            if entry.digest in path:
                raise RegistryError(Refusal.CYCLE, f"{image.label}: an index that leads back to itself")
            found = await self._client.read(image, entry.digest, size_bytes=entry.size)
            if isinstance(found, manifest.Index):
                if len(path) >= MAX_DEPTH:
                    raise RegistryError(Refusal.DEPTH, f"{image.label}: indexes within indexes, more than {MAX_DEPTH} deep")
                with contextlib.suppress(_NoPlatform):
                    return await self._in_index(image, found, platform, path=(*path, entry.digest))
                continue
            table = await self._table(image, entry.digest, found)
            if entry.platform is not None or _is_for(table, platform):
                return table
        raise _NoPlatform(Refusal.NO_PLATFORM, f"{image.label} has nothing for {platform}")

    async def _table(self, image: Image, digest: str, found: manifest.Manifest) -> LayerTable:
        """Return the layers; without their lines where the config is not to be had, which costs no size."""
        config = None
        try:
            config = await self._client.config(image, found.config)
            manifest.config_of(found, config)
        except (RegistryError, manifest.Unusable) as error:
            self._tally.refused[error.reason] += 1
        try:
            return manifest.table(found, digest=digest, config=config)
        except manifest.Unusable as error:
            raise RegistryError(error.reason, f"{image.label}: {error}") from error

    def _remember(self, key: tuple[str, str], error: RegistryError) -> None:
        self._refused[key] = _Refused(error.reason, str(error), self._monotonic() + REMEMBER_SECONDS)
        if len(self._refused) > REMEMBERED:
            del self._refused[next(iter(self._refused))]


class _NoPlatform(RegistryError):
    """An index without an entry for the platform; another one may have it."""


def _is_for(table: LayerTable, platform: manifest.Platform) -> bool:
    """Tell whether an image whose index does not say so is for a platform, as far as its config tells."""
    built_for = platforms.parse(table.platform or "")
    return built_for is not None and platforms.normal(built_for) in platforms.runs(platform)
