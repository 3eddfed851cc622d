"""A scrape as bytes: all families, written where they changed, then the exporter's metrics about itself.

Scrapes that want the same bytes at the same time share one rendering. It lets other tasks run after each step, and
compresses in a thread. prometheus-client writes the self metrics, and is the oracle of the tests.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

import prometheus_client
from prometheus_client.openmetrics import exposition as openmetrics

from pullwatch.publish import lines, packed
from pullwatch.publish.lines import Format
from pullwatch.publish.packed import Stretch

if TYPE_CHECKING:
    from prometheus_client.registry import CollectorRegistry

    from pullwatch.publish.family_text import FamilyText


class NotShown(Exception):
    """What there is to show must not be; the text says why."""


class Source(Protocol):
    """Where the metrics come from; each of its members may raise `NotShown`."""

    @property
    def registry(self) -> CollectorRegistry:
        """The exporter's metrics about itself; asked for last."""
        ...

    @property
    def texts(self) -> Sequence[FamilyText]:
        """All other families, as the last `refresh` left them."""
        ...

    def refresh(self) -> Iterator[None]:
        """Bring the families up to this moment, in steps between which other tasks may run."""
        ...


class Exposition:
    """Renders scrapes of one source."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._headers: dict[tuple[str, Format], Stretch] = {}
        self._in_flight: dict[tuple[Format, bool], asyncio.Task[list[bytes]]] = {}
        # Two formats need the same lines: the second finds them written.
        self._one_at_a_time = asyncio.Lock()

    async def scrape(self, form: Format, *, gzip: bool) -> Sequence[bytes]:
        """Return the pieces of a scrape: of the rendering under way where there is one, else of this moment."""
        wanted = (form, gzip)
        rendering = self._in_flight.get(wanted)
        if rendering is None:
            rendering = asyncio.create_task(self._render(form, gzip=gzip), name=f"scrape {form.name.lower()}")
            self._in_flight[wanted] = rendering
            rendering.add_done_callback(lambda _: self._in_flight.pop(wanted))
        # A client that goes away must not take it from the others.
        return await asyncio.shield(rendering)

    async def close(self) -> None:
        """End the renderings that nobody waits for any more."""
        under_way = list(self._in_flight.values())
        for rendering in under_way:
            rendering.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    async def _render(self, form: Format, *, gzip: bool) -> list[bytes]:
        async with self._one_at_a_time:
            for _ in self._source.refresh():
                await asyncio.sleep(0)
            stretches = await self._stretches(form)
            generate = openmetrics.generate_latest if form is Format.OPENMETRICS else prometheus_client.generate_latest
            stretches.append(Stretch([generate(self._source.registry)]))
            if gzip:
                return [await asyncio.to_thread(packed.gzip, stretches)]
            return [stretch.text() for stretch in stretches]

    async def _stretches(self, form: Format) -> list[Stretch]:
        stretches: list[Stretch] = []
        for text in self._source.texts:
            stretches.append(self._header(text, form))
            for stretch in text.stretches():
                stretches.append(stretch)
                if not stretch.is_packed:
                    # It was written just now, which took half a millisecond.
                    await asyncio.sleep(0)
        return stretches

    def _header(self, text: FamilyText, form: Format) -> Stretch:
        key = (text.family.name, form)
        if key not in self._headers:
            self._headers[key] = Stretch([lines.header(text.family, form)])
        return self._headers[key]
