"""Pulls that run now, as a client reads them."""

from __future__ import annotations

import msgspec
import pytest

from pullwatch.pulls import underway
from pullwatch.pulls.reported import LayerState
from pullwatch.pulls.underway import LayerUnderway, RunningDocument, Underway


def layer(state: LayerState, *, size: int = 100, downloaded: int | None = None) -> LayerUnderway:
    return LayerUnderway(0, "sha256:0", size, state, downloaded)


@pytest.mark.parametrize(
    ("one", "fraction"),
    [
        (layer(LayerState.QUEUED), 0.0),
        (layer(LayerState.DOWNLOADING), None),
        (layer(LayerState.DOWNLOADING, downloaded=25), 0.25),
        (layer(LayerState.DOWNLOADING, downloaded=900), 1.0),
        (layer(LayerState.DOWNLOADING, downloaded=-5), 0.0),
        (layer(LayerState.DOWNLOADING, size=0, downloaded=0), 1.0),
        (layer(LayerState.UNPACKING), 1.0),
        (layer(LayerState.PRESENT), 1.0),
    ],
)
def test_a_layers_part_is_between_nothing_and_all(one: LayerUnderway, fraction: float | None) -> None:
    """Whatever was reported; of a download whose bytes nobody knows the part is unknown."""
    assert one.fraction == fraction


def test_a_pulls_part_needs_both_figures() -> None:
    """Bytes without a total, or a total of nothing, are no part."""
    assert Underway(downloaded_bytes=5).fraction is None
    assert Underway(downloaded_bytes=5, total_bytes=0).fraction is None
    assert Underway(downloaded_bytes=5, total_bytes=20).fraction == 0.25
    assert Underway(downloaded_bytes=50, total_bytes=20).fraction == 1.0


def test_it_unpacks_once_all_bytes_are_there() -> None:
    """As long as one layer is not in its place; a pull without layers is not said to unpack."""
    done, unpacking = layer(LayerState.DONE), layer(LayerState.UNPACKING)

    assert Underway(layers=(done, unpacking)).unpacks
    assert not Underway(layers=(done, layer(LayerState.DOWNLOADING, downloaded=5))).unpacks
    assert not Underway(layers=(done, done)).unpacks
    assert not Underway().unpacks


def test_a_pull_is_called_by_what_is_known() -> None:
    """As its pod wrote it, else by repository and digest: the runtime knows no tag before the end."""
    assert Underway(image_as_written="web", image="docker.io/library/web:latest").name == "web"
    assert Underway(registry="r.example", repository="team/web", digest="sha256:ab").name == "r.example/team/web@sha256:ab"
    assert Underway().name == ""


def test_the_longest_comes_first() -> None:
    """Pulls of unknown age come last, in the order of their names."""
    pulls = [Underway(image="b"), Underway(image="c", elapsed_seconds=5.0), Underway(image="a"), Underway(image="d", elapsed_seconds=50.0)]

    assert [pull.image for pull in underway.longest_first(pulls)] == ["d", "c", "a", "b"]


def test_it_reads_rows_of_a_newer_server() -> None:
    """Keys that it does not know are skipped, and live figures may be missing."""
    body = b'{"schema":1,"generated_at":"t","new":1,"pulls":[{"image":"a","pod":"p","outcome":"running","newer":[]}],"unmatched":[{"node":"n"}]}'

    document = msgspec.json.decode(body, type=RunningDocument)

    assert (document.pulls[0].image, document.pulls[0].layers, document.unmatched[0].node) == ("a", None, "n")
