"""Runbooks as the exporter serves them."""

from __future__ import annotations

import contextlib
import html.parser
import re
from collections.abc import AsyncIterator, Mapping

import aiohttp
import pytest
import pytest_asyncio
from yarl import URL

from pullwatch.pack import assets, rules
from pullwatch.publish import listening, server
from pullwatch.publish.runbooks import Runbooks
from pullwatch.publish.state import State
from tests.publish.given import failing
from tests.publish.test_server import View

HOSTILE = """# Hostile

A <script>alert("1")</script> lead & [a link](javascript:alert(1)).

<img src=x onerror=alert(1)>

| a | b |
|---|---|
| <b>1</b> | [two](Other.md) |
"""


class Links(html.parser.HTMLParser):
    """Collects where a page leads, and what elements it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.names: set[str] = set()
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.targets += [value or "" for name, value in attrs if name == "href" and not (value or "").startswith("data:")]
        self.anchors |= {value or "" for name, value in attrs if name == "id"}


@pytest_asyncio.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    """Gives a client of a server that has the runbooks we ship."""
    async with served(assets.runbooks()) as session:
        yield session


@contextlib.asynccontextmanager
async def served(texts: Mapping[str, str], view: View | None = None) -> AsyncIterator[aiohttp.ClientSession]:
    serving = listening.Server(server.make_app(view or View(), runbooks=texts), host="127.0.0.1", port=0)
    await serving.start()
    try:
        async with aiohttp.ClientSession(serving.url) as session:
            yield session
    finally:
        await serving.close()


def alerts() -> list[str]:
    return sorted(rules.configuration()["severities"])


async def test_each_alert_has_a_page_where_its_link_leads(client: aiohttp.ClientSession) -> None:
    """The path is that of the default runbookURLPattern; the page is guarded as all others are."""
    for alert in alerts():
        async with client.get(f"/runbooks/{alert}") as answer:
            text = await answer.text()
            assert (answer.status, answer.content_type) == (200, "text/html")
            assert answer.headers["Content-Security-Policy"] == listening.SECURITY_HEADERS["Content-Security-Policy"]
            assert f'<h1 id="{alert.lower()}">{alert}</h1>' in text
            assert '<h2 id="first-five-minutes">' in text
            assert "script" not in Links(text).names


async def test_pages_lead_to_each_other(client: aiohttp.ClientSession) -> None:
    """Every link of index and pages is answered, relative to where it stands, and an anchor in it is a heading there."""
    seen: dict[URL, Links] = {}

    async def links(url: URL) -> Links:
        if url not in seen:
            async with client.get(url) as answer:
                assert answer.status == 200, url
                seen[url] = Links(await answer.text())
        return seen[url]

    for path in ("/", "/runbooks/", *(f"/runbooks/{name}" for name in assets.runbooks())):
        for target in (await links(URL(path))).targets:
            led = URL(path).join(URL(target))
            if not led.absolute and led.fragment:
                assert led.fragment in (await links(led.with_fragment(None))).anchors, (path, target)
            elif not led.absolute:
                await links(led)
    # The page of this moment has a stuck pull.
    assert "runbooks/ImagePullStuck" in seen[URL("/")].targets


async def test_the_index_says_what_each_is_for(client: aiohttp.ClientSession) -> None:
    """Names and first sentences of all, also where the last slash is missing."""
    async with client.get("/runbooks") as answer:
        text = await answer.text()

    assert answer.url.path == "/runbooks/"
    assert sorted(re.findall(r'<dt><a href="([\w/]+)">', text)) == sorted(assets.runbooks())
    assert "has been running for more than 10 minutes" in text


async def test_an_unknown_name_is_told_near_ones(client: aiohttp.ClientSession) -> None:
    """A mistyped address is no dead end, and says nothing of what was typed."""
    async with client.get("/runbooks/<script>") as answer:
        assert (answer.status, answer.content_type) == (404, "text/plain")
        assert await answer.text() == "no runbook of this name; /runbooks/ lists them\n"

    async with client.get("/runbooks/ImagePulStuk") as answer:
        assert answer.status == 404
        assert "near it are ImagePullStuck" in await answer.text()


@pytest.mark.parametrize(
    "path", ["/runbooks/../alerts/config.libsonnet", "/runbooks/README", "/runbooks/%2e%2e%2fREADME", "/runbooks/causes/../README"]
)
async def test_no_other_file_is_served(client: aiohttp.ClientSession, path: str) -> None:
    """Names are looked up among the pages, never in a folder."""
    async with client.get(URL(path, encoded=True)) as answer:
        assert answer.status == 404


async def test_a_query_and_a_head_are_answered(client: aiohttp.ClientSession) -> None:
    """Links from chat tools carry marks of their own, and previews ask for the head alone."""
    async with client.head("/runbooks/SlowImagePull?utm=1") as answer:
        assert (answer.status, await answer.read()) == (200, b"")


NESTED = {
    "SlowImagePull": "# SlowImagePull\n\nAlert.\n\n### `size`\n\n[page](causes/size.md), [list](README.md)\n",
    "causes/size": (
        "# size\n\nThe image *is* `large`,\nsee [why](../remedies/zstd.md).\n\n"
        "[zstd](../remedies/zstd.md#what-it-is-its-cost), [beside](serial_queue.md), [alert](../SlowImagePull.md#size), "
        "[list](../README.md), [code](../../alerts/config.libsonnet), [gone](../remedies/gone.md), [web](https://example.com/a.md), "
        "[here](#size)\n"
    ),
    "causes/serial_queue": "# serial_queue\n",
    "remedies/zstd": "# zstd\n\nRemedy.\n\n## What it is: its cost\n\n## Twice\n\n## Twice\n",
    "reasons/auth": "# auth\n\nReason.\n",
    "own/page": "# page\n\nOf another folder.\n",
}


async def test_links_of_files_lead_to_pages() -> None:
    """A link between files holds between pages, at any depth; one to a file that is not served leaves its words."""
    async with served(NESTED) as client, client.get("/runbooks/causes/size") as answer:
        text = await answer.text()
        links = [answer.url.join(URL(target)) for target in Links(text).targets]

    leads = {str(url.relative()) for url in links if url.host == answer.url.host}
    assert leads >= {
        "/", "/runbooks/", "/runbooks/#alerts", "/runbooks/#causes", "/runbooks/#reasons", "/runbooks/#remedies", "/runbooks/#own",
        "/runbooks/remedies/zstd#what-it-is-its-cost", "/runbooks/causes/serial_queue", "/runbooks/SlowImagePull#size",
        "/runbooks/causes/size#size",
    }  # fmt: skip
    assert {str(url) for url in links if url.host != answer.url.host} == {"https://example.com/a.md"}
    assert ", code, gone, <a" in text


async def test_headings_are_named_as_in_the_repository() -> None:
    """Code, colons and repetition make the anchors that GitHub makes of them."""
    async with served(NESTED) as client:
        async with client.get("/runbooks/remedies/zstd") as answer:
            assert Links(await answer.text()).anchors == {"zstd", "what-it-is-its-cost", "twice", "twice-1"}
        async with client.get("/runbooks/SlowImagePull") as answer:
            assert Links(await answer.text()).anchors == {"slowimagepull", "size"}


async def test_the_index_is_by_kind() -> None:
    """Alerts first, then causes, reasons, remedies and folders of others; a lead is words, without marks of Markdown."""
    async with served(NESTED) as client, client.get("/runbooks/") as answer:
        text = await answer.text()

    assert re.findall(r'<h2 id="(\w+)">', text) == ["alerts", "causes", "reasons", "remedies", "own"]
    assert '<dt><a href="causes/size">size</a></dt>\n<dd>The image is large, see why.</dd>' in text


@pytest.mark.parametrize("path", ["/runbooks/causes", "/runbooks/causes/"])
async def test_a_kind_leads_to_its_part_of_the_index(path: str) -> None:
    """Whoever cuts an address short sees the list."""
    async with served(NESTED) as client, client.get(path, allow_redirects=False) as answer:
        assert answer.status == 302
        assert str(answer.url.join(URL(answer.headers["Location"])).relative()) == "/runbooks/#causes"


@pytest.mark.parametrize(("name", "near"), [("causes/sizes", "causes/size"), ("size", "causes/size"), ("slowimagepull", "SlowImagePull")])
async def test_near_names_know_folders(name: str, near: str) -> None:
    """A cause is found by its own name, whatever the case."""
    async with served(NESTED) as client, client.get(f"/runbooks/{name}") as answer:
        assert answer.status == 404
        assert f"near it are {near}" in await answer.text()


async def test_reasons_lead_to_their_pages() -> None:
    """A reason on the page of this moment leads to what to do, where there is a page of it."""
    view = View()
    view.shown = State(failing=[failing()])
    for texts, linked in ((NESTED, True), ({}, False)):
        async with served(texts, view) as client, client.get("/") as answer:
            assert ('<a class="mark" href="runbooks/reasons/auth">auth</a>' in await answer.text()) is linked


def test_html_in_a_runbook_is_text() -> None:
    """Nothing in a page runs, whoever wrote it; cells say on a narrow screen what they are."""
    found = Runbooks({"Hostile": HOSTILE, "Other": "# Other\n"}).page("Hostile")

    assert found is not None
    assert {"script", "img", "b"} & Links(found).names == set()
    assert not any(target.startswith("javascript") for target in Links(found).targets)
    assert '<td data-label="b"><a href="Other">two</a></td>' in found


def test_there_may_be_none() -> None:
    """An index without pages says so, and a page without a paragraph has an empty line there."""
    assert "None are installed here." in Runbooks({}).index()
    assert Runbooks({}).page("SlowImagePull") is None
    assert '<a href="Empty">Empty</a>' in Runbooks({"Empty": "# Empty\n"}).index()
