"""The lines of a scrape: text format 0.0.4 and OpenMetrics 1.0, byte for byte as prometheus-client writes them.

The lines of a child are the same in both formats and depend on its labels and value alone, so that they can be kept
while it does not change; only headers differ.
"""

from __future__ import annotations

import enum

from pullwatch.publish.metrics import Family, MetricType
from pullwatch.publish.samples import Distribution, Labels, Value


class Format(enum.Enum):
    """Formats offered, with the content type of each."""

    TEXT = "text/plain; version=0.0.4; charset=utf-8"
    OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"


def header(family: Family, form: Format) -> bytes:
    """Return the lines that introduce a family; OpenMetrics names counters without `_total`."""
    if form is Format.TEXT:
        return encode(f"# HELP {family.name} {_escape_help(family.help)}\n# TYPE {family.name} {family.type}\n")
    name = family.name.removesuffix("_total") if family.type is MetricType.COUNTER else family.name
    unit = f"# UNIT {name} {family.unit}\n" if family.unit else ""
    return encode(f"# HELP {name} {escape(family.help)}\n# TYPE {name} {family.type}\n{unit}")


class ChildWriter:
    """Writes the sample lines of one family's children."""

    def __init__(self, family: Family) -> None:
        # Labels are sorted by name as prometheus-client does, `le` among them.
        ordered = sorted(enumerate(family.labels), key=lambda item: item[1])
        self._before_le = [(index, name) for index, name in ordered if name < "le"]
        self._after_le = [(index, name) for index, name in ordered if name >= "le"]
        self._name = family.name
        self._edges = [number(edge) for edge in family.buckets] + ["+Inf"]

    def lines(self, labels: Labels, value: Value) -> bytes:
        """Return the lines of one child."""
        before = [f'{name}="{escape(labels[index])}"' for index, name in self._before_le]
        after = [f'{name}="{escape(labels[index])}"' for index, name in self._after_le]
        braced = f"{{{','.join(before + after)}}}" if labels else ""
        if not isinstance(value, Distribution):
            return encode(f"{self._name}{braced} {number(value)}\n")
        start = f'{self._name}_bucket{{{"".join([pair + "," for pair in before])}le="'.replace("%", "%%")
        end = f'"{"".join(["," + pair for pair in after])}}} '.replace("%", "%%")
        # One pattern for all edges: most lines of a scrape are buckets, and this is twice as fast as line by line.
        pattern = start + f"{end}%s\n{start}".join(self._edges) + f"{end}%s\n"
        total = number(value.cumulative[-1])
        buckets = pattern % tuple([_count(count) for count in value.cumulative])
        return encode(f"{buckets}{self._name}_count{braced} {total}\n{self._name}_sum{braced} {number(value.sum)}\n")


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


def _count(count: int) -> str:
    return f"{count}.0" if count < 1_000_000 else number(count)


def _escape_help(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n")
