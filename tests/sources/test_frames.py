"""Chunks of watch frames and pages of lists, sound and odd."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given as cases
from hypothesis import settings, strategies

from pullwatch.pulls import observed
from pullwatch.sources import frames, resources, wire
from tests.sources import given

EVENTS = resources.events().reader
PODS = resources.pods().reader
NODES = resources.nodes().reader


def test_it_decodes_a_chunk_in_order() -> None:
    """Changes, the newest version and the number of frames come out; bookmarks only move the version."""
    chunk = (
        given.frame(given.pod("a"))
        + given.frame(given.pod("b"), "MODIFIED")
        + given.frame(given.pod("a"), "DELETED")
        + given.bookmark("900")
    )
    batch = PODS.batch(chunk)

    assert [(change, pod.name) for change, pod in batch.items] == [("ADDED", "a"), ("MODIFIED", "b"), ("DELETED", "a")]
    assert (batch.frames, batch.undecoded, batch.version, batch.error) == (4, 0, "900", None)


def test_it_moves_on_over_events_about_other_things() -> None:
    """An Event that does not matter still carries the version to resume from."""
    other = given.event(reason="FailedMount")
    other["metadata"]["resourceVersion"] = "777"
    batch = EVENTS.batch(given.frame(other))

    assert (batch.items, batch.frames, batch.undecoded, batch.version) == ([], 1, 0, "777")


@pytest.mark.parametrize(
    "odd",
    [
        b"<html>502 Bad Gateway</html>\n",
        b"not json\n",
        b'{"type":"ADDED","object":{"meta\n',
        b"[1,2]\n",
        b"null\n",
        b'{"type":"ADDED","object":null}\n',
        b'{"type":"SURPRISE","object":{}}\n',
        b'{"object":' * 2000 + b"\n",
        given.frame({"metadata": {"name": 5}}),
        given.frame({"metadata": {"name": "no uid"}}),
        given.frame({**given.pod(), "spec": {"containers": "none"}}),
    ],
)
def test_it_counts_an_odd_line_and_reads_its_neighbours(odd: bytes) -> None:
    """One bad object never stops the stream."""
    batch = PODS.batch(given.frame(given.pod("before")) + odd + given.frame(given.pod("after")))

    assert [pod.name for _, pod in batch.items] == ["before", "after"]
    assert batch.undecoded == 1


@pytest.mark.parametrize("odd", [b"\xff\xfe", b"\\ud800", b"\\u0000"])
def test_it_reads_a_line_whose_text_is_odd(odd: bytes) -> None:
    """Invalid UTF-8 and lone surrogates are replaced, not lost."""
    line = given.frame(given.event(message="MARK")).replace(b"MARK", b"a" + odd + b"b")
    batch = EVENTS.batch(line + given.frame(given.event()))

    assert len(batch.items) == 2
    assert batch.items[0][1].message.encode()
    assert batch.undecoded == 0


@pytest.mark.parametrize("reader", [EVENTS, PODS, NODES])
def test_it_sees_the_error_that_ends_a_watch(reader: frames.Reader[Any]) -> None:
    """A Status stands where an object should be, whose type it does not have; what came before it counts."""
    batch = reader.batch(given.bookmark("900") + given.gone())

    assert batch.error is not None
    assert (batch.error.code, batch.error.message, batch.version) == (410, "too old", "900")


@pytest.mark.parametrize("status", [None, 5, {"code": "many"}, {"message": ["no"]}])
def test_it_sees_the_end_where_the_status_is_odd(status: object) -> None:
    """An ERROR frame that does not tell why it ends the watch ends it all the same."""
    batch = EVENTS.batch(json.dumps({"type": "ERROR", "object": status}).encode() + b"\n" + given.frame(given.event()))

    assert batch.error is not None
    assert (batch.error.code, batch.items) == (None, [])


def test_it_reads_a_page() -> None:
    """Items without kind, the list's version and the way to the next page."""
    page = EVENTS.page(given.listed(given.event(), given.event(reason="Started"), version="12", continue_="more"))

    assert ([event.reason for event in page.items], page.version, page.continue_, page.undecoded) == (["Pulling"], "12", "more", 0)


