"""Recordings in every form that kubectl and people make, sound and broken."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as cases
from hypothesis import settings, strategies

from pullwatch.pulls import observed
from pullwatch.sources import documents, inputs, recorded
from pullwatch.sources.errors import RecordedError
from pullwatch.sources.recorded import Recorded, Tally
from tests import recorded as recordings
from tests.sources import given

FORMS = ("events.jsonl", "kubectl.json", "list.json", "pods.jsonl")


def read(*contents: bytes, tally: Tally | None = None) -> list[Recorded]:
    """Read contents from standard input, one after the other."""
    return list(recorded.read(["-"], stdin=io.BytesIO(b"".join(contents)), tally=tally))


def read_files(*paths: Path, tally: Tally | None = None) -> list[Recorded]:
    return list(recorded.read([str(path) for path in paths], stdin=io.BytesIO(), tally=tally))


def refused(*contents: bytes) -> str:
    with pytest.raises(RecordedError) as caught:
        read(*contents)
    return str(caught.value)


def pretty(value: object) -> bytes:
    """Return JSON as kubectl prints it."""
    return json.dumps(value, indent=4).encode() + b"\n"


def compact(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"


def the_list(*objects: given.Object, kind: str = "List") -> given.Object:
    return {"apiVersion": "v1", "items": list(objects), "kind": kind, "metadata": {"resourceVersion": ""}}


OBJECTS = [given.event(), given.pod(), given.node(), given.event(reason="Started")]
FRAMES = [{"type": "ADDED", "object": one} for one in OBJECTS]
BARE_EVENTS = [{name: value for name, value in given.event().items() if name not in ("kind", "apiVersion")}] * 2

SOUND: dict[str, tuple[bytes, Sequence[str]]] = {
    "List": (compact(the_list(*OBJECTS)), "EPN"),
    "List as kubectl prints it": (pretty(the_list(*OBJECTS)), "EPN"),
    "List without a line end": (compact(the_list(*OBJECTS)).strip(), "EPN"),
    "List over lines, in compact objects": (b'{"items":[\n' + b",\n".join(compact(one).strip() for one in OBJECTS) + b'\n],"kind":"List"}\n', "EPN"),
    "List without indentation": (json.dumps(the_list(*OBJECTS), indent=0).encode() + b"\n", "EPN"),
    "EventList": (compact(the_list(*BARE_EVENTS, kind="EventList")), "EE"),
    "PodList": (pretty(the_list({k: v for k, v in given.pod().items() if k != "kind"}, kind="PodList")), "P"),
    "array": (compact(OBJECTS), "EPN"),
    "array as jq prints it": (pretty(OBJECTS), "EPN"),
    "array of frames": (compact(FRAMES), "EPN"),
    "array of lists": (compact([the_list(*OBJECTS), the_list(given.event())]), "EPNE"),
    "JSON lines": (b"".join(map(compact, OBJECTS)), "EPN"),
    "JSON lines of items without kind": (b"".join(map(compact, BARE_EVENTS)), "EE"),
    "frames": (b"".join(map(compact, FRAMES)), "EPN"),
    "lines, one of them a List": (compact(OBJECTS[0]) + compact(the_list(*OBJECTS)) + compact(OBJECTS[0]), "EEPNE"),
    "lines, one of them an array": (compact(OBJECTS[0]) + compact(OBJECTS) + compact(OBJECTS[0]), "EEPNE"),
    "concatenated objects": (b"".join(map(pretty, OBJECTS)), "EPN"),
    "concatenated lists": (pretty(the_list(*OBJECTS)) + pretty(the_list(*OBJECTS)), "EPNEPN"),
    "concatenated arrays": (pretty(OBJECTS) + pretty(OBJECTS), "EPNEPN"),
    "lines, then documents, then lines": (compact(OBJECTS[0]) + pretty(OBJECTS[1]) + compact(OBJECTS[2]) + pretty(OBJECTS[0]), "EPNE"),
    "objects without line ends": (json.dumps(OBJECTS[0]).encode() + json.dumps(OBJECTS[1]).encode(), "EP"),
    "byte order mark": (b"\xef\xbb\xbf" + compact(the_list(*OBJECTS)), "EPN"),
    "CRLF": (pretty(the_list(*OBJECTS)).replace(b"\n", b"\r\n"), "EPN"),
    "CRLF lines": (b"".join(map(compact, OBJECTS)).replace(b"\n", b"\r\n"), "EPN"),
    "blank lines": (b"\n\n" + b"\n \n".join(map(compact, OBJECTS)) + b"\n\n", "EPN"),
    "bookmarks and errors": (given.bookmark("5") + compact(FRAMES[0]) + given.gone() + compact(FRAMES[1]), "EP"),
    "events of the new API": (compact({"kind": "Event", "regarding": OBJECTS[0]["involvedObject"], "reason": "Pulling", "note": "x",
                                       "reportingController": "kubelet", "metadata": {"uid": "u"}}), "E"),
}  # fmt: skip
KINDS: dict[type, str] = {observed.Event: "E", observed.Pod: "P", observed.Node: "N"}


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("block", [7, 64, inputs.BLOCK])
@pytest.mark.parametrize("form", SOUND)
def test_it_reads_every_form(form: str, block: int, packed: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001  # the case's own words
    """Each form gives the same objects in the same order, wherever its bytes are cut, packed or not."""
    content, kinds = SOUND[form]
    monkeypatch.setattr(inputs, "BLOCK", block)

    assert "".join(KINDS[type(one.object)] for one in read(gzip.compress(content) if packed else content)) == kinds


def test_it_tells_frames_and_deletions() -> None:
    """Only what came in a frame can be followed by later states."""
    first, second, third = read(compact(OBJECTS[0]), compact(FRAMES[1]), compact({"type": "DELETED", "object": OBJECTS[2]}))

    assert [(one.framed, one.deleted) for one in (first, second, third)] == [(False, False), (True, False), (True, True)]


def test_it_counts_what_it_read() -> None:
    """The report's honest line: all objects, Events, those of kubelets about images, and what it cannot use."""
    odd: list[dict[str, Any]] = [
        {"kind": "Event", "reason": 5},
        {"kind": "Pod", "metadata": {}},
        {"kind": "Service"},
        {"kind": "Service"},
        {"kind": 7},
    ]
    late = given.event(reason="Started", lastTimestamp="2026-11-23T17:48:48Z")
    tally = Tally()
    read(compact(the_list(*OBJECTS, *odd, late)), tally=tally)

    assert (tally.objects, tally.events, tally.kubelet_events, tally.pods, tally.nodes, tally.unusable) == (10, 3, 1, 2, 1, 2)
    assert tally.other_kinds == {"Service": 2, "(no object)": 1}
    assert (tally.first_at, tally.last_at) == (given.SECONDS, given.SECONDS + 3600)


