"""An image's layers as HTML: one file, and the page of the exporter."""

from __future__ import annotations

import html
import urllib.parse

from hypothesis import given, settings

from pullwatch.publish.image import page
from pullwatch.pulls.breakdown import Breakdown
from tests.publish.images import STAMP, trainer, written
from tests.publish.reported import hostile
from tests.publish.test_report_page import Structure


def test_it_is_one_file_that_loads_nothing() -> None:
    """No script, no link elsewhere, no address: the page works offline and may be mailed; its policy says so to the browser."""
    text = written(trainer(), output="html")
    structure = Structure(text)

    assert not {tag[0] for tag in structure.tags} & {"script", "img", "iframe", "object", "form", "a", "base"}
    assert structure.values["href"] == ["data:,"]
    assert "src" not in structure.values
    assert not any(name.startswith("on") for name in structure.values)
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in structure.values["content"]
    assert "url(" not in text
    assert "@import" not in text


def test_it_says_what_the_table_says() -> None:
    """The same headline, facts and lists; the layer that is fetched alone stands out."""
    structure = Structure(written(trainer(), output="html"))
    text = " ".join(structure.text)

    assert "Layer 3, 3.1 GB, `RUN pip install torch`, is 84 % of 3.7 GB and is fetched alone." in text
    assert "No other known image has layer 3." in text
    assert structure.values["style"] == ["width: 0.8%", "width: 0.4%", "width: 0.0%", "width: 84.0%", "width: 14.9%"]
    assert structure.tags["tr", "class"] == 1
    assert structure.values["aria-label"] == [
        "Layers, from the base upwards",
        "What a node that holds this image fetches for another release",
        "Images that share layers",
    ]


def test_each_cell_says_on_a_narrow_screen_what_it_is() -> None:
    """There the heads are gone, and each row is a card."""
    structure = Structure(written(trainer(), output="html"))

    assert structure.values["data-label"][:6] == ["Layer", "Size", "Share", "Bar", "Images", "Dockerfile line"]


def test_the_exporter_puts_links_and_a_question_around_it() -> None:
    """From an image one comes back to the pulls, and on to another image; a path is relative, for a proxy's prefix."""
    served = page.Served(wanted="a", problem="not known")
    text = page.render([trainer()], moment=STAMP, served=served)
    structure = Structure(text)

    assert structure.values["action"] == ["./"]
    links = [link for link in structure.values["href"] if link != "data:,"]
    assert links[:2] == ["../", "../runbooks/"]
    named = [*(release.image for release in trainer().releases), *(other.image for other in trainer().others)]
    assert [urllib.parse.unquote(link.removeprefix("./?image=")) for link in links[2:]] == named
    assert structure.values["value"] == ["a"]
    assert "not known" in structure.text
    # As the other pages tell a moment.
    assert ", 2026-01-01 12:00:00 UTC</h1>" in text


def test_an_image_of_nothing_is_a_page() -> None:
    """No name, no layers, no time."""
    text = page.render([Breakdown(image=None)], moment="")

    assert "The layers of this image are not known." in text
    assert "an image without a name" in text


@settings(max_examples=40)
@given(hostile)
def test_hostile_names_are_texts(text: str) -> None:
    """Whatever a name holds, the page has the same elements as with a harmless one."""
    harmless, attacked = (
        Structure(page.render([trainer(text=name)], moment=name, served=page.Served(wanted=name, problem=name)))
        for name in ("harmless", text or "x")
    )

    assert attacked.tags == harmless.tags
    assert "<script>alert(1)" not in page.render([trainer(text=text)], moment="").replace(html.escape(text), "")
