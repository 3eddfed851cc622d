"""The picture of running pulls: what a line says, and that it keeps to the terminal."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from pullwatch.publish import top
from pullwatch.publish.report import words
from tests.publish.pulling import followed, pull, read, unmatched
from tests.publish.reported import hostile


def drawn(*pulls: dict[str, Any], height: int | None = 24, width: int = 80, **more: Any) -> list[str]:
    beside = more.pop("beside", None)
    return [line.plain for line in top.lines(read(*pulls, beside=beside), width=width, height=height, **more)]


def test_nothing_runs() -> None:
    """One sentence, and no empty table."""
    assert drawn(foot=["http://127.0.0.1:9436; q ends"]) == ["No pull is running.", "", "http://127.0.0.1:9436; q ends"]


def test_a_followed_pull_has_a_bar_for_each_layer_under_way() -> None:
    """What is done and was there stands in one line; a download tells how much of how much, and for how long."""
    lines = drawn(followed(), width=100)

    assert lines[0] == "1 pull on 1 node, 6.5 MB/s in all."
    assert lines[2].split() == ["elapsed", "state", "rate", "ETA", "image", "pod", "node"]
    assert lines[3].split() == [
        "16m40s",
        "40",
        "%",
        "6.5",
        "MB/s",
        "3m12s",
        "registry.example.com/ml/trainer:2.0",
        "ml/trainer-0",
        "node-0",
    ]
    assert lines[4] == "      =+ 300 MB"
    assert [line[:10] for line in lines[5:9]] == ["       2 U", "       3 w", "       4 D", "       5 q"]
    assert "██████████              250 MB/500 MB     12s  RUN step 4 && with" in lines[7]
    assert "████████████████████" in lines[5]
    assert "3.5s" in lines[5]
    assert lines[9] == top.LEGEND


@pytest.mark.parametrize(
    ("row", "state"),
    [
        (pull(), "runs"),
        (pull(ahead=None), "runs"),
        (pull(ahead=12), "behind 12"),
        (followed(waits_for_pull=True), "waits"),
        (followed(layers=[]), "40 %"),
        (followed(layers=[layer for layer in followed()["layers"] if layer["state"] in ("done", "unpacking")]), "unpacks"),
    ],
)
def test_a_pull_says_what_it_does(row: dict[str, Any], state: str) -> None:
    """It waits for the kubelet's queue, for another pull's layer, for bytes or for its unpacking; or no more is known."""
    assert f" {words.shorten(state, 8)} " in drawn(row)[3]


def test_without_an_agent_it_says_so() -> None:
    """Bytes that nobody tells are `?`, and the line below says where they come from."""
    lines = drawn(pull())

    assert lines[3].split()[1:4] == ["runs", "?", "?"]
    assert lines[-1] == top.NO_AGENT


def test_a_pull_without_a_pod_is_shown_as_well() -> None:
    """By its repository and digest, on the node that tells of it."""
    lines = drawn(pull(), beside=[unmatched(elapsed_seconds=5.0)], width=120)

    assert lines[0] == "2 pulls on 2 nodes."
    assert "127.0.0.1/team/five@sha256:abababababab" in lines[4]
    assert lines[4].split()[-2:] == ["?", "node-7"]


def test_the_headline_counts() -> None:
    """Pulls, nodes, those in a queue, and the bytes of those of which they are known."""
    assert drawn(followed(), pull(1, ahead=1), pull(2))[0] == "3 pulls on 3 nodes, 1 in a queue, 6.5 MB/s where it is known."
    assert drawn(followed(), followed(1))[0] == "2 pulls on 2 nodes, 13 MB/s in all."


@pytest.mark.parametrize("height", [5, 10, 24, 60])
def test_forty_pulls_fit_any_screen(height: int) -> None:
    """Each pull has a line before any has its layers, the longest first; the rest is counted, and the foot is always there."""
    lines = drawn(*(followed(number) for number in range(40)), height=height, foot=["the foot"])

    assert len(lines) <= height
    assert lines[-1] == "the foot"
    if height == 24:
        assert sum("trainer" in line for line in lines) == 18
        assert "and 22 more pulls" in lines
    if height == 60:
        assert sum("trainer" in line for line in lines) == 40
        assert sum(line.startswith("       4 D") for line in lines) == 3


def test_layers_that_have_no_room_are_counted() -> None:
    """The last line below a pull says how many more there would be."""
    lines = drawn(followed(), height=9)

    assert len(lines) == 9
    assert lines[-2] == "      and 2 more lines"


def test_all_are_printed_where_there_is_no_height() -> None:
    """`--once` into a file leaves nothing out."""
    lines = drawn(*(followed(number) for number in range(40)), height=None)

    assert sum("trainer" in line for line in lines) == 40
    assert sum(line.startswith("       4 D") for line in lines) == 40


def test_what_is_wrong_stands_below_the_headline() -> None:
    """The last known picture stays, with one line about what keeps it from being renewed."""
    lines = drawn(pull(), problem="No answer for 12s")

    assert lines[1] == "No answer for 12s"
    assert "trainer" in lines[4]


@example("&lt;", 60, 4)
@settings(max_examples=100)
@given(hostile, some.integers(60, 200), some.integers(1, 40))
def test_hostile_names_keep_their_line(text: str, width: int, height: int) -> None:
    """No name is wider than its place, whatever it holds, and no line is wider than the terminal."""
    row = followed(image=text, image_as_written=text, namespace=text, pod=text, node=text)
    for layer in row["layers"]:
        layer["instruction"] = text

    lines = drawn(row, row, width=width, height=height)

    assert max(words.cells(line) for line in lines) <= width
    assert all(line.isprintable() for line in lines)
    assert len(lines) <= max(height, 2)


def test_figures_beyond_measure_stay_in_their_place() -> None:
    """An exabyte and a million years are wide, and cut."""
    row = followed(elapsed_seconds=1e15, bytes_per_second=1e17, eta_seconds=1e17, ahead=10**12)
    row["layers"][4] |= {"size_bytes": 1 << 60, "downloaded_bytes": 1 << 59, "position": 10**12}

    lines = drawn(row)

    assert max(words.cells(line) for line in lines) <= 80
