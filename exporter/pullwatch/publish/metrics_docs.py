"""Writes docs/metrics.md from the metric tables: `python -m pullwatch.publish.metrics_docs` in a checkout."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pullwatch.publish import agent_metrics, children, last_pulls, metrics, node_counts, registry_metrics, self_metrics
from pullwatch.publish.metrics import Family, MetricType

PAGE = Path(__file__).parents[3] / "docs" / "metrics.md"

INTRODUCTION = f"""\
# Metrics

Generated from the metric tables by `make docs`; edit `exporter/pullwatch/publish/metrics.py`, `self_metrics.py` and
`agent_metrics.py` instead.

`/metrics` speaks the Prometheus text format and OpenMetrics. Times are seconds, sizes are bytes, `le` is written as a float (`le="60.0"`).

## What to know before a query

- **Scrape with `honor_labels: true`.** `namespace`, `pod`, `container` and `node` are those of the pull, not of the exporter.
- **Aggregate with an explicit `by (...)`**, so that a label that is added later changes no result.
- **A new counter or histogram shows 0 for its first {children.ZERO_SECONDS:.0f} s** and only then its value. `increase()` and `rate()` see the step
  from 0 and lose no first pull. Children are made when `Pulling` is seen; what no `Pulling` announces starts at 0 the same way.
- **Children that nothing touches for {children.IDLE_SECONDS / 3600:.0f} h are deleted.** They are never added to another child, which would look like an increase.
- **Each family has a cap.** Past it, counters and histograms with a `registry` label count in `repository="{metrics.OTHER}"` of that registry, so that
  sums stay right; after {children.FOLDED_REGISTRIES} registries, or where there is no `repository` label, in `registry="{metrics.OTHER}"`. These children come
  on top of the cap. Other families leave label sets out. Both are counted in `pullwatch_series_dropped_total`.
- **`_invalid`** is the label of an image reference that does not parse. A label that is not known is empty, a value that is not known is absent.
- `image` is the canonical reference with its tag or digest, `registry` and `repository` are its parts (`docker.io`, `library/nginx`).
- A restart sets counters back to 0, as usual; running, failing and last pulls are rebuilt from the cluster.
- `pullwatch_layer_*` and `pullwatch_agent_*` come from the nodes' agents. The runtime tells neither a tag before a pull's end nor a
  registry's port: join them with the other metrics on `node` and `repository`.
- `pullwatch_last_pull_*` hold pulls of {last_pulls.FLOOR_SECONDS:.0f} s or more for {last_pulls.SHOWN_SECONDS / 60:.0f} minutes after their end.
"""


def document() -> str:
    """Return the whole page."""
    return "\n".join(
        [
            INTRODUCTION,
            *_chapter("Image pulls", metrics.FAMILIES),
            *_chapter("The exporter itself", self_metrics.FAMILIES),
            *_chapter("The agent of a node", agent_metrics.LAYER_FAMILIES),
            *_chapter("What a node's kubelet and runtime count, by its agent", node_counts.FAMILIES),
            *_chapter("The agent itself", agent_metrics.SELF_FAMILIES[1:]),
            *_chapter("pullwatch registry", registry_metrics.FAMILIES),
            _PROCESS,
        ]
    )


_PROCESS = "Beside these there are the usual `process_*` metrics of prometheus-client: CPU, memory, file descriptors, start time.\n"


def _chapter(title: str, families: tuple[Family, ...]) -> Iterator[str]:
    yield f"## {title}\n"
    yield "| name | type | labels |\n|---|---|---|"
    for family in families:
        yield f"| [`{family.name}`](#{family.name}) | {family.type} | {', '.join(family.labels)} |"
    yield ""
    for family in families:
        yield from _section(family)


def _section(family: Family) -> Iterator[str]:
    yield f"### `{family.name}`\n"
    yield f"{family.help}\n"
    yield f"- Type: {family.type}"
    if family.unit:
        yield f"- Unit: {family.unit}"
    if family.labels:
        yield f"- Labels: {', '.join(f'`{label}`' for label in family.labels)}"
        yield f"- At most {family.cap:,} label sets{_overflow(family)}"
    if family.type is MetricType.HISTOGRAM:
        yield f"- Buckets: {', '.join(f'{edge:g}' for edge in family.buckets)}, +Inf"
    yield ""
    if family.example:
        yield f"```promql\n{family.example}\n```\n"


def _overflow(family: Family) -> str:
    return f"; past that, {family.overflow.value}" if family.cap >= 1_000 else ""


if __name__ == "__main__":
    PAGE.write_text(document(), encoding="utf-8")
