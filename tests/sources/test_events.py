"""Kubelet Events from the wire."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pullwatch.pulls import observed
from pullwatch.sources import events, wire
from tests.sources import given


def convert(object_: given.Object) -> observed.Event | None:
    import msgspec

    return events.convert(msgspec.json.decode(json.dumps(object_).encode(), type=events.EventObject))


def converted(object_: given.Object) -> observed.Event:
    event = convert(object_)
    assert event is not None
    return event


def test_it_reads_a_kubelets_event() -> None:
    """Each field that the rules read is there."""
    assert convert(given.event()) == observed.Event(
        uid="e-1",
        namespace="shop",
        pod="api-0",
        pod_uid="p-1",
        field_path="spec.containers{api}",
        reason="Pulling",
        message='Pulling image "registry.example.com/team/api:1.0"',
        node="node-a",
        count=1,
        first_at=given.SECONDS,
        last_at=given.SECONDS,
    )


def test_it_reads_a_combined_event() -> None:
    """A combined Event has neither field path nor reporting fields, and is a kubelet's all the same."""
    combined = given.event(reportingComponent="", reportingInstance="")
    del combined["involvedObject"]["fieldPath"]

    assert (converted(combined).node, converted(combined).field_path) == ("node-a", "")


def test_it_reads_the_field_names_of_events_v1() -> None:
    """`kubectl get events.events.k8s.io` gives the same Event."""
    new = given.event()
    for old_name, new_name in {
        "involvedObject": "regarding",
        "message": "note",
        "source": "deprecatedSource",
        "firstTimestamp": "deprecatedFirstTimestamp",
        "lastTimestamp": "deprecatedLastTimestamp",
        "count": "deprecatedCount",
        "reportingComponent": "reportingController",
    }.items():
        new[new_name] = new.pop(old_name)

    assert convert(new) == convert(given.event())


@pytest.mark.parametrize(
    "other",
    [
        given.event(reason="Started"),
        given.event(reason=None),
        given.event(involvedObject={"kind": "Node", "name": "node-a"}),
        given.event(involvedObject=None),
        given.event(source={"component": "default-scheduler"}),
        given.event(source=None, reportingComponent="my-operator"),
    ],
)
def test_it_leaves_out_what_is_not_a_kubelets_word_about_an_image(other: given.Object) -> None:
    """Other reasons, objects and writers are none of ours."""
    assert convert(other) is None


@pytest.mark.parametrize("missing", [{"metadata": {}}, {"metadata": None}, {"involvedObject": {"kind": "Pod"}}])
def test_it_refuses_an_event_that_cannot_be_told_from_others(missing: dict[str, Any]) -> None:
    """Without uid or pod an Event cannot be counted once."""
    with pytest.raises(wire.Unusable):
        convert(given.event(**missing))


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({"count": 7}, 7),
        ({"count": None}, 1),
        ({"count": 0}, 1),
        ({"count": -4}, 1),
        ({"count": None, "series": {"count": 5}}, 5),
        ({"count": 3, "series": {"count": 2}}, 3),
    ],
)
def test_it_counts_by_the_larger_of_count_and_series(fields: dict[str, Any], count: int) -> None:
    """An Event happened at least once."""
    assert converted(given.event(**fields)).count == count


LATER, LATEST = "2026-11-23T16:49:48.000000Z", "2026-11-23T16:50:48Z"


@pytest.mark.parametrize(
    ("fields", "first", "last"),
    [
        ({"lastTimestamp": LATEST}, 0, 120),
        ({"lastTimestamp": None, "firstTimestamp": None, "eventTime": LATER}, 60, 60),
        ({"lastTimestamp": None, "firstTimestamp": None, "eventTime": None}, 0, 0),
        ({"lastTimestamp": None, "series": {"lastObservedTime": LATER}}, 0, 60),
        ({"lastTimestamp": "0001-01-01T00:00:00Z", "firstTimestamp": "1970-01-01T00:00:00Z"}, 0, 0),
    ],
)
def test_it_takes_the_best_stamp_there_is(fields: dict[str, Any], first: float, last: float) -> None:
    """Null and zero stamps give way to the next best, at last to the creation."""
    event = converted(given.event(**fields))

    assert (event.first_at, event.last_at) == (given.SECONDS + first, given.SECONDS + last)


def test_it_cleans_every_text() -> None:
    """Control characters and length of hostile texts end here."""
    event = converted(given.event(message="\x1b[31m" + "x" * 10_000, source={"component": "kubelet", "host": "node\na"}))

    assert "\x1b" not in event.message
    assert len(event.message) == observed.MAX_TEXT
    assert event.node == "node a"


def test_it_bounds_what_no_kubelet_writes() -> None:
    """A count beyond an int32 is cut, and pods without a uid are told apart by their names."""
    forged = convert(given.event(count=10**30, involvedObject={"kind": "Pod", "namespace": "shop", "name": "api-0"}))

    assert forged is not None
    assert (forged.count, forged.pod_uid) == (2**31 - 1, "shop/api-0")
