"""Runbooks as the exporter serves them."""

from __future__ import annotations

import html.parser
import re
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from yarl import URL

from pullwatch.pack import assets, rules
from pullwatch.publish import listening, server
from pullwatch.publish.runbooks import Runbooks
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
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.targets += [value or "" for name, value in attrs if name == "href"]


@pytest_asyncio.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    """Gives a client of a server that has the runbooks we ship."""
    serving = listening.Server(server.make_app(View(), runbooks=assets.runbooks()), host="127.0.0.1", port=0)
    await serving.start()
    async with aiohttp.ClientSession(serving.url) as session:
        yield session
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
    """Every link of index and pages is answered, relative to where it stands."""
    found: set[str] = set()
    for path in ("/", "/runbooks/", *(f"/runbooks/{alert}" for alert in alerts())):
        async with client.get(path) as answer:
            links = Links(await answer.text())
        found |= set(links.targets)
        for target in links.targets:
            if target.startswith("data:"):
                continue
            async with client.get(answer.url.join(URL(target))) as led:
                assert led.status == 200, (path, target)
    # The page of this moment has a stuck pull.
    assert "runbooks/ImagePullStuck" in found


async def test_the_index_says_what_each_is_for(client: aiohttp.ClientSession) -> None:
    """Names and first sentences of all, also where the last slash is missing."""
    async with client.get("/runbooks") as answer:
        text = await answer.text()

    assert answer.url.path == "/runbooks/"
    assert re.findall(r'<dt><a href="(\w+)">', text) == alerts()
    assert "has been running for more than 10 minutes" in text


async def test_an_unknown_name_is_told_the_known_ones(client: aiohttp.ClientSession) -> None:
    """A mistyped address is no dead end, and says nothing of what was typed."""
    async with client.get("/runbooks/<script>SlowPull") as answer:
        assert (answer.status, answer.content_type) == (404, "text/plain")
        text = await answer.text()

    assert text == f"no runbook of this name: there are {', '.join(alerts())}; /runbooks/ lists them\n"


@pytest.mark.parametrize("path", ["/runbooks/../alerts/config.libsonnet", "/runbooks/README", "/runbooks/%2e%2e%2fREADME"])
async def test_no_other_file_is_served(client: aiohttp.ClientSession, path: str) -> None:
    """Names are looked up among the pages, never in a folder."""
    async with client.get(URL(path, encoded=True)) as answer:
        assert answer.status == 404


async def test_a_query_and_a_head_are_answered(client: aiohttp.ClientSession) -> None:
    """Links from chat tools carry marks of their own, and previews ask for the head alone."""
    async with client.head("/runbooks/SlowImagePull?utm=1") as answer:
        assert (answer.status, await answer.read()) == (200, b"")


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
