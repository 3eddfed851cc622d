"""What an image is made of, in the four outputs."""

from __future__ import annotations

import io
import json

import msgspec
import pytest
from hypothesis import given, settings

from pullwatch.publish import image as printed
from pullwatch.publish.image import content
from pullwatch.publish.report import words
from pullwatch.pulls import breakdown
from pullwatch.pulls.breakdown import Breakdown, BrokenDownLayer
from tests.publish.images import digest, document, trainer, written
from tests.publish.reported import hostile

TABLE = """\
Layer 3, 3.1 GB, `RUN pip install torch`, is 84 % of 3.7 GB and is fetched
alone.
registry.example.com/ml/trainer:2.4: 5 layers, 3.7 GB, linux/amd64, on 12 nodes.
A pull fetches 3 layers at a time: when the others are there, 2.8 GB of this one
are still to come, by one connection.
No other known image has layer 3.
43 MB of it (1 %) are in other known images, too.

Layers, from the base upwards
   LAYER    SIZE  SHARE  BAR         IMAGES  DOCKERFILE LINE
       0   29 MB    1 %  ▏               41  ADD rootfs.tar.xz /
       1   14 MB   <1 %  ▏                6  RUN apt-get update && apt-get inst…
       2  1.2 kB   <1 %  ▏                1  COPY requirements.txt /app/
!      3  3.1 GB   84 %  ████████▍        1  RUN pip install torch
       4  550 MB   15 %  █▌               1  COPY . /app

What a node that holds this image fetches for another release
   FETCHED    KEPT  FOR
    550 MB  3.2 GB  registry.example.com/ml/trainer:2.3

Images that share layers
   SHARED  OF THIS  IMAGE
    43 MB      1 %  registry.example.com/ml/serving:1.9
    29 MB      1 %  docker.io/library/python:3.12

layers told by an agent, bytes as a registry holds them (compressed), manifest
sha256:0000000000000000000000000000000000000000000000000000000000000063.
"""


def test_the_table_answers_in_its_first_line() -> None:
    """Which layer, how big, what made it, which part of the whole; then all layers, what a release moves, who shares."""
    assert written(trainer()) == TABLE


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_no_line_is_wider_than_asked(width: int) -> None:
    """A narrow terminal loses columns and the ends of lines, a wide one shows more of them."""
    table = written(trainer(text="long " * 60), output="table", width=width)

    assert max(words.cells(line) for line in table.splitlines()) <= width


def headline(found: Breakdown) -> str:
    return content.headline(found, breakdown.dominant(found.layers))


def layers(*sizes: int) -> Breakdown:
    return Breakdown(image="a", layers=tuple(BrokenDownLayer(position, digest(position), size) for position, size in enumerate(sizes)))


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (layers(5_000_000), "Layer 0, 5.0 MB, is all of the image and is fetched alone."),
        (layers(900, 100), "Layer 0, 900 B, is 90 % of 1.0 kB and is fetched alone."),
        (layers(100, 500, 400), "Layer 1, 500 B, is 50 % of 1.0 kB and is fetched longer than all others."),
        (layers(340, 330, 330), "No layer dominates: the largest, layer 0, 340 B, is 34 % of 1.0 kB."),
        (layers(100, 110, 100, 100), "No layer dominates: the largest, layer 1, 110 B, is 27 % of 410 B."),
        (layers(0, 0), "2 layers, all of them empty."),
        (layers(), "The layers of this image are not known."),
        (Breakdown(image="a", size_bytes=7_000_000), "The layers of this image are not known. It has 7.0 MB in all."),
    ],
)
def test_the_headline_says_no_more_than_is_known(found: Breakdown, says: str) -> None:
    """One layer that dominates, one that is the longest, none, or nothing known."""
    assert headline(found) == says


def test_where_no_layers_are_known_it_says_how_to_know_them() -> None:
    """The two sources by their verbs, and the page that weighs them."""
    text = written(Breakdown(image="a"), width=200)

    assert "pullwatch agent" in text
    assert "pullwatch registry" in text
    assert "docs/agent.md" in text


def test_without_history_layers_go_by_their_digests() -> None:
    """A squashed image tells no lines; a column of blanks would say nothing."""
    text = written(layers(5, 6), width=120)

    assert "DIGEST" in text
    assert digest(1) in text
    assert "IMAGES" not in text


def test_a_layer_listed_twice_says_so() -> None:
    """It is fetched once, which the sum of the shares would not show."""
    twice = Breakdown(image="a", layers=(*layers(500, 500).layers, BrokenDownLayer(2, digest(0), 500)))

    assert "(the same as layer 0)" in written(twice, width=120)
    assert "50 %" in written(twice)


def test_a_thousand_layers_are_cut_and_counted() -> None:
    """The table stays one that somebody reads."""
    text = written(layers(*range(1, 1001)))

    assert f"and {1000 - content.MOST_LAYERS} more" in text


def test_json_is_the_document() -> None:
    """All keys, unknown ones null, and read back it is the same."""
    text = written(trainer(), Breakdown(image=None), output="json")

    assert msgspec.json.decode(text, type=breakdown.ImagesDocument) == document(trainer(), Breakdown(image=None))
    assert json.loads(text)["images"][1]["shared_bytes"] is None


def test_markdown_has_the_same_lists() -> None:
    """A table for each, with bars; what a Dockerfile line holds is no markup."""
    text = written(trainer(), output="markdown")

    assert text.startswith("# Layers of registry.example.com/ml/trainer&#58;2.4\n\n**Layer 3, 3.1 GB, ")
    assert "| **large** 3 | 3.1 GB | 84 % | ████████▍ | 1 | `RUN pip install torch` |" in text
    assert "Source: layers told by an agent" in text


def test_a_stream_without_blocks_gets_signs() -> None:
    """In a locale of ASCII a bar is made of `#`, and nothing fails."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    printed.write(document(trainer()), output="table", stream=stream, width=80)
    stream.flush()

    assert b"84 %  ########- " in raw.getvalue()


@settings(max_examples=40)
@given(hostile)
def test_hostile_names_stay_texts(text: str) -> None:
    """No output fails, no line of the table is too wide, and Markdown keeps its columns."""
    image = trainer(text=text)

    assert max(words.cells(line) for line in written(image).splitlines()) <= 80
    rows = [line for line in written(image, output="markdown").splitlines() if line.startswith("| **large** 3 ")]
    assert len(rows) == 1
    assert "<script" not in rows[0]


@pytest.mark.parametrize(
    ("unique_bytes", "says"),
    [
        (550_000_000, "550 MB would go from node-a with it: no other image there has these layers."),
        (None, "What node-a would lose with it is not known: it does not hold the image, or holds others of unknown layers."),
    ],
)
def test_a_node_is_told_what_it_would_lose(unique_bytes: int | None, says: str) -> None:
    """Where it was asked for; unknown is said, and is not nothing."""
    image = msgspec.structs.replace(trainer(), unique_bytes=unique_bytes)

    assert says in content.compose(image, node="node-a").facts
    assert not any("node-a" in fact for fact in content.compose(image).facts)


def test_an_image_that_shares_nothing_says_so_once() -> None:
    """One line instead of two, and no share of 0 bytes."""
    text = written(msgspec.structs.replace(trainer(), shared_bytes=0), output="table")

    assert "No other known image has any of its layers.\n" in text
    assert "No other known image has layer" not in text
    assert "0 B of it" not in text
