"""Recordings: every form they come in, their time axis, and what is said about input that is none."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from pullwatch.sim import recording
from pullwatch.sim.recording import Recording, RecordingError
from tests.recorded import RECORDINGS, SCENARIOS
from tests.sim.given import event, node, pod

FIRST, SECOND, LATER = "2026-11-23T10:00:00Z", "2026-11-23T10:00:20Z", "2026-11-23T10:01:00Z"


def _event(name: str, at: str) -> dict[str, Any]:
    return {"kind": "Event", "apiVersion": "v1", **event(name), "firstTimestamp": at, "lastTimestamp": at}


def _frame(type_: str, object_: dict[str, Any]) -> dict[str, Any]:
    return {"type": type_, "object": object_}


def _lines(path: Path, *values: object) -> Path:
    path.write_text("".join(json.dumps(value) + "\n" for value in values))
    return path


def _short(loaded: Recording) -> list[tuple[float, str, str]]:
    return [(step.offset_seconds, step.type, step.object["metadata"]["name"]) for step in loaded.steps]


def test_it_takes_arrival_times_from_the_sibling(tmp_path: Path) -> None:
    """Times beat stamps, and no stamp lies after the arrival of its frame."""
    path = _lines(tmp_path / "x.events.jsonl", _frame("ADDED", _event("a", FIRST)), _frame("MODIFIED", _event("a", SECOND)))
    (tmp_path / "x.times.jsonl").write_text("0.250\n20.5\n")

    loaded = recording.load(path)

    assert _short(loaded) == [(0.25, "ADDED", "a"), (20.5, "MODIFIED", "a")]
    assert loaded.started_at == pytest.approx(1795428000 - 0.25)


def test_it_takes_offsets_from_stamps_and_never_goes_back(tmp_path: Path) -> None:
    """A watch's order is the cluster's own; a stamp that goes back does not change it."""
    frames = [_frame("ADDED", _event(name, at)) for name, at in (("a", FIRST), ("b", LATER), ("c", SECOND))]

    loaded = recording.load(_lines(tmp_path / "x.jsonl", *frames))

    assert _short(loaded) == [(0.0, "ADDED", "a"), (60.0, "ADDED", "b"), (60.0, "ADDED", "c")]


@pytest.mark.parametrize("form", ["list", "indented", "lines", "array", "gzip"])
def test_it_orders_objects_by_their_stamps(tmp_path: Path, form: str) -> None:
    """A printed List has no order; nodes and pods older than the first event are history."""
    old = {"kind": "Node", "apiVersion": "v1", **node("node-01")}
    old["metadata"]["creationTimestamp"] = "2026-11-23T09:00:00Z"
    old["status"] = {"conditions": [{"lastHeartbeatTime": LATER}]}
    objects = [_event("b", SECOND), old, {"kind": "Secret", "metadata": {"name": "s"}}, _event("a", FIRST)]
    path = tmp_path / "x.json"
    text = json.dumps({"kind": "List", "apiVersion": "v1", "items": objects}, indent=2 if form == "indented" else None)
    if form == "lines":
        text = "\n".join(map(json.dumps, objects))
    if form == "array":
        text = json.dumps(objects)
    path.write_bytes(gzip.compress(text.encode()) if form == "gzip" else text.encode())

    loaded = recording.load(path)

    assert _short(loaded) == [(-3600.0, "ADDED", "node-01"), (0.0, "ADDED", "a"), (20.0, "ADDED", "b")]
    assert [step.resource for step in loaded.backlog] == ["nodes"]


def test_it_reads_the_items_of_an_event_list(tmp_path: Path) -> None:
    """The API's own lists leave out the kind of their items."""
    path = _lines(tmp_path / "x.json", {"kind": "EventList", "apiVersion": "v1", "items": [event("a") | {"lastTimestamp": FIRST}]})

    assert [step.resource for step in recording.load(path).steps] == ["events"]


