"""The lines of a scrape, compared with those of prometheus-client."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import prometheus_client
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text
from prometheus_client.registry import Collector, CollectorRegistry
from prometheus_client.utils import floatToGoString

from pullwatch.publish import lines
from pullwatch.publish.lines import ChildWriter, Format
from pullwatch.publish.metrics import Family, MetricType
from pullwatch.publish.samples import Distribution, Labels, Value

ODD = Family("pullwatch_odd_bytes", MetricType.GAUGE, 'Help with "quotes", a \\ and\na newline.', ("zone", "b", "a"), unit="bytes")
HISTOGRAM = Family("pullwatch_t_seconds", MetricType.HISTOGRAM, "T.", ("zone", "image"), unit="seconds", buckets=(0.5, 1.0, 2000000.0))
COUNTER = Family("pullwatch_c_total", MetricType.COUNTER, "C.", ("le_grand", "image"))
BARE = Family("pullwatch_bare", MetricType.GAUGE, "No labels.")

texts = st.text(max_size=20)
numbers = st.floats(allow_nan=True, allow_infinity=True)
counts = st.lists(st.integers(0, 10**9), min_size=4, max_size=4).map(lambda steps: tuple(sorted(steps)))


class Samples(NamedTuple):
    """A family and what its label sets show."""

    family: Family
    children: Sequence[tuple[Labels, Value]]


def written(families: Sequence[Samples], form: Format) -> bytes:
    """Return the families as a scrape has them, with the line that ends an OpenMetrics one."""
    parts = []
    for family, children in families:
        writer = ChildWriter(family)
        parts += [lines.header(family, form), *(writer.lines(labels, value) for labels, value in children)]
    return b"".join(parts) + (b"# EOF\n" if form is Format.OPENMETRICS else b"")


def parsed(text: str, form: Format) -> list[Metric]:
    """Return what prometheus-client's parser of this format reads."""
    parse = parse_text if form is Format.TEXT else parse_openmetrics
    return list(parse(text))


def go_number(value: float) -> str:
    """Return a number as prometheus-client writes it."""
    return str(floatToGoString(value))  # type: ignore[no-untyped-call]  # prometheus-client leaves it unannotated