@pytest.mark.parametrize("scenario", recordings.SCENARIOS)
def test_it_reads_the_recordings_of_real_clusters(scenario: str) -> None:
    """Watch frames, `kubectl get events` and `kubectl get events,pods` of the same cluster name the same Events."""
    seen: list[set[str]] = []
    for form in FORMS:
        file = recordings.RECORDINGS / f"{scenario}.{form}"
        if file.exists():
            tally = Tally()
            seen.append({one.object.uid for one in read_files(file, tally=tally) if isinstance(one.object, observed.Event)})
            assert (tally.unusable, tally.other_kinds) == (0, {})

    assert seen[0]
    assert all(uids <= seen[0] for uids in seen[1:])


def test_it_reads_several_files_and_standard_input(tmp_path: Path) -> None:
    """In the order in which they are named; progress counts the bytes of all."""
    first, second = tmp_path / "a.json", tmp_path / "b.json.gz"
    first.write_bytes(pretty(the_list(*OBJECTS)))
    second.write_bytes(gzip.compress(compact(OBJECTS[0])))
    told: list[tuple[int, int | None]] = []
    read_all = recorded.read([str(first), str(second)], stdin=io.BytesIO(), progress=lambda *progress: told.append(progress))
    with_stdin = recorded.read([str(second), "-"], stdin=io.BytesIO(compact(OBJECTS[1])))
    total = first.stat().st_size + second.stat().st_size

    assert "".join(KINDS[type(one.object)] for one in read_all) == "EPNE"
    assert "".join(KINDS[type(one.object)] for one in with_stdin) == "EP"
    assert told == sorted(told)
    assert told[-1] == (total, total)


def test_it_tells_no_total_of_standard_input() -> None:
    """A pipe has no size."""
    told: list[tuple[int, int | None]] = []
    list(recorded.read(["-"], stdin=io.BytesIO(compact(OBJECTS[0])), progress=lambda *progress: told.append(progress)))

    assert {total for _, total in told} == {None}


def test_it_accepts_an_empty_list_beside_a_full_one(tmp_path: Path) -> None:
    """No Events in one of several files is an answer, not a mistake."""
    empty, full = tmp_path / "empty.json", tmp_path / "full.json"
    empty.write_bytes(pretty(the_list()))
    full.write_bytes(compact(OBJECTS[0]))

    assert len(read_files(empty, full)) == 1


