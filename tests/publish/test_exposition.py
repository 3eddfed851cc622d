"""The bytes of a scrape, compared with those of prometheus-client."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable, Sequence

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

from pullwatch.publish import exposition, metrics, self_metrics
from pullwatch.publish.children import Distribution, FamilySamples, Labels
from pullwatch.publish.exposition import Format
from pullwatch.publish.metrics import Family, MetricType
from tests.publish.given import Exporter

ODD = Family("pullwatch_odd_bytes", MetricType.GAUGE, 'Help with "quotes", a \\ and\na newline.', ("zone", "b", "a"), unit="bytes")
HISTOGRAM = Family("pullwatch_t_seconds", MetricType.HISTOGRAM, "T.", ("zone", "image"), unit="seconds", buckets=(0.5, 1.0, 2000000.0))
COUNTER = Family("pullwatch_c_total", MetricType.COUNTER, "C.", ("le_grand", "image"))
BARE = Family("pullwatch_bare", MetricType.GAUGE, "No labels.")

texts = st.text(max_size=20)
numbers = st.floats(allow_nan=True, allow_infinity=True)
counts = st.lists(st.integers(0, 10**9), min_size=4, max_size=4).map(lambda steps: tuple(sorted(steps)))


def rendered(families: Sequence[FamilySamples], form: Format, registry: CollectorRegistry | None = None) -> bytes:
    """Return a scrape. Rendering waits for nothing but its next turn, so it needs no event loop to be driven."""
    rendering = exposition.render(families, registry=registry or CollectorRegistry(), form=form)
    while True:
        try:
            rendering.send(None)
        except StopIteration as done:
            return bytes(done.value)


def parsed(text: str, form: Format) -> list[Metric]:
    """Return what prometheus-client's parser of this format reads."""
    parse = parse_text if form is Format.TEXT else parse_openmetrics
    return list(parse(text))


def go_number(value: float) -> str:
    """Return a number as prometheus-client writes it."""
    return str(floatToGoString(value))  # type: ignore[no-untyped-call]  # prometheus-client leaves it unannotated


class Oracle(Collector):
    """The same samples as prometheus-client's own families."""

    def __init__(self, families: Sequence[FamilySamples]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return [_oracle(samples) for samples in self._families]

    def generate(self, form: Format) -> bytes:
        registry = CollectorRegistry()
        registry.register(self)
        generate = prometheus_client.generate_latest if form is Format.TEXT else openmetrics.generate_latest
        return generate(registry)


def _oracle(samples: FamilySamples) -> Metric:
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
        FamilySamples(ODD, list(odd.items())),
        FamilySamples(HISTOGRAM, list(histogram.items())),
        FamilySamples(COUNTER, list(counter.items())),
        FamilySamples(BARE, [((), bare)]),
    ]

    assert rendered(families, form) == Oracle(families).generate(form)


@given(st.floats(allow_nan=True, allow_infinity=True) | st.integers(-(10**20), 10**20).map(float))
def test_writes_numbers_as_prometheus_client_does(value: float) -> None:
    """Exponents, infinities and NaN included."""
    assert exposition.number(value) == go_number(value)


@given(st.dictionaries(st.tuples(texts, texts), st.floats(0, 1e15), max_size=4), st.sampled_from(Format))
def test_is_read_back_as_it_was_written(counter: dict[Labels, float], form: Format) -> None:
    """The parsers of both formats see the labels and values that went in."""
    text = rendered([FamilySamples(COUNTER, list(counter.items()))], form).decode()

    (family,) = parsed(text, form)

    assert {tuple(sample.labels[name] for name in COUNTER.labels): sample.value for sample in family.samples} == counter


@pytest.mark.parametrize("form", Format)
def test_replaces_a_lone_surrogate(form: Format) -> None:
    """One character that is no UTF-8 fails no scrape."""
    body = rendered([FamilySamples(COUNTER, [(("a\ud800b", "x"), 1.0)])], form)

    assert b'pullwatch_c_total{image="x",le_grand="a?b"} 1.0\n' in body


def test_writes_exactly_this_text() -> None:
    """The text of a histogram and a counter, as a person would check it."""
    families = [
        FamilySamples(HISTOGRAM, [(("eu", 'a"b\\c\nd'), Distribution((1, 2, 2, 3), 4.5))]),
        FamilySamples(COUNTER, [(("1", "2"), 120_000_000.0)]),
        FamilySamples(BARE, [((), math.inf)]),
    ]

    assert rendered(families, Format.TEXT).decode() == (
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


@pytest.mark.parametrize("form", Format)
def test_appends_the_metrics_about_itself(exporter: Exporter, form: Format) -> None:
    """A whole scrape parses, names each family once, and an OpenMetrics one ends once."""
    own = self_metrics.SelfMetrics(version="1.2.3", room=exporter.metrics)
    text = rendered(exporter.everything(), form, own.registry).decode()

    names = [family.name for family in parsed(text, form)]

    expected = [family.name.removesuffix("_total") for family in (*metrics.FAMILIES, *self_metrics.FAMILIES)]
    assert sorted(name for name in names if name.startswith("pullwatch_")) == sorted(expected)
    assert text.count("# EOF") == (form is Format.OPENMETRICS)


async def test_lets_others_run_while_it_renders() -> None:
    """A scrape of many children does not hold up the watches."""
    children = [((str(number), ""), 1.0) for number in range(10 * exposition.SLICE)]
    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(count_turns())
    await exposition.render([FamilySamples(COUNTER, children)], registry=CollectorRegistry(), form=Format.TEXT)
    other.cancel()

    assert turns >= 10
