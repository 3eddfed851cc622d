"""What `doctor` found, as text for a terminal of 80 columns or as JSON."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from typing import Literal, TextIO

from pullwatch.pulls.installed_rules import Rules
from pullwatch.pulls.scrape import Exporter, Finding

WIDTH = 80

SCHEMA = 1

MOST_PLACES = 5
"""Places of a finding that the text names; JSON has all."""


def write(
    findings: Sequence[Finding],
    exporters: Sequence[Exporter],
    rules: Rules | None,
    *,
    prometheus: str,
    output: Literal["text", "json"],
    stream: TextIO,
) -> None:
    """Write the findings of both checks, and which rules are there; None where that may not be asked."""
    if output == "json":
        json.dump(_document(findings, exporters, rules, prometheus), stream, indent=2, ensure_ascii=False)
        stream.write("\n")
    else:
        stream.writelines(f"{line}\n" for line in _lines(findings, exporters, rules, prometheus))


def _document(findings: Sequence[Finding], exporters: Sequence[Exporter], rules: Rules | None, prometheus: str) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "prometheus": prometheus,
        "exporters": [{"job": exporter.job, "instance": exporter.instance} for exporter in exporters],
        "alerts": rules and {"there": rules.there, "missing": rules.missing},
        "boards": rules and rules.boards,
        "findings": [
            {
                "check": finding.check,
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


def _lines(findings: Sequence[Finding], exporters: Sequence[Exporter], rules: Rules | None, prometheus: str) -> Iterator[str]:
    seen = f"{len(exporters)} exporter{'' if len(exporters) == 1 else 's'} in {prometheus}"
    yield from _check("scrape", findings, seen=seen, well=f"{seen}, labels arrive as sent.")
    if any(finding.check == "scrape" for finding in findings):
        yield ""
    if rules is None:
        yield "rules: not known. This Prometheus does not tell which rules it has."
    else:
        yield from _check("rules", findings, seen=_rules(rules), well=_rules(rules))


def _rules(rules: Rules) -> str:
    count = f"{len(rules.there)} alert{'' if len(rules.there) == 1 else 's'} of pullwatch"
    if not rules.there:
        return f"{count}."
    missing = [*rules.missing, *([] if rules.boards else ["what dashboards read, so that they stay empty"])]
    if not missing:
        return f"{count}, and what dashboards read."
    return f"{count}. Not there: {', '.join(missing)}. Unless left out on purpose, load the rules of this version."


def _check(check: str, findings: Sequence[Finding], *, seen: str, well: str) -> Iterator[str]:
    """Yield what was seen, or what is wrong with it."""
    own = [finding for finding in findings if finding.check == check]
    if not own:
        yield from _wrapped(f"{check}: ok. {well}", first="", rest="  ")
        return
    yield from _wrapped(f"{check}: {len(own)} finding{'' if len(own) == 1 else 's'}. {seen}", first="", rest="  ")
    for finding in own:
        yield ""
        yield from _finding(finding)


def _finding(finding: Finding) -> Iterator[str]:
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
