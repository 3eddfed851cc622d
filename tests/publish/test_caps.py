"""What a tenant who makes up image names can do to the number of series."""

from __future__ import annotations

from pullwatch.publish import metrics
from pullwatch.publish.children import FOLDED_REGISTRIES
from pullwatch.publish.metrics import Family, Overflow
from pullwatch.publish.samples import Distribution, Value
from pullwatch.publish.state import State
from pullwatch.pulls import image
from pullwatch.pulls.coverage import Growth
from pullwatch.pulls.kubelet_counts import KubeletCounts
from pullwatch.pulls.pull import FAILURES, Outcome, Reason, SizeKind, Waiting
from tests.publish.given import Exporter, failing, pulled, running, unfinished

NAMES = 50_000

SHAPES = (
    "r{n}.example/team/app:1",
    "r{n}.example:5000/a/b/c{n}@sha256:" + 64 * "a",
    "registry.example/tenant-{n}/app",
    '"}}{{image="{n}\\\n',
    "<script>{n}</script>",
    "\ud800{n}/" + "x" * 2_000,
)
"""Registries and repositories without end, text that would break out of a label, and text that is no UTF-8."""


def room(family: Family) -> int:
    """Return the most label sets that a family may have, those that stand for others included."""
    kinds = {"size_kind": len(SizeKind), "kind": len(metrics.CACHE_KINDS), "reason": len(FAILURES)}
    last = kinds.get(family.labels[-1], 1)
    if family.overflow is not Overflow.FOLD:
        return family.cap
    return family.cap + last * (FOLDED_REGISTRIES + 1 if "repository" in family.labels else 1)


def total(values: list[Value]) -> float:
    return sum(value.cumulative[-1] if isinstance(value, Distribution) else value for value in values)


def test_holds_50_000_hostile_image_names_under_the_caps(exporter: Exporter) -> None:
    """No family outgrows its cap, what is left out is counted, and what the names' pulls add up to stays right."""
    names = [SHAPES[n % len(SHAPES)].format(n=n) for n in range(NAMES)]
    for n, name in enumerate(names):
        exporter.metrics.asked(image.parse(name), node="node-a")
        exporter.metrics.count(pulled(name, node=f"node-{n % 20_000}", size_bytes=3))
        exporter.metrics.count(unfinished(name, outcome=Outcome.FAILED, reason=Reason.AUTH))
    state = State(
        running=[running(name, pod=str(n)) for n, name in enumerate(names[:12_000])],
        failing=[failing(name, pod=str(n)) for n, name in enumerate(names[:12_000])],
        waiting=[Waiting("shop", image.parse(name), 1) for name in names],
        image_sizes={image.parse(name): (n, SizeKind.COMPRESSED) for n, name in enumerate(names)},
    )
    exporter.clock.seconds += 60

    shown = {text.family.name: [child.shown() for child in text.children()] for text in exporter.collect(state)}

    assert [family.name for family in metrics.FAMILIES if len(shown[family.name]) > room(family)] == []
    for family in (metrics.DURATION, metrics.WAIT, metrics.TOTAL, metrics.PULL_FAILURES):
        assert total(shown[family.name]) == NAMES
    assert total(shown[metrics.IMAGE_BYTES.name]) == 3 * NAMES
    assert total(shown[metrics.SIZED_SECONDS.name]) == 12.0 * NAMES
    full = (metrics.DURATION, metrics.PULL_FAILURES, metrics.NODE_DURATION, metrics.RUNNING_START, metrics.FAILING_START)
    assert all(exporter.metrics.dropped[family.name] > 0 for family in (*full, metrics.PENDING_PODS, metrics.IMAGE_SIZE))


def test_holds_kubelets_that_make_up_plugins(exporter: Exporter) -> None:
    """Each kubelet names plugins of its own; the family stays under its cap and counts what is left out."""
    for number in range(2000):
        counts = KubeletCounts(pulls=1, plugin_calls={f"plugin-{number}": 1}, plugin_seconds={f"plugin-{number}": 1})
        exporter.metrics.kubelet_read(f"node-{number}", Growth(counts, 1))

    shown = {text.family.name: len(list(text.children())) for text in exporter.collect()}

    assert shown[metrics.PLUGIN_CALLS.name] == shown[metrics.PLUGIN_SECONDS.name] == metrics.PLUGIN_CALLS.cap
    assert exporter.metrics.dropped[metrics.PLUGIN_CALLS.name] == 2000 - metrics.PLUGIN_CALLS.cap
    assert shown[metrics.RUNTIME_PULLS.name] == shown[metrics.RUNTIME_SEEN.name] == 2000