class Oracle(Collector):
    """The same samples as prometheus-client's own families."""

    def __init__(self, families: Sequence[Samples]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return [_oracle(samples) for samples in self._families]

    def generate(self, form: Format) -> bytes:
        registry = CollectorRegistry()
        registry.register(self)
        generate = prometheus_client.generate_latest if form is Format.TEXT else openmetrics.generate_latest
        return generate(registry)


def _oracle(samples: Samples) -> Metric:
    family = samples.family
    if family.type is MetricType.HISTOGRAM:
        histogram = HistogramMetricFamily(family.name, family.help, labels=family.labels, unit=family.unit)
        for labels, value in samples.children:
            assert isinstance(value, Distribution)
            edges = [*map(go_number, family.buckets), "+Inf"]
            histogram.add_metric(labels, list(zip(edges, map(float, value.cumulative), strict=True)), value.sum)
        return histogram
    kind = CounterMetricFamily if family.type is MetricType.COUNTER else GaugeMetricFamily
    metric = kind(family.name, family.help, labels=family.labels, unit=family.unit)
    for labels, value in samples.children:
        assert not isinstance(value, Distribution)
        metric.add_metric(labels, value)
    return metric


@given(
    odd=st.dictionaries(st.tuples(texts, texts, texts), numbers, max_size=3),
    histogram=st.dictionaries(st.tuples(texts, texts), st.builds(Distribution, counts, st.floats(0, 1e12)), max_size=3),
    counter=st.dictionaries(st.tuples(texts, texts), st.floats(0, allow_nan=False), max_size=3),
    bare=numbers,
    form=st.sampled_from(Format),
)
def test_writes_the_same_bytes_as_prometheus_client(
    odd: dict[Labels, float], histogram: dict[Labels, Distribution], counter: dict[Labels, float], bare: float, form: Format
) -> None:
    """Any label text and number comes out as prometheus-client writes it, in both formats."""
    families = [
        Samples(ODD, list(odd.items())),
        Samples(HISTOGRAM, list(histogram.items())),
        Samples(COUNTER, list(counter.items())),
        Samples(BARE, [((), bare)]),
    ]

    assert written(families, form) == Oracle(families).generate(form)


@given(st.floats(allow_nan=True, allow_infinity=True) | st.integers(-(10**20), 10**20).map(float))
def test_writes_numbers_as_prometheus_client_does(value: float) -> None:
    """Exponents, infinities and NaN included."""
    assert lines.number(value) == go_number(value)


@given(st.dictionaries(st.tuples(texts, texts), st.floats(0, 1e15), max_size=4), st.sampled_from(Format))
def test_is_read_back_as_it_was_written(counter: dict[Labels, float], form: Format) -> None:
    """The parsers of both formats see the labels and values that went in."""
    text = written([Samples(COUNTER, list(counter.items()))], form).decode()

    (family,) = parsed(text, form)

    assert {tuple(sample.labels[name] for name in COUNTER.labels): sample.value for sample in family.samples} == counter


CHARACTERS = [
    *'\\"\n\r\t\0 {},=#_aZ0/:.@',
    "\x85",
    "\u00e9",
    "\u2028",
    "\ufeff",
    "\uffff",
    "\U0001f433",
    "\ud800",
    "\udbff",
    "\udc00",
    "\udfff",
]
"""What escapes, ends or mimics something in the formats, letters of each length in UTF-8, and lone surrogates."""


@pytest.mark.parametrize("form", Format)
def test_writes_10_000_random_texts_as_prometheus_client_does(form: Format) -> None:
    """Whatever text a label holds, the bytes are the oracle's; a lone surrogate, which fails the oracle, is `?`."""
    chance = random.Random(4)
    values = ["".join(chance.choices(CHARACTERS, k=chance.randrange(12))) for _ in range(10_000)]
    mine = [Samples(COUNTER, [((text, str(number)), float(number)) for number, text in enumerate(values)])]
    replaced = [text.encode("utf-8", "replace").decode() for text in values]
    theirs = [Samples(COUNTER, [((text, str(number)), float(number)) for number, text in enumerate(replaced)])]

    assert written(mine, form) == Oracle(theirs).generate(form)


@pytest.mark.parametrize("form", Format)
def test_replaces_a_lone_surrogate(form: Format) -> None:
    """One character that is no UTF-8 fails no scrape."""
    body = written([Samples(COUNTER, [(("a\ud800b", "x"), 1.0)])], form)

    assert b'pullwatch_c_total{image="x",le_grand="a?b"} 1.0\n' in body


def test_writes_exactly_this_text() -> None:
    """The text of a histogram and a counter, as a person would check it."""
    families = [
        Samples(HISTOGRAM, [(("eu", 'a"b\\c\nd'), Distribution((1, 2, 2, 3), 4.5))]),
        Samples(COUNTER, [(("1", "2"), 120_000_000.0)]),
        Samples(BARE, [((), math.inf)]),
    ]

    assert written(families, Format.TEXT).decode() == (
        "# HELP pullwatch_t_seconds T.\n"
        "# TYPE pullwatch_t_seconds histogram\n"
        'pullwatch_t_seconds_bucket{image="a\\"b\\\\c\\nd",le="0.5",zone="eu"} 1.0\n'
        'pullwatch_t_seconds_bucket{image="a\\"b\\\\c\\nd",le="1.0",zone="eu"} 2.0\n'
        'pullwatch_t_seconds_bucket{image="a\\"b\\\\c\\nd",le="2e+06",zone="eu"} 2.0\n'
        'pullwatch_t_seconds_bucket{image="a\\"b\\\\c\\nd",le="+Inf",zone="eu"} 3.0\n'
        'pullwatch_t_seconds_count{image="a\\"b\\\\c\\nd",zone="eu"} 3.0\n'
        'pullwatch_t_seconds_sum{image="a\\"b\\\\c\\nd",zone="eu"} 4.5\n'
        "# HELP pullwatch_c_total C.\n"
        "# TYPE pullwatch_c_total counter\n"
        'pullwatch_c_total{image="2",le_grand="1"} 1.2e+08\n'
        "# HELP pullwatch_bare No labels.\n"
        "# TYPE pullwatch_bare gauge\n"
        "pullwatch_bare +Inf\n"
    )
