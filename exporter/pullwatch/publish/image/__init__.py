"""What an image is made of, in four outputs: a table for a terminal, JSON of schema 1, Markdown and one HTML file.

What is said stands in `content`, once for the three that people read; table and Markdown are the report's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TextIO

import msgspec

from pullwatch.publish.image import content
from pullwatch.publish.report import markdown, table

if TYPE_CHECKING:
    from pullwatch.pulls.breakdown import ImagesDocument

Output = Literal["table", "json", "markdown", "html"]


def write(
    document: ImagesDocument, *, output: Output, stream: TextIO, width: int = 80, color: bool = False, node: str | None = None
) -> None:
    """Write all images of the document; `width` (cells) and `color` are the table's, `node` is the one that was asked for."""
    if output == "json":
        stream.write(msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n")
        return
    if output == "html":
        # The templates' engine costs 60 ms of start, which the other outputs need not pay.
        from pullwatch.publish.image import page

        stream.write(page.render(document.images, moment=document.generated_at, node=node))
        return
    for position, image in enumerate(document.images):
        if position:
            stream.write("\n")
        composed = content.compose(image, node=node)
        if output == "markdown":
            markdown.write(composed, stream)
        else:
            table.write(composed, stream, width=width, color=color)
