"""Families as the bytes that Prometheus reads: text format 0.0.4 and OpenMetrics 1.0.

The lines of a child are the same in both formats and depend on its labels and value alone, so that they can be kept
while it does not change; only headers differ. prometheus-client is the oracle of the tests and writes the self metrics.
"""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import prometheus_client
from prometheus_client.openmetrics import exposition as openmetrics

from pullwatch.publish.children import Distribution, FamilySamples, Labels, Value
from pullwatch.publish.metrics import Family, MetricType

if TYPE_CHECKING:
    from prometheus_client.registry import CollectorRegistry

SLICE = 200
"""Children rendered before other tasks may run: 4 ms of histograms."""


class Format(enum.Enum):
    """Formats offered, with the content type of each."""

    TEXT = "text/plain; version=0.0.4; charset=utf-8"
    OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"


async def render(families: Iterable[FamilySamples], *, registry: CollectorRegistry, form: Format) -> bytes:
    """Return a whole scrape: the families, then what the registry holds. Other tasks run in between."""
    parts: list[bytes] = []
    for samples in families:
        parts.append(encode(header(samples.family, form)))
        writer = ChildWriter(samples.family)
        for children in _slices(samples.children):
            parts.append(encode("".join([writer.lines(labels, value) for labels, value in children])))
            await asyncio.sleep(0)
    generate = openmetrics.generate_latest if form is Format.OPENMETRICS else prometheus_client.generate_latest
    parts.append(generate(registry))
    return b"".join(parts)


def header(family: Family, form: Format) -> str:
    """Return the lines that introduce a family; OpenMetrics names counters without `_total`."""
    if form is Format.TEXT:
        return f"# HELP {family.name} {_escape_help(family.help)}\n# TYPE {family.name} {family.type}\n"
    name = family.name.removesuffix("_total") if family.type is MetricType.COUNTER else family.name
    unit = f"# UNIT {name} {family.unit}\n" if family.unit else ""
    return f"# HELP {name} {escape(family.help)}\n# TYPE {name} {family.type}\n{unit}"


class ChildWriter:
    """Writes the sample lines of one family's children."""

    def __init__(self, family: Family) -> None:
        # Labels are sorted by name as prometheus-client does, `le` among them.
        ordered = sorted(enumerate(family.labels), key=lambda item: item[1])
        self._before_le = [(index, name) for index, name in ordered if name < "le"]
        self._after_le = [(index, name) for index, name in ordered if name >= "le"]
        self._name = family.name
        self._edges = [number(edge) for edge in family.buckets] + ["+Inf"]

    def lines(self, labels: Labels, value: Value) -> str:
        """Return the lines of one child."""
        before = [f'{name}="{escape(labels[index])}"' for index, name in self._before_le]
        after = [f'{name}="{escape(labels[index])}"' for index, name in self._after_le]
        braced = f"{{{','.join(before + after)}}}" if labels else ""
        if not isinstance(value, Distribution):
            return f"{self._name}{braced} {number(value)}\n"
        start = f'{self._name}_bucket{{{"".join(pair + "," for pair in before)}le="'
        end = '"' + "".join("," + pair for pair in after) + "} "
        buckets = "".join([f"{start}{edge}{end}{number(count)}\n" for edge, count in zip(self._edges, value.cumulative, strict=True)])
        count = number(value.cumulative[-1])
        return f"{buckets}{self._name}_count{braced} {count}\n{self._name}_sum{braced} {number(value.sum)}\n"


def escape(text: str) -> str:
    """Escape a label value."""
    return text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def number(value: float) -> str:
    """Return a value as prometheus-client writes it: Go's exponent from 1,000,000 on."""
    value = float(value)
    text = repr(value)
    if text in _SPECIAL:
        return _SPECIAL[text]
    dot = text.find(".")
    if value > 0 and dot > 6:
        mantissa = f"{text[0]}.{text[1:dot]}{text[dot + 1 :]}".rstrip("0.")
        return f"{mantissa}e+{dot - 1:02d}"
    return text


_SPECIAL = {"inf": "+Inf", "-inf": "-Inf", "nan": "NaN"}


def encode(text: str) -> bytes:
    """Return UTF-8; a lone surrogate becomes `?` instead of failing the scrape."""
    return text.encode("utf-8", "replace")


def _escape_help(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n")


def _slices(children: Sequence[tuple[Labels, Value]]) -> Iterable[Sequence[tuple[Labels, Value]]]:
    for start in range(0, len(children), SLICE):
        yield children[start : start + SLICE]
