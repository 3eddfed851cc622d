"""What `doctor` found, as text for a terminal of 80 columns or as JSON."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from typing import Literal, TextIO

from pullwatch.pulls.scrape import Exporter, Finding

WIDTH = 80

SCHEMA = 1

MOST_PLACES = 5
"""Places of a finding that the text names; JSON has all."""


def write(
    findings: Sequence[Finding], exporters: Sequence[Exporter], *, prometheus: str, output: Literal["text", "json"], stream: TextIO
) -> None:
    """Write the findings of the check `scrape`."""
    if output == "json":
        json.dump(_document(findings, exporters, prometheus), stream, indent=2, ensure_ascii=False)
        stream.write("\n")
    else:
        stream.writelines(f"{line}\n" for line in _lines(findings, exporters, prometheus))


def _document(findings: Sequence[Finding], exporters: Sequence[Exporter], prometheus: str) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "prometheus": prometheus,
        "exporters": [{"job": exporter.job, "instance": exporter.instance} for exporter in exporters],
        "findings": [
            {
                "check": "scrape",
                "kind": finding.kind.value,
                "job": finding.job,
                "labels": finding.labels,
                "where": finding.where,
                "what": finding.what,
                "remedy": finding.remedy,
            }
            for finding in findings
        ],
    }


def _lines(findings: Sequence[Finding], exporters: Sequence[Exporter], prometheus: str) -> Iterator[str]:
    seen = f"{len(exporters)} exporter{'' if len(exporters) == 1 else 's'}"
    if not findings:
        yield from _wrapped(f"scrape: ok. {seen} in {prometheus}, labels arrive as sent.", first="", rest="  ")
        return
    count = f"{len(findings)} finding{'' if len(findings) == 1 else 's'}"
    yield from _wrapped(f"scrape: {count}. {seen} in {prometheus}", first="", rest="  ")
    for finding in findings:
        yield ""
        if finding.job:
            yield from _wrapped(finding.job, first="  job    ", rest="         ")
        yield from _wrapped(finding.what, first="  what   ", rest="         ")
        for index, place in enumerate(finding.where[:MOST_PLACES]):
            yield from _wrapped(place, first="         " if index else "  where  ", rest="         ")
        if len(finding.where) > MOST_PLACES:
            yield f"         and {len(finding.where) - MOST_PLACES} more"
        yield from _wrapped(finding.remedy, first="  do     ", rest="         ")


def _wrapped(text: str, *, first: str, rest: str) -> list[str]:
    return textwrap.wrap(text, width=WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)
