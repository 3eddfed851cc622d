"""The exporter's page about the layers of one image: a question, and what is known of its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import msgspec

from pullwatch.publish.image import content, page
from pullwatch.publish.report import words
from pullwatch.pulls import image as images
from pullwatch.pulls.breakdown import ImagesDocument

if TYPE_CHECKING:
    from pullwatch.pulls.image import Image

Documents = Callable[["Image"], Iterable[str]]
"""Gives the JSON document of one image in pieces, some of them empty, so that others get their turn."""

ASK = "Name an image as a pod writes it. On the page of pulls each image leads here."


FIRST_PULL = "While an image is pulled for the first time, pullwatch top shows its layers at a terminal."


async def answer(documents: Documents, wanted: str) -> str:
    """Return the page about an image; the question alone where none is named.

    One that is not known is an answer like any other: the page of pulls leads here from whatever a pod may have written.
    """
    if not wanted:
        return _page(wanted, ASK)
    image = images.parse(wanted)
    if image.canonical is None:
        return _page(
            images.redact(wanted), "This is no image reference: write it as a pod would, such as registry.example.com/team/web:1.0."
        )
    document = await _read(documents(image))
    if not document.images:
        return _page(image.canonical, f"Nothing is known of {words.shorten_image(image.canonical, content.MOST_IMAGE)}. {FIRST_PULL}")
    return page.render(document.images, moment=document.generated_at, served=page.Served(image.canonical))


def _page(wanted: str, problem: str) -> str:
    return page.render((), moment="", served=page.Served(wanted, problem))


async def _read(pieces: Iterable[str]) -> ImagesDocument:
    told: list[str] = []
    for piece in pieces:
        told.append(piece)
        await asyncio.sleep(0)
    return msgspec.json.decode("".join(told), type=ImagesDocument)