def test_it_puts_pods_between_the_events_of_the_versions_around_them(tmp_path: Path) -> None:
    """A pod's whole-second stamp says 20, its version says after the event that arrived at 20.4."""
    events = [_event("a", FIRST), _event("b", SECOND)]
    pods: list[dict[str, Any]] = [{"kind": "Pod", "apiVersion": "v1", **pod(name)} for name in ("new", "started")]
    for object_, version in zip([events[0], events[1], *pods], ("11", "13", "10", "14"), strict=True):
        object_["metadata"]["resourceVersion"] = version
    pods[0]["metadata"]["creationTimestamp"] = FIRST
    pods[1]["status"]["startTime"] = SECOND
    path = _lines(tmp_path / "x.events.jsonl", *(_frame("ADDED", object_) for object_ in events))
    (tmp_path / "x.times.jsonl").write_text("0.3\n20.4\n")
    _lines(tmp_path / "x.pods.jsonl", *(_frame("ADDED", object_) for object_ in pods))

    loaded = recording.load(path)

    assert [name for _, _, name in _short(loaded)] == ["new", "a", "b", "started"]
    assert [step.offset_seconds for step in loaded.steps] == sorted(step.offset_seconds for step in loaded.steps)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_it_loads_what_real_clusters_sent(scenario: str) -> None:
    """All frames are there, in time order, none before the start."""
    path = RECORDINGS / f"{scenario}.events.jsonl"

    loaded = recording.load(path)

    events = [step.object["metadata"]["uid"] for step in loaded.steps if step.resource == "events"]
    assert events == [json.loads(line)["object"]["metadata"]["uid"] for line in path.read_text().splitlines()]
    assert [step.offset_seconds for step in loaded.steps] == sorted(step.offset_seconds for step in loaded.steps)
    assert loaded.backlog == ()


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"", None, "expected JSON, found nothing"),
        (b"\n \n", None, "expected JSON, found nothing"),
        (b'{"type":"ADDED","object":{"kind":"Pod"', 1, "expected JSON"),
        (b'{"kind":"List","items":[]}\n{"kind":', 2, "expected JSON"),
        (b'{\n "kind": "List",\n "items": [\n', 4, "expected JSON"),
        (b"hello\n", 1, "expected JSON"),
        (b"\xff\xfe\x00", 1, "expected JSON"),
        (b'{"kind":"List","items":[]}\n7\n', 2, "expected a watch frame or an object, found int"),
        (b"\x1f\x8bnot gzip at all", None, "expected gzip"),
        (b'{"kind":"List","items":[]}', None, "expected events, pods or nodes, found none"),
        (b'{"kind":"SecretList","items":[{}, 1, null]}', None, "expected events, pods or nodes, found none"),
        (b'{"type":"ERROR","object":{"kind":"Status","metadata":{}}}\n', None, "expected events, pods or nodes, found none"),
    ],
)
def test_it_says_in_one_line_what_is_wrong(tmp_path: Path, content: bytes, line: int | None, message: str) -> None:
    """File, line if one is to blame, and what was expected."""
    path = tmp_path / "x.json"
    path.write_bytes(content)

    with pytest.raises(RecordingError) as caught:
        recording.load(path)

    assert caught.value.line == line
    assert caught.value.message.startswith(message)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_it_says_which_time_is_missing(tmp_path: Path) -> None:
    """A times file that does not fit its frames names the line."""
    path = _lines(tmp_path / "x.events.jsonl", *(_frame("ADDED", _event(name, FIRST)) for name in "ab"))
    (tmp_path / "x.times.jsonl").write_text("0.250\n")

    with pytest.raises(RecordingError, match=r"x\.times\.jsonl:2: expected the seconds of frame 2"):
        recording.load(path)


@pytest.mark.parametrize(("name", "message"), [("none.jsonl", "no such file or directory"), ("", "is a directory")])
def test_it_says_when_a_file_cannot_be_read(tmp_path: Path, name: str, message: str) -> None:
    """The system's own words, without a traceback."""
    with pytest.raises(RecordingError, match=message):
        recording.load(tmp_path / name)