LINES = b"".join(map(compact, OBJECTS))
BROKEN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "standard input: empty; expected the output of kubectl get events,pods,nodes -A -o json"),
    "blank": (b"\n \n", "standard input: empty;"),
    "empty list": (pretty(the_list()), "standard input: an empty list;"),
    "text": (b"hello\n", "standard input, line 1: not JSON (it begins with neither { nor [)"),
    "table": (b"LAST SEEN   TYPE\n5m   Normal\n", "it looks like kubectl's table"),
    "yaml": (b"apiVersion: v1\nitems: []\n", "it looks like YAML"),
    "html": (b"<!DOCTYPE html>", "it looks like HTML"),
    "binary": (b"\x7fELF\x02\0\0\0", "standard input: binary data"),
    "utf-16": ('{"kind":"List"}'.encode("utf-16"), "standard input: UTF-16 text; write it as UTF-8"),
    "cut line": (LINES + compact(OBJECTS[0])[:100], "standard input, line 5 (byte"),
    "cut list": (compact(the_list(*OBJECTS))[:500], "standard input, line 1 (byte 500): the JSON ends in the middle"),
    "cut document": (pretty(the_list(*OBJECTS))[:500], ": the JSON ends in the middle: record it anew"),
    "cut array": (pretty(OBJECTS)[:300], ": the JSON ends in the middle"),
    "bad line": (LINES + b'{"kind" "Event"}\n' + LINES, "standard input, line 5 (byte"),
    "bad document": (pretty(OBJECTS[0]).replace(b'"kind":', b'"kind"', 1), "standard input, line 2 (byte"),
    "log among the lines": (LINES + b"E1123 16:48:48 memcache.go:265] couldn't get\n" + LINES, "standard input, line 5 (byte"),
    "cut gzip": (gzip.compress(LINES)[:-12], "standard input: the gzip data ends in the middle"),
    "damaged gzip": (gzip.compress(LINES)[:40] + b"\xff" * 40, "standard input: damaged gzip data"),
    "wrong kind": (compact(the_list({"kind": "Service"}, {"kind": "Secret"})), "no Event, Pod or Node, only Service, Secret; use kubectl"),
    "status": (
        compact({"kind": "Status", "message": "events is forbidden", "status": "Failure", "code": 403}),
        "only Status: events is forbidden;",
    ),
    "scalars": (b'{"kind":"Service"}\n5\n"x"\n', "only Service, (no object)"),
    "deep": (b'{"kind":"List","items":' + b"[" * 100_000, "standard input, line 1 (byte"),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_it_explains_in_one_line(broken: str) -> None:
    """Where, what was expected, and what to do; never a traceback."""
    content, explanation = BROKEN[broken]
    text = refused(content)

    assert explanation in text
    assert "\n" not in text


def test_it_names_line_and_byte_of_what_is_wrong() -> None:
    """The place can be gone to with an editor."""
    content = LINES + b'{"kind" "Event"}\n' + LINES

    assert refused(content).startswith(f"standard input, line 5 (byte {len(LINES) + 8}): not JSON (expected ':'); expected JSON: kubectl")


def test_it_names_the_line_in_a_far_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines are counted over all blocks."""
    monkeypatch.setattr(inputs, "BLOCK", 100)

    assert refused(LINES * 50, b"{]\n").startswith(f"standard input, line 201 (byte {len(LINES) * 50 + 1})")


def test_it_explains_files_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing, directory, not permitted, not gzip despite the name."""
    (tmp_path / "x.gz").write_bytes(LINES)
    no_permission = PermissionError(13, "Permission denied")

    with pytest.raises(RecordedError, match=r"missing: no such file: check the path"):
        read_files(tmp_path / "missing")
    with pytest.raises(RecordedError, match=r": a directory: name the files in it"):
        read_files(tmp_path)
    with pytest.raises(RecordedError, match=r"x\.gz: not gzip data although its name ends in \.gz"):
        read_files(tmp_path / "x.gz")
    with pytest.raises(RecordedError, match=r"\?|cannot be read"):
        list(recorded.read(["nul\0byte"], stdin=io.BytesIO()))

    def refuse(*_: object) -> None:
        raise no_permission

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(RecordedError, match=r"x\.gz: no permission to read it"):
        read_files(tmp_path / "x.gz")


def test_it_leaves_standard_input_open() -> None:
    """It belongs to the caller."""
    stdin = io.BytesIO(LINES)
    list(recorded.read(["-"], stdin=stdin))

    assert not stdin.closed


@settings(max_examples=300, deadline=None)
@cases(strategies.data(), strategies.sampled_from(sorted(SOUND)))
def test_it_raises_nothing_else_for_damaged_bytes(data: strategies.DataObject, form: str) -> None:
    """Damaged in any place or cut anywhere, a recording is read or refused in one line."""
    content = bytearray(SOUND[form][0])
    for _ in range(data.draw(strategies.integers(0, 3))):
        content[data.draw(strategies.integers(0, len(content) - 1))] = data.draw(strategies.integers(0, 255))
    cut = content[: data.draw(strategies.integers(0, len(content)))]
    found: list[Recorded] = []
    refused = ""
    try:
        found = list(read(bytes(cut)))
    except RecordedError as error:
        refused = str(error)

    assert all(type(one.object) in KINDS for one in found)
    assert "\n" not in refused


def test_it_reads_many_small_documents_in_linear_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """`kubectl get -w -o json` prints documents over lines: each is decoded a bounded number of times."""
    decoded = 0
    decode = documents.decode

    def counting(buffer: documents.Buffer) -> documents.Decoded:
        nonlocal decoded
        decoded += 1
        return decode(buffer)

    monkeypatch.setattr(documents, "decode", counting)
    monkeypatch.setattr(inputs, "BLOCK", 10_000)
    count = len(read(pretty(OBJECTS[0]) * 1000))

    assert count == 1000
    assert decoded <= 1000
