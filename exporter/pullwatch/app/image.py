"""`image`: asks a server for the layers of an image and prints what it is made of."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import shutil
import sys
from typing import TYPE_CHECKING

import msgspec

from pullwatch.app import offline_image
from pullwatch.app.wrong import Wrong
from pullwatch.publish import image as printed
from pullwatch.publish.image import content
from pullwatch.publish.report import words
from pullwatch.pulls import image as references
from pullwatch.pulls import near, platforms
from pullwatch.sources import errors
from pullwatch.sources.remote import NotThere, Remote, RemoteError

if TYPE_CHECKING:
    from pullwatch.pulls.breakdown import ImagesDocument
    from pullwatch.settings import Image

EXAMPLE = "write it as a pod would, such as registry.example.com/team/web:1.0"


def run(reference: str, options: Image) -> None:
    """Print the image's layers. Raises Wrong with the line for the user."""
    wanted = references.parse(reference)
    if wanted.canonical is None:
        # The reference as parsed: one with a password is not repeated.
        raise Wrong(f"{_named(wanted.as_written)} is no image reference: {EXAMPLE}")
    if options.containerd and options.registry:
        raise Wrong("layers come from either --containerd or --registry: leave one of them out")
    try:
        document = asyncio.run(_found(wanted, options))
    except errors.SourceError as error:
        raise Wrong(str(error)) from error
    _print(document, options)


async def _found(wanted: references.Image, options: Image) -> ImagesDocument:
    if options.containerd:
        return await offline_image.of_containerd(wanted, options.containerd)
    if options.registry:
        return await offline_image.of_registry(wanted, options.platform or str(platforms.DEFAULT), options.access)
    return await _asked(wanted.label, options)


async def _asked(canonical: str, options: Image) -> ImagesDocument:
    async with Remote(options.server) as remote:
        try:
            found = await remote.images(canonical, **({"node": options.node} if options.node else {}))
        except NotThere:
            found = None
        if found is None or not found.images:
            raise RemoteError(await _unknown(canonical, remote))
    chosen = tuple(image for image in found.images if options.platform in (None, image.platform))
    if not chosen:
        platforms = ", ".join(sorted({_named(image.platform or "unknown") for image in found.images}))
        raise RemoteError(f"{_named(canonical)}: not known for {options.platform}, but for {platforms}: choose one with --platform")
    if not any(image.layers for image in chosen):
        raise RemoteError(f"{remote.shown}: knows {_named(canonical)}, but not its layers. {content.HOW_TO_KNOW}")
    return msgspec.structs.replace(found, images=chosen)


async def _unknown(canonical: str, remote: Remote) -> str:
    """Return the line about an image that the server does not know: what may be meant, or why it knows none."""
    try:
        known = await remote.names()
    except NotThere:
        return f"{remote.shown}: serves no layers: it is no pullwatch serve, or one of an older version. {content.HOW_TO_KNOW}"
    if canonical in {pull.image for pull in (await remote.running()).pulls}:
        return f"{remote.shown}: does not know {_named(canonical)} yet: it is pulled right now, and `pullwatch top` shows its layers"
    if not known:
        return f"{remote.shown}: knows no image yet, as nothing told it of one. {content.HOW_TO_KNOW}"
    found: list[str] = []
    with contextlib.suppress(RecursionError):
        found = near.near(canonical, known)
    meant = f"; it knows {' and '.join(map(_named, found))}" if found else f", nor any like it among {words.counted(len(known), 'image')}"
    return f"{remote.shown}: does not know {_named(canonical)}{meant}"


def _named(text: str) -> str:
    return words.shorten_middle(words.plain(text), 200)


def _print(document: ImagesDocument, options: Image) -> None:
    if options.output != "table" and isinstance(sys.stdout, io.TextIOWrapper):
        # Files outlive the locale of the shell that wrote them.
        sys.stdout.reconfigure(encoding="utf-8")
    width = shutil.get_terminal_size((80, 24)).columns
    color = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    try:
        printed.write(document, output=options.output, stream=sys.stdout, width=width, color=color, node=options.node)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Wrong(f"standard output: {error.strerror or error}: write the layers elsewhere") from error
