"""The agent's metrics: what a scrape shows of running pulls, and what the agent says of itself."""

from __future__ import annotations

import prometheus_client
import pytest

from pullwatch.publish import agent_metrics
from pullwatch.publish.agent_metrics import AgentMetrics
from pullwatch.pulls.reported import LayerProgress, LayerState, RunningPull

NODE = {"node": "n", "registry": "r", "repository": "p", "digest": "sha256:d"}


def metrics(*pulls: RunningPull) -> AgentMetrics:
    return AgentMetrics(node="n", version="1.2.3", running=lambda: pulls, fetched=lambda: (300, 100), trouble=lambda: {"gone": 2})


def pull(*layers: LayerProgress, repository: str = "p") -> RunningPull:
    return RunningPull("r", repository, "sha256:d", 1.0, layers)


def text(kept: AgentMetrics) -> str:
    return prometheus_client.generate_latest(kept.registry).decode()


def test_shows_what_is_known_of_each_layer_and_nothing_else() -> None:
    """A layer that was there before has no series; a number that is not known is absent and never 0."""
    kept = metrics(
        pull(
            LayerProgress(0, "sha256:a", 10, LayerState.PRESENT, 0),
            LayerProgress(1, "sha256:b", 20, LayerState.UNPACKING, 20, 1.5, 0.5),
            LayerProgress(2, "sha256:c", 30, LayerState.QUEUED),
        )
    )

    assert [line for line in text(kept).splitlines() if line.startswith("pullwatch_layer_") and "layer=" in line] == [
        'pullwatch_layer_downloaded_bytes{digest="sha256:d",layer="1",node="n",registry="r",repository="p"} 20.0',
        'pullwatch_layer_size_bytes{digest="sha256:d",layer="1",node="n",registry="r",repository="p"} 20.0',
        'pullwatch_layer_size_bytes{digest="sha256:d",layer="2",node="n",registry="r",repository="p"} 30.0',
        'pullwatch_layer_seconds{digest="sha256:d",layer="1",node="n",phase="download",registry="r",repository="p"} 1.5',
        'pullwatch_layer_seconds{digest="sha256:d",layer="1",node="n",phase="unpack",registry="r",repository="p"} 0.5',
    ]


def test_series_end_with_their_pull() -> None:
    """Each scrape shows what runs at its moment."""
    running = [pull(LayerProgress(0, "sha256:a", 10, LayerState.DOWNLOADING, 5))]
    kept = AgentMetrics(node="n", version="1", running=lambda: running, fetched=lambda: (0, 0), trouble=dict)
    labels = NODE | {"layer": "0"}

    assert kept.registry.get_sample_value("pullwatch_layer_downloaded_bytes", labels) == 5
    running.clear()
    assert kept.registry.get_sample_value("pullwatch_layer_downloaded_bytes", labels) is None


def test_counts_series_that_find_no_room() -> None:
    """Beyond the cap layers are left out, and a counter says so."""
    huge = [
        pull(*(LayerProgress(n, "sha256:a", 10, LayerState.DOWNLOADING, 5, 1.0) for n in range(1000)), repository=f"p{i}") for i in range(3)
    ]

    shown = text(metrics(*huge))

    assert (
        sum(line.startswith(("pullwatch_layer_size", "pullwatch_layer_down", "pullwatch_layer_sec")) for line in shown.splitlines()) <= 5000
    )
    assert "pullwatch_agent_series_dropped_total 4002.0" in shown


def test_hostile_names_stay_label_values() -> None:
    """A repository comes from an image's labels: it is escaped."""
    shown = text(metrics(pull(LayerProgress(0, "sha256:a", 1, LayerState.DOWNLOADING), repository='a"b\\c\nd')))

    assert r'repository="a\"b\\c\nd"' in shown


def test_keeps_all_metrics_that_the_table_names() -> None:
    """Table and registry do not drift apart."""
    kept = {
        metric.name: (metric.type, metric.documentation) for metric in metrics().registry.collect() if metric.name.startswith("pullwatch_")
    }

    assert kept == {family.name.removesuffix("_total"): (family.type.value, family.help) for family in agent_metrics.FAMILIES}


def test_counts_calls_by_method_and_outcome() -> None:
    """The stream of events lasts for days, so its time is no waiting for an answer."""
    kept = metrics()
    kept.called("Content/Info", "ok", seconds=0.5)
    kept.called("Events/Subscribe", "unavailable", seconds=5000)

    value = kept.registry.get_sample_value
    assert value("pullwatch_agent_calls_total", {"method": "Content/Info", "outcome": "ok"}) == 1
    assert value("pullwatch_agent_calls_total", {"method": "Events/Subscribe", "outcome": "unavailable"}) == 1
    assert value("pullwatch_agent_call_seconds_total", {"method": "Content/Info"}) == pytest.approx(0.5)
    assert value("pullwatch_agent_call_seconds_total", {"method": "Events/Subscribe"}) is None
    assert value("pullwatch_agent_trouble_total", {"reason": "gone"}) == 2
    assert value("pullwatch_layer_repulled_bytes_total", {"node": "n"}) == 100
