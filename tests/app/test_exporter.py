"""The running exporter's state, fed by hand."""

from __future__ import annotations

from typing import Any

from pullwatch.app.contacts import Contacts
from pullwatch.app.exporter import DOUBT_SECONDS, Exporter
from pullwatch.pack import assets
from pullwatch.pulls import entries
from pullwatch.pulls.occurrences import Occurrences
from tests.pulls.made import T0, container, failed, pod, pulled, pulling

REPOSITORY = ("docker.io", "library/nginx")


class Time:
    """One clock for everything."""

    def __init__(self) -> None:
        self.now = T0

    def __call__(self) -> float:
        return self.now


def made() -> tuple[Exporter, Time]:
    clock = Time()
    return Exporter(thresholds=assets.thresholds(), contacts=Contacts(clock=clock), clock=clock, monotonic=clock), clock


def shown(exporter: Exporter, family: str) -> dict[tuple[str, ...], Any]:
    """Return what a scrape shows of a family now."""
    for _ in exporter.refresh():
        pass
    return {child.labels: child.shown() for text in exporter.texts if text.family.name == family for child in text.children()}


def test_what_a_registry_told_and_was_forgotten_is_counted() -> None:
    """As every cap is."""
    exporter, _ = made()
    for number in range(entries.CAPACITY + 2):
        exporter.entries.tell(f"sha256:{number:064x}", "linux/amd64", f"sha256:{number:064x}")

    assert exporter.self_metrics.registry.get_sample_value("pullwatch_layers_dropped_total", {"kind": "entry"}) == 2.0


def test_a_question_shows_its_metrics_at_zero() -> None:
    """The first pull of an image is an increase: its histogram is there at 0 from the question on, for two scrapes."""
    exporter, clock = made()
    exporter.first_events([])

    exporter.events([("ADDED", pulling(at=0))], arrived_at=T0)
    asked = shown(exporter, "pullwatch_pull_duration_seconds")
    clock.now += 30
    exporter.events([("ADDED", pulled(took="30s", at=30))], arrived_at=clock.now)
    ended = shown(exporter, "pullwatch_pull_duration_seconds")
    clock.now += 31
    later = shown(exporter, "pullwatch_pull_duration_seconds")

    assert [seen[REPOSITORY].cumulative[-1] for seen in (asked, ended, later)] == [0, 0, 1]
    assert shown(exporter, "pullwatch_pull_failures_total")["docker.io", "not_found"] == 0


def test_what_was_there_before_moves_no_counter() -> None:
    """A first list rebuilds what runs and what ended, and counts nothing."""
    exporter, clock = made()

    exporter.first_events([pulled(took="30s", at=-60), pulling("slow:1", pod="web-1", at=-30), failed("gone:1", pod="web-2", at=-20)])
    clock.now += DOUBT_SECONDS

    assert {value.cumulative[-1] for value in shown(exporter, "pullwatch_pull_duration_seconds").values()} == {0}
    assert sum(shown(exporter, "pullwatch_pull_failures_total").values()) == 0
    assert [row.image.as_written for row in exporter.state().running] == ["slow:1"]
    assert [row.image.as_written for row in exporter.state().failing] == ["gone:1"]
    assert len(exporter.recent()) == 2


def test_a_later_list_counts_what_was_missed() -> None:
    """An Event that a gap hid counts once, with its own time."""
    exporter, clock = made()
    seen = pulled(took="2s", at=1)
    exporter.first_events([seen])

    exporter.missed_events([seen, pulled("other:1", took="3s", pod="web-1", at=5)])
    exporter.missed_events([seen])
    clock.now += 61

    counted = {labels[1]: value.cumulative[-1] for labels, value in shown(exporter, "pullwatch_pull_duration_seconds").items()}
    assert counted == {"library/other": 1}


def test_a_later_list_counts_nothing_again_that_memory_forgot() -> None:
    """What is clearly older than what was heard last was told then; the rest happened in the gap, with all its occurrences."""
    exporter, clock = made()
    exporter._lifecycle.occurrences = Occurrences(capacity=4)
    told = [pulled(f"app:{number}", pod=f"web-{number}", at=0) for number in range(20)]
    exporter.first_events([])
    exporter.events([("ADDED", event) for event in told], arrived_at=clock.now)
    clock.now += 600
    exporter.events([("ADDED", pulled("heard:1", pod="heard", at=600))], arrived_at=clock.now)

    exporter.missed_events([*told, pulled("missed:1", pod="missed", at=610), failed(at=615, count=3)])
    clock.now += 61

    durations = shown(exporter, "pullwatch_pull_duration_seconds")
    assert {labels[1]: value.cumulative[-1] for labels, value in durations.items()} == {
        "library/app": 20,
        "library/heard": 1,
        "library/missed": 1,
    }
    assert shown(exporter, "pullwatch_pull_failures_total")["docker.io", "not_found"] == 3


def test_a_start_pages_nobody_for_pods_that_are_gone() -> None:
    """Events of an hour tell of failures whose pod was replaced, or came through: such a pod fails once it was read, or could not be."""
    exporter, clock = made()
    exporter.listed_pods([pod("web-2", container())], first=True, namespace=None)
    exporter.first_events([failed(pod=name, at=0) for name in ("web-0", "web-1", "web-2")])

    at_first = [one.pod for one in exporter.state().failing]
    exporter.pod_read("uid-web-0", None)
    clock.now += DOUBT_SECONDS

    assert at_first == ["web-2"]
    assert sorted(one.pod for one in exporter.state().failing) == ["web-1", "web-2"]


def test_a_start_pages_nobody_for_pods_that_run() -> None:
    """The Event that ended a pull may be lost: it runs on here once its pod was read, or could not be."""
    exporter, clock = made()
    exporter.listed_pods([pod("web-2", container())], first=True, namespace=None)
    exporter.first_events([pulling(pod=name, at=-1800) for name in ("web-0", "web-1", "web-2")])

    at_first = [one.pod for one in exporter.state().running]
    exporter.pod_read("uid-web-0", None)
    clock.now += DOUBT_SECONDS

    assert at_first == ["web-2"]
    assert "web-1" in {one.pod for one in exporter.state().running}


def test_a_pod_that_nobody_told_of_is_looked_for() -> None:
    """Until it was read, or is known to be gone."""
    exporter, _ = made()
    exporter.first_events([pulling(at=0), pulling(pod="web-1", at=1)])

    before = exporter.strangers()
    exporter.pod_read("uid-web-0", pod("web-0", container()))
    exporter.pod_read("uid-web-1", None)

    assert before == {"uid-web-0": ("shop", "web-0"), "uid-web-1": ("shop", "web-1")}
    assert exporter.strangers() == {}
    assert [row.workload for row in exporter.state().running] == ["Deployment/web", None]


def test_pods_that_left_the_list_are_looked_for() -> None:
    """A later list of Pending pods holds neither those that started nor those that are gone."""
    exporter, _ = made()
    exporter.listed_pods([pod("web-0"), pod("web-1")], first=True, namespace=None)

    assert exporter.listed_pods([pod("web-1")], first=False, namespace=None) == {"uid-web-0": ("shop", "web-0")}


def test_objects_that_cannot_be_used_are_counted() -> None:
    """They were not understood either."""
    exporter, _ = made()

    exporter.undecoded(3)

    assert exporter.registry.get_sample_value("pullwatch_events_unparsed_total") == 3
