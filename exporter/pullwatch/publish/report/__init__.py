"""The report in its four outputs: a table for a terminal, JSON of schema 1, Markdown and one HTML file.

What is said stands in `content`, once for the three that people read; here only the way is chosen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TextIO

from pullwatch.publish.report import content, markdown, schema, table

if TYPE_CHECKING:
    from pullwatch.pulls.summary import Summary

Output = Literal["table", "json", "markdown", "html"]

TOP = 5
"""Rows of each list, unless more are asked for: what fits a screen."""


def write(
    summary: Summary,
    *,
    output: Output,
    stream: TextIO,
    width: int = 80,
    color: bool = False,
    top: int | None = TOP,
) -> None:
    """Write the report. `width` (cells) and `color` are the table's; `top` is the rows of each list, all for None.

    JSON always has every pull; HTML shows at least `page.LEAST_ROWS` and at most `page.MOST_ROWS` rows of each list.
    """
    if output == "json":
        schema.write(summary, stream)
    elif output == "markdown":
        markdown.write(content.compose(summary, top=top), stream)
    elif output == "html":
        # The templates' engine costs 60 ms of start, which the other outputs need not pay.
        from pullwatch.publish.report import page

        page.write(summary, stream, top=top)
    else:
        table.write(content.compose(summary, top=top), stream, width=width, color=color)
