"""The exporter's page about the layers of an image."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from urllib.parse import parse_qs, urlsplit

import aiohttp
import msgspec
import pytest_asyncio
import yarl

from pullwatch.publish import chosen, listening, overview, page, server
from pullwatch.publish.state import State
from pullwatch.pulls.image import Image
from tests.publish.given import NOW, THRESHOLDS, running
from tests.publish.images import TRAINER, document, trainer
from tests.publish.test_report_page import Structure
from tests.publish.test_server import View

HOSTILE = '<script>alert("1")</script>&x=y#z'


class Known(View):
    """A cluster with one image of known layers, and pulls of hostile names."""

    def images_document(self, image: Image | None = None, *, node: str | None = None) -> Iterator[str]:
        assert image is not None, "the page never asks for all images"
        assert node is None
        found = [trainer(text="<b>bold</b>")] if image.canonical == TRAINER else []
        text = msgspec.json.encode(document(*found)).decode()
        yield from (text[:100], "", text[100:])

    def summary(self, wanted: chosen.Chosen = chosen.ALL) -> page.PageModel:
        return overview.overview(State(running=[running(HOSTILE, age=900)]), recent=[], thresholds=THRESHOLDS, now=NOW, wanted=wanted)


@pytest_asyncio.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    """Gives a client of a server that listens on a free port."""
    running_server = listening.Server(server.make_app(Known()), host="127.0.0.1", port=0)
    await running_server.start()
    async with aiohttp.ClientSession(running_server.url) as session:
        yield session
    await running_server.close()


async def got(client: aiohttp.ClientSession, **query: str) -> str:
    async with client.get("/images/", params=query) as response:
        assert response.headers["Content-Security-Policy"] == listening.SECURITY_HEADERS["Content-Security-Policy"]
        assert response.status == 200
        return await response.text()


async def test_an_image_is_found_in_any_spelling(client: aiohttp.ClientSession) -> None:
    """Layers as in the file that `pullwatch image` writes, below the question; names of it are texts."""
    text = await got(client, image=TRAINER)

    assert "is 84 % of 3.7 GB and is fetched alone." in text
    assert "&lt;b&gt;bold&lt;/b&gt;" in text
    assert "<b>bold" not in text
    assert Structure(text).values["value"] == [TRAINER]


async def test_without_an_image_it_asks_for_one(client: aiohttp.ClientSession) -> None:
    """A form that works without a script, and where else to begin."""
    text = await got(client)

    assert Structure(text).values["action"] == ["./"]
    assert "On the page of pulls each image leads here." in text


async def test_what_is_not_known_is_said(client: aiohttp.ClientSession) -> None:
    """An image that nothing is known of, and a text that is none; a password in it is not repeated."""
    unknown = await got(client, image="postgres")
    broken = await got(client, image=f"me:secret@{HOSTILE}")

    assert "Nothing is known of docker.io/library/postgres:latest. While an image is pulled for the first time, pullwatch top" in unknown
    assert "This is no image reference" in broken
    assert "secret" not in broken
    assert "<script" not in broken


async def test_the_address_without_a_slash_leads_there(client: aiohttp.ClientSession) -> None:
    """With the question, by a relative address that holds behind a proxy's prefix."""
    async with client.get("/images", params={"image": TRAINER}, allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (302, f"images/?image={TRAINER}")
    async with client.get(yarl.URL("/images?image=a%0D%0Ab:c", encoded=True), allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (302, "images/?image=a%0D%0Ab:c")


async def test_each_image_of_the_page_of_pulls_leads_to_its_layers(client: aiohttp.ClientSession) -> None:
    """Whatever its name holds arrives as it was."""
    async with client.get("/") as response:
        structure = Structure(await response.text())

    (link,) = [link for link in structure.values["href"] if link.startswith("images/?")]
    assert parse_qs(urlsplit(link).query, keep_blank_values=True) == {"image": [HOSTILE]}
    assert "images/" in structure.values["href"]