def test_it_reads_a_page_around_its_odd_items() -> None:
    """Odd items are counted, the others read."""
    odd: list[dict[str, Any]] = [{"metadata": {"name": 5}}, {"metadata": {"name": "no uid"}}]
    page = PODS.page(given.listed(given.pod("a"), *odd, given.pod("b")))

    assert [pod.name for pod in page.items] == ["a", "b"]
    assert page.undecoded == 2


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"5", b'{"items":5}'])
def test_it_refuses_a_page_that_is_none(body: bytes) -> None:
    """A list that cannot be read must not look like an empty one."""
    with pytest.raises(wire.MALFORMED):
        PODS.page(body)


ODD_VALUES = strategies.recursive(
    strategies.none()
    | strategies.booleans()
    | strategies.integers()
    | strategies.floats(allow_nan=False, allow_infinity=False)
    | strategies.text(max_size=20),
    lambda inner: strategies.lists(inner, max_size=3) | strategies.dictionaries(strategies.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of each value within an object."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, one in inner for found in paths(one, (*path, key)))]


def replaced(object_: given.Object, path: tuple[Any, ...], value: object) -> given.Object:
    """Return a copy with another value at a path."""
    changed: Any = {"root": copy.deepcopy(object_)}
    target = changed
    for key in ("root", *path)[:-1]:
        target = target[key]
    target[("root", *path)[-1]] = value
    return changed["root"]  # type: ignore[no-any-return]  # JSON


FULL_POD = given.pod(containerStatuses=[{"name": "api", "image": "x", "state": {"running": {"startedAt": given.STAMP}}, "lastState": {}}])


@settings(max_examples=300, deadline=None)
@cases(strategies.data(), strategies.sampled_from([(EVENTS, given.event()), (PODS, FULL_POD), (NODES, given.node(agentpool="p"))]))
def test_it_never_raises_for_a_mutated_object(data: strategies.DataObject, kind: tuple[frames.Reader[Any], given.Object]) -> None:
    """Whatever type stands in whatever field: an object comes out, or is counted, and its neighbours are read."""
    reader, sound = kind
    mutated = replaced(sound, data.draw(strategies.sampled_from(paths(sound))), data.draw(ODD_VALUES))
    line = json.dumps({"type": "MODIFIED", "object": mutated}).encode() + b"\n"
    batch = reader.batch(given.frame(sound) + line + given.frame(sound))
    page = reader.page(b'{"metadata":{"resourceVersion":"1"},"items":[' + json.dumps(mutated).encode() + b"]}")

    assert len([one for change, one in batch.items if change == "ADDED"]) == 2
    assert batch.frames + batch.undecoded >= 3
    assert len(page.items) + page.undecoded <= 1
    assert reader.one(json.dumps(mutated).encode()) in (None, *(one for _, one in batch.items), *page.items)
    for _, one in batch.items:
        assert isinstance(one, observed.Event | observed.Pod | observed.Node)


@settings(max_examples=200, deadline=None)
@cases(strategies.data())
def test_it_never_raises_for_mutated_bytes(data: strategies.DataObject) -> None:
    """Bytes that were damaged on the way cost their own line and no other."""
    line = bytearray(given.frame(given.event()))
    for _ in range(data.draw(strategies.integers(1, 4))):
        line[data.draw(strategies.integers(0, len(line) - 2))] = data.draw(strategies.integers(0, 255))
    batch = EVENTS.batch(bytes(line) + b"\n" + given.frame(given.event(message="sound")))

    assert batch.error is not None or [event.message for _, event in batch.items][-1:] == ["sound"]
